// Migration files and ledger rows, read as Prisma reads them: what is applied, what is not, and what stands in the way.

import { foreignFlavour, type Foreign } from './flavour.ts';

export interface MigrationFile {
  /** Name of the migration's directory. */
  readonly name: string;
  /** Path of its migration.sql. */
  readonly path: string;
  /** As Prisma reads it: UTF-8, a byte order mark included. Empty when there is no file. */
  readonly sql: string;
  /** SHA-256 of the text, lower-case hex: what Prisma writes into the ledger. */
  readonly checksum: string;
  /** Every checksum Prisma takes for this file: also of the text with other line ends, and the unpadded form of old versions. */
  readonly accepted: readonly string[];
  /** The text where the file is UTF-16, which Prisma does not read; `null` where it is not. */
  readonly utf16: string | null;
  /** The directory has no migration.sql (P3015). */
  readonly missing: boolean;
  /** What says the same to PostgreSQL, where the file is written for SQLite and can be translated. */
  readonly translation?: TranslatedText;
}

export type TranslatedText = Pick<MigrationFile, 'sql' | 'checksum' | 'accepted'>;

export interface LedgerRow {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly rolledBackAt: string | null;
  readonly logs: string | null;
  readonly steps: number | null;
}

/** What the ledger table lacks beside the one Prisma creates; Prisma's commands end in an error over it. */
export interface ShapeProblem {
  readonly column: string;
  readonly problem: 'missing' | 'null';
}

export interface Ledger {
  /** `unreadable`: it is there, and this role may not read it. */
  readonly state: 'absent' | 'present' | 'unreadable';
  readonly rows: readonly LedgerRow[];
  readonly shape: readonly ShapeProblem[];
  /** Other schemas that hold a table of the name; Prisma does not look there. */
  readonly elsewhere: readonly string[];
  /** It is absent and tables are there: `migrate deploy` answers P3005. */
  readonly blocked: boolean;
}

export type RowState = 'applied' | 'failed' | 'rolledBack';

/** Prisma's reading of one row. */
export function rowState({ finishedAt, rolledBackAt }: LedgerRow): RowState {
  return rolledBackAt !== null ? 'rolledBack' : finishedAt !== null ? 'applied' : 'failed';
}

/** The text of migration_lock.toml as Prisma reads it. */
export interface LockFile {
  /** What Prisma takes for the provider. */
  readonly provider: string;
  /** What a person would take for it. */
  readonly meant: string;
}

export interface History {
  readonly files: readonly MigrationFile[];
  /** `null` without the file: Prisma then checks nothing. */
  readonly lock: LockFile | null;
  readonly ledger: Ledger;
  /** Why files of another database have no translation; `null` where they have one, or there are none. */
  readonly untranslated?: string | null;
}

/** One migration: its file, its rows, and what Prisma makes of both. */
export interface Entry {
  readonly name: string;
  readonly file: MigrationFile | null;
  /** In the order in which they began. */
  readonly rows: readonly LedgerRow[];
  /** A failed row blocks, whatever other rows say; `unapplied`: `migrate deploy` would run it. */
  readonly state: 'applied' | 'failed' | 'unapplied';
  /** The file is not the one that was applied. */
  readonly edited: boolean;
  /** Applied is its translation, and the file is still SQLite's. */
  readonly translated: boolean;
}

export interface HistoryFacts {
  readonly history: History;
  /** Files in Prisma's order, then what only the ledger knows. */
  readonly entries: readonly Entry[];
  /** Files of another database that no ledger row calls applied. */
  readonly foreign: readonly { readonly file: MigrationFile; readonly flavour: Foreign }[];
  /** Rows that began and neither finished nor were rolled back: nothing is deployed until they are resolved (P3009). */
  readonly failed: readonly LedgerRow[];
  /** Files that `prisma migrate deploy` would still run. */
  readonly pending: readonly string[];
  /** Something was deployed here with Prisma before. */
  readonly begun: boolean;
  /** The lock file names another database, or names this one in a way Prisma does not read (P3019). */
  readonly wrongLock: LockFile | null;
  /** There is a ledger, and this role may not read it. */
  readonly unreadable: boolean;
}

