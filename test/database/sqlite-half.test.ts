// Half-SQLite files on real servers: PostgreSQL refuses what was written, takes what was patched, and has the types that were meant.

import { describe, expect, test } from 'vitest';
import { loadReader } from '../../src/parse/script.ts';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { openSqlite } from '../../src/scratch/sqlite.ts';
import { dialectOf } from '../../src/sqlite/dialect/dialect.ts';
import { patchHalf } from '../../src/sqlite/dialect/half.ts';
import { catalogAfter, sqliteSchemaOf, sqliteType } from '../../src/sqlite/dialect/rehydrate.ts';
import { readType } from '../../src/catalog/types.ts';
import { MAJORS, NEWEST, withDatabase, type TestDatabase } from '../support/database.ts';

const tools = { grammar: await loadGrammar(), reader: await loadReader() };

async function types({ run }: TestDatabase): Promise<Readonly<Record<string, string>>> {
  const rows = await run(`SELECT c.relname || '.' || a.attname AS name, format_type(a.atttypid, a.atttypmod) || CASE WHEN d.adbin IS NULL THEN '' ELSE ' = ' || pg_get_expr(d.adbin, d.adrelid) END AS type
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`);
  return Object.fromEntries(rows.map(([name, type]) => [String(name), String(type)]));
}

/** A Shopify app's baseline, written for PostgreSQL over migrations that SQLite had. */
const SHOPIFY = `-- DATETIME and REAL came along
CREATE TABLE IF NOT EXISTS "Message" (
    "id" TEXT NOT NULL,
    "conversationId" TEXT NOT NULL REFERENCES "Conversation"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "score" DOUBLE NOT NULL DEFAULT 0,
    "read" BOOLEAN NOT NULL DEFAULT 0,
    "raw" BLOB DEFAULT X'00ff',
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Message_pkey" PRIMARY KEY ("id")
);
CREATE TABLE IF NOT EXISTS "Session" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "expires" DATETIME,
    "flags" TINYINT(1) NOT NULL DEFAULT 0,
    "weight" REAL,
    "datetime" NVARCHAR(20) DEFAULT (datetime('now')),
    "seen" DATETIME DEFAULT (strftime('%s','now') * 1000),
    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);
CREATE TABLE IF NOT EXISTS "Conversation" ("id" TEXT NOT NULL, "shop" TEXT REFERENCES "Shop" ("domain"), "n" BIGINT DEFAULT (unixepoch()), CONSTRAINT "Conversation_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Shop" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "domain" TEXT NOT NULL, \`at\` DATETIME);
PRAGMA foreign_keys=ON;
CREATE UNIQUE INDEX IF NOT EXISTS "Shop_domain_key" ON "Shop"("domain");
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'Session_shop_key') THEN
        ALTER TABLE "Session" ADD CONSTRAINT "Session_shop_key" UNIQUE ("shop");
    END IF;
END $$;
INSERT INTO "Session" ("id", "shop", "isOnline", "flags") VALUES ('a', 'b', 1, 1);
UPDATE "Session" SET "isOnline" = 0, "expires" = datetime('now', '+1 day') WHERE "isOnline" = 1;
INSERT OR IGNORE INTO "Session" ("id", "shop") VALUES ("a", 'c');`;

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test('the baseline of a Shopify app', async () => {
    expect(dialectOf(SHOPIFY, tools, 'postgresql')).toMatchObject({ dialect: 'half', problem: null });
    const { sql, notes } = patchHalf(SHOPIFY, tools, null);
    expect(notes.filter(({ kind }) => kind === 'manual')).toEqual([]);
    await withDatabase(major, async (database) => {
      await expect(database.run(SHOPIFY)).rejects.toThrow();
      await database.run(sql);
      expect(await types(database)).toEqual({
        'Conversation.id': 'text', 'Conversation.shop': 'text', 'Conversation.n': expect.stringMatching(/^bigint = \(?floor/),
        'Message.id': 'text', 'Message.conversationId': 'text', 'Message.score': 'double precision = 0', 'Message.read': 'boolean = false', 'Message.raw': "bytea = '\\x00ff'::bytea", 'Message.createdAt': 'timestamp(3) without time zone = CURRENT_TIMESTAMP',
        'Session.id': 'text', 'Session.shop': 'text', 'Session.isOnline': 'boolean = false', 'Session.expires': 'timestamp(3) without time zone', 'Session.flags': 'smallint = 0', 'Session.weight': 'real', 'Session.datetime': expect.stringMatching(/^text = to_char\(/), 'Session.seen': 'timestamp(3) without time zone = CURRENT_TIMESTAMP',
        'Shop.id': `integer = nextval('"Shop_id_seq"'::regclass)`, 'Shop.domain': 'text', 'Shop.at': 'timestamp(3) without time zone',
      });
      expect((await database.run("SELECT conname AS name FROM pg_constraint WHERE contype = 'f' ORDER BY conname")).flat()).toEqual(['Conversation_shop_fkey', 'Message_conversationId_fkey']);
      expect((await database.run(`SELECT "id", "isOnline", "flags", "datetime" ~ '^20..-..-.. ..:..:..$' AS text, "expires" > now() AS later FROM "Session"`))[0]).toEqual(['a', false, 1, true, true]);
      const again = patchHalf(sql, tools, null);
      expect(again.sql).toBe(sql);
      expect(again.notes.map(({ code }) => code)).toEqual(['TYPE_KEPT']);
    });
  });

  const DEFAULTS: readonly (readonly [string, string])[] = [
    ["DATETIME DEFAULT (datetime('now', '-1 month'))", 'timestamp(3) without time zone = (CURRENT_TIMESTAMP - '], ["TEXT DEFAULT (strftime('%Y', 'now'))", 'text = to_char('], ["DATE DEFAULT (date('now'))", 'date = CURRENT_DATE'],
    ["TEXT DEFAULT (ifnull(NULL, 'x'))", 'text = COALESCE('], ['INTEGER DEFAULT (iif(true, 1, 2))', 'integer = '], ["INTEGER DEFAULT (strftime('%s', 'now'))", 'integer = (floor('], ['TEXT COLLATE NOCASE DEFAULT "x"', "text = 'x'::text"], ['BOOL DEFAULT ((1))', 'boolean = true'], ['UNSIGNED BIG INT', 'bigint'],
    ["BLOB DEFAULT '6869'", "bytea = '\\x6869'::bytea"], ['MEDIUMINT', 'integer'], ['NUMBER(10,2)', 'numeric(10,2)'], ['LONGBLOB', 'bytea'], ['CLOB', 'text'],
    ...(major >= 13 ? ([['TEXT DEFAULT (lower(hex(randomblob(16))))', 'text = replace('], ['TEXT DEFAULT (hex(randomblob(20)))', 'text = upper(']] as const) : []),
  ];
  test('types and defaults by the dozen', () => withDatabase(major, async (database) => {
    for (const [nth, [written, meant]] of DEFAULTS.entries()) {
      const { sql, notes } = patchHalf(`CREATE TABLE "t${nth}" ("c" ${written}, "own" TEXT[]);`, tools, null);
      expect(notes.filter(({ kind }) => kind === 'manual'), written).toEqual([]);
      await database.run(`${sql}\nINSERT INTO "t${nth}" ("own") VALUES (NULL);`);
      expect((await types(database))[`t${nth}.c`]?.startsWith(meant), `${written}: ${(await types(database))[`t${nth}.c`]}`).toBe(true);
    }
  }));
});

