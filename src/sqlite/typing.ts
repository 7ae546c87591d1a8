// PostgreSQL's type for what SQLite's column declares: as Prisma reads the declaration (sqlite.rs, get_column_type), and SQLite's own
// rules of affinity for what Prisma does not read. Sizes mean nothing to SQLite, and Prisma does not read them either.

import { BIGINT, BOOLEAN, BYTEA as BYTES, DOUBLE as FLOAT, INTEGER, JSONB, TEXT, TIMESTAMP } from './expression/terms.ts';
import type { Family, PgType, Target } from './types.ts';

const type = (family: Family, sql: string): PgType => ({ family, sql });

const DECIMAL = type('decimal', 'DECIMAL(65,30)');

/** What Prisma reads. */
const READ: Readonly<Record<string, PgType>> = {
  int: INTEGER, integer: INTEGER, serial: INTEGER, bigint: BIGINT, real: FLOAT, float: FLOAT, double: FLOAT, boolean: BOOLEAN, text: TEXT, numeric: DECIMAL, decimal: DECIMAL,
  date: TIMESTAMP, datetime: TIMESTAMP, timestamp: TIMESTAMP, binary: BYTES, blob: BYTES, jsonb: JSONB,
};

/** What Prisma calls Unsupported, and what people mean by it. */
const MEANT: Readonly<Record<string, PgType>> = {
  bool: BOOLEAN, tinyint: type('integer', 'SMALLINT'), smallint: type('integer', 'SMALLINT'), int2: type('integer', 'SMALLINT'), mediumint: INTEGER, int4: INTEGER, int8: BIGINT, 'unsigned big int': BIGINT,
  'double precision': FLOAT, clob: TEXT, string: TEXT, any: TEXT, json: JSONB, uuid: type('uuid', 'UUID'), time: type('time', 'TIME(3)'), timestamptz: type('datetime', 'TIMESTAMPTZ(3)'), varbinary: BYTES, bytea: BYTES,
};

export interface Typed {
  readonly type: PgType;
  /** What is to be said about it; `null` where Prisma reads the declaration the same way. */
  readonly remark: string | null;
}

/** Of a declaration alone. */
function familyType(declared: string | null): Typed {
  if (declared === null) return { type: TEXT, remark: 'it has no type in SQLite, and takes any value there: TEXT here' };
  const word = declared.toLowerCase().replace(/\s+/g, ' ').trim();
  const read = READ[word] ?? (word.includes('char') ? TEXT : /numeric|decimal/.test(word) ? DECIMAL : null);
  if (read !== null) return { type: read, remark: null };
  const meant = MEANT[word] ?? byAffinity(word);
  return { type: meant, remark: `Prisma does not know the type ${declared} on SQLite: ${meant.sql} here` };
}

/** Whether values of one declaration are values of the other. */
export function sameFamily(one: string | null, other: string | null): boolean {
  return familyType(one).type.family === familyType(other).type.family;
}

/** https://sqlite.org/datatype3.html, 3.1 */
function byAffinity(word: string): PgType {
  if (word.includes('int')) return BIGINT;
  if (/clob|text/.test(word)) return TEXT;
  if (word.includes('blob')) return BYTES;
  return /real|floa|doub/.test(word) ? FLOAT : DECIMAL;
}

/** Which types of the PostgreSQL schema can hold a SQLite family from the first row on, without a change of what the values mean. */
const HOLDS: Readonly<Record<Family, readonly Family[]>> = {
  text: ['text', 'uuid', 'enum', 'json'],
  integer: ['integer', 'bigint'],
  bigint: ['bigint', 'integer'],
  float: ['float', 'decimal'],
  decimal: ['decimal', 'float'],
  boolean: ['boolean'],
  datetime: ['datetime', 'date', 'time'],
  date: ['date', 'datetime'],
  time: ['time'],
  json: ['json', 'text'],
  bytes: ['bytes'],
  uuid: ['uuid', 'text'],
  enum: ['enum', 'text'],
  other: ['other'],
};

export interface Guided extends Typed {
  readonly serial: boolean | null;
  /** The schema's type, where it cannot be had from birth. */
  readonly wanted: PgType | null;
}

/** By the schema the history is to end in, where it says something that SQLite's declaration allows. */
export function guidedType(declared: string | null, table: string, column: string, target: Target | null): Guided {
  const own = familyType(declared);
  const wish = target?.column(table, column) ?? null;
  if (wish === null) return { ...own, serial: null, wanted: null };
  const holds = HOLDS[own.type.family].includes(wish.type.family);
  if (holds) return { type: wish.type, remark: null, serial: wish.serial, wanted: null };
  return { ...own, serial: null, wanted: wish.type };
}
