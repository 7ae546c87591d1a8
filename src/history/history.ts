// Migration files and ledger rows, as far as a comparison of schemas needs them: what can never run here, and what blocks.

import { foreignFlavour, type Foreign } from './flavour.ts';

export interface MigrationFile {
  /** Name of the migration's directory. */
  readonly name: string;
  /** Path of its migration.sql. */
  readonly path: string;
  readonly sql: string;
}

export interface LedgerRow {
  readonly name: string;
  readonly finished: boolean;
  readonly rolledBack: boolean;
  readonly logs: string | null;
}

/** `null`: there is no ledger; `unreadable`: the role may not read it. */
export type Ledger = readonly LedgerRow[] | null | 'unreadable';

export interface History {
  readonly files: readonly MigrationFile[];
  /** Provider named by migration_lock.toml, `null` without the file. */
  readonly lockProvider: string | null;
  readonly lockPath: string;
  readonly ledger: Ledger;
}

export interface HistoryFacts {
  /** Files of another database that no ledger row calls applied. */
  readonly foreign: readonly { readonly file: MigrationFile; readonly flavour: Foreign }[];
  /** Migrations that began and neither finished nor were rolled back: nothing is deployed until they are resolved (P3009). */
  readonly failed: readonly LedgerRow[];
  /** The lock file names another database (P3019). */
  readonly wrongLock: string | null;
  /** There is a ledger, and this role may not read it. */
  readonly unreadable: boolean;
}

export function readHistory({ files, lockProvider, ledger }: History): HistoryFacts {
  const rows = Array.isArray(ledger) ? (ledger as readonly LedgerRow[]) : [];
  const applied = new Set(rows.filter((row) => row.finished && !row.rolledBack).map(({ name }) => name));
  const foreign = files.flatMap((file) => {
    const flavour = applied.has(file.name) ? null : foreignFlavour(file.sql);
    return flavour === null ? [] : [{ file, flavour }];
  });
  return {
    foreign,
    failed: rows.filter((row) => !row.finished && !row.rolledBack),
    wrongLock: lockProvider !== null && lockProvider !== 'postgresql' ? lockProvider : null,
    unreadable: ledger === 'unreadable',
  };
}
