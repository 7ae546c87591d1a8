// Resolutions that change the migrations directory. Nothing that was ever applied is touched, and what goes is moved, not deleted.

import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../errors.ts';
import type { Resolution } from '../history/resolve.ts';
import { readMigrations, timestamps, writeLock, writeMigrations } from '../prisma/migrations.ts';
import { makeBaseline } from './baseline.ts';
import { switchDirectory } from './switch.ts';
import type { Workspace } from './workspace.ts';

/** Carries them out and says what was written, each a line. Throws UNWRITABLE or NOT_SWITCHED. */
export async function rewriteFiles(resolutions: readonly Resolution[], workspace: Workspace, progress: (words: string) => void): Promise<readonly string[]> {
  const { migrationsDir, display } = workspace.project;
  const said: string[] = [];
  for (const resolution of resolutions) {
    if (resolution.as === 'translate') said.push(`translated: ${resolution.files.map(({ name }) => name).join(', ')}`, `kept as it was: ${display(switchDirectory(migrationsDir, resolution.files))}`);
    if (resolution.as === 'archive') said.push(...(await archive(resolution.names, workspace, progress)));
    if (resolution.as === 'file') said.push(...writable(resolution.file.path, () => rewrite(resolution.file.path, resolution.parts)).map((path) => `written: ${display(path)}`));
    if (resolution.as === 'lockFile') {
      writeLock(migrationsDir);
      said.push(`written: ${display(join(migrationsDir, 'migration_lock.toml'))}`);
    }
  }
  return said;
}

function writable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failure('UNWRITABLE', { path, detail: error instanceof Error ? error.message : String(error) }, error);
  }
}

/** The first part under the file's own name, the others beside it, sorting right after it. */
function rewrite(path: string, parts: readonly string[]): readonly string[] {
  const folder = dirname(path);
  const paths = parts.map((_, at) => (at === 0 ? path : join(`${folder}_${at + 1}`, 'migration.sql')));
  for (const [at, one] of [...paths.entries()].reverse()) {
    mkdirSync(dirname(one), { recursive: true });
    writeFileSync(one, parts[at] ?? '', { flag: at === 0 ? 'w' : 'wx' });
  }
  return paths;
}

/** Moves directories to `<migrations>_archive` and writes a baseline of the schema in their place. */
async function archive(names: readonly string[], workspace: Workspace, progress: (words: string) => void): Promise<readonly string[]> {
  const { migrationsDir, display } = workspace.project;
  const baseline = await makeBaseline(workspace, { from: 'schema', fill: [], rehearse: true, format: 'block', progress });
  const folder = `${migrationsDir}_archive`;
  writable(folder, () => {
    mkdirSync(folder, { recursive: true });
    for (const name of names) {
      const target = join(folder, name);
      if (existsSync(target)) throw new Error(`${target} is there already`);
      renameSync(join(migrationsDir, name), target);
    }
  });
  // Right after the last there is, so that another container, with the same files, writes the same name.
  const others = [...names, ...readMigrations(migrationsDir).map(({ name }) => name)];
  const stamps = timestamps(baseline.scripts.length, others.some((name) => /^\d{14}/.test(name)) ? new Date(0) : new Date(), others);
  const written = writeMigrations(migrationsDir, baseline.scripts.map(({ suffix, sql }, at) => ({ name: `${stamps[at] ?? ''}_postgresql_baseline${suffix === '' ? '' : `_${suffix}`}`, sql })));
  return [`moved to ${display(folder)}: ${names.join(', ')}`, ...written.map((path) => `written: ${display(path)}`)];
}
