// What the parts of a transfer share while rows are copied.

import type { SqliteFile } from '../../database/sqlite-file.ts';
import type { Session } from '../../database/session.ts';
import type { Ahead } from './ahead.ts';
import type { Content } from './content.ts';
import type { TablePair } from './plan.ts';
import type { Target } from './target.ts';

export interface Work {
  readonly session: Session;
  readonly file: SqliteFile;
  readonly target: Target;
  /** What SQLite holds, by table. */
  readonly contents: ReadonlyMap<string, Content>;
  readonly signal: AbortSignal;
  readonly assertGoing: () => void;
  readonly progress: (words: string) => void;
  readonly reconnect: () => Promise<Session>;
  /** Time used, in milliseconds. */
  readonly spent: { copy: number; compare: number };
  /** The table at work, for words about an error. */
  at: string;
  /** The table that is copied after this group, as far as is known, and the lines that are made of it already. */
  upcoming: TablePair | null;
  begun: { readonly pair: TablePair; readonly lines: Ahead } | null;
}

export interface Outcome {
  readonly state: 'copied' | 'already' | 'refused';
  readonly detail: string;
}

/** Thrown to roll back. */
export class Refusal extends Error {
  readonly table: string;

  constructor(table: string, message: string) {
    super(message);
    this.table = table;
  }
}
