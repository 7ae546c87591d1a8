// What keeps a migration file from running, told from its text, with the parts it would have to be cut into to run.

import type { MigrationFile } from './history.ts';
import { body, type Reader, type Statement } from './script.ts';
import { lex, LexError } from '../sql/lex.ts';
import { quoteText } from '../sql/quote.ts';

export type ProblemCode = 'NO_FILE' | 'UTF16' | 'BOM' | 'PSQL_COMMAND' | 'SEARCH_PATH' | 'OPEN_TRANSACTION' | 'HIDDEN_ERROR' | 'CONCURRENTLY' | 'ENUM_USED' | 'SINGLE_DOLLAR' | 'ELSEWHERE' | 'SYNTAX';

export interface FileProblem {
  readonly code: ProblemCode;
  readonly message: string;
  /** UTF-16 offset in the file. */
  readonly offset: number;
  /** Texts of the files that would run in its place, the first under its own name; `null` where a person has to write them. */
  readonly parts: readonly string[] | null;
  /** `false`: it runs, but not as one expects. */
  readonly fails: boolean;
}

/** The first thing in the way, `null` where there is none. `alone`: each statement commits by itself, as in Prisma from 7.4 on. */
export function fileProblem(file: MigrationFile, read: Reader, alone: boolean): FileProblem | null {
  const { sql } = file;
  if (file.missing) return problem('NO_FILE', 'its directory has no migration.sql: deploy stops there with P3015', 0, null);
  if (file.utf16 !== null) return problem('UTF16', 'migration.sql is UTF-16 (PowerShell\'s > writes that); PostgreSQL reads UTF-8', 0, [file.utf16]);
  if (sql.includes('\0')) return problem('SYNTAX', 'migration.sql holds a NUL character', sql.indexOf('\0'), null);
  if (sql.startsWith('\uFEFF')) return problem('BOM', 'migration.sql begins with a byte order mark: PostgreSQL answers with a syntax error', 0, [sql.slice(1)]);
  const [command] = psqlCommands(sql);
  if (command !== undefined) return problem('PSQL_COMMAND', `${sql.slice(command).split(/\s/, 1)[0]} is a command of psql, which Prisma does not know`, command, psqlCommands(sql).every((at) => DOES_NOTHING.test(sql.slice(at))) ? dumped(withoutPsql(sql), read) : null);
  const script = read.script(sql);
  if (script.problem !== null) return unreadable(sql, script.problem);
  return ofStatements(sql, script.statements, read, alone);
}

function problem(code: ProblemCode, message: string, offset: number, parts: readonly string[] | null, fails = true): FileProblem {
  return { code, message, offset, parts, fails };
}

function unreadable(sql: string, { message, offset }: { readonly message: string; readonly offset: number }): FileProblem {
  const single = /\bDO\s+\$\s/i.exec(sql);
  if (single !== null) return problem('SINGLE_DOLLAR', 'a DO block is quoted with one $ where PostgreSQL wants $$ on both sides', single.index, null);
  return problem('SYNTAX', message, offset, null);
}

/** Offsets of psql's own commands, which stand at the beginning of a line and reach to its end. */
function psqlCommands(sql: string): readonly number[] {
  if (!/^[ \t]*\\[a-z!?]/im.test(sql)) return [];
  try {
    return [...lex(sql)].filter(({ kind, value, start }) => kind === 'operator' && value.startsWith('\\') && /(^|\n)[ \t]*$/.test(sql.slice(0, start))).map(({ start }) => start);
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
    return [];
  }
}

/** What `pg_dump` writes, and what only speaks; `\\i` and `\\copy` are work that somebody has to replace. */
const DOES_NOTHING = /^\\(restrict|unrestrict|encoding|echo|qecho|timing|pset|set ON_ERROR_STOP)\b/;

function withoutPsql(sql: string): string {
  let text = sql;
  for (const start of [...psqlCommands(sql)].reverse()) {
    const end = text.indexOf('\n', start);
    text = text.slice(0, start) + (end === -1 ? '' : text.slice(end + 1));
  }
  return text;
}

