// Comparisons: what stands against a column is brought to the column's type, the column itself stays as it is.

import { bared, note, refuse, type Env } from './env.ts';
import { isFlexible, isZeroOrOne } from './common.ts';
import { isJson, isNumeric, literalOf, literalTerm } from './literals.ts';
import { isMoment } from './moments.ts';
import { BOOLEAN, call, colon, INTEGER, isNumber, isTime, NUMERIC, TEXT, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

export interface Pair {
  readonly left: Term;
  readonly right: Term;
}

/** `equality`: no order is asked, so that texts of numbers do. */
export function pair(left: Expr, right: Expr, env: Env, equality: boolean): Pair {
  const nocase = isNocase(left) || isNocase(right);
  const both = meeting(left, right, env, equality);
  if (!nocase || both.left.type?.family !== 'text' || both.right.type?.family !== 'text') return both;
  return { left: call('lower', [both.left], TEXT), right: call('lower', [both.right], TEXT) };
}

export function isNocase(node: Expr): boolean {
  const inner = bared(node);
  return inner.type === 'CollateExpr' && inner.collation.toLowerCase() === 'nocase';
}

function meeting(left: Expr, right: Expr, env: Env, equality: boolean): Pair {
  const [a, b] = [env.via.probe(left, env), env.via.probe(right, env)];
  const as = (one: PgType | null, other: PgType | null): Pair => ({ left: env.via.term(left, env, one), right: env.via.term(right, env, other) });
  if (a.type === null || b.type === null || a.type.sql === b.type.sql || (isNumber(a.type) && isNumber(b.type))) return as(null, null);
  const turned = sided(left, right, a, b, env, equality) ?? flipped(sided(right, left, b, a, env, equality));
  if (turned !== null) return turned;
  if (a.type.family === b.type.family && a.type.family !== 'enum') return as(null, null);
  if (equality && a.type.family !== 'bytes' && b.type.family !== 'bytes') return as(TEXT, TEXT);
  return refuse(left, `${a.type.sql} and ${b.type.sql} have no order between them: CAST one of them`);
}

function flipped(found: Pair | null): Pair | null {
  return found === null ? null : { left: found.right, right: found.left };
}

/** `one` decides; `null` where it does not. */
function sided(one: Expr, other: Expr, a: Term, b: Term, env: Env, equality: boolean): Pair | null {
  const as = (mine: PgType | null, theirs: PgType | null): Pair => ({ left: env.via.term(one, env, mine), right: env.via.term(other, env, theirs) });
  const literal = literalOf(other, env);
  switch (a.type?.family) {
    case 'datetime': case 'date':
      if (literal?.kind === 'text' && !isMoment(literal.text) && !isNumeric(literal.text)) return equality ? as(TEXT, TEXT) : null;
      return isTime(b.type) && b.type?.family !== a.type.family && !isFlexible(other, env) ? as(null, null) : as(null, a.type);
    case 'boolean': return isZeroOrOne(other, env) ? as(null, BOOLEAN) : isNumber(b.type) ? as(INTEGER, null) : literal?.kind === 'text' && /^(?:true|false)$/i.test(literal.text) ? as(null, BOOLEAN) : null;
    case 'json': return literal?.kind === 'text' ? (isJson(literal.text) ? as(null, a.type) : as(TEXT, null)) : null;
    case 'uuid': case 'enum': case 'time': case 'other': return literal === null ? null : as(null, a.type);
    case 'bytes': return refuse(one, 'bytes and another type are never equal in SQLite: compare with X\'…\'');
    case 'text': return isNumber(b.type) ? textAndNumber(one, other, a, b, env, equality) : null;
    default: return null;
  }
}

/** SQLite: a column or a CAST brings a constant to its kind; a number takes a text column along; else they are never equal. */
function textAndNumber(text: Expr, number: Expr, a: Term, b: Term, env: Env, equality: boolean): Pair {
  const [written, counted] = [literalOf(text, env), literalOf(number, env)];
  const naturally = (one: PgType | null, other: PgType | null): Pair => ({ left: env.via.term(text, env, one), right: env.via.term(number, env, other) });
  if (a.dynamic === true) return equality ? naturally(null, TEXT) : naturally(NUMERIC, null);
  if (written?.kind === 'text' && b.affinity === true) {
    if (isNumeric(written.text)) return { left: literalTerm({ kind: 'number', text: written.text.trim() }, null, env, text), right: env.via.term(number, env, null) };
    if (equality) return naturally(null, TEXT);
  }
  if (counted?.kind === 'number' && a.affinity === true) return naturally(null, TEXT);
  if (a.affinity !== true && b.affinity !== true || (written?.kind === 'text')) return refuse(text, 'SQLite never finds a text equal to a number here, and puts every text behind every number: CAST one of them');
  if (equality) return naturally(null, TEXT);
  note(env, 'CAST_FAILS_LOUDLY', 'a text is compared as a number: PostgreSQL stops at a text that is none', text);
  return { left: colon(env.via.term(text, env, null), 'numeric', NUMERIC), right: env.via.term(number, env, null) };
}

/** Truth values out of JSON are 0 and 1 to SQLite, and words to PostgreSQL. */
export function jsonTruth(left: Expr, right: Expr, env: Env): { readonly value: Term; readonly words: string } | null {
  for (const [value, constant] of [[left, right], [right, left]] as const) {
    const literal = literalOf(constant, env);
    if (literal === null || literal.kind === 'text' || !isZeroOrOne(constant, env) || env.via.probe(value, env).dynamic !== true) continue;
    const on = literal.kind === 'truth' ? literal.value : literal.kind === 'number' && literal.text === '1';
    return { value: env.via.term(value, env, null), words: on ? "('1', 'true')" : "('0', 'false')" };
  }
  return null;
}
