// One table into another of the same name: the statements, in the order in which each still finds what it needs.

import { quoteName } from '../sql/quote.ts';
import type { Expr } from './ast.ts';
import { addPrimaryKey, createIndex, dropConstraint, renameConstraint } from './ddl.ts';
import { columnClauses, type ColumnWork } from './alterColumn.ts';
import { condition } from './expression/expression.ts';
import type { Origin } from './fold.ts';
import { tableRelation } from './model.ts';
import type { Scope } from './expression/scope.ts';
import { addedSequence, droppedSequence, movedSequence, restartedSequence, type Sequences } from './sequences.ts';
import type { ShapedTable } from './shape.ts';
import { lower } from './state.ts';
import { Untranslatable, type Column, type Context, type Index, type NoteCode, type Relation } from './types.ts';

export interface Alteration {
  readonly before: ShapedTable;
  readonly after: ShapedTable;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly where: Expr | null;
  /** No copy at all: SQLite's new table is empty. */
  readonly emptied: boolean;
  readonly alias: string;
  /** For what the expressions of the copy name; its text is the migration's. */
  readonly context: Context;
  readonly sequences: Sequences;
  readonly say: (code: NoteCode, message: string) => void;
}

export interface Altered {
  /** Up to the new forms of the columns; what makes columns fill themselves, or stops it; and the rest. */
  readonly statements: readonly string[];
  readonly sequences: readonly string[];
  readonly constraints: readonly string[];
  /** Old names of columns whose type changes. */
  readonly retyped: readonly string[];
  readonly keyReplaced: boolean;
  /** Unique indexes of the old table itself that are gone. */
  readonly uniquesGone: readonly Index[];
}

/** Throws Untranslatable. */
export function alterTable(change: Alteration): Altered {
  const { before, after, sequences } = change;
  const table = quoteName(after.name);
  const work = columnsOf(change);
  const renames = work.flatMap(({ column, old }) => (old !== null && old.name !== column.name ? [{ from: old.name, to: column.name }] : []));
  const renamed = (name: string) => renames.find(({ from }) => from === name)?.to ?? name;
  const gone = before.columns.filter(({ name }) => !work.some(({ old }) => old?.name === name));
  const retyped = work.flatMap(({ column, old }) => (old !== null && old.type.sql !== column.type.sql ? [old.name] : []));
  const keyReplaced = replaced(before, after, renamed, gone);
  const checksMove = retyped.length > 0;
  const same = (a: { readonly name: string; readonly sql: string }, list: ShapedTable['checks']) => list.some((b) => a.name === b.name && a.sql === b.sql);
  const goneChecks = before.checks.filter((one) => checksMove || !same(one, after.checks));
  const newChecks = after.checks.filter((one) => checksMove || !same(one, before.checks));
  const mapped = before.uniques.map((index) => ({ index, parts: index.parts.map(({ column, sql }) => (column === null ? sql : quoteName(renamed(column)))).join() }));
  const partsOf = (one: Index) => one.parts.map(({ sql }) => sql).join();
  const uniquesGone = mapped.filter(({ parts }) => !after.uniques.some((one) => partsOf(one) === parts)).map(({ index }) => index);
  const uniquesNew = after.uniques.filter((one) => !mapped.some(({ parts }) => parts === partsOf(one)));
  const uniquesNamed = mapped.flatMap(({ index, parts }) => after.uniques.filter((one) => partsOf(one) === parts && one.name !== index.name).map(({ name }) => `ALTER INDEX ${quoteName(index.name)} RENAME TO ${quoteName(name)}`));
  // PostgreSQL refuses to change what a computed column is computed from.
  const computedFirst = gone.filter(({ generated }) => generated !== null && retyped.length > 0);
  const clauses = columnClauses(work, gone.filter((one) => !computedFirst.includes(one)), change, scopeOf(change, renamed));
  const statements = [
    ...uniquesGone.map(({ name }) => `DROP INDEX ${quoteName(name)}`),
    ...(keyReplaced && before.primaryKey !== null ? [dropConstraint(after.name, before.primaryKey.name)] : []),
    ...goneChecks.map(({ name }) => dropConstraint(after.name, name)),
    ...(change.emptied ? [`DELETE FROM ${table}`] : change.where === null ? [] : [`DELETE FROM ${table} WHERE (${condition(change.where, scopeOf(change, (name) => name), change.context)}) IS NOT TRUE`]),
    ...(computedFirst.length === 0 ? [] : [`ALTER TABLE ${table} ${computedFirst.map(({ name }) => `DROP COLUMN ${quoteName(name)}`).join(',\n')}`]),
    ...renames.map(({ from, to }) => `ALTER TABLE ${table} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`),
    ...renames.flatMap(({ from, to }) => (before.columns.some(({ name, serial }) => name === from && serial) ? movedSequence(sequences, { table: before.name, column: from }, { table: after.name, column: to }) : [])),
    ...clauses.rows,
    ...(clauses.alter.length === 0 ? [] : [`ALTER TABLE ${table} ${clauses.alter.join(',\n')}`]),
  ];
  const sequenced = [
    // SQLite counts the rows of the new table from one.
    ...work.flatMap(({ column, old }) => (change.emptied && old?.serial === true && column.serial ? restartedSequence(sequences, after.name, column.name) : [])),
    ...work.flatMap(({ column, old }) => (old?.serial === true && !column.serial ? droppedSequence(sequences, after.name, column.name) : [])),
    ...work.flatMap(({ column, old }) => (old?.serial === false && column.serial ? addedSequence(sequences, after.name, column.name) : [])),
  ];
  const constraints = [
    ...keyAdded(before, after, keyReplaced),
    ...newChecks.map(({ name, sql }) => `ALTER TABLE ${table} ADD CONSTRAINT ${quoteName(name)} CHECK (${sql})`),
    ...uniquesNamed,
    ...uniquesNew.map(createIndex),
  ];
  return { statements, sequences: sequenced, constraints, retyped, keyReplaced: keyReplaced && before.primaryKey !== null, uniquesGone };
}

