// One little world in both databases: tables with every family of columns, the same rows in each, and the relations a translation sees.

import type { Context, PgType, Relation, RelationColumn } from '../../src/sqlite/types.ts';
import type { Session } from '../../src/database/session.ts';
import type { SqliteDatabase } from '../../src/sqlite/types.ts';

export const TYPES = {
  text: { family: 'text', sql: 'TEXT' }, integer: { family: 'integer', sql: 'INTEGER' }, bigint: { family: 'bigint', sql: 'BIGINT' }, float: { family: 'float', sql: 'DOUBLE PRECISION' }, decimal: { family: 'decimal', sql: 'DECIMAL(65,30)' },
  boolean: { family: 'boolean', sql: 'BOOLEAN' }, datetime: { family: 'datetime', sql: 'TIMESTAMP(3)' }, json: { family: 'json', sql: 'JSONB' }, bytes: { family: 'bytes', sql: 'BYTEA' },
} as const satisfies Readonly<Record<string, PgType>>;

export function relationColumn(name: string, type: PgType | null, more: Partial<RelationColumn> = {}): RelationColumn {
  return { name, as: name, type, serial: false, generated: false, hasDefault: false, ...more };
}

export function relation(name: string, columns: readonly RelationColumn[], more: Partial<Relation> = {}): Relation {
  return { name, as: name, columns, rowid: columns.find(({ serial }) => serial)?.name ?? null, keys: [], ...more };
}

/** As the table of the documentation's cases. */
export const USER = relation('User', [relationColumn('id', TYPES.text), relationColumn('email', TYPES.text), relationColumn('age', TYPES.integer), relationColumn('used', TYPES.boolean, { hasDefault: true }), relationColumn('meta', TYPES.text), relationColumn('createdAt', TYPES.datetime, { hasDefault: true })], { keys: [['id'], ['email']] });

export const ITEM = relation('Item', [
  relationColumn('id', TYPES.integer, { serial: true }), relationColumn('name', TYPES.text), relationColumn('email', TYPES.text), relationColumn('n', TYPES.integer), relationColumn('big', TYPES.bigint), relationColumn('f', TYPES.float), relationColumn('dec', TYPES.decimal), relationColumn('used', TYPES.boolean),
  relationColumn('at', TYPES.datetime), relationColumn('ms', TYPES.datetime), relationColumn('meta', TYPES.text), relationColumn('doc', TYPES.json), relationColumn('data', TYPES.bytes), relationColumn('num', TYPES.text), relationColumn('Order', TYPES.integer, { hasDefault: true }),
], { keys: [['id'], ['email']] });

const OWNER = relation('Owner', [relationColumn('id', TYPES.text), relationColumn('itemId', TYPES.integer), relationColumn('name', TYPES.text), relationColumn('active', TYPES.boolean, { hasDefault: true }), relationColumn('tags', TYPES.text), relationColumn('since', TYPES.datetime, { hasDefault: true }), relationColumn('score', TYPES.float)], { keys: [['id']] });

const LOG = relation('Log', [relationColumn('id', TYPES.integer, { serial: true }), relationColumn('label', TYPES.text), relationColumn('count', TYPES.bigint), relationColumn('flag', TYPES.boolean), relationColumn('time', TYPES.datetime), relationColumn('doc', TYPES.json), relationColumn('bytes', TYPES.bytes), relationColumn('price', TYPES.decimal)], { keys: [['id']] });

const PAIR = relation('Pair', [relationColumn('a', TYPES.text), relationColumn('b', TYPES.integer), relationColumn('c', TYPES.text, { hasDefault: true }), relationColumn('on', TYPES.boolean, { hasDefault: true })], { keys: [['a', 'b']] });

export const WORLD: readonly Relation[] = [ITEM, OWNER, LOG, PAIR];

const SQLITE_TYPES: Readonly<Record<string, string>> = { text: 'TEXT', integer: 'INTEGER', bigint: 'BIGINT', float: 'REAL', decimal: 'DECIMAL', boolean: 'BOOLEAN', datetime: 'DATETIME', json: 'JSONB', bytes: 'BLOB' };
const DEFAULTS: Readonly<Record<string, readonly [string, string]>> = { 'Item.Order': ['7', '7'], 'Owner.active': ['true', 'true'], 'Owner.since': ['CURRENT_TIMESTAMP', 'CURRENT_TIMESTAMP'], 'Pair.c': ["'c'", "'c'"], 'Pair.on': ['false', 'false'] };

function keyOf(table: Relation): string {
  return table.keys.flatMap((key) => (key.length === 1 && key[0] === 'id' ? [] : [`, UNIQUE (${key.map((name) => `"${name}"`).join(', ')})`])).join('');
}

function sqliteTable(table: Relation): string {
  const columns = table.columns.map(({ name, type, serial, hasDefault }) => `"${name}" ${serial ? 'INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT' : `${SQLITE_TYPES[type?.family ?? 'text']}${name === 'id' ? ' NOT NULL PRIMARY KEY' : ''}`}${hasDefault ? ` DEFAULT ${DEFAULTS[`${table.name}.${name}`]?.[0] ?? 'NULL'}` : ''}`);
  return `CREATE TABLE "${table.name}" (${columns.join(', ')}${keyOf(table)})`;
}

function postgresTable(table: Relation): string {
  const columns = table.columns.map(({ name, type, serial, hasDefault }) => `"${name}" ${serial ? 'SERIAL' : type?.sql}${name === 'id' ? ' NOT NULL PRIMARY KEY' : ''}${hasDefault ? ` DEFAULT ${DEFAULTS[`${table.name}.${name}`]?.[1] ?? 'NULL'}` : ''}`);
  return `CREATE TABLE "${table.name}" (${columns.join(', ')}${keyOf(table)})`;
}

