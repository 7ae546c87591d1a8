// PostgreSQL's SQL with words of SQLite in it, put right in place.

import { describe, expect, test } from 'vitest';
import { loadReader } from '../../src/parse/script.ts';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { applyEdits, fromBytes } from '../../src/sqlite/dialect/edits.ts';
import { patchHalf, type HalfTools } from '../../src/sqlite/dialect/half.ts';
import { Untranslatable, type PgType, type Target } from '../../src/sqlite/types.ts';
import { charFormat } from '../../src/sqlite/dialect/words.ts';

const tools: HalfTools = { grammar: await loadGrammar(), reader: await loadReader() };
const patch = (sql: string, target: Target | null = null) => patchHalf(sql, tools, target);

/** Columns of table T alone. */
function targetOf(columns: Readonly<Record<string, PgType>>, serial = true): Target {
  return { column: (_, column) => (columns[column] ? { type: columns[column], serial } : null), foreignKeyName: () => null, primaryKeyName: () => null, enums: new Map() };
}

/** Trees without places, which move. */
function tree(sql: string): unknown {
  const { statements, problem } = tools.reader.script(sql);
  expect(problem).toBeNull();
  return JSON.parse(JSON.stringify(statements.map(({ node }) => node), (key, value: unknown) => (key === 'location' ? undefined : value)));
}

/** What follows the type of column "c" in CREATE TABLE "T". */
const column = (definition: string, target: Target | null = null) => {
  const { sql } = patch(`CREATE TABLE "T" ("id" TEXT NOT NULL, "c" ${definition}, CONSTRAINT "T_pkey" PRIMARY KEY ("id"));`, target);
  expect(tools.reader.script(sql).problem).toBeNull();
  return /"c" (.*), CONSTRAINT "T_pkey"/s.exec(sql)?.[1];
};

