// From every half: the plan's first k steps alone, then the whole script, must end as promised; then nothing changes any more.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeBaseline, type Baseline } from '../../src/run/baseline.ts';
import type { Script } from '../../src/plan/script.ts';
import type { Statement } from '../../src/plan/types.ts';
import { fingerprint } from '../../src/run/apply.ts';
import { MAJORS, NEWEST, withDatabase, type TestDatabase } from '../support/database.ts';
import { buildFromEngine, look, plan, ROOT, SCHEMAS, words, workspaceFor } from '../support/project.ts';

const SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');

async function runStatement({ session }: TestDatabase, statement: Statement): Promise<void> {
  await session.run('ddl' in statement ? statement.ddl : `SELECT ${statement.call}`);
}

async function runAll(database: TestDatabase, scripts: readonly Script[]): Promise<void> {
  for (const { sql } of scripts) await database.session.run(sql);
}

async function baselineOf(path: string, url: string, format: 'block' | 'statements' = 'block'): Promise<Baseline> {
  return await makeBaseline(await workspaceFor(path, url), { from: 'schema', fill: [], rehearse: true, format, progress: () => undefined });
}

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test.each(SCHEMAS)('baseline of $name on an empty, a healthy and every half-built database', async ({ path, name }) => {
    await withDatabase(major, async (database) => {
      const workspace = await workspaceFor(path, database.url);
      if (name === 'extensions' || (name === 'shop' && major === 12)) await database.run('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS pg_trgm');
      const { scripts, rehearsal } = await baselineOf(path, database.url);
      expect(rehearsal).toMatchObject({ outcome: 'converged', gaps: [] });
      await runAll(database, scripts);
      expect(words(await look(database, workspace))).toEqual([]);
      const healthy = await fingerprint(database.session, 'public', workspace.schemas);
      await runAll(database, scripts);
      expect(await fingerprint(database.session, 'public', workspace.schemas)).toBe(healthy);
    });
  });

  test('the baseline from every prefix of its creating steps', async () => {
    await withDatabase(major, async (database) => {
      const workspace = await workspaceFor(SCHEMA, database.url);
      const { scripts } = await baselineOf(SCHEMA, database.url);
      const all = new Map(scripts.flatMap(({ steps }) => steps).map((step) => [step.title, step]));
      const creating = [...all.values()].filter(({ order, promises }) => !promises.some(({ aspect }) => ['column', 'nullability', 'default', 'counter', 'primary key'].includes(aspect)) && order >= 0);
      expect(creating.length).toBeGreaterThan(10);
      for (let k = 0; k <= creating.length; k++) {
        await database.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        for (const step of creating.slice(0, k)) for (const statement of step.statements) await runStatement(database, statement);
        await runAll(database, scripts);
        expect([k, words(await look(database, workspace))]).toEqual([k, []]);
      }
    });
  });

  test('the baseline over tables that lack columns, keys, defaults and nullability', async () => {
    await withDatabase(major, async (database) => {
      const workspace = await workspaceFor(SCHEMA, database.url);
      const { scripts } = await baselineOf(SCHEMA, database.url);
      const halves = [
        'CREATE TABLE "User" ()',
        'CREATE TABLE "User" (id int, email text, slug text); CREATE TABLE "Post" (id text)',
        `CREATE TYPE "Role" AS ENUM ('USER'); CREATE TABLE "User" (id serial PRIMARY KEY, email text NOT NULL, slug text NOT NULL, name text NOT NULL, role "Role")`,
        'CREATE TABLE "Post" (id text, title varchar(200), "authorId" int, "createdAt" timestamp(3), day timestamp(3), tags text[], body text)',
      ];
      for (const half of halves) {
        await database.run(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${half}`);
        await runAll(database, scripts);
        expect([half, words(await look(database, workspace))]).toEqual([half, []]);
      }
    });
  });

  test('where it cannot be without inventing a value it says which, and changes nothing', async () => {
    await withDatabase(major, async (database) => {
      const { scripts } = await baselineOf(SCHEMA, database.url);
      await database.run(`CREATE TABLE "User" (id serial PRIMARY KEY, email text NOT NULL); INSERT INTO "User" (email) VALUES ('a')`);
      const before = await fingerprint(database.session, 'public', []);
      const main = scripts.at(-1)!;
      await expect(database.session.run(main.sql)).rejects.toMatchObject({ message: expect.stringContaining('User.slug'), hint: expect.stringContaining('--fill') });
      expect(await fingerprint(database.session, 'public', [])).toBe(before);
      const filled = await makeBaseline(await workspaceFor(SCHEMA, database.url), { from: 'schema', fill: ["User.slug='none'"], rehearse: true, format: 'block', progress: () => undefined });
      await runAll(database, filled.scripts);
      expect(words(await look(database, await workspaceFor(SCHEMA, database.url)))).toEqual([]);
      expect(await database.run('SELECT email, slug FROM "User"')).toEqual([['a', 'none']]);
    });
  });

  test('an object of the right name and the wrong shape is said, never passed over', async () => {
    await withDatabase(major, async (database) => {
      const { scripts } = await baselineOf(SCHEMA, database.url);
      const wrongs: readonly (readonly [string, RegExp])[] = [
        ['CREATE VIEW "User" AS SELECT 1 AS id', /table "User" is view/],
        ['CREATE TABLE "Post" (id uuid PRIMARY KEY)', /column "Post"\."id" is uuid, promised text/],
        ['CREATE TABLE "Badge" (id int, label text NOT NULL, PRIMARY KEY (label))', /primary key "Badge" is \["label"\], promised \["id"\]/],
        ['CREATE TABLE "User" (id serial PRIMARY KEY, email text NOT NULL, slug text NOT NULL); CREATE INDEX "User_email_key" ON "User" (email)', /index "User"\."User_email_key" is btree/],
        ['CREATE TABLE "User" (id serial PRIMARY KEY, email text NOT NULL, slug text NOT NULL, visits int NOT NULL DEFAULT 5)', /default "User"\."visits" is 5, promised 0/],
      ];
      for (const [sql, message] of wrongs) {
        await database.run(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${sql}`);
        const before = await fingerprint(database.session, 'public', []);
        await expect(database.session.run(scripts.at(-1)!.sql)).rejects.toThrow(message);
        expect(await fingerprint(database.session, 'public', [])).toBe(before);
      }
    });
  });

  test.each(['block', 'statements'] as const)('a repair (%s) from every prefix of its steps', async (format) => {
    await withDatabase(major, async (database) => {
      const workspace = await workspaceFor(SCHEMA, database.url);
      const damage = async () => {
        await database.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        await buildFromEngine(database, workspace);
        await database.run(`INSERT INTO "User" (email, slug) VALUES ('a', 'a'); DROP TABLE "Post" CASCADE; ALTER TABLE "User" DROP COLUMN name; ALTER TABLE "User" ALTER role DROP DEFAULT; DROP INDEX "User_email_key";
          DROP SEQUENCE "User_id_seq" CASCADE; ALTER TABLE "Badge" DROP CONSTRAINT "Badge_pkey" CASCADE; ALTER TABLE "Badge" ALTER label DROP NOT NULL; ALTER TABLE "User" RENAME slug TO "SLUG"`);
      };
      await damage();
      const { scripts, plan: planned } = await plan(database, workspace, { format });
      expect(planned.steps.length).toBeGreaterThan(9);
      for (let k = 0; k <= planned.steps.length; k++) {
        await damage();
        for (const step of planned.steps.slice(0, k)) for (const statement of step.statements) await runStatement(database, statement);
        await runAll(database, scripts);
        expect([k, words(await look(database, workspace))]).toEqual([k, []]);
        expect(await database.run('SELECT count(*)::int4 FROM "User"')).toEqual([[1]]);
        await runAll(database, scripts);
      }
    });
  });
});

