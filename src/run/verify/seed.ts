// Equal rows for both databases: parents first, some values left to their defaults.

import type { Session } from '../../database/session.ts';
import { messageOf } from '../../database/refusals.ts';
import type { SqliteSession } from '../../scratch/sqlite.ts';
import { clipName, quoteName, quoteNames } from '../../sql/quote.ts';
import { candidate } from './candidates.ts';
import { counterpart, type PostgresTables, type SqliteColumn, type SqliteReference, type SqliteTable, type SqliteTables } from './tables.ts';
import { toPostgres, type Cell } from './values.ts';

/** What the rest of a history makes of a column. */
export interface Future {
  readonly types: ReadonlySet<string>;
  readonly filled: boolean;
  readonly unique: boolean;
}

export interface SeedInput {
  readonly sqlite: SqliteSession;
  readonly session: Session;
  readonly tables: SqliteTables;
  readonly postgres: PostgresTables;
  readonly future: (table: string, column: string) => Future;
  readonly tame: boolean;
  /** Another number every time. */
  readonly next: () => number;
}

const ROWS = 3;
/** A table with so many rows takes no more. */
const ENOUGH = 9;
const TRIES = 3;

/** Returns why tables stayed without rows. */
export async function seed(input: SeedInput): Promise<readonly string[]> {
  const lacking: string[] = [];
  for (const table of inOrder(input.tables)) {
    const before = Number(input.sqlite.rows(`SELECT count(*) FROM ${quoteName(table.name)}`)[0]?.[0] ?? 0);
    const problems: string[] = [];
    let added = 0;
    for (let row = 0; row < ROWS && before + added < ENOUGH; row++) {
      const problem = await addRow(input, table);
      if (problem === null) added++;
      else problems.push(problem);
    }
    if (before + added === 0) lacking.push(`${table.name} holds no rows: ${problems.at(-1) ?? ''}`);
    if (added > 0) await advance(input, table);
  }
  return lacking;
}

/** Tables after those they refer to; a circle is begun where a reference may be empty. */
function inOrder(tables: SqliteTables): readonly SqliteTable[] {
  const left = new Map(tables);
  const order: SqliteTable[] = [];
  while (left.size > 0) {
    const waits = (table: SqliteTable, required: boolean) => table.references.some((one) => one.target.toLowerCase() !== table.name.toLowerCase() && left.has(one.target.toLowerCase()) && (!required || isRequired(table, one)));
    const [key, table] = [...left].find(([, one]) => !waits(one, false)) ?? [...left].find(([, one]) => !waits(one, true)) ?? [...left][0] ?? [];
    if (key === undefined || table === undefined) break;
    order.push(table);
    left.delete(key);
  }
  return order;
}

function isRequired(table: SqliteTable, { columns }: SqliteReference): boolean {
  return columns.every((name) => table.columns.find((column) => column.name === name)?.notNull === true);
}

/** `null`: it is in both. */
async function addRow(input: SeedInput, table: SqliteTable): Promise<string | null> {
  let problem = 'no row to refer to';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const row = makeRow(input, table, input.next());
    if (row === null) continue;
    input.sqlite.run('SAVEPOINT seed');
    try {
      insertSqlite(input.sqlite, table, row);
      await insertPostgres(input, table, row);
      input.sqlite.run('RELEASE seed');
      return null;
    } catch (error) {
      problem = messageOf(error);
      input.sqlite.run('ROLLBACK TO seed; RELEASE seed');
    }
  }
  return problem;
}

type RowCells = ReadonlyMap<string, Cell>;

function insertSqlite(sqlite: SqliteSession, table: SqliteTable, row: RowCells): void {
  const values = row.size === 0 ? 'DEFAULT VALUES' : `(${quoteNames([...row.keys()])}) VALUES (${[...row].map(() => '?').join(', ')})`;
  sqlite.query(`INSERT INTO ${quoteName(table.name)} ${values}`, [...row.values()].map((cell) => (typeof cell === 'bigint' ? (Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)) : cell)));
}

