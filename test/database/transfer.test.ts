// The rows of a SQLite file in PostgreSQL: equal by content, by two ways of looking; refused as a whole where they cannot be; and a second run
// changes nothing.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Session } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { MendError } from '../../src/errors.ts';
import { planTransfer, transferData, type TransferOptions, type TransferReport } from '../../src/run/transfer/transfer.ts';
import { MAJORS, NEWEST, urlOf, withDatabase, type TestDatabase } from '../support/database.ts';
import { makeSqlite, postgresDdl, TABLES } from '../support/transfer-seed.mjs';

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mend-transfer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(script: string | ((database: InstanceType<typeof sqlite.Database>) => void), path = join(folder, `${++files}.db`)): string {
  const database = new sqlite.Database(path);
  database.exec('PRAGMA foreign_keys=OFF');
  if (typeof script === 'string') database.exec(script);
  else script(database);
  database.close();
  return path;
}

function optionsFor(database: TestDatabase, file: string, more: Partial<TransferOptions> = {}): TransferOptions {
  return { file, schema: 'public', signal: new AbortController().signal, progress: () => undefined, reconnect: () => connect(database.target), ...more };
}

const move = (database: TestDatabase, file: string, more: Partial<TransferOptions> = {}): Promise<TransferReport> => transferData(database.session, optionsFor(database, file, more));
const states = ({ tables }: TransferReport) => Object.fromEntries(tables.map(({ name, state }) => [name, state]));
const detail = ({ tables }: TransferReport, name: string) => tables.find((table) => table.name === name)?.detail ?? '';

