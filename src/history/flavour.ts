// SQL written for another database, told by its words: PostgreSQL will refuse it, whatever the lock file says.

import { lex, LexError, type Token } from '../sql/lex.ts';

export interface Foreign {
  readonly database: 'SQLite' | 'MySQL';
  /** The word that gives it away. */
  readonly word: string;
  /** UTF-16 offset of it. */
  readonly offset: number;
}

/** Type names of SQLite that PostgreSQL has not. */
const SQLITE_TYPES = new Set(['datetime', 'blob', 'tinyint', 'mediumint', 'nvarchar', 'clob', 'unsigned']);

/** The first thing only another database understands; `null` when all could be PostgreSQL. */
export function foreignFlavour(sql: string): Foreign | null {
  if (!/datetime|autoincrement|pragma|blob|tinyint|mediumint|nvarchar|clob|unsigned|`|auto_increment|engine\s*=/i.test(sql)) return null;
  try {
    let previous: Token | undefined;
    for (const token of lex(sql)) {
      if (token.kind === 'comment') continue;
      const database = judge(token, previous);
      if (database !== null) return { database, word: sql.slice(token.start, token.end), offset: token.start };
      previous = token;
    }
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
  }
  return null;
}

function judge(token: Token, previous: Token | undefined): Foreign['database'] | null {
  if (token.kind === 'operator' && token.value.startsWith('`')) return 'MySQL';
  if (token.kind !== 'word') return null;
  if (token.value === 'auto_increment') return 'MySQL';
  if (token.value === 'autoincrement') return 'SQLite';
  if (token.value === 'pragma' && (previous === undefined || previous.value === ';')) return 'SQLite';
  // A type stands after its column's name; a column may itself be called datetime.
  const afterName = previous?.kind === 'name' || (previous?.kind === 'word' && !['add', 'column', 'select', 'and', 'or', 'where', 'by', 'set', 'table'].includes(previous.value));
  return SQLITE_TYPES.has(token.value) && afterName ? 'SQLite' : null;
}
