// What becomes of a row that is there already: OR IGNORE, OR REPLACE, ON CONFLICT.

import { quoteName, quoteNames } from '../../sql/quote.ts';
import { note, refuse, type Env } from './env.ts';
import { assignments } from './assignments.ts';
import { columnNamed, sameName, type Source } from './scope.ts';
import type { InsertStmt, Upsert } from '../ast.ts';
import type { Relation, RelationColumn } from '../types.ts';

/** With a space before; empty for none. */
export function conflictClause(node: InsertStmt, relation: Relation, columns: readonly RelationColumn[], target: Source, env: Env): string {
  const upsert = node.body.type === 'SelectInsertBody' ? node.body.upsert : undefined;
  switch (node.orConflict) {
    case undefined: case 'Abort': return upsert === undefined ? '' : upserted(upsert, relation, columns, target, env);
    case 'Ignore':
      note(env, 'CONFLICT_CLAUSE', 'INSERT OR IGNORE: only unique conflicts are ignored in PostgreSQL', node);
      return ' ON CONFLICT DO NOTHING';
    case 'Replace': return replaced(node, relation, columns, env);
    default: return refuse(node, `INSERT OR ${node.orConflict.toUpperCase()}: PostgreSQL takes a statement back as a whole; write INSERT`);
  }
}

/** The unique keys all of whose columns are given. */
function candidates(relation: Relation, columns: readonly RelationColumn[]): readonly (readonly string[])[] {
  return relation.keys.filter((key) => key.every((name) => columns.some((column) => sameName(column.name, name))));
}

function named(relation: Relation, key: readonly string[]): string {
  return quoteNames(key.map((name) => columnNamed(relation, name)?.as ?? name));
}

function replaced(node: InsertStmt, relation: Relation, columns: readonly RelationColumn[], env: Env): string {
  const [key, more] = candidates(relation, columns);
  if (key === undefined) return refuse(node, `INSERT OR REPLACE INTO ${relation.name} gives no unique key a value for all of its columns: write INSERT .. ON CONFLICT (…) DO UPDATE`);
  if (more !== undefined) return refuse(node, `INSERT OR REPLACE INTO ${relation.name}: each of several unique keys may meet another row, and SQLite deletes them all: write INSERT .. ON CONFLICT (…) DO UPDATE`);
  note(env, 'CONFLICT_CLAUSE', 'INSERT OR REPLACE: the row is updated, where SQLite deletes it and inserts another', node);
  const others = relation.columns.filter(({ name, generated }) => !generated && !key.some((one) => sameName(one, name)));
  if (others.length === 0) return ` ON CONFLICT (${named(relation, key)}) DO NOTHING`;
  const sets = others.map((column) => `${quoteName(column.as)} = ${columns.some(({ as }) => as === column.as) ? `EXCLUDED.${quoteName(column.as)}` : 'DEFAULT'}`);
  return ` ON CONFLICT (${named(relation, key)}) DO UPDATE SET ${sets.join(', ')}`;
}

function upserted(node: Upsert, relation: Relation, columns: readonly RelationColumn[], target: Source, env: Env): string {
  if (node.next !== undefined) return refuse(node, 'several ON CONFLICT clauses: PostgreSQL takes one');
  const where = conflictTarget(node, relation, columns, target, env);
  if (node.doClause.type === 'NothingUpsertDo') return ` ON CONFLICT${where} DO NOTHING`;
  const excluded: Source = { alias: 'excluded', as: 'excluded', relation: { ...relation, name: 'excluded', as: 'excluded' } };
  const inside: Env = { ...env, scope: { sources: [target, excluded], outer: null, qualify: true } };
  const { list } = assignments(node.doClause.sets, relation, inside);
  const condition = node.doClause.whereClause === undefined ? '' : ` WHERE ${inside.via.condition(node.doClause.whereClause, inside).sql}`;
  return ` ON CONFLICT${where} DO UPDATE SET ${list}${condition}`;
}

function conflictTarget(node: Upsert, relation: Relation, columns: readonly RelationColumn[], target: Source, env: Env): string {
  if (node.index === undefined) {
    if (node.doClause.type === 'NothingUpsertDo') return '';
    const [key, more] = candidates(relation, columns);
    return key === undefined || more !== undefined ? refuse(node, 'ON CONFLICT DO UPDATE without the columns of a unique key: name them') : ` (${named(relation, key)})`;
  }
  const inside: Env = { ...env, scope: { sources: [target], outer: null } };
  const parts = node.index.targets.map(({ expr }) => (expr.type === 'Id' ? quoteName(columnNamed(relation, expr.name)?.as ?? refuse(expr, `there is no column ${expr.name} in ${relation.name}`)) : `(${inside.via.term(expr, inside, null).sql})`));
  const where = node.index.whereClause === undefined ? '' : ` WHERE ${inside.via.condition(node.index.whereClause, inside).sql}`;
  return ` (${parts.join(', ')})${where}`;
}