async function failing(work: Promise<unknown>): Promise<MendError> {
  const error = await work.then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof MendError)) throw new Error(`expected a failure, got ${String(error)}`, { cause: error });
  return error;
}

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test('each type, from each form its values have', async () => {
    await withDatabase(major, async (database) => {
      await database.run(`CREATE TYPE "Role" AS ENUM ('user', 'ad"min'); CREATE DOMAIN short AS varchar(5);
        CREATE TABLE "All" (id int PRIMARY KEY, i2 int2, i8 bigint, f8 float8, f4 real, n numeric, d decimal(65,30), b boolean, t text, v varchar(5), c char(4), s short, j json, jb jsonb, by bytea, u uuid, ts timestamp(3), tz timestamptz(3), da date, ti time(3), r "Role")`);
      const columns = 'id, i2, i8, f8, f4, n, d, b, t, v, c, s, j, jb, by, u, ts, tz, da, ti, r';
      const file = fileOf(`CREATE TABLE "All" (id INTEGER PRIMARY KEY, i2, i8, f8, f4, n, d, b, t, v, c, s, j, jb, "by", u, ts, tz, da, ti, r);
        INSERT INTO "All" (${columns.replace(' by,', ' "by",')}) VALUES
          (1, 7, 9007199254740993, 0.1, 0.1, 1.5, 0.30000000000000004, 1, 'Grüße' || char(9, 10, 13, 92) || 'x' || char(128512), 'äöü', 'ab ', 'five5', '{"b":1, "a": 2}', '{"b":1.50,"a":"\\u00e4","b":[]}', x'00ff', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 1696625465526, 1696625465526, '2023-10-06', '10:20:30.5', 'ad"min'),
          (2, '-3', '-9223372036854775808', '1e300', 2.5, '123456789012345678901234567890.123', '1.10', 'true', 12.5, '', '', '', '[]', 5, 'ä', x'a0eebc999c0b4ef8bb6d6bb9bd380a11', '2023-10-06T20:51:05.526Z', '2023-10-06T22:51:05.526+02:00', 1696550400000, 61500, 'user'),
          (3, 3.0, 1e18, 'Infinity', 1e10, 100.0, 3, '0', CAST('blob' AS BLOB), CAST('ü' AS BLOB), 'a', NULL, '"x"', jsonb('{"k":[1,2.0,"z"]}'), x'', 'a0eebc999c0b4ef8bb6d6bb9bd380a11', '2023-10-06 20:51:05', '2023-10-06', '2023-10-06 00:00:00', '23:59', 'user'),
          (4, NULL, NULL, -0.0, NULL, NULL, NULL, 'FALSE', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1696625465000.0, -62135596800001, -62135596800000, NULL, NULL)`);
      const report = await move(database, file);
      expect([states(report), detail(report, 'All')]).toEqual([{ All: 'copied' }, '']);
      const rows = await database.run(`SET timezone TO 'UTC'; SELECT ${columns.split(', ').map((column) => `${column}::text`).join(', ')} FROM "All" ORDER BY id`);
      expect(rows.map((row) => row.join(' | '))).toEqual([
        `1 | 7 | 9007199254740993 | 0.1 | 0.1 | 1.5 | 0.300000000000000040000000000000 | true | Grüße\t\n\r\\x😀 | äöü | ab | five5 | {"b":1, "a": 2} | {"a": "ä", "b": []} | \\x00ff | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 | 2023-10-06 20:51:05.526 | 2023-10-06 20:51:05.526+00 | 2023-10-06 | 10:20:30.5 | ad"min`,
        `2 | -3 | -9223372036854775808 | 1e+300 | 2.5 | 123456789012345678901234567890.123 | 1.100000000000000000000000000000 | true | 12.5 |  |  |  | [] | 5 | \\xc3a4 | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 | 2023-10-06 20:51:05.526 | 2023-10-06 20:51:05.526+00 | 2023-10-06 | 00:01:01.5 | user`,
        `3 | 3 | 1000000000000000000 | Infinity | 1e+10 | 100 | 3.000000000000000000000000000000 | false | blob | ü | a |  | "x" | {"k": [1, 2.0, "z"]} | \\x | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 | 2023-10-06 20:51:05 | 2023-10-06 00:00:00+00 | 2023-10-06 | 23:59:00 | user`,
        `4 |  |  | -0 |  |  |  | false |  |  |  |  |  |  |  |  | 2023-10-06 20:51:05 | 0001-12-31 23:59:59.999+00 BC | 0001-01-01 |  | `,
      ]);
      expect((await database.run('SELECT t IS NULL, v IS NULL FROM "All" ORDER BY id')).map((row) => row.join(' '))).toEqual(['false false', 'false false', 'false false', 'false true']);
      expect(states(await move(database, file))).toEqual({ All: 'already' });
    });
  });

  test('what is written is what PostgreSQL prints: any JSON, number, time and text', async () => {
    const wide = fc.record({
      j: fc.json({ maxDepth: 3, noUnicodeString: false }).filter((text) => !/\\u0000|\\ud[89a-f]/i.test(text)),
      f: fc.double({ noNaN: true }), r: fc.float({ noNaN: true, noDefaultInfinity: true }), i: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      d: fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -30, max: 30 })).map(([digits, exponent]) => `${digits}e${exponent}`),
      m: fc.integer({ min: -210_000_000_000_000, max: 253_402_300_799_999 }),
      t: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', '')), b: fc.uint8Array({ maxLength: 40 }),
    });
    await withDatabase(major, async (database) => {
      await database.run('CREATE TABLE w (id int PRIMARY KEY, j jsonb, f float8, r real, i bigint, d numeric, m timestamp(3), z timestamptz, t text, b bytea)');
      const samples = fc.sample(wide, 3000);
      const file = fileOf((made) => {
        made.exec('CREATE TABLE w (id INTEGER PRIMARY KEY, j, f, r, i, d, m, z, t, b); BEGIN');
        const insert = made.prepare('INSERT INTO w VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
        for (const [at, { j, f, r, i, d, m, t, b }] of samples.entries()) insert.run([at, j, f, r, i, d, m, m, t, b]);
        insert.finalize();
        made.exec('COMMIT');
      });
      const report = await move(database, file);
      expect([states(report), detail(report, 'w')]).toEqual([{ w: 'copied' }, '']);
      // By another way: as the drivers of the two read it.
      const rows = await database.run('SELECT j::text, f, i::text, extract(epoch FROM m)::text, t, encode(b, \'hex\') FROM w ORDER BY id');
      for (const [at, sample] of samples.entries()) {
        const [j, f, i, m, t, b] = rows[at] ?? [];
        expect([f === sample.f, i, Math.round(Number(m) * 1000), t, b]).toEqual([true, String(sample.i), sample.m, sample.t, Buffer.from(sample.b).toString('hex')]);
        expect(JSON.parse(String(j))).toEqual(JSON.parse(sample.j.replaceAll(/-0(?![.\d])/g, '0')));
      }
    });
  });

  test('100,000 rows in circles arrive, and a second run changes nothing; one changed value is found', async () => {
    await withDatabase(major, async (database) => {
      await database.run(postgresDdl());
      const file = join(folder, `seed-${major}.db`);
      makeSqlite(file, 5000);
      const report = await move(database, file);
      expect([report.rows, report.copied, new Set(Object.values(states(report)))]).toEqual([100_000, 100_000, new Set(['copied'])]);
      expect(detail(report, 'T03')).toBe('"T03_otherId_fkey" taken off for the transaction, and put back as it was when all tables of its circle were there');
      expect((await database.run("SELECT count(*)::int FROM pg_constraint WHERE contype = 'f' AND NOT condeferrable AND NOT condeferred AND convalidated"))[0]).toEqual([40]);
      await sameByDrivers(database, file);
      expect((await database.run(`SELECT nextval('"T07_id_seq"')::int`))[0]).toEqual([5001]);
      const before = await versions(database);
      const again = await move(database, file);
      expect([again.copied, new Set(Object.values(states(again)))]).toEqual([0, new Set(['already'])]);
      expect(await versions(database)).toEqual(before);
      await database.run(`UPDATE "T13" SET name = name || ' ' WHERE id = 4321`);
      const changed = await move(database, file);
      expect(Object.entries(states(changed)).filter(([, state]) => state !== 'already')).toEqual([['T13', 'refused']]);
      expect(detail(changed, 'T13')).toBe('PostgreSQL holds as many rows as SQLite, 5000, and not the same; empty the table if they are not wanted');
    });
  });
});