test('a script made on one version runs on all', async () => {
  for (const maker of MAJORS) {
    await withDatabase(maker, async (database) => {
      const workspace = await workspaceFor(SCHEMA, database.url);
      await buildFromEngine(database, workspace);
      await database.run('DROP TABLE "Post" CASCADE; ALTER TABLE "User" ALTER visits DROP DEFAULT');
      const { scripts } = await plan(database, workspace);
      for (const user of MAJORS) {
        await withDatabase(user, async (other) => {
          const there = await workspaceFor(SCHEMA, other.url);
          await buildFromEngine(other, there);
          await other.run('DROP TABLE "Post" CASCADE; ALTER TABLE "User" ALTER visits DROP DEFAULT');
          await runAll(other, scripts);
          await runAll(other, scripts);
          expect(words(await look(other, there))).toEqual([]);
        });
      }
    });
  }
  for (const { path, name } of SCHEMAS.filter(({ name: one }) => one === 'generated' || one === 'types')) {
    const { scripts } = await baselineOf(path, `postgresql://x@localhost/y`);
    for (const user of MAJORS) {
      await withDatabase(user, async (other) => {
        await runAll(other, scripts);
        await runAll(other, scripts);
        expect([name, user, words(await look(other, await workspaceFor(path, other.url)))]).toEqual([name, user, []]);
      });
    }
  }
  expect(MAJORS).toContain(NEWEST);
});