function ofStatements(sql: string, statements: readonly Statement[], read: Reader, alone: boolean): FileProblem | null {
  const split = alone && statements.every(isSplit);
  const path = statements.find(movesSearchPath);
  if (path !== undefined) return problem('SEARCH_PATH', 'it changes search_path for the rest of the session: Prisma then does not find its ledger (P1014), and the objects stay', path.offset, statements.filter(movesSearchPath).every(isEmptied) ? dumped(sql, read) : null);
  const open = openTransaction(statements);
  if (open !== null) return problem('OPEN_TRANSACTION', 'BEGIN without COMMIT: deploy says success, and nothing stays', open.offset, [`${sql.trimEnd()}\n${endsOf(sql).at(-1) === undefined || endsBare(sql) ? ';\n' : ''}\nCOMMIT;\n`]);
  const concurrent = statements.find((one) => isConcurrent(one));
  if (concurrent !== undefined && statements.length > 1) return problem('CONCURRENTLY', 'an index is built CONCURRENTLY beside other statements: PostgreSQL refuses that in one message (25001, Prisma up to 7.3)', concurrent.offset, cut(sql, statements, isConcurrent), !split);
  const value = usedValue(statements);
  if (value !== null) return problem('ENUM_USED', `the new enum value ${value.label} is used in the file that adds it (55P04, Prisma up to 7.3)`, value.statement.offset, cut(sql, statements, (one) => body(one, 'AlterEnumStmt') !== null), !split);
  const begin = statements.find((one) => transactionKind(one) === 'TRANS_STMT_BEGIN' || transactionKind(one) === 'TRANS_STMT_START');
  if (begin !== undefined) return problem('HIDDEN_ERROR', 'it has a transaction of its own: when a statement fails, Prisma shows and keeps only "current transaction is aborted"', begin.offset, null, false);
  return null;
}

interface Call {
  readonly funcname?: readonly { readonly String?: { readonly sval?: string } }[];
  readonly args?: readonly { readonly A_Const?: { readonly sval?: { readonly sval?: string }; readonly boolval?: { readonly boolval?: boolean } } }[];
}

interface Target {
  readonly ResTarget?: { readonly val?: { readonly FuncCall?: Call } };
}

/** `set_config('search_path', …, false)`: not for the transaction alone. */
function setsSearchPath(call: Call | undefined): boolean {
  const [name, , local] = call?.args ?? [];
  return call?.funcname?.at(-1)?.String?.sval === 'set_config' && name?.A_Const?.sval?.sval === 'search_path' && local?.A_Const?.boolval?.boolval !== true;
}

function movesSearchPath(statement: Statement): boolean {
  const set = body(statement, 'VariableSetStmt');
  if (set !== null) return set['name'] === 'search_path' && set['is_local'] !== true;
  const targets = body(statement, 'SelectStmt')?.['targetList'];
  return Array.isArray(targets) && targets.some((target: Target) => setsSearchPath(target.ResTarget?.val?.FuncCall));
}

/** As pg_dump does, which then names every schema; after any other path, names without a schema mean something else. */
function isEmptied(statement: Statement): boolean {
  const set = body(statement, 'VariableSetStmt');
  const values = set === null ? ((body(statement, 'SelectStmt')?.['targetList'] ?? []) as readonly Target[]).map(({ ResTarget }) => ResTarget?.val?.FuncCall?.args?.[1]) : (set['args'] as Call['args'] | undefined);
  return (values ?? []).every((value) => ['', 'pg_catalog'].includes(value?.A_Const?.sval?.sval ?? ''));
}

/** What pg_dump writes around a schema: settings of the session, owners. Cut out; the rest is kept to the byte. */
function dumped(sql: string, read: Reader): readonly string[] | null {
  const { statements, problem: refused } = read.script(sql);
  if (refused !== null) return null;
  const gone = statements.filter((one) => isSetting(one) || movesSearchPath(one) || body(one, 'AlterOwnerStmt') !== null || isOwner(one));
  let text = sql;
  for (const { offset, text: slice } of [...gone].reverse()) text = text.slice(0, offset) + text.slice(offset + slice.length).replace(/^\s*;[ \t]*\n?/, '');
  return [text];
}

/** Without `check_function_bodies = off` a function may not come before the tables it reads, and in a dump it does. */
function isSetting(statement: Statement): boolean {
  const name = body(statement, 'VariableSetStmt')?.['name'];
  return typeof name === 'string' && name !== 'check_function_bodies';
}

