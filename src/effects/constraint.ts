// Constraints, once the columns of their table are known.

import { keyOf } from '../catalog/catalog.ts';
import type { CatalogObject, IndexKey } from '../catalog/kinds.ts';
import { actionAt, at, columnsIn, listAt, namesAt, textAt, type Node } from './ast.ts';
import type { Pending } from './column.ts';
import { create, createOther, find, move, objectsOf, opaque, put, relationAt, remove, shown, type Draft, type Place } from './draft.ts';
import { checkName, exclusionName, foreignKeyName, primaryKeyName, uniqueName } from './names.ts';
import { otherKey } from './types.ts';

const ORDER = ['CONSTR_NOTNULL', 'CONSTR_CHECK', 'CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_EXCLUSION', 'CONSTR_FOREIGN'];

/** Adds them in PostgreSQL's order, on which chosen names depend. `fresh`: with their table, so nothing is left to validate. */
export function addConstraints(draft: Draft, place: Place, pending: readonly Pending[], fresh: boolean): void {
  const rank = ({ node }: Pending) => Math.min(3, ORDER.indexOf(textAt(node, 'contype'))) + (textAt(node, 'contype') === 'CONSTR_FOREIGN' ? 1 : 0);
  const ordered = pending.toSorted((a, b) => rank(a) - rank(b));
  for (const one of ordered.filter((each, nth) => !ordered.some((other, i) => repeats(each, nth, other, i)))) addConstraint(draft, place, one, fresh);
}

/** Of two equal keys in one statement PostgreSQL makes one, and takes the name that was given. */
function repeats(each: Pending, nth: number, other: Pending, i: number): boolean {
  if (i === nth || !isKey(each) || !isKey(other) || each.node['conname'] !== undefined || each.deferrable !== other.deferrable) return false;
  const same = keysOf(each).join('\0') === keysOf(other).join('\0');
  return same && each.node['contype'] === 'CONSTR_UNIQUE' && (i < nth || other.node['conname'] !== undefined);
}

const isKey = ({ node }: Pending) => node['contype'] === 'CONSTR_PRIMARY' || node['contype'] === 'CONSTR_UNIQUE';

function keysOf({ node, column }: Pending): readonly string[] {
  return column === null ? namesAt(node, 'keys') : [column];
}

export function addConstraint(draft: Draft, place: Place, pending: Pending, fresh: boolean): void {
  const name = textAt(pending.node, 'conname');
  if (draft.guarded && isThere(draft, place, pending.node, name)) return;
  switch (pending.node['contype']) {
    case 'CONSTR_PRIMARY':
      return addPrimaryKey(draft, place, pending);
    case 'CONSTR_UNIQUE':
      return addUnique(draft, place, pending);
    case 'CONSTR_FOREIGN':
      return addForeignKey(draft, place, pending, fresh);
    case 'CONSTR_CHECK': {
      const columns = columnsIn(pending.node['raw_expr']);
      return createOther(draft, { kind: 'check constraint', schema: place.schema, table: place.name, name: name || checkName(draft, place.schema, place.name, columns), columns, noInherit: pending.node['is_no_inherit'] === true });
    }
    case 'CONSTR_EXCLUSION':
      return addExclusion(draft, place, pending.node);
    case 'CONSTR_NOTNULL':
      return setNotNull(draft, place, namesAt(pending.node, 'keys'));
    default:
      return opaque(draft, 'unread', `a constraint of a kind that is not known: ${textAt(pending.node, 'contype')}`);
  }
}

function isThere({ objects, others }: Draft, { schema, name: table }: Place, node: Node, name: string): boolean {
  const primary = objects.made(keyOf({ kind: 'primaryKey', schema, table })) !== undefined;
  if (node['contype'] === 'CONSTR_PRIMARY' || name === '') return node['contype'] === 'CONSTR_PRIMARY' && primary;
  const kinds = ['check constraint', 'exclusion constraint'].map((kind) => others.made(otherKey({ kind, schema, table, name })));
  return [objects.made(keyOf({ kind: 'index', schema, table, name })), objects.made(keyOf({ kind: 'foreignKey', schema, table, name })), ...kinds].some((one) => one !== undefined);
}

export function setNotNull(draft: Draft, { schema, name: table }: Place, columns: readonly string[]): void {
  for (const name of columns) {
    const column = find<'column'>(draft, { kind: 'column', schema, table, name });
    if (column) put(draft, { ...column, def: { ...column.def, notNull: true } });
  }
}

