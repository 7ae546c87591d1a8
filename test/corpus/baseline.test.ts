// Other people's histories, the ledger lost: the point at which the database stands is found, recorded, and deployed on from.

import { mkdtempSync, cpSync, rmSync, realpathSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOTHING_STATED } from '../../src/history/resolve.ts';
import type { MigrationFile } from '../../src/history/history.ts';
import { residueWords, type Residue } from '../../src/history/residue.ts';
import { settle } from '../../src/run/settle.ts';
import { buildCatalog, canonicalText, type Catalog } from '../../src/catalog/catalog.ts';
import { introspect } from '../../src/introspect/introspect.ts';
import { openWorkspace } from '../../src/run/workspace.ts';
import { NEWEST, withDatabase, type TestDatabase } from '../support/database.ts';
import { projects, runHistory, type CorpusProject } from '../support/corpus.ts';
import { chooseChanges } from '../support/handChanges.ts';
import { engineDeploy, engineDiagnosis } from '../support/oracle.ts';
import { look } from '../support/project.ts';

const PROJECTS = projects().filter(({ migrations }) => migrations.length >= 20);
const ROUNDS = Number(process.env['MEND_ROUNDS'] ?? 2);

/** The same numbers in every run, others for every project. */
function random(seed: string): () => number {
  let state = [...seed].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('the corpus has long histories', () => {
  expect(PROJECTS.length).toBeGreaterThan(3);
});

async function withProject(project: CorpusProject, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mend-corpus-'));
  try {
    const schema = existsSync(join(dirname(project.schema), 'schema.prisma')) ? join(folder, 'prisma', 'schema.prisma') : join(folder, 'prisma', 'schema');
    cpSync(project.schema, schema, { recursive: true });
    cpSync(join(dirname(project.schema), 'migrations'), join(folder, 'prisma', 'migrations'), { recursive: true });
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without the ledger; other texts that only one of two databases could have do not occur. */
function plain(catalog: Catalog): string {
  return canonicalText(buildCatalog({ ...catalog, objects: [...catalog.objects.values()].filter(({ ref }) => !('table' in ref ? ref.table : 'name' in ref ? ref.name : '').startsWith('_prisma_migrations')) }));
}

async function catalogAfter(migrations: readonly MigrationFile[]): Promise<string> {
  return await withDatabase(NEWEST, async (database) => {
    await runHistory(database, migrations);
    return plain(await introspect(database.session, { home: 'public' }));
  });
}

describe.each(PROJECTS)('$name', (project) => {
  const next = random(project.name);
  const points = Array.from({ length: ROUNDS }, () => 1 + Math.floor(next() * (project.migrations.length - 1)));

  test.each(points)('stands after %i', async (k) => {
    await withDatabase(NEWEST, async (database) => {
      const { migrations } = project;
      const failed = await runHistory(database, migrations.slice(0, k));
      const before = plain(await introspect(database.session, { home: 'public' }));
      await withProject(project, async (folder) => {
        const workspace = await openWorkspace({ cwd: folder, environment: {}, url: database.url });
        const began = performance.now();
        const checked = await look(database, workspace);
        const spent = performance.now() - began;
        const names = [...(checked.diagnosis?.baselined?.names ?? [])];
        process.stdout.write(`${project.name}: ${k} of ${migrations.length} ran, ${names.length} found in ${spent.toFixed(0)} ms, residue ${checked.diagnosis?.baselined?.residue.length ?? 0}, undecided ${checked.diagnosis?.undecided.length ?? 0}${failed.length > 0 ? `, ${failed.length} not whole` : ''}\n`);
        expect(checked.diagnosis?.baselined?.residue.map(residueWords)).toEqual([]);
        // Migrations at the end that leave the catalog as it is may run again: what ran is found up to them.
        expect(names.length <= k && (names.length === k || (await catalogAfter(migrations.slice(0, names.length))) === before)).toBe(true);
        const { undecided } = await settle(database.session, checked, { cwd: folder, environment: {}, via: 'mend', stated: NOTHING_STATED, files: 'none', signal: new AbortController().signal, progress: () => undefined });
        expect(undecided).toEqual([]);
        await engineDeploy(database.url, join(folder, 'prisma', 'migrations')).catch(async (error: unknown) => {
          // A history that does not run on this version by itself stops where it always does.
          if ((await failsAnyway(migrations)) === null) throw error;
        });
        const engine = await engineDiagnosis(database.url, join(folder, 'prisma', 'migrations'), false);
        expect(engine.editedMigrationNames).toEqual([]);
      });
    });
  });
});

describe.each(PROJECTS)('$name, changed by hand', (project) => {
  const next = random(`${project.name} by hand`);
  const points = Array.from({ length: ROUNDS }, () => 1 + Math.floor(next() * (project.migrations.length - 1)));

  test.each(points)('stands after %i but for three changes', async (k) => {
    await withDatabase(NEWEST, async (database) => {
      await runHistory(database, project.migrations.slice(0, k));
      const changes = chooseChanges(await introspect(database.session, { home: 'public' }), 3, next);
      for (const { sql } of changes) await database.run(sql);
      await withProject(project, async (folder) => {
        const checked = await look(database, await openWorkspace({ cwd: folder, environment: {}, url: database.url }));
        const { names = new Set(), residue = [] } = checked.diagnosis?.baselined ?? {};
        process.stdout.write(`${project.name}: ${k} ran, ${names.size} found, by hand: ${changes.map(({ sql }) => sql.replaceAll('"public".', '')).join('; ')}\n`);
        expect([...residue].sort(byKey)).toEqual(changes.map((one) => one.residue).sort(byKey));
        const { undecided } = await settle(database.session, checked, { cwd: folder, environment: {}, via: 'mend', stated: NOTHING_STATED, files: 'none', signal: new AbortController().signal, progress: () => undefined });
        expect(undecided).toEqual([]);
        expect((await engineDiagnosis(database.url, join(folder, 'prisma', 'migrations'), false)).failedMigrationNames).toEqual([]);
      });
    });
  });
});

function byKey(a: Residue, b: Residue): number {
  return a.key < b.key ? -1 : 1;
}

/** Why the whole history does not run from nothing, message by message, as Prisma sends it. */
async function failsAnyway(migrations: readonly MigrationFile[]): Promise<string | null> {
  return await withDatabase(NEWEST, async ({ session }: TestDatabase) => {
    for (const { sql, name } of migrations) {
      try {
        await session.run(sql);
      } catch (error) {
        return `${name}: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    return null;
  });
}