/** Each row's place and the transaction that wrote it. */
async function versions(database: TestDatabase): Promise<unknown> {
  return await database.run(`SELECT md5(string_agg(v, ' ' ORDER BY v)) FROM (${TABLES.map((name) => `SELECT '${name}' || string_agg(ctid::text || xmin::text || xmax::text, ',' ORDER BY ctid) AS v FROM "${name}"`).join(' UNION ALL ')}) t`);
}

/** Sums that each of the two computes in its own words. */
async function sameByDrivers(database: TestDatabase, file: string): Promise<void> {
  const source = new sqlite.Database(file, { readOnly: true });
  for (const table of TABLES) {
    const [sums] = await database.run(`SELECT count(*)::text, sum(id)::text, sum("otherId")::text, sum("selfId")::text, sum(n)::text, sum(big % 1000003)::text, sum(active::int)::text, sum(octet_length(name))::text, sum(octet_length(data))::text, count(meta)::text, sum(round(extract(epoch FROM "createdAt")::numeric * 1000) % 1000003)::bigint::text FROM "${table}"`);
    const expected = source.get(`SELECT CAST(count(*) AS TEXT) a, CAST(sum(id) AS TEXT) b, CAST(sum("otherId") AS TEXT) c, CAST(sum("selfId") AS TEXT) d, CAST(sum(n) AS TEXT) e, CAST(sum(big % 1000003) AS TEXT) f, CAST(sum(active) AS TEXT) g, CAST(sum(octet_length(name)) AS TEXT) h, CAST(sum(octet_length(data)) AS TEXT) i, CAST(count(meta) AS TEXT) j,
      CAST(sum(CASE typeof("createdAt") WHEN 'text' THEN CAST(strftime('%s', "createdAt") AS INTEGER) * 1000 + CASE WHEN instr("createdAt", '.') THEN CAST(substr("createdAt", 21, 3) AS INTEGER) ELSE 0 END ELSE CAST("createdAt" AS INTEGER) END % 1000003) AS TEXT) k FROM "${table}"`);
    expect([table, ...(sums ?? [])]).toEqual([table, ...Object.values(expected ?? {})]);
  }
  source.close();
}

