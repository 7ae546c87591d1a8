// A whole query: for views, and for tables made of one.

import { environment } from './expression.ts';
import { select } from './select.ts';
import { EMPTY, type Scope } from './scope.ts';
import type { Select } from '../ast.ts';
import type { Context, PgType, RelationColumn } from '../types.ts';

/** `want`: types the columns are to have, or `null`: then each has SQLite's name for it. `reads`: tables and views, in lower case. */
export function query(node: Select, context: Context, outer: Scope | null, want: readonly (PgType | null)[] | null): { sql: string; columns: readonly RelationColumn[]; reads: readonly string[] } {
  const reads = new Set<string>();
  const watched: Context = {
    ...context,
    relation(name) {
      const found = context.relation(name);
      if (found !== null) reads.add(name.toLowerCase());
      return found;
    },
  };
  const { sql, columns } = select(node, environment(outer ?? EMPTY, watched), { want, named: want === null });
  return { sql, columns, reads: [...reads] };
}
