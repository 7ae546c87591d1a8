// ALTER TABLE with several commands as so many statements: a database may hold some of them, and only the others are still to run.

import { isMark, isWord, pieces, split, type Piece } from '../effects/source.ts';
import { LexError } from '../sql/lex.ts';
import { body, type Statement } from './script.ts';

interface Command {
  readonly AlterTableCmd?: { readonly subtype?: string; readonly def?: unknown };
}

/** The statement itself where it has one command alone. In PostgreSQL's order, which is not always the written one. */
export function partsOf(statement: Statement): readonly Statement[] {
  const alter = body(statement, 'AlterTableStmt');
  const commands = alter?.['cmds'];
  if (alter === null || alter['objtype'] !== 'OBJECT_TABLE' || !Array.isArray(commands) || commands.length < 2) return [statement];
  const texts = textsOf(statement.text);
  if (texts.length !== commands.length) return [statement];
  return commands
    .map((command: Command, at) => ({ pass: passOf(command), statement: { ...statement, text: texts[at]?.text ?? '', offset: statement.offset + (texts[at]?.offset ?? 0), node: { AlterTableStmt: { ...alter, cmds: [command] } } } }))
    .toSorted((a, b) => a.pass - b.pass)
    .map((part) => part.statement);
}

/** Drops come first, then types, then columns; the rest as written. */
function passOf({ AlterTableCmd: { subtype = '', def } = {} }: Command): number {
  if (subtype.startsWith('AT_Drop') || (subtype === 'AT_ColumnDefault' && def === undefined)) return 0;
  return subtype === 'AT_AlterColumnType' ? 1 : subtype === 'AT_AddColumn' ? 2 : 3;
}

/** Each command with the beginning that it shares with the others. */
function textsOf(text: string): readonly { readonly text: string; readonly offset: number }[] {
  try {
    const [first = [], ...others] = split(pieces(text));
    const head = text.slice(0, first[headLength(first) - 1]?.end ?? 0);
    return [first, ...others].map((words, at) => ({ text: at === 0 ? text.slice(0, words.at(-1)?.end) : `${head} ${text.slice(words[0]?.start, words.at(-1)?.end)}`, offset: at === 0 ? 0 : (words[0]?.start ?? 0) }));
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
    return [];
  }
}

/** `ALTER TABLE IF EXISTS ONLY "s"."t" *`, in tokens. */
function headLength(words: readonly Piece[]): number {
  let at = 2;
  while (isWord(words[at], 'if') || isWord(words[at], 'exists') || isWord(words[at], 'only')) at++;
  at++;
  while (isMark(words[at], '.')) at += 2;
  return isMark(words[at], '*') ? at + 1 : at;
}
