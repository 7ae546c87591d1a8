// ORDER BY: NULL is the least of all to SQLite, the greatest to PostgreSQL.

import { isNocase } from './compare.ts';
import type { SortedColumn } from '../ast.ts';
import type { Term } from './terms.ts';

/** `nulls`: the place of NULL is said, because something hangs on the order. */
export function sorted(node: SortedColumn, term: Term, nulls: boolean): string {
  const key = isNocase(node.expr) && term.type?.family === 'text' ? `lower(${term.sql})` : term.sql;
  const descending = node.order === 'Desc';
  const place = node.nulls ?? (nulls ? (descending ? 'Last' : 'First') : undefined);
  return `${key}${node.order === undefined ? '' : descending ? ' DESC' : ' ASC'}${place === undefined ? '' : ` NULLS ${place.toUpperCase()}`}`;
}
