// What goes when a part of a table goes.

import { isKind } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { quoteName } from '../sql/quote.ts';
import { constraintNamed } from './constraint.ts';
import { find, inbound, objectsOf, opaque, otherRelation, othersOf, put, remove, removeOther, shown, type Draft, type Place } from './draft.ts';
import { namesColumn } from './index.ts';

export function dropColumn(draft: Draft, place: Place, name: string, cascade: boolean): void {
  const { schema, name: table } = place;
  const column = find<'column'>(draft, { kind: 'column', schema, table, name });
  if (column === undefined) return;
  remove(draft, column.ref);
  for (const object of objectsOf(draft, place)) if (usesColumn(object, name)) remove(draft, object.ref);
  for (const key of inbound(draft, place)) if (key.def.targetColumns.includes(name)) remove(draft, key.ref);
  for (const other of othersOf(draft, place)) {
    if (!['check constraint', 'exclusion constraint', 'statistics'].includes(other.kind)) continue;
    if (other.columns === undefined) guessOther(draft, place, other.kind, other.name, name);
    else if (other.columns.includes(name)) removeOther(draft, other);
  }
  if (cascade) opaqueCascade(draft, place, ['trigger', 'policy']);
}

function usesColumn(object: CatalogObject, name: string): boolean {
  switch (object.kind) {
    case 'primaryKey':
    case 'foreignKey':
      return object.def.columns.includes(name);
    case 'index':
      return object.def.keys.some((key) => key.column === name) || object.def.include.includes(name) || namesColumn([object.def.predicate, ...object.def.keys.map((key) => key.expression)], name);
    case 'comment':
      return object.ref.on === 'column' && object.ref.name === name;
    default:
      return false;
  }
}

/** Of a check that was not made here the columns are not known; the name PostgreSQL gives tells them often enough. */
function guessOther(draft: Draft, place: Place, kind: string, other: string, column: string): void {
  if (other === `${place.name}_${column}_check`) removeOther(draft, { kind, schema: place.schema, table: place.name, name: other });
  else opaque(draft, 'unread', `whether the ${kind} ${quoteName(other)} of ${shown(draft, place)} goes with the column ${quoteName(column)} is not known`);
}

/** What stands on a table by its body alone, a view, goes under CASCADE; nothing here tells which. */
export function opaqueCascade(draft: Draft, place: Place, kinds: readonly string[] = []): void {
  const views = draft.others.values(false).some(({ kind }) => kind === 'view' || kind === 'materialized view');
  if (views || othersOf(draft, place).some(({ kind }) => kinds.includes(kind))) opaque(draft, 'unread', `CASCADE on ${shown(draft, place)}: what else depends on it is not known`);
}

export function dropConstraint(draft: Draft, place: Place, name: string, { cascade, missingOk }: { readonly cascade: boolean; readonly missingOk: boolean }): void {
  const { schema, name: table } = place;
  const found = constraintNamed(draft, place, name);
  if (found !== undefined) {
    remove(draft, found.ref);
    if (cascade && found.kind !== 'foreignKey') dropDependent(draft, place, found);
    return;
  }
  const other = othersOf(draft, place).find((one) => (one.kind === 'check constraint' || one.kind === 'exclusion constraint') && one.name === name);
  if (other) return removeOther(draft, other);
  const column = objectsOf(draft, place).find((object) => isKind(object, 'column') && `${table}_${object.ref.name}_not_null` === name);
  if (column?.kind === 'column') return put(draft, { ...column, def: { ...column.def, notNull: false } });
  if (!missingOk && !draft.guarded && otherRelation(draft, place) === undefined) opaque(draft, 'unread', `the constraint ${quoteName(name)} of ${shown(draft, { schema, name: table })} is not known`);
}

/** Foreign keys that stand on a key that goes. */
function dropDependent(draft: Draft, place: Place, key: CatalogObject): void {
  const columns = key.kind === 'primaryKey' ? key.def.columns : key.kind === 'index' ? key.def.keys.map(({ column }) => column ?? '') : [];
  for (const foreign of inbound(draft, place)) {
    if (foreign.def.targetColumns.length === columns.length && foreign.def.targetColumns.every((column) => columns.includes(column))) remove(draft, foreign.ref);
  }
}
