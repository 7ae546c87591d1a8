// A throwaway SQLite in memory (sql.js, WebAssembly). The only file that loads it. It takes "x" for a text where no column is
// called so, as the SQLite did that Prisma 6 and older carried.

import { existsSync } from 'node:fs';
import { SqliteRefusal, type SchemaRow, type SqliteDatabase } from '../sqlite/types.ts';

interface Sql {
  Database: new () => SqlDatabase;
}

interface SqlDatabase {
  run(sql: string): unknown;
  prepare(sql: string): SqlStatement;
  exec(sql: string): { readonly values: unknown[][] }[];
  close(): void;
}

interface SqlStatement {
  step(): boolean;
  get(params: null, config: { readonly useBigInt: boolean }): Cell[];
  bind(values: readonly unknown[]): boolean;
  getColumnNames(): string[];
  free(): boolean;
}

type Cell = string | number | bigint | Uint8Array | null;

/** What Prisma's engine needs as well: parameters, and the names of columns. */
export interface SqliteSession extends SqliteDatabase {
  readonly query: (sql: string, args: readonly unknown[]) => { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] };
}

let loading: Promise<Sql> | undefined;

/** Foreign keys are on, as in Prisma's connection. */
export async function openSqlite(): Promise<SqliteSession> {
  loading ??= load();
  const database = new (await loading).Database();
  database.run('PRAGMA foreign_keys=ON');
  return wrap(database);
}

/** Where the build puts the two files of sql.js that are used; a checkout has the package. */
const CARRIED = new URL('../vendor/sql-wasm.cjs', import.meta.url);

async function fromPackage(): Promise<unknown> {
  // @ts-expect-error the package has no types of its own
  return await import('sql.js');
}

async function load(): Promise<Sql> {
  const { default: initialise } = (await (existsSync(CARRIED) ? import(CARRIED.href) : fromPackage())) as { default: () => Promise<Sql> };
  // Emscripten's glue listens for uncaught errors of the whole process.
  const before = process.listeners('uncaughtException');
  const sql = await initialise();
  for (const listener of process.listeners('uncaughtException')) if (!before.includes(listener)) process.off('uncaughtException', listener);
  return sql;
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SqliteRefusal(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wrap(database: SqlDatabase): SqliteSession {
  const query: SqliteSession['query'] = (sql, args) => refusing(() => {
    const statement = database.prepare(sql);
    try {
      if (args.length > 0) statement.bind(args);
      const found: Cell[][] = [];
      while (statement.step()) found.push(statement.get(null, { useBigInt: true }));
      return { columns: statement.getColumnNames(), rows: found };
    } finally {
      statement.free();
    }
  });
  return {
    run: (sql) => refusing(() => void database.run(sql)),
    prepare: (sql) => refusing(() => void database.prepare(sql).free()),
    rows: (sql) => query(sql, []).rows,
    query,
    schema: () => query(SCHEMA, []).rows.map(([type, name, table, sql, temporary]) => ({ type: type as SchemaRow['type'], name: String(name), table: String(table), sql: typeof sql === 'string' ? sql : null, temporary: temporary === 1n || temporary === 1 })),
    close: () => database.close(),
  };
}

const SCHEMA = `SELECT type, name, tbl_name, sql, 0, rowid FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' OR type = 'index'
  UNION ALL SELECT type, name, tbl_name, sql, 1, rowid FROM sqlite_temp_schema ORDER BY 5, 6`;
