// How each type's values are written, for COPY and to be compared.

import { isUtf8 } from 'node:buffer';
import type { SqliteCell } from '../../database/sqlite-file.ts';
import { canonicalJson } from './json.ts';
import { fits, fitsFloat4, float4Bytes, float8Bytes, parseDecimal, printDecimal, rescaled, sameNumber } from './numbers.ts';
import { clockFromText, fromCommonText, fromMilliseconds, fromText, FINER, putTime, type Instant, type TimeKind } from './times.ts';
import { putAscii, putByte, putBytes, putEscaped, putHex, putInteger, putZeros, type Writer } from './writer.ts';

export interface ValueType {
  /** Of the type itself, or of what a domain stands on: `int4`, `timestamp`; `enum` for any enum. */
  readonly name: string;
  /** `atttypmod`. */
  readonly modifier: number;
  /** Of an enum. */
  readonly labels: readonly string[];
}

/** `copy`: COPY's text format. `compare`: the text that `comparableSql` makes, which comes first. */
export type Form = 'copy' | 'compare';

/** Writes a value that is not NULL; returns what is wrong with it. */
export type Encode = (value: Exclude<SqliteCell, null>, into: Writer, form: Form) => string | null;

/** Short texts that are compared with forms: one byte a character. */
const asciiOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const NO_BLOB = 'a blob, which the column has no value for';

export function integer([least, most]: readonly [bigint, bigint]): Encode {
  const [low, high] = [Number(least), Number(most)];
  return (value, into) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= low && value <= high) return putInteger(into, value === 0 ? 0 : value);
    const exact = wholeOf(value);
    if (typeof exact === 'string') return exact;
    if (exact < least || exact > most) return 'a number out of the range of the column';
    return putAscii(into, String(exact));
  };
}

function wholeOf(value: Exclude<SqliteCell, null>): bigint | string {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : 'a number that is not whole';
  if (typeof value === 'string') return NO_BLOB;
  const text = asciiOf(value);
  return /^[+-]?\d{1,40}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : 'a text that is no whole number';
}

const BROKEN_TEXT = 'a text that is not UTF-8';
const NUL = 'a text with the character NUL, which PostgreSQL has no value for';

/** What PostgreSQL does not take as a text of UTF-8. */
function brokenText(value: Uint8Array): string | null {
  let high = false;
  for (let at = 0; at < value.length; at++) {
    const byte = value[at] ?? 0;
    if (byte === 0) return NUL;
    if (byte > 127) high = true;
  }
  return high && !isUtf8(value) ? BROKEN_TEXT : null;
}

function putText(value: Uint8Array, into: Writer, form: Form): null {
  if (form !== 'compare') {
    putEscaped(into, value);
    return null;
  }
  putInteger(into, value.length);
  putByte(into, COLON);
  putBytes(into, value);
  return null;
}

const COLON = 58;
const SPACE = 32;

export function text({ name, modifier }: ValueType): Encode {
  const most = name === 'citext' || name === 'text' || modifier < 4 ? Infinity : modifier - 4;
  return (value, into, form) => {
    if (!(value instanceof Uint8Array)) return NO_BLOB;
    const problem = brokenText(value);
    if (problem !== null) return problem;
    const kept = name === 'bpchar' ? withoutPadding(value) : value;
    // No character is shorter than a byte.
    if (kept.length > most && charactersOf(kept) > most) return `a text of more than ${most} characters`;
    return putText(kept, into, form);
  };
}

/** Spaces at the end of a CHAR(n) mean nothing. */
function withoutPadding(value: Uint8Array): Uint8Array {
  let end = value.length;
  while (end > 0 && value[end - 1] === SPACE) end--;
  return value.subarray(0, end);
}

function charactersOf(value: Uint8Array): number {
  let count = 0;
  for (const byte of value) if ((byte & 0xc0) !== 0x80) count++;
  return count;
}

export function float(name: 'float4' | 'float8'): Encode {
  return (value, into, form) => {
    const number = floatOf(value);
    if (typeof number === 'string') return number;
    if (name === 'float4' && !fitsFloat4(number)) return 'a number that the column would round';
    if (form === 'compare') return putHex(into, name === 'float4' ? float4Bytes(number) : float8Bytes(number));
    return putAscii(into, Object.is(number, -0) ? '-0' : String(number));
  };
}

function floatOf(value: Exclude<SqliteCell, null>): number | string {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return NO_BLOB;
  const text = typeof value === 'bigint' ? String(value) : asciiOf(value);
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (word !== null) return /nan/i.test(text) ? Number.NaN : word[1] === '-' ? -Infinity : Infinity;
  if (parseDecimal(text) === null) return 'a text that is no number';
  const number = Number(text);
  return Number.isFinite(number) && sameNumber(text, String(number)) ? number : 'a number that the column would round';
}

const [POINT, NOUGHT, NINE] = [46, 48, 57];