describe('types', () => {
  test.each([
    ['DATETIME', 'TIMESTAMP(3)'], ['datetime', 'TIMESTAMP(3)'], ['DATETIME(6)', 'TIMESTAMP(6)'], ['BLOB', 'BYTEA'], ['TINYINT(1)', 'SMALLINT'], ['TINYINT', 'SMALLINT'], ['MEDIUMINT', 'INTEGER'], ['DOUBLE', 'DOUBLE PRECISION'],
    ['DOUBLE PRECISION', 'DOUBLE PRECISION'], ['NVARCHAR(100)', 'TEXT'], ['CLOB', 'TEXT'], ['LONGTEXT', 'TEXT'], ['STRING', 'TEXT'], ['LONGBLOB', 'BYTEA'], ['NUMBER(10,2)', 'DECIMAL(10,2)'], ['DATETIME[]', 'TIMESTAMP(3)[]'],
    ['TINYINT(1) NOT NULL DEFAULT true', 'BOOLEAN NOT NULL DEFAULT true'], ['UNSIGNED BIG INT NOT NULL', 'BIGINT NOT NULL'], ['INT UNSIGNED', 'BIGINT'], ['REAL', 'REAL'], ['"blob"', '"blob"'], ['pg_catalog.timestamp', 'pg_catalog.timestamp'],
  ])('%s → %s', (before, after) => expect(column(before)).toBe(after));

  test.each<[string, PgType, string]>([
    ['DATETIME', { family: 'datetime', sql: 'TIMESTAMPTZ(6)' }, 'TIMESTAMPTZ(6)'], ['DATETIME', { family: 'text', sql: 'TEXT' }, 'TIMESTAMP(3)'], ['TINYINT(1) DEFAULT 0', { family: 'boolean', sql: 'BOOLEAN' }, 'BOOLEAN DEFAULT false'],
    ['REAL', { family: 'float', sql: 'DOUBLE PRECISION' }, 'DOUBLE PRECISION'], ['REAL', { family: 'float', sql: 'REAL' }, 'REAL'], ['NVARCHAR(20)', { family: 'text', sql: 'VARCHAR(20)' }, 'VARCHAR(20)'],
    ['STRING', { family: 'enum', sql: '"Role"' }, 'TEXT'], ['TEXT', { family: 'text', sql: 'VARCHAR(20)' }, 'TEXT'],
  ])('%s with %o', (before, type, after) => expect(column(before, targetOf({ c: type }))).toBe(after));

  test('REAL is told of where no schema says what it is', () => {
    expect(patch('CREATE TABLE "T" ("a" REAL, "b" REAL)').notes).toMatchObject([{ kind: 'note', code: 'TYPE_KEPT', message: expect.stringContaining('(2 times)') }]);
    expect(patch('CREATE TABLE "T" ("a" REAL)', targetOf({ a: { family: 'float', sql: 'REAL' } })).notes).toEqual([]);
  });

  test('in ALTER TABLE and casts', () => {
    expect(patch('ALTER TABLE "T" ADD COLUMN IF NOT EXISTS "a" DATETIME, ALTER COLUMN "b" TYPE DATETIME USING "b"::DATETIME;').sql).toBe('ALTER TABLE "T" ADD COLUMN IF NOT EXISTS "a" TIMESTAMP(3), ALTER COLUMN "b" TYPE TIMESTAMP(3) USING "b"::TIMESTAMP(3);');
    expect(patch('SELECT CAST("a" AS DATETIME) FROM "T"').sql).toBe('SELECT CAST("a" AS TIMESTAMP(3)) FROM "T"');
  });

  test('names, comments and texts that say so are left alone', () => {
    const sql = `-- DATETIME, AUTOINCREMENT\nCREATE TABLE "DATETIME" ("datetime" TIMESTAMP(3), blob TEXT DEFAULT 'DATETIME', "TINYINT" "Role"); /* BLOB */\nCREATE INDEX "ä datetime" ON "DATETIME"("datetime");\nDO $$ BEGIN EXECUTE 'SELECT ifnull(1,2)'; END $$;\n`;
    expect(patch(sql)).toEqual({ sql, notes: [] });
  });

  test('a domain of that name is the user’s', () => {
    const drop = 'DROP DOMAIN IF EXISTS datetime;\nCOMMENT ON TYPE datetime IS NULL;\n';
    expect(patch(drop)).toEqual({ sql: drop, notes: [] });
    const sql = 'CREATE DOMAIN datetime AS TIMESTAMP(3);\nCREATE TABLE t (a datetime);\nDROP DOMAIN datetime;\n';
    expect(patch(sql)).toEqual({ sql, notes: [] });
  });

  test('letters that take several bytes, and a byte order mark', () => {
    expect(patch('\uFEFF-- Größe 🎉\nCREATE TABLE "Größe🎉" ("ä" DATETIME, "b" TEXT DEFAULT \'é\', "c" DATETIME DEFAULT (datetime(\'now\')));\n').sql)
      .toBe('\uFEFF-- Größe 🎉\nCREATE TABLE "Größe🎉" ("ä" TIMESTAMP(3), "b" TEXT DEFAULT \'é\', "c" TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP);\n');
  });
});