describe('what cannot be is refused as a whole, by column and key', () => {
  const refusals: readonly (readonly [string, string, string, string])[] = [
    ['NUL', 'text', "'a' || char(0) || 'b'", 'column "x" has a text with the character NUL, which PostgreSQL has no value for: id 2'],
    ['not a number', 'integer', "'abc'", 'column "x" has a text that is no whole number: id 2'],
    ['out of range', 'integer', '2147483648', 'column "x" has a number out of the range of the column: id 2'],
    ['broken UTF-8', 'text', "CAST(x'61ff' AS TEXT)", 'column "x" has a text that is not UTF-8: id 2'],
    ['broken UTF-8 in a blob', 'text', "x'61ff'", 'column "x" has a text that is not UTF-8: id 2'],
    ['NULL', 'integer NOT NULL', 'NULL', 'column "x" has NULL, which the column does not hold: id 2'],
    ['no label', 'mood', "'sad'", 'column "x" has a value that is no label of the enum: id 2'],
    ['a time behind a NUL', 'timestamp(3)', "'2023-10-06' || char(0) || 'x'", 'column "x" has a text that is no time: id 2'],
    ['finer than milliseconds', 'timestamp(3)', "'2023-10-06 10:00:00.1234'", 'column "x" has a time that is finer than the column keeps: id 2'],
    ['too long', 'varchar(3)', "'abcd'", 'column "x" has a text of more than 3 characters: id 2'],
    ['a type without a form', 'inet', "'127.0.0.1'", 'column "x" is of type inet, which no value of SQLite is written to, and 1 row has a value there'],
  ];
  test.each(refusals)('%s', async (_, type, value, expected) => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(`CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, x ${type})`);
      const good = type.startsWith('integer') ? '1' : type === 'mood' ? "'glad'" : 'NULL';
      const file = fileOf(`CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1); CREATE TABLE b (id INTEGER PRIMARY KEY, x); INSERT INTO b VALUES (1, ${good}), (2, ${value})`);
      const report = await move(database, file);
      expect([states(report), detail(report, 'b')]).toEqual([{ a: 'ready', b: 'refused' }, expected]);
      expect(await database.run('SELECT (SELECT count(*) FROM a)::int + (SELECT count(*) FROM b)::int')).toEqual([[0]]);
      expect(await planTransfer(database.session, optionsFor(database, file)).then(states)).toEqual({ a: 'ready', b: 'refused' });
    });
  });

  test('many are counted, with the first key; keys of several columns and of none', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run('CREATE TABLE a (x int, y text, n int); CREATE TABLE b (n int)');
      const report = await move(database, fileOf("CREATE TABLE a (x INT, y TEXT, n, PRIMARY KEY (y, x)) WITHOUT ROWID; INSERT INTO a VALUES (1, 'it''s', 'q'), (2, 'k', 'q'), (3, 'z', 3); CREATE TABLE b (n); INSERT INTO b VALUES (1), ('q')"));
      expect([detail(report, 'a'), detail(report, 'b')]).toEqual(['column "n" has a text that is no whole number: y \'it\'\'s\', x 1, and 1 more', 'column "n" has a text that is no whole number: rowid 2']);
    });
  });

  test('columns without a counterpart, on either side', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(`CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, need int NOT NULL); CREATE TABLE c (id int PRIMARY KEY, filled int NOT NULL DEFAULT 7, twice int GENERATED ALWAYS AS (id * 2) STORED); CREATE TABLE d (id int PRIMARY KEY, need int NOT NULL)`);
      const report = await planTransfer(database.session, optionsFor(database, fileOf('CREATE TABLE a (id INTEGER PRIMARY KEY, "Old" TEXT); INSERT INTO a VALUES (1, \'x\'), (2, NULL); CREATE TABLE b (id INTEGER PRIMARY KEY); INSERT INTO b VALUES (1); CREATE TABLE c (id INTEGER PRIMARY KEY, empty TEXT, twice); INSERT INTO c (id, twice) VALUES (1, 5); CREATE TABLE d (id INTEGER PRIMARY KEY)')));
      expect(report.tables.map(({ name, state, detail }) => [name, state, detail])).toEqual([
        ['a', 'refused', 'column "Old" has no counterpart, and 1 row has a value there'],
        ['b', 'refused', 'SQLite has no column "need", which is NOT NULL and has no default'],
        ['c', 'ready', ''],
        ['d', 'already', 'no rows'],
      ]);
    });
  });

  test('other rows in PostgreSQL: nothing is changed, anywhere', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run('CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); INSERT INTO b VALUES (1), (9)');
      const report = await move(database, fileOf('CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1); CREATE TABLE b (id INTEGER PRIMARY KEY); INSERT INTO b VALUES (1), (2), (3)'));
      expect([states(report), detail(report, 'b')]).toEqual([{ a: 'ready', b: 'refused' }, 'PostgreSQL holds 2 other rows, SQLite 3; empty the table if they are not wanted']);
      expect(await database.run('SELECT (SELECT count(*) FROM a)::int, (SELECT count(*) FROM b)::int')).toEqual([[0, 2]]);
    });
  });

  test('what PostgreSQL alone can see: orphans, duplicates, checks, triggers', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['ALTER TABLE b ADD FOREIGN KEY (x) REFERENCES a (id)', /^PostgreSQL refuses a row.*violates foreign key constraint.*Key \(x\)=\(5\) is not present in table "a"/],
      ['CREATE UNIQUE INDEX ON b (least(x, 5))', /duplicate key value/],
      ['ALTER TABLE b ADD CHECK (x < 7)', /^PostgreSQL refuses a row: id 3: .*violates check constraint/],
      ['CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.x := NEW.x + 1; RETURN NEW; END $$; CREATE TRIGGER louder BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION f()', /^what arrived is not what was sent \(3 rows of 3\): trigger louder may change it/],
      ['CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER gone BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION f()', /^PostgreSQL took 0 of 3 rows/],
    ];
    for (const [sql, expected] of cases) {
      await withDatabase(NEWEST, async (database) => {
        await database.run(`CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, x int); CREATE TABLE c (id int PRIMARY KEY); ${sql}`);
        const report = await move(database, fileOf('CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1); CREATE TABLE b (id INTEGER PRIMARY KEY, x); INSERT INTO b VALUES (1, 5), (2, 6), (3, 8); CREATE TABLE c (id INTEGER PRIMARY KEY); INSERT INTO c VALUES (1)'));
        expect([states(report), report.copied]).toEqual([{ a: 'copied', b: 'refused', c: 'ready' }, 1]);
        expect(detail(report, 'b')).toMatch(expected);
        expect(await database.run('SELECT count(*)::int FROM b')).toEqual([[0]]);
      });
    }
  });
});

