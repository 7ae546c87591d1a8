// `translate` with the built command line: what it writes, what it says, and what it refuses.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, expect, test } from 'vitest';
import { mend, type Ran } from '../support/prisma-cli.ts';
import { acceptedByPrisma, inPlace, LOCK, schemaOf } from '../support/scenario.ts';

const made: string[] = [];
afterAll(() => made.forEach((path) => rmSync(path, { recursive: true, force: true })));

function folder(texts: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'mend-translate-'));
  made.push(root);
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function contents(root: string): Readonly<Record<string, string>> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.\w+$/.test(path));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

const INIT = '-- CreateTable\nCREATE TABLE "User" (\n    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    "email" TEXT NOT NULL,\n    "seen" DATETIME\n);\n';
const DATA = `UPDATE "User" SET "email" = "nobody" WHERE "seen" IS NULL;\n`;
const AUDIT = 'CREATE TABLE "Audit" (\n    "id" SERIAL NOT NULL,\n    "what" JSONB NOT NULL,\n\n    CONSTRAINT "Audit_pkey" PRIMARY KEY ("id")\n);\n';
const TRIGGER = 'CREATE TRIGGER "touch" AFTER UPDATE ON "User" BEGIN DELETE FROM "User"; END;\n';
const M = 'prisma/migrations';
const HISTORY = { [`${M}/20240101000000_init/migration.sql`]: INIT, [`${M}/20240102000000_data/migration.sql`]: DATA, [`${M}/20240102000000_data/notes.md`]: 'kept\n', [`${M}/migration_lock.toml`]: 'provider = "sqlite"\n' };
const P = `${M}_postgresql`;

function run(root: string, command: string, environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return mend(`translate${command === '' ? '' : ` ${command}`}`.split(' '), root, environment);
}

test('beside it: the same names, the lock file, every other file, and nothing of the old directory changed', async () => {
  const root = folder({ ...HISTORY, [`${M}/20240103000000_audit/migration.sql`]: AUDIT });
  const before = contents(root);
  const ran = await run(root, '');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toMatch(/^✔ 2 migrations translated, 1 copied as it is; 1 note\.\n/);
  expect(ran.stdout).toMatch(/ {2}from {5}prisma\/migrations {2}\(found where Prisma looks\)\n {2}to {7}prisma\/migrations_postgresql\n/);
  expect(ran.stdout).toMatch(/20240101000000_init {3}SQLite\n {2}20240102000000_data {3}SQLite\n {4}i .*'nobody'.* {2}prisma\/migrations\/20240102000000_data\/migration\.sql:1:29\n {2}20240103000000_audit {2}PostgreSQL, copied as it is\n/);
  expect(ran.stdout).toMatch(/Next: mv prisma\/migrations prisma\/migrations_sqlite && mv prisma\/migrations_postgresql prisma\/migrations\nThen: npx prisma-mend predeploy\n$/);
  const after = contents(root);
  expect(Object.fromEntries(Object.keys(before).map((path) => [path, after[path]]))).toEqual(before);
  expect(after[`${P}/20240101000000_init/migration.sql`]).toContain('"id" SERIAL NOT NULL');
  expect(after[`${P}/20240102000000_data/migration.sql`]).toContain(`"email" = 'nobody'`);
  expect([after[`${P}/20240102000000_data/notes.md`], after[`${P}/20240103000000_audit/migration.sql`], after[`${P}/migration_lock.toml`]]).toEqual(['kept\n', AUDIT, LOCK]);
  expect(Object.keys(after).filter((path) => path.startsWith(P)).map((path) => path.slice(P.length)).sort()).toEqual(Object.keys(before).map((path) => path.slice(M.length)).sort());

  expect([(await run(root, '')).code, contents(root)]).toEqual([0, after]);
  writeFileSync(join(root, P, '20240101000000_init', 'migration.sql'), '-- by hand\n');
  const again = await run(root, '');
  expect([again.code, again.stdout, contents(root)[`${P}/20240101000000_init/migration.sql`]]).toEqual([1, '', '-- by hand\n']);
  expect(again.stderr).toMatch(/There is something in .*migrations_postgresql already, and nothing is overwritten\. {2}OUT_NOT_EMPTY[^]*Next: npx prisma-mend translate --out <another directory>\n$/);
  expect((await run(root, `${M} --out elsewhere`)).code).toBe(0);
  expect(contents(join(root, 'elsewhere'))).toEqual(Object.fromEntries(Object.entries(after).filter(([path]) => path.startsWith(P)).map(([path, text]) => [path.slice(P.length + 1), text])));
});

