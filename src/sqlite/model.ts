// All of what SQLite holds at one moment, as PostgreSQL is to have it.

import { quoteName } from '../sql/quote.ts';
import { condition, expression } from './expression/expression.ts';
import { indexName, isJoinTable, joinIndexName, joinKeyName, joinUniqueName } from './naming.ts';
import { query } from './expression/query.ts';
import { relationScope } from './expression/scope.ts';
import { plainPart, shapeTable, type Remark, type ShapedTable } from './shape.ts';
import { lower, partName, rawPrimaryKey, type RawIndex, type RawTable, type RawView, type State } from './state.ts';
import type { Timeline } from './timeline.ts';
import { guidedType, sameFamily, type Guided } from './typing.ts';
import { Untranslatable, type Context, type Index, type IndexPart, type PgType, type Relation, type TranslateOptions, type View } from './types.ts';

export interface ShapedIndex extends Index {
  readonly remarks: readonly Remark[];
  /** It could not be translated. */
  readonly broken: boolean;
}

export interface ShapedView extends View {
  readonly temporary: boolean;
  readonly remarks: readonly Remark[];
  readonly broken: boolean;
}

/** By lower-case SQLite names. */
export interface Shape {
  readonly tables: ReadonlyMap<string, ShapedTable>;
  readonly indexes: ReadonlyMap<string, ShapedIndex>;
  readonly views: ReadonlyMap<string, ShapedView>;
  readonly relation: (name: string) => Relation | null;
  readonly server: number | undefined;
}

export type Shaper = (state: State, time: number) => Shape;

export interface Foresight {
  readonly timeline: Timeline;
  /** What SQLite holds when the history ends. */
  readonly end: State;
  /** Many-to-many tables that have their unique index from birth, by lower-case name. */
  readonly joined: ReadonlySet<string>;
  /** Types of the columns of tables made by a query, which SQLite reduces to affinities, by the text SQLite keeps. */
  readonly made: ReadonlyMap<string, readonly (PgType | null)[]>;
}

export function newShaper({ timeline, end, joined, made }: Foresight, { target, prisma, server }: TranslateOptions): Shaper {
  const tables = new WeakMap<RawTable, Map<string, ShapedTable>>();
  const epochs = new WeakMap<RawTable, Map<number, ShapedTable>>();
  const indexes = new WeakMap<RawIndex, { readonly table: ShapedTable; readonly index: ShapedIndex }>();
  const shapes = new WeakMap<State, Map<string, Shape>>();

  const tableAt = (raw: RawTable, time: number): ShapedTable => {
    const epoch = target === null ? 0 : timeline.epoch(time);
    const known = epochs.get(raw) ?? new Map<number, ShapedTable>();
    epochs.set(raw, known);
    const found = known.get(epoch) ?? shapedAt(raw, time);
    known.set(epoch, found);
    return found;
  };
  const shapedAt = (raw: RawTable, time: number): ShapedTable => {
    const guides = new Map(raw.columns.map(({ name, declared }, at): [string, Guided] => {
      const queried = made.get(raw.sql)?.[at] ?? null;
      if (queried !== null) return [name, { type: queried, remark: null, serial: false, wanted: null }];
      const final = timeline.finalColumn(raw.name, name, time);
      const last = end.tables.get(lower(final.table))?.columns.find((one) => lower(one.name) === lower(final.column));
      // Where the history itself changes the type later, the schema's type comes with that change.
      return [name, guidedType(declared, final.table, final.column, last === undefined || sameFamily(declared, last.declared) ? target : null)];
    }));
    const joinKey = prisma >= 6 && joined.has(lower(raw.name)) && rawPrimaryKey(raw) === null ? joinKeyName(raw.name) : null;
    const finalTable = timeline.finalTable(raw.name, time);
    const key = JSON.stringify([joinKey, [...guides.values()].map(({ type, serial }) => [type.sql, serial]), finalTable]);
    const known = tables.get(raw) ?? new Map<string, ShapedTable>();
    tables.set(raw, known);
    const unknown = { type: { family: 'text', sql: 'TEXT' }, remark: null, serial: null, wanted: null } as const;
    const found = known.get(key) ?? shapeTable(raw, { guide: (column) => guides.get(column) ?? unknown, primaryKeyName: finalTable === raw.name ? (target?.primaryKeyName(finalTable) ?? null) : null, joinKey, server });
    known.set(key, found);
    return found;
  };

  const indexOf = (raw: RawIndex, table: ShapedTable): ShapedIndex => {
    const known = indexes.get(raw);
    if (known?.table === table) return known.index;
    const index = shapeIndex(raw, table, server);
    indexes.set(raw, { table, index });
    return index;
  };

  return (state, time) => {
    const known = shapes.get(state) ?? new Map<string, Shape>();
    shapes.set(state, known);
    const key = target === null ? '' : String(timeline.epoch(time));
    const found = known.get(key) ?? shapeOf(state, (raw) => tableAt(raw, time), indexOf, server);
    known.set(key, found);
    return found;
  };
}

