// What Prisma's engine misreads in a SQLite schema, found by name, and the same schema without it.

import type { ColumnDefinition, CreateTableStmt, ForeignKeyClause } from '../../sqlite/ast.ts';
import type { Grammar, SchemaRow } from '../../sqlite/types.ts';
import { quoteName } from '../../sql/quote.ts';
import type { SqliteColumn, SqliteTable, SqliteTables } from './tables.ts';

/** A column of which one thing cannot be judged. */
export interface Excused {
  readonly table: string;
  readonly column: string;
  readonly what: 'default' | 'type';
}

export interface StandIn {
  /** CREATE texts by lower-case name where they differ from SQLite's own. */
  readonly texts: ReadonlyMap<string, string>;
  readonly excused: readonly Excused[];
  readonly gaps: readonly string[];
}

/** sql-schema-describer: every other type is Unsupported to the engine. */
const KNOWN_TYPE = /^(int|integer|serial|bigint|real|float|double|boolean|text|.*char.*|.*numeric.*|.*decimal.*|date|datetime|timestamp|binary|blob|jsonb)$/;
const NUMBER = /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/;
const STRING = /^'(?:[^']|'')*'$/s;

export function standIn(tables: SqliteTables, grammar: Grammar): StandIn {
  const texts = new Map<string, string>();
  const excused: Excused[] = [];
  const gaps: string[] = [];
  for (const [key, table] of tables) {
    const cuts: Cut[] = [];
    for (const column of table.columns) {
      for (const { what, cut, words } of misread(column)) {
        gaps.push(`${table.name}.${column.name}: ${words}, so its ${what} was not compared`);
        excused.push({ table: table.name, column: column.name, what });
        cuts.push({ column: column.name, part: cut });
      }
    }
    const otherCase = table.references.some((one) => one.otherCase);
    if (cuts.length > 0 || otherCase) texts.set(key, rewritten(table, cuts, tables, grammar));
  }
  return { texts, excused, gaps };
}

/** Prisma carries a predicate over letter by letter, and PostgreSQL's grammar has no `[a]` and no GLOB: those are held to be true. */
export function readablePredicates(rows: readonly SchemaRow[], grammar: Grammar, isReadable: (sql: string) => boolean): ReadonlyMap<string, string> {
  return new Map(rows.flatMap(({ type, name, sql }) => {
    const node = type === 'index' && sql !== null ? grammar.statements(sql)[0]?.node : undefined;
    if (sql === null || node?.type !== 'CreateIndexStmt' || node.whereClause === undefined) return [];
    const { offset, length } = node.whereClause.span;
    return isReadable(sql.slice(offset, offset + length)) ? [] : [[name.toLowerCase(), `${sql.slice(0, offset)}1 = 1`] as const];
  }));
}

interface Cut {
  readonly column: string;
  readonly part: 'default' | 'generated' | 'type';
}

interface Misreading {
  readonly what: Excused['what'];
  readonly cut: Cut['part'];
  readonly words: string;
}

function misread({ type, generated, default: text }: SqliteColumn): readonly Misreading[] {
  const typed: readonly Misreading[] = KNOWN_TYPE.test(type) ? [] : [{ what: 'type', cut: 'type', words: `Prisma has no name for the type ${type === '' ? 'of a column without one' : type}` }];
  if (generated) return [...typed, { what: 'default', cut: 'generated', words: 'Prisma does not see generated columns of SQLite' }];
  if (typed.length > 0 || text === null || /^null$/i.test(text) || readable(type, text)) return typed;
  return [{ what: 'default', cut: 'default', words: `Prisma does not read the default ${text} as SQLite does` }];
}

function readable(type: string, text: string): boolean {
  if (/^(text|.*char.*)$/.test(type)) return STRING.test(text);
  if (/^(date|datetime|timestamp)$/.test(type)) return /^(current_timestamp|datetime\('now'\))$/i.test(text);
  if (type === 'boolean') return /^(true|false|0|1)$/i.test(text);
  return /^(jsonb|blob|binary)$/.test(type) ? false : NUMBER.test(text);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function rewritten(table: SqliteTable, cuts: readonly Cut[], tables: SqliteTables, grammar: Grammar): string {
  const [statement] = grammar.statements(table.sql);
  const node = statement?.node;
  if (node?.type !== 'CreateTableStmt' || node.body.type !== 'ColumnsAndConstraintsCreateTableBody') return table.sql;
  const edits = [...cuts.flatMap((cut) => cutEdits(cut, node.body)), ...clauses(node.body).flatMap((clause) => caseEdits(clause, tables))];
  return edits.sort((a, b) => b.start - a.start).reduce((sql, { start, end, text }) => sql.slice(0, start) + text + sql.slice(end), table.sql);
}

type Body = CreateTableStmt['body'];

function columnsOf(body: Body): readonly ColumnDefinition[] {
  return body.type === 'ColumnsAndConstraintsCreateTableBody' ? body.columns : [];
}

function cutEdits({ column, part }: Cut, body: Body): readonly Edit[] {
  const definition = columnsOf(body).find(({ colName }) => colName.text.toLowerCase() === column.toLowerCase());
  if (definition === undefined) return [];
  const spans = definition.constraints.filter(({ constraint }) => constraint.type === (part === 'generated' ? 'GeneratedColumnConstraint' : 'DefaultColumnConstraint')).map(({ span }) => ({ start: span.offset, end: span.offset + span.length, text: '' }));
  if (part !== 'type') return spans;
  const at = definition.colType?.span ?? { offset: definition.colName.span.offset + definition.colName.span.length, length: 0 };
  return [...spans, { start: at.offset, end: at.offset + at.length, text: ' TEXT' }];
}

function clauses(body: Body): readonly ForeignKeyClause[] {
  if (body.type !== 'ColumnsAndConstraintsCreateTableBody') return [];
  const inline = body.columns.flatMap(({ constraints }) => constraints.flatMap(({ constraint }) => (constraint.type === 'ForeignKeyColumnConstraint' ? [constraint.clause] : [])));
  return [...inline, ...(body.constraints ?? []).flatMap(({ constraint }) => (constraint.type === 'ForeignKeyTableConstraint' ? [constraint.clause] : []))];
}

/** The engine looks for a foreign key's target by its exact letters; SQLite does not. */
function caseEdits({ tblName, columns }: ForeignKeyClause, tables: SqliteTables): readonly Edit[] {
  const target = tables.get(tblName.text.toLowerCase());
  if (target === undefined) return [];
  const replace = ({ span }: { readonly span: { readonly offset: number; readonly length: number } }, name: string): Edit => ({ start: span.offset, end: span.offset + span.length, text: quoteName(name) });
  const named = (name: string) => target.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name ?? name;
  return [replace(tblName, target.name), ...(columns ?? []).map(({ colName }) => replace(colName, named(colName.text)))];
}