describe('names and left-overs', () => {
  test('exactly first, then without regard to case; tools\' own tables stay', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run('CREATE TABLE "User" (id int PRIMARY KEY, "userName" text); CREATE TABLE "post" (id int); CREATE TABLE "Post" (id int); CREATE TABLE _prisma_migrations (id text); CREATE TABLE "onlyHere" (id int); CREATE TABLE "_AToB" ("A" int, "B" int)');
      const file = fileOf('CREATE TABLE user (ID INTEGER PRIMARY KEY, username TEXT); INSERT INTO user VALUES (1, \'ann\'); CREATE TABLE "POST" (id INT); INSERT INTO "POST" VALUES (1); CREATE TABLE _prisma_migrations (id TEXT, x); INSERT INTO _prisma_migrations VALUES (1, 2); CREATE TABLE _cf_KV (k); CREATE TABLE _litestream_seq (id); CREATE TABLE "_AToB" ("A" INT, "B" INT); INSERT INTO "_AToB" VALUES (1, 1), (1, 1); CREATE VIRTUAL TABLE words USING fts5(x)');
      const report = await move(database, file);
      expect([states(report), report.withoutTarget, report.withoutSource]).toEqual([{ User: 'copied', _AToB: 'copied' }, ['POST', 'words'], ['Post', 'onlyHere', 'post']]);
      expect(await database.run('SELECT id, "userName" FROM "User"')).toEqual([[1, 'ann']]);
      expect(await database.run('SELECT count(*)::int FROM "_AToB"')).toEqual([[2]]);
    });
  });

  test('sequences go behind the last value and SQLite\'s own counter, and never back', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(`CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY); CREATE SEQUENCE loose; CREATE TABLE c (id int PRIMARY KEY DEFAULT nextval('loose')); SELECT setval('loose', 100); CREATE TABLE d (id serial PRIMARY KEY); CREATE SCHEMA "o'dd"; CREATE SEQUENCE "o'dd"."s'q"; CREATE TABLE e (id int DEFAULT nextval('"o''dd"."s''q"'))`);
      const report = await move(database, fileOf('CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO a VALUES (5), (50); DELETE FROM a WHERE id = 50; CREATE TABLE b (id INTEGER PRIMARY KEY); INSERT INTO b VALUES (3), (8); CREATE TABLE c (id INTEGER PRIMARY KEY); INSERT INTO c VALUES (7); CREATE TABLE d (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE e (id); INSERT INTO e VALUES (4)'));
      expect(new Set(Object.values(states(report)))).toEqual(new Set(['copied', 'already']));
      expect(await database.run(`SELECT nextval('a_id_seq')::int, nextval('b_id_seq')::int, nextval('loose')::int, nextval('d_id_seq')::int, nextval('"o''dd"."s''q"')::int`)).toEqual([[51, 9, 101, 1, 5]]);
    });
  });

  test('a hundred and fifty columns', async () => {
    await withDatabase(NEWEST, async (database) => {
      const columns = Array.from({ length: 150 }, (_, at) => `c${at}`);
      await database.run(`CREATE TABLE wide (${columns.map((name) => `${name} text`).join(', ')})`);
      const file = fileOf(`CREATE TABLE wide (${columns.join(', ')}); INSERT INTO wide VALUES (${columns.map((name, at) => (at % 7 === 0 ? 'NULL' : `'${name}'`)).join(', ')})`);
      expect([states(await move(database, file)), states(await move(database, file))]).toEqual([{ wide: 'copied' }, { wide: 'already' }]);
    });
  });
});

