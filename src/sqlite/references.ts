// Foreign keys of a migration: SQLite looks at none while it alters, PostgreSQL at all of them. So those that stand in the way go at
// the top of the migration, and those that are new, or were in the way, come at its end.

import { addForeignKey, dropConstraint, renameConstraint } from './ddl.ts';
import { foreignKeyName, isJoinTable, joinForeignKeyName } from './naming.ts';
import type { Shape } from './model.ts';
import { lower } from './state.ts';
import type { Timeline } from './timeline.ts';
import type { ForeignKey, PgType, TranslateOptions } from './types.ts';

export interface References {
  readonly keys: readonly ForeignKey[];
  /** What PostgreSQL cannot have, in words. */
  readonly problems: readonly { readonly table: string; readonly message: string }[];
}

export function referencesOf(shape: Shape, time: number, timeline: Timeline, { target }: Pick<TranslateOptions, 'target'>): References {
  const keys: ForeignKey[] = [];
  const problems: References['problems'][number][] = [];
  for (const table of shape.tables.values()) {
    if (table.temporary) continue;
    for (const { columns, target: name, targetColumns, ...rest } of table.references) {
      const other = shape.tables.get(lower(name));
      const what = `the foreign key of ${table.name}(${columns.join(', ')})`;
      if (other === undefined) {
        problems.push({ table: table.name, message: `${what}: there is no table ${name}; SQLite asks only when rows are written` });
        continue;
      }
      const spelt = targetColumns.length === 0 ? (other.primaryKey?.columns ?? []) : targetColumns.map((column) => other.columns.find((one) => lower(one.name) === lower(column))?.name ?? column);
      const unique = shape.relation(other.name)?.keys.some((key) => key.length === spelt.length && key.every((column) => spelt.includes(column))) === true;
      const types = columns.map((column, at) => [typeOf(shape, table.name, column), typeOf(shape, other.name, spelt[at] ?? '')] as const);
      if (!unique) problems.push({ table: table.name, message: `${what}: PostgreSQL needs a unique constraint on ${other.name}(${spelt.join(', ')})` });
      else if (!types.every(([a, b]) => comparable(a, b))) problems.push({ table: table.name, message: `${what}: ${types.map(([a, b]) => `${a?.sql ?? 'nothing'} cannot point at ${b?.sql ?? 'nothing'}`).join(', ')}` });
      else keys.push({ ...rest, name: keyName(table.name, table.columns.map((column) => column.name), columns, time, timeline, target), table: table.name, columns, target: other.name, targetColumns: spelt });
    }
  }
  return { keys: apart(keys), problems };
}

function typeOf(shape: Shape, table: string, column: string): PgType | null {
  return shape.tables.get(lower(table))?.columns.find(({ name }) => name === column)?.type ?? null;
}

const NUMBERS = ['integer', 'bigint', 'decimal', 'float'];

function comparable(a: PgType | null, b: PgType | null): boolean {
  if (a === null || b === null) return false;
  return a.family === b.family ? a.family !== 'enum' || a.sql === b.sql : NUMBERS.includes(a.family) && NUMBERS.includes(b.family);
}

function keyName(table: string, all: readonly string[], columns: readonly string[], time: number, timeline: Timeline, target: TranslateOptions['target']): string {
  const final = columns.map((column) => timeline.finalColumn(table, column, time));
  const same = final.every((one, at) => one.table === table && one.column === columns[at]);
  const wished = same ? (target?.foreignKeyName(table, columns) ?? null) : null;
  return wished ?? (isJoinTable(table, all) && columns.length === 1 ? joinForeignKeyName(table, columns[0] ?? '') : foreignKeyName(table, columns));
}

/** The same key twice is one; another key over the same columns gets a name of its own. */
function apart(keys: readonly ForeignKey[]): readonly ForeignKey[] {
  const kept: ForeignKey[] = [];
  for (const key of keys) {
    if (kept.some((one) => JSON.stringify(one) === JSON.stringify(key))) continue;
    const taken = kept.filter(({ table, name }) => table === key.table && (name === key.name || name.startsWith(`${key.name}_`))).length;
    kept.push(taken === 0 ? key : { ...key, name: `${key.name}_${taken}` });
  }
  return kept;
}

