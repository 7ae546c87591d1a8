// Operators.

import { note, refuse, bared, type Env } from './env.ts';
import { strict } from './coerce.ts';
import { jsonTruth, pair } from './compare.ts';
import { literalOf } from './literals.ts';
import { resolve } from './scope.ts';
import { AND, ATOM, atom, BIGINT, binary, BOOLEAN, call, colon, comparison, DOUBLE, IN, INTEGER, IS, isNumber, isWhole, NOT, NUMERIC, OR, OTHER, PLUS, TEXT, TIMES, UNARY, wrapped, type Term } from './terms.ts';
import { arrow } from './json.ts';
import { randomBelow, uuidIdiom } from './random.ts';
import { momentTimes } from './times.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

type Binary = Extract<Expr, { type: 'BinaryExpr' }>;

const COMPARED: Readonly<Partial<Record<Binary['op'], string>>> = { Equals: '=', NotEquals: '<>', Less: '<', LessEquals: '<=', Greater: '>', GreaterEquals: '>=' };
const BITS: Readonly<Partial<Record<Binary['op'], string>>> = { BitwiseAnd: '&', BitwiseOr: '|', LeftShift: '<<', RightShift: '>>' };

const NOTHING: Term = { sql: 'NULL', type: null, level: ATOM, bare: true };
/** A NULL written out has no type that PostgreSQL could choose an operator by. */
function isNull(...terms: readonly Term[]): boolean {
  return terms.some(({ sql }) => sql === 'NULL');
}

export function binaryTerm(node: Binary, env: Env, want: PgType | null): Term {
  const sign = COMPARED[node.op];
  if (sign !== undefined) return compared(node.left, sign, node.right, env);
  const bits = BITS[node.op];
  if (bits !== undefined) return bitwise(node, bits, env);
  switch (node.op) {
    case 'And': case 'Or': return joined(node, env);
    case 'Is': case 'IsNot': return is(node, env);
    case 'Concat': return uuidIdiom(node, env) ?? concat(node, env);
    case 'ArrowRight': case 'ArrowRightShift': return arrow(node, env, want);
    case 'Add': return arithmetic(node, '+', PLUS, env);
    case 'Subtract': return arithmetic(node, '-', PLUS, env);
    case 'Multiply': return momentTimes(node, env, want) ?? arithmetic(node, '*', TIMES, env);
    case 'Divide': return arithmetic(node, '/', TIMES, env);
    default: return randomBelow(node, env) ?? modulus(node, env);
  }
}

function compared(left: Expr, sign: string, right: Expr, env: Env): Term {
  const [rows, others] = [rowOf(left), rowOf(right)];
  const equality = sign === '=' || sign === '<>';
  if (rows !== null && others !== null) {
    const pairs = rows.map((one, index) => pair(one, others[index] ?? one, env, equality));
    return comparison(atom(`(${pairs.map((one) => one.left.sql).join(', ')})`, null), sign, atom(`(${pairs.map((one) => one.right.sql).join(', ')})`, null));
  }
  const json = equality ? jsonTruth(left, right, env) : null;
  if (json !== null) return { sql: `${wrapped(json.value, OTHER)} ${sign === '=' ? '' : 'NOT '}IN ${json.words}`, type: BOOLEAN, level: IN };
  const both = pair(left, right, env, equality);
  return comparison(both.left, sign, both.right);
}

function rowOf(node: Expr): readonly Expr[] | null {
  return node.type === 'ParenthesizedExpr' && node.exprs.length > 1 ? node.exprs : null;
}

function joined(node: Binary, env: Env): Term {
  const [word, level] = node.op === 'And' ? ['AND', AND] as const : ['OR', OR] as const;
  return { sql: `${wrapped(env.via.condition(node.left, env), level)} ${word} ${wrapped(env.via.condition(node.right, env), level)}`, type: BOOLEAN, level };
}

function is(node: Binary, env: Env): Term {
  const not = node.op === 'IsNot' ? 'NOT ' : '';
  const [left, right] = bared(node.left).type === 'NullLiteral' ? [node.right, node.left] : [node.left, node.right];
  const as = (sql: string): Term => ({ sql, type: BOOLEAN, level: IS });
  if (bared(right).type === 'NullLiteral') return as(`${wrapped(env.via.term(left, env, null), OTHER)} IS ${not}NULL`);
  const literal = literalOf(right, env);
  if (literal?.kind === 'truth' && right.type === 'Id' && resolve(env.scope, null, right.name) === null) return as(`${wrapped(env.via.condition(left, env), OTHER)} IS ${not}${literal.value ? 'TRUE' : 'FALSE'}`);
  const both = pair(left, right, env, true);
  return as(`${wrapped(both.left, OTHER)} IS ${not === '' ? 'NOT ' : ''}DISTINCT FROM ${wrapped(both.right, OTHER)}`);
}

/** As text, the way SQLite writes it. */
export function textTerm(node: Expr, env: Env): Term {
  const term = env.via.term(node, env, literalOf(node, env) === null ? null : TEXT);
  if (term.type?.family === 'float') note(env, 'FUNCTION_DIFFERS', 'a Float as text: SQLite writes 1.0 where PostgreSQL writes 1', node);
  if (term.type?.family === 'datetime') note(env, 'FUNCTION_DIFFERS', 'a DateTime as text: SQLite wrote it as it was stored, a number or a text', node);
  return strict(term, TEXT);
}

function concat(node: Binary, env: Env): Term {
  return binary(textTerm(node.left, env), '||', textTerm(node.right, env), OTHER, TEXT);
}

