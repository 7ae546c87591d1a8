// Constants, written as the type they are for has them.

import { quoteText } from '../../sql/quote.ts';
import { bared, isDoubleQuoted, note, refuse, type Env } from './env.ts';
import { resolve } from './scope.ts';
import { atom, BIGINT, BOOLEAN, BYTEA, colon, INTEGER, NUMERIC, TEXT, UNARY, ATOM, type Term } from './terms.ts';
import { dateText, epochText, isMoment } from './moments.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

export type Literal =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'bytes'; readonly hex: string }
  | { readonly kind: 'null' };

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** `null` when it is no constant. Names come in where they turn out to be none: `"x"` and true. */
export function literalOf(node: Expr, env: Env): Literal | null {
  const inner = bared(node);
  if (inner.type === 'NumericLiteral') return { kind: 'number', text: decimal(inner.value) };
  if (inner.type === 'StringLiteral') return { kind: 'text', text: inner.value };
  if (inner.type === 'BlobLiteral') return { kind: 'bytes', hex: hexOf(inner.bytes) };
  if (inner.type === 'NullLiteral') return { kind: 'null' };
  if (inner.type === 'UnaryExpr' && (inner.op === 'Negative' || inner.op === 'Positive')) return signed(inner.expr, inner.op === 'Negative', env);
  return inner.type === 'Id' && resolve(env.scope, null, inner.name) === null ? named(inner.name, isDoubleQuoted(env, inner)) : null;
}

function signed(node: Expr, negative: boolean, env: Env): Literal | null {
  const literal = bared(node).type === 'NumericLiteral' ? literalOf(node, env) : null;
  if (literal?.kind !== 'number') return null;
  if (!negative) return literal;
  return { kind: 'number', text: literal.text.startsWith('-') ? literal.text.slice(1) : `-${literal.text}` };
}

function named(name: string, quoted: boolean): Literal | null {
  if (quoted) return { kind: 'text', text: name };
  return /^(?:true|false)$/i.test(name) ? { kind: 'truth', value: name.toLowerCase() === 'true' } : null;
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function decimal(value: string): string {
  const plain = value.replaceAll('_', '');
  if (/^0x/i.test(plain)) return String(BigInt.asIntN(64, BigInt(plain)));
  return plain.startsWith('.') ? `0${plain}` : plain;
}

export function isNumeric(text: string): boolean {
  return NUMBER.test(text);
}

/** As SQLite writes a number out. */
function numberText(text: string): string {
  if (/^-?\d+$/.test(text)) return text.length < 19 ? String(BigInt(text)) : text;
  const value = Number(text);
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? `${value}.0` : value.toExponential().replace(/^(-?\d)e/, '$1.0e');
  return String(value);
}

/** `node`: for complaints. */
export function literalTerm(literal: Literal, want: PgType | null, env: Env, node: Expr): Term {
  if (literal.kind === 'null') return { sql: 'NULL', type: null, level: ATOM, bare: true };
  if (literal.kind === 'truth') return truth(literal.value, want, env, node);
  if (literal.kind === 'bytes') return bytes(literal.hex, want, node);
  return literal.kind === 'number' ? number(literal.text, want, env, node) : text(literal.text, want, env, node);
}

function truth(value: boolean, want: PgType | null, env: Env, node: Expr): Term {
  return want === null || want.family === 'boolean' ? atom(value ? 'true' : 'false', BOOLEAN) : number(value ? '1' : '0', want, env, node);
}

/** In quotes: takes its type from where it stands. */
export function quoted(value: string, type: PgType, node: Expr): Term {
  if (value.includes('\0')) refuse(node, 'a text of PostgreSQL holds no NUL character: remove it');
  return { sql: quoteText(value), type, level: ATOM, bare: true };
}

function bytes(hex: string, want: PgType | null, node: Expr): Term {
  const type = want ?? BYTEA;
  if (type.family === 'bytes') {
    const constant: Term = { sql: `'\\x${hex}'`, type, level: ATOM, bare: true };
    return want === null ? { ...colon(constant, 'bytea', BYTEA), bare: false } : constant;
  }
  if (type.family !== 'text') refuse(node, `X'${hex}' is no value of ${type.sql}: write the value itself`);
  return quoted(new TextDecoder().decode(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))), type, node);
}

