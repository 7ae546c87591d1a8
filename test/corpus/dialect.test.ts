// Whose SQL each migration of the corpus is.

import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadReader } from '../../src/parse/script.ts';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { readMigrations } from '../../src/prisma/migrations.ts';
import { dialectOf, type Neighbours } from '../../src/sqlite/dialect/dialect.ts';
import { ofKind } from '../../src/catalog/catalog.ts';
import { openSqlite } from '../../src/scratch/sqlite.ts';
import { patchHalf } from '../../src/sqlite/dialect/half.ts';
import { catalogAfter, resetSql, sqliteSchemaOf } from '../../src/sqlite/dialect/rehydrate.ts';
import { lex } from '../../src/sql/lex.ts';
import { projects } from '../support/corpus.ts';

const SQLITE = ['epic-stack', 'homarr-2023-init', 'indie-stack', 'keystone-testing', 'shopify-template-rr', 'teable-sqlite'];
const tools = { grammar: await loadGrammar(), reader: await loadReader() };

function filesOf(name: string) {
  const folder = join(process.env['MEND_CORPUS'] ?? '', 'projects', name, 'migrations');
  return existsSync(folder) && readdirSync(folder).length > 0 ? readMigrations(folder).filter(({ missing }) => !missing) : [];
}

function others(name: string, neighbours: Neighbours, allowed: readonly string[]): readonly string[] {
  return filesOf(name).flatMap((file) => {
    const { dialect, marks, problem } = dialectOf(file.sql, tools, neighbours);
    return allowed.includes(dialect) ? [] : [`${file.name}: ${dialect} ${JSON.stringify(marks.slice(0, 3))} ${problem?.message ?? ''}`];
  });
}

describe.each(SQLITE)('%s', (name) => {
  test('all of it is SQLite among SQLite files', () => {
    expect(filesOf(name).length).toBeGreaterThan(0);
    expect(others(name, 'sqlite', ['sqlite'])).toEqual([]);
  });

  test('nothing of it is half SQLite, whatever is around it', () => {
    for (const neighbours of ['postgresql', 'unknown'] as const) expect(others(name, neighbours, ['sqlite', 'postgresql']).filter((line) => !line.includes('add_setting_table'))).toEqual([]);
  });
});

const WORDS: readonly (readonly [RegExp, string])[] = [[/\btimestamp\s*\(3\)/gi, 'DATETIME'], [/\bBYTEA\b/g, 'BLOB'], [/\bDOUBLE PRECISION\b/g, 'DOUBLE'], [/(?<=BOOLEAN NOT NULL DEFAULT )true\b/g, '1'], [/(?<=BOOLEAN NOT NULL DEFAULT )false\b/g, '(0)']];

/** Only where Prisma's own spelling can come back, and outside of texts, names and comments. */
function withSqliteTypes(sql: string): string {
  const quiet = [...lex(sql)].filter(({ kind, value }) => kind === 'text' || kind === 'name' || kind === 'comment' || value === 'timestamptz');
  return WORDS.reduce((text, [pattern, word]) => text.replace(pattern, (found, at: number) => {
    const inside = text === sql && quiet.some(({ start, end }) => at >= start && at < end);
    return inside || text.slice(at + found.length).startsWith(' WITH') || !['TIMESTAMP(3)', 'BYTEA', 'DOUBLE PRECISION', 'true', 'false'].includes(found) ? found : word;
  }), sql);
}

const POSTGRESQL = projects().map(({ name }) => name).filter((name) => !SQLITE.includes(name) && filesOf(name).length > 0);

test('there are PostgreSQL projects', () => expect(POSTGRESQL.length).toBeGreaterThan(10));

describe.each(POSTGRESQL)('%s', (name) => {
  test('all of it is PostgreSQL', () => {
    for (const neighbours of ['postgresql', 'unknown'] as const) expect(others(name, neighbours, ['postgresql', 'empty'])).toEqual([]);
  });

  test('SQLite takes the schema it makes, with all its columns', async () => {
    const database = await openSqlite();
    try {
      const { catalog } = catalogAfter(filesOf(name).map(({ sql }) => sql), tools);
      for (const sql of sqliteSchemaOf(catalog)) database.run(sql);
      for (const sql of resetSql(database.schema(), catalog)) database.run(sql);
      const wanted = [...ofKind(catalog, 'column')].filter(({ ref }) => ref.schema === 'public').map(({ ref, def }) => `${ref.table}.${ref.name} ${def.notNull}`).sort();
      const found = database.rows(`SELECT m.name || '.' || c.name || ' ' || iif(c."notnull", 'true', 'false') FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS c WHERE m.type = 'table' AND m.name <> 'sqlite_sequence'`).map(String).sort();
      expect(found).toEqual(wanted);
      const indexes = [...ofKind(catalog, 'index')].filter(({ ref }) => ref.schema === 'public').map(({ ref }) => ref.name).sort();
      expect(database.rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").map(String).sort()).toEqual(indexes);
    } finally {
      database.close();
    }
  });

  test('with SQLite’s words for its types it is put right to the byte', () => {
    for (const { name: file, sql } of filesOf(name)) {
      const half = withSqliteTypes(sql);
      const { sql: patched, notes } = patchHalf(half, tools, null);
      expect(patched, file).toBe(sql);
      expect(notes.length > 0, file).toBe(half !== sql);
      if (half !== sql) expect(['half', 'sqlite'], file).toContain(dialectOf(half, tools, 'postgresql').dialect);
    }
  });

  test('nothing of it is patched', () => {
    for (const { sql } of filesOf(name)) expect(patchHalf(sql, tools, null)).toEqual({ sql, notes: [] });
  });
});
