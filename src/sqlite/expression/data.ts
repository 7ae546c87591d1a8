// Statements that write rows.

import { quoteName, quoteText } from '../../sql/quote.ts';
import { environment } from './expression.ts';
import { refuse, type Env } from './env.ts';
import { assignments } from './assignments.ts';
import { insert } from './insert.ts';
import { fromClause } from './from.ts';
import { EMPTY, type Scope } from './scope.ts';
import { withClause } from './with.ts';
import { returning } from './returning.ts';
import type { DeleteStmt, InsertStmt, SelectStmt, UpdateStmt } from '../ast.ts';
import type { Context, Relation } from '../types.ts';

/** Whole statements, without the closing semicolon. None for a query, whose rows nobody reads. */
export function dataStatement(node: InsertStmt | UpdateStmt | DeleteStmt | SelectStmt, context: Context): readonly string[] {
  const env = environment(EMPTY, context);
  switch (node.type) {
    case 'SelectStmt':
      context.note('DROPPED_STATEMENT', 'a SELECT that nothing is done with is left out', node.span.offset);
      return [];
    case 'InsertStmt': { const { sql, serial, relation } = insert(node, env); return [sql, ...sequences(relation, serial)]; }
    case 'UpdateStmt': return update(node, env);
    default: return remove(node, env);
  }
}

/** Values that were given by hand: the sequence goes on behind them. */
function sequences(relation: Relation, columns: readonly string[]): readonly string[] {
  const table = quoteName(relation.as);
  return columns.map((column) => `SELECT setval(pg_get_serial_sequence(${quoteText(table)}, ${quoteText(column)}), GREATEST(COALESCE(MAX(${quoteName(column)}), 0), 0) + 1, false) FROM ${table}`);
}

interface Target {
  readonly relation: Relation;
  /** `"T"`, `"T" AS "t"`. */
  readonly sql: string;
  readonly scope: Scope;
}

function target(node: UpdateStmt | DeleteStmt, env: Env): Target {
  const name = node.tblName.objName.text;
  const alias = node.tblName.alias?.text;
  const relation = env.context.relation(name) ?? refuse(node.tblName, `there is no table ${name} here: correct the name`);
  if (node.orderBy !== undefined || node.limit !== undefined) refuse(node, `${node.type === 'UpdateStmt' ? 'UPDATE' : 'DELETE'} with ORDER BY or LIMIT: choose the rows by WHERE`);
  const source = { alias: alias ?? name, as: alias ?? relation.as, relation };
  return { relation, sql: `${quoteName(relation.as)}${alias === undefined ? '' : ` AS ${quoteName(alias)}`}`, scope: { sources: [source], outer: EMPTY } };
}

function update(node: UpdateStmt, outer: Env): readonly string[] {
  const conflict = node.orConflict;
  if (conflict !== undefined && conflict !== 'Abort') refuse(node, `UPDATE OR ${conflict.toUpperCase()}: write which rows are to be left as they are`);
  const { sql: prefix, env: known } = node.with === undefined ? { sql: '', env: outer } : withClause(node.with, outer);
  const { relation, sql, scope } = target(node, known);
  const from = node.from === undefined ? null : fromClause(node.from, known);
  const env: Env = { ...known, scope: { ...scope, sources: [...scope.sources, ...(from?.sources ?? [])] } };
  const { list, columns } = assignments(node.sets, relation, env);
  const where = node.whereClause === undefined ? '' : ` WHERE ${env.via.condition(node.whereClause, env).sql}`;
  const statement = `${prefix}UPDATE ${sql} SET ${list}${from === null ? '' : ` FROM ${from.sql}`}${where}${returning(node.returning, relation, env)}`;
  return [statement, ...sequences(relation, columns.filter(({ serial }) => serial).map(({ as }) => as))];
}

function remove(node: DeleteStmt, outer: Env): readonly string[] {
  const { sql: prefix, env: known } = node.with === undefined ? { sql: '', env: outer } : withClause(node.with, outer);
  const { relation, sql, scope } = target(node, known);
  const env: Env = { ...known, scope: { ...scope, places: true } };
  const where = node.whereClause === undefined ? '' : ` WHERE ${env.via.condition(node.whereClause, env).sql}`;
  return [`${prefix}DELETE FROM ${sql}${where}${returning(node.returning, relation, env)}`];
}
