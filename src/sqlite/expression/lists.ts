// BETWEEN, IN, CASE, EXISTS, CAST: expressions of several parts.

import { quoteName } from '../../sql/quote.ts';
import { bared, note, refuse, type Env } from './env.ts';
import { anchored, commonType } from './common.ts';
import { strict } from './coerce.ts';
import { pair, type Pair } from './compare.ts';
import { whole } from './operators.ts';
import { AND, atom, BIGINT, BOOLEAN, BYTEA, CAST, colon, comparison, DOUBLE, IN, isNumber, isWhole, NOT, NUMERIC, OR, OTHER, TEXT, wrapped, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

type Of<T extends Expr['type']> = Extract<Expr, { type: T }>;

const truth = (sql: string, level: number): Term => ({ sql, type: BOOLEAN, level });

export function between(node: Of<'BetweenExpr'>, env: Env): Term {
  const [low, high] = [pair(node.lhs, node.start, env, false), pair(node.lhs, node.end, env, false)];
  const not = node.not ? 'NOT ' : '';
  if (low.left.sql === high.left.sql) return truth(`${wrapped(low.left, OTHER)} ${not}BETWEEN ${wrapped(low.right, OTHER)} AND ${wrapped(high.right, OTHER)}`, IN);
  const both = truth(`${comparison(low.left, '>=', low.right).sql} AND ${comparison(high.left, '<=', high.right).sql}`, AND);
  return node.not ? truth(`NOT (${both.sql})`, NOT) : both;
}

export function inList(node: Of<'InListExpr'>, env: Env): Term {
  const items = node.rhs ?? [];
  if (items.length === 0) return atom(node.not ? 'true' : 'false', BOOLEAN);
  if (node.lhs.type === 'ParenthesizedExpr' && node.lhs.exprs.length > 1) return refuse(node, 'a list of rows after IN: write it as (VALUES (…), (…))');
  const groups = new Map<string, Pair[]>();
  for (const one of items.map((item) => pair(node.lhs, item, env, true))) groups.set(one.left.sql, [...(groups.get(one.left.sql) ?? []), one]);
  const parts = [...groups.values()].map((pairs) => truth(`${wrapped(pairs[0]?.left ?? atom('NULL', null), OTHER)} ${node.not ? 'NOT ' : ''}IN (${pairs.map(({ right }) => right.sql).join(', ')})`, IN));
  const [only, more] = parts;
  if (only !== undefined && more === undefined) return only;
  return truth(parts.map(({ sql }) => sql).join(node.not ? ' AND ' : ' OR '), node.not ? AND : OR);
}

export function inSelect(node: Of<'InSelectExpr'>, env: Env): Term {
  const left = node.lhs.type === 'ParenthesizedExpr' && node.lhs.exprs.length > 1 ? node.lhs.exprs : [node.lhs];
  const terms = left.map((one) => env.via.term(one, env, null));
  const probe = env.via.select(node.rhs, { ...env, context: { ...env.context, note: () => undefined } }, { want: null, named: false });
  const types = probe.columns.map(({ type }) => type);
  // A constant comes to the column's type, else the column to that of what is looked for.
  const fitted = left.map((one, index) => (terms[index]?.bare === true ? env.via.term(one, env, types[index] ?? null) : terms[index])).filter((one) => one !== undefined);
  const query = env.via.select(node.rhs, env, { want: fitted.map((one, index) => wanted(one.type, types[index] ?? null)), named: false });
  const row = left.length > 1 ? atom(`(${fitted.map(({ sql }) => sql).join(', ')})`, null) : fitted[0] ?? atom('NULL', null);
  return truth(`${wrapped(row, OTHER)} ${node.not ? 'NOT ' : ''}IN (${query.sql})`, IN);
}

function wanted(one: PgType | null, other: PgType | null): PgType | null {
  return one === null || other === null || one.sql === other.sql || (isNumber(one) && isNumber(other)) ? null : one;
}

export function inTable(node: Of<'InTableExpr'>, env: Env): Term {
  const relation = env.context.relation(node.rhs.objName.text);
  const column = relation?.columns[0];
  if (relation === null || column === undefined || node.args !== undefined) return refuse(node, `${node.rhs.objName.text} after IN: write it as a SELECT`);
  const left = env.via.term(node.lhs, env, null);
  const right = strict({ ...atom(quoteName(column.as), column.type) }, wanted(left.type, column.type) ?? column.type ?? TEXT);
  return truth(`${wrapped(left, OTHER)} ${node.not ? 'NOT ' : ''}IN (SELECT ${right.sql} FROM ${quoteName(relation.as)})`, IN);
}

export function caseTerm(node: Of<'CaseExpr'>, env: Env, want: PgType | null): Term {
  const results = [...node.whenThenPairs.map(({ then }) => then), ...(node.elseExpr === undefined ? [] : [node.elseExpr])];
  const type = want ?? commonType(results, env);
  const terms = anchored(results.map((result) => env.via.term(result, env, type)), type);
  const { head, whens } = conditions(node, env);
  const branches = whens.map((when, index) => ` WHEN ${when} THEN ${terms[index]?.sql ?? 'NULL'}`);
  const last = node.elseExpr === undefined ? '' : ` ELSE ${terms.at(-1)?.sql ?? 'NULL'}`;
  return atom(`CASE${head}${branches.join('')}${last} END`, type);
}

function conditions(node: Of<'CaseExpr'>, env: Env): { readonly head: string; readonly whens: readonly string[] } {
  const { base } = node;
  if (base === undefined) return { head: '', whens: node.whenThenPairs.map(({ when }) => env.via.condition(when, env).sql) };
  const pairs = node.whenThenPairs.map(({ when }) => pair(base, when, env, true));
  const [first] = pairs;
  if (first !== undefined && first.left.sql !== 'NULL' && pairs.every(({ left }) => left.sql === first.left.sql)) return { head: ` ${first.left.sql}`, whens: pairs.map(({ right }) => right.sql) };
  return { head: '', whens: pairs.map(({ left, right }) => comparison(left, '=', right).sql) };
}

/** SQLite's rules of what a type's name stands for. */
export function castTerm(node: Of<'CastExpr'>, env: Env): Term {
  const name = node.typeName?.name.toLowerCase() ?? '';
  const as = (term: Term): Term => ({ ...term, affinity: true, bare: false });
  if (name.includes('int')) return as(castWhole(node, env));
  if (/char|clob|text/.test(name)) return as(strict({ ...env.via.term(node.expr, env, TEXT), bare: false }, TEXT));
  if (name === '' || name.includes('blob')) return as(env.via.term(node.expr, env, BYTEA));
  if (/date|time/.test(name)) return refuse(node, `CAST AS ${name.toUpperCase()} makes a number in SQLite, 2020 of '2020-01-31': use datetime()`);
  return as(castNumber(node, /real|floa|doub/.test(name) ? DOUBLE : NUMERIC, env));
}

function castWhole(node: Of<'CastExpr'>, env: Env): Term {
  const natural = env.via.probe(node.expr, env);
  if (isNumber(natural.type)) return isWhole(natural.type) ? widened(env.via.term(node.expr, env, null)) : whole(env.via.term(node.expr, env, null));
  return castNumber(node, BIGINT, env);
}

function widened(term: Term): Term {
  return term.type?.family === 'bigint' ? term : colon(term, 'bigint', BIGINT);
}

function castNumber(node: Of<'CastExpr'>, type: PgType, env: Env): Term {
  const natural = env.via.probe(node.expr, env);
  if (natural.type?.family === 'text' && natural.bare !== true && !isStrftime(node.expr)) note(env, 'CAST_FAILS_LOUDLY', `CAST AS ${node.typeName?.name ?? ''}: SQLite makes 0 of a text that is no number, PostgreSQL stops`, node);
  const term = env.via.term(node.expr, env, type);
  return term.level === CAST && term.sql.endsWith(`::${type.sql.toLowerCase()}`) || natural.type?.sql === type.sql ? { ...term, type } : colon(term, type.sql, type);
}

function isStrftime(node: Expr): boolean {
  const inner = bared(node);
  return inner.type === 'FunctionCallExpr' && inner.name.name.toLowerCase() === 'strftime';
}