describe('defaults', () => {
  test.each([
    ["DATETIME DEFAULT (datetime('now'))", 'TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP'],
    ["DATETIME NOT NULL DEFAULT datetime('now')", 'TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP'],
    ["DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", 'TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP'],
    ["DATETIME DEFAULT (datetime('now', '+7 days'))", "TIMESTAMP(3) DEFAULT (CURRENT_TIMESTAMP + INTERVAL '7 days')"],
    ['DATETIME DEFAULT (unixepoch() * 1000)', 'TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP'],
    ["DATETIME DEFAULT (strftime('%s','now') * 1000) NOT NULL", 'TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP NOT NULL'],
    ['DATETIME DEFAULT CURRENT_TIMESTAMP', 'TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP'],
    ['BIGINT DEFAULT (unixepoch())', 'BIGINT DEFAULT floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint'],
    ['BIGINT DEFAULT (unixepoch() * 1000)', 'BIGINT DEFAULT (floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint * 1000)'],
    ["TEXT DEFAULT (datetime('now'))", "TEXT DEFAULT to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"],
    ["TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))", `TEXT DEFAULT to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`],
    ["DATE DEFAULT (date('now'))", 'DATE DEFAULT CURRENT_DATE'],
    ['TEXT DEFAULT (lower(hex(randomblob(16))))', "TEXT DEFAULT replace(gen_random_uuid()::text, '-', '')"],
    ['TEXT DEFAULT (hex(randomblob(4)))', "TEXT DEFAULT upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 8))"],
    ["TEXT DEFAULT (ifnull(NULL, 'x'))", "TEXT DEFAULT (COALESCE(NULL, 'x'))"],
    ['TEXT DEFAULT "it\'s"', "TEXT DEFAULT 'it''s'"],
    ['BOOLEAN NOT NULL DEFAULT 0', 'BOOLEAN NOT NULL DEFAULT false'], ['BOOLEAN DEFAULT (1)', 'BOOLEAN DEFAULT true'], ['BOOL DEFAULT ((0))', 'BOOL DEFAULT false'], ['BOOLEAN DEFAULT false', 'BOOLEAN DEFAULT false'], ['INTEGER DEFAULT 0', 'INTEGER DEFAULT 0'],
    ["BLOB DEFAULT X'00fF'", "BYTEA DEFAULT '\\x00fF'"], ["BLOB DEFAULT '68656c'", "BYTEA DEFAULT '\\x68656c'"], ["BYTEA DEFAULT '68656c'", "BYTEA DEFAULT '68656c'"],
    ['TEXT COLLATE NOCASE NOT NULL', 'TEXT NOT NULL'],
  ])('%s → %s', (before, after) => expect(column(before)).toBe(after));

  test('of ALTER TABLE', () => {
    expect(patch(`CREATE TABLE "T" ("a" BOOLEAN); ALTER TABLE "T" ALTER COLUMN "a" SET DEFAULT 0; ALTER TABLE "U" ADD COLUMN "b" BOOLEAN NOT NULL DEFAULT 1, ALTER COLUMN "d" SET DEFAULT (datetime('now'))`).sql)
      .toBe('CREATE TABLE "T" ("a" BOOLEAN); ALTER TABLE "T" ALTER COLUMN "a" SET DEFAULT false; ALTER TABLE "U" ADD COLUMN "b" BOOLEAN NOT NULL DEFAULT true, ALTER COLUMN "d" SET DEFAULT CURRENT_TIMESTAMP');
  });

  test('formats', () => {
    expect(charFormat('%Y-%m-%d %H:%M:%S')).toBe('YYYY-MM-DD HH24:MI:SS');
    expect(charFormat('%W')).toBeNull();
  });
});

describe('rows', () => {
  const made = 'CREATE TABLE "T" ("id" TEXT, "on" BOOLEAN, "n" INTEGER, "at" DATETIME);\n';
  const rows = (sql: string) => patch(made + sql).sql.split('\n').slice(1).join('\n');
  test.each([
    [`INSERT INTO "T" ("id", "on", "n") VALUES ('a', 1, 1), ("b", 0, 0);`, `INSERT INTO "T" ("id", "on", "n") VALUES ('a', true, 1), ('b', false, 0);`],
    [`UPDATE "T" SET "on" = 1, "n" = 0, "at" = datetime('now') WHERE "on" = 0 AND "n" = 1;`, `UPDATE "T" SET "on" = true, "n" = 0, "at" = (CURRENT_TIMESTAMP AT TIME ZONE 'UTC') WHERE "on" = false AND "n" = 1;`],
    [`DELETE FROM "T" WHERE "on" == 1;`, `DELETE FROM "T" WHERE "on" = true;`],
    [`SELECT ifnull("id", iif("on", 'x', "n" || '')), max("n", 1), max("n"), group_concat("id"), group_concat("id", '-') FROM "T";`, `SELECT COALESCE("id", CASE WHEN "on" THEN 'x' ELSE "n" || '' END), GREATEST("n", 1), max("n"), string_agg(("id")::text, ','), string_agg(("id")::text, '-') FROM "T";`],
    [`CREATE INDEX "i" ON "T"("id" COLLATE NOCASE);`, `CREATE INDEX "i" ON "T"(lower("id"));`],
  ])('%s', (before, after) => {
    expect(rows(before)).toBe(after);
    tree(patch(made + before).sql);
  });
});