test('--json: counts, places and files for a script', async () => {
  const root = folder(HISTORY);
  const json = JSON.parse((await run(root, '--json')).stdout) as Record<string, unknown>;
  expect(json).toMatchObject({
    schemaVersion: 1, ok: true, exitCode: 0, command: 'translate', from: M, to: P, kept: null, inPlace: false, counts: { translated: 2, copied: 0, notes: 1, manual: 0 },
    migrations: [{ name: '20240101000000_init', was: 'sqlite', notes: 0, manual: 0 }, { name: '20240102000000_data', was: 'sqlite', notes: 1, manual: 0 }],
    findings: [{ code: 'TRANSLATE.DOUBLE_QUOTED_TEXT', severity: 'info', mending: 'none', where: { file: `${M}/20240102000000_data/migration.sql`, line: 1, column: 29 } }],
  });
});

test('in place without a database: the directory as it was is kept beside, and the words say that no ledger was asked', async () => {
  const root = folder({ ...HISTORY, 'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n  url      = env("DATABASE_URL")\n}\n\nmodel User {\n  id    Int       @id @default(autoincrement())\n  email String\n  seen  DateTime?\n}\n' });
  const before = contents(join(root, M));
  const ran = await run(root, '--in-place', { DATABASE_URL: 'file:./dev.db' });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toMatch(/no PostgreSQL database is configured here, so no ledger was asked[^]*by SQLite's own {2}\(the schema says sqlite; --provider postgresql reads it all the same\)/);
  expect(ran.stdout).toMatch(/Next: set provider = "postgresql"[^]*Then: git add prisma\/migrations prisma\/migrations_sqlite && npx prisma-mend check\n$/);
  expect(contents(join(root, `${M}_sqlite`))).toEqual(before);
  expect(readdirSync(join(root, 'prisma')).sort()).toEqual(['migrations', 'migrations_sqlite', 'schema.prisma']);
  const again = await run(root, '--in-place', { DATABASE_URL: 'file:./dev.db' });
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^✔ All of the 2 migrations are PostgreSQL's already; nothing was written\./)]);
});

test('in place: refused where the ledger cannot be asked, or has them as applied', () =>
  inPlace(schemaOf('model User {\n  id    Int       @id @default(autoincrement())\n  email String    @unique @db.VarChar(80)\n  seen  DateTime?\n}'), { '20240101000000_init': INIT, '20240102000000_data': DATA }, async (place) => {
    const before = contents(place.app.migrations);
    const unreachable = await place.mend('translate --in-place', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });
    expect([unreachable.code, unreachable.stderr]).toEqual([1, expect.stringMatching(/Whether these migrations were ever applied cannot be told[^]*LEDGER_UNKNOWN[^]*127\.0\.0\.1:1[^]*Next: npx prisma-mend translate\n$/)]);
    expect((await place.prisma('migrate', 'resolve', '--applied', '20240102000000_data')).code).toBe(0);
    const refused = await place.mend('translate --in-place');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/Migration 20240102000000_data is recorded as applied in .*: an applied migration is not edited\. {2}ALREADY_APPLIED/)]);
    expect(contents(place.app.migrations)).toEqual(before);
    await place.database.run('DROP TABLE _prisma_migrations');
    // The schema is one of PostgreSQL, so it says the types; what it has beyond the history is said from both sides.
    const done = await place.mend('translate --in-place');
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(done.stdout).toMatch(/the ledger of .* has none of them as applied[^]*types {4}prisma\/schema\.prisma/);
    expect(done.stdout).toMatch(/the end of the history, and the schema\n {4}! the schema has index User\.User_email_key, the history has not\n/);
    expect(contents(place.app.migrations)['20240101000000_init/migration.sql']).toContain('"email" VARCHAR(80) NOT NULL');
    const hook = await place.mend('predeploy --repair safe');
    expect([hook.code, hook.all], hook.all).toEqual([0, hook.all]);
    await acceptedByPrisma(place, { devObjects: /drift/i });
  }, { lock: null }));

