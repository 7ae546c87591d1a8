// Migrations that failed, in whole or half way, and rows and locks that made them fail.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../src/database/session.ts';
import { acceptedByPrisma, filesOf, followed, inPlace, onlyShows, schemaOf, type Place, type PlaceOptions } from '../support/scenario.ts';

const RESOLVE = 'npx prisma-mend resolve --apply';
const DEPLOY = 'npx prisma migrate deploy';
const REPAIR = 'npx prisma-mend repair';

const USER = 'CREATE TABLE "User" (\n    "id" INTEGER NOT NULL,\n    "name" TEXT,\n\n    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n';
const POST = 'CREATE TABLE "Post" (\n    "id" INTEGER NOT NULL,\n    "userId" INTEGER NOT NULL,\n\n    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")\n);\n';
const ADD_AGE = 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n';
const userModel = (more = '', name = 'String?') => `model User {\n  id   Int     @id\n  name ${name}\n${more}}`;
const AGED = schemaOf(userModel('  age Int?\n'));

/** `1_users` is applied, the rows are there, and the next migration fails. */
async function failing(schema: string, first: string, next: Readonly<Record<string, string>>, rows: string, work: (place: Place, said: string) => Promise<void>, options: PlaceOptions = {}): Promise<void> {
  await inPlace(schema, { '1_users': first }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    if (rows !== '') await place.database.run(rows);
    for (const [name, sql] of Object.entries(next)) place.migration(name, sql);
    const deployed = await place.prisma('migrate', 'deploy');
    expect(deployed.code, deployed.all).toBe(1);
    await work(place, deployed.all);
  }, options);
}

const blocked = async (place: Place) => expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');
const nothingLeft = (place: Place) => onlyShows(place, 'resolve --apply');
const TWO = "INSERT INTO \"User\" VALUES (1, 'Ann'), (2, 'Ann')";

test('S11 failed, and nothing of it is there', () =>
  failing(AGED, USER, { '2_age': `${ADD_AGE}ALTER TABLE "Usr" ADD COLUMN "age" INTEGER;\n` }, TWO, async (place) => {
    await blocked(place);
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes[0], messages[0]]).toEqual([3, 'HISTORY.FAILED', expect.stringMatching(/\(P3009\); nothing of it is there: .*Usr/)]);
    expect(next).toEqual([RESOLVE, expect.stringMatching(/^mend prisma\/migrations\/2_age\/migration.sql, or what it stands on: .*Usr/), DEPLOY]);
    await onlyShows(place);
    await followed(place, [RESOLVE]);
    // As long as the file is as it was, it is said; deploy alone would only fail again.
    expect((await place.checked()).codes).toContain('HISTORY.REFUSED');
    place.migration('2_age', ADD_AGE);
    expect(await followed(place)).toEqual([DEPLOY]);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT count(*)::int FROM "User"')).toEqual([[2]]);
  }));

test('S12 failed, and all of it is there', () =>
  failing(AGED, USER, { '2_age': `ALTER TABLE "User" ADD COLUMN "age" INTEGER;\nSELECT 1 / 0;\n` }, TWO, async (place) => {
    await place.database.run(ADD_AGE); // by hand
    place.migration('2_age', ADD_AGE);
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages, next]).toEqual([2, [expect.stringContaining('all of it is there')], [RESOLVE]]);
    await followed(place);
    expect(await place.ledger()).toEqual(['1_users applied', '2_age rolled back', '2_age applied']);
    await nothingLeft(place);
    await acceptedByPrisma(place);
  }));

const HALF = schemaOf(`${userModel('', 'String? @unique')}\nmodel Post {\n  id Int @id\n  userId Int\n  title String?\n\n  @@index([userId])\n}`);