type Cell = string | number | boolean | null | Uint8Array;

const bytes = (...values: number[]) => Uint8Array.from(values);

/** Times as SQLite stores them: `at` as CURRENT_TIMESTAMP writes it, `ms` as Prisma counts. */
const ITEMS: readonly (readonly Cell[])[] = [
  [1, 'Ada', 'ada@x.io', 36, 9_007_199_254_740, 1.5, 2.25, true, '2023-10-06 20:51:05', 1_696_625_465_526, '{"a":{"b":[1,2,"x"]},"t":true,"n":5,"s":"five"}', '{"k":1}', bytes(1, 2, 255), '12', 1],
  [2, "O'Neil", 'b@y.org', 0, 0, 0.5, 0.5, false, '2024-02-29 00:00:00', 0, '{"a":{"b":[]},"t":false,"n":0,"s":""}', '{"k":2,"z":[1]}', bytes(), '0', 2],
  [3, 'Ünïcode 😀 "q"', null, -7, -12, -2.75, -7.5, null, null, null, null, null, null, null, null],
  [4, '', 'UPPER@Z.COM', 1_000_000_000, 4_000_000_000, 1e10, 100.125, true, '1999-12-31 23:59:59', 946_684_799_999, '{"a":null,"n":-2.5,"s":"a\\"b"}', '[1,2]', bytes(0), '-3', 4],
  [5, null, 'nobody', 7, 7, null, null, false, '2023-10-06 00:00:00', 1_700_000_000_000, '{}', '{"k":null}', bytes(104, 105), '7', 5],
  [6, '50%_off\\x', 'p@q.r', 100, 1000, 3.25, 3.5, true, '2020-01-15 12:30:00', 1_579_091_400_000, '{"a":{"c":"d"},"n":12}', 'null', bytes(65), '100', 6],
];

const OWNERS: readonly (readonly Cell[])[] = [
  ['o1', 1, 'Ada', true, '["red","blue"]', '2023-01-01 00:00:00', 1.25], ['o2', 1, 'Bob', false, '[]', '2023-06-01 10:00:00', null], ['o3', 2, null, true, '["green"]', null, 7.5], ['o4', null, 'Eve', null, null, '2022-02-02 02:02:02', 0.5],
];

const PAIRS: readonly (readonly Cell[])[] = [['x', 1, 'c', false], ['x', 2, null, true], ['y', 1, 'z', null]];

const ROWS: readonly (readonly [Relation, readonly (readonly Cell[])[]])[] = [[ITEM, ITEMS], [OWNER, OWNERS], [PAIR, PAIRS]];

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const text = (value: string) => `'${value.replaceAll("'", "''")}'`;

function sqliteCell(value: Cell): string {
  return value === null ? 'NULL' : value instanceof Uint8Array ? `X'${hex(value)}'` : typeof value === 'string' ? text(value) : String(typeof value === 'boolean' ? Number(value) : value);
}

function postgresCell(value: Cell, type: PgType | null): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `'\\x${hex(value)}'`;
  if (typeof value === 'number' && type?.family === 'datetime') return `'${new Date(value).toISOString().slice(0, -1)}'`;
  return typeof value === 'string' ? text(value) : String(value);
}

function inserts(cell: (value: Cell, type: PgType | null) => string): readonly string[] {
  return ROWS.map(([table, rows]) => `INSERT INTO "${table.name}" VALUES ${rows.map((row) => `(${row.map((value, index) => cell(value, table.columns[index]?.type ?? null)).join(', ')})`).join(', ')}`);
}

export function fillSqlite(database: SqliteDatabase): void {
  for (const statement of [...WORLD.map(sqliteTable), ...inserts(sqliteCell)]) database.run(statement);
}

export async function fillPostgres(session: Session): Promise<void> {
  await session.run([...WORLD.map(postgresTable), ...inserts(postgresCell), `SELECT setval('"Item_id_seq"', 6)`].join(';\n'));
}

export interface Said {
  readonly code: string;
  readonly message: string;
}

export function contextOf(sql: string, relations: readonly Relation[], said: Said[] = []): Context {
  return { text: sql, relation: (name) => relations.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null, note: (code, message) => said.push({ code, message }) };
}

const NUMBERS = new Set([20, 21, 23, 700, 701, 1700]);

/** A value of PostgreSQL (as text, with the type's number) and what SQLite has in its place, made alike where they mean the same. */
export function alike(one: string | null, oid: number, other: unknown): readonly [unknown, unknown] {
  if (one === null || other === null) return [one, other];
  if (oid === 16) return [one === 't' ? 1 : 0, Number(other) === 0 ? 0 : 1];
  if (NUMBERS.has(oid)) return [rounded(Number(one)), typeof other === 'string' ? other : rounded(Number(other))];
  if (oid === 1114 || oid === 1184) return [Date.parse(`${one.replace(' ', 'T')}Z`), typeof other === 'string' ? Date.parse(/Z|[+-]\d\d:\d\d$/.test(other) ? other : `${other.replace(' ', 'T')}${other.length === 10 ? 'T00:00:00' : ''}Z`) : Math.round(Number(other))];
  if (oid === 114 || oid === 3802) return [JSON.stringify(sortedKeys(JSON.parse(one))), JSON.stringify(sortedKeys(parsed(other)))];
  if (oid === 17) return [one.slice(2), other instanceof Uint8Array ? hex(other) : Buffer.from(String(other)).toString('hex')];
  return [one, other instanceof Uint8Array ? new TextDecoder().decode(other) : typeof other === 'bigint' ? String(other) : other];
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return typeof value === 'bigint' ? Number(value) : value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sortedKeys(inner)])) : value;
}

function rounded(value: number): number {
  return Number(value.toPrecision(11));
}
