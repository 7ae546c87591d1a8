// Chance: SQLite has bytes and whole numbers of it, PostgreSQL a number between 0 and 1 and identifiers.

import { bared, note, refuse, type Env } from './env.ts';
import { literalOf } from './literals.ts';
import { atom, BIGINT, binary, BYTEA, call, colon, INTEGER, OTHER, TEXT, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';

type Call = Extract<Expr, { type: 'FunctionCallExpr' }>;

const UUID = /^x{8}-x{4}-[x4]x{3}-[x89ab]x{3}-x{12}$/;
/** PostgreSQL 12 has gen_random_uuid() in an extension only, which a migration should not have to make. */
const digitsOf16 = (server: number | undefined) => (server !== undefined && server < 13 ? 'md5(random()::text || clock_timestamp()::text)' : "replace(gen_random_uuid()::text, '-', '')");

function asked(env: Env, node: Expr): void {
  if (env.context.server === undefined) note(env, 'FUNCTION_DIFFERS', 'random bytes come from gen_random_uuid(), which PostgreSQL 12 has in the extension pgcrypto only', node);
  else if (env.context.server < 13) note(env, 'FUNCTION_DIFFERS', 'PostgreSQL 12 has no strong random bytes: make secrets that came of them anew', node);
}

/** All of the 64 bits but the last few, as far as a double goes. */
export function randomTerm(): Term {
  return colon(atom('(random() * 18446744073709551616 - 9223372036854775808)', null), 'bigint', BIGINT);
}

/** `abs(random()) % n`, `abs(random() % n)`: a whole number below n. */
export function randomBelow(node: Extract<Expr, { type: 'BinaryExpr' }>, env: Env): Term | null {
  const left = bared(node.left);
  const inner = isCall(left, 'abs') ? bared(left.args?.[0] ?? left) : null;
  return inner !== null && isCall(inner, 'random') ? below(node.right, env) : null;
}

export function absoluteRandom(node: Call, env: Env): Term | null {
  const inner = bared(node.args?.[0] ?? node);
  return inner.type === 'BinaryExpr' && inner.op === 'Modulus' && isCall(bared(inner.left), 'random') ? below(inner.right, env) : null;
}

function below(bound: Expr, env: Env): Term {
  const limit = env.via.term(bound, env, null);
  return colon(call('floor', [binary(atom('random()', null), '*', limit, 14, null)], null), 'int', INTEGER);
}

function isCall(node: Expr, name: string): node is Call {
  return node.type === 'FunctionCallExpr' && node.name.name.toLowerCase() === name;
}

export function randomBytes(node: Call, env: Env): Term {
  return call('decode', [hexDigits(node, env), atom("'hex'", null)], BYTEA);
}

/** `hex(randomblob(n))` in small letters; `null` when it is none. */
export function randomHex(node: Expr, env: Env): Term | null {
  return isCall(node, 'randomblob') ? hexDigits(node, env) : null;
}

function hexDigits(node: Call, env: Env): Term {
  const size = node.args?.[0] === undefined ? null : literalOf(node.args[0], env);
  const bytes = size?.kind === 'number' ? Number(size.text) : 0;
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 1024) return refuse(node, 'randomblob() of a size that is computed or very large: use gen_random_bytes() of the extension pgcrypto');
  asked(env, node);
  const identifier = digitsOf16(env.context.server);
  const whole = Array.from({ length: Math.floor(bytes / 16) }, () => identifier);
  const rest = bytes % 16 === 0 ? [] : [`substr(${identifier}, 1, ${(bytes % 16) * 2})`];
  const parts = [...whole, ...rest];
  return { sql: parts.join(' || '), type: TEXT, level: parts.length === 1 ? 20 : OTHER };
}

/** Parts of random digits put together as 8-4-4-4-12. */
export function uuidIdiom(node: Expr, env: Env): Term | null {
  if (!UUID.test(shape(node, env) ?? '')) return null;
  asked(env, node);
  const old = env.context.server !== undefined && env.context.server < 13;
  return colon(old ? colon(atom(`overlay(overlay(${digitsOf16(env.context.server)} PLACING '4' FROM 13) PLACING 'a' FROM 17)`, null), 'uuid', null) : atom('gen_random_uuid()', null), 'text', TEXT);
}

/** `x` for each random digit; `null` for what is not made of them. */
function shape(node: Expr, env: Env): string | null {
  const inner = bared(node);
  if (inner.type === 'StringLiteral') return /^[-489ab]*$/.test(inner.value) ? inner.value : null;
  if (inner.type === 'BinaryExpr' && inner.op === 'Concat') {
    const [left, right] = [shape(inner.left, env), shape(inner.right, env)];
    return left === null || right === null ? null : left + right;
  }
  if (inner.type !== 'FunctionCallExpr') return null;
  const name = inner.name.name.toLowerCase();
  const [first, from, length] = inner.args ?? [];
  if (first === undefined) return null;
  if (name === 'lower' || name === 'upper') return name === 'upper' ? null : shape(first, env);
  if (name === 'hex') return digits(bared(first), env);
  return (name === 'substr' || name === 'substring') && from !== undefined ? cut(bared(first), from, length, env) : null;
}

function digits(blob: Expr, env: Env): string | null {
  const size = isCall(blob, 'randomblob') && blob.args?.[0] !== undefined ? literalOf(blob.args[0], env) : null;
  return size?.kind === 'number' ? 'x'.repeat(Math.min(64, Math.max(0, Number(size.text) * 2))) : null;
}

function cut(first: Expr, from: Expr, length: Expr | undefined, env: Env): string | null {
  const [start, count] = [literalOf(from, env), length === undefined ? undefined : literalOf(length, env)];
  if (first.type === 'StringLiteral') return /^[89ab]+$/i.test(first.value) && count?.kind === 'number' && count.text === '1' ? 'x' : null;
  const whole = shape(first, env);
  if (whole === null || start?.kind !== 'number' || (count !== undefined && count?.kind !== 'number')) return null;
  return whole.substr(Number(start.text) - 1, count?.kind === 'number' ? Number(count.text) : undefined);
}
