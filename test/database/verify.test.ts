// The judges of translations, held against translations written by hand: right ones they must let pass, wrong ones they must name.

import { describe, expect, test } from 'vitest';
import { startPglite } from '../../src/scratch/pglite.ts';
import { problemsOf, type VerifiedMigration } from '../../src/run/verify.ts';
import type { Note, NoteCode, Target, TranslatedFile } from '../../src/sqlite/types.ts';
import { MAJORS, NEWEST, withDatabase } from '../support/database.ts';
import { targetFrom, verify } from '../support/sqlite.ts';

type Pair = readonly [sqlite: string, postgres: string, codes?: readonly NoteCode[]];

async function judge(pairs: readonly Pair[], was: TranslatedFile['was'] = 'sqlite', major = NEWEST, target: Target | null = null): Promise<readonly VerifiedMigration[]> {
  const files = pairs.map(([sql], at) => ({ name: `m${at}`, sql }));
  const output = pairs.map(([, sql, codes = []], at): TranslatedFile => ({ name: `m${at}`, sql, was: at === pairs.length - 1 ? was : 'sqlite', notes: codes.map((code): Note => ({ kind: 'note', code, message: '', offset: 0 })) }));
  return await withDatabase(major, async ({ session }) => (await verify(session, files, output, target)).migrations);
}

const last = (migrations: readonly VerifiedMigration[]) => migrations.at(-1) as VerifiedMigration;

const USER: Pair = [
  `CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "age" INTEGER, "used" BOOLEAN NOT NULL DEFAULT false, "big" BIGINT, "f" REAL, "d" DECIMAL, "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "meta" JSONB, "bytes" BLOB);
  CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
  CREATE TABLE "Post" ("id" TEXT NOT NULL PRIMARY KEY, "uId" INTEGER NOT NULL, "parent" TEXT, CONSTRAINT "Post_uId_fkey" FOREIGN KEY ("uId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE, CONSTRAINT "Post_parent_fkey" FOREIGN KEY ("parent") REFERENCES "Post" ("id") ON DELETE SET NULL ON UPDATE CASCADE);`,
  `CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, "age" INTEGER, "used" BOOLEAN NOT NULL DEFAULT false, "big" BIGINT, "f" DOUBLE PRECISION, "d" DECIMAL(65,30), "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "meta" JSONB, "bytes" BYTEA, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
  CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
  CREATE TABLE "Post" ("id" TEXT NOT NULL, "uId" INTEGER NOT NULL, "parent" TEXT, CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));
  ALTER TABLE "Post" ADD CONSTRAINT "Post_uId_fkey" FOREIGN KEY ("uId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
  ALTER TABLE "Post" ADD CONSTRAINT "Post_parent_fkey" FOREIGN KEY ("parent") REFERENCES "Post"("id") ON DELETE SET NULL ON UPDATE CASCADE;`,
];

/** Prisma's dance around "User", its columns and what is copied given. */
function dance(columns: string, from: string, to: string): string {
  return `PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL${columns});
INSERT INTO "new_User" ("id", "email"${to}) SELECT "id", "email"${from} FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
PRAGMA foreign_keys=ON;`;
}

const NARROW: Pair = [`CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "age" INTEGER); CREATE UNIQUE INDEX "User_email_key" ON "User"("email");`, 'CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, "age" INTEGER, CONSTRAINT "User_pkey" PRIMARY KEY ("id")); CREATE UNIQUE INDEX "User_email_key" ON "User"("email");'];