/** What most numbers are, without reading them as more: digits, at most one point, and zeros to fill up. False for all others, with nothing written. */
function putPadded(text: string, before: number, behind: number, into: Writer): boolean {
  let point = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && point < 0) point = at;
    else if (!(code >= NOUGHT && code <= NINE)) return false;
  }
  const missing = behind - (point < 0 ? 0 : text.length - point - 1);
  if (missing < 0 || behind <= 0 || (point < 0 ? text.length : point) > before || (text.charCodeAt(0) === NOUGHT && point !== 1)) return false;
  putAscii(into, text);
  if (point < 0) putByte(into, POINT);
  putZeros(into, missing);
  return true;
}

export function numeric(modifier: number): Encode {
  const [precision, scale] = modifier < 4 ? [null, 0] : [((modifier - 4) >> 16) & 0xffff, (((modifier - 4) & 0x7ff) ^ 1024) - 1024];
  return (value, into) => {
    if (typeof value === 'string') return NO_BLOB;
    const text = value instanceof Uint8Array ? asciiOf(value) : String(value);
    if (typeof value === 'number' && precision !== null && putPadded(text, precision - scale, scale, into)) return null;
    if (/^nan$/i.test(text)) return putAscii(into, 'NaN');
    const decimal = parseDecimal(text);
    if (decimal === null) return typeof value === 'number' ? 'a number that the column has no value for' : 'a text that is no number';
    const exact = precision === null ? decimal : rescaled(decimal, Math.max(scale, 0));
    if (exact === null) return 'a number with more digits behind the point than the column keeps';
    if (!fits(exact) || (precision !== null && exact.digits.length - exact.scale > precision - scale)) return 'a number out of the range of the column';
    if (scale < 0 && rescaled({ ...exact, scale: -scale }, 0) === null) return 'a number that the column would round';
    return putAscii(into, printDecimal(exact));
  };
}

const TRUE = 116;
const FALSE = 102;

export const boolean: Encode = (value, into) => {
  if (value === 0 || value === 1) {
    putByte(into, value === 1 ? TRUE : FALSE);
    return null;
  }
  const word = value instanceof Uint8Array ? asciiOf(value).toLowerCase() : typeof value === 'string' ? '' : String(value);
  if (word !== '0' && word !== '1' && word !== 'true' && word !== 'false') return typeof value === 'string' ? NO_BLOB : 'a value that is neither true nor false';
  putByte(into, word === '1' || word === 'true' ? TRUE : FALSE);
  return null;
};

export function json(loose: boolean): Encode {
  return (value, into, form) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return 'a number that JSON has none for';
    const source = value instanceof Uint8Array ? value : Buffer.from(String(value));
    const problem = brokenText(source);
    if (problem !== null) return problem;
    // What was looked at once is not parsed again to be sent.
    if (form === 'copy') return putText(source, into, form);
    const canonical = canonicalJson(Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString(), loose);
    if ('problem' in canonical) return canonical.problem;
    return putText(loose ? source : Buffer.from(canonical.text), into, form);
  };
}

export const bytes: Encode = (value, into, form) => {
  if (!(value instanceof Uint8Array)) return 'a number, where the column holds bytes';
  putAscii(into, form === 'compare' ? '=' : '\\\\x');
  return putHex(into, value);
};

const UUID = /^\{?([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})\}?$/;

export const uuid: Encode = (value, into) => {
  const [, ...parts] = UUID.exec((value instanceof Uint8Array ? asciiOf(value) : String(value)).toLowerCase()) ?? [];
  if (parts.length !== 5) return typeof value === 'string' ? 'a blob that is not 16 bytes long' : 'a value that is no UUID';
  return putAscii(into, parts.join('-'));
};

export function time(kind: TimeKind, modifier: number): Encode {
  const precision = modifier < 0 ? 6 : modifier;
  return (value, into) => {
    if (typeof value === 'string') return NO_BLOB;
    const instant = instantOf(kind, value);
    if (typeof instant === 'string') return instant;
    if (!putTime(kind, instant, precision, into)) return kind === 'date' ? 'a time of the day, where the column keeps the date alone' : kind === 'time' && instant.seconds >= 86_400 ? 'a date, where the column keeps the time of the day alone' : FINER;
    return null;
  };
}

function instantOf(kind: TimeKind, value: number | bigint | Uint8Array): Instant | string {
  if (!(value instanceof Uint8Array)) return fromMilliseconds(value);
  const common = kind === 'time' ? null : fromCommonText(value);
  if (common !== null) return common;
  const text = asciiOf(value);
  return kind === 'time' && text[4] !== '-' ? clockFromText(text) : fromText(text);
}

export function label(labels: ReadonlySet<string>): Encode {
  return (value, into, form) => {
    if (!(value instanceof Uint8Array)) return 'a value that is no label of the enum';
    return labels.has(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) && brokenText(value) === null ? putText(value, into, form) : 'a value that is no label of the enum';
  };
}
