// What stands after FROM.

import { quoteName } from '../../sql/quote.ts';
import { refuse, type Env } from './env.ts';
import { pathArray, pathKeys } from './jsonPath.ts';
import { document } from './json.ts';
import { columnNamed, sameName, type Scope, type Source } from './scope.ts';
import { OTHER, TEXT, wrapped, type Term } from './terms.ts';
import type { FromClause, JoinedSelectTable, SelectTable } from '../ast.ts';
import type { Relation, RelationColumn } from '../types.ts';

export interface Listed extends Source {
  /** Columns that a join by name has merged into those of an earlier source. */
  readonly merged: ReadonlySet<string>;
}

export interface From {
  readonly sql: string;
  readonly sources: readonly Listed[];
  /** Merged columns are called by their bare name. */
  readonly shared: ReadonlySet<string>;
}

const [CROSS, NATURAL, LEFT, RIGHT] = [2, 4, 8, 16];

export function fromClause(node: FromClause, env: Env): From {
  if (node.select === undefined) return { sql: '', sources: [], shared: new Set() };
  const joins = node.joins ?? [];
  const commas = joins.every(({ operator, constraint }) => operator.type === 'CommaJoinOperator' && constraint === undefined);
  const first = table(node.select, { sql: '', sources: [], shared: new Set() }, env);
  return joins.reduce((from, join) => joined(from, join, commas, env), first);
}

function joined(from: From, join: JoinedSelectTable, commas: boolean, env: Env): From {
  const right = table(join.table, from, env);
  const type = join.operator.type === 'TypedJoinJoinOperator' ? join.operator.joinType ?? 0 : CROSS;
  const names = (type & NATURAL) !== 0 ? common(from, right) : join.constraint?.type === 'UsingJoinConstraint' ? join.constraint.columns.map(({ text }) => text) : [];
  const merged = right.sources.map((source) => ({ ...source, merged: new Set([...source.merged, ...names.map((name) => name.toLowerCase())]) }));
  const both: From = { sql: '', sources: [...from.sources, ...merged], shared: new Set([...from.shared, ...right.shared, ...names.map((name) => name.toLowerCase())]) };
  if (commas) return { ...both, sql: `${from.sql}, ${right.sql}` };
  const on = condition(join, names, from, right, { ...env, scope: inside(both, env.scope) });
  const outer = (type & LEFT) !== 0 && (type & RIGHT) !== 0 ? 'FULL JOIN' : (type & LEFT) !== 0 ? 'LEFT JOIN' : (type & RIGHT) !== 0 ? 'RIGHT JOIN' : null;
  const word = outer ?? (on === '' ? 'CROSS JOIN' : 'JOIN');
  return { ...both, sql: `${from.sql} ${word} ${right.sql}${on === '' && outer !== null ? ' ON TRUE' : on}` };
}

function condition(join: JoinedSelectTable, names: readonly string[], left: From, right: From, env: Env): string {
  if (join.constraint?.type === 'OnJoinConstraint') return ` ON ${env.via.condition(join.constraint.expr, env).sql}`;
  if (names.length === 0) return '';
  const pairs = names.map((name) => [find(left, name), find(right, name)]);
  const same = pairs.map(([one, other]) => (one !== undefined && one?.as === other?.as ? one?.as : undefined)).filter((name) => name !== undefined);
  if (same.length < names.length) return refuse(join, `USING (${names.join(', ')}): the columns are not spelled alike in both tables, which matters to PostgreSQL; write the join with ON`);
  return ` USING (${same.map(quoteName).join(', ')})`;
}

function find(from: From, name: string): RelationColumn | undefined {
  return from.sources.map(({ relation }) => columnNamed(relation, name)).find((column) => column !== null) ?? undefined;
}

function common(left: From, right: From): readonly string[] {
  return right.sources.flatMap(({ relation }) => relation.columns.map(({ name }) => name)).filter((name) => left.sources.some(({ relation }) => relation.columns.some((column) => sameName(column.name, name))));
}

export function inside(from: From, outer: Scope): Scope {
  return { sources: from.sources, outer };
}

function one(sql: string, alias: string, as: string, relation: Relation): From {
  return { sql, sources: [{ alias, as, relation, merged: new Set() }], shared: new Set() };
}

function table(node: SelectTable, before: From, env: Env): From {
  if (node.type === 'SubSelectTable') {
    if (node.alias !== undefined) refuse(node, 'a name for a join in parentheses: write it as a subquery');
    const inner = fromClause(node.from, env);
    return (node.from.joins ?? []).length === 0 ? inner : { ...inner, sql: `(${inner.sql})` };
  }
  const alias = node.alias?.name.text;
  if (node.type === 'SelectSelectTable') return subselect(node, alias ?? `q${node.span.offset}`, env);
  if (node.type === 'TableCallSelectTable') return tableCall(node, alias, before, env);
  const written = node.tblName.objName.text;
  const relation = env.context.relation(written);
  if (relation === null) return refuse(node, `there is no table ${written} here: correct the name`);
  return one(`${quoteName(relation.as)}${alias === undefined ? '' : ` AS ${quoteName(alias)}`}`, alias ?? written, alias ?? relation.as, relation);
}

function subselect(node: Extract<SelectTable, { type: 'SelectSelectTable' }>, alias: string, env: Env): From {
  const query = env.via.select(node.select, env, { want: null, named: true });
  return one(`(${query.sql}) AS ${quoteName(alias)}`, alias, alias, { name: alias, as: alias, columns: query.columns, rowid: null, keys: [] });
}

/** The elements of an array. What SQLite tells of them beside is not there. */
function tableCall(node: Extract<SelectTable, { type: 'TableCallSelectTable' }>, alias: string | undefined, before: From, env: Env): From {
  const name = node.tblName.objName.text.toLowerCase();
  const [value, path] = node.args ?? [];
  if (name !== 'json_each' || value === undefined) return refuse(node, `${name}(): PostgreSQL has no such table function; use jsonb_array_elements() or a recursive query`);
  const within = { ...env, scope: inside(before, env.scope) };
  const whole = document(value, within);
  const term: Term = path === undefined ? whole : { sql: `${wrapped(whole, OTHER)} #> ${pathArray(pathKeys(path, within))}`, type: whole.type, level: OTHER };
  const as = alias ?? 'json_each';
  const columns = ['value', 'key', 'type', 'atom', 'id', 'parent', 'fullkey', 'path'].map((column) => ({ name: column, as: column, type: TEXT, serial: false, generated: false, hasDefault: false }));
  env.context.note('FUNCTION_DIFFERS', 'json_each() goes through an array: PostgreSQL stops at an object', node.span.offset);
  return one(`jsonb_array_elements_text(${term.sql}) AS ${quoteName(as)}("value")`, as, as, { name: 'json_each', as, columns, rowid: null, keys: [] });
}
