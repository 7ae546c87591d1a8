// INSERT.

import { quoteName, quoteNames } from '../../sql/quote.ts';
import { assigned, isRounded, noteRounding } from './assignments.ts';
import { conflictClause } from './conflict.ts';
import { note, refuse, type Env } from './env.ts';
import { literalOf } from './literals.ts';
import { returning } from './returning.ts';
import { columnNamed } from './scope.ts';
import { withClause } from './with.ts';
import type { Expr, InsertStmt, Select } from '../ast.ts';
import type { Relation, RelationColumn } from '../types.ts';

export interface Inserted {
  readonly sql: string;
  readonly relation: Relation;
  /** Columns that fill themselves, and were given values. */
  readonly serial: readonly string[];
}

interface Rows {
  readonly columns: readonly RelationColumn[];
  readonly sql: string;
  readonly serial: readonly string[];
}

export function insert(node: InsertStmt, outer: Env): Inserted {
  const name = node.tblName.objName.text;
  const relation = outer.context.relation(name) ?? refuse(node.tblName, `there is no table ${name} here: correct the name`);
  const alias = node.tblName.alias?.text;
  const { sql: prefix, env } = node.with === undefined ? { sql: '', env: outer } : withClause(node.with, outer);
  const into = `${prefix}INSERT INTO ${quoteName(relation.as)}${alias === undefined ? '' : ` AS ${quoteName(alias)}`}`;
  const target = { alias: alias ?? name, as: alias ?? relation.as, relation };
  const after: Env = { ...env, scope: { sources: [target], outer: null } };
  if (node.body.type === 'DefaultValuesInsertBody') return { sql: `${into} DEFAULT VALUES${conflictClause(node, relation, [], target, env)}${returning(node.returning, relation, after)}`, relation, serial: [] };
  const given = columnsOf(node, relation, env);
  const rows = rowsOf(node.body.select, given, env);
  const conflict = conflictClause(node, relation, rows.columns, target, env);
  return { sql: `${into} (${quoteNames(rows.columns.map(({ as }) => as))}) ${rows.sql}${conflict}${returning(node.returning, relation, after)}`, relation, serial: rows.serial };
}

function columnsOf(node: InsertStmt, relation: Relation, env: Env): readonly RelationColumn[] {
  if (node.columns === undefined) {
    note(env, 'COLUMNS_WRITTEN_OUT', `INSERT INTO ${node.tblName.objName.text} had no column list: SQLite's column order written out`, node);
    return relation.columns.filter(({ generated }) => !generated);
  }
  return node.columns.map((name) => columnNamed(relation, name.text) ?? refuse(name, `there is no column ${name.text} in ${relation.name}: correct the name`));
}

function rowsOf(select: Select, columns: readonly RelationColumn[], env: Env): Rows {
  const plain = select.with === undefined && select.compounds === undefined && select.orderBy === undefined && select.limit === undefined;
  if (select.select.type === 'SelectValues' && plain) return valueRows(select.select.values.map(({ values }) => values), columns, env);
  return selectedRows(select, columns, env);
}

function valueRows(rows: readonly (readonly Expr[])[], columns: readonly RelationColumn[], env: Env): Rows {
  const serial = new Set<string>();
  const list = rows.map((row) => {
    const values = row.map((value, index) => {
      const column = columns[index];
      // SQLite chooses the next number for a NULL.
      if (column?.serial === true && literalOf(value, env)?.kind === 'null') return 'DEFAULT';
      if (column?.serial === true) serial.add(column.as);
      return assigned(value, column, env).sql;
    });
    return `(${values.join(', ')})`;
  });
  return { columns, sql: `VALUES ${list.join(', ')}`, serial: [...serial] };
}

/** A column that fills itself and is only given NULL is left out. */
function selectedRows(select: Select, columns: readonly RelationColumn[], env: Env): Rows {
  const arm = select.select;
  const stars = arm.type === 'SelectFrom' && arm.columns.some(({ type }) => type !== 'ExprResultColumn');
  const empty = (index: number): boolean => arm.type === 'SelectFrom' && !stars && select.compounds === undefined && nullAt(arm.columns[index], env);
  const kept = columns.map((column, index) => ({ column, index })).filter(({ column, index }) => !(column.serial && empty(index)));
  const gone = new Set(columns.map((_, index) => index).filter((index) => !kept.some((one) => one.index === index)));
  const left: Select = gone.size === 0 || arm.type !== 'SelectFrom' ? select : { ...select, select: { ...arm, columns: arm.columns.filter((_, index) => !gone.has(index)) } };
  const query = env.via.select(left, env, { want: kept.map(({ column }) => column.type), named: false, feeds: true });
  kept.forEach(({ column, index }, at) => {
    const value = arm.type === 'SelectFrom' && !stars ? arm.columns[index] : undefined;
    if (value?.type !== 'ExprResultColumn' || !isRounded(value.expr)) noteRounding(query.columns[at]?.type ?? null, column, value?.type === 'ExprResultColumn' ? value.expr : select, env);
  });
  return { columns: kept.map(({ column }) => column), sql: query.sql, serial: kept.filter(({ column }) => column.serial).map(({ column }) => column.as) };
}

function nullAt(column: Extract<Select['select'], { type: 'SelectFrom' }>['columns'][number] | undefined, env: Env): boolean {
  return column?.type === 'ExprResultColumn' && literalOf(column.expr, env)?.kind === 'null';
}