describe('what only SQLite reads', () => {
  test.each([
    ['CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "at" TIMESTAMP(3), "j" JSONB[]);', 'CREATE TABLE "T" ("id" SERIAL NOT NULL PRIMARY KEY, "at" TIMESTAMP(3), "j" JSONB[]);'],
    ['CREATE TABLE "T" ("id" BIGINT PRIMARY KEY DESC AUTOINCREMENT, "at" DATETIME);', 'CREATE TABLE "T" ("id" BIGSERIAL PRIMARY KEY, "at" TIMESTAMP(3));'],
    ['CREATE TABLE `a;b` ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "x" TEXT[]); SELECT 1;', 'CREATE TABLE "a;b" ("id" SERIAL PRIMARY KEY, "x" TEXT[]); SELECT 1;'],
    ['CREATE TABLE T (a DATETIME WITH TIME ZONE, b DOUBLE);', 'CREATE TABLE T (a TIMESTAMPTZ(3), b DOUBLE PRECISION);'],
    ['CREATE TABLE `T` (`id` TEXT, [a b] DATETIME, "c" INT);', 'CREATE TABLE "T" ("id" TEXT, "a b" TIMESTAMP(3), "c" INT);'],
    ['CREATE TABLE "T" ("id" TEXT, b) WITHOUT ROWID;', 'CREATE TABLE "T" ("id" TEXT, b TEXT);'],
    ['PRAGMA foreign_keys=OFF;\nCREATE TYPE "R" AS ENUM (\'a\');\nPRAGMA foreign_keys=ON;\n', 'CREATE TYPE "R" AS ENUM (\'a\');\n'],
    ['INSERT OR IGNORE INTO "T" ("id") VALUES (\'a\');\nDO $$ BEGIN END $$;', 'INSERT INTO "T" ("id") VALUES (\'a\') ON CONFLICT DO NOTHING;\nDO $$ BEGIN END $$;'],
    ['ALTER TABLE `T` ADD COLUMN `x` DATETIME;\nALTER TABLE "T" ADD CONSTRAINT "T_x_key" UNIQUE ("x");', 'ALTER TABLE "T" ADD COLUMN "x" TIMESTAMP(3);\nALTER TABLE "T" ADD CONSTRAINT "T_x_key" UNIQUE ("x");'],
  ])('%s', (before, after) => {
    const { sql, notes } = patch(before);
    expect(sql).toBe(after);
    expect(notes.length).toBeGreaterThan(0);
    expect(notes.every(({ kind, offset }) => kind === 'note' && offset >= 0 && offset < before.length)).toBe(true);
    tree(sql);
  });

  test('AUTOINCREMENT where the schema fills the key itself', () => {
    const target = targetOf({ id: { family: 'integer', sql: 'INTEGER' } }, false);
    expect(patch('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "a" "Role");', target).sql).toBe('CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "a" "Role");');
  });

  test('what has no translation stays as a comment, and is said', () => {
    const before = 'SELECT 1;\nINSERT OR REPLACE INTO "T" ("id") VALUES (\'a\'); SELECT 2;\nUPDATE "T" SET "a" = json_extract("b", \'$.c\');\n';
    const { sql, notes } = patch(before);
    expect(sql).toMatch(/^SELECT 1;\n-- MANUAL REPLACE on a conflict: .*\n-- INSERT OR REPLACE INTO "T" \("id"\) VALUES \('a'\);\n SELECT 2;\n-- MANUAL PostgreSQL has no json_extract; .*\n-- UPDATE "T" SET "a" = json_extract\("b", '\$\.c'\);\n$/);
    expect(notes).toMatchObject([{ kind: 'manual', code: 'CONFLICT_CLAUSE', offset: before.indexOf('INSERT') }, { kind: 'manual', offset: before.indexOf('json_extract') }]);
    expect(tree(sql)).toEqual(tree('SELECT 1; SELECT 2;'));
  });

  test('a comment has the statement as it was', () => {
    const before = `-- first\nCREATE TABLE "a" ("x" DATETIME, "y" TEXT DEFAULT (printf('%d', 1)), "b" INT REFERENCES "b"("id")); CREATE TABLE "b" ("id" INT PRIMARY KEY);\n`;
    const { sql } = patch(before);
    expect(sql).toBe(`-- first\n-- MANUAL PostgreSQL has no printf; write it in PostgreSQL's words\n-- ${before.slice(9, before.indexOf(';') + 1)}\n CREATE TABLE "b" ("id" INT PRIMARY KEY);\n`);
    expect(() => patch('CREATE TABLE T (a STRANGE THING);').sql).not.toThrow();
    expect(patch('CREATE TABLE T (a STRANGE THING);').notes).toMatchObject([{ kind: 'manual', message: expect.stringContaining('STRANGE THING') }]);
  });

  test('a translator is asked for what has no word for word, with the statement as it was', () => {
    const asked: string[] = [];
    const translateStatement = (sql: string) => (asked.push(sql), ['SELECT 2']);
    expect(patchHalf("SELECT 1;\nUPDATE t SET a = datetime('now'), b = printf('%d', 1);\n", { ...tools, translateStatement }, null).sql).toBe('SELECT 1;\nSELECT 2;\n');
    expect(asked).toEqual(["UPDATE t SET a = datetime('now'), b = printf('%d', 1)"]);
  });

  test('a translator is asked first; foreign keys it makes come last', () => {
    const asked: string[] = [];
    const translateStatement = (sql: string) => {
      asked.push(sql);
      return ['CREATE TABLE "A" ("id" SERIAL)', 'ALTER TABLE "A" ADD CONSTRAINT "A_b_fkey" FOREIGN KEY ("b") REFERENCES "B"("id")'];
    };
    const { sql } = patchHalf('CREATE TABLE "A" ("id" INTEGER PRIMARY KEY AUTOINCREMENT);\nCREATE TABLE "B" ("id" "Role" PRIMARY KEY);', { ...tools, translateStatement }, null);
    expect(asked).toEqual(['CREATE TABLE "A" ("id" INTEGER PRIMARY KEY AUTOINCREMENT)']);
    expect(sql).toBe('CREATE TABLE "A" ("id" SERIAL);\nCREATE TABLE "B" ("id" "Role" PRIMARY KEY);\n\n-- AddForeignKey\nALTER TABLE "A" ADD CONSTRAINT "A_b_fkey" FOREIGN KEY ("b") REFERENCES "B"("id");\n');
  });

  test('a text that neither reads is refused with its place', () => {
    expect(() => patch('SELECT 1;\nCREATE TABEL x (a int);')).toThrow(Untranslatable);
    try {
      patch('SELECT 1;\nCREATE TABEL x (a int);');
    } catch (error) {
      expect(error).toMatchObject({ offset: 17 });
    }
  });
});

