// One text through both grammars, as a whole or statement by statement.

import { isMark, isWord } from '../../effects/source.ts';
import type { Reader, Script, Statement as PgStatement } from '../../history/script.ts';
import { lex, LexError, type Token } from '../../sql/lex.ts';
import { withoutMark } from './edits.ts';
import { SqliteSyntax, type Grammar, type Statement as SqliteStatement } from '../types.ts';

export interface Problem {
  readonly message: string;
  /** UTF-16 offset. */
  readonly offset: number;
}

export interface Grammars {
  readonly grammar: Grammar;
  readonly reader: Reader;
}

export type SqliteScript = { readonly statements: readonly SqliteStatement[]; readonly problem: null } | { readonly statements: readonly []; readonly problem: Problem };

function readSqlite(sql: string, grammar: Grammar): SqliteScript {
  try {
    return { statements: grammar.statements(withoutMark(sql)), problem: null };
  } catch (error) {
    if (!(error instanceof SqliteSyntax)) throw error;
    return { statements: [], problem: { message: error.message, offset: error.offset } };
  }
}

/** A statement by itself; at most one of the two is a problem where either grammar reads it. */
export interface Piece {
  /** From its first word to its last, the semicolon not included. */
  readonly start: number;
  readonly end: number;
  readonly postgresql: Script;
  readonly sqlite: SqliteScript;
}

/** Offsets of problems and of SQLite's tree are those of the piece's own text. */
export function readPieces(sql: string, { grammar, reader }: Grammars): readonly Piece[] {
  const whole = readSqlite(sql, grammar);
  return (whole.problem === null ? whole.statements : statementSpans(sql)).map(({ start, end }) => {
    const text = sql.slice(start, end);
    return { start, end, postgresql: reader.script(text), sqlite: readSqlite(text, grammar) };
  });
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a semicolon ends a statement: outside of brackets, and of the BEGIN … END that a trigger or a function has. */
export function statementSpans(sql: string): readonly Span[] {
  const spans: Span[] = [];
  let open: Token[] = [];
  const close = () => {
    const [first, last] = [open[0], open.at(-1)];
    if (first && last) spans.push({ start: first.start, end: last.end });
    open = [];
  };
  try {
    const walk = { brackets: 0, blocks: 0 };
    for (const token of lex(withoutMark(sql))) {
      if (token.kind === 'comment') continue;
      if (isMark(token, ';') && walk.brackets <= 0 && walk.blocks <= 0) close();
      else {
        open.push(token);
        step(walk, token, open);
        if (open.length === 1) Object.assign(walk, { brackets: 0, blocks: 0 });
      }
    }
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
    return [{ start: open[0]?.start ?? 0, end: sql.length }];
  }
  close();
  return spans;
}

function step(walk: { brackets: number; blocks: number }, token: Token, open: readonly Token[]): void {
  if (isMark(token, '(')) walk.brackets++;
  if (isMark(token, ')')) walk.brackets--;
  if (token.kind !== 'word' || !isWord(open[0], 'create') || !open.slice(1, 5).some((one) => isWord(one, 'trigger') || isWord(one, 'function') || isWord(one, 'procedure'))) return;
  if (token.value === 'begin' || (token.value === 'case' && walk.blocks > 0)) walk.blocks++;
  if (token.value === 'end' && walk.blocks > 0) walk.blocks--;
}

export interface Both {
  readonly postgresql: Script;
  readonly sqlite: SqliteScript;
}

export function readBoth(sql: string, { grammar, reader }: Grammars): Both {
  return { postgresql: reader.script(sql), sqlite: readSqlite(sql, grammar) };
}

/** No statement in it, only comments. */
export function isEmpty({ postgresql, sqlite }: Both): boolean {
  const none = (statements: readonly (PgStatement | SqliteStatement)[], problem: unknown) => problem === null && statements.length === 0;
  return none(postgresql.statements, postgresql.problem) || none(sqlite.statements, sqlite.problem);
}
