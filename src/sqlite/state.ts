// What SQLite holds at one moment, read from the texts of `sqlite_schema` with its own grammar: SQLite rewrites these texts itself
// at every ADD COLUMN and RENAME, so they are the truth; its PRAGMAs tell much less.

import type { ColumnConstraint, ColumnDefinition, CreateIndexStmt, CreateViewStmt, NamedTableConstraint, SortedColumn } from './ast.ts';
import type { Grammar, SchemaRow } from './types.ts';

export interface RawColumn {
  readonly name: string;
  /** As declared, without the size in parentheses; `null` where there is none. */
  readonly declared: string | null;
  readonly constraints: readonly { readonly name: string | null; readonly constraint: ColumnConstraint }[];
}

export interface RawTable {
  readonly name: string;
  /** The text that the syntax tree's spans point into. */
  readonly sql: string;
  readonly columns: readonly RawColumn[];
  readonly constraints: readonly NamedTableConstraint[];
  readonly withoutRowid: boolean;
  readonly temporary: boolean;
}

export interface RawIndex {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  readonly node: CreateIndexStmt;
}

export interface RawView {
  readonly name: string;
  readonly temporary: boolean;
  readonly sql: string;
  readonly node: CreateViewStmt;
}

/** By lower-case name. */
export interface State {
  readonly tables: ReadonlyMap<string, RawTable>;
  readonly indexes: ReadonlyMap<string, RawIndex>;
  readonly views: ReadonlyMap<string, RawView>;
}

export const NOTHING: State = { tables: new Map(), indexes: new Map(), views: new Map() };

/** SQLite folds ASCII letters only. */
export function lower(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Texts that were read before are not read again: one statement changes one object or two. */
export function stateReader(grammar: Grammar): (rows: readonly SchemaRow[]) => State {
  const known = new Map<string, RawTable | RawIndex | RawView | null>();
  return (rows) => {
    const tables = new Map<string, RawTable>();
    const indexes = new Map<string, RawIndex>();
    const views = new Map<string, RawView>();
    for (const row of rows) {
      if (row.sql === null || row.type === 'trigger') continue;
      const key = `${row.type} ${row.name} ${row.temporary} ${row.sql}`;
      const found = known.get(key) ?? read(row, row.sql, grammar);
      known.set(key, found);
      if (found === null) continue;
      if ('columns' in found) tables.set(lower(row.name), found);
      else if ('table' in found) indexes.set(lower(row.name), found);
      else views.set(lower(row.name), found);
    }
    return { tables, indexes, views };
  };
}

const WITHOUT_ROWID = 128;

function read(row: SchemaRow, sql: string, grammar: Grammar): RawTable | RawIndex | RawView | null {
  const node = grammar.statements(sql)[0]?.node;
  if (node?.type === 'CreateIndexStmt') return { name: row.name, table: row.table, sql, node };
  if (node?.type === 'CreateViewStmt') return { name: row.name, temporary: row.temporary, sql, node };
  if (node?.type !== 'CreateTableStmt' || node.body.type !== 'ColumnsAndConstraintsCreateTableBody') return null;
  const { columns, constraints = [], flags } = node.body;
  return { name: row.name, sql, columns: columns.map(column), constraints, withoutRowid: (flags & WITHOUT_ROWID) !== 0, temporary: row.temporary };
}

function column({ colName, colType, constraints }: ColumnDefinition): RawColumn {
  // SQLite's grammar takes the words GENERATED ALWAYS for the end of the type, and SQLite itself cuts them off.
  const declared = colType?.name.replace(/\s*\bgenerated\s+always$/i, '') ?? '';
  return { name: colName.text, declared: declared === '' ? null : declared, constraints: constraints.map(({ name, constraint }) => ({ name: name?.text ?? null, constraint })) };
}

/** The column a part of a key names; `null` for an expression. SQLite reads 'x' as a name here. */
export function partName({ expr }: SortedColumn): string | null {
  const inner = expr.type === 'CollateExpr' ? expr.expr : expr;
  return inner.type === 'Id' ? inner.name : inner.type === 'StringLiteral' ? inner.value : inner.type === 'NameExpr' ? inner.name.text : null;
}

export interface RawKey {
  readonly columns: readonly string[];
  readonly autoincrement: boolean;
}

/** The primary key as declared, in the table's own spelling of names. */
export function rawPrimaryKey(table: RawTable): RawKey | null {
  for (const { name, constraints } of table.columns) {
    for (const { constraint } of constraints) if (constraint.type === 'PrimaryKeyColumnConstraint') return { columns: [name], autoincrement: constraint.autoIncrement };
  }
  for (const { constraint } of table.constraints) {
    if (constraint.type === 'PrimaryKeyTableConstraint') return { columns: constraint.columns.map((part) => spelled(table, partName(part) ?? '')), autoincrement: constraint.autoIncrement };
  }
  return null;
}

/** The table's own spelling of a column's name. */
export function spelled(table: RawTable, name: string): string {
  return table.columns.find((one) => lower(one.name) === lower(name))?.name ?? name;
}