/** As a number, the way SQLite counts with it. */
export function numberTerm(node: Expr, env: Env): Term {
  const literal = literalOf(node, env);
  if (literal?.kind === 'text' || literal?.kind === 'truth') return env.via.term(node, env, NUMERIC);
  const natural = env.via.probe(node, env);
  if (natural.type === null) return env.via.term(node, env, natural.bare === true ? null : INTEGER);
  if (isNumber(natural.type)) return env.via.term(node, env, null);
  if (natural.type.family === 'text' && natural.dynamic !== true && !/^(?:strftime)$/i.test(node.type === 'FunctionCallExpr' ? node.name.name : '')) note(env, 'CAST_FAILS_LOUDLY', 'a text is counted with: SQLite takes the number it begins with, PostgreSQL stops at a text that is none', node);
  const type = natural.type.family === 'boolean' ? INTEGER : natural.type.family === 'text' ? NUMERIC : BIGINT;
  return env.via.term(node, env, type);
}

function arithmetic(node: Binary, sign: string, level: number, env: Env): Term {
  const [left, right] = [numberTerm(node.left, env), numberTerm(node.right, env)];
  if (isNull(left, right)) return NOTHING;
  const type = wider(left.type, right.type);
  if (sign === '/') return division(node, left, right, type, env);
  const large = sign === '*' && type?.family === 'integer' && !(isSmall(node.left, env) || isSmall(node.right, env));
  return large ? binary(colon(left, 'bigint', BIGINT), sign, right, level, BIGINT) : binary(left, sign, right, level, type);
}

/** A factor that leaves a number of 32 bits about as large as it was. */
function isSmall(node: Expr, env: Env): boolean {
  const literal = literalOf(node, env);
  return literal?.kind === 'number' && Math.abs(Number(literal.text)) < 100;
}

function wider(one: PgType | null, other: PgType | null): PgType | null {
  if (one === null || other === null) return one ?? other;
  if (one.family === 'float' || other.family === 'float') return DOUBLE;
  if (!isWhole(one) || !isWhole(other)) return NUMERIC;
  return one.family === 'bigint' || other.family === 'bigint' ? BIGINT : INTEGER;
}

/** SQLite: NULL where the divisor is 0. */
function divisor(node: Expr, term: Term, env: Env): Term {
  const literal = literalOf(node, env);
  if (literal?.kind === 'number') return Number(literal.text) === 0 ? atom('NULL', term.type) : term;
  return call('NULLIF', [term, atom('0', null)], term.type);
}

function division(node: Binary, left: Term, right: Term, type: PgType | null, env: Env): Term {
  if (type?.family === 'decimal' && (isWhole(left.type) || isWhole(right.type) || left.affinity === true && right.affinity === true) && literalOf(node.left, env)?.kind !== 'number') {
    const decimals = [left, right].filter((one) => one.type?.family === 'decimal' && one.affinity === true);
    if (decimals.length > 0) note(env, 'FUNCTION_DIFFERS', 'a Decimal is divided: SQLite cuts the result off where both happen to be whole numbers', node);
  }
  return binary(left, '/', divisor(node.right, right, env), TIMES, type);
}

function modulus(node: Binary, env: Env): Term {
  const [left, right] = [numberTerm(node.left, env), numberTerm(node.right, env)].map(whole) as [Term, Term];
  if (isNull(left, right)) return NOTHING;
  const type = wider(left.type, right.type);
  return binary(left, '%', divisor(node.right, right, env), TIMES, type);
}

export function whole(term: Term): Term {
  return term.type === null || isWhole(term.type) ? term : colon(call('trunc', [term], term.type), 'bigint', BIGINT);
}

function bitwise(node: Binary, sign: string, env: Env): Term {
  const [left, right] = [numberTerm(node.left, env), numberTerm(node.right, env)].map(whole) as [Term, Term];
  if (isNull(left, right)) return NOTHING;
  if (sign === '&' || sign === '|') return binary(left, sign, right, OTHER, wider(left.type, right.type));
  return binary(left.type?.family === 'bigint' ? left : colon(left, 'bigint', BIGINT), sign, right.type?.family === 'bigint' ? colon(right, 'integer', INTEGER) : right, OTHER, BIGINT);
}

export function unaryTerm(node: Extract<Expr, { type: 'UnaryExpr' }>, env: Env): Term {
  if (node.op === 'Not') return { sql: `NOT ${wrapped(env.via.condition(node.expr, env), NOT + 1)}`, type: BOOLEAN, level: NOT };
  if (node.op === 'Positive') return { ...env.via.term(node.expr, env, null), affinity: false };
  const inner = numberTerm(node.expr, env);
  if (isNull(inner)) return NOTHING;
  return { sql: `${node.op === 'Negative' ? '-' : '~'}${wrapped(node.op === 'Negative' ? inner : whole(inner), UNARY + 1)}`, type: inner.type, level: node.op === 'Negative' ? UNARY : OTHER };
}

export function collate(node: Extract<Expr, { type: 'CollateExpr' }>, env: Env, want: PgType | null): Term {
  if (!/^(?:nocase|binary)$/i.test(node.collation)) refuse(node, `PostgreSQL has no collation ${node.collation}: use rtrim() or lower()`);
  if (/^nocase$/i.test(node.collation)) note(env, 'NOCASE', 'COLLATE NOCASE: compared as lower(…)', node);
  return env.via.term(node.expr, env, want);
}