test('S13 half of it is there, statement by statement (Prisma 7.4)', () =>
  failing(HALF, USER, { '2_posts': `${POST}CREATE INDEX "Post_userId_idx" ON "Post"("userId");\nCREATE UNIQUE INDEX "User_name_key" ON "User"("name");\nALTER TABLE "Post" ADD COLUMN "title" TEXT;\n` }, TWO, async (place) => {
    await place.database.run('INSERT INTO "Post" VALUES (1, 1)'); // the application runs on
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages[0], next]).toEqual([2, expect.stringContaining('a part of it is there'), [RESOLVE]]);
    expect((await onlyShows(place)).all).toContain('2_posts: completed (2 statements), then applied');
    // The rows still stand against it: then nothing is changed, and the place in the file is named.
    expect((await onlyShows(place, 'resolve --apply', 1)).all).toMatch(/migration\.sql:8 .*COMPLETION_FAILED[\s\S]*could not create unique index/);
    await place.database.run('UPDATE "User" SET name = name || id');
    await followed(place);
    expect(await place.ledger()).toEqual(['1_users applied', '2_posts rolled back', '2_posts applied']);
    await nothingLeft(place);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT * FROM "Post"')).toEqual([[1, 1, null]]);
  }, { prisma: 7 }));

test('S13 half of it is there, by a COMMIT inside', () =>
  failing(schemaOf(userModel('  age Int?\n  city String?\n', 'String? @unique')), USER, { '2_age': `BEGIN;\n${ADD_AGE}COMMIT;\nALTER TABLE "User" ADD COLUMN "city" TEXT;\nCREATE UNIQUE INDEX "User_name_key" ON "User"("name");\n` }, TWO, async (place) => {
    const { codes, messages, next } = await place.checked();
    expect([codes[0], messages[0], next]).toEqual(['HISTORY.FAILED', expect.stringContaining('a part of it is there'), [RESOLVE]]);
    await place.database.run('UPDATE "User" SET name = name || id, age = 7');
    await followed(place);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT age, city FROM "User"')).toEqual([[7, null], [7, null]]);
  }));

test('S13 rows that no catalog shows are for a person', () =>
  failing(AGED, USER, { '2_age': `BEGIN;\n${ADD_AGE}COMMIT;\nUPDATE "User" SET "age" = 1 / ("id" - 1);\n` }, TWO, async (place) => {
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages.join('\n')]).toEqual([3, expect.stringContaining('whether UPDATE "User" ran, no catalog shows')]);
    expect(next).toEqual([expect.stringMatching(/resolve --applied 2_age {3}# if it ran$/), expect.stringMatching(/resolve --rolled-back 2_age {3}# if it did not, and the file can run over what is there$/)]);
    await onlyShows(place, 'resolve --apply', 3);
    await place.database.run('UPDATE "User" SET age = 0');
    expect((await place.mend('resolve --applied 2_age --apply')).code).toBe(0);
    await acceptedByPrisma(place);
  }));

test('S14 failed, and its directory is deleted', () =>
  failing(schemaOf(userModel()), USER, { '2_ghost': 'CREATE TABLE "A" (id int);\nSELECT 1 / 0;\n' }, '', async (place) => {
    rmSync(join(place.app.migrations, '2_ghost'), { recursive: true });
    await blocked(place);
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages, next]).toEqual([2, [expect.stringMatching(/2_ghost failed .*; its file is gone: .*division by zero/)], [RESOLVE]]);
    await onlyShows(place);
    await followed(place);
    expect(await place.ledger()).toEqual(['1_users applied', '2_ghost rolled back']);
    await nothingLeft(place);
    await acceptedByPrisma(place);
  }));

test('S15 killed in the middle', () =>
  inPlace(AGED, { '1_users': USER, '2_age': `${ADD_AGE}SELECT pg_sleep(2);\n` }, async (place) => {
    const deploying = place.prisma('migrate', 'deploy');
    const other = await connect(place.database.target);
    const kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(2)%' AND pid <> pg_backend_pid()";
    while ((await other.run(kill)).at(-1)?.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await other.close();
    expect((await deploying).code).toBe(1);
    expect(await place.database.run('SELECT finished_at, logs FROM _prisma_migrations WHERE migration_name = \'2_age\'')).toEqual([[null, null]]);
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages[0], next]).toEqual([2, expect.stringMatching(/2_age failed .*; nothing of it is there$/), [RESOLVE, DEPLOY]]);
    await followed(place);
    expect(await place.ledger()).toEqual(['1_users applied', '2_age rolled back', '2_age applied']);
    await acceptedByPrisma(place);
  }));

