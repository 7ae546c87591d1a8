// Whose SQL a migration is.

import { describe, expect, test } from 'vitest';
import { loadReader } from '../../src/parse/script.ts';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { dialectOf, type Dialect, type Neighbours } from '../../src/sqlite/dialect/dialect.ts';
import { readPieces, statementSpans } from '../../src/sqlite/dialect/readings.ts';

const tools = { grammar: await loadGrammar(), reader: await loadReader() };
const dialect = (sql: string, neighbours: Neighbours = 'unknown') => dialectOf(sql, tools, neighbours).dialect;

const ANY: readonly Neighbours[] = ['sqlite', 'postgresql', 'unknown'];

describe('whatever is around it', () => {
  test.each<[Dialect, string]>([
    ['empty', ''], ['empty', '-- This is an empty migration.'], ['empty', '/* PRAGMA */ ;;\n'],
    ['sqlite', 'PRAGMA foreign_keys=OFF;'],
    ['sqlite', 'CREATE TABLE "A" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT);'],
    ['sqlite', 'CREATE TABLE "A" ("id" TEXT NOT NULL PRIMARY KEY, "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);'],
    ['sqlite', 'CREATE TABLE `A` (`id` TEXT);'], ['sqlite', 'CREATE TABLE A (id TEXT, x);'], ['sqlite', 'CREATE TABLE A (id TEXT) WITHOUT ROWID;'], ['sqlite', 'CREATE TABLE A (id TEXT) STRICT;'],
    ['sqlite', 'INSERT OR IGNORE INTO A VALUES (1);'], ['sqlite', 'UPDATE OR REPLACE A SET x = 1;'], ['sqlite', 'REPLACE INTO A VALUES (1);'], ['sqlite', 'INSERT INTO "A" ("x") VALUES ("text");'],
    ['sqlite', 'UPDATE A SET x = ifnull(x, 1);'], ['sqlite', "UPDATE A SET x = strftime('%s', 'now');"], ['sqlite', 'SELECT a == b FROM A;'], ['sqlite', 'SELECT max(a, b) FROM A;'], ['sqlite', 'CREATE INDEX i ON A(x COLLATE NOCASE);'],
    ['sqlite', 'CREATE TRIGGER t AFTER UPDATE ON A BEGIN UPDATE A SET x = CASE WHEN 1 THEN 2 END; END;'],
    ['sqlite', 'CREATE VIEW IF NOT EXISTS v AS SELECT 1;'],
    ['sqlite', 'PRAGMA foreign_keys=OFF;\nCREATE TABLE "new_A" ("id" TEXT NOT NULL PRIMARY KEY, "at" TIMESTAMP(3));\nDROP TABLE "A";\nALTER TABLE "new_A" RENAME TO "A";'],
    ['postgresql', 'CREATE TYPE "R" AS ENUM (\'DATETIME\', \'BLOB\');'],
    ['postgresql', 'ALTER TABLE "A" ADD CONSTRAINT "A_b_fkey" FOREIGN KEY ("b") REFERENCES "B"("id");'],
    ['postgresql', 'DO $$ BEGIN PERFORM 1; END $$;'], ['postgresql', 'CREATE TABLE "A" ("id" SERIAL NOT NULL);'], ['postgresql', 'CREATE TABLE "A" ("x" TEXT[]);'], ['postgresql', 'CREATE TABLE "A" ("r" "Role" NOT NULL);'],
    ['postgresql', 'ALTER TABLE "A" DROP CONSTRAINT "A_b_fkey";'], ['postgresql', 'ALTER TABLE "A" ALTER COLUMN "x" SET NOT NULL;'], ['postgresql', 'CREATE TABLE "public"."A" ("id" TEXT);'],
    ['postgresql', '-- DATETIME\nCREATE TYPE "datetime" AS ENUM ();\nCREATE TABLE "blob" ("datetime" "datetime", "x" TEXT DEFAULT \'AUTOINCREMENT PRAGMA\');\n/* ifnull( */'],
    ['postgresql', 'CREATE DOMAIN datetime AS TIMESTAMP(3);\nCREATE TABLE t (a datetime);'],
    ['postgresql', 'CREATE FUNCTION ifnull(a int, b int) RETURNS int LANGUAGE sql AS \'SELECT coalesce(a, b)\';\nSELECT ifnull(1, 2);'],
    ['half', 'SELECT 1; CREATE TABLE `a;b` (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT[]);'], ['half', 'CREATE TABLE A (id INTEGER PRIMARY KEY AUTOINCREMENT, x "Role");'],
    ['half', 'PRAGMA foreign_keys=OFF;\nCREATE TABLE "A" ("r" "R");'], ['half', 'CREATE TABLE "A" ("r" "R", "on" BOOLEAN NOT NULL DEFAULT 0);'], ['half', 'ALTER TABLE "A" ADD COLUMN IF NOT EXISTS "y" BYTEA DEFAULT X\'00\';'], ['sqlite', 'ALTER TABLE "A" ADD COLUMN "on" BOOLEAN NOT NULL DEFAULT 1;'],
    ['half', 'CREATE TYPE "R" AS ENUM (\'a\');\nCREATE TABLE "A" ("at" DATETIME);'],
    ['half', 'CREATE TABLE "A" ("id" SERIAL NOT NULL, "at" DATETIME);'], ['half', 'CREATE TABLE "A" ("x" TEXT[], "at" DATETIME);'],
    ['half', 'CREATE TABLE "A" ("id" TEXT, "at" DATETIME);\nALTER TABLE "A" ADD CONSTRAINT "A_b_fkey" FOREIGN KEY ("b") REFERENCES "B"("id");'],
    ['half', 'CREATE TABLE "A" ("id" INTEGER PRIMARY KEY AUTOINCREMENT);\nALTER TABLE "A" ADD COLUMN IF NOT EXISTS "x" TEXT;'],
    ['half', 'ALTER TABLE "A" ADD COLUMN IF NOT EXISTS "x" DATETIME;'], ['half', 'PRAGMA foreign_keys=OFF;\nCREATE EXTENSION "citext";'], ['half', 'CREATE TABLE "A" ("at" DATETIME DEFAULT now());'],
    ['neither', 'CREATE TABEL "A" ("id" TEXT);'], ['neither', 'SELECT 1;\nCREATE TABLE A (id INT NOT NULL AUTO_INCREMENT) ENGINE=InnoDB;'], ['neither', "SELECT 'open"],
  ])('%s: %s', (wanted, sql) => {
    expect(ANY.map((one) => dialect(sql, one))).toEqual([wanted, wanted, wanted]);
  });
});

