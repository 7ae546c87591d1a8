// What others say of the SQL we write: a linter that knows what hurts in production, and a second build of PostgreSQL's grammar.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModule, parsePlPgSQLSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeBaseline } from '../../src/run/baseline.ts';
import { schemaDdl } from '../../src/prisma/engine.ts';
import { loadParser, type Parser } from '../../src/parse/parse.ts';
import { DAMAGES } from '../support/damage.ts';
import { NEWEST, withDatabase } from '../support/database.ts';
import { engineDiff } from '../support/oracle.ts';
import { buildFromEngine, plan, ROOT, SCHEMAS, workspaceFor } from '../support/project.ts';

const DAMAGE_SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');

let parser: Parser;
beforeAll(async () => {
  await loadModule();
  parser = await loadParser();
});

/** Names of squawk's rules that the SQL breaks; its own exit code says whether there are any. */
function squawk(sql: string): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mend-squawk-'));
  const path = join(folder, 'migration.sql');
  writeFileSync(path, sql);
  try {
    execFileSync(join(ROOT, 'node_modules', '.bin', 'squawk'), ['--reporter', 'Json', path], { stdio: ['ignore', 'pipe', 'pipe'] });
    return new Set();
  } catch (error) {
    const found = JSON.parse(String((error as { stdout: Buffer }).stdout)) as { rule_name: string }[];
    return new Set(found.map(({ rule_name }) => rule_name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The SQL inside of a script's DO blocks, as PL/pgSQL itself reads them; looks are queries and do not count. */
function insides(sql: string): string {
  const statements: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'PLpgSQL_stmt_execsql') statements.push(String((inner as any).sqlstmt.PLpgSQL_expr.query));
        walk(inner);
      }
    }
  };
  walk(parsePlPgSQLSync(sql));
  return statements.filter((statement) => !/^\s*SELECT/i.test(statement)).map((statement) => `${statement};\n`).join('');
}

async function secondGrammar(): Promise<(sql: string) => { error: { message: string } | null }> {
  // It runs out of memory after some hundred parses, so each question gets a fresh one.
  const { default: create } = (await import('pg-query-emscripten')) as unknown as { default: () => Promise<{ parse: (sql: string) => { error: { message: string } | null } }> };
  const module = await create();
  return (sql) => module.parse(sql);
}

const PARSES = 40;

/** Every statement by itself: the second grammar dies on large texts. */
async function expectParses(sql: string): Promise<void> {
  const bytes = Buffer.from(sql);
  const statements = parser.statements(sql);
  expect(statements.length).toBeGreaterThan(0);
  let parse = await secondGrammar();
  for (const [at, { start, length }] of statements.entries()) {
    if (at % PARSES === PARSES - 1) parse = await secondGrammar();
    const text = bytes.subarray(start, length === 0 ? undefined : start + length).toString();
    if (text.length < 40_000) expect([text.slice(0, 80), parse(text).error?.message ?? null]).toEqual([text.slice(0, 80), null]);
  }
}

test('the linter finds what it is there to find', () => {
  expect([...squawk('SET lock_timeout = 1; ALTER TABLE t ADD COLUMN c int NOT NULL; DROP TABLE u;')].sort()).toEqual(expect.arrayContaining(['adding-required-field', 'ban-drop-table']));
});

/** A script of statements without its blocks. */
function plainStatements(sql: string): string {
  const bytes = Buffer.from(sql);
  return parser.statements(sql).filter(({ node }) => !('DoStmt' in node)).map(({ start, length }) => `${bytes.subarray(start, length === 0 ? undefined : start + length).toString()};\n`).join('');
}

describe.each(SCHEMAS)('a baseline of $name', ({ path }) => {
  test.each(['block', 'statements'] as const)('as %s', async (format) => {
    const workspace = await workspaceFor(path, 'postgresql://x@localhost/y');
    const { scripts } = await makeBaseline(workspace, { from: 'schema', fill: [], rehearse: false, format, progress: () => undefined });
    const prismas = squawk(await schemaDdl(workspace.project));
    for (const { sql } of scripts) {
      const inside = insides(sql);
      if (format === 'block') expect(inside).toContain('CREATE');
      // Steps that mend half-built tables have no counterpart in Prisma's script for an empty database; the statements that create have.
      const creating = inside.split(';\n').filter((statement) => /^\s*CREATE/i.test(statement)).join(';\n');
      expect([...squawk(format === 'block' ? `${creating};` : plainStatements(sql))].filter((rule) => !prismas.has(rule))).toEqual([]);
      await expectParses(sql);
      if (inside.trim() !== '') await expectParses(inside);
    }
  });
});

describe('repairs', () => {
  const cases = DAMAGES.filter(({ repaired }) => repaired);
  expect(cases.length).toBeGreaterThan(15);

  test.each(cases)('of $name', async ({ name, sql: damage }) => {
    await withDatabase(NEWEST, async (database) => {
      const workspace = await workspaceFor(DAMAGE_SCHEMA, database.url);
      await buildFromEngine(database, workspace);
      await database.run(readFileSync(join(ROOT, 'fixtures', 'damage', 'seed.sql'), 'utf8'));
      await database.run(damage);
      const prismas = squawk(await engineDiff(database.url, workspace.project.schema.files));
      for (const format of ['block', 'statements'] as const) {
        const { scripts } = await plan(database, workspace, { format, rehearse: false });
        for (const { sql, steps } of scripts) {
          const text = format === 'block' ? insides(sql) : steps.flatMap(({ statements }) => statements.map((statement) => ('ddl' in statement ? `${statement.ddl};\n` : ''))).join('');
          expect([...squawk(text)].filter((rule) => !prismas.has(rule) && !OURS_ALONE[name]?.includes(rule))).toEqual([]);
          await expectParses(sql);
        }
      }
    });
  });
});

/** A rename keeps rows that Prisma's script would drop with the table; an invalid index Prisma's engine does not even see. */
const OURS_ALONE: Readonly<Record<string, readonly string[]>> = {
  'a column in another letter case': ['renaming-column'],
  'the table in another letter case': ['renaming-table'],
  'an invalid index': ['require-concurrent-index-creation', 'require-concurrent-index-deletion'],
};