test('S16 a transaction of its own hid the error', () =>
  failing(AGED, USER, { '2_age': `BEGIN;\n${ADD_AGE}ALTER TABLE "Usr" ADD COLUMN "age" INTEGER;\nCOMMIT;\n` }, '', async (place, said) => {
    expect(said).toContain('current transaction is aborted');
    const { codes, messages, next } = await place.checked();
    expect([codes.slice(0, 2), next]).toEqual([['HISTORY.FAILED', 'HISTORY.BAD_FILE'], [RESOLVE, DEPLOY]]);
    expect(messages[1]).toContain('Prisma shows and keeps only "current transaction is aborted"');
    await followed(place, [RESOLVE]);
    place.migration('2_age', ADD_AGE);
    expect(await followed(place)).toEqual([DEPLOY]);
    await acceptedByPrisma(place);
  }));

test('S17 BEGIN without COMMIT', () =>
  inPlace(AGED, { '1_users': USER, '2_age': `BEGIN;\n${ADD_AGE}` }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).all).toContain('All migrations have been successfully applied.');
    await blocked(place);
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes.slice(0, 2), next]).toEqual([2, ['HISTORY.FAILED', 'HISTORY.BAD_FILE'], [RESOLVE, DEPLOY]]);
    expect(messages[1]).toContain('BEGIN without COMMIT: deploy says success, and nothing stays');
    await onlyShows(place);
    await followed(place);
    expect(filesOf(place)['2_age/migration.sql']).toBe(`BEGIN;\n${ADD_AGE}\nCOMMIT;\n`);
    await acceptedByPrisma(place);
  }));

test('S18 rolled back, and forgotten', () =>
  failing(AGED, USER, { '2_age': 'ALTER TABLE "Usr" ADD COLUMN "age" INTEGER;\n' }, '', async (place) => {
    expect((await place.prisma('migrate', 'resolve', '--rolled-back', '2_age')).code).toBe(0);
    expect(await place.checked()).toMatchObject({ exitCode: 3, codes: expect.arrayContaining(['HISTORY.REFUSED', 'HISTORY.PENDING']) });
    place.migration('2_age', ADD_AGE);
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages[0], next]).toEqual([0, 'migration 2_age is not deployed yet (2_age: rolled back, and never run again)', [DEPLOY]]);
    await followed(place);
    await acceptedByPrisma(place);
  }));

test('S19 a retried migration that was edited in between is not "modified"', () =>
  failing(AGED, USER, { '2_age': 'ALTER TABLE "Usr" ADD COLUMN "age" INTEGER;\n' }, '', async (place) => {
    place.migration('2_age', ADD_AGE);
    expect((await place.prisma('migrate', 'resolve', '--rolled-back', '2_age')).code).toBe(0);
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    expect(await place.checked()).toEqual({ exitCode: 0, codes: [], messages: [], next: [] });
    await nothingLeft(place);
    await acceptedByPrisma(place);
  }));