function isOwner(statement: Statement): boolean {
  const commands = body(statement, 'AlterTableStmt')?.['cmds'];
  return Array.isArray(commands) && commands.every((one: { AlterTableCmd?: { subtype?: string } }) => one.AlterTableCmd?.subtype === 'AT_ChangeOwner');
}

function transactionKind(statement: Statement): string | null {
  const kind = body(statement, 'TransactionStmt')?.['kind'];
  return typeof kind === 'string' ? kind : null;
}

function openTransaction(statements: readonly Statement[]): Statement | null {
  let open: Statement | null = null;
  for (const statement of statements) {
    const kind = transactionKind(statement);
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') open = statement;
    if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK') open = null;
  }
  return open;
}

/** Prisma's own reader (sqlparser 0.61) does not know these; over one of them it sends the whole file as one message again. */
const UNKNOWN_TO_PRISMA = ['DoStmt', 'AlterDefaultPrivilegesStmt', 'AlterSeqStmt', 'ReindexStmt', 'RefreshMatViewStmt', 'AlterFunctionStmt', 'CreateEventTrigStmt', 'CreatePublicationStmt'];
const UNKNOWN_COMMANDS = ['AT_AttachPartition', 'AT_SetStatistics'];

function isSplit(statement: Statement): boolean {
  if (UNKNOWN_TO_PRISMA.some((name) => body(statement, name) !== null) || body(statement, 'DropStmt')?.['concurrent'] === true) return false;
  const commands = (body(statement, 'AlterTableStmt')?.['cmds'] ?? []) as readonly { readonly AlterTableCmd?: { readonly subtype?: string; readonly def?: { readonly Constraint?: { readonly contype?: string; readonly indexname?: string } } } }[];
  return commands.every(({ AlterTableCmd: one }) => !UNKNOWN_COMMANDS.includes(one?.subtype ?? '') && one?.def?.Constraint?.contype !== 'CONSTR_EXCLUSION' && one?.def?.Constraint?.indexname === undefined);
}

function isConcurrent(statement: Statement): boolean {
  return body(statement, 'IndexStmt')?.['concurrent'] === true || body(statement, 'DropStmt')?.['concurrent'] === true;
}

/** A label that is added and then written somewhere else in the same transaction. A file with a transaction of its own may commit between. */
function usedValue(statements: readonly Statement[]): { readonly label: string; readonly statement: Statement } | null {
  if (statements.some((one) => transactionKind(one) === 'TRANS_STMT_COMMIT')) return null;
  for (const [at, statement] of statements.entries()) {
    const added = body(statement, 'AlterEnumStmt');
    if (added === null || typeof added['newVal'] !== 'string' || typeof added['oldVal'] === 'string') continue;
    const label = quoteText(added['newVal']);
    const user = statements.slice(at + 1).find((one) => body(one, 'AlterEnumStmt') === null && one.text.includes(label));
    if (user !== undefined) return { label, statement: user };
  }
  return null;
}

/** Offsets right after each semicolon that ends a statement: not those in comments and quotes. */
function endsOf(sql: string): readonly number[] {
  return [...lex(sql)].filter(({ kind, value }) => kind === 'operator' && value === ';').map(({ end }) => end);
}

/** The last statement has no semicolon. */
function endsBare(sql: string): boolean {
  return [...lex(sql)].findLast(({ kind }) => kind !== 'comment')?.value !== ';';
}

/** Each run of statements that stand alone and of those that do not becomes a file; comments stay with what follows them. */
function cut(sql: string, statements: readonly Statement[], alone: (statement: Statement) => boolean): readonly string[] {
  const ends = endsOf(sql);
  const starts = statements.flatMap((statement, at) => {
    const before = statements[at - 1];
    if (before === undefined) return [];
    const concurrent = isConcurrent(statement) || isConcurrent(before);
    if (!concurrent && alone(statement) === alone(before)) return [];
    const end = before.offset + before.text.length;
    return [ends.find((at) => at > end) ?? statement.offset];
  });
  return [0, ...starts].map((start, at) => `${sql.slice(start, starts[at] ?? sql.length).trim()}\n`);
}
