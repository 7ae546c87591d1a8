// A value of SQLite as the value of a PostgreSQL column: how SQLite is asked for it, how it is written for COPY, and a text of it
// that both sides can make. What the column has no equal for is a problem, in words; nothing is rounded, cut or guessed.

import { boolean, bytes, float, integer, json, label, numeric, text, time, uuid, type Encode, type Form, type ValueType } from './encoders.ts';
import { putAscii, type Writer } from './writer.ts';

/** `null` for a type that no value of SQLite is written to. */
export function encoderOf(type: ValueType): Encode | null {
  const bounds = INTEGERS[type.name];
  if (bounds !== undefined) return integer(bounds);
  if (TEXTS.has(type.name)) return text(type);
  switch (type.name) {
    case 'float4':
    case 'float8':
      return float(type.name);
    case 'numeric':
      return numeric(type.modifier);
    case 'bool':
      return boolean;
    case 'json':
    case 'jsonb':
      return json(type.name === 'json');
    case 'bytea':
      return bytes;
    case 'uuid':
      return uuid;
    case 'timestamp':
    case 'timestamptz':
    case 'date':
    case 'time':
      return time(type.name, type.modifier);
    case 'enum':
      return label(new Set(type.labels));
    default:
      return null;
  }
}

const INTEGERS: Readonly<Record<string, readonly [bigint, bigint]>> = { int2: [-32_768n, 32_767n], int4: [-2_147_483_648n, 2_147_483_647n], int8: [-(2n ** 63n), 2n ** 63n - 1n] };
const SMALL: ReadonlySet<string> = new Set(['int2', 'int4', 'bool']);
const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext']);

/**
 * How SQLite is asked for a column. Texts come as bytes, so that neither NUL nor broken UTF-8 is lost on the way; a `string` in JavaScript
 * is therefore never a text: it stands for a blob where a blob has no meaning, and is the hexadecimal digits of one for uuid.
 */
export function sqliteExpression(type: ValueType, column: string): string {
  if (TEXTS.has(type.name)) return `CAST(${column} AS BLOB)`;
  const blob = type.name === 'uuid' ? `hex(${column})` : type.name === 'bytea' ? column : type.name.startsWith('json') ? `CASE WHEN json_valid(${column}, 8) THEN CAST(json(${column}) AS BLOB) ELSE ${column} END` : "'blob'";
  // A whole number comes out of SQLite as a bigint, which costs more; those that a double changes are out of the range of these columns anyway.
  const whole = SMALL.has(type.name) ? ` WHEN 'integer' THEN CAST(${column} AS REAL)` : '';
  return `CASE typeof(${column})${whole} WHEN 'text' THEN CAST(${column} AS BLOB) WHEN 'blob' THEN ${blob} ELSE ${column} END`;
}

const isSized = ({ name }: ValueType) => TEXTS.has(name) || name.startsWith('json') || name === 'enum';

/** The SQL of the text that `compare` writes, as arguments of concat(). */
export function comparableSql(type: ValueType, column: string, utf8: boolean): string {
  if (type.name === 'float4' || type.name === 'float8') return `pg_catalog.encode(pg_catalog.${type.name}send(${column}), 'hex')`;
  // What concat() is given as NULL leaves no trace, and no bytes are not NULL.
  if (type.name === 'bytea') return `'=' || pg_catalog.encode(${column}, 'hex')`;
  if (!isSized(type)) return column;
  const text = `${column}::pg_catalog.text`;
  return `pg_catalog.octet_length(${utf8 ? text : `pg_catalog.convert_to(${text}, 'UTF8')`}), ':', ${text}`;
}

export function putNull(type: ValueType, into: Writer, form: Form): null {
  return putAscii(into, form !== 'compare' ? '\\N' : isSized(type) ? ':' : '');
}
