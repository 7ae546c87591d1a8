// Queries over groups: SQLite takes a column that is not grouped from any row, PostgreSQL refuses it.

import { quoteName } from '../../sql/quote.ts';
import { isAggregate } from './aggregates.ts';
import { isNocase } from './compare.ts';
import { bared, refuse, sourceText, type Env } from './env.ts';
import { columnNamed, resolve, sameName, type Resolution, type Source } from './scope.ts';
import type { Listed } from './from.ts';
import type { Expr, SelectFrom } from '../ast.ts';
import type { RelationColumn } from '../types.ts';

/** Throws at a column that no group has one value of. */
export type Check = (node: Expr) => void;

interface ListedColumn {
  readonly source: Source;
  readonly column: RelationColumn;
}

/** What a place of the list of results holds. */
export type Place = Expr | ListedColumn;

interface Groups {
  /** Keys that are more than a column, as PostgreSQL is told them. */
  readonly texts: ReadonlySet<string>;
  readonly columns: readonly ListedColumn[];
  /** Columns that a join by name has merged have several names. */
  readonly merged: ReadonlySet<string>;
}

/** `null` for a query of rows. `order`: what it is ordered by. */
export function groupedBy(node: SelectFrom, places: readonly Place[], order: readonly Expr[], merged: ReadonlySet<string>, env: Env): Check | null {
  const asked = [...places.filter(isExpr), ...order];
  if (node.groupBy === undefined && node.having === undefined && !asked.some(aggregates)) return null;
  const groups = groupsOf(node.groupBy ?? [], places, merged, env);
  for (const place of places) if (!isExpr(place)) held(place, groups, node.columns.find(({ type }) => type !== 'ExprResultColumn') ?? node);
  const check: Check = (expr) => walk(expr, groups, env);
  for (const expr of [...places.filter(isExpr), ...(node.having === undefined ? [] : [node.having])]) check(expr);
  for (const { window } of node.windowClause ?? []) parts(window, groups, env);
  return check;
}

/** What SELECT DISTINCT may be ordered by in PostgreSQL: what it lists. */
export function distinctOrder(places: readonly Place[], env: Env): Check {
  const { texts, columns } = groupsOf(places, [], new Set(), env);
  return (node) => {
    const found = meant(node, env);
    const { sql } = env.via.probe(node, env);
    const listed = !isNocase(node) && found?.kind === 'column' ? columns.some((one) => one.source.as === found.source.as && one.column.as === found.column.as) : texts.has(isNocase(node) ? `lower(${sql})` : sql);
    if (!listed) refuse(node, `SELECT DISTINCT is ordered by ${sourceText(env, node)}, which is not in its list: list it as well, or use GROUP BY and ORDER BY an aggregate of it`);
  };
}

function isExpr(place: Place): place is Expr {
  return 'type' in place;
}

function groupsOf(keys: readonly Place[], places: readonly Place[], merged: ReadonlySet<string>, env: Env): Groups {
  const texts = new Set<string>();
  const columns: ListedColumn[] = [];
  for (const key of keys) {
    const written = isExpr(key) ? bared(key) : key;
    const place = isExpr(written) && written.type === 'NumericLiteral' ? places[Number(written.value) - 1] ?? key : key;
    if (!isExpr(place)) { columns.push(place); continue; }
    const found = meant(place, env);
    if (found?.kind === 'column') columns.push(found);
    const expr = found?.kind === 'alias' ? found.expr : place;
    const { sql } = env.via.probe(expr, env);
    texts.add(isNocase(expr) ? `lower(${sql})` : sql);
    const inner = found?.kind === 'alias' ? meant(expr, env) : null;
    if (inner?.kind === 'column') columns.push(inner);
  }
  return { texts, columns, merged };
}

function meant(node: Expr, env: Env): Resolution | null {
  const inner = bared(node);
  const found = inner.type === 'Id' ? resolve(env.scope, null, inner.name) : inner.type === 'QualifiedExpr' ? resolve(env.scope, inner.table.text, inner.column.text) : null;
  return found?.scope === env.scope ? found : null;
}