describe('circles', () => {
  const ROWS = 'CREATE TABLE a (id INTEGER PRIMARY KEY, x INT, me INT); CREATE TABLE b (id INTEGER PRIMARY KEY, x INT); INSERT INTO a VALUES (1, 2, 3), (2, 1, 2), (3, 1, 1); INSERT INTO b VALUES (1, 3), (2, 1)';
  const tables = (first: string, second: string) => `CREATE TABLE a (id int PRIMARY KEY, x int ${first}, me int REFERENCES a); CREATE TABLE b (id int PRIMARY KEY, x int ${second} REFERENCES a); ALTER TABLE a ADD CONSTRAINT a_x_fkey FOREIGN KEY (x) REFERENCES b`;

  test('deferrable', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(`${tables('NOT NULL', 'NOT NULL')} DEFERRABLE`);
      const report = await move(database, fileOf(ROWS));
      expect([states(report), detail(report, 'a')]).toEqual([{ a: 'copied', b: 'copied' }, '"a_x_fkey" checked when all tables of its circle were there']);
    });
  });

  test('owned, with few rows', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(tables('NOT NULL', 'NOT NULL'));
      const report = await move(database, fileOf(ROWS));
      expect([states(report), detail(report, 'a')]).toEqual([{ a: 'copied', b: 'copied' }, '"a_x_fkey" made deferrable for the transaction, checked, and made as it was']);
      expect(await database.run("SELECT bool_or(condeferrable) FROM pg_constraint WHERE contype = 'f'")).toEqual([[false]]);
    });
  });

  test('a role that owns nothing: NULL first, filled afterwards; and refused where nothing may be NULL', async () => {
    for (const [first, expected] of [['', 'copied'], ['NOT NULL', 'refused']] as const) {
      await withDatabase(NEWEST, async (database) => {
        const role = `app_${process.pid}_${Date.now()}`;
        await database.run(`${tables(first, 'NOT NULL')}; CREATE ROLE ${role} LOGIN; GRANT SELECT, INSERT, UPDATE ON a, b TO ${role}`);
        const session = await connect(parseUrl(urlOf(NEWEST, new URL(database.url).pathname.slice(1), {}, role), 'test'));
        const report = await transferData(session, optionsFor(database, fileOf(ROWS))).finally(() => session.close());
        expect(states(report)['a']).toBe(expected);
        if (expected === 'copied') expect([detail(report, 'a'), await database.run('SELECT * FROM a ORDER BY id')]).toEqual(['"x" filled after the tables of its circle', [[1, 2, 3], [2, 1, 2], [3, 1, 1]]]);
        else expect(detail(report, 'a')).toMatch(/circle of columns that are NOT NULL: connect as the owner/);
        await database.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      });
    }
  });

  test('an orphan in a circle is found before anything is kept', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(tables('NOT NULL', 'NOT NULL'));
      const report = await move(database, fileOf(`${ROWS}; INSERT INTO a VALUES (4, 99, NULL)`));
      expect([Object.values(states(report)).sort(), await database.run('SELECT count(*)::int FROM a'), await database.run("SELECT bool_or(condeferrable) FROM pg_constraint WHERE contype = 'f'")]).toEqual([['ready', 'refused'], [[0]], [[false]]]);
      expect(detail(report, 'a')).toMatch(/Key \(x\)=\(99\) is not present in table "b"/);
    });
  });
});