test('what has no translation stands in the file as a comment, with its place, and the exit code is 3', async () => {
  const root = folder({ ...HISTORY, [`${M}/20240104000000_touch/migration.sql`]: `-- a comment\n${TRIGGER}` });
  const before = contents(root);
  const held = await run(root, '--in-place');
  expect([held.code, held.stderr, contents(root)]).toEqual([3, '', before]);
  expect(held.stdout).toMatch(/^! 3 migrations translated; 1 place left to you, 1 note\. Nothing was written\.\n/);
  expect(held.stdout).toMatch(/\? .* {2}prisma\/migrations\/20240104000000_touch\/migration\.sql:2:1\n/);
  expect(held.stdout).toMatch(/Next: change the place above, or let them stand as comments: npx prisma-mend translate --in-place --allow-manual\n$/);
  const beside = await run(root, '');
  expect([beside.code, beside.stdout]).toEqual([3, expect.stringMatching(/Next: write by hand what stands behind "-- MANUAL" in prisma\/migrations_postgresql\n/)]);
  expect(contents(root)[`${P}/20240104000000_touch/migration.sql`]).toMatch(/^-- MANUAL [^]*^-- CREATE TRIGGER "touch"/m);
  expect((await run(root, '--in-place --allow-manual')).code).toBe(0);
});

test('a history that SQLite refuses, with file, line and its words; nothing is written', async () => {
  const root = folder({ [`${M}/1_a/migration.sql`]: INIT, [`${M}/2_b/migration.sql`]: '-- AlterTable\nALTER TABLE "User" ADD COLUMN "a" TEXT;\nALTER TABLE "Uzer" ADD COLUMN "b" DATETIME;\n' });
  const before = contents(root);
  const ran = await run(root, '--no-schema');
  expect([ran.code, ran.stdout, contents(root)]).toEqual([1, '', before]);
  expect(ran.stderr).toMatch(/SQLite itself refuses prisma\/migrations\/2_b\/migration\.sql:3:\d+: no such table: Uzer {2}SQLITE_REFUSES\n {4}ALTER TABLE "Uzer" ADD COLUMN "b" DATETIME;\n[^]*Next: Mend prisma\/migrations\/2_b\/migration\.sql, then: npx prisma-mend translate --no-schema\n$/);
  expect(JSON.parse((await run(root, '--json')).stdout)).toMatchObject({ ok: false, exitCode: 1, command: 'translate', error: { code: 'SQLITE_REFUSES' } });
});