function aggregates(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(aggregates);
  if (!isTyped(node) || node.type === 'Select') return false;
  return isCall(node) && isOverGroup(node) ? true : Object.values(node).some(aggregates);
}

type Call = Extract<Expr, { type: 'FunctionCallExpr' | 'FunctionCallStarExpr' }>;

function isOverGroup(node: Call): boolean {
  if (node.filterOver?.overClause !== undefined) return false;
  return node.type === 'FunctionCallStarExpr' || isAggregate(node.name.name.toLowerCase(), node.args?.length ?? 0, false);
}

/** Queries inside have rows of their own, and may ask for those of this one. */
function walk(node: Expr, groups: Groups, env: Env): void {
  if (node.type === 'Id' || node.type === 'QualifiedExpr') return named(node, groups, env);
  if (isCall(node) && isOverGroup(node)) return;
  if (node.type === 'SubqueryExpr' || node.type === 'ExistsExpr' || node.type === 'InSelectExpr') env.via.probe(node, { ...env, scope: { ...env.scope, guard: (found, at) => held(found, groups, at) } });
  if (groups.texts.size > 0 && groups.texts.has(env.via.probe(node, env).sql)) return;
  if (isCall(node)) return parts([node.type === 'FunctionCallExpr' ? node.args : [], node.filterOver], groups, env);
  if (node.type === 'ParenthesizedExpr') return node.exprs.forEach((one) => walk(one, groups, env));
  for (const [key, part] of Object.entries(node)) if (key !== 'type' && key !== 'span') parts(part, groups, env);
}

/** The expressions in a part of one. */
function parts(node: unknown, groups: Groups, env: Env): void {
  if (Array.isArray(node)) return node.forEach((one) => parts(one, groups, env));
  if (!isTyped(node) || node.type === 'Select') return;
  if (isExpression(node)) return walk(node, groups, env);
  for (const part of Object.values(node)) parts(part, groups, env);
}

function named(node: Extract<Expr, { type: 'Id' | 'QualifiedExpr' }>, groups: Groups, env: Env): void {
  const found = meant(node, env);
  if (found?.kind === 'alias') walk(found.expr, groups, { ...env, scope: { ...env.scope, aliases: new Map() } });
  if (found?.kind === 'column') held(found, groups, node);
}

function held({ source, column }: ListedColumn, groups: Groups, node: Expr | SelectFrom | SelectFrom['columns'][number]): void {
  if (groups.merged.has(column.name.toLowerCase()) || has(groups, source, column) || isDependent(source, groups)) return;
  refuse(node, `${quoteName(column.name)} must stand in GROUP BY or in an aggregate: SQLite takes it from any row of the group`);
}

function has({ columns }: Groups, source: Source, column: RelationColumn): boolean {
  return columns.some((one) => one.source.as === source.as && one.column.as === column.as);
}

/** Its primary key is grouped; where a table has one, that is the first of its keys. */
function isDependent(source: Source | Listed, groups: Groups): boolean {
  const { keys: [key], rowid } = source.relation;
  return [key, rowid === null ? undefined : [rowid]].some((names) => names !== undefined && names.every((name) => {
    const column = columnNamed(source.relation, name);
    return column !== null && groups.columns.some((one) => one.source.as === source.as && sameName(one.column.name, column.name));
  }));
}

function isTyped(node: unknown): node is { readonly type: string } {
  return typeof node === 'object' && node !== null && 'type' in node && typeof node.type === 'string';
}

function isCall(node: { readonly type: string }): node is Call {
  return node.type === 'FunctionCallExpr' || node.type === 'FunctionCallStarExpr';
}

function isExpression(node: { readonly type: string }): node is Expr {
  return node.type === 'Id' || node.type.endsWith('Expr') || node.type.endsWith('Literal');
}