describe('by what is around it', () => {
  test.each<[string, readonly [sqlite: Dialect, postgresql: Dialect, unknown: Dialect]]>([
    ['CREATE TABLE "A" ("id" TEXT NOT NULL PRIMARY KEY, "n" REAL)', ['sqlite', 'postgresql', 'postgresql']],
    ['ALTER TABLE "A" ADD COLUMN "n" INTEGER;', ['sqlite', 'postgresql', 'postgresql']],
    ['ALTER TABLE "A" ADD COLUMN     "n" INTEGER;', ['sqlite', 'postgresql', 'postgresql']],
    ['CREATE TABLE "A" ("id" TEXT, FOREIGN KEY ("id") REFERENCES "B"("id"));', ['sqlite', 'postgresql', 'postgresql']],
    ['CREATE TABLE "Session" ("id" TEXT NOT NULL, "expires" DATETIME, CONSTRAINT "Session_pkey" PRIMARY KEY ("id"));', ['sqlite', 'half', 'half']],
    ['ALTER TABLE "A" ADD COLUMN     "at" DATETIME;', ['sqlite', 'half', 'half']],
    ['CREATE TABLE "A" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "at" TIMESTAMP(3));', ['sqlite', 'half', 'half']],
    ['CREATE TABLE "A" ("at" TIMESTAMP(3), "x" BLOB);', ['sqlite', 'half', 'half']],
  ])('%s', (sql, wanted) => expect(ANY.map((one) => dialect(sql, one))).toEqual(wanted));
});

describe('marks', () => {
  test('name the word and its place', () => {
    const sql = '-- Größe 🎉 DATETIME\nCREATE TABLE "ä" ("a" DATETIME, "b" TEXT DEFAULT "x");\nINSERT INTO "ä" VALUES (ifnull(1, 2));';
    const { marks } = dialectOf(sql, tools);
    expect(marks.map(({ word }) => word)).toEqual(['DATETIME', '"x"', 'ifnull']);
    for (const { word, offset } of marks) expect(sql.slice(offset, offset + word.length)).toBe(word);
    expect(marks[0]?.offset).toBe(sql.lastIndexOf('DATETIME'));
  });

  test('of statements that only SQLite reads', () => {
    const sql = '\uFEFF/* ü */ PRAGMA x=1;\nCREATE TABLE "A" ("id" INTEGER PRIMARY KEY AUTOINCREMENT);\nINSERT OR IGNORE INTO `A` VALUES (1);\nCREATE EXTENSION x;';
    const { dialect: found, marks } = dialectOf(sql, tools);
    expect(found).toBe('half');
    expect(marks.map(({ word }) => word)).toEqual(['PRAGMA', 'AUTOINCREMENT', 'OR']);
    for (const { word, offset } of marks) expect(sql.slice(offset, offset + word.length)).toBe(word);
  });

  test('weak ones', () => {
    expect(dialectOf('CREATE TABLE "A" ("id" TEXT PRIMARY KEY, "n" REAL, FOREIGN KEY ("n") REFERENCES "B"("id"))', tools).weak.map(({ word }) => word)).toEqual(['PRIMARY', 'REAL', 'FOREIGN']);
  });
});

test('where neither reads it', () => {
  expect(dialectOf('SELECT 1;\nPRAGMA x;\nCREATE TABLE "ä" ("id" TEXT NOT);', tools)).toMatchObject({ dialect: 'neither', problem: { offset: 51 } });
  expect(dialectOf('SELECT 1;\n  CREATE TABEL x;', tools)).toMatchObject({ problem: { offset: 19, message: expect.stringContaining('TABEL') } });
});

test('statements end at semicolons that are theirs', () => {
  const sql = "/* ; */ SELECT ';' ; CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2);\nCREATE TRIGGER t AFTER UPDATE ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; DELETE FROM b; END;\nCREATE TRIGGER p AFTER UPDATE ON a EXECUTE FUNCTION f(); BEGIN; COMMIT; CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; DO $$;$$;-- end ;\n";
  expect(statementSpans(sql).map(({ start, end }) => sql.slice(start, end).slice(0, 16))).toEqual(["SELECT ';'", 'CREATE RULE r AS', 'CREATE TRIGGER t', 'CREATE TRIGGER p', 'BEGIN', 'COMMIT', 'CREATE FUNCTION ', 'DO $$;$$']);
  expect(readPieces(sql, tools).map(({ postgresql, sqlite }) => [postgresql.problem === null, sqlite.problem === null])).toEqual([[true, true], [true, false], [false, true], [true, false], [true, true], [true, true], [true, false], [true, false]]);
});
