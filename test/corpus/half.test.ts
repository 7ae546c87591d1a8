// Whole SQLite histories put right as if they were PostgreSQL's with words of SQLite, and run.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadReader } from '../../src/parse/script.ts';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { readMigrations } from '../../src/prisma/migrations.ts';
import { patchHalf } from '../../src/sqlite/dialect/half.ts';
import { MAJORS, withDatabase } from '../support/database.ts';

const tools = { grammar: await loadGrammar(), reader: await loadReader() };
const filesOf = (name: string) => readMigrations(join(process.env['MEND_CORPUS'] ?? '', 'projects', name, 'migrations')).filter(({ missing }) => !missing);

/** Without tables that are redefined, and names that PostgreSQL reads in small letters: those are for the translation. */
describe.each(['homarr-2023-init', 'indie-stack', 'keystone-testing', 'shopify-template-rr'])('%s', (name) => {
  test.each(MAJORS)('runs on PostgreSQL %i', (major) => withDatabase(major, async ({ run }) => {
    for (const { sql } of filesOf(name)) {
      const patched = patchHalf(sql, tools, null);
      expect(patched.notes.filter(({ kind }) => kind === 'manual')).toEqual([]);
      await run(patched.sql);
      expect(patchHalf(patched.sql, tools, null).sql).toBe(patched.sql);
    }
    expect(await run("SELECT 1 FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND t.typname IN ('timestamp', 'text')")).not.toHaveLength(0);
  }));
});

test('a history of redefinitions stays readable', () => {
  for (const { sql } of filesOf('teable-sqlite')) {
    const { sql: patched } = patchHalf(sql, tools, null);
    expect(tools.reader.script(patched).problem).toBeNull();
  }
});