/** A table through one migration, by the names it had at its start. */
export interface Tracked {
  readonly start: string;
  /** Start name → name now; a column that is gone is not in it. */
  readonly columns: ReadonlyMap<string, string>;
}

export interface Course {
  /** By lower-case name at the end. */
  readonly tables: ReadonlyMap<string, Tracked>;
  /** Start names, in the order in which they were dropped. */
  readonly dropped: readonly string[];
  /** Columns, by start names, whose type changed, or whose unique index or primary key was made anew. */
  readonly retyped: readonly { readonly table: string; readonly column: string }[];
  readonly rekeyed: readonly { readonly table: string; readonly columns: readonly string[] }[];
  /** Start names of tables whose rows change where SQLite's keys neither refuse nor act: in a dance, or with foreign_keys off. */
  readonly thinned: readonly string[];
}

export interface KeyChanges {
  readonly top: readonly string[];
  readonly renames: readonly string[];
  readonly bottom: readonly { readonly key: ForeignKey; readonly sql: string; readonly fresh: boolean }[];
}

export function keyChanges(start: readonly ForeignKey[], end: readonly ForeignKey[], course: Course): KeyChanges {
  const now = new Map([...course.tables].map(([, tracked]) => [tracked.start, tracked]));
  const names = new Map([...course.tables].map(([name, tracked]) => [tracked.start, name]));
  const matched = new Set<ForeignKey>();
  const top: string[] = [];
  const renames: string[] = [];
  const again = new Set<ForeignKey>();
  for (const key of start) {
    const same = end.find((one) => !matched.has(one) && isSame(key, one, now, names));
    const inWay = isInWay(key, course);
    if (same !== undefined && !inWay) {
      matched.add(same);
      if (same.name !== key.name) renames.push(renameConstraint(same.table, key.name, same.name));
      continue;
    }
    if (same !== undefined) again.add(same);
    const [own, target] = [course.dropped.indexOf(key.table), course.dropped.indexOf(key.target)];
    const goesAlone = own !== -1 && !inWay && (target === -1 || own <= target);
    if (!goesAlone) top.push(dropConstraint(key.table, key.name));
  }
  return { top, renames, bottom: end.filter((key) => !matched.has(key)).map((key) => ({ key, sql: addForeignKey(key), fresh: !(again.has(key) || start.some((one) => pointsAlike(one, key, now, names))) || course.thinned.some((name) => now.get(name) !== undefined && [lower(key.target), lower(key.table)].includes(names.get(name) ?? '')) })) };
}

function isInWay(key: ForeignKey, { retyped, rekeyed, thinned }: Course): boolean {
  if (thinned.includes(key.target) || thinned.includes(key.table)) return true;
  const touches = (table: string, columns: readonly string[]) => retyped.some((one) => one.table === table && columns.includes(one.column));
  const leans = rekeyed.some(({ table, columns }) => table === key.target && columns.length === key.targetColumns.length && columns.every((column) => key.targetColumns.includes(column)));
  return touches(key.table, key.columns) || touches(key.target, key.targetColumns) || leans;
}

/** The rows were held to it before, whatever it did about those that were not. */
function pointsAlike(key: ForeignKey, end: ForeignKey, now: ReadonlyMap<string, Tracked>, names: ReadonlyMap<string, string>): boolean {
  return isSame({ ...key, onDelete: end.onDelete, onUpdate: end.onUpdate, deferred: end.deferred }, end, now, names);
}

function isSame(key: ForeignKey, end: ForeignKey, now: ReadonlyMap<string, Tracked>, names: ReadonlyMap<string, string>): boolean {
  const moved = (table: string, columns: readonly string[]) => [names.get(table), ...columns.map((column) => now.get(table)?.columns.get(column))].join('\0');
  const said = (table: string, columns: readonly string[]) => [lower(table), ...columns].join('\0');
  return moved(key.table, key.columns) === said(end.table, end.columns) && moved(key.target, key.targetColumns) === said(end.target, end.targetColumns) && key.onDelete === end.onDelete && key.onUpdate === end.onUpdate && key.deferred === end.deferred;
}
