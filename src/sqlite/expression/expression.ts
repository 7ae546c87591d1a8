// SQLite's expressions as PostgreSQL's.

import { countRows } from './aggregates.ts';
import { collate, binaryTerm, unaryTerm } from './operators.ts';
import { identifier, qualified } from './columns.ts';
import { defaultSql } from './defaults.ts';
import { refuse, type Env, type Via } from './env.ts';
import { functionCall } from './functions.ts';
import { between, caseTerm, castTerm, inList, inSelect, inTable } from './lists.ts';
import { literalOf, literalTerm } from './literals.ts';
import { likeTerm } from './patterns.ts';
import { resolve, EMPTY, type Scope } from './scope.ts';
import { select } from './select.ts';
import { strict } from './coerce.ts';
import { currentTerm } from './times.ts';
import { atom, BOOLEAN, CAST, colon, comparison, IS, isNumber, OTHER, wrapped, type Term, type Value } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { Context, PgType } from '../types.ts';

/** Where `want` is given, the result is of that type. */
export function expression(node: Expr, scope: Scope, context: Context, want: PgType | null): Value {
  return term(node, environment(scope, context), want);
}

/** A truth value: numbers come out as `<> 0`. */
export function condition(node: Expr, scope: Scope, context: Context): string {
  return truth(node, environment(scope, context)).sql;
}

/** What stands after DEFAULT; `null` for NULL. */
export function columnDefault(node: Expr, type: PgType, context: Context): string | null {
  return defaultSql(node, type, environment(EMPTY, context));
}

export function environment(scope: Scope, context: Context): Env {
  const known = new WeakMap<Expr, WeakMap<Scope, Term>>();
  const probe: Via['probe'] = (node, env) => {
    const inScopes = known.get(node) ?? new WeakMap<Scope, Term>();
    const found = inScopes.get(env.scope) ?? term(node, { ...env, context: { ...env.context, note: () => undefined } }, null);
    known.set(node, inScopes.set(env.scope, found));
    return found;
  };
  return { scope, context, via: { term, condition: truth, probe, select } };
}

function term(node: Expr, env: Env, want: PgType | null): Term {
  const literal = node.type === 'Id' ? null : literalOf(node, env);
  if (literal !== null && !(node.type === 'ParenthesizedExpr' && node.exprs[0]?.type === 'Id')) return literalTerm(literal, want, env, node);
  const found = ofNode(node, env, want);
  return want === null ? found : strict(found, want);
}

function ofNode(node: Expr, env: Env, want: PgType | null): Term {
  switch (node.type) {
    case 'Id': return name(node, env, want);
    case 'QualifiedExpr': return qualified(node, env, want);
    case 'BinaryExpr': return binaryTerm(node, env, want);
    case 'UnaryExpr': return unaryTerm(node, env);
    case 'ParenthesizedExpr': return parenthesized(node, env, want);
    case 'FunctionCallExpr': return functionCall(node, env, want);
    case 'FunctionCallStarExpr': return countRows(node, env);
    case 'CaseExpr': return caseTerm(node, env, want);
    case 'CastExpr': return castTerm(node, env);
    case 'CollateExpr': return collate(node, env, want);
    case 'SubqueryExpr': return subquery(node, env, want);
    default: return tested(node, env, want);
  }
}

function tested(node: Expr, env: Env, want: PgType | null): Term {
  switch (node.type) {
    case 'BetweenExpr': return between(node, env);
    case 'InListExpr': return inList(node, env);
    case 'InSelectExpr': return inSelect(node, env);
    case 'InTableExpr': return inTable(node, env);
    case 'LikeExpr': return likeTerm(node, env);
    case 'IsNullExpr': case 'NotNullExpr': return { sql: `${wrapped(term(node.expr, env, null), OTHER)} IS ${node.type === 'NotNullExpr' ? 'NOT ' : ''}NULL`, type: BOOLEAN, level: IS };
    case 'ExistsExpr': return atom(`EXISTS (${select(node.select, env, { want: null, named: false, exists: true }).sql})`, BOOLEAN);
    case 'CurrentDateLiteral': case 'CurrentTimeLiteral': case 'CurrentTimestampLiteral': return currentTerm(node, env, want);
    case 'VariableExpr': return refuse(node, `${node.name} stands for a value that a migration is not given: write the value`);
    case 'RaiseExpr': return refuse(node, 'RAISE() is of SQLite\'s triggers: write a trigger function of PostgreSQL');
    default: return refuse(node, `${node.type}: PostgreSQL has nothing for it`);
  }
}

function name(node: Extract<Expr, { type: 'Id' }>, env: Env, want: PgType | null): Term {
  const literal = resolve(env.scope, null, node.name) === null ? literalOf(node, env) : null;
  return literal?.kind === 'truth' ? literalTerm(literal, want, env, node) : identifier(node, env, want);
}

function parenthesized(node: Extract<Expr, { type: 'ParenthesizedExpr' }>, env: Env, want: PgType | null): Term {
  const [only, more] = node.exprs;
  if (only === undefined || more !== undefined) return atom(`(${node.exprs.map((one) => term(one, env, null).sql).join(', ')})`, null);
  const inner = term(only, env, want);
  return inner.level >= CAST ? inner : { ...inner, sql: `(${inner.sql})`, level: 20 };
}

function subquery(node: Extract<Expr, { type: 'SubqueryExpr' }>, env: Env, want: PgType | null): Term {
  const query = select(node.select, env, { want: want === null ? null : [want], named: false });
  return { ...atom(`(${query.sql})`, query.columns[0]?.type ?? null), affinity: true, ...(query.dynamic ? { dynamic: true } : {}) };
}

function truth(node: Expr, env: Env): Term {
  const literal = node.type === 'Id' ? null : literalOf(node, env);
  if (literal?.kind === 'number' || literal?.kind === 'truth') return literalTerm(literal, BOOLEAN, env, node);
  const only = node.type === 'ParenthesizedExpr' && node.exprs.length === 1 ? node.exprs[0] : undefined;
  if (only !== undefined) {
    const inner = truth(only, env);
    return inner.level >= CAST ? inner : { ...inner, sql: `(${inner.sql})`, level: 20 };
  }
  return truthOf(term(node, env, null), node);
}

function truthOf(value: Term, node: Expr): Term {
  if (value.type === null || value.type.family === 'boolean') return value;
  if (isNumber(value.type)) return comparison(value, '<>', atom('0', null));
  if (value.dynamic === true) return colon(value, 'boolean', BOOLEAN);
  if (value.type.family === 'datetime') return strict(value, BOOLEAN);
  return refuse(node, `${value.type.sql} as a condition: SQLite takes the number a text begins with; write a comparison`);
}
