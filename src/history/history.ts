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
  readonly ledger: Ledger;
}

export interface HistoryFacts {
  /** Files of another database that no ledger row calls applied. */
  readonly foreign: readonly { readonly file: MigrationFile; readonly flavour: Foreign }[];
  /** Migrations that began and neither finished nor were rolled back: nothing is deployed until they are resolved (P3009). */
  readonly failed: readonly LedgerRow[];
  /** Files that `prisma migrate deploy` would still run. */
  readonly pending: readonly string[];
  /** Something was deployed here with Prisma before. */
  readonly begun: boolean;
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
  const known = new Set(rows.filter((row) => !row.rolledBack).map(({ name }) => name));
  return {
    foreign,
    pending: ledger === 'unreadable' ? [] : files.map(({ name }) => name).filter((name) => !known.has(name) && !foreign.some(({ file }) => file.name === name)),
    begun: rows.some((row) => row.finished),
    failed: rows.filter((row) => !row.finished && !row.rolledBack),
    wrongLock: lockProvider !== null && lockProvider !== 'postgresql' ? lockProvider : null,
    unreadable: ledger === 'unreadable',
  };
}
