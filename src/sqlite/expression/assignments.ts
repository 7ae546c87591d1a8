// `column = value`, as UPDATE and ON CONFLICT have it.

import { quoteName, quoteNames } from '../../sql/quote.ts';
import { bared, note, refuse, type Env } from './env.ts';
import { columnNamed } from './scope.ts';
import { atom, isWhole, type Term } from './terms.ts';
import type { Expr, Select, SetAssignment } from '../ast.ts';
import type { PgType, Relation, RelationColumn } from '../types.ts';

export interface Assigned {
  readonly list: string;
  readonly columns: readonly RelationColumn[];
}

export function assignments(sets: readonly SetAssignment[], relation: Relation, env: Env): Assigned {
  const columnOf = (name: SetAssignment['colNames'][number]): RelationColumn => columnNamed(relation, name.text) ?? refuse(name, `there is no column ${name.text} in ${relation.name}: correct the name`);
  const parts = sets.map((set) => {
    const columns = set.colNames.map(columnOf);
    const [only, more] = columns;
    if (only !== undefined && more === undefined) return { columns, sql: `${quoteName(only.as)} = ${assigned(set.expr, only, env).sql}` };
    return { columns, sql: `(${quoteNames(columns.map(({ as }) => as))}) = ${row(set.expr, columns, env).sql}` };
  });
  return { list: parts.map(({ sql }) => sql).join(', '), columns: parts.flatMap(({ columns }) => columns) };
}

function row(node: Expr, columns: readonly RelationColumn[], env: Env): Term {
  if (node.type === 'SubqueryExpr') return atom(`(${env.via.select(node.select, env, { want: columns.map(({ type }) => type), named: false }).sql})`, null);
  if (node.type !== 'ParenthesizedExpr') return refuse(node, 'a row is assigned something else than a row: write the values out');
  return atom(`(${node.exprs.map((one, index) => assigned(one, columns[index], env).sql).join(', ')})`, null);
}

/** A value as its column takes it. */
export function assigned(node: Expr, column: RelationColumn | undefined, env: Env): Term {
  const term = env.via.term(node, env, column?.type ?? null);
  if (column !== undefined && !isRounded(node)) noteRounding(term.type, column, node, env);
  return term;
}

/** SQLite keeps a fraction in a column of whole numbers, PostgreSQL rounds it away. */
export function noteRounding(type: PgType | null, column: RelationColumn, node: Expr | Select, env: Env): void {
  if (!isWhole(column.type) || (type?.family !== 'float' && type?.family !== 'decimal')) return;
  note(env, 'FUNCTION_DIFFERS', `a value of ${column.name} is computed with a fraction, and rounded into ${column.type?.sql ?? ''}: SQLite keeps the fraction`, node);
}

/** Whole by its function. */
export function isRounded(node: Expr): boolean {
  const inner = bared(node);
  return inner.type === 'FunctionCallExpr' && (/^(?:floor|ceil|ceiling|trunc)$/i.test(inner.name.name) || (/^round$/i.test(inner.name.name) && inner.args?.length === 1));
}
