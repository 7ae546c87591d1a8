// WITH: queries that have names.

import { quoteName, quoteNames } from '../../sql/quote.ts';
import { refuse, type Env } from './env.ts';
import { sameName } from './scope.ts';
import type { CommonTableExpr, QualifiedName, Select, With } from '../ast.ts';
import type { Relation, RelationColumn } from '../types.ts';

export interface WithSql {
  /** With a space behind. */
  readonly sql: string;
  /** In which the names are known. */
  readonly env: Env;
}

export function withClause(node: With, outer: Env): WithSql {
  let env = outer;
  let recursive = false;
  const parts = node.ctes.map((cte) => {
    const made = common(cte, env);
    recursive ||= made.recursive;
    env = known(made.relation, env);
    return made.sql;
  });
  return { sql: `WITH ${recursive || node.recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} `, env };
}

function known(relation: Relation, env: Env): Env {
  return { ...env, context: { ...env.context, relation: (name) => (sameName(name, relation.name) ? relation : env.context.relation(name)) } };
}

function common(node: CommonTableExpr, env: Env): { readonly sql: string; readonly relation: Relation; readonly recursive: boolean } {
  const name = node.tblName.text;
  const recursive = reads(node.select, name);
  if (recursive && (node.select.orderBy !== undefined || node.select.limit !== undefined)) refuse(node, `the recursive query ${name} has ORDER BY or LIMIT, which PostgreSQL does not take there: put them where it is read`);
  const first = recursive ? start(node, env) : null;
  const query = env.via.select(node.select, first === null ? env : known(first, env), { want: first?.columns.map(({ type }) => type) ?? null, named: node.columns === undefined, exact: first !== null });
  const relation: Relation = first ?? relationOf(node, query.columns);
  const list = node.columns === undefined ? '' : ` (${quoteNames(node.columns.map(({ colName }) => colName.text))})`;
  const materialized = { Any: '', Yes: 'MATERIALIZED ', No: 'NOT MATERIALIZED ' } as const;
  return { sql: `${quoteName(name)}${list} AS ${materialized[node.materialized]}(${query.sql})`, relation, recursive };
}

/** Whether its own name stands after a FROM while there is nothing of it yet. */
function reads(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((one) => reads(one, name));
  if (typeof node !== 'object' || node === null) return false;
  if ('type' in node && node.type === 'TableSelectTable' && 'tblName' in node && sameName((node.tblName as QualifiedName).objName.text, name)) return true;
  return Object.values(node).some((one) => reads(one, name));
}

/** The rows it begins with say what its columns are. */
function start(node: CommonTableExpr, env: Env): Relation {
  const quiet: Env = { ...env, context: { ...env.context, note: () => undefined } };
  const select: Select = { ...node.select, compounds: undefined, orderBy: undefined, limit: undefined };
  return relationOf(node, env.via.select(select, quiet, { want: null, named: true }).columns);
}

function relationOf(node: CommonTableExpr, columns: readonly RelationColumn[]): Relation {
  const name = node.tblName.text;
  const named = columns.map((column, index) => { const given = node.columns?.[index]?.colName.text ?? column.name; return { ...column, name: given, as: given }; });
  return { name, as: name, columns: named, rowid: null, keys: [] };
}