function columnsOf({ before, after, origins, say }: Alteration): readonly ColumnWork[] {
  const named = (name: string) => before.columns.find((one) => lower(one.name) === lower(name)) ?? null;
  const sourcesMove = after.columns.some(({ name, type }) => named(name) !== null && named(name)?.type.sql !== type.sql) || before.columns.some(({ name }) => !after.columns.some((one) => lower(one.name) === lower(name)));
  return after.columns.map((column): ColumnWork => {
    const origin = origins.get(column.name) ?? { kind: 'column', name: column.name };
    const old = origin.kind === 'new' ? null : named(origin.kind === 'column' ? origin.name : column.name);
    // What is computed from other columns cannot be altered into a plain one, nor back.
    const remade = old !== null && (old.generated !== column.generated || (column.generated !== null && sourcesMove));
    if (remade && column.generated === null && origin.kind === 'column') throw new Untranslatable(`${after.name}.${column.name} was computed and keeps its values`, 0);
    if ((old === null || remade) && origin.kind !== 'value' && column.notNull && column.default === null && !column.serial && column.generated === null) say('NOT_NULL_FAILS', `${after.name}.${column.name} is required and has no default: PostgreSQL refuses it where the table has rows, as SQLite does`);
    return { column, old: remade ? null : old, origin: remade && origin.kind !== 'value' ? { kind: 'new' } : origin };
  });
}

function replaced(before: ShapedTable, after: ShapedTable, renamed: (name: string) => string, gone: readonly Column[]): boolean {
  const [old, key] = [before.primaryKey, after.primaryKey];
  if (old === null || key === null) return old !== key;
  return old.columns.map(renamed).join('\0') !== key.columns.join('\0') || gone.some(({ name }) => old.columns.includes(name));
}

function keyAdded(before: ShapedTable, after: ShapedTable, keyReplaced: boolean): readonly string[] {
  const [old, key] = [before.primaryKey, after.primaryKey];
  if (key === null) return [];
  if (keyReplaced || old === null) return [addPrimaryKey(after.name, key)];
  return old.name === key.name ? [] : [renameConstraint(after.name, old.name, key.name)];
}

/** The old table's columns under the names they have when an expression runs. */
function scopeOf({ before, alias }: Alteration, renamed: (name: string) => string): Scope {
  const plain = tableRelation(before, []);
  const relation: Relation = { ...plain, columns: plain.columns.map((column) => ({ ...column, as: renamed(column.name) })) };
  return { sources: [{ alias, as: relation.as, relation }], outer: null };
}

