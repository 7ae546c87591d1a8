// `column = value`, as UPDATE and ON CONFLICT have it.

import { quoteName, quoteNames } from '../../sql/quote.ts';
import { refuse, type Env } from './env.ts';
import { columnNamed } from './scope.ts';
import { atom, type Term } from './terms.ts';
import type { Expr, SetAssignment } from '../ast.ts';
import type { Relation, RelationColumn } from '../types.ts';

export interface Assigned {
  readonly list: string;
  readonly columns: readonly RelationColumn[];
}

export function assignments(sets: readonly SetAssignment[], relation: Relation, env: Env): Assigned {
  const columnOf = (name: SetAssignment['colNames'][number]): RelationColumn => columnNamed(relation, name.text) ?? refuse(name, `there is no column ${name.text} in ${relation.name}: correct the name`);
  const parts = sets.map((set) => {
    const columns = set.colNames.map(columnOf);
    const [only, more] = columns;
    if (only !== undefined && more === undefined) return { columns, sql: `${quoteName(only.as)} = ${env.via.term(set.expr, env, only.type).sql}` };
    return { columns, sql: `(${quoteNames(columns.map(({ as }) => as))}) = ${row(set.expr, columns, env).sql}` };
  });
  return { list: parts.map(({ sql }) => sql).join(', '), columns: parts.flatMap(({ columns }) => columns) };
}

function row(node: Expr, columns: readonly RelationColumn[], env: Env): Term {
  if (node.type === 'SubqueryExpr') return atom(`(${env.via.select(node.select, env, { want: columns.map(({ type }) => type), named: false }).sql})`, null);
  if (node.type !== 'ParenthesizedExpr') return refuse(node, 'a row is assigned something else than a row: write the values out');
  return atom(`(${node.exprs.map((one, index) => env.via.term(one, env, columns[index]?.type ?? null).sql).join(', ')})`, null);
}
