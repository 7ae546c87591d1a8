// A history played in an embedded SQLite, with what it holds before and after each statement. Only what changes the schema is done;
// statements over rows are prepared, which resolves their names, and leaves no row that could make a later one fail.

import type { CreateTriggerStmt, Stmt } from './ast.ts';
import { lower, type State } from './state.ts';
import { SqliteRefusal, SqliteSyntax, type Grammar, type NoteCode, type Refused, type SchemaRow, type SourceFile, type SqliteDatabase, type Statement } from './types.ts';

export interface Step extends Statement {
  readonly before: State;
  readonly after: State;
  /** Grows by one with each statement of the whole history. */
  readonly time: number;
  /** SQLite's foreign keys are off here. */
  readonly keysOff: boolean;
  /** It was not done: nothing stands for it, or nothing can. */
  readonly apart: { readonly kind: 'note' | 'manual'; readonly code: NoteCode; readonly message: string } | null;
}

export interface Recording {
  readonly name: string;
  readonly sql: string;
  readonly steps: readonly Step[];
  readonly start: State;
  readonly end: State;
}

export interface Player {
  readonly database: SqliteDatabase;
  readonly grammar: Grammar;
  readonly read: (rows: readonly SchemaRow[]) => State;
  /** Tables of modules that are not embedded, such as full-text search; by lower-case name. */
  readonly virtual: Set<string>;
  time: number;
  keysOff: boolean;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}

/** Throws Refusal where SQLite cannot read a statement, or refuses it. */
export function record({ name, sql }: SourceFile, player: Player): Recording {
  const start = player.read(player.database.schema());
  const steps: Step[] = [];
  let before = start;
  // Prisma opens a connection for all of a history, and leaves it as a migration left it.
  let keysOff = player.keysOff;
  for (const statement of statementsOf(name, sql, player.grammar)) {
    const apart = standsApart(statement.node, player.virtual);
    try {
      if (apart === null) play(statement.node, sql.slice(statement.start, statement.end), player.database);
    } catch (error) {
      if (!(error instanceof SqliteRefusal)) throw error;
      throw new Refusal({ name, message: `SQLite refuses this statement: ${error.message}`, offset: statement.start });
    }
    const after = apart === null && changesSchema(statement.node) ? player.read(player.database.schema()) : before;
    if (apart === null && isKeySwitch(statement.node)) keysOff = String(player.database.rows('PRAGMA foreign_keys')[0]?.[0]) === '0';
    steps.push({ ...statement, before, after, time: player.time++, apart, keysOff });
    before = after;
  }
  player.keysOff = keysOff;
  return { name, sql, steps, start, end: before };
}

function isKeySwitch(node: Stmt): boolean {
  return node.type === 'PragmaStmt' && lower(node.name.objName.text) === 'foreign_keys' && node.body !== undefined;
}

function statementsOf(name: string, sql: string, grammar: Grammar): readonly Statement[] {
  try {
    return grammar.statements(sql);
  } catch (error) {
    if (!(error instanceof SqliteSyntax)) throw error;
    throw new Refusal({ name, message: `neither SQLite nor PostgreSQL can read this: ${error.message}`, offset: error.offset });
  }
}

const SCHEMA_STATEMENTS: readonly Stmt['type'][] = ['CreateTableStmt', 'CreateIndexStmt', 'CreateViewStmt', 'AlterTableStmt', 'DropTableStmt', 'DropIndexStmt', 'DropViewStmt'];
const ROW_STATEMENTS: readonly Stmt['type'][] = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'SelectStmt'];
/** They change how SQLite reads what follows. */
const HEEDED = ['foreign_keys', 'legacy_alter_table', 'writable_schema', 'defer_foreign_keys'];

const changesSchema = ({ type }: Stmt) => SCHEMA_STATEMENTS.includes(type);

function play(node: Stmt, sql: string, database: SqliteDatabase): void {
  if (changesSchema(node)) database.run(sql);
  if (ROW_STATEMENTS.includes(node.type)) database.prepare(sql);
  if (node.type === 'PragmaStmt' && HEEDED.includes(lower(node.name.objName.text))) database.run(sql);
}

function standsApart(node: Stmt, virtual: Set<string>): Step['apart'] {
  const manual = (code: NoteCode, message: string) => ({ kind: 'manual', code, message }) as const;
  if (node.type === 'CreateVirtualTableStmt') {
    const name = node.tblName.objName.text;
    for (const end of ['', '_content', '_data', '_idx', '_docsize', '_config', '_segments', '_segdir', '_stat', '_node', '_parent', '_rowid']) virtual.add(lower(name) + end);
    return manual('VIRTUAL_TABLE', `${name} is a virtual table (${node.moduleName.text}): PostgreSQL searches text with a tsvector column and a GIN index`);
  }
  const touched = mentions(node).find((name) => virtual.has(name));
  if (node.type === 'DropTableStmt' && touched !== undefined) return { kind: 'note', code: 'DROPPED_STATEMENT', message: `${node.tblName.objName.text} was a virtual table, and is not there` };
  if (node.type === 'CreateTriggerStmt') return manual('TRIGGER', triggerWords(node));
  if (node.type === 'DropTriggerStmt') return { kind: 'note', code: 'DROPPED_STATEMENT', message: `the trigger ${node.triggerName.objName.text} was not translated, so there is nothing to drop` };
  if (node.type === 'AttachStmt' || node.type === 'DetachStmt') return manual('ATTACH', 'a PostgreSQL connection has one database: bring the rows over with COPY or a foreign data wrapper');
  return touched === undefined ? null : manual('VIRTUAL_TABLE', `${touched} is a virtual table, which has no translation`);
}

function triggerWords({ triggerName, tblName, event, commands }: CreateTriggerStmt): string {
  const [first, second] = commands;
  const stamps = event.type.startsWith('Update') && second === undefined && first?.type === 'UpdateTriggerCmd' && lower(first.tblName.objName.text) === lower(tblName.objName.text) && first.sets.every(({ colNames }) => colNames.every(({ text }) => /updat|modif/i.test(text)));
  if (stamps) return `the trigger ${triggerName.objName.text} stamps a column at every update: leave it away where the schema says @updatedAt, for Prisma writes it; else a BEFORE UPDATE trigger with a function that sets NEW.${first.sets[0]?.colNames[0]?.text ?? ''}`;
  return `the trigger ${triggerName.objName.text}: a trigger of PostgreSQL calls a function; write both by hand (CREATE FUNCTION ... RETURNS trigger, CREATE TRIGGER)`;
}

/** Lower-case names of all tables, views and indexes that a statement names. */
export function mentions(node: unknown): readonly string[] {
  const names = new Set<string>();
  collect(node, names);
  return [...names];
}

function collect(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) collect(one, names);
    return;
  }
  const { type, objName, tblName } = node as { readonly type?: string; readonly objName?: { readonly text: string }; readonly tblName?: { readonly type?: string; readonly text?: string } };
  if (type === 'QualifiedName' && objName !== undefined) names.add(lower(objName.text));
  if (tblName?.type === 'Name' && tblName.text !== undefined) names.add(lower(tblName.text));
  for (const [key, value] of Object.entries(node)) if (key !== 'span' && typeof value === 'object') collect(value, names);
}