async function insertPostgres({ session, postgres }: SeedInput, table: SqliteTable, row: RowCells): Promise<void> {
  const cells = [...row].map(([name, cell]) => ({ name: clipName(name), cell, column: counterpart(postgres, table.name, name) }));
  const values = row.size === 0 ? 'DEFAULT VALUES' : `(${quoteNames(cells.map(({ name }) => name))}) VALUES (${cells.map((_, at) => `$${at + 1}`).join(', ')})`;
  await session.query({ sql: `INSERT INTO ${quoteName(clipName(table.name))} ${values}`, args: cells.map(({ cell, column }) => (column === undefined ? cell : toPostgres(cell, column))) });
}

/** `null` when it has to refer to a row and there is none. */
function makeRow(input: SeedInput, table: SqliteTable, n: number): RowCells | null {
  const cells = new Map<string, Cell>();
  const referring = new Set(table.references.flatMap(({ columns }) => columns));
  for (const [at, column] of table.columns.entries()) {
    const in_ = counterpart(input.postgres, table.name, column.name);
    if (column.generated || in_ === undefined || referring.has(column.name)) continue;
    const future = input.future(table.name, column.name);
    const unique = table.unique.has(column.name) || (future.unique && input.tame);
    if (column.default !== null && !unique && !future.unique && (n + at) % 4 === 1) continue;
    cells.set(column.name, candidate({ column, in: in_, future: future.types, filledLater: future.filled, unique, tame: input.tame }, n));
  }
  for (const [at, reference] of table.references.entries()) if (!refer(input, table, reference, cells, n + at)) return null;
  return cells;
}

function refer({ sqlite, tables, tame, future }: SeedInput, table: SqliteTable, { columns, target, targetColumns }: SqliteReference, cells: Map<string, Cell>, n: number): boolean {
  const own = columns.map((name) => table.columns.find((column) => column.name === name));
  const optional = own.some((column) => column !== undefined && !column.notNull && !cells.has(column.name));
  const spare = tame && columns.some((name) => future(table.name, name).filled);
  const there = tables.get(target.toLowerCase());
  const rows = there === undefined ? [] : parents(sqlite, there, targetColumns).filter((row) => columns.every((name, at) => !cells.has(name) || cells.get(name) === row[at]));
  const self = target.toLowerCase() === table.name.toLowerCase();
  const row = rows.length > 0 ? rows[n % rows.length] : self && !optional ? targetColumns.map((name) => cells.get(name) ?? null) : undefined;
  if (optional && (row === undefined || (n % 4 === 0 && !spare))) {
    for (const column of own) if (column !== undefined && !column.notNull && !cells.has(column.name)) cells.set(column.name, null);
    for (const column of own) if (column !== undefined && !cells.has(column.name)) cells.set(column.name, fallback(rows, column, columns));
    return true;
  }
  if (row === undefined) return false;
  columns.forEach((name, at) => cells.set(name, row[at] ?? null));
  return true;
}

/** A part of a reference whose other part is empty may hold anything. */
function fallback(rows: readonly (readonly Cell[])[], column: SqliteColumn, columns: readonly string[]): Cell {
  return rows[0]?.[columns.indexOf(column.name)] ?? (/int|real|dec|bool|date/.test(column.type) ? 1 : 'x');
}

function parents(sqlite: SqliteSession, { name, columns }: SqliteTable, keys: readonly string[]): readonly (readonly Cell[])[] {
  if (keys.some((key) => !columns.some((column) => column.name === key))) return [];
  return sqlite.rows(`SELECT DISTINCT ${quoteNames(keys)} FROM ${quoteName(name)} WHERE ${keys.map((key) => `${quoteName(key)} IS NOT NULL`).join(' AND ')} LIMIT 20`);
}

/** Sequences follow the keys that were written out. */
async function advance({ session, postgres }: SeedInput, table: SqliteTable): Promise<void> {
  for (const { name, sequence } of postgres.get(clipName(table.name))?.values() ?? []) {
    if (sequence !== null) await session.query({ sql: `SELECT pg_catalog.setval($1::text::regclass, greatest((SELECT max(${quoteName(name)}) FROM ${quoteName(clipName(table.name))}), 1))`, args: [sequence] });
  }
}
