// RETURNING.

import { quoteName, quoteNames } from '../../sql/quote.ts';
import type { Env } from './env.ts';
import type { ResultColumn } from '../ast.ts';
import type { Relation } from '../types.ts';

/** With a space before; empty for none. */
export function returning(columns: readonly ResultColumn[] | undefined, relation: Relation, env: Env): string {
  if (columns === undefined) return '';
  const list = columns.map((column) => {
    if (column.type !== 'ExprResultColumn') return quoteNames(relation.columns.map(({ as }) => as));
    return `${env.via.term(column.expr, env, null).sql}${column.alias === undefined ? '' : ` AS ${quoteName(column.alias.name.text)}`}`;
  });
  return ` RETURNING ${list.join(', ')}`;
}