describe('foreign keys that come too early', () => {
  test.each([
    ['a table that comes later', 'CREATE TABLE "A" ("id" TEXT NOT NULL, "bId" TEXT,\n\n    -- the link\n    CONSTRAINT "A_b" FOREIGN KEY ("bId") REFERENCES "B" ("id") ON DELETE SET NULL ON UPDATE CASCADE, CONSTRAINT "A_pkey" PRIMARY KEY ("id"));\nCREATE TABLE "B" ("id" TEXT PRIMARY KEY, "at" TIMESTAMP(3));\n',
      'CREATE TABLE "A" ("id" TEXT NOT NULL, "bId" TEXT\n\n    -- the link\n    , CONSTRAINT "A_pkey" PRIMARY KEY ("id"));\nCREATE TABLE "B" ("id" TEXT PRIMARY KEY, "at" TIMESTAMP(3));\n\n-- AddForeignKey\nALTER TABLE "A" ADD CONSTRAINT "A_b" FOREIGN KEY ("bId") REFERENCES "B" ("id") ON DELETE SET NULL ON UPDATE CASCADE;\n'],
    ['a unique index that comes later', 'CREATE TABLE "U" ("id" TEXT PRIMARY KEY, "mail" TEXT);\nCREATE TABLE "A" ("m" TEXT REFERENCES "U"("mail") ON DELETE SET NULL NOT DEFERRABLE NOT NULL DEFAULT \'x\', "n" INT);\nCREATE UNIQUE INDEX "U_mail_key" ON "U"("mail");',
      'CREATE TABLE "U" ("id" TEXT PRIMARY KEY, "mail" TEXT);\nCREATE TABLE "A" ("m" TEXT NOT NULL DEFAULT \'x\', "n" INT);\nCREATE UNIQUE INDEX "U_mail_key" ON "U"("mail");\n\n-- AddForeignKey\nALTER TABLE "A" ADD CONSTRAINT "A_m_fkey" FOREIGN KEY ("m") REFERENCES "U"("mail") ON DELETE SET NULL NOT DEFERRABLE;\n'],
    ['several, in a transaction, the last without semicolon', 'BEGIN;\nCREATE TABLE "A" (\n    "b" INT,\n    "c" INT,\n\n    FOREIGN KEY ("b") REFERENCES "B"("id"),\n    FOREIGN KEY ("c") REFERENCES "B"("id")\n);\nCREATE TABLE "B" ("id" INT PRIMARY KEY);\nCOMMIT',
      'BEGIN;\nCREATE TABLE "A" (\n    "b" INT,\n    "c" INT\n);\nCREATE TABLE "B" ("id" INT PRIMARY KEY);\n\n-- AddForeignKey\nALTER TABLE "A" ADD CONSTRAINT "A_b_fkey" FOREIGN KEY ("b") REFERENCES "B"("id");\n\n-- AddForeignKey\nALTER TABLE "A" ADD CONSTRAINT "A_c_fkey" FOREIGN KEY ("c") REFERENCES "B"("id");\n\nCOMMIT;'],
    ['two on one column', 'CREATE TABLE "A" ("a" INT REFERENCES "B"("id") REFERENCES "C"("id"));\nCREATE TABLE "B" ("id" INT PRIMARY KEY);\nCREATE TABLE "C" ("id" INT PRIMARY KEY);\n',
      'CREATE TABLE "A" ("a" INT);\nCREATE TABLE "B" ("id" INT PRIMARY KEY);\nCREATE TABLE "C" ("id" INT PRIMARY KEY);\n\n-- AddForeignKey\nALTER TABLE "A" ADD CONSTRAINT "A_a_fkey" FOREIGN KEY ("a") REFERENCES "B"("id");\n\n-- AddForeignKey\nALTER TABLE "A" ADD CONSTRAINT "A_a_fkey1" FOREIGN KEY ("a") REFERENCES "C"("id");\n'],
  ])('%s', (_, before, after) => {
    const { sql, notes } = patch(before);
    expect(sql).toBe(after);
    expect(notes.every(({ code }) => code === 'MOVED_KEY')).toBe(true);
    tree(sql);
  });

  test('those in time stay', () => {
    const sql = 'CREATE TABLE "B" ("id" INT PRIMARY KEY, "up" INT REFERENCES "B"("id"));\nCREATE TABLE "A" ("b" INT REFERENCES "B", "x" INT REFERENCES "Elsewhere"("id"), FOREIGN KEY ("b") REFERENCES "B"("id"));\n';
    expect(patch(sql)).toEqual({ sql, notes: [] });
  });

  test('a table that is only made where it is not there gets its key only once', () => {
    expect(patch('CREATE TABLE IF NOT EXISTS "A" ("b" INT REFERENCES "B"("id"));\nCREATE TABLE IF NOT EXISTS "B" ("id" INT PRIMARY KEY);').sql).toContain(`IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = '"A"'::regclass AND conname = 'A_b_fkey') THEN`);
  });
});

