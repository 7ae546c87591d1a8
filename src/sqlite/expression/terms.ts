// Pieces of PostgreSQL's expressions, and how tightly each binds, so that parentheses stand where they are needed and nowhere else.

import type { PgType } from '../types.ts';

export interface Value {
  readonly sql: string;
  /** `null` when it cannot be known, such as NULL's. */
  readonly type: PgType | null;
}

/** PostgreSQL's precedence, from the tightest down. */
export const ATOM = 20;
export const CAST = 19;
export const UNARY = 18;
export const AT_ZONE = 16;
export const TIMES = 14;
export const PLUS = 13;
export const OTHER = 12;
export const IN = 11;
const COMPARISON = 10;
export const IS = 9;
export const NOT = 8;
export const AND = 7;
export const OR = 6;

export interface Term extends Value {
  readonly level: number;
  /** A column or a CAST: SQLite brings what it is compared with to its kind. */
  readonly affinity?: boolean;
  /** Taken out of JSON: only the row knows whether SQLite has a text, a number or a truth value. */
  readonly dynamic?: boolean;
  /** A constant in quotes, which takes its type from where it stands; or NULL. */
  readonly bare?: boolean;
}

export const TEXT: PgType = { family: 'text', sql: 'TEXT' };
export const INTEGER: PgType = { family: 'integer', sql: 'INTEGER' };
export const BIGINT: PgType = { family: 'bigint', sql: 'BIGINT' };
export const DOUBLE: PgType = { family: 'float', sql: 'DOUBLE PRECISION' };
export const NUMERIC: PgType = { family: 'decimal', sql: 'NUMERIC' };
export const BOOLEAN: PgType = { family: 'boolean', sql: 'BOOLEAN' };
export const TIMESTAMP: PgType = { family: 'datetime', sql: 'TIMESTAMP(3)' };
export const JSONB: PgType = { family: 'json', sql: 'JSONB' };
export const BYTEA: PgType = { family: 'bytes', sql: 'BYTEA' };

export function isNumber(type: PgType | null): boolean {
  return type !== null && (type.family === 'integer' || type.family === 'bigint' || type.family === 'float' || type.family === 'decimal');
}

export function isWhole(type: PgType | null): boolean {
  return type !== null && (type.family === 'integer' || type.family === 'bigint');
}

export function isTime(type: PgType | null): boolean {
  return type !== null && (type.family === 'datetime' || type.family === 'date');
}

export function atom(sql: string, type: PgType | null): Term {
  return { sql, type, level: ATOM };
}

export function call(name: string, args: readonly Term[], type: PgType | null): Term {
  return atom(`${name}(${args.map(({ sql }) => sql).join(', ')})`, type);
}

/** In parentheses unless it binds at least as tightly as `level`. */
export function wrapped(term: Term, level: number): string {
  return term.level >= level ? term.sql : `(${term.sql})`;
}

/** An operator that is read from the left. */
export function binary(left: Term, operator: string, right: Term, level: number, type: PgType | null): Term {
  return { sql: `${wrapped(left, level)} ${operator} ${wrapped(right, level + 1)}`, type, level };
}

/** Of a comparison neither side may be one. */
export function comparison(left: Term, operator: string, right: Term): Term {
  return { sql: `${wrapped(left, OTHER)} ${operator} ${wrapped(right, OTHER)}`, type: BOOLEAN, level: COMPARISON };
}

/** `x::type`; the type as PostgreSQL's own words have it, in small letters. */
export function colon(term: Term, sql: string, type: PgType | null): Term {
  return { sql: `${wrapped(term, CAST)}::${sql.includes('"') ? sql : sql.toLowerCase()}`, type, level: CAST };
}

export function inParentheses(term: Term): Term {
  return term.level === ATOM ? term : { ...term, sql: `(${term.sql})`, level: ATOM };
}
