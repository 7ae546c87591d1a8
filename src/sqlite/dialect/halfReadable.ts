// Statements in a PostgreSQL script that only SQLite's grammar reads, in words that PostgreSQL's reads too.

import { isNode } from '../../effects/ast.ts';
import { isMark, isWord, pieces } from '../../effects/source.ts';
import { quoteName } from '../../sql/quote.ts';
import type { ColumnDefinition, CreateTableStmt, Stmt } from '../ast.ts';
import { applyEdits, withoutMark, type Edit } from './edits.ts';
import { manualComment, type Patching } from './halfText.ts';
import { readPieces, type Grammars, type Piece } from './readings.ts';
import { guidedType } from '../typing.ts';
import { Untranslatable, type Target } from '../types.ts';
import { READ_IN_WORDS } from './words.ts';

export interface HalfTools extends Grammars {
  /** One statement of SQLite as statements of PostgreSQL. Throws {@link Untranslatable}. */
  readonly translateStatement?: ((sql: string) => readonly string[]) | undefined;
}

export interface Said {
  readonly say: Patching['say'];
  readonly manual: Patching['say'];
}

export interface Readable {
  readonly edits: readonly Edit[];
  /** Statements that have to stand at the end of the file. */
  readonly last: readonly string[];
}

/** Throws {@link Untranslatable} where neither grammar reads. */
export function makeReadable(sql: string, tools: HalfTools, target: Target | null, said: Said): Readable {
  if (tools.reader.script(sql).problem === null) return { edits: [], last: [] };
  const last: string[] = [];
  const edits = readPieces(withoutMark(sql), tools).flatMap((piece) => (piece.postgresql.problem === null ? [] : onePiece(sql, piece, tools, target, said, last)));
  return { edits, last };
}

const IDLE: ReadonlySet<Stmt['type']> = new Set<Stmt['type']>(['PragmaStmt', 'BeginStmt', 'CommitStmt', 'VacuumStmt', 'ReindexStmt', 'DetachStmt', 'SavepointStmt', 'ReleaseStmt']);

function onePiece(sql: string, piece: Piece, tools: HalfTools, target: Target | null, said: Said, last: string[]): readonly Edit[] {
  const { start, end, postgresql, sqlite } = piece;
  const node = sqlite.statements[0]?.node;
  if (node === undefined || sqlite.problem !== null) throw new Untranslatable(postgresql.problem?.message ?? 'syntax error', start + (postgresql.problem?.offset ?? 0));
  const text = sql.slice(start, end);
  if (IDLE.has(node.type)) {
    said.say('DROPPED_STATEMENT', `${text.replaceAll(/\s+/g, ' ')}: PostgreSQL has no use for it, left out`, start);
    return [dropped(sql, start, end)];
  }
  try {
    if (tools.translateStatement) return [{ start, end, text: translated(tools.translateStatement(text), tools, last) }];
    const edits = rewritten(node, text, target, (code, message, offset) => said.say(code, message, start + offset));
    const { problem } = tools.reader.script(applyEdits(text, edits).text);
    if (problem !== null) throw new Untranslatable(`PostgreSQL cannot read it (${problem.message}); write it in PostgreSQL's words`, start);
    return edits.map((edit) => ({ ...edit, start: start + edit.start, end: start + edit.end }));
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    said.manual(error.code, error.message, start);
    return [manualComment(sql, start, end, error.message)];
  }
}

/** Foreign keys of a table wait for what they point at. */
export function translated(statements: readonly string[], { reader }: Grammars, last: string[]): string {
  const now: string[] = [];
  for (const statement of statements) {
    const plain = statement.trim().replace(/;$/, '');
    const key = reader.script(plain).statements.some(({ node }) => JSON.stringify(node).includes('"AT_AddConstraint"') && JSON.stringify(node).includes('"CONSTR_FOREIGN"'));
    (key ? last : now).push(plain);
  }
  return now.join(';\n');
}

/** The line goes with it where nothing else stands on it. */
function dropped(sql: string, start: number, end: number): Edit {
  const semicolon = /^\s*;/.exec(sql.slice(end))?.[0].length ?? 0;
  const to = end + semicolon;
  const line = /(^|\n)[ \t]*$/.test(sql.slice(0, start)) ? (/^[ \t]*\r?\n/.exec(sql.slice(to))?.[0].length ?? 0) : 0;
  return { start, end: to + line, text: '' };
}

function rewritten(node: Stmt, text: string, target: Target | null, say: Patching['say']): readonly Edit[] {
  const edits: Edit[] = [...names(node, text)];
  if (node.type === 'CreateTableStmt') edits.push(...createTable(node, text, target, say));
  if (node.type === 'AlterTableStmt' && node.body.type === 'AddColumnAlterTableBody') edits.push(...columnEdits(node.tblName.objName.text, node.body.column, text, target, say));
  if (node.type === 'InsertStmt' && node.orConflict !== undefined) edits.push(...insertOr(node.orConflict, node.returning !== undefined, text, say));
  return edits;
}