function number(value: string, want: PgType | null, env: Env, node: Expr): Term {
  switch (want?.family) {
    case undefined: return bareNumber(value);
    case 'boolean': return atom(Number(value) === 0 ? 'false' : 'true', want ?? BOOLEAN);
    case 'integer': case 'bigint': return whole(value, want ?? BIGINT, node);
    case 'float': case 'decimal': return { ...bareNumber(value), type: want ?? NUMERIC };
    case 'datetime': case 'date': return epoch(value, want ?? TEXT, env, node);
    case 'bytes': case 'uuid': case 'time': return refuse(node, `${value} is no value of ${want?.sql ?? ''}: write the value itself`);
    default: return quoted(numberText(value), want ?? TEXT, node);
  }
}

function bareNumber(value: string): Term {
  const level = value.startsWith('-') ? UNARY : ATOM;
  if (!/^-?\d+$/.test(value)) return { sql: value, type: NUMERIC, level };
  const exact = BigInt(value);
  const type = BigInt.asIntN(32, exact) === exact ? INTEGER : BigInt.asIntN(64, exact) === exact ? BIGINT : NUMERIC;
  return { sql: value.length < 19 ? String(exact) : value, type, level };
}

function whole(value: string, want: PgType, node: Expr): Term {
  if (!Number.isInteger(Number(value))) refuse(node, `${value} does not fit ${want.sql}, which holds whole numbers: make the column a Float or round the number`);
  const exact = /^-?\d+$/.test(value) ? BigInt(value) : BigInt(Number(value));
  const bits = want.family === 'bigint' ? 64 : /smallint/i.test(want.sql) ? 16 : 32;
  if (BigInt.asIntN(bits, exact) !== exact) refuse(node, `${value} does not fit ${want.sql}: make the column a BigInt`);
  return { ...bareNumber(String(exact)), type: want };
}

function epoch(value: string, want: PgType, env: Env, node: Expr): Term {
  const milliseconds = Number(value);
  const size = Math.abs(milliseconds);
  const seconds = size >= 1e8 && size < 1e11;
  if (seconds) note(env, 'SECONDS_AS_TIME', `${value} is taken for seconds since 1970: Prisma reads a SQLite number as milliseconds`, node);
  const written = epochText(seconds ? milliseconds * 1000 : milliseconds, want);
  return written === null ? refuse(node, `${value} is no moment PostgreSQL could hold: write the date out`) : quoted(written, want, node);
}

function text(value: string, want: PgType | null, env: Env, node: Expr): Term {
  switch (want?.family) {
    case 'boolean': return truthText(value, env, node);
    case 'integer': case 'bigint': case 'float': case 'decimal':
      return isNumeric(value) ? number(value.trim().replace(/^\+/, ''), want ?? null, env, node) : refuse(node, `'${value}' is no number, and the value here is ${want?.sql ?? ''}: write a number or NULL`);
    case 'datetime': case 'date': return moment(value, want ?? TEXT, env, node);
    case 'json':
      if (isJson(value) && /json\s*b/i.test(want?.sql ?? '') && holdsNul(value)) refuse(node, 'JSONB holds no \\u0000: remove it');
      return isJson(value) ? quoted(value, want ?? TEXT, node) : refuse(node, `'${value}' is no JSON, and the value here is ${want?.sql ?? ''}: write JSON`);
    case 'bytes': return bytes(hexOf(new TextEncoder().encode(value)), want ?? BYTEA, node);
    default: return quoted(value, want ?? TEXT, node);
  }
}

function truthText(value: string, env: Env, node: Expr): Term {
  if (value === '0' || value === '1') return atom(value === '1' ? 'true' : 'false', BOOLEAN);
  if (!/^(?:true|false)$/i.test(value)) refuse(node, `'${value}' is no truth value: write true, false or NULL`);
  note(env, 'FUNCTION_DIFFERS', `'${value}' is taken for ${value.toLowerCase()}: SQLite kept the text`, node);
  return atom(value.toLowerCase(), BOOLEAN);
}

function moment(value: string, want: PgType, env: Env, node: Expr): Term {
  if (/^-?\d{5,}$/.test(value)) return epoch(value, want, env, node);
  return isMoment(value) ? quoted(dateText(value, want), want, node) : refuse(node, `'${value}' is no date: write it as 2020-01-31 12:34:56, or NULL`);
}

function holdsNul(json: string): boolean {
  let found = false;
  JSON.parse(json, (key, value: unknown) => {
    found ||= key.includes('\0') || (typeof value === 'string' && value.includes('\0'));
    return value;
  });
  return found;
}

export function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
