// What `translate` does: finds the migrations and what they are to become, asks whether they may be written in place, and writes.

import { resolve } from 'node:path';
import { statSync } from 'node:fs';
import { connect, type Session } from '../database/session.ts';
import { describeTarget, parseUrl, type Target as DatabaseTarget } from '../database/url.ts';
import { comparePrisma, NO_HINTS, type Comparison } from '../diff/compare.ts';
import { failure, MendError } from '../errors.ts';
import { rowState, type LedgerRow, type MigrationFile } from '../history/history.ts';
import { LEDGERS, readLedger } from '../introspect/ledger.ts';
import { readMigrations, textOf } from '../prisma/migrations.ts';
import { positionOf } from '../prisma/psl.ts';
import { parsedExpressions } from '../source/compare.ts';
import type { TranslatedFile, TranslateOptions } from '../sqlite/types.ts';
import { madeBy } from './history.ts';
import { guideOf, prismaMajor, sourceOf, translateMigrations } from './switch.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';

export interface TranslationOptions extends WorkspaceOptions {
  /** The migrations directory; else the project's. */
  readonly directory: string | undefined;
  /** The schema says the types, where it is one of PostgreSQL. */
  readonly guided: boolean;
  readonly prisma: TranslateOptions['prisma'] | undefined;
  /** Rows are asked for: a project without migrations has them too. */
  readonly rowsAlone: boolean;
  /** The command again, for what to do next. */
  readonly again: string;
}

export interface TranslatedHistory {
  readonly directory: string;
  /** `null` where there is no project that can be read. */
  readonly workspace: Workspace | null;
  /** Why there is none. */
  readonly withoutProject: string | null;
  /** The schema guides the types. */
  readonly guided: boolean;
  readonly files: readonly MigrationFile[];
  /** In the same order. */
  readonly translated: readonly TranslatedFile[];
  /** Those whose text changes, as they will be. */
  readonly changed: readonly MigrationFile[];
}

/** Throws NO_MIGRATIONS, MIGRATION_UNREADABLE, SQLITE_REFUSES, and what keeps a project that was named from being read. */
export async function translateProject(options: TranslationOptions): Promise<TranslatedHistory> {
  const opened = await openProjectIfAny(options);
  const workspace = opened instanceof MendError ? null : opened;
  const directory = findDirectory(options, workspace);
  const files = readFiles(directory, options);
  const says = workspace !== null && options.guided && (options.schema !== undefined || options.provider !== undefined || /^postgres(ql)?$/.test(workspace.project.provider));
  const target = says ? await guideOf(workspace.project) : null;
  const translation = await translateMigrations(files, { target, prisma: options.prisma ?? prismaMajor(workspace?.project.prismaVersion ?? null) });
  if (!translation.ok) throw refused(files, translation.refused, options);
  const changed = files.flatMap((file) => {
    const text = translation.files.find(({ name }) => name === file.name)?.sql ?? file.sql;
    return text === file.sql ? [] : [{ ...file, ...textOf(text), utf16: null }];
  });
  return { directory, workspace, withoutProject: opened instanceof MendError ? opened.message : null, guided: says, files, translated: translation.files, changed };
}

/** A schema that still says sqlite is read as well. Where a directory is given, a project is a help and no need. */
async function openProjectIfAny(options: TranslationOptions): Promise<Workspace | MendError> {
  try {
    return await openWorkspace({ ...options, provider: options.provider ?? 'postgresql' });
  } catch (error) {
    const asked = options.schema !== undefined || options.config !== undefined;
    if (!(error instanceof MendError) || asked || (options.directory === undefined && error.code !== 'NO_SCHEMA')) throw error;
    return error;
  }
}

const USUAL = ['prisma/migrations', 'migrations'];

function findDirectory({ cwd, directory }: TranslationOptions, workspace: Workspace | null): string {
  if (directory !== undefined) return resolve(cwd, directory);
  return workspace?.project.migrationsDir ?? USUAL.map((name) => resolve(cwd, name)).find(isFolder) ?? resolve(cwd, USUAL[0] ?? '');
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readFiles(directory: string, { cwd, rowsAlone }: TranslationOptions): readonly MigrationFile[] {
  const files = readable(directory, () => readMigrations(directory));
  if (files.length === 0 && rowsAlone) return [];
  if (files.length === 0) throw failure('NO_MIGRATIONS', { path: directory.replace(`${cwd}/`, ''), detail: isFolder(directory) ? 'The directory has no directories with a migration.sql in them.' : 'There is no such directory.' });
  const bare = files.find(({ missing }) => missing);
  if (bare !== undefined) throw failure('MIGRATION_UNREADABLE', { path: bare.path.replace(`${cwd}/`, ''), detail: 'The directory has no migration.sql; deploy stops there with P3015.' });
  return files;
}

function readable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failure('MIGRATION_UNREADABLE', { path, detail: error instanceof Error ? error.message : String(error) }, error);
  }
}