describe('lets pass', () => {
  test.each(MAJORS)('what is right, on %s: every type, references, and rows in all of it', async (major) => {
    const [first, second] = await judge([USER, ['ALTER TABLE "User" ADD COLUMN "nick" TEXT;', 'ALTER TABLE "User" ADD COLUMN "nick" TEXT;']], 'sqlite', major);
    expect(first).toMatchObject({ catalogs: 'equal', gaps: [], refusedBy: null, failed: null });
    expect(second).toMatchObject({ catalogs: 'equal', rows: { tables: 2, rows: 12, different: [] }, gaps: [], refusedBy: null });
  });

  test('the same on PGlite, where no server program is', async () => {
    const { session } = await startPglite([]);
    try {
      const files = [{ name: 'a', sql: USER[0] }, { name: 'b', sql: 'UPDATE "User" SET "used" = 1' }];
      const output = [{ name: 'a', sql: USER[1], was: 'sqlite' as const, notes: [] }, { name: 'b', sql: 'UPDATE "User" SET "used" = true', was: 'sqlite' as const, notes: [] }];
      const { migrations } = await verify(session, files, output);
      expect(migrations).toMatchObject([{ catalogs: 'equal', refusedBy: null }, { catalogs: 'equal', rows: { rows: 12, different: [] }, refusedBy: null }]);
    } finally {
      await session.close();
    }
  });

  test('UNIQUE inside of a table, whose index SQLite gives a name of its own', async () => {
    const pair: Pair = ['CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "a" TEXT UNIQUE, "b" INTEGER, "c" TEXT, UNIQUE ("b", "c"))', 'CREATE TABLE "T" ("id" TEXT NOT NULL, "a" TEXT, "b" INTEGER, "c" TEXT, CONSTRAINT "T_pkey" PRIMARY KEY ("id")); CREATE UNIQUE INDEX "T_a_key" ON "T"("a"); CREATE UNIQUE INDEX "T_b_c_key" ON "T"("b", "c")'];
    expect(last(await judge([pair]))).toMatchObject({ catalogs: 'equal', gaps: [] });
    expect(problemsOf(last(await judge([[pair[0], pair[1].replace('T_a_key', 'T_x')]]))).join('\n')).toMatch(/RENAME TO "T_a_key"/);
    expect(problemsOf(last(await judge([[pair[0], pair[1].replace('UNIQUE INDEX "T_b_c_key"', 'INDEX "T_b_c_key"')]]))).join('\n')).toMatch(/CREATE UNIQUE INDEX "T_b_c_key"/);
  });

  test('a backfill, and NOT NULL after it', async () => {
    const verified = last(await judge([NARROW, [dance(', "age" INTEGER NOT NULL DEFAULT 18', ', coalesce("age", 18) AS "age"', ', "age"'), 'UPDATE "User" SET "age" = 18 WHERE "age" IS NULL; ALTER TABLE "User" ALTER COLUMN "age" SET DEFAULT 18; ALTER TABLE "User" ALTER COLUMN "age" SET NOT NULL']]));
    expect(verified).toMatchObject({ catalogs: 'equal', rows: { rows: 6, different: [] }, refusedBy: null });
  });

  test('a required column without a default: both refuse it with rows, and it is judged without', async () => {
    const verified = last(await judge([NARROW, [dance(', "age" INTEGER, "role" TEXT NOT NULL', ', "age"', ', "age"'), 'ALTER TABLE "User" ADD COLUMN "role" TEXT NOT NULL']]));
    expect(verified).toMatchObject({ catalogs: 'equal', rows: { rows: 3, different: [] }, refusedBy: { by: 'both' } });
    expect(problemsOf(verified)).toEqual([]);
  });

  test('a refusal that a note had said before', async () => {
    const pair: Pair = [dance(', "age" INTEGER, "team" TEXT NOT NULL DEFAULT \'0\', CONSTRAINT "User_team_fkey" FOREIGN KEY ("team") REFERENCES "Team" ("id") ON DELETE RESTRICT ON UPDATE CASCADE', ', "age"', ', "age"'), `ALTER TABLE "User" ADD COLUMN "team" TEXT NOT NULL DEFAULT '0'; ALTER TABLE "User" ADD CONSTRAINT "User_team_fkey" FOREIGN KEY ("team") REFERENCES "Team"("id") ON DELETE RESTRICT ON UPDATE CASCADE`];
    const team: Pair = ['CREATE TABLE "Team" ("id" TEXT NOT NULL PRIMARY KEY)', 'CREATE TABLE "Team" ("id" TEXT NOT NULL, CONSTRAINT "Team_pkey" PRIMARY KEY ("id"))'];
    const said = last(await judge([NARROW, team, [pair[0], pair[1], ['ORPHANS_REFUSED']]]));
    expect(said).toMatchObject({ catalogs: 'equal', refusedBy: { by: 'postgresql', foretold: true } });
    expect(problemsOf(said)).toEqual([]);
    expect(problemsOf(last(await judge([NARROW, team, pair])))).toEqual([expect.stringContaining('refused by postgresql alone')]);
  });
});