function addPrimaryKey(draft: Draft, place: Place, pending: Pending): void {
  const { schema, name: table } = place;
  const index = usedIndex(draft, place, pending.node);
  const columns = index === undefined ? keysOf(pending) : index.def.keys.map(({ column }) => column ?? '');
  const name = textAt(pending.node, 'conname') || index?.ref.name || primaryKeyName(draft, schema, table);
  if (index) remove(draft, index.ref);
  create(draft, { kind: 'primaryKey', ref: { kind: 'primaryKey', schema, table }, def: { name, columns, deferrable: pending.deferrable } });
  setNotNull(draft, place, columns);
}

function usedIndex(draft: Draft, { schema, name: table }: Place, node: Node): CatalogObject<'index'> | undefined {
  const name = textAt(node, 'indexname');
  return name === '' ? undefined : find<'index'>(draft, { kind: 'index', schema, table, name });
}

function plainKey(column: string): IndexKey {
  return { column, opclass: null, descending: false, nullsFirst: false, collation: null };
}

function addUnique(draft: Draft, place: Place, pending: Pending): void {
  const { schema, name: table } = place;
  const { node, deferrable } = pending;
  const index = usedIndex(draft, place, node);
  const include = namesAt(node, 'including');
  if (index) return move(draft, index, { ...index, ref: { ...index.ref, name: textAt(node, 'conname') || index.ref.name }, def: { ...index.def, constraint: true, deferrable } });
  if (textAt(node, 'indexname') !== '') return opaque(draft, 'unread', `the index ${textAt(node, 'indexname')} is not known`);
  const columns = keysOf(pending);
  const name = textAt(node, 'conname') || uniqueName(draft, schema, table, [...columns, ...include]);
  const def = { unique: true, constraint: true, method: 'btree', keys: columns.map(plainKey), include, predicate: null, nullsNotDistinct: node['nulls_not_distinct'] === true, deferrable, valid: true };
  create(draft, { kind: 'index', ref: { kind: 'index', schema, table, name }, def });
}

function addForeignKey(draft: Draft, { schema, name: table }: Place, { node, column, deferrable, enforced }: Pending, fresh: boolean): void {
  const target = relationAt(draft, node['pktable']);
  const columns = column === null ? namesAt(node, 'fk_attrs') : [column];
  const named = namesAt(node, 'pk_attrs');
  const primary = find<'primaryKey'>(draft, { kind: 'primaryKey', schema: target.schema, table: target.name });
  if (named.length === 0 && primary === undefined) opaque(draft, 'unread', `the primary key of ${shown(draft, target)}, which the foreign key points at, is not known`);
  const name = textAt(node, 'conname') || foreignKeyName(draft, schema, table, columns);
  const def = {
    columns,
    targetSchema: target.schema,
    targetTable: target.name,
    targetColumns: named.length > 0 ? named : (primary?.def.columns ?? []),
    onDelete: actionAt(node, 'fk_del_action'),
    onUpdate: actionAt(node, 'fk_upd_action'),
    match: textAt(node, 'fk_matchtype') === 'f' ? ('FULL' as const) : ('SIMPLE' as const),
    deferrable,
    validated: enforced && (fresh || node['skip_validation'] !== true),
    enforced,
  };
  create(draft, { kind: 'foreignKey', ref: { kind: 'foreignKey', schema, table, name }, def });
}

function addExclusion(draft: Draft, { schema, name: table }: Place, node: Node): void {
  const elements = listAt(node, 'exclusions').map((one) => at(listAt(one, 'List', 'items')[0], 'IndexElem'));
  const columns = elements.map((one) => textAt(one, 'name') || 'expr');
  const name = textAt(node, 'conname') || exclusionName(draft, schema, table, columns);
  createOther(draft, { kind: 'exclusion constraint', schema, table, name, columns: [...new Set([...columns.filter((one) => one !== 'expr'), ...columnsIn(elements)])] });
}

/** Objects of a table by the name of the constraint. */
export function constraintNamed(draft: Draft, place: Place, name: string): CatalogObject | undefined {
  return objectsOf(draft, place).find((object) => (object.kind === 'primaryKey' ? object.def.name === name : (object.kind === 'foreignKey' || (object.kind === 'index' && object.def.constraint)) && object.ref.name === name));
}
