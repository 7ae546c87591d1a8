import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations } from '../../src/prisma/migrations.ts';
import { lex, LexError } from '../../src/sql/lex.ts';
import type { MigrationFile } from '../../src/history/history.ts';
import type { TestDatabase } from './database.ts';

export const CORPUS: string = process.env['MEND_CORPUS'] ?? '';

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
    return sqlite ? [] : [{ name, schema, migrations: readMigrations(join(base, name, 'migrations')) }];
  });
}

export function schemas(): readonly { readonly name: string; readonly path: string }[] {
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

export function statements(sql: string): readonly string[] {
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