describe('rights', () => {
  async function asRole<T>(database: TestDatabase, grants: string, work: (session: Session) => Promise<T>): Promise<T> {
    const role = `app_${process.pid}_${Date.now()}`;
    await database.run(`CREATE ROLE ${role} LOGIN; ${grants.replaceAll('ROLE_', role)}`);
    const session = await connect(parseUrl(urlOf(NEWEST, new URL(database.url).pathname.slice(1), {}, role), 'test'));
    try {
      return await work(session);
    } finally {
      await session.close();
      await database.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  }

  test('row security, and no right to write', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run('CREATE TABLE a (id int PRIMARY KEY); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY)');
      const file = fileOf(['a', 'b', 'c'].map((name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY); INSERT INTO ${name} VALUES (1)`).join(';'));
      const report = await asRole(database, 'GRANT SELECT, INSERT ON a, c TO ROLE_; GRANT SELECT ON b TO ROLE_', (session) => transferData(session, optionsFor(database, file)));
      expect(states(report)).toEqual({ a: 'refused', b: 'refused', c: 'ready' });
      expect([detail(report, 'a'), detail(report, 'b')]).toEqual([expect.stringMatching(/^row security applies to this role/), expect.stringMatching(/^the role may not write and read it: GRANT/)]);
      expect(states(await move(database, file))).toEqual({ a: 'copied', b: 'copied', c: 'copied' });
    });
  });
});

describe('the file', () => {
  const SOME = 'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO a VALUES (1, \'one\'), (2, \'two\')';
  const TARGET = 'CREATE TABLE a (id int PRIMARY KEY, x text)';

  test('missing, something else, encrypted, UTF-16, a folder', async () => {
    await withDatabase(NEWEST, async (database) => {
      writeFileSync(join(folder, 'text.db'), 'not a database, and long enough to be looked at as one of them, more or less');
      writeFileSync(join(folder, 'noise.db'), Buffer.from(Array.from({ length: 8192 }, (_, at) => (at * 7919) % 251)));
      const wide = fileOf(SOME);
      const bytes = readFileSync(wide);
      bytes[59] = 2;
      writeFileSync(join(folder, 'wide.db'), bytes);
      writeFileSync(join(folder, 'cut.db'), readFileSync(wide).subarray(0, 4096));
      const failures = await Promise.all(['nowhere.db', 'text.db', 'noise.db', 'wide.db', '.', 'cut.db'].map((name) => failing(planTransfer(database.session, optionsFor(database, join(folder, name))))));
      expect(failures.map(({ code }) => code)).toEqual(['SQLITE_MISSING', ...Array.from({ length: 5 }, () => 'SQLITE_UNREADABLE')]);
      expect(failures.map(({ why }) => why)[2]).toMatch(/something else, or it is encrypted/);
      expect(failures.map(({ why }) => why)[3]).toMatch(/UTF-16/);
    });
  });

  test('by Prisma\'s URL, read-only, and nothing is left beside it', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(TARGET);
      const place = mkdtempSync(join(folder, 'app-'));
      mkdirSync(join(place, 'prisma'));
      fileOf(SOME, join(place, 'prisma', 'dev.db'));
      const stamp = new Date(1_700_000_000_000);
      utimesSync(join(place, 'prisma', 'dev.db'), stamp, stamp);
      expect(states(await move(database, `file:${join(place, 'prisma', 'dev.db')}?connection_limit=1`))).toEqual({ a: 'copied' });
      expect([readdirSync(join(place, 'prisma')), statSync(join(place, 'prisma', 'dev.db')).mtimeMs]).toEqual([['dev.db'], stamp.getTime()]);
    });
  });

  test('rows that are still in the write-ahead log', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(TARGET);
      const path = join(folder, 'wal.db');
      const copy = join(folder, 'waiting.db');
      fileOf((made) => {
        made.exec(`PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; ${SOME}; PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO a VALUES (3, 'in the log')`);
        for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${copy}${end}`);
      }, path);
      const before = ['', '-wal'].map((end) => readFileSync(`${copy}${end}`).toString('hex'));
      expect((await move(database, copy)).copied).toBe(3);
      expect(await database.run('SELECT x FROM a ORDER BY id')).toEqual([['one'], ['two'], ['in the log']]);
      expect(['', '-wal'].map((end) => readFileSync(`${copy}${end}`).toString('hex'))).toEqual(before);
      expect([existsSync(`${copy}-shm`), existsSync(`${copy}.lock`)]).toEqual([false, false]);
    });
  });

  test('a transaction under way in another program, and a file that changes while it is read', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(TARGET);
      const path = fileOf(SOME);
      const other = new sqlite.Database(path);
      other.exec("BEGIN; UPDATE a SET x = 'three' WHERE id = 1");
      expect((await failing(move(database, path))).code).toBe('SQLITE_BUSY');
      other.exec('ROLLBACK');
      other.close();
      for (const moment of ['looking', 'copying']) {
        const error = await failing(move(database, path, { progress: (words) => {
          if (words.startsWith(moment)) fileOf(`UPDATE a SET x = '${moment}' WHERE id = 2`, path);
        } }));
        expect([moment, error.code, error.why]).toEqual([moment, 'SQLITE_BUSY', 'It was written to while its rows were read.']);
        expect(await database.run('SELECT count(*)::int FROM a')).toEqual([[0]]);
      }
      expect(states(await move(database, path))).toEqual({ a: 'copied' });
    });
  });
});

