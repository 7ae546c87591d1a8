// Foreign keys are off while rows arrive and come back as they were; where that cannot be, they stay, and the rows arrive all the same.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Session } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { transferData, type TransferReport } from '../../src/run/transfer/transfer.ts';
import { MAJORS, NEWEST, urlOf, withDatabase, type TestDatabase } from '../support/database.ts';

const ROWS = 1500;
let folder: string;
let file: string;
let orphan: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mend-transfer-'));
  file = fileOf('rows', `i, i, i, ${ROWS + 1} - i, i % 7 + 1, i`);
  orphan = fileOf('orphan', `i, CASE i WHEN 1234 THEN 99999 ELSE i END, i, i, i, i`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, values: string): string {
  const path = join(folder, `${name}.db`);
  const database = new sqlite.Database(path);
  const series = `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${ROWS})`;
  database.exec(`PRAGMA foreign_keys=OFF; CREATE TABLE parent (id INTEGER PRIMARY KEY, x INT, y INT); ${series} INSERT INTO parent SELECT i, i, i FROM s;
    CREATE TABLE child (id INTEGER PRIMARY KEY, a INT, b INT, c INT, d INT, me INT); ${series} INSERT INTO child SELECT ${values} FROM s`);
  database.close();
  return path;
}

const TABLES = 'CREATE TABLE parent (id int PRIMARY KEY, x int, y int, UNIQUE (x, y)); CREATE TABLE child (id int PRIMARY KEY, a int, b int, c int, d int, me int);';
const KEYS = `${TABLES} CREATE UNIQUE INDEX twice ON parent (id);
  ALTER TABLE child ADD CONSTRAINT "o'dd ""one""" FOREIGN KEY (a) REFERENCES parent ON UPDATE CASCADE ON DELETE SET DEFAULT;
  COMMENT ON CONSTRAINT "o'dd ""one""" ON child IS 'it''s \\ kept';
  ALTER TABLE child ADD CONSTRAINT late FOREIGN KEY (b) REFERENCES parent (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
  ALTER TABLE child ADD CONSTRAINT can_wait FOREIGN KEY (c) REFERENCES parent (id) ON DELETE RESTRICT DEFERRABLE;
  ALTER TABLE child ADD CONSTRAINT pairs FOREIGN KEY (a, b) REFERENCES parent (x, y) MATCH FULL;
  ALTER TABLE child ADD CONSTRAINT unseen FOREIGN KEY (d) REFERENCES parent (id) NOT VALID;
  COMMENT ON CONSTRAINT unseen ON child IS 'some day';
  ALTER TABLE child ADD CONSTRAINT me FOREIGN KEY (me) REFERENCES child (id) ON DELETE SET NULL`;

const move = (session: Session, database: TestDatabase, from: string, progress: (words: string) => void = () => undefined): Promise<TransferReport> => transferData(session, { file: from, schema: 'public', signal: new AbortController().signal, progress, reconnect: () => connect(database.target) });
const states = ({ tables }: TransferReport) => Object.fromEntries(tables.map(({ name, state }) => [name, state]));

/** All that PostgreSQL keeps of them. */
async function kept(database: TestDatabase): Promise<readonly (readonly unknown[])[]> {
  return await database.run(`SELECT k.conname::text, pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint'), (to_jsonb(k) - 'oid')::text,
    (SELECT string_agg(concat_ws(' ', g.tgrelid::regclass, g.tgfoid::regproc, g.tgtype, g.tgenabled, g.tgdeferrable, g.tginitdeferred), ',' ORDER BY g.tgfoid) FROM pg_trigger g WHERE g.tgconstraint = k.oid)
    FROM pg_constraint k WHERE contype = 'f' ORDER BY k.conname`);
}

const numbers = async (database: TestDatabase) => Object.fromEntries((await database.run("SELECT conname::text, oid::text FROM pg_constraint WHERE contype = 'f'")).map(([name, oid]) => [String(name), oid]));
const count = async (database: TestDatabase) => (await database.run('SELECT count(*)::int FROM child'))[0]?.[0];

