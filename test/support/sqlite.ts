// Histories for SQLite: other people's, and those Prisma's engine writes between two schemas; and both judges over a translation.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaDdl } from '../../src/prisma/ddl.ts';
import { panicked, startEngine } from '../../src/prisma/engine.ts';
import { readPsl } from '../../src/prisma/psl.ts';
import { sqliteAdapter } from '../../src/prisma/sqlite-adapter.ts';
import { problemsOf, verifyTranslation, type Verification } from '../../src/run/verify.ts';
import { openSqlite } from '../../src/scratch/sqlite.ts';
import type { SourceFile, Target, TranslatedFile, TranslateOptions } from '../../src/sqlite/types.ts';
import { elaborate } from '../../src/source/ddl.ts';
import type { Session } from '../../src/database/session.ts';

export interface SqliteProject {
  readonly name: string;
  readonly files: readonly SourceFile[];
  /** `schema.prisma` as PostgreSQL's, written out by Prisma 7. */
  readonly expected: string | null;
  readonly schema: string | null;
}

/** Projects of the corpus whose Prisma schema is SQLite's. */
export function sqliteProjects(): readonly SqliteProject[] {
  const base = join(process.env['MEND_CORPUS'] ?? '', 'projects');
  return readdirSync(base).flatMap((name) => {
    const text = (file: string) => (existsSync(join(base, name, file)) ? readFileSync(join(base, name, file), 'utf8') : null);
    const schema = text('schema.prisma');
    if (schema === null || !/^\s*provider\s*=\s*"sqlite"/m.test(schema)) return [];
    const folder = join(base, name, 'migrations');
    const files = readdirSync(folder).sort().flatMap((entry) => (existsSync(join(folder, entry, 'migration.sql')) ? [{ name: entry, sql: readFileSync(join(folder, entry, 'migration.sql'), 'utf8') }] : []));
    return [{ name, files, schema, expected: text('expected.pg.prisma7.sql') }];
  });
}

let writer: Promise<(from: string | null, to: string) => Promise<string>> | undefined;

/** The migration Prisma's engine writes for SQLite. Throws what it says of a schema it does not take. */
export async function sqliteMigration(from: string | null, to: string): Promise<string> {
  writer ??= (async () => {
    const engine = await startEngine(sqliteAdapter(await openSqlite()));
    const model = (content: string) => ({ tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] });
    return async (before, after) => {
      const request = { from: before === null ? { tag: 'empty' } : model(before), to: model(after), script: true, exitCode: true, shadowDatabaseUrl: null, filters: { externalTables: [], externalEnums: [] } };
      return (await Promise.race([engine.diff(request), panicked()])).stdout ?? '';
    };
  })();
  return await (await writer)(from, to);
}

export const OPTIONS: TranslateOptions = { target: null, prisma: 7 };

export async function translated(files: readonly SourceFile[], options: TranslateOptions = OPTIONS): Promise<readonly TranslatedFile[]> {
  const { translateFiles } = await import('../../src/run/translate.ts');
  const result = await translateFiles(files, options);
  if (!result.ok) throw new Error(`${result.refused.name}: ${result.refused.message}`);
  return result.files;
}

export async function verify(session: Session, files: readonly SourceFile[], output: readonly TranslatedFile[], target: Target | null = null): Promise<Verification> {
  await session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  return await verifyTranslation(files, output, { scratch: { session, judge: 'the test' }, progress: () => undefined, signal: new AbortController().signal, now: Date.now(), target });
}

/** What a PostgreSQL schema of this DDL asks of a history. */
export async function targetFrom(ddl: string): Promise<Target> {
  const { targetOf } = await import('../../src/sqlite/target.ts');
  const read = elaborate(ddl, 'public');
  if ('outside' in read) throw new Error(read.outside);
  return targetOf(read.catalog);
}

/** A schema's DDL, whatever provider it names, as PostgreSQL's. */
export async function postgresDdl(schema: string): Promise<string> {
  return await schemaDdl({ schema: { path: 'schema.prisma', isFolder: false, files: [readPsl('schema.prisma', schema)] }, externalTables: [], externalEnums: [] });
}

/** What is wrong with a translation, the migration named: empty when all is well. */
export function complaints({ migrations }: Verification): readonly string[] {
  return migrations.flatMap((one) => problemsOf(one).map((problem) => `${one.name}: ${problem}`));
}