describe('stopped', () => {
  /** One question after the other. */
  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  test('by a signal: what is done is said and stays, the rest is rolled back, and the next run finishes', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(postgresDdl());
      const file = join(folder, 'stopped.db');
      makeSqlite(file, 2000);
      const stop = new AbortController();
      const watch = await connect(database.target);
      const ninth = until(async () => (await watch.run('SELECT EXISTS (SELECT FROM "T09")'))[0]?.[0]?.[0] === true).then(() => stop.abort());
      const error = await failing(move(database, file, { signal: stop.signal }));
      expect([error.code, error.why]).toEqual(['INTERRUPTED', expect.stringMatching(/^\d+ tables are copied and compared, and stay .*Running the same command again copies the rest\.$/)]);
      await ninth;
      await watch.close();
      const report = await move(database, file);
      const by = (state: string) => report.tables.filter((table) => table.state === state).length;
      expect([by('already') + by('copied'), by('already') >= 9, by('copied') > 0]).toEqual([20, true, true]);
      await sameByDrivers(database, file);
    });
  });

  test('by a connection that breaks', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(postgresDdl());
      const file = join(folder, 'broken.db');
      makeSqlite(file, 2000);
      const session = await connect(database.target);
      const [[row] = []] = await session.run('SELECT pg_backend_pid()');
      const broken = until(async () => (await database.run(`SELECT pg_terminate_backend(${row?.[0]}) WHERE EXISTS (SELECT FROM "T06")`)).length > 0);
      const error = await failing(transferData(session, optionsFor(database, file)));
      await broken;
      expect([error.code, error.next]).toEqual(['CONNECTION_LOST', expect.stringMatching(/copied and compared, and stay|as it was/)]);
      await session.close();
      expect((await move(database, file)).tables.every(({ state }) => state === 'copied' || state === 'already')).toBe(true);
      await sameByDrivers(database, file);
    });
  });

  test('by a lock that somebody holds', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run('CREATE TABLE a (id int PRIMARY KEY)');
      const holder = await connect(database.target);
      await holder.run('BEGIN; LOCK TABLE a IN ROW EXCLUSIVE MODE');
      const error = await failing(move(database, fileOf('CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1)')));
      await holder.close();
      expect([error.code, error.why]).toEqual(['BUSY', expect.stringMatching(/PostgreSQL is as it was/)]);
    });
  });

  test('rows that somebody writes between the look and the copy are seen under the lock', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run('CREATE TABLE a (id int PRIMARY KEY); SELECT pg_advisory_lock(72707369)');
      const session = await connect(database.target);
      const file = fileOf('CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1), (2)');
      const moving = transferData(session, optionsFor(database, file));
      await until(async () => (await database.run("SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state LIKE 'idle in transaction%' AND query LIKE '%pg_try_advisory_xact_lock%'")).length > 0);
      await database.run('INSERT INTO a VALUES (7); SELECT pg_advisory_unlock(72707369)');
      const report = await moving.finally(() => session.close());
      expect([states(report), detail(report, 'a')]).toEqual([{ a: 'refused' }, 'PostgreSQL holds 1 other rows, SQLite 2; empty the table if they are not wanted']);
      expect(await database.run('SELECT id FROM a')).toEqual([[7]]);
    });
  });

  test('two at once: each row once', async () => {
    await withDatabase(NEWEST, async (database) => {
      await database.run(postgresDdl());
      const file = join(folder, 'twice.db');
      makeSqlite(file, 500);
      const second = await connect(database.target);
      const reports = await Promise.all([move(database, file), transferData(second, optionsFor(database, file))]);
      await second.close();
      expect(reports.every((report) => report.tables.every(({ state }) => state === 'copied' || state === 'already'))).toBe(true);
      expect(reports[0].copied + reports[1].copied).toBe(10_000);
      await sameByDrivers(database, file);
    });
  });
});
