// Written files in the hands of those who run them: the real Prisma CLI 6 and 7, a runner that commits statement by statement, psql.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/run/apply.ts';
import { withDatabase, MAJORS, NEWEST, type TestDatabase } from '../support/database.ts';
import { appFolder, mend, prisma, type AppFolder, type PrismaMajor } from '../support/prisma-cli.ts';
import { buildFromEngine, look, ROOT, words, workspaceFor } from '../support/project.ts';

const SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');
const DAMAGE = `DROP TABLE "Post" CASCADE; ALTER TABLE "User" DROP COLUMN name; DROP INDEX "User_email_key"; ALTER TABLE "User" ALTER role DROP DEFAULT; ALTER TABLE "User" RENAME slug TO "SLUG"`;

async function withApp<T>(major: PrismaMajor, work: (app: AppFolder) => Promise<T>): Promise<T> {
  const app = appFolder(readFileSync(SCHEMA, 'utf8'), major);
  try {
    return await work(app);
  } finally {
    app.remove();
  }
}

function written(app: AppFolder): readonly string[] {
  return readdirSync(app.migrations).filter((name) => name !== 'migration_lock.toml').sort().map((name) => join(app.migrations, name, 'migration.sql'));
}

async function isWhole(database: TestDatabase): Promise<void> {
  expect(words(await look(database, await workspaceFor(SCHEMA, database.url)))).toEqual([]);
}

describe.each([6, 7] as const)('Prisma %i', (major) => {
  test('deploys a written baseline on an empty database, and has nothing to do the second time', async () => {
    await withApp(major, (app) => withDatabase(NEWEST, async (database) => {
      const made = await mend(['baseline', '--write'], app.path, { DATABASE_URL: database.url });
      expect([made.code, made.stdout]).toEqual([0, '']);
      expect(made.stderr).toMatch(/_postgresql_baseline\/migration\.sql/);
      expect(readFileSync(join(app.migrations, 'migration_lock.toml'), 'utf8')).toContain('provider = "postgresql"');
      const deployed = await prisma(major, ['migrate', 'deploy'], app, database.url);
      expect([deployed.code, deployed.all]).toEqual([0, expect.stringContaining('successfully applied')]);
      await isWhole(database);
      const again = await prisma(major, ['migrate', 'deploy'], app, database.url);
      expect([again.code, again.all]).toEqual([0, expect.stringContaining('No pending migrations')]);
    }));
  });

  test.each(MAJORS)('deploys a written repair on PostgreSQL %i', async (server) => {
    await withApp(major, (app) => withDatabase(server, async (database) => {
      await buildFromEngine(database, await workspaceFor(SCHEMA, database.url));
      await database.run(`${DAMAGE}; CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)`);
      const made = await mend(['repair', '--write'], app.path, { DATABASE_URL: database.url });
      expect([made.code, made.stdout]).toEqual([0, '']);
      const deployed = await prisma(major, ['migrate', 'deploy'], app, database.url);
      expect([deployed.code, deployed.all]).toEqual([0, expect.stringContaining('successfully applied')]);
      await isWhole(database);
    }));
  });

  test('a repair that cannot end as promised leaves nothing half done, and the ledger keeps the reason', async () => {
    await withApp(major, (app) => withDatabase(NEWEST, async (database) => {
      await buildFromEngine(database, await workspaceFor(SCHEMA, database.url));
      await database.run(`${DAMAGE}; CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)`);
      await mend(['repair', '--write'], app.path, { DATABASE_URL: database.url });
      await database.run('CREATE VIEW "Post" AS SELECT 1 AS id');
      const before = await fingerprint(database.session, 'public', []);
      const deployed = await prisma(major, ['migrate', 'deploy'], app, database.url);
      expect(deployed.code).toBe(1);
      expect(await fingerprint(database.session, 'public', [])).toBe(before);
      expect(await database.run('SELECT logs FROM _prisma_migrations')).toEqual([[expect.stringContaining('table "Post" is view')]]);
    }));
  });
});

test('a runner that commits statement by statement cannot tear a block apart', async () => {
  const { splitAsPrisma } = (await import('../support/prisma-split.mjs')) as { splitAsPrisma: (script: string) => string[] };
  expect(splitAsPrisma('CREATE TABLE a (id int); CREATE TABLE b (id int);')).toHaveLength(2);
  await withApp(6, (app) => withDatabase(NEWEST, async (database) => {
    await mend(['baseline', '--write'], app.path, { DATABASE_URL: database.url });
    for (const path of written(app)) {
      const pieces = splitAsPrisma(readFileSync(path, 'utf8'));
      expect(pieces).toHaveLength(1);
    }
  }));
});

const PSQL = hasPsql();

function hasPsql(): boolean {
  try {
    execFileSync('psql', ['--version']);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!PSQL)('psql', () => {
  test.each([[], ['-1']])('runs block and statements, twice (%s)', async (...flags) => {
    for (const format of ['block', 'statements']) {
      await withApp(6, (app) => withDatabase(NEWEST, async (database) => {
        await buildFromEngine(database, await workspaceFor(SCHEMA, database.url));
        await database.run(DAMAGE);
        const made = await mend(['repair', '--format', format], app.path, { DATABASE_URL: database.url });
        expect(made.code).toBe(0);
        for (let round = 0; round < 2; round++) execFileSync('psql', [database.url, '-v', 'ON_ERROR_STOP=1', '-q', ...flags.flat(), '-f', '-'], { input: made.stdout, stdio: ['pipe', 'ignore', 'pipe'] });
        await isWhole(database);
      }));
    }
  });
});