export function readHistory(history: History): HistoryFacts {
  const { files, lock, ledger } = history;
  const entries = readEntries(files, ledger.rows);
  const applied = new Set(entries.filter(({ rows }) => rows.some((row) => rowState(row) === 'applied')).map(({ name }) => name));
  const foreign = files.flatMap((file) => {
    const flavour = applied.has(file.name) ? null : foreignFlavour(file.sql);
    return flavour === null ? [] : [{ file, flavour }];
  });
  const unapplied = entries.filter(({ state }) => state === 'unapplied').map(({ name }) => name);
  return {
    history,
    entries,
    foreign,
    pending: ledger.state === 'unreadable' ? [] : unapplied.filter((name) => !foreign.some(({ file }) => file.name === name)),
    begun: ledger.rows.some(({ finishedAt }) => finishedAt !== null),
    failed: ledger.rows.filter((row) => rowState(row) === 'failed'),
    wrongLock: lock !== null && lock.provider !== 'postgresql' ? lock : null,
    unreadable: ledger.state === 'unreadable',
  };
}

function readEntries(files: readonly MigrationFile[], rows: readonly LedgerRow[]): readonly Entry[] {
  const byName = new Map<string, LedgerRow[]>();
  for (const row of rows) byName.set(row.name, [...(byName.get(row.name) ?? []), row]);
  const known = new Map(files.map((file) => [file.name, file]));
  return [...known.keys(), ...[...byName.keys()].filter((name) => !known.has(name))].flatMap((name): Entry[] => {
    const [file, own] = [known.get(name) ?? null, byName.get(name) ?? []];
    const states = own.map(rowState);
    // A name without a file whose rows are all rolled back is nothing to anybody.
    if (file === null && states.every((state) => state === 'rolledBack')) return [];
    const state = states.includes('failed') ? 'failed' : states.includes('applied') ? 'applied' : 'unapplied';
    const edited = file !== null && !file.missing && state !== 'unapplied' && isEdited(file, own);
    const translated = edited && file.translation !== undefined && !isEdited(file.translation, own);
    return [{ name, file, rows: own, state, edited: edited && !translated, translated }];
  });
}

/** Prisma 6 compares the first row even when it was rolled back (a false alarm); Prisma 7 compares the first that stands. */
function isEdited({ accepted }: TranslatedText, rows: readonly LedgerRow[]): boolean {
  const first = rows.find((row) => rowState(row) === 'applied');
  return first !== undefined && !accepted.includes(first.checksum);
}

/** The files as this database has them: where the translation of one was deployed, that. */
export function asDeployed({ entries }: HistoryFacts): readonly MigrationFile[] {
  return entries.flatMap(({ file, translated }) => (file === null ? [] : [translated ? translationOf(file) : file]));
}

/** The files as they will be once the directory is switched. */
export function asPostgresql({ entries }: HistoryFacts): readonly MigrationFile[] {
  return entries.flatMap(({ file }) => (file === null ? [] : [translationOf(file)]));
}

function translationOf({ translation, ...file }: MigrationFile): MigrationFile {
  return translation === undefined ? file : { ...file, ...translation, utf16: null };
}

/** Nothing of the directory was applied in another form, and nothing that is applied sorts after what is to be written anew. */
export function canSwitch({ entries, foreign, unreadable }: HistoryFacts): boolean {
  const last = entries.findLastIndex(({ file, state }) => file !== null && state === 'applied');
  const open = new Set(foreign.map(({ file }) => file.name));
  const other = entries.some(({ file, state, translated }) => state === 'applied' && file?.translation !== undefined && !translated);
  return open.size > 0 && !unreadable && !other && foreign.every(({ file }) => file.translation !== undefined) && entries.every(({ name }, at) => at > last || !open.has(name));
}
