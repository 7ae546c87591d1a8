// Queries.

import { bared, refuse, type Env, type Query, type SelectOptions } from './env.ts';
import { withClause } from './with.ts';
import { arm, valuesArm, type Arm } from './arms.ts';
import { sorted } from './sorting.ts';
import { sameName } from './scope.ts';
import { literalOf } from './literals.ts';
import { quoteName } from '../../sql/quote.ts';
import { BIGINT, isNumber } from './terms.ts';
import type { CompoundOperator, Expr, Limit, OneSelect, Select, SortedColumn } from '../ast.ts';
import type { PgType, RelationColumn } from '../types.ts';

const COMPOUND: Readonly<Record<CompoundOperator, string>> = { Union: 'UNION', UnionAll: 'UNION ALL', Except: 'EXCEPT', Intersect: 'INTERSECT' };

export function select(node: Select, outer: Env, options: SelectOptions): Query {
  const clause = node.with === undefined ? { sql: '', env: outer } : withClause(node.with, outer);
  const { env } = clause;
  const compounds = node.compounds ?? [];
  const first = oneArm(node.select, env, compounds.length === 0 ? options : { ...options, feeds: false, want: options.want ?? alike([node.select, ...compounds.map((one) => one.select)], env) }, compounds.length === 0 ? node.orderBy?.map(({ expr }) => expr) : []);
  const want = options.want ?? (compounds.length === 0 ? null : first.columns.map(({ type }) => type));
  let { sql } = first;
  compounds.forEach((compound, index) => {
    const next = oneArm(compound.select, env, { ...options, want, feeds: false });
    // INTERSECT binds tighter in PostgreSQL; in SQLite all are read from the left.
    const left = index > 0 && compound.operator === 'Intersect' ? `(${sql})` : sql;
    sql = `${left} ${COMPOUND[compound.operator]} ${next.sql}`;
  });
  const limit = node.limit === undefined ? '' : limited(node.limit, env);
  const order = node.orderBy === undefined ? '' : ` ORDER BY ${node.orderBy.map((column) => ordered(column, first, compounds.length > 0, limit !== '')).join(', ')}`;
  return { sql: `${clause.sql}${sql}${order}${limit}`, columns: first.columns, dynamic: first.dynamic };
}

function oneArm(node: OneSelect, env: Env, options: SelectOptions, order: readonly Expr[] = []): Arm {
  return node.type === 'SelectValues' ? valuesArm(node, env, options) : arm(node, env, options, order);
}

/** Types for the columns of a UNION whose arms differ; `null` where they do not. */
function alike(arms: readonly OneSelect[], env: Env): readonly (PgType | null)[] {
  const quiet: Env = { ...env, context: { ...env.context, note: () => undefined } };
  const all = arms.map((one) => oneArm(one, quiet, { want: null, named: false }).columns.map(({ type }) => type));
  return (all[0] ?? []).map((_, index) => {
    const types = all.map((types) => types[index] ?? null).filter((type) => type !== null);
    const [first] = types;
    if (first === undefined || types.every(({ sql }) => sql === first.sql) || types.every(isNumber)) return types.find(({ family }) => family !== 'integer') ?? first ?? null;
    return meeting(types);
  });
}

function meeting(types: readonly PgType[]): PgType {
  const firm = types.find(({ family }) => family === 'datetime' || family === 'json' || family === 'enum') ?? types.find(({ family }) => family === 'text');
  return firm ?? types.find(({ family }) => family !== 'boolean') ?? { family: 'text', sql: 'TEXT' };
}

function ordered(node: SortedColumn, first: Arm, compound: boolean, limit: boolean): string {
  const inner = bared(node.expr);
  const key = inner.type === 'CollateExpr' ? bared(inner.expr) : inner;
  const found = key.type === 'Id' ? named(first, key.name, compound) : undefined;
  if (found !== undefined) return sorted(node, { sql: quoteName(found.as), type: found.type, level: 20 }, limit);
  if (key.type === 'NumericLiteral') return sorted({ ...node, expr: key }, { sql: key.value, type: null, level: 20 }, limit);
  if (compound) return refuse(node, 'ORDER BY an expression after UNION: order by the name or the number of a column');
  for (const check of first.orders) check(node.expr);
  return sorted(node, first.env.via.term(node.expr, first.env, null), limit);
}

/** A name that was given to a result, or any of a UNION. */
function named(first: Arm, name: string, compound: boolean): RelationColumn | undefined {
  return first.columns.find((column) => sameName(column.name, name) && (compound || first.given.has(column.name.toLowerCase())));
}

function limited(node: Limit, env: Env): string {
  const count = literalOf(node.expr, env);
  const all = count?.kind === 'number' && count.text.startsWith('-');
  const offset = node.offset === undefined ? '' : ` OFFSET ${env.via.term(node.offset, env, BIGINT).sql}`;
  return `${all ? '' : ` LIMIT ${env.via.term(node.expr, env, BIGINT).sql}`}${offset}`;
}
