// What verifying takes, and what it finds.

import type { Scratch } from '../../scratch/scratch.ts';
import type { SourceFile, Target, TranslatedFile } from '../../sqlite/types.ts';
import type { RowsCompared } from './compare.ts';
import type { SqliteTables } from './tables.ts';

export interface Refusal {
  readonly by: 'sqlite' | 'postgresql' | 'both';
  readonly words: string;
  /** The report had said so, or SQLite refuses as well. */
  readonly foretold: boolean;
}

export const NO_ROWS: RowsCompared = { tables: 0, rows: 0, different: [] };

export interface VerifiedMigration {
  readonly name: string;
  /** Statements PostgreSQL would need to have SQLite's schema. */
  readonly catalogs: 'equal' | 'notCompared' | readonly string[];
  readonly rows: RowsCompared;
  /** What nobody could judge, said where it is met first. */
  readonly gaps: readonly string[];
  /** It does not take the rows that were there; it was judged again without them. */
  readonly refusedBy: Refusal | null;
  /** It does not run on PostgreSQL at all. */
  readonly failed: string | null;
}

export interface VerifyOptions {
  /** An empty database, which is left with the history in it. */
  readonly scratch: Pick<Scratch, 'judge' | 'session'>;
  readonly progress: (words: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970; values within a day of it are the time of the run. */
  readonly now: number;
  /** What guided the translation. */
  readonly target: Target | null;
}

export interface History {
  readonly sources: readonly SourceFile[];
  readonly translated: readonly TranslatedFile[];
  /** Tables before each migration and after the last; shorter where SQLite stops. */
  readonly shapes: readonly SqliteTables[];
  readonly options: VerifyOptions;
  readonly next: () => number;
}
