// One SELECT or VALUES of a query.

import { quoteName } from '../../sql/quote.ts';
import { anchored, commonType } from './common.ts';
import { strict } from './coerce.ts';
import { colon, isNumber, type Term } from './terms.ts';
import { fromClause, inside, type From, type Listed } from './from.ts';
import { bared, refuse, sourceText, type Env, type SelectOptions } from './env.ts';
import { isNocase } from './compare.ts';
import { distinctOrder, groupedBy, type Check, type Place } from './grouping.ts';
import { sameName, resolve } from './scope.ts';
import { windowSql } from './aggregates.ts';
import type { Expr, ResultColumn, SelectFrom, SelectValues } from '../ast.ts';
import type { PgType, RelationColumn } from '../types.ts';

export interface Arm {
  readonly sql: string;
  readonly columns: readonly RelationColumn[];
  /** Names given with AS, in lower case. */
  readonly given: ReadonlySet<string>;
  readonly env: Env;
  readonly dynamic: boolean;
  /** Each throws at what PostgreSQL cannot order its rows by. */
  readonly orders: readonly Check[];
}

interface Result {
  readonly sql: string;
  readonly column: RelationColumn;
  readonly dynamic: boolean;
}

/** `order`: what its rows are ordered by. */
export function arm(node: SelectFrom, outer: Env, options: SelectOptions, order: readonly Expr[]): Arm {
  const from = node.from === undefined ? { sql: '', sources: [], shared: new Set<string>() } : fromClause(node.from, outer);
  const aliases = aliasesOf(node.columns);
  const places = outer.scope.places === true ? { places: true } : {};
  const env: Env = { ...outer, scope: { ...inside(from, outer.scope), ...places, aliases } };
  const results = listed(node.columns, from, env, options, node.distinctness === 'Distinct' || node.groupBy !== undefined);
  const list = options.exists === true && node.columns.every(({ type }) => type === 'StarResultColumn') ? '*' : results.map(({ sql }) => sql).join(', ');
  const sql = `SELECT ${node.distinctness === 'Distinct' ? 'DISTINCT ' : ''}${list}${from.sql === '' ? '' : ` FROM ${from.sql}`}${rest(node, env)}`;
  return { sql, columns: results.map(({ column }) => column), given: new Set(aliases.keys()), env, dynamic: results[0]?.dynamic === true, orders: checks(node, from, env, order) };
}

function checks(node: SelectFrom, from: From, env: Env, order: readonly Expr[]): readonly Check[] {
  const places = node.columns.flatMap((column): readonly Place[] => (column.type === 'ExprResultColumn' ? [column.expr] : star(column, from)));
  const groups = groupedBy(node, places, order, from.shared, env);
  return [...(groups === null ? [] : [groups]), ...(node.distinctness === 'Distinct' && order.length > 0 ? [distinctOrder(places, env)] : [])];
}

function aliasesOf(columns: readonly ResultColumn[]): ReadonlyMap<string, Expr> {
  return new Map(columns.flatMap((column) => (column.type === 'ExprResultColumn' && column.alias !== undefined ? [[column.alias.name.text.toLowerCase(), column.expr] as const] : [])));
}

function rest(node: SelectFrom, env: Env): string {
  const where = node.whereClause === undefined ? '' : ` WHERE ${env.via.condition(node.whereClause, env).sql}`;
  const group = node.groupBy === undefined ? '' : ` GROUP BY ${node.groupBy.map((one) => grouped(one, env)).join(', ')}`;
  const having = node.having === undefined ? '' : ` HAVING ${env.via.condition(node.having, env).sql}`;
  const windows = node.windowClause === undefined ? '' : ` WINDOW ${node.windowClause.map(({ name, window }) => `${quoteName(name.text.toLowerCase())} AS (${windowSql(window, env)})`).join(', ')}`;
  return where + group + having + windows;
}

function grouped(node: Expr, env: Env): string {
  const inner = bared(node);
  if (inner.type === 'NumericLiteral') return inner.value;
  if (inner.type === 'Id' && resolve(env.scope, null, inner.name)?.kind === 'alias') return quoteName(aliasSpelling(inner.name, env));
  const term = env.via.term(node, env, null);
  return isNocase(node) ? `lower(${term.sql})` : term.sql;
}

/** The name as the list of results has it. */
function aliasSpelling(name: string, env: Env): string {
  const expr = env.scope.aliases?.get(name.toLowerCase());
  const { text } = env.context;
  const after = expr === undefined ? '' : text.slice(expr.span.offset + expr.span.length);
  const [, spelled] = /^[\s)]*(?:as\s+)?["'`[]?([^\s"'`\],)]+)/i.exec(after) ?? [];
  return spelled !== undefined && sameName(spelled, name) ? spelled : name;
}

