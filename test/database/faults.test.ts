// Others at work, locks, broken connections, missing rights: nothing half done that a second run does not finish.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect, type Session } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { makeBaseline } from '../../src/run/baseline.ts';
import { fingerprint } from '../../src/run/apply.ts';
import { MAJORS, NEWEST, urlOf, withDatabase, type TestDatabase } from '../support/database.ts';
import { apply, buildFromEngine, look, plan, ROOT, words, workspaceFor } from '../support/project.ts';

const SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');
const PRISMA_LOCK = 72707369;

async function baselineSql(url: string, path = SCHEMA): Promise<readonly string[]> {
  const { scripts } = await makeBaseline(await workspaceFor(path, url), { from: 'schema', fill: [], rehearse: false, format: 'block', progress: () => undefined });
  return scripts.map(({ sql }) => sql);
}

async function damaged(database: TestDatabase) {
  const workspace = await workspaceFor(SCHEMA, database.url);
  await buildFromEngine(database, workspace);
  await database.run('ALTER TABLE "User" DROP COLUMN name; ALTER TABLE "Post" DROP COLUMN body; DROP INDEX "User_email_key"; ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"');
  return { workspace, repair: await plan(database, workspace, { rehearse: false }) };
}

async function also<T>(database: TestDatabase, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await connect(database.target);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test('eight deploys at once', async () => {
    await withDatabase(major, async (database) => {
      const scripts = await baselineSql(database.url);
      const workspace = await workspaceFor(SCHEMA, database.url);
      for (let round = 0; round < 5; round++) {
        await database.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        const sessions = await Promise.all(Array.from({ length: 8 }, () => connect(database.target)));
        const outcomes = await Promise.allSettled(sessions.map(async (session) => {
          for (const sql of scripts) await session.run(sql);
        }));
        await Promise.all(sessions.map((session) => session.close()));
        expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
        expect(words(await look(database, workspace))).toEqual([]);
      }
    });
  });

  test('a busy reader for two seconds: the application waits no longer than one try, and the repair gets through', async () => {
    await withDatabase(major, async (database) => {
      const { workspace, repair } = await damaged(database);
      await also(database, async (reader) => also(database, async (application) => {
        await reader.run('BEGIN; SELECT count(*) FROM "User"');
        const release = pause(2000).then(() => reader.run('COMMIT'));
        let longest = 0;
        const done = new AbortController();
        const traffic = (async () => {
          while (!done.signal.aborted) {
            const began = performance.now();
            await application.run('SELECT count(*) FROM "User"');
            longest = Math.max(longest, performance.now() - began);
            await pause(5);
          }
        })();
        await apply(database, workspace, repair);
        await release;
        done.abort();
        await traffic;
        expect(longest).toBeLessThan(1500);
      }));
      expect(words(await look(database, workspace))).toEqual([]);
    });
  });

  test("Prisma's lock held for a while is waited for, without standing in its queue", async () => {
    await withDatabase(major, async (database) => {
      const { workspace, repair } = await damaged(database);
      await also(database, async (holder) => {
        await holder.run(`SELECT pg_advisory_lock(${PRISMA_LOCK})`);
        const release = pause(1500).then(() => holder.run(`SELECT pg_advisory_unlock(${PRISMA_LOCK})`));
        const running = database.session.run(repair.scripts[0]!.sql);
        await pause(700);
        expect(await also(database, (other) => other.run(`SELECT count(*)::int4 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`))).toEqual([[[0]]]);
        await running;
        await release;
      });
      expect(words(await look(database, workspace))).toEqual([]);
    });
  });

  test('the server process killed at any moment: all or nothing, and the next run finishes', async () => {
    await withDatabase(major, async (database) => {
      const { workspace, repair } = await damaged(database);
      const before = repair.fingerprint;
      let survived = 0;
      for (let ms = 0; ms < 24; ms += 2) {
        const session = await connect(database.target);
        const [[pid] = []] = await session.run('SELECT pg_backend_pid()::int4');
        const outcome = apply(database, workspace, repair, session).then(() => 'done', (error: { code: string }) => error.code);
        await pause(ms);
        await database.run(`SELECT pg_terminate_backend(${String(pid?.[0])})`);
        const ended = await outcome;
        await session.close();
        const now = await fingerprint(database.session, 'public', []);
        if (ended === 'done') {
          survived++;
          expect(words(await look(database, workspace))).toEqual([]);
          await database.run('ALTER TABLE "User" DROP COLUMN name; ALTER TABLE "Post" DROP COLUMN body; DROP INDEX "User_email_key"; ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"');
        } else {
          expect([ended, now]).toEqual(['CONNECTION_LOST', before]);
        }
      }
      expect(survived).toBeLessThan(12);
      await apply(database, workspace, await plan(database, workspace, { rehearse: false }));
      expect(words(await look(database, workspace))).toEqual([]);
    });
  });

  test('interrupted while it waits for a lock: the database is as it was', async () => {
    await withDatabase(major, async (database) => {
      const { workspace, repair } = await damaged(database);
      await also(database, async (reader) => {
        await reader.run('BEGIN; SELECT count(*) FROM "User"');
        const controller = new AbortController();
        const running = apply(database, workspace, repair, database.session, controller.signal).catch((error: { code: string; why: string }) => error);
        await pause(600);
        controller.abort();
        expect(await running).toMatchObject({ code: 'INTERRUPTED', why: expect.stringContaining('as it was') });
        await reader.run('ROLLBACK');
      });
      expect(await fingerprint(database.session, 'public', [])).toBe(repair.fingerprint);
    });
  });

  test('a database that changed since the plan was made is left alone', async () => {
    await withDatabase(major, async (database) => {
      const { workspace, repair } = await damaged(database);
      await database.run('CREATE TABLE meanwhile (id int)');
      await expect(apply(database, workspace, repair)).rejects.toMatchObject({ code: 'SERVER_CHANGED' });
      expect(words(await look(database, workspace)).length).toBeGreaterThan(0);
    });
  });

  test('a role without rights changes nothing and is told whose they are', async () => {
    await withDatabase(major, async (database) => {
      const { workspace, repair } = await damaged(database);
      const role = `guest_${major}`;
      await database.run(`DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN`);
      const session = await connect(parseUrl(urlOf(major, database.target.database, {}, role), 'test'));
      await expect(apply(database, workspace, repair, session)).rejects.toMatchObject({ code: 'NO_RIGHTS', next: expect.stringContaining('GRANT') });
      await session.close();
      expect(await fingerprint(database.session, 'public', [])).toBe(repair.fingerprint);
      await database.run(`DROP ROLE ${role}`);
    });
  });

  test('a read-only server is refused', async () => {
    await withDatabase(major, async (database) => {
      const { workspace, repair } = await damaged(database);
      await database.run(`ALTER DATABASE ${database.target.database} SET default_transaction_read_only = on`);
      const session = await connect(database.target);
      await expect(apply(database, workspace, repair, session)).rejects.toMatchObject({ code: 'READ_ONLY' });
      await session.close();
    });
  });

  test('a large table gets its index concurrently and its foreign key in two steps, also over an interrupted build', async () => {
    await withDatabase(major, async (database) => {
      const workspace = await workspaceFor(SCHEMA, database.url);
      await buildFromEngine(database, workspace);
      await database.run(`INSERT INTO "User" (email, slug) VALUES ('a', 'a'); INSERT INTO "Post" (id, title, "authorId", body) SELECT g::text, g::text, 1, repeat('x', 1900) FROM generate_series(1, 36000) g;
        DROP INDEX "Post_createdAt_idx"; DROP INDEX "Post_authorId_title_key"; ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"; CREATE UNIQUE INDEX "Post_authorId_title_key" ON "Post" ("authorId", title);
        UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"Post_authorId_title_key"'::regclass`);
      const repair = await plan(database, workspace);
      expect(repair.scripts.filter(({ transaction }) => transaction === 'outside').map(({ suffix }) => suffix).sort()).toEqual(['index_Post_authorId_title_key', 'index_Post_createdAt_idx']);
      expect(repair.scripts.some(({ suffix }) => suffix.startsWith('validate'))).toBe(true);
      expect(repair.rehearsal.outcome).toBe('converged');
      await database.run(`ALTER DATABASE ${database.target.database} SET statement_timeout = '2s'`);
      await also(database, async (reader) => {
        // An old snapshot: every concurrent build waits for it, and the first tries give up.
        await reader.run('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM "Post"');
        const release = pause(4500).then(() => reader.run('COMMIT'));
        await also(database, (impatient) => apply(database, workspace, repair, impatient));
        await release;
      });
      expect(words(await look(database, workspace))).toEqual([]);
      expect(await database.run(`SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR indexrelid::regclass::text ~ '_ccnew'`)).toEqual([]);
    });
  });
});

test('three thousand tables on a server with default settings', async () => {
  const models = Array.from({ length: 3000 }, (_, at) => `model M${at} {\n  id Int @id @default(autoincrement())\n  name String @unique\n${at === 0 ? '  kids M1[]\n' : ''}${at === 1 ? '  parentId Int?\n  parent M0? @relation(fields: [parentId], references: [id])\n' : ''}}\n`);
  const { mkdtempSync, writeFileSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'mend-large-'));
  const path = join(folder, 'schema.prisma');
  writeFileSync(path, `datasource db {\n  provider = "postgresql"\n}\n${models.join('\n')}`);
  try {
    await withDatabase(NEWEST, async (database) => {
      expect(await database.run('SHOW max_locks_per_transaction')).toEqual([['64']]);
      const scripts = await baselineSql(database.url, path);
      expect(scripts.length).toBeGreaterThan(5);
      for (const sql of scripts) await database.session.run(sql);
      const workspace = await workspaceFor(path, database.url);
      expect(words(await look(database, workspace))).toEqual([]);
      for (const sql of scripts) expect((await database.session.run(`BEGIN;\n${sql}\nSELECT txid_current_if_assigned(); COMMIT`)).at(-2)).toEqual([[null]]);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