function shapeOf(state: State, tableOf: (raw: RawTable) => ShapedTable, indexOf: (raw: RawIndex, table: ShapedTable) => ShapedIndex, server: number | undefined): Shape {
  const tables = new Map([...state.tables].map(([name, raw]) => [name, tableOf(raw)]));
  const indexes = new Map<string, ShapedIndex>();
  for (const [name, raw] of state.indexes) {
    const table = tables.get(lower(raw.table));
    if (table === undefined) continue;
    const index = indexOf(raw, table);
    if (table.primaryKey?.name !== joinKeyName(table.name) || !isJoinUnique(index)) indexes.set(name, apart(index, tables));
  }
  const relations = new Map<string, Relation>();
  const views = new Map<string, ShapedView>();
  const relation = (name: string): Relation | null => {
    const table = tables.get(lower(name));
    const known = relations.get(lower(name)) ?? (table === undefined ? viewRelation(views.get(lower(name))) : tableRelation(table, [...indexes.values()]));
    if (known !== null) relations.set(lower(name), known);
    return known;
  };
  for (const [name, raw] of state.views) views.set(name, shapeView(raw, relation, server));
  return { tables, indexes, views, relation, server };
}

/** PostgreSQL keeps indexes and keys under names of one kind. */
function apart(index: ShapedIndex, tables: ReadonlyMap<string, ShapedTable>): ShapedIndex {
  const holder = [...tables.values()].find(({ primaryKey }) => primaryKey?.name === index.name);
  if (holder === undefined) return index;
  const name = `${index.name}_1`;
  return { ...index, name, remarks: [...index.remarks, { kind: 'note', code: 'NAME_CUT', message: `the index ${index.name} is called ${name} here: PostgreSQL has the primary key of ${holder.name} under that name` }] };
}

/** Over A and B, in either spelling. */
function isJoinUnique({ table, unique, parts, where }: Index): boolean {
  return unique && where === null && isJoinTable(table, parts.map(({ column }) => column ?? ''));
}

export function tableRelation(table: ShapedTable, indexes: readonly Index[]): Relation {
  const keyed = [...table.uniques, ...indexes.filter((one) => one.table === table.name && one.unique && one.where === null)].map(({ parts }) => parts.map(({ column }) => column));
  const keys = keyed.filter((columns): columns is string[] => columns.every((column) => column !== null));
  return {
    name: table.name, as: table.name, rowid: table.rowid, keys: [...(table.primaryKey === null ? [] : [table.primaryKey.columns]), ...keys],
    columns: table.columns.map(({ name, type, serial, generated, ...rest }) => ({ name, as: name, type, serial, generated: generated !== null, hasDefault: rest.default !== null })),
  };
}

function viewRelation(view: ShapedView | undefined): Relation | null {
  return view === undefined ? null : { name: view.name, as: view.name, columns: view.columns, rowid: null, keys: [] };
}

function shapeIndex(raw: RawIndex, table: ShapedTable, server: number | undefined): ShapedIndex {
  const remarks: Remark[] = [];
  const relation = tableRelation(table, []);
  const context: Context = { text: raw.sql, relation: () => relation, server, note: (code, message) => void remarks.push({ kind: 'note', code, message }) };
  const columns = raw.node.columns.map((part) => columnOf(partName(part), table));
  const name = nameOf(raw, table, columns.map((column) => column ?? ''));
  try {
    const parts = raw.node.columns.map((part, at): IndexPart => {
      const column = columns[at] ?? null;
      const order = part.order === 'Desc' ? ' DESC' : '';
      const nocase = part.expr.type === 'CollateExpr' && lower(part.expr.collation) === 'nocase';
      if (column !== null && nocase) return { column: null, sql: `lower(${quoteName(column)})${order}` };
      const plain = column === null ? { column, sql: `(${expression(part.expr, relationScope(relation), context, null).sql})` } : plainPart(column, raw.node.unique ? table.nocase : []);
      return { column: plain.column, sql: plain.sql + order };
    });
    const where = raw.node.whereClause === undefined ? null : condition(raw.node.whereClause, relationScope(relation), context);
    return { name, table: table.name, unique: raw.node.unique, parts, where, remarks, broken: false };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    return { name, table: table.name, unique: raw.node.unique, parts: [], where: null, remarks: [{ kind: 'manual', code: error.code, message: `the index ${raw.name}: ${error.message}` }], broken: true };
  }
}

function columnOf(name: string | null, table: ShapedTable): string | null {
  return name === null ? null : (table.columns.find((one) => lower(one.name) === lower(name))?.name ?? null);
}

function nameOf(raw: RawIndex, table: ShapedTable, columns: readonly string[]): string {
  if (isJoinTable(table.name, table.columns.map(({ name }) => name))) {
    if (raw.name === `${table.name}_AB_unique`) return joinUniqueName(table.name);
    if (raw.name === `${table.name}_B_index`) return joinIndexName(table.name);
  }
  return indexName(raw.name, table.name, columns);
}

function shapeView(raw: RawView, relation: (name: string) => Relation | null, server: number | undefined): ShapedView {
  const remarks: Remark[] = [];
  const context: Context = { text: raw.sql, relation, server, note: (code, message) => void remarks.push({ kind: 'note', code, message }) };
  try {
    const { sql, columns, reads } = query(raw.node.select, context, null, null);
    const named = raw.node.columns?.map(({ colName }) => colName.text) ?? [];
    return { name: raw.name, temporary: raw.temporary, sql, columns: columns.map((column, at) => ({ ...column, name: named[at] ?? column.name, as: named[at] ?? column.as })), reads, remarks, broken: false };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    return { name: raw.name, temporary: raw.temporary, sql: '', columns: [], reads: [], remarks: [{ kind: 'manual', code: error.code, message: `the view ${raw.name}: ${error.message}` }], broken: true };
  }
}
