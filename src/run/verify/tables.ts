// What both databases hold at one moment: SQLite's tables by its pragmas, PostgreSQL's columns by its catalog.

import type { Session } from '../../database/session.ts';
import type { SqliteSession } from '../../scratch/sqlite.ts';
import { clipName } from '../../sql/quote.ts';

export interface SqliteColumn {
  readonly name: string;
  /** As declared, in lower case and without what stands in brackets. */
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly generated: boolean;
  readonly key: boolean;
}

export interface SqliteReference {
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
  /** The target is written in another letter case than the table is. */
  readonly otherCase: boolean;
}

export interface SqliteTable {
  readonly name: string;
  readonly columns: readonly SqliteColumn[];
  readonly references: readonly SqliteReference[];
  /** Columns of the primary key and of unique indexes. */
  readonly unique: ReadonlySet<string>;
  readonly sql: string;
}

/** By lower-case name; without virtual tables, their shadows, and what SQLite keeps for itself. */
export type SqliteTables = ReadonlyMap<string, SqliteTable>;

export function sqliteTables(database: SqliteSession): SqliteTables {
  const all = database.schema().filter(({ type, temporary }) => type === 'table' && !temporary);
  const virtual = all.filter(({ sql }) => /^\s*create\s+virtual/i.test(sql ?? '')).map(({ name }) => name.toLowerCase());
  const own = all.filter(({ name }) => !virtual.some((one) => name.toLowerCase() === one || name.toLowerCase().startsWith(`${one}_`)));
  const tables = new Map(own.map(({ name, sql }) => [name.toLowerCase(), { name, sql: sql ?? '', columns: columnsOf(database, name), unique: uniqueOf(database, name) }]));
  return new Map([...tables].map(([key, table]) => [key, { ...table, references: referencesOf(database, table.name, tables) }]));
}

function columnsOf(database: SqliteSession, table: string): readonly SqliteColumn[] {
  const { rows } = database.query('SELECT name, type, "notnull", dflt_value, hidden, pk FROM pragma_table_xinfo(?)', [table]);
  return rows.map(([name, type, notNull, text, hidden, key]) => ({
    name: String(name),
    type: String(type).toLowerCase().replace(/\s*\(.*$/s, '').trim(),
    notNull: Number(notNull) !== 0 || Number(key) !== 0,
    default: text === null ? null : String(text),
    generated: Number(hidden) > 1,
    key: Number(key) !== 0,
  }));
}

function uniqueOf(database: SqliteSession, table: string): ReadonlySet<string> {
  const { rows } = database.query('SELECT c.name FROM pragma_index_list(?) AS i, pragma_index_info(i.name) AS c WHERE i."unique" = 1 UNION SELECT name FROM pragma_table_info(?) WHERE pk > 0', [table, table]);
  return new Set(rows.map(([name]) => String(name)));
}

function referencesOf(database: SqliteSession, table: string, tables: ReadonlyMap<string, Pick<SqliteTable, 'name' | 'columns'>>): readonly SqliteReference[] {
  const { rows } = database.query('SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq', [table]);
  return [...new Set(rows.map(([id]) => id))].map((id) => {
    const own = rows.filter((row) => row[0] === id);
    const written = String(own[0]?.[1]);
    const target = tables.get(written.toLowerCase());
    const keys = target?.columns.filter(({ key }) => key) ?? [];
    const targetColumns = own.map((row, at) => (row[3] === null ? (keys[at]?.name ?? '') : (named(target, String(row[3])) ?? String(row[3]))));
    const columns = own.map((row) => named(tables.get(table.toLowerCase()), String(row[2])) ?? String(row[2]));
    const otherCase = target !== undefined && (target.name !== written || own.some((row, at) => row[3] !== null && row[3] !== targetColumns[at]) || own.some((row, at) => row[2] !== columns[at]));
    return { columns, target: target?.name ?? written, targetColumns, otherCase };
  });
}

function named(table: Pick<SqliteTable, 'columns'> | undefined, name: string): string | undefined {
  return table?.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name;
}

export interface PostgresColumn {
  readonly name: string;
  /** Without length and precision. */
  readonly type: string;
  readonly length: number | null;
  readonly labels: readonly string[] | null;
  readonly generated: boolean;
  /** The sequence that belongs to it. */
  readonly sequence: string | null;
}

/** By table and column. */
export type PostgresTables = ReadonlyMap<string, ReadonlyMap<string, PostgresColumn>>;

const COLUMNS = `SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, NULL), CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 0 THEN a.atttypmod - 4 END,
  (SELECT pg_catalog.string_agg(e.enumlabel, E'\\n' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = a.atttypid), a.attgenerated <> '',
  CASE WHEN a.atthasdef THEN pg_catalog.pg_get_serial_sequence(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), a.attname) END
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`;

export async function postgresTables(session: Session): Promise<PostgresTables> {
  const { rows } = await session.query({ sql: COLUMNS, args: [] });
  const tables = new Map<string, Map<string, PostgresColumn>>();
  for (const [table, name, type, length, labels, generated, sequence] of rows) {
    const columns = tables.get(table ?? '') ?? new Map<string, PostgresColumn>();
    columns.set(name ?? '', { name: name ?? '', type: type ?? '', length: length ? Number(length) : null, labels: labels?.split('\n') ?? null, generated: generated === 't', sequence: sequence ?? null });
    tables.set(table ?? '', columns);
  }
  return tables;
}

/** PostgreSQL's column for one of SQLite's; its names are cut after 63 bytes. */
export function counterpart(tables: PostgresTables, table: string, column: string): PostgresColumn | undefined {
  return tables.get(clipName(table))?.get(clipName(column));
}