test('random digits are as many as SQLite made', () => withDatabase(NEWEST, async (database) => {
  for (const bytes of [1, 4, 16, 20, 32]) {
    const { sql } = patchHalf(`SELECT lower(hex(randomblob(${bytes}))) AS one;`, tools, null);
    expect(String((await database.run(sql))[0]?.[0])).toMatch(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
  }
}));

test('SQLite is given the columns that PostgreSQL has', () => withDatabase(NEWEST, async (database) => {
  const files = [patchHalf(SHOPIFY, tools, null).sql, 'ALTER TABLE "Session" RENAME COLUMN "shop" TO "store"; ALTER TABLE "Session" DROP COLUMN "weight", ADD COLUMN "u" UUID; CREATE TYPE "R" AS ENUM (\'a\'); ALTER TABLE "Shop" ADD COLUMN "r" "R"[];'];
  for (const sql of files) await database.run(sql);
  const embedded = await openSqlite();
  try {
    const { catalog, unknown } = catalogAfter(files, tools);
    expect(unknown).toBeNull();
    for (const sql of sqliteSchemaOf(catalog)) embedded.run(sql);
    const rows = await database.run("SELECT c.relname AS t, a.attname AS c, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY c.relname, attnum");
    const wanted = rows.map(([table, column, type, required]) => [table, column, sqliteType(readType(String(type), 'builtin', 'public')), required === true ? 1n : 0n]);
    expect(embedded.rows(`SELECT m.name, c.name, c.type, c."notnull" FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid`)).toEqual(wanted);
  } finally {
    embedded.close();
  }
}));