test('S20 NOT NULL on rows', () =>
  failing(schemaOf(userModel('  age Int\n')), USER, { '2_age': 'ALTER TABLE "User" ADD COLUMN "age" INTEGER NOT NULL;\n' }, TWO, async (place) => {
    const { messages, next } = await place.checked();
    expect([messages[0], next]).toEqual([expect.stringMatching(/nothing of it is there: .*[Nn]ull/), [REPAIR, RESOLVE, DEPLOY]]);
    const shown = await onlyShows(place, 'repair', 3);
    expect(shown.all).toMatch(/2 rows/);
    expect(shown.all).toMatch(/Next: npx prisma-mend repair --apply --fill "User\.age=<sql expression>"/);
    expect((await place.mend('repair --apply --fill User.age=id*10')).code).toBe(0);
    // Now it is there, so it is applied, and not run again.
    expect(await followed(place)).toEqual([RESOLVE]);
    expect(await place.ledger()).toEqual(['1_users applied', '2_age rolled back', '2_age applied']);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT id, age FROM "User" ORDER BY id')).toEqual([[1, 10], [2, 20]]);
  }));

test('S21 unique on duplicates', () =>
  failing(schemaOf(userModel('', 'String? @unique')), USER, { '2_unique': 'CREATE UNIQUE INDEX "User_name_key" ON "User"("name");\n' }, TWO, async (place) => {
    const { messages, next } = await place.checked();
    expect([messages[0], next]).toEqual([expect.stringMatching(/nothing of it is there: .*[Uu]nique/), [REPAIR, RESOLVE, DEPLOY]]);
    expect((await onlyShows(place, 'repair --apply', 3)).all).toMatch(/1 value \(id 1 and id 2\) of \(name\) not unique[\s\S]*DUPLICATES_PRESENT/);
    await place.database.run('UPDATE "User" SET name = \'Bob\' WHERE id = 2');
    expect(await followed(place, ['npx prisma-mend repair --apply'])).toHaveLength(1);
    expect(await followed(place)).toEqual([RESOLVE]);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT count(*)::int FROM "User"')).toEqual([[2]]);
  }));

const RELATED = schemaOf(`${userModel('  posts Post[]\n')}\nmodel Post {\n  id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n}`);

test('S22 a foreign key with orphans', () =>
  failing(RELATED, USER + POST, { '2_key': 'ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;\n' }, `${TWO}; INSERT INTO "Post" VALUES (1, 1), (2, 77)`, async (place) => {
    const { messages, next } = await place.checked();
    expect([messages[0], next]).toEqual([expect.stringMatching(/nothing of it is there: .*[Ff]oreign key/), [REPAIR, RESOLVE, DEPLOY]]);
    const shown = await onlyShows(place, 'repair --apply', 3);
    expect(shown.all).toMatch(/1 row \(id 2\) pointing to nothing in User[\s\S]*Next: npx prisma-mend repair --apply --allow ORPHANS_PRESENT/);
    expect((await place.mend('repair --apply --allow ORPHANS_PRESENT')).code).toBe(0);
    // It is NOT VALID, which the migration did not say: that this will do, a person says.
    const checked = await place.checked();
    expect([checked.exitCode, checked.messages[1]]).toEqual([3, expect.stringContaining('validated is false, wanted true')]);
    expect((await place.mend(`resolve --apply --applied 2_key --confirm ${place.database.target.database}`)).code).toBe(0);
    await acceptedByPrisma(place);
    await place.database.run('UPDATE "Post" SET "userId" = 2 WHERE id = 2');
    expect(await followed(place)).toEqual([REPAIR, `${REPAIR} --apply`]);
    expect(await place.database.run("SELECT convalidated FROM pg_constraint WHERE conname = 'Post_userId_fkey'")).toEqual([[true]]);
    expect(await place.database.run('SELECT count(*)::int FROM "Post"')).toEqual([[2]]);
  }));