describe('names', () => {
  const faults: readonly (readonly [string, readonly Pair[], RegExp])[] = [
    ['an index that is not there', [[`${USER[0]} CREATE INDEX "User_age_idx" ON "User"("age")`, USER[1]]], /still differs: CREATE INDEX "User_age_idx"/],
    ['a predicate that is not there', [[`${USER[0]} CREATE INDEX "User_age_idx" ON "User"("age") WHERE "used" = 1`, `${USER[1]} CREATE INDEX "User_age_idx" ON "User"("age")`]], /still differs: CREATE INDEX "User_age_idx"/],
    ['a predicate too many', [[`${USER[0]} CREATE INDEX "User_age_idx" ON "User"("age")`, `${USER[1]} CREATE INDEX "User_age_idx" ON "User"("age") WHERE "used"`]], /still differs: CREATE INDEX "User_age_idx"/],
    ['other columns under a predicate', [[`${USER[0]} CREATE INDEX "User_i" ON "User"("age") WHERE "used" = 1`, `${USER[1]} CREATE INDEX "User_i" ON "User"("big") WHERE "used"`]], /still differs: CREATE INDEX "User_i"/],
    ['a unique index that is none, over an expression', [['CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "a" TEXT COLLATE NOCASE UNIQUE)', 'CREATE TABLE "T" ("id" TEXT NOT NULL, "a" TEXT, CONSTRAINT "T_pkey" PRIMARY KEY ("id")); CREATE INDEX "T_a_key" ON "T"(lower("a"))']], /still differs: CREATE UNIQUE INDEX "T_a_key"/],
    ['a table that was not dropped', [NARROW, ['DROP TABLE "User"', 'SELECT 1']], /still differs: DROP TABLE "User"/],
    ['a type that is too small', [[NARROW[0], NARROW[1].replace('"age" INTEGER', '"age" SMALLINT')]], /still differs: ALTER TABLE "User" ALTER COLUMN "age" SET DATA TYPE INTEGER/],
    ['an action that is another', [[USER[0], USER[1].replace('ON DELETE SET NULL', 'ON DELETE CASCADE')]], /still differs: ALTER TABLE "Post" DROP CONSTRAINT "Post_parent_fkey"/],
    ['a name cut by PostgreSQL', [[`CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "aColumnOfAVeryLongNameIndeedWhichLeavesNoRoomForSuffixesAtAll" TEXT); CREATE UNIQUE INDEX "T_aColumnOfAVeryLongNameIndeedWhichLeavesNoRoomForSuffixesAtAll_key" ON "T"("aColumnOfAVeryLongNameIndeedWhichLeavesNoRoomForSuffixesAtAll")`, `CREATE TABLE "T" ("id" TEXT NOT NULL, "aColumnOfAVeryLongNameIndeedWhichLeavesNoRoomForSuffixesAtAll" TEXT, CONSTRAINT "T_pkey" PRIMARY KEY ("id")); CREATE UNIQUE INDEX "T_aColumnOfAVeryLongNameIndeedWhichLeavesNoRoomForSuffixesAtAll_key" ON "T"("aColumnOfAVeryLongNameIndeedWhichLeavesNoRoomForSuffixesAtAll")`]], /still differs: ALTER INDEX/],
    ['values that were not copied', [NARROW, [dance(', "years" INTEGER', ', "age"', ', "years"'), 'ALTER TABLE "User" DROP COLUMN "age"; ALTER TABLE "User" ADD COLUMN "years" INTEGER']], /^User \(.*only in SQLite/],
    ['rows that were not deleted', [NARROW, ['DELETE FROM "User"', 'SELECT 1']], /only in PostgreSQL/],
    ['a backfill that is another', [NARROW, ['UPDATE "User" SET "age" = 3', 'UPDATE "User" SET "age" = 4']], /only in SQLite/],
    ['true for false', [USER, ['UPDATE "User" SET "used" = 1', 'UPDATE "User" SET "used" = false']], /only in SQLite/],
    ['a sequence that stands behind', [NARROW, [`INSERT INTO "User" ("id", "email") VALUES (5000, 'e')`, `INSERT INTO "User" ("id", "email") VALUES (5000, 'e')`]], /its sequence stands at/],
    ['a default that is another', [NARROW, ['ALTER TABLE "User" ADD COLUMN "x" TEXT DEFAULT \'a\'', 'ALTER TABLE "User" ADD COLUMN "x" TEXT DEFAULT \'b\'']], /still differs: .*SET DEFAULT 'a'/],
    ['a time that leans on the session', [USER, [`UPDATE "User" SET "at" = 1577934245678`, `UPDATE "User" SET "at" = to_timestamp(1577934245678 / 1000.0)`]], /only in SQLite/],
    ['what does not run', [NARROW, ['UPDATE "User" SET "age" = 3', 'UPDATE "Usr" SET "age" = 3']], /does not run: .*Usr/],
    ['a cast that fails, unsaid', [NARROW, [dance(', "age" TEXT', ', "age"', ', "age"'), `ALTER TABLE "User" ALTER COLUMN "age" TYPE TEXT USING (CASE WHEN "age" IS NULL THEN NULL ELSE (1 / 0)::text END)`]], /refused by postgresql alone: division by zero/],
  ];
  test.each(faults)('%s', async (_, pairs, words) => {
    expect(problemsOf(last(await judge(pairs))).join('\n')).toMatch(words);
  });
});

describe('says what it cannot judge', () => {
  const gaps: readonly (readonly [string, Pair, RegExp])[] = [
    ['a default of Json', [`CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "j" JSONB NOT NULL DEFAULT '{"a":1}')`, `CREATE TABLE "T" ("id" TEXT NOT NULL, "j" JSONB NOT NULL DEFAULT '{"a":1}', CONSTRAINT "T_pkey" PRIMARY KEY ("id"))`], /T\.j: .*default/],
    ['a default that is an expression', ['CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "k" TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))))', `CREATE TABLE "T" ("id" TEXT NOT NULL, "k" TEXT NOT NULL DEFAULT md5(random()::text), CONSTRAINT "T_pkey" PRIMARY KEY ("id"))`], /T\.k: .*default/],
    ['a generated column', ['CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY, "n" INTEGER, "twice" INTEGER GENERATED ALWAYS AS ("n" * 2) STORED)', 'CREATE TABLE "T" ("id" SERIAL NOT NULL, "n" INTEGER, "twice" INTEGER GENERATED ALWAYS AS ("n" * 2) STORED, CONSTRAINT "T_pkey" PRIMARY KEY ("id"))'], /T\.twice: .*generated/],
    ['generated columns without a type', ['CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "n" INTEGER, "g" AS ("n" || 1))', 'CREATE TABLE "T" ("id" TEXT NOT NULL, "n" INTEGER, "g" TEXT GENERATED ALWAYS AS ("n"::text || \'1\') STORED, CONSTRAINT "T_pkey" PRIMARY KEY ("id"))'], /T\.g: .*type[^]*T\.g: .*generated/],
    ['a predicate in other words', ['CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "n" INTEGER, "on" BOOLEAN); CREATE INDEX "T_n_idx" ON "T"("n") WHERE ("on" == 1 AND n != 3)', 'CREATE TABLE "T" ("id" TEXT NOT NULL, "n" INTEGER, "on" BOOLEAN, CONSTRAINT "T_pkey" PRIMARY KEY ("id")); CREATE INDEX "T_n_idx" ON "T"("n") WHERE "on" = true AND "n" <> 3'], /T_n_idx: .*predicate/],
    ['a predicate in words of SQLite alone', ['CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "n" TEXT); CREATE INDEX "T_n_idx" ON "T"("n") WHERE ([n] GLOB \'a*\')', 'CREATE TABLE "T" ("id" TEXT NOT NULL, "n" TEXT, CONSTRAINT "T_pkey" PRIMARY KEY ("id")); CREATE INDEX "T_n_idx" ON "T"("n") WHERE "n" LIKE \'a%\''], /T_n_idx: .*predicate/],
    ['UNIQUE without regard to case', ['CREATE TABLE [T] (id TEXT NOT NULL PRIMARY KEY, a TEXT COLLATE NOCASE UNIQUE, b TEXT, c VARCHAR(10) COLLATE NOCASE, UNIQUE (b, c COLLATE NOCASE))', 'CREATE TABLE "T" ("id" TEXT NOT NULL, "a" TEXT, "b" TEXT, "c" TEXT, CONSTRAINT "T_pkey" PRIMARY KEY ("id")); CREATE UNIQUE INDEX "T_a_key" ON "T"(lower("a")); CREATE UNIQUE INDEX "T_b_c_key" ON "T"("b", lower("c"))'], /T_a_key: .*expression[^]*T_b_c_key: .*expression/],
    ['bytes as a default', [`CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "y" BLOB NOT NULL DEFAULT '68656c6c6f')`, `CREATE TABLE "T" ("id" TEXT NOT NULL, "y" BYTEA NOT NULL DEFAULT '\\x68656c6c6f', CONSTRAINT "T_pkey" PRIMARY KEY ("id"))`], /T\.y: .*default/],
    ['a type Prisma has no name for', ['CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "n" TINYINT)', 'CREATE TABLE "T" ("id" TEXT NOT NULL, "n" SMALLINT, CONSTRAINT "T_pkey" PRIMARY KEY ("id"))'], /T\.n: .*type tinyint/],
  ];
  test.each(gaps)('%s, and judges the rest', async (_, pair, words) => {
    const [verified, next] = await judge([pair, ['ALTER TABLE "T" ADD COLUMN "z" TEXT', 'ALTER TABLE "T" ADD COLUMN "z" INTEGER']]) as [VerifiedMigration, VerifiedMigration];
    expect(problemsOf(verified)).toEqual([]);
    expect(verified.gaps.join('\n')).toMatch(words);
    expect(problemsOf(next).join('\n')).toMatch(/still differs: ALTER TABLE "T" .*"z"/);
  });

  test('a foreign key in another letter case is judged as SQLite reads it', async () => {
    const sqlite = 'CREATE TABLE "Up" ("id" TEXT NOT NULL PRIMARY KEY); CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "u" TEXT, FOREIGN KEY ("U") REFERENCES up (ID) ON DELETE CASCADE ON UPDATE CASCADE)';
    const tables = 'CREATE TABLE "Up" ("id" TEXT NOT NULL, CONSTRAINT "Up_pkey" PRIMARY KEY ("id")); CREATE TABLE "T" ("id" TEXT NOT NULL, "u" TEXT, CONSTRAINT "T_pkey" PRIMARY KEY ("id"));';
    const key = ' ALTER TABLE "T" ADD CONSTRAINT "T_u_fkey" FOREIGN KEY ("u") REFERENCES "Up"("id") ON DELETE CASCADE ON UPDATE CASCADE';
    expect(problemsOf(last(await judge([[sqlite, tables + key]])))).toEqual([]);
    expect(problemsOf(last(await judge([[sqlite, tables]])))).not.toEqual([]);
  });

  test('a file that is PostgreSQL already, and all that follows', async () => {
    const [, second] = await judge([NARROW, ['ALTER TABLE "User" ALTER COLUMN "age" SET NOT NULL', 'ALTER TABLE "User" ALTER COLUMN "age" SET NOT NULL']], 'postgresql');
    expect(second).toMatchObject({ catalogs: 'notCompared', gaps: [expect.stringContaining('m1 is no SQLite')], failed: null });
  });
});

describe('with a schema that says the types', () => {
  const SQLITE = `CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL, "role" TEXT NOT NULL DEFAULT 'low', "at" DATETIME); CREATE INDEX "T_name_idx" ON "T"("name")`;
  const DDL = `CREATE TYPE "Role" AS ENUM ('low', 'high');\nCREATE TABLE "T" ("id" INTEGER NOT NULL, "name" VARCHAR(9) NOT NULL, "role" "Role" NOT NULL DEFAULT 'low', "at" TIMESTAMPTZ(6), CONSTRAINT "T_pkey" PRIMARY KEY ("id"));\nCREATE INDEX "T_name_idx" ON "T"("name");`;

  test('they are right, and rows fit into them', async () => {
    const verified = last(await judge([[SQLITE, DDL], ['UPDATE "T" SET "name" = \'x\'', 'UPDATE "T" SET "name" = \'x\'']], 'sqlite', NEWEST, await targetFrom(DDL)));
    expect(problemsOf(verified)).toEqual([]);
    expect(verified).toMatchObject({ catalogs: 'equal', rows: { rows: 6 } });
  });

  test('predicates and expressions are in words that were not compared', async () => {
    const sqlite = SQLITE.replace('"T_name_idx" ON "T"("name")', '"T_name_idx" ON "T"("name") WHERE "id" == 3; CREATE UNIQUE INDEX "T_role_key" ON "T"("role" COLLATE NOCASE); CREATE INDEX "T_low" ON "T"(lower("name"))');
    const ddl = DDL.replace('"T_name_idx" ON "T"("name")', '"T_name_idx" ON "T"("name") WHERE "id" = 3');
    const built = `${ddl.replace('"role" "Role" NOT NULL DEFAULT \'low\'', '"role" TEXT NOT NULL DEFAULT \'low\'')} CREATE UNIQUE INDEX "T_role_key" ON "T"(lower("role")); CREATE INDEX "T_low" ON "T"(lower("name"));`;
    const target = await targetFrom(ddl.replace('"Role" NOT NULL', 'TEXT NOT NULL'));
    const verified = last(await judge([[sqlite, built]], 'sqlite', NEWEST, target));
    expect([problemsOf(verified), verified.gaps.map((gap) => gap.split(':')[0]).toSorted()]).toEqual([[], ['T_low', 'T_name_idx', 'T_role_key']]);
    expect(problemsOf(last(await judge([[sqlite, built.replace(' WHERE "id" = 3', '')]], 'sqlite', NEWEST, target))).join('\n')).toMatch(/T_name_idx.* differs: predicate/);
  });

  test.each([
    ['a type that is neither', DDL.replace('VARCHAR(9)', 'VARCHAR(8)'), /column T\.name differs: type/],
    ['what may be empty', DDL.replace('"name" VARCHAR(9) NOT NULL', '"name" VARCHAR(9)'), /column T\.name differs: notNull/],
    ['an index that is not there', DDL.replace(/CREATE INDEX.*/, ''), /index .*T_name_idx.* is SQLite's alone/],
    ['an index too many', `${DDL} CREATE INDEX "T_at_idx" ON "T"("at");`, /index .*T_at_idx.* is PostgreSQL's alone/],
  ])('%s is named', async (_, wrong, words) => {
    expect(problemsOf(last(await judge([[SQLITE, wrong]], 'sqlite', NEWEST, await targetFrom(DDL)))).join('\n')).toMatch(words);
  });
});