test('bad input is named', async () => {
  const cases: readonly (readonly [Readonly<Record<string, string | Buffer>>, string, RegExp])[] = [
    [{ 'a.txt': '' }, '', /There are no migrations in prisma\/migrations\. {2}NO_MIGRATIONS\n {2}There is no such directory\./],
    [{ 'some/migration_lock.toml': '' }, 'some', /There are no migrations in some\. {2}NO_MIGRATIONS\n {2}The directory has no directories/],
    [{ [`${M}/1_a/readme.txt`]: '' }, '', /Cannot read prisma\/migrations\/1_a\/migration\.sql; nothing was written\. {2}MIGRATION_UNREADABLE\n[^]*P3015/],
    [{ [`${M}/1_a/migration.sql`]: 'PRAGMA foreign_keys=OFF;\nthis is no SQL at all\n' }, '', /migration\.sql:2:1: /],
    [{ [`${M}/1_a/migration.sql`]: `${INIT}\0` }, '', /migration\.sql:\d+:\d+: /],
    [{ [`${M}/1_a/migration.sql`]: INIT }, '--schema nowhere.prisma', /No Prisma schema found|nowhere\.prisma/],
    [{ [`${M}/1_a/migration.sql`]: INIT }, '--in-place --out x', /mutually exclusive/],
    [{ [`${M}/1_a/migration.sql`]: INIT }, `--out ${M}/inside`, /NOT_SWITCHED/],
  ];
  for (const [texts, command, words] of cases) {
    const root = folder(texts);
    const before = contents(root);
    const ran = await run(root, command);
    expect([command, ran.code, ran.stdout, contents(root)]).toEqual([command, 1, '', before]);
    expect(ran.stderr).toMatch(words);
  }
});

test('UTF-16 and a byte order mark are read as what they mean, and written as UTF-8', async () => {
  const root = folder({ [`${M}/1_a/migration.sql`]: Buffer.from(`\uFEFF${INIT}`, 'utf16le'), [`${M}/2_b/migration.sql`]: `\uFEFF${DATA}` });
  const ran = await run(root, '');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain('2_b/migration.sql:1:29');
  expect(contents(root)[`${P}/1_a/migration.sql`]).toMatch(/^-- CreateTable\nCREATE TABLE "User"/);
  expect(contents(root)[`${P}/2_b/migration.sql`]).not.toContain('\uFEFF');
});

test('--verify proves it on a scratch server', async () => {
  const root = folder(HISTORY);
  const ran = await run(root, '--in-place --verify');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toMatch(/The same on .*PostgreSQL 18.*: after each of 2 migrations one schema and the same rows in both \(\d+ rows? compared\)\./);
  expect(existsSync(join(root, `${M}_sqlite`))).toBe(true);
});

test('--data copies the rows once the tables are there', () =>
  inPlace(schemaOf('model User {\n  id    Int       @id @default(autoincrement())\n  email String\n  seen  DateTime?\n}'), { '20240101000000_init': INIT }, async (place) => {
    const database = new sqlite.Database(join(place.app.path, 'dev.sqlite'));
    database.exec(`${INIT} INSERT INTO "User" ("email", "seen") VALUES ('a@b.c', 1700000000000), ('d@e.f', NULL);`);
    database.close();
    const early = await place.mend('translate --in-place --data dev.sqlite');
    expect([early.code, early.all], early.all).toEqual([3, expect.stringMatching(/no row was copied: the database has none of the tables yet[^]*Then: npx prisma-mend predeploy\nThen: npx prisma-mend translate --data dev\.sqlite\n$/)]);
    const hook = await place.mend('predeploy');
    expect([hook.code, hook.all], hook.all).toEqual([0, hook.all]);
    const copied = await place.mend('translate --data dev.sqlite');
    expect([copied.code, copied.all], copied.all).toEqual([0, expect.stringMatching(/2 rows were copied[^]*User {2}2 rows, copied and compared/)]);
    expect(await place.database.run(`SELECT id, email, seen = '2023-11-14 22:13:20' FROM "User" ORDER BY id`)).toEqual([[1, 'a@b.c', true], [2, 'd@e.f', null]]);
    expect((await place.mend('translate --data dev.sqlite')).all).toMatch(/there already/);
    // A project that pushes its schema has no migrations, and rows all the same.
    rmSync(join(place.app.path, 'prisma', 'migrations'), { recursive: true });
    await place.database.run('DELETE FROM "User"');
    const pushed = await place.mend('translate --data dev.sqlite');
    expect([pushed.code, pushed.all], pushed.all).toEqual([0, expect.stringMatching(/There are no migrations; 2 rows were copied/)]);
  }, { lock: null }));
