// CREATE TABLE, with LIKE, INHERITS and partitions.

import { isKind, keyOf } from '../catalog/catalog.ts';
import type { CatalogObject, Column } from '../catalog/kinds.ts';
import { at, isNode, listAt, nodeAt, numberAt, tagged, textAt, type Node } from './ast.ts';
import { columnAt, pendingConstraint, type Pending } from './column.ts';
import { addConstraints } from './constraint.ts';
import { create, createOther, find, isLedger, newPlace, objectsOf, opaque, othersOf, put, relationAt, shown, type Draft, type Place } from './draft.ts';
import { indexName, primaryKeyName, uniqueName } from './names.ts';
import type { Handler } from './outcome.ts';
import { inBrackets, pieces, split } from './source.ts';

export const createTable: Handler = (node, draft) => {
  const relation = nodeAt(node, 'relation');
  const place = newPlace(draft, { schema: textAt(relation, 'schemaname') || null, name: textAt(relation, 'relname') });
  const optional = node['if_not_exists'] === true;
  const outcome = { title: `CREATE TABLE ${shown(draft, place)}`, repeatable: optional };
  if (isLedger(place.name)) return outcome;
  if (textAt(relation, 'relpersistence') === 't') {
    return { ...outcome, title: `CREATE TEMPORARY TABLE ${shown(draft, place)}` };
  }
  const key = keyOf({ kind: 'table', ...place });
  if ((optional || draft.guarded) && draft.objects.made(key) !== undefined) return outcome;
  if (isNode(node['partbound'])) {
    createOther(draft, { kind: 'partition', schema: place.schema, table: null, name: place.name, parent: relationAt(draft, listAt(node, 'inhRelations').map((item) => at(item, 'RangeVar'))[0]) });
    return outcome;
  }
  if (isNode(node['ofTypename'])) opaque(draft, 'unread', 'a table of a composite type: its columns are the type\'s');
  create(draft, { kind: 'table', ref: { kind: 'table', ...place }, def: { partitioned: isNode(node['partspec']), unlogged: textAt(relation, 'relpersistence') === 'u' } });
  for (const parent of listAt(node, 'inhRelations')) inherit(draft, place, relationAt(draft, at(parent, 'RangeVar')));
  addElements(draft, place, listAt(node, 'tableElts'));
  return outcome;
};

function addElements(draft: Draft, place: Place, elements: readonly unknown[]): void {
  const words = split(inBrackets(pieces(draft.statement.text)));
  const pending: Pending[] = [];
  const likes: Node[] = [];
  for (const [nth, element] of elements.entries()) {
    const [tag, node] = tagged(element);
    if (tag === 'ColumnDef') {
      const column = columnAt(draft, place, node, words[nth] ?? []);
      create(draft, column.object);
      pending.push(...column.pending);
    } else if (tag === 'Constraint') pending.push(pendingConstraint(node, null));
    else if (tag === 'TableLikeClause') {
      likes.push(node);
      likeColumns(draft, place, node);
    } else opaque(draft, 'unread', `a part of a table that is not known: ${tag}`);
  }
  addConstraints(draft, place, pending, true);
  for (const like of likes) likeIndexes(draft, place, like);
}

function inherit(draft: Draft, { schema, name }: Place, parent: Place): void {
  createOther(draft, { kind: 'inheritance', schema, table: name, name });
  for (const object of objectsOf(draft, parent)) if (isKind(object, 'column')) create(draft, { ...object, ref: { ...object.ref, schema, table: name }, def: withoutIdentity(object.def) });
  for (const other of othersOf(draft, parent)) if (other.kind === 'check constraint' && other.noInherit !== true) createOther(draft, { ...other, schema, table: name });
}

function withoutIdentity(def: Column): Column {
  return def.identity === null ? def : { ...def, autoincrement: false, identity: null };
}

