import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations } from '../../src/prisma/migrations.ts';
import { lex, LexError } from '../../src/sql/lex.ts';
import type { MigrationFile } from '../../src/history/history.ts';
import type { TestDatabase } from './database.ts';

const CORPUS: string = process.env['MEND_CORPUS'] ?? '';

export interface CorpusProject {
  readonly name: string;
  readonly schema: string;
  readonly migrations: readonly MigrationFile[];
}

/** Projects with a Prisma schema for PostgreSQL (a folder or a file). */
export function projects(): readonly CorpusProject[] {
  const base = join(CORPUS, 'projects');
  return readdirSync(base).flatMap((name) => {
    const schema = [join(base, name, 'schema.prisma'), join(base, name, 'schema')].find(existsSync);
    if (schema === undefined) return [];
    const text = schema.endsWith('.prisma') ? readFileSync(schema, 'utf8') : '';
    const sqlite = /^\s*provider\s*=\s*"sqlite"/m.test(text);
    return sqlite ? [] : [{ name, schema, migrations: readMigrations(join(base, name, 'migrations')).filter(({ missing }) => !missing) }];
  });
}

/** Histories of other tools: a flat directory of SQL files in the order of their names. */
export function flatProjects(): readonly Pick<CorpusProject, 'name' | 'migrations'>[] {
  const base = join(CORPUS, 'projects');
  return readdirSync(base).flatMap((name) => {
    const folder = join(base, name, 'migrations');
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.sql')).sort() : [];
    return files.length === 0 ? [] : [{ name, migrations: files.map((file) => ({ name: file, sql: readFileSync(join(folder, file), 'utf8') })) as unknown as readonly MigrationFile[] }];
  });
}

export interface CorpusScript {
  readonly id: string;
  /** What is there when it runs. */
  readonly before: string;
  readonly sql: string;
}

/** Scripts from the test suites of other tools, a suite each. */
export function pairs(): readonly { readonly name: string; readonly scripts: readonly CorpusScript[] }[] {
  const base = join(CORPUS, 'pairs');
  return readdirSync(base).filter((file) => file.endsWith('.jsonl') && file !== 'prisma.jsonl').map((file) => ({ name: file.replace(/\.jsonl$/, ''), scripts: readFileSync(join(base, file), 'utf8').split('\n').filter(Boolean).flatMap(scriptsOf) }));
}

function scriptsOf(line: string): readonly CorpusScript[] {
  const { id, from, to, expected = {} } = JSON.parse(line) as { readonly id: string; readonly from: string; readonly to: string; readonly expected?: { readonly sql?: unknown; readonly up?: unknown; readonly down?: unknown } };
  const scripts: readonly (readonly [string, string, unknown])[] = [['from', '', from], ['to', '', to], ['sql', from, expected.sql], ['up', from, expected.up], ['down', to, expected.down]];
  return scripts.flatMap(([name, before, sql]) => (typeof sql === 'string' && sql.trim() !== '' && !/SUBSCRIPTION/i.test(before + sql) ? [{ id: `${id} ${name}`, before, sql }] : []));
}

function schemas(): readonly { readonly name: string; readonly path: string }[] {
  const base = join(CORPUS, 'prisma-schemas');
  return readdirSync(base).filter((file) => file.endsWith('.prisma')).map((file) => ({ name: file.replace(/\.prisma$/, ''), path: join(base, file) }));
}

/** Runs a history as Prisma does, one message a file; where PostgreSQL wants statements apart, one by one. Returns what failed. */
export async function runHistory({ session }: TestDatabase, migrations: readonly MigrationFile[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, sql } of migrations) {
    try {
      await session.run(sql);
    } catch {
      const problem = await oneByOne(session, sql);
      if (problem !== null) failed.push(`${name}: ${problem}`);
    }
    await session.run('RESET search_path');
  }
  return failed;
}

async function oneByOne(session: TestDatabase['session'], sql: string): Promise<string | null> {
  let problem: string | null = null;
  for (const statement of statements(sql)) {
    try {
      await session.run(statement);
    } catch (error) {
      problem ??= error instanceof Error ? error.message : String(error);
      await session.run('ROLLBACK').catch(() => undefined);
    }
  }
  return problem;
}

function statements(sql: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  try {
    for (const token of lex(sql)) {
      if (token.value !== ';' || token.kind !== 'operator') continue;
      found.push(sql.slice(start, token.end));
      start = token.end;
    }
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
  }
  return found;
}

/** Every project's schema and every schema that stands alone. */
export const CASES = [...projects().map(({ name, schema }) => ({ name, path: schema })), ...schemas()];

/** Extensions every contrib package has; what a schema needs beyond them it cannot get here. */
const EXTENSIONS = ['citext', 'pg_trgm', 'uuid-ossp', 'pgcrypto', 'hstore', 'ltree', 'btree_gin', 'btree_gist'];

/** Builds the schema; a reason where this server or the engine's own DDL does not allow it. */
export async function build(database: TestDatabase, ddl: string): Promise<string | null> {
  for (const name of EXTENSIONS) if (!new RegExp(`CREATE EXTENSION[^;]*"${name}"`).test(ddl)) await database.run(`CREATE EXTENSION IF NOT EXISTS "${name}"`);
  for (const [, name] of ddl.matchAll(/nextval\('"?([^'"]+)"?'/g)) await database.run(`CREATE SEQUENCE IF NOT EXISTS "${name}"`);
  for (const [, schema] of ddl.matchAll(/CREATE EXTENSION[^;]*WITH SCHEMA "([^"]+)"/g)) await database.run(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  try {
    await database.run(ddl);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