test('statements that are not touched keep their trees', () => {
  const others = 'CREATE TYPE "R" AS ENUM (\'DATETIME\');\nCREATE TABLE "X" ("a" TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP, "b" JSONB, "ü" TEXT[]);\nCREATE INDEX "X_a_idx" ON "X"("a" DESC);\nALTER TABLE "X" ADD CONSTRAINT "k" UNIQUE ("a");\n';
  const { sql } = patch(`${others}CREATE TABLE "Y" ("a" DATETIME, "é" TINYINT(1));\n${others.replaceAll('"X"', '"Z"')}`);
  const trees = tree(sql) as readonly unknown[];
  expect(trees.slice(0, 4)).toEqual(tree(others));
  expect(trees.slice(5)).toEqual(tree(others.replaceAll('"X"', '"Z"')));
  expect(sql.startsWith(others)).toBe(true);
});

test('edits and their places', () => {
  const { text, back } = applyEdits('abcdef', [{ start: 1, end: 3, text: 'XYZ' }, { start: 4, end: 5, text: '' }]);
  expect(text).toBe('aXYZdf');
  expect([0, 1, 2, 4, 5].map(back)).toEqual([0, 1, 1, 3, 5]);
  expect([0, 1, 3, 5, 9].map(fromBytes('aäö🎉'))).toEqual([0, 1, 2, 3, 5]);
});
