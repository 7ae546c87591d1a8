// An embedded SQLite brought to what PostgreSQL holds.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadReader } from '../../src/parse/script.ts';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { openSqlite } from '../../src/scratch/sqlite.ts';
import { catalogAfter, resetSql, sqliteSchemaOf, sqliteType } from '../../src/sqlite/dialect/rehydrate.ts';
import { sqliteDefault, sqliteExpression } from '../../src/sqlite/dialect/reverse.ts';
import { Untranslatable, type SqliteDatabase } from '../../src/sqlite/types.ts';

const tools = { reader: await loadReader() };
const grammar = await loadGrammar();

let database: SqliteDatabase;
beforeEach(async () => {
  database = await openSqlite();
});
afterEach(() => database.close());

function make(...files: readonly string[]): void {
  for (const sql of sqliteSchemaOf(catalogAfter(files, tools).catalog)) database.run(sql);
}

/** Name, type, NOT NULL, default and place in the key. */
const columns = (table: string) => database.rows(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo('${table}')`).map((row) => row.map((one) => (typeof one === 'bigint' ? Number(one) : one)));

test('types, defaults and keys', () => {
  make(`CREATE TYPE "Role" AS ENUM ('A', 'it''s');
    CREATE TABLE "User" ("id" SERIAL NOT NULL, "mail" VARCHAR(100) NOT NULL, "role" "Role" NOT NULL DEFAULT 'it''s', "n" INTEGER NOT NULL DEFAULT -1, "big" BIGINT DEFAULT 0, "f" DOUBLE PRECISION DEFAULT 1.5, "d" DECIMAL(65,30), "on" BOOLEAN NOT NULL DEFAULT true,
      "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "j" JSONB DEFAULT '{}', "y" BYTEA DEFAULT '\\x0aff', "u" UUID DEFAULT gen_random_uuid(), "tags" TEXT[] DEFAULT ARRAY['a']::TEXT[], CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
    CREATE UNIQUE INDEX "User_mail_key" ON "User"("mail"); CREATE INDEX "part" ON "User"("n" DESC) WHERE "on" = true; CREATE INDEX "low" ON "User"(lower("mail")); CREATE INDEX "odd" ON "User" USING gin ("j");
    CREATE TABLE "_AToB" ("A" INTEGER NOT NULL, "B" TEXT NOT NULL, CONSTRAINT "_AToB_AB_pkey" PRIMARY KEY ("A","B"));
    ALTER TABLE "_AToB" ADD CONSTRAINT "_AToB_A_fkey" FOREIGN KEY ("A") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
    CREATE TABLE "Plain" ("id" INTEGER NOT NULL, CONSTRAINT "Plain_pkey" PRIMARY KEY ("id"));`);
  expect(columns('User')).toEqual([
    ['id', 'INTEGER', 1, null, 1], ['mail', 'TEXT', 1, null, 0], ['role', 'TEXT', 1, "'it''s'", 0], ['n', 'INTEGER', 1, '-1', 0], ['big', 'BIGINT', 0, '0', 0], ['f', 'REAL', 0, '1.5', 0], ['d', 'DECIMAL', 0, null, 0], ['on', 'BOOLEAN', 1, 'true', 0],
    ['at', 'DATETIME', 1, 'CURRENT_TIMESTAMP', 0], ['j', 'JSONB', 0, "'{}'", 0], ['y', 'BLOB', 0, "X'0aff'", 0], ['u', 'TEXT', 0, 'lower(hex(randomblob(16)))', 0], ['tags', 'TEXT', 0, expect.stringContaining('ARRAY'), 0],
  ]);
  expect(columns('_AToB')).toEqual([['A', 'INTEGER', 1, null, 1], ['B', 'TEXT', 1, null, 2]]);
  expect(columns('Plain')).toEqual([['id', 'INT', 1, null, 1]]);
  expect(database.rows("SELECT \"from\", \"table\", \"to\", on_delete, on_update FROM pragma_foreign_key_list('_AToB')")).toEqual([['A', 'User', 'id', 'CASCADE', 'CASCADE']]);
  expect(database.rows("SELECT name, \"unique\", partial FROM pragma_index_list('User') ORDER BY name").map((row) => row.map(String))).toEqual([['User_mail_key', '1', '0'], ['low', '0', '0'], ['odd', '0', '0'], ['part', '0', '1']]);
  expect(database.rows("SELECT count(*) FROM sqlite_sequence")).toEqual([[0n]]);
});

test('after changes: order of columns, and what the statements hide', () => {
  const files = [
    'CREATE TABLE "T" ("a" INT, "b" TEXT NOT NULL, "c" BOOLEAN DEFAULT false); CREATE TABLE "Gone" ("x" INT); CREATE TABLE "U" ("t" INT REFERENCES "Gone");',
    'ALTER TABLE "T" RENAME COLUMN "a" TO "z"; ALTER TABLE "T" ADD COLUMN "d" TIMESTAMPTZ, ALTER COLUMN "b" DROP NOT NULL, DROP COLUMN "c"; ALTER TABLE "T" RENAME TO "S"; DROP TABLE "Gone" CASCADE;',
  ];
  const { catalog, unknown, touched } = catalogAfter(files, tools);
  expect(touched.map((one) => [...one].sort())).toEqual([['Gone', 'T', 'U'], ['Gone', 'S', 'T', 'U']]);
  expect(unknown).toContain('primary key');
  for (const sql of sqliteSchemaOf(catalog)) database.run(sql);
  expect(database.schema().map(({ name }) => name)).toEqual(['U', 'S']);
  expect(columns('S').map(([name, type, notNull]) => [name, type, notNull])).toEqual([['z', 'INTEGER', 0], ['b', 'TEXT', 0], ['d', 'DATETIME', 0]]);
  expect(database.rows("SELECT * FROM pragma_foreign_key_list('U')")).toEqual([]);
  expect(catalogAfter(['DO $$ BEGIN EXECUTE \'x\' || now(); END $$'], tools).unknown).toContain('EXECUTE');
  expect(catalogAfter(['CREATE TABEL x'], tools).unknown).toContain('TABEL');
  expect(catalogAfter(['INSERT INTO "T" VALUES (1); UPDATE "T" SET "a" = 1;', 'CREATE SCHEMA x; SET search_path TO x; CREATE TABLE other (a INT);', 'CREATE TABLE t (a INT)'], tools)).toMatchObject({ unknown: null });
});

test('names that SQLite takes for one are refused, its own are left out', () => {
  const of = (sql: string) => sqliteSchemaOf(catalogAfter([sql], tools).catalog);
  expect(() => of('CREATE TABLE "a" ("x" INT); CREATE TABLE "A" ("x" INT);')).toThrow(Untranslatable);
  expect(() => of('CREATE TABLE "a" ("x" INT, "X" INT);')).toThrow(/columns of "a"/);
  expect(of('CREATE TABLE "sqlite_x" ("x" INT); CREATE TABLE "_prisma_migrations" ("x" INT); CREATE SCHEMA s; CREATE TABLE s."a" ("x" INT); CREATE TABLE "a" ("x" INT);')).toEqual(['CREATE TABLE "a" (\n    "x" INTEGER\n)']);
});

describe('a reset', () => {
  const sqlite = 'CREATE TABLE "A" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "m" TEXT NOT NULL COLLATE NOCASE CHECK ("m" <> \'\')); CREATE UNIQUE INDEX "A_m_key" ON "A"("m"); CREATE TABLE "B" ("aId" INTEGER REFERENCES "A"("id")); CREATE VIEW "v" AS SELECT * FROM "A"; CREATE VIEW "w" AS SELECT 1; CREATE TEMP TABLE "tmp" ("x" INT); INSERT INTO "A" ("m") VALUES (\'x\'); INSERT INTO "B" VALUES (1);';
  const translated = 'CREATE TABLE "A" ("id" SERIAL NOT NULL, "m" TEXT NOT NULL, CONSTRAINT "A_pkey" PRIMARY KEY ("id")); CREATE UNIQUE INDEX "A_m_key" ON "A"("m"); CREATE TABLE "B" ("aId" INTEGER); ALTER TABLE "B" ADD CONSTRAINT "B_aId_fkey" FOREIGN KEY ("aId") REFERENCES "A"("id"); CREATE VIEW "v" AS SELECT * FROM "A"; CREATE VIEW "w" AS SELECT 1;';
  const later = 'ALTER TABLE "B" ADD COLUMN "note" TEXT NOT NULL DEFAULT \'\'; DROP VIEW "w"; CREATE TYPE "R" AS ENUM (\'x\'); CREATE TABLE "C" ("r" "R" DEFAULT \'x\');';

  test('keeps what was not touched in SQLite’s own words', () => {
    database.run(sqlite);
    const { catalog, touched } = catalogAfter([translated, later], tools);
    for (const sql of resetSql(database.schema(), catalog, touched[1])) database.run(sql);
    expect(database.schema().map(({ type, name }) => `${type} ${name}`).sort()).toEqual(['index A_m_key', 'table A', 'table B', 'table C', 'view v']);
    expect(database.schema().find(({ name }) => name === 'A')?.sql).toContain('COLLATE NOCASE CHECK');
    expect(columns('B').map(([name]) => name)).toEqual(['aId', 'note']);
    expect(database.rows('PRAGMA foreign_keys')).toEqual([[1n]]);
  });

  test('twice is as once, and without a word about tables all is anew', () => {
    database.run(sqlite);
    const { catalog } = catalogAfter([translated, later], tools);
    for (let n = 0; n < 2; n++) for (const sql of resetSql(database.schema(), catalog)) database.run(sql);
    expect(database.schema().find(({ name }) => name === 'A')?.sql).not.toContain('NOCASE');
    for (const { sql } of database.schema()) if (sql !== null) expect(grammar.statements(sql)).toHaveLength(1);
  });
});

test('expressions and types', () => {
  expect(sqliteExpression('("deletedAt" IS NULL) AND ((status)::text = ANY (x))')).toBeNull();
  expect(sqliteExpression(`("deletedAt" IS NULL) AND (status)::character varying(3) = 'a''b'::"Role"`)).toBe(`( "deletedAt" IS NULL ) AND ( "status" ) = 'a''b'`.replaceAll(/ (IS|NULL|AND)/g, (word) => word.toLowerCase()));
  expect(["date_trunc('day', x)", 'x > CURRENT_TIMESTAMP', "x ILIKE 'a'", "x @> '{}'", 'x = ANY (ARRAY[1])', "'open"].map(sqliteExpression)).toEqual([null, null, null, null, null, null]);
  expect(sqliteExpression("x::timestamp(3) without time zone > 'a'")).toBe('"x" > \'a\'');
  expect([`'USER'::"Role"`, "'2020-01-01 00:00:00'::timestamp without time zone", 'now()', 'NULL::text', "'-5'::integer"].map((one) => sqliteDefault(one, 'TEXT'))).toEqual(["'USER'", "'2020-01-01 00:00:00'", 'CURRENT_TIMESTAMP', 'NULL', "'-5'"]);
  expect([String.raw`E'it''s\\ a\nb'`, "f('x')"].map((one) => database.rows(`SELECT ${sqliteDefault(one, 'TEXT')}`))).toEqual([[['it\'s\\ a\nb']], [["f('x')"]]]);
  expect(sqliteDefault("'-5'::integer", 'INTEGER')).toBe('-5');
  expect(['citext', '"Role"', 'integer[]', 'timestamp(3) with time zone', 'numeric(65,30)', 'interval', 'character(3)'].map(sqliteType)).toEqual(['TEXT', 'TEXT', 'TEXT', 'DATETIME', 'DECIMAL', 'TEXT', 'TEXT']);
});