/** Bits of TableLikeClause.options. */
const LIKE = { comments: 1, constraints: 4, defaults: 8, generated: 16, identity: 32, indexes: 64 };

function likeColumns(draft: Draft, place: Place, node: Node): void {
  const { schema, name: table } = place;
  const parent = relationAt(draft, node['relation']);
  const has = (bit: number) => (numberAt(node, 'options') & bit) !== 0;
  if (find<'table'>(draft, { kind: 'table', ...parent }) === undefined) opaque(draft, 'unread', `the table ${shown(draft, parent)} is not known`);
  for (const object of objectsOf(draft, parent)) {
    if (isKind(object, 'column')) {
      const { def } = object;
      const kept = def.identity !== null ? has(LIKE.identity) : has(LIKE.defaults);
      const column = { ...def, default: has(LIKE.defaults) ? def.default : null, generated: has(LIKE.generated) ? def.generated : null, ...(kept ? {} : { autoincrement: false, identity: null, sequence: null }) };
      create(draft, { ...object, ref: { ...object.ref, schema, table }, def: column });
    }
    if (isKind(object, 'comment') && object.ref.on === 'column' && has(LIKE.comments)) create(draft, { ...object, ref: { ...object.ref, schema, table } });
  }
  for (const other of othersOf(draft, parent)) if (other.kind === 'check constraint' && has(LIKE.constraints)) createOther(draft, { ...other, schema, table });
}

/** Keys and indexes come along under names that PostgreSQL chooses anew. */
function likeIndexes(draft: Draft, place: Place, node: Node): void {
  if ((numberAt(node, 'options') & LIKE.indexes) === 0) return;
  const { schema, name: table } = place;
  for (const object of objectsOf(draft, relationAt(draft, node['relation']))) {
    if (isKind(object, 'primaryKey')) {
      create(draft, { ...object, ref: { ...object.ref, schema, table }, def: { ...object.def, name: primaryKeyName(draft, schema, table) } });
      for (const name of object.def.columns) notNull(draft, find<'column'>(draft, { kind: 'column', schema, table, name }));
    }
    if (isKind(object, 'index')) {
      const columns = [...object.def.keys.map(({ column, expression }) => column ?? /^(\w+)\(/.exec(expression ?? '')?.[1] ?? 'expr'), ...object.def.include];
      const name = object.def.constraint ? uniqueName(draft, schema, table, columns) : indexName(draft, schema, table, columns);
      create(draft, { ...object, ref: { kind: 'index', schema, table, name } });
    }
  }
}

function notNull(draft: Draft, column: CatalogObject<'column'> | undefined): void {
  if (column) put(draft, { ...column, def: { ...column.def, notNull: true } });
}

export const createTableAs: Handler = (node, draft) => {
  const relation = nodeAt(node, 'into', 'rel');
  const place = newPlace(draft, { schema: textAt(relation, 'schemaname') || null, name: textAt(relation, 'relname') });
  const optional = node['if_not_exists'] === true;
  if (node['objtype'] === 'OBJECT_MATVIEW') {
    createOther(draft, { kind: 'materialized view', schema: place.schema, table: null, name: place.name });
    return { title: `CREATE MATERIALIZED VIEW ${shown(draft, place)}`, repeatable: optional };
  }
  const outcome = { title: `CREATE TABLE ${shown(draft, place)} AS`, repeatable: optional };
  if (textAt(relation, 'relpersistence') === 't' || ((optional || draft.guarded) && draft.objects.made(keyOf({ kind: 'table', ...place })) !== undefined)) return outcome;
  create(draft, { kind: 'table', ref: { kind: 'table', ...place }, def: { partitioned: false, unlogged: textAt(relation, 'relpersistence') === 'u' } });
  opaque(draft, 'unread', `the columns of ${shown(draft, place)} are those of a query`);
  draft.opaque.push({ kind: 'rows', verb: 'INSERT', tables: [place], onEmpty: true });
  return outcome;
};
