// What names mean at a point of a statement: sources of rows, from the innermost query outward.

import type { Expr } from '../ast.ts';
import type { Relation, RelationColumn } from '../types.ts';

export interface Source {
  /** SQLite's name of it. */
  readonly alias: string;
  /** PostgreSQL's. */
  readonly as: string;
  readonly relation: Relation;
}

export interface Scope {
  readonly sources: readonly Source[];
  readonly outer: Scope | null;
  /** Unqualified columns come out with their table: where PostgreSQL has two rows of one shape in sight. */
  readonly qualify?: boolean;
  /** Names given in the list of results, in lower case: SQLite lets all of the query use them. */
  readonly aliases?: ReadonlyMap<string, Expr>;
  /** A table without a rowid of its own may be asked for the place of its rows. */
  readonly places?: boolean;
  /** Asked of each column that a query inside takes from here: not all of them can be where rows are grouped. */
  readonly guard?: (column: Extract<Resolution, { kind: 'column' }>, node: Expr) => void;
}

export type Resolution =
  | { readonly kind: 'column'; readonly source: Source; readonly column: RelationColumn; readonly scope: Scope }
  | { readonly kind: 'alias'; readonly expr: Expr; readonly scope: Scope }
  | { readonly kind: 'place'; readonly source: Source; readonly scope: Scope };

const ROWID = new Set(['rowid', 'oid', '_rowid_']);

/** Unqualified columns come out as `"col"`, qualified ones as `"T"."col"`. */
export function relationScope(relation: Relation): Scope {
  return { sources: [{ alias: relation.name, as: relation.as, relation }], outer: null };
}

export const EMPTY: Scope = { sources: [], outer: null };

export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function columnNamed(relation: Relation, name: string): RelationColumn | null {
  const found = relation.columns.find((column) => sameName(column.name, name));
  if (found !== undefined || !ROWID.has(name.toLowerCase()) || relation.rowid === null) return found ?? null;
  return columnNamed({ ...relation, rowid: null }, relation.rowid);
}

/** `table`: what stands before the dot, or `null`. */
export function resolve(scope: Scope, table: string | null, name: string): Resolution | null {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = within(at, table, name);
    if (found !== null) return found;
  }
  return null;
}

function within(scope: Scope, table: string | null, name: string): Resolution | null {
  const sources = table === null ? scope.sources : scope.sources.filter(({ alias }) => sameName(alias, table));
  for (const source of sources) {
    const column = columnNamed(source.relation, name);
    if (column !== null) return { kind: 'column', source, column, scope };
  }
  const expr = table === null ? scope.aliases?.get(name.toLowerCase()) : undefined;
  if (expr !== undefined) return { kind: 'alias', expr, scope };
  const [source] = sources;
  return source !== undefined && ROWID.has(name.toLowerCase()) ? { kind: 'place', source, scope } : null;
}