/** `x` and [x] in SQLite are "x". */
function* names(value: unknown, text: string): Generator<Edit> {
  if (Array.isArray(value)) for (const item of value) yield* names(item, text);
  if (!isNode(value)) return;
  const span = value['span'];
  const name = value['type'] === 'Name' ? value['text'] : value['type'] === 'Id' ? value['name'] : undefined;
  if (typeof name === 'string' && isNode(span) && typeof span['offset'] === 'number' && typeof span['length'] === 'number' && /[`[]/.test(text.charAt(span['offset']))) {
    yield { start: span['offset'], end: span['offset'] + span['length'], text: quoteName(name) };
  }
  for (const [key, entry] of Object.entries(value)) if (key !== 'span') yield* names(entry, text);
}

function createTable(node: CreateTableStmt, text: string, target: Target | null, say: Patching['say']): readonly Edit[] {
  const { body } = node;
  if (body.type !== 'ColumnsAndConstraintsCreateTableBody') return [];
  const tokens = pieces(text);
  const close = tokens.findLast((token) => token.depth === 0 && isMark(token, ')'));
  const options: readonly Edit[] = close === undefined || close.end === text.length ? [] : [{ start: close.end, end: text.length, text: '' }];
  if (options.length > 0) say('WORD_REPLACED', `${text.slice(close?.end).trim()}: only SQLite's, left out`, close?.end ?? 0);
  return [...options, ...body.columns.flatMap((column) => columnEdits(node.tblName.objName.text, column, text, target, say))];
}

function columnEdits(table: string, column: ColumnDefinition, text: string, target: Target | null, say: Patching['say']): readonly Edit[] {
  const { colName, colType } = column;
  const name = colName.text;
  const end = colName.span.offset + colName.span.length;
  const key = column.constraints.map(({ constraint }) => constraint).find((one) => one.type === 'PrimaryKeyColumnConstraint');
  if (key?.type === 'PrimaryKeyColumnConstraint' && key.conflictClause !== undefined) throw new Untranslatable('ON CONFLICT at a key changes what every INSERT means; write the conflict into the INSERTs', key.span.offset, 'CONFLICT_CLAUSE');
  if (colType === undefined) {
    say('TYPE_GUESSED', `"${name}" has no type: TEXT here`, colName.span.offset);
    return [{ start: end, end, text: ' TEXT' }];
  }
  const type = { start: colType.span.offset, end: colType.span.offset + colType.span.length };
  if (key?.type === 'PrimaryKeyColumnConstraint' && key.autoIncrement) return autoincrement(table, name, colType.name, type, key.span, text, target, say);
  if (!/\s/.test(colType.name.trim()) || READ_IN_WORDS.test(colType.name.trim())) return [];
  const chosen = inWords(colType.name) ?? guidedType(colType.name, table, name, target).type.sql;
  if (chosen.startsWith('DECIMAL') && !/numeric|decimal|number/i.test(colType.name)) throw new Untranslatable(`${colType.name} is no type of PostgreSQL; write the one "${name}" is to have`, type.start);
  say('TYPE_GUESSED', `${colType.name} is no type of PostgreSQL: ${chosen} here`, type.start);
  return [{ ...type, text: chosen }];
}

/** `DATETIME WITH TIME ZONE` */
function inWords(declared: string): string | null {
  if (!/^(datetime|timestamp)\b/i.test(declared)) return null;
  return /\bwith time zone$/i.test(declared) ? 'TIMESTAMPTZ(3)' : 'TIMESTAMP(3)';
}

function autoincrement(table: string, name: string, declared: string, type: Pick<Edit, 'start' | 'end'>, key: { readonly offset: number; readonly length: number }, text: string, target: Target | null, say: Patching['say']): readonly Edit[] {
  const wish = target?.column(table, name) ?? null;
  const big = (wish?.type.sql ?? declared).toLowerCase() === 'bigint';
  const chosen = wish !== null && !wish.serial && /^(integer|bigint|smallint)$/i.test(wish.type.sql) ? wish.type.sql : big ? 'BIGSERIAL' : 'SERIAL';
  say('WORD_REPLACED', `AUTOINCREMENT: ${chosen} in PostgreSQL`, key.offset);
  const words = pieces(text.slice(key.offset, key.offset + key.length));
  const at = words.find((token) => isWord(token, 'key'));
  const last = words.find((token) => isWord(token, 'autoincrement'));
  return [{ ...type, text: chosen }, { start: key.offset + (at?.end ?? 0), end: key.offset + (last?.end ?? key.length), text: '' }];
}

function insertOr(conflict: string, returning: boolean, text: string, say: Patching['say']): readonly Edit[] {
  const tokens = pieces(text);
  const at = tokens.findIndex((token) => isWord(token, 'or'));
  const [or, word] = [tokens[at], tokens[at + 1]];
  if (!['Abort', 'Ignore'].includes(conflict) || returning || !or || !word || !isWord(tokens[at - 1], 'insert')) {
    throw new Untranslatable(`${conflict.toUpperCase()} on a conflict: write INSERT … ON CONFLICT (…) DO UPDATE with the key it is about`, 0, 'CONFLICT_CLAUSE');
  }
  const removed = { start: tokens[at - 1]?.end ?? 0, end: word.end, text: '' };
  if (conflict === 'Abort') return [removed];
  say('CONFLICT_CLAUSE', 'INSERT OR IGNORE: only unique conflicts are ignored in PostgreSQL', or.start);
  return [removed, { start: text.length, end: text.length, text: ' ON CONFLICT DO NOTHING' }];
}