function refused(files: readonly MigrationFile[], { name, message, offset }: { readonly name: string; readonly message: string; readonly offset: number }, { cwd, again }: TranslationOptions): MendError {
  const file = files.find((one) => one.name === name);
  const text = file === undefined ? '' : sourceOf(file).sql;
  const path = (file?.path ?? name).replace(`${cwd}/`, '');
  const { line, column } = positionOf({ path, text }, offset);
  return failure('SQLITE_REFUSES', { place: `${path}:${line}:${column}`, file: path, detail: message.replace(/^SQLite refuses this statement: /, ''), line: (text.split('\n')[line - 1] ?? '').trim().slice(0, 200), again });
}

/** Whom it was asked of whether these migrations are applied, or why nobody was. Throws ALREADY_APPLIED or LEDGER_UNKNOWN. */
export async function mayReplace({ changed, workspace, withoutProject }: TranslatedHistory, { url, environment, again }: TranslationOptions): Promise<string> {
  const beside = again.replace(/ --in-place\b/, '');
  const target = findDatabase(workspace, withoutProject, url ?? environment['DATABASE_URL'], beside);
  if (target === null) return 'no PostgreSQL database is configured here, so no ledger was asked';
  const rows = await askLedgers(target, beside);
  const applied = changed.filter(({ name, accepted }) => rows.some((row) => row.name === name && rowState(row) === 'applied' && !accepted.includes(row.checksum))).map(({ name }) => name);
  if (applied.length > 0) throw failure('ALREADY_APPLIED', { names: applied, database: describeTarget(target), again: beside });
  return `the ledger of ${describeTarget(target)} has none of them as applied`;
}

function findDatabase(workspace: Workspace | null, withoutProject: string | null, url: string | undefined, again: string): DatabaseTarget | null {
  try {
    if (workspace !== null) return workspace.project.target();
    return url === undefined || url === '' ? null : parseUrl(url, 'DATABASE_URL');
  } catch (error) {
    if (!(error instanceof MendError)) throw error;
    if (error.code === 'NO_URL' || (error.code === 'URL_INVALID' && error.why.includes('SQLite file'))) return null;
    throw failure('LEDGER_UNKNOWN', { why: `${error.message} ${error.why}${withoutProject === null ? '' : `\n${withoutProject}`}`, again }, error);
  }
}

async function askLedgers(target: DatabaseTarget, again: string): Promise<readonly LedgerRow[]> {
  let session: Session | undefined;
  try {
    session = await connect(target);
    const [found = []] = await session.run(LEDGERS);
    const rows: LedgerRow[] = [];
    for (const [schema] of found) {
      const ledger = await readLedger(session.run, String(schema), [], [String(schema)]);
      if (ledger.state === 'unreadable') throw failure('NO_RIGHTS', { doing: 'read the ledger', detail: `The table _prisma_migrations in the schema ${String(schema)} may not be read by this role.`, grant: again });
      rows.push(...ledger.rows);
    }
    return rows;
  } catch (error) {
    // No database of the name: nothing was ever applied to it.
    if (error instanceof MendError && error.code === 'NO_DATABASE') return [];
    if (error instanceof MendError) throw failure('LEDGER_UNKNOWN', { why: `${error.message} ${error.why}`, again }, error);
    throw error;
  } finally {
    await session?.close();
  }
}

/** What the history ends in, against what the schema wants; `null` without a schema of PostgreSQL, or where it cannot be told. */
export async function compareEnd({ workspace, guided, files, changed }: TranslatedHistory): Promise<Comparison | null> {
  if (workspace === null || !guided) return null;
  const home = 'public';
  const whole = files.map((file) => changed.find(({ name }) => name === file.name) ?? file);
  const [{ made, told }, desired] = await Promise.all([madeBy(whole, home), workspace.desired(home, NEWEST, true)]);
  if (!told) return null;
  return comparePrisma(made, desired, NO_HINTS, await parsedExpressions(desired));
}

/** The newest PostgreSQL stands for a database that is not there to be asked. */
const NEWEST = 180000;
