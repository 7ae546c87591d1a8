// A migrations directory of SQLite made one of PostgreSQL: what its files become, and the directory exchanged by renaming.

import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../errors.ts';
import { foreignFlavour } from '../history/flavour.ts';
import { readHistory, type History, type HistoryFacts, type MigrationFile } from '../history/history.ts';
import { readLock, readMigrations, textOf, writeLock } from '../prisma/migrations.ts';
import type { Project } from '../prisma/project.ts';
import type { SourceFile, Target, Translation, TranslateOptions } from '../sqlite/types.ts';

/** Of a project that is PostgreSQL's already, its own schema says the types. */
export async function guideOf(project: Project): Promise<Target> {
  const { targetFromSchema } = await import('./target.ts');
  return await targetFromSchema(project, dirname(project.schema.path));
}

/** The project's own major version; else the newest there is. */
export function prismaMajor(version: string | null): TranslateOptions['prisma'] {
  const major = Number.parseInt(version ?? '7', 10);
  return major <= 5 ? 5 : major === 6 ? 6 : 7;
}

/** As SQLite reads it: what PowerShell or an editor put around the text is no part of it. */
export function sourceOf({ name, sql, utf16 }: MigrationFile): SourceFile {
  return { name, sql: (utf16 ?? sql).replace(/^\uFEFF/, '') };
}

export async function translateMigrations(files: readonly MigrationFile[], options: TranslateOptions): Promise<Translation> {
  const { translateFiles } = await import('./translate.ts');
  return await translateFiles(files.filter(({ missing }) => !missing).map(sourceOf), options);
}

/** What files and ledger say, files of SQLite with what they come to on a PostgreSQL of this major version. */
export async function withTranslations(history: History, project: Project, server: number): Promise<HistoryFacts> {
  const facts = readHistory(history);
  const wanted = facts.foreign.length > 0 || facts.entries.some(({ edited, file }) => edited && file !== null && foreignFlavour(file.sql) !== null);
  if (!wanted) return facts;
  const translation = await attempt(history, project, server);
  const sqlite = facts.foreign.some(({ flavour }) => flavour.database === 'SQLite');
  const untranslated = typeof translation === 'string' ? translation : obstacle(translation, sqlite);
  if (typeof translation === 'string' || !translation.ok || untranslated !== null) return readHistory({ ...history, untranslated });
  const texts = new Map(translation.files.map(({ name, sql }) => [name, sql]));
  const files = history.files.map((file) => {
    const text = texts.get(file.name);
    return text === undefined || text === file.sql ? file : { ...file, translation: textOf(text) };
  });
  return readHistory({ ...history, files });
}

/** Where it is but one of two ways to go on, an error of its own closes that way alone. */
async function attempt({ files }: History, project: Project, server: number): Promise<Translation | string> {
  try {
    return await translateMigrations(files, { target: await guideOf(project), prisma: prismaMajor(project.prismaVersion), server });
  } catch (error) {
    return `the translation stopped over ${error instanceof Error ? error.message.split('\n')[0] : String(error)} (npx prisma-mend translate shows it)`;
  }
}

/** Why a translation cannot stand for the history; `null` when it can. */
function obstacle(translation: Translation, sqlite: boolean): string | null {
  if (!translation.ok && !sqlite) return null;
  if (!translation.ok) return `SQLite itself refuses ${translation.refused.name}: ${translation.refused.message}`;
  const spots = translation.files.flatMap(({ notes }) => notes.filter(({ kind }) => kind === 'manual'));
  if (spots.length > 0) return `${spots.length === 1 ? 'one statement has' : `${spots.length} statements have`} no translation (npx prisma-mend translate shows ${spots.length === 1 ? 'it' : 'them'})`;
  const left = translation.files.find(({ sql }) => foreignFlavour(sql) !== null);
  return left === undefined ? null : `${left.name} has no translation`;
}

/**
 * The directory with these texts in place of its own, complete before anything is renamed. Files that are not named are copied to the
 * byte. Returns where the directory as it was is kept. Throws NOT_SWITCHED.
 */
export function switchDirectory(directory: string, files: readonly Pick<MigrationFile, 'name' | 'sql'>[]): string {
  return writable(directory, () => {
    const real = realpathSync(directory);
    const kept = freeName(`${real}_sqlite`);
    const draft = draftOf(real, real, files);
    try {
      renameSync(real, kept);
      try {
        renameSync(draft, real);
      } catch (error) {
        renameSync(kept, real);
        throw error;
      }
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw error;
    }
    return kept;
  });
}

/** The same beside it; `out` is absent, empty, or what an earlier run wrote. Throws OUT_NOT_EMPTY or NOT_SWITCHED. */
export function writeBeside(directory: string, out: string, files: readonly Pick<MigrationFile, 'name' | 'sql'>[], again: string): void {
  if (existsSync(out) && readdirSync(out).length > 0) {
    if (holdsAlready(directory, out, files)) return;
    throw failure('OUT_NOT_EMPTY', { path: out, again });
  }
  writable(out, () => {
    mkdirSync(dirname(out), { recursive: true });
    const draft = draftOf(realpathSync(directory), out, files);
    try {
      renameSync(draft, out);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw error;
    }
  });
}

function holdsAlready(directory: string, out: string, files: readonly Pick<MigrationFile, 'name' | 'sql'>[]): boolean {
  const wanted = readMigrations(directory).map(({ name, sql }) => [name, files.find((one) => one.name === name)?.sql ?? sql]);
  return readLock(out)?.provider === 'postgresql' && JSON.stringify(wanted) === JSON.stringify(readMigrations(out).map(({ name, sql }) => [name, sql]));
}

/** Beside the place it is meant for, so that a rename is all that is left. */
function draftOf(from: string, place: string, files: readonly Pick<MigrationFile, 'name' | 'sql'>[]): string {
  const draft = `${place}.${process.pid}.tmp`;
  rmSync(draft, { recursive: true, force: true });
  try {
    cpSync(from, draft, { recursive: true, preserveTimestamps: true });
    for (const { name, sql } of files) writeFileSync(join(draft, name, 'migration.sql'), sql);
    writeLock(draft);
    return draft;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function freeName(wanted: string): string {
  for (let at = 1; ; at++) {
    const name = at === 1 ? wanted : `${wanted}_${at}`;
    if (!existsSync(name)) return name;
  }
}

function writable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && error.name === 'MendError') throw error;
    throw failure('NOT_SWITCHED', { path, detail: error instanceof Error ? error.message : String(error) }, error);
  }
}