test('S23 an enum value that is added and used', () =>
  inPlace(schemaOf('enum Mood {\n  a\n  b\n}\nmodel T {\n  id Int @id\n  mood Mood @default(b)\n}\n'), { '1_t': 'CREATE TYPE "Mood" AS ENUM (\'a\');\nCREATE TABLE "T" ("id" INTEGER NOT NULL, "mood" "Mood" NOT NULL DEFAULT \'a\', CONSTRAINT "T_pkey" PRIMARY KEY ("id"));\n', '2_b': '-- AlterEnum\nALTER TYPE "Mood" ADD VALUE \'b\';\n\n-- AlterTable\nALTER TABLE "T" ALTER COLUMN "mood" SET DEFAULT \'b\';\n' }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).all).toContain('unsafe use of new value');
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages[1], next]).toEqual([2, expect.stringMatching(/'b' is used in the file that adds it \(55P04/), [RESOLVE, DEPLOY]]);
    await onlyShows(place);
    await followed(place);
    expect(filesOf(place)).toMatchObject({ '2_b/migration.sql': '-- AlterEnum\nALTER TYPE "Mood" ADD VALUE \'b\';\n', '2_b_2/migration.sql': '-- AlterTable\nALTER TABLE "T" ALTER COLUMN "mood" SET DEFAULT \'b\';\n' });
    await acceptedByPrisma(place);
  }));

const INDEXED = schemaOf(userModel('  age Int?\n\n  @@index([name])\n  @@index([age])\n'));
const CONCURRENTLY = ['CREATE INDEX CONCURRENTLY "User_name_idx" ON "User"("name");', 'CREATE INDEX CONCURRENTLY "User_age_idx" ON "User"("age");'] as const;

for (const [what, sql, files] of [
  ['two in one file', `${CONCURRENTLY.join('\n')}\n`, ['2_idx', '2_idx_2']],
  ['a SET before it', `SET lock_timeout = '5s';\n${CONCURRENTLY.join('\n')}\n`, ['2_idx', '2_idx_2', '2_idx_3']],
  ['beside a statement that drops one', `DROP INDEX CONCURRENTLY "old";\n${CONCURRENTLY.join('\n')}\n`, ['2_idx', '2_idx_2', '2_idx_3']],
] as const) {
  test(`S24 CREATE INDEX CONCURRENTLY, ${what}`, () =>
    failing(INDEXED, `${USER.replace('"name" TEXT', '"name" TEXT,\n    "age" INTEGER')}CREATE INDEX "old" ON "User"("id", "name");\n`, { '2_idx': sql }, TWO.replaceAll(')', ', 1)'), async (place, said) => {
      expect(said).toContain('cannot run inside a transaction block');
      const { exitCode, messages, next } = await place.checked();
      expect([exitCode, messages[1], next]).toEqual([2, expect.stringContaining('(25001, Prisma up to 7.3)'), [RESOLVE, DEPLOY]]);
      await onlyShows(place);
      await followed(place);
      expect(Object.keys(filesOf(place)).filter((path) => path.startsWith('2_')).toSorted()).toEqual(files.map((name) => `${name}/migration.sql`));
      // `old` stands where no file drops it.
      await acceptedByPrisma(place);
      expect(await place.database.run("SELECT count(*)::int FROM pg_index WHERE indrelid = '\"User\"'::regclass AND NOT indisvalid")).toEqual([[0]]);
    }));
}

test('S25 an invalid index', () =>
  failing(schemaOf(userModel('', 'String? @unique')), USER, { '2_unique': 'CREATE UNIQUE INDEX CONCURRENTLY "User_name_key" ON "User"("name");\n' }, TWO, async (place) => {
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes]).toEqual([3, ['HISTORY.FAILED', 'HISTORY.UNDECIDED', 'INDEX.DIFFERS']]);
    expect([messages[1], next.slice(0, 2)]).toEqual([expect.stringContaining('valid is false, wanted true'), [REPAIR, RESOLVE]]);
    await onlyShows(place, 'resolve --apply', 3);
    expect((await onlyShows(place, 'repair --apply', 3)).all).toContain('1 value (id 1 and id 2) of (name) not unique');
    await place.database.run('UPDATE "User" SET name = name || id');
    await followed(place, ['npx prisma-mend repair --apply']);
    expect(await place.database.run("SELECT indisvalid FROM pg_index WHERE indexrelid = '\"User_name_key\"'::regclass")).toEqual([[true]]);
    await followed(place);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT count(*)::int FROM "User"')).toEqual([[2]]);
  }));