function listed(columns: readonly ResultColumn[], from: From, env: Env, options: SelectOptions, set: boolean): readonly Result[] {
  const results: Result[] = [];
  for (const column of columns) {
    if (column.type === 'ExprResultColumn') results.push(single(column, env, options, options.want?.[results.length] ?? null, set));
    else for (const item of star(column, from)) results.push(starred(item, from, options.want?.[results.length] ?? null, options));
  }
  return results;
}

function single(node: Extract<ResultColumn, { type: 'ExprResultColumn' }>, env: Env, options: SelectOptions, want: PgType | null, set: boolean): Result {
  const raw = env.via.term(node.expr, { ...env, scope: { ...env.scope, aliases: new Map() } }, want);
  const term = exact(options.feeds === true && !set ? raw : anchored([raw], raw.type)[0] ?? raw, want, options);
  const source = resolvedColumn(node.expr, env);
  const name = node.alias?.name.text ?? source?.name ?? sourceText(env, node.expr);
  const bare = source !== null && source.as === name && term.sql.endsWith(quoteName(name));
  const as = node.alias !== undefined || (options.named && !bare) ? ` AS ${quoteName(name)}` : '';
  return { sql: `${term.sql}${as}`, column: made(name, term.type), dynamic: term.dynamic === true };
}

function exact(term: Term, want: PgType | null, options: SelectOptions): Term {
  return options.exact === true && want !== null && term.type !== null && (term.type.sql !== want.sql || (isNumber(want) && term.bare === true)) ? colon(term, want.sql, want) : term;
}

function resolvedColumn(node: Expr, env: Env): RelationColumn | null {
  const inner = bared(node);
  const found = inner.type === 'Id' ? resolve(env.scope, null, inner.name) : inner.type === 'QualifiedExpr' ? resolve(env.scope, inner.table.text, inner.column.text) : null;
  return found?.kind === 'column' ? found.column : null;
}

function made(name: string, type: PgType | null): RelationColumn {
  return { name, as: name, type, serial: false, generated: false, hasDefault: false };
}

interface Starred {
  readonly source: Listed;
  readonly column: RelationColumn;
}

function star(node: Exclude<ResultColumn, { type: 'ExprResultColumn' }>, from: From): readonly Starred[] {
  const table = node.type === 'TableStarResultColumn' ? node.table.text : null;
  const sources = from.sources.filter(({ alias }) => table === null || sameName(alias, table));
  if (sources.length === 0) refuse(node, `there is no table ${table ?? ''} to take all columns of`);
  return sources.flatMap((source) => source.relation.columns.filter(({ name }) => table !== null || !source.merged.has(name.toLowerCase())).map((column) => ({ source, column })));
}

function starred({ source, column }: Starred, from: From, want: PgType | null, options: SelectOptions): Result {
  const qualifier = from.sources.length > 1 && !from.shared.has(column.name.toLowerCase()) ? `${quoteName(source.as)}.` : '';
  const term: Term = { sql: `${qualifier}${quoteName(column.as)}`, type: column.type, level: 20, affinity: true };
  const sql = exact(want === null ? term : strict(term, want), want, options).sql;
  const as = options.named && (sql !== term.sql || column.as !== column.name) ? ` AS ${quoteName(column.name)}` : '';
  return { sql: sql + as, column: made(column.name, isNumber(want) && isNumber(column.type) ? column.type : want ?? column.type), dynamic: false };
}


export function valuesArm(node: SelectValues, env: Env, options: SelectOptions): Arm {
  const types = (node.values[0]?.values ?? []).map((_, index) => options.want?.[index] ?? commonType(node.values.map(({ values }) => values[index]).filter((one) => one !== undefined), env));
  const rows = node.values.map(({ values }) => values.map((one, index) => env.via.term(one, env, types[index] ?? null)));
  const anchoredRows = options.feeds === true ? rows : rows.map((row, at) => (at > 0 ? row : row.map((term, index) => exact(anchored(rows.map((each) => each[index] ?? term), types[index] ?? null)[0] ?? term, options.want?.[index] ?? null, options))));
  return {
    sql: `VALUES ${anchoredRows.map((row) => `(${row.map(({ sql }) => sql).join(', ')})`).join(', ')}`,
    columns: types.map((type, index) => made(`column${index + 1}`, type)),
    given: new Set(), env, dynamic: false, orders: [],
  };
}
