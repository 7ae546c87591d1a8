// The scratch server judges the plan: through each of its doors, with its gaps named, and against plans that are wrong.

import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { rehearse, type RehearsalInput } from '../../src/run/rehearse.ts';
import { openScratch, type Scratch } from '../../src/scratch/scratch.ts';
import type { Repair } from '../../src/run/repair.ts';
import { adminUrl, MAJORS, NEWEST, OLDEST, withDatabase, type TestDatabase } from '../support/database.ts';
import { buildFromEngine, plan, ROOT, workspaceFor } from '../support/project.ts';

const SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');

/** Nowhere near any server programs: PGlite. */
const NOWHERE = [tmpdir()];

async function repairOf(database: TestDatabase, damage: string): Promise<Repair> {
  const workspace = await workspaceFor(SCHEMA, database.url);
  await buildFromEngine(database, workspace);
  await database.run(damage);
  return await plan(database, workspace, { rehearse: false });
}

const input = ({ comparison, plan: planned, scripts, serverVersion }: Repair): RehearsalInput => ({ comparison, plan: planned, scripts, schemas: [], major: Math.floor(serverVersion / 10000), format: 'block' });

async function judged(scratch: Scratch, repair: RehearsalInput) {
  try {
    return await rehearse(scratch, repair);
  } finally {
    await scratch.close();
  }
}

const DAMAGE = 'DROP TABLE "Post" CASCADE; ALTER TABLE "User" DROP COLUMN name; DROP INDEX "User_email_key"; ALTER TABLE "Badge" RENAME label TO "LABEL"';

describe('doors', () => {
  test.each(MAJORS)('server programs of the live version %i', async (major) => {
    await withDatabase(major, async (database) => {
      const result = await judged(await openScratch({ major, from: [ROOT], extensions: [] }), input(await repairOf(database, DAMAGE)));
      expect(result).toEqual({ outcome: 'converged', judge: `PostgreSQL ${major}`, remaining: [], gaps: [] });
    });
  });
  test('another version is said, and judges all the same', async () => {
    await withDatabase(OLDEST, async (database) => {
      const result = await judged(await openScratch({ major: NEWEST, from: [ROOT], extensions: [] }), input(await repairOf(database, DAMAGE)));
      expect(result).toEqual({ outcome: 'converged', judge: `PostgreSQL ${NEWEST}`, remaining: [], gaps: [`judged by PostgreSQL ${NEWEST}; the database is ${OLDEST}`] });
    });
  });
  test('PGlite, with an extension it has', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run('CREATE EXTENSION citext');
      const repair = await repairOf(database, `${DAMAGE}; ALTER TABLE "User" ADD nick citext`);
      const result = await judged(await openScratch({ major: NEWEST, from: NOWHERE, extensions: ['citext'] }), input(repair));
      expect(result).toMatchObject({ outcome: 'converged', judge: expect.stringContaining('PGlite'), remaining: [], gaps: [] });
    });
  });
  test('a server the user names: a database of its own there, and gone afterwards', async () => {
    await withDatabase(NEWEST, async (database) => {
      const scratch = await openScratch({ url: adminUrl(OLDEST), major: NEWEST, from: NOWHERE, extensions: [] });
      expect((await judged(scratch, input(await repairOf(database, DAMAGE)))).outcome).toBe('converged');
      await withDatabase(OLDEST, async (other) => expect(await other.run("SELECT datname FROM pg_database WHERE datname LIKE 'prisma_mend_scratch%'")).toEqual([]));
    });
  });
  test('what runs on the programs has no superuser\'s rights and no network', async () => {
    const scratch = await openScratch({ major: NEWEST, from: [ROOT], extensions: [] });
    await expect(scratch.session.run("COPY (SELECT 1) TO PROGRAM 'true'")).rejects.toMatchObject({ code: '42501' });
    expect((await scratch.session.run('SHOW listen_addresses'))[0]).toEqual([['']]);
    await scratch.close();
  });
});

describe('gaps', () => {
  test('an extension nobody has and a type that is not modelled are named, and never called converged', async () => {
    await withDatabase(NEWEST, async (database) => {
      const repair = await repairOf(database, `${DAMAGE}; CREATE DOMAIN short AS text CHECK (length(VALUE) < 9); ALTER TABLE "User" ADD code short DEFAULT 'x'`);
      const live = { ...repair.comparison.live, objects: new Map([...repair.comparison.live.objects, ['extension "postgis"', { kind: 'extension', ref: { kind: 'extension', name: 'postgis' }, def: { schema: 'public', version: '3' } }] as const]) };
      const result = await judged(await openScratch({ major: NEWEST, from: [ROOT], extensions: [] }), { ...input(repair), comparison: { ...repair.comparison, live } });
      expect(result.outcome).toBe('gaps');
      expect(result.gaps).toEqual([expect.stringContaining('User.code has the type "short"'), expect.stringContaining('no extension postgis')]);
    });
  });
});

describe('plans that are wrong', () => {
  const withScript = (repair: Repair, sql: (text: string) => string): RehearsalInput => ({ ...input(repair), scripts: repair.scripts.map((script) => ({ ...script, sql: sql(script.sql) })) });

  test('a script that does less than the plan', async () => {
    await withDatabase(NEWEST, async (database) => {
      const repair = await repairOf(database, DAMAGE);
      const result = await judged(await openScratch({ major: NEWEST, from: [ROOT], extensions: [] }), withScript(repair, () => 'SELECT 1;'));
      expect(result.outcome).toBe('diverged');
      expect(result.remaining.length).toBeGreaterThan(3);
    });
  });
  test('a script that changes something each time', async () => {
    await withDatabase(NEWEST, async (database) => {
      const repair = await repairOf(database, DAMAGE);
      const result = await judged(await openScratch({ major: NEWEST, from: [ROOT], extensions: [] }), withScript(repair, (text) => `${text}\nCOMMENT ON TABLE "User" IS 'again';`));
      expect(result).toMatchObject({ outcome: 'diverged', remaining: ['the second run changed something'] });
    });
  });
  test('a script PostgreSQL refuses', async () => {
    await withDatabase(NEWEST, async (database) => {
      const repair = await repairOf(database, DAMAGE);
      const result = await judged(await openScratch({ major: NEWEST, from: [ROOT], extensions: [] }), withScript(repair, () => 'ALTER TABLE nowhere ADD c int;'));
      expect(result).toMatchObject({ outcome: 'failed', remaining: ['relation "nowhere" does not exist'] });
    });
  });
});