/** The names of keys that were off: they have another number. */
async function takenBy(database: TestDatabase, work: () => Promise<unknown>): Promise<readonly string[]> {
  const [before, definitions] = [await numbers(database), await kept(database)];
  await work();
  expect(await kept(database)).toEqual(definitions);
  const after = await numbers(database);
  return Object.keys(before).filter((name) => before[name] !== after[name]).sort();
}

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test('names, actions, what waits, what was never validated, comments: all as they were', async () => {
    await withDatabase(major, async (database) => {
      await database.run(`${KEYS}${major >= 18 ? '; ALTER TABLE child ADD CONSTRAINT slack FOREIGN KEY (d) REFERENCES parent (id) NOT ENFORCED' : ''}`);
      const taken = await takenBy(database, async () => expect(states(await move(database.session, database, file))).toEqual({ parent: 'copied', child: 'copied' }));
      expect([taken, await count(database)]).toEqual([['can_wait', 'late', 'me', "o'dd \"one\"", 'pairs'], ROWS]);
    });
  });

  test('a row without its other end is refused, and nothing has changed', async () => {
    await withDatabase(major, async (database) => {
      await database.run(`${TABLES} ALTER TABLE child ADD CONSTRAINT one FOREIGN KEY (a) REFERENCES parent`);
      const taken = await takenBy(database, async () => {
        const { tables } = await move(database.session, database, orphan);
        expect(tables.map(({ name, state, detail }) => [name, state, detail])).toEqual([['parent', 'copied', ''], ['child', 'refused', expect.stringMatching(/^PostgreSQL refuses a row: .*violates foreign key constraint "one" \(Key \(a\)=\(99999\) is not present in table "parent"\.\)$/)]]);
      });
      expect([taken, await count(database)]).toEqual([[], 0]);
    });
  });

  test('a connection that breaks between taking off and putting back', async () => {
    await withDatabase(major, async (database) => {
      await database.run(KEYS);
      const session = await connect(database.target);
      const [[pid] = []] = (await session.run('SELECT pg_backend_pid()'))[0] ?? [];
      let broken: Promise<unknown> | undefined;
      const taken = await takenBy(database, async () => {
        await expect(move(session, database, file, (words) => {
          if (words.startsWith('copying "child"')) broken ??= database.run(`SELECT pg_terminate_backend(${pid})`);
        })).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
        await broken;
        await session.close();
      });
      expect([taken, await count(database)]).toEqual([[], 0]);
      expect(states(await move(database.session, database, file))).toEqual({ parent: 'already', child: 'copied' });
    });
  });
});

describe('keys that stay', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a disabled trigger would come back enabled', 'ALTER TABLE child DISABLE TRIGGER ALL'],
    ['a trigger of the user\'s own may lean on the key', 'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION f()'],
    ['nothing but NOT VALID', 'ALTER TABLE child DROP CONSTRAINT one; ALTER TABLE child ADD CONSTRAINT one FOREIGN KEY (a) REFERENCES parent NOT VALID'],
    ['an event trigger that allows no change', "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never'; END $$; CREATE EVENT TRIGGER never ON ddl_command_start EXECUTE FUNCTION f()"],
  ];
  test.each(cases)('%s', async (_, sql) => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(`${TABLES} ALTER TABLE child ADD CONSTRAINT one FOREIGN KEY (a) REFERENCES parent; ${sql}`);
      expect(await takenBy(database, async () => expect(states(await move(database.session, database, file))).toEqual({ parent: 'copied', child: 'copied' }))).toEqual([]);
      expect(await count(database)).toBe(ROWS);
    });
  });

  test('somebody reads one of the tables: nobody waits', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(`${TABLES} ALTER TABLE child ADD CONSTRAINT one FOREIGN KEY (a) REFERENCES parent`);
      const reader = await connect(database.target);
      await reader.run('BEGIN; SELECT count(*) FROM parent');
      const started = performance.now();
      expect(await takenBy(database, async () => expect(states(await move(database.session, database, file))).toEqual({ parent: 'copied', child: 'copied' }))).toEqual([]);
      // A lock is waited for ten seconds.
      expect(performance.now() - started).toBeLessThan(8000);
      await reader.close();
    });
  });

  test('a NOT VALID key refuses new rows as before', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(`${TABLES} ALTER TABLE child ADD CONSTRAINT one FOREIGN KEY (a) REFERENCES parent NOT VALID; ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES parent`);
      expect(states(await move(database.session, database, orphan))).toEqual({ parent: 'copied', child: 'refused' });
    });
  });

  test('a role that owns neither table, and one that owns only the end the key is on', async () => {
    for (const owned of ['', 'ALTER TABLE child OWNER TO ROLE_;']) {
      await withDatabase(NEWEST, async (database) => {
        const role = `app_${process.pid}_${Date.now()}`;
        await database.run(`${TABLES} ALTER TABLE child ADD CONSTRAINT one FOREIGN KEY (a) REFERENCES parent; CREATE ROLE ${role} LOGIN; GRANT SELECT, INSERT, UPDATE ON parent, child TO ${role}; ${owned.replace('ROLE_', role)}`);
        const session = await connect(parseUrl(urlOf(NEWEST, new URL(database.url).pathname.slice(1), {}, role), 'test'));
        expect(await takenBy(database, async () => expect(states(await move(session, database, file).finally(() => session.close()))).toEqual({ parent: 'copied', child: 'copied' }))).toEqual([]);
        await database.run(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`);
      });
    }
  });
});
