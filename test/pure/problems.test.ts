// What keeps a migration file from running, and the files that would run in its place.

import { describe, expect, test } from 'vitest';
import type { MigrationFile } from '../../src/history/history.ts';
import { fileProblem } from '../../src/history/problems.ts';
import { loadReader } from '../../src/parse/script.ts';

const read = await loadReader();

function problemOf(sql: string, alone = false, more: Partial<MigrationFile> = {}) {
  const file: MigrationFile = { name: '1_x', path: '1_x/migration.sql', sql, checksum: '', accepted: [], utf16: null, missing: false, ...more };
  const found = fileProblem(file, read, alone);
  return found === null ? null : { code: found.code, parts: found.parts, fails: found.fails };
}

test('ordinary files have none', () => {
  for (const sql of ['', '-- nothing\n', 'CREATE TABLE a (id int);', "INSERT INTO t VALUES ('\\restrict', 'BEGIN', '\\\\');", 'CREATE INDEX CONCURRENTLY i ON a (id);\n-- alone', 'SET LOCAL search_path TO x; SELECT 1;', "DO $$ BEGIN RAISE NOTICE 'BEGIN'; END $$;"]) {
    expect([sql, problemOf(sql)]).toEqual([sql, null]);
  }
});

describe('files that are put right', () => {
  test.each([
    ['a byte order mark', '\uFEFFCREATE TABLE a (id int);\n', 'BOM', ['CREATE TABLE a (id int);\n']],
    ['BEGIN without COMMIT', 'BEGIN;\nCREATE TABLE a (id int);', 'OPEN_TRANSACTION', ['BEGIN;\nCREATE TABLE a (id int);\n\nCOMMIT;\n']],
    ['the same without a semicolon, under a comment', 'BEGIN;\nCREATE TABLE a (id int) -- the end;', 'OPEN_TRANSACTION', ['BEGIN;\nCREATE TABLE a (id int) -- the end;\n;\n\nCOMMIT;\n']],
    ['a dump', "\\restrict abc\n\nSELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (id int);\nALTER TABLE public.a OWNER TO somebody;\n\\unrestrict abc\n", 'PSQL_COMMAND', ['\nCREATE TABLE public.a (id int);\n']],
    ['two concurrent indexes, with a semicolon in a comment between', 'CREATE INDEX CONCURRENTLY i ON a (id) -- one; two\n;\nCREATE INDEX CONCURRENTLY j ON a (id);\n', 'CONCURRENTLY', ['CREATE INDEX CONCURRENTLY i ON a (id) -- one; two\n;\n', 'CREATE INDEX CONCURRENTLY j ON a (id);\n']],
    ['an enum value that is used', `ALTER TYPE "R" ADD VALUE 'b';\nUPDATE t SET r = 'b';\n`, 'ENUM_USED', [`ALTER TYPE "R" ADD VALUE 'b';\n`, `UPDATE t SET r = 'b';\n`]],
  ])('%s', (_, sql, code, parts) => {
    expect(problemOf(sql)).toEqual({ code, parts, fails: true });
  });

  test('UTF-16, with every letter', () => {
    expect(problemOf('\uFFFD\uFFFDx', false, { utf16: "INSERT INTO t VALUES ('Größe ✓');\n" })?.parts).toEqual(["INSERT INTO t VALUES ('Größe ✓');\n"]);
  });
});

describe('files that somebody has to mend', () => {
  test.each([
    ['psql reads another file', '\\i other.sql\nCREATE TABLE a (id int);\n', 'PSQL_COMMAND'],
    ['names without a schema go elsewhere', 'SET search_path TO tenant;\nCREATE TABLE a (id int);\n', 'SEARCH_PATH'],
    ['a single dollar', 'DO $ BEGIN NULL; END $;', 'SINGLE_DOLLAR'],
    ['no SQL', 'CREATE TABEL a (id int);', 'SYNTAX'],
  ])('%s', (_, sql, code) => {
    expect(problemOf(sql)).toEqual({ code, parts: null, fails: true });
  });
});

test('where each statement commits by itself, less stands in the way', () => {
  expect(problemOf('CREATE INDEX CONCURRENTLY i ON a (id); CREATE INDEX CONCURRENTLY j ON a (id);', true)?.fails).toBe(false);
  expect(problemOf(`ALTER TYPE "R" ADD VALUE 'b'; UPDATE t SET r = 'b';`, true)?.fails).toBe(false);
  expect(problemOf('DROP INDEX CONCURRENTLY i; CREATE INDEX CONCURRENTLY j ON a (id);', true)?.fails).toBe(true);
  expect(problemOf(`DO $$ BEGIN END $$; CREATE INDEX CONCURRENTLY j ON a (id);`, true)?.fails).toBe(true);
});
