// One type for several expressions: the branches of CASE, the arguments of COALESCE, the arms of a UNION.

import { bared, type Env } from './env.ts';
import { isJson, literalOf } from './literals.ts';
import { BOOLEAN, colon, INTEGER, isNumber, isTime, TEXT, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { Family, PgType } from '../types.ts';

const WIDTH: readonly Family[] = ['integer', 'bigint', 'decimal', 'float'];

/** `null` when nothing is known of any. */
export function commonType(nodes: readonly Expr[], env: Env): PgType | null {
  const known = nodes.map((node) => ({ node, type: env.via.probe(node, env).type })).filter((one): one is { node: Expr; type: PgType } => one.type !== null);
  const firm = known.filter(({ node }) => !isFlexible(node, env));
  const [first] = firm.length > 0 ? firm : known;
  if (first === undefined) return null;
  const types = known.map(({ type }) => type);
  if (types.every((type) => type.family === first.type.family)) return first.type;
  if (types.every(isNumber)) return types.reduce((one, other) => (WIDTH.indexOf(other.family) > WIDTH.indexOf(one.family) ? other : one));
  const truths = known.filter(({ type }) => type.family === 'boolean');
  if (types.every((type) => isNumber(type) || type.family === 'boolean')) return known.every(({ node, type }) => type.family === 'boolean' || isZeroOrOne(node, env)) && truths.length > 0 ? BOOLEAN : INTEGER;
  if (firm.length > 0 && firm.every(({ type }) => isTime(type))) return first.type;
  return namedType(first.type, firm.map(({ type }) => type), known.map(({ node }) => node), env) ?? TEXT;
}

/** JSON, enums and the like take constants in quotes. */
function namedType(first: PgType, firm: readonly PgType[], nodes: readonly Expr[], env: Env): PgType | null {
  if (firm.length === 0 || !firm.every(({ sql }) => sql === first.sql)) return null;
  if (first.family === 'enum' || first.family === 'uuid') return first;
  if (first.family !== 'json') return null;
  return nodes.every((node) => { const literal = literalOf(node, env); return literal?.kind !== 'text' || isJson(literal.text); }) ? first : null;
}

/** Takes the type of what it meets: constants, and what SQLite calls now. */
export function isFlexible(node: Expr, env: Env): boolean {
  const inner = bared(node);
  if (literalOf(inner, env) !== null || inner.type === 'CurrentTimestampLiteral' || inner.type === 'CurrentDateLiteral') return true;
  return inner.type === 'FunctionCallExpr' && /^(?:date|datetime|strftime)$/i.test(inner.name.name);
}

export function isZeroOrOne(node: Expr, env: Env): boolean {
  const literal = literalOf(node, env);
  return literal !== null && (literal.kind === 'truth' || ((literal.kind === 'number' || literal.kind === 'text') && (literal.text === '0' || literal.text === '1')));
}

/** Constants alone would become a text where PostgreSQL has nothing else to go by: the first is given its type. */
export function anchored(terms: readonly Term[], type: PgType | null): readonly Term[] {
  const [first, ...others] = terms;
  if (type !== null && first !== undefined && terms.every(({ sql }) => sql === 'NULL')) return [colon(first, type.sql, type), ...others];
  if (type === null || type.family === 'text' || isNumber(type) || type.family === 'boolean' || !terms.every(({ bare }) => bare === true)) return terms;
  const at = terms.findIndex(({ sql }) => sql !== 'NULL');
  return terms.map((term, index) => (index === at ? colon(term, type.sql, type) : term));
}

/** All as one type, with that type. */
export function unified(nodes: readonly Expr[], env: Env, want: PgType | null): { readonly terms: readonly Term[]; readonly type: PgType | null } {
  const type = want ?? commonType(nodes, env);
  return { terms: anchored(nodes.map((node) => env.via.term(node, env, type)), type), type };
}
