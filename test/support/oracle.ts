// Prisma's own schema engine against a live database, in process: the judge of what Prisma would say.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { connect } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { engineAdapter } from '../../src/prisma/adapter.ts';
import { engineFiles } from '../../src/prisma/engine.ts';
import type { PslFile } from '../../src/prisma/psl.ts';

const require = createRequire(import.meta.url);

let loading: Promise<any> | undefined;

async function loadEngine(): Promise<any> {
  loading ??= (async () => {
    const path = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    // A module instance of its own: the product's copy of the glue is bound to its own memory.
    const glue = await import(`${path}?oracle`);
    const wasm = (globalThis as any).WebAssembly;
    const instance = await wasm.instantiate(await wasm.compile(readFileSync(join(dirname(path), 'schema_engine_bg.wasm'))), { './schema_engine_bg.js': glue });
    glue.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
    return glue;
  })();
  return await loading;
}

async function withEngine<T>(url: string, work: (engine: any) => Promise<T>): Promise<T> {
  const glue = await loadEngine();
  const target = parseUrl(url, 'oracle');
  const session = await connect(target);
  await session.run(`SET search_path TO "${target.schema}"`);
  const engine = await glue.SchemaEngine.new({ datamodels: undefined }, () => undefined, engineAdapter(session, target.schema));
  try {
    return await work(engine);
  } finally {
    engine.free();
    await session.close();
  }
}

const DATASOURCE = { tag: 'schemaDatasource', files: [{ path: 'schema.prisma', content: 'datasource db {\n  provider = "postgresql"\n}\n' }], configDir: '/' };

/** The SQL with which Prisma would bring the database to the schema; empty when it finds no difference. */
export async function engineDiff(url: string, files: readonly PslFile[]): Promise<string> {
  const prepared = engineFiles(files);
  const schemas = prepared.map(({ path, content }) => ({ path, content }));
  const { stdout }: { readonly stdout?: string | null } = await withEngine(url, (engine) =>
    engine.diff({ from: { ...DATASOURCE, files: schemas }, to: { tag: 'schemaDatamodel', files: schemas }, script: true, exitCode: true, shadowDatabaseUrl: null, filters: { externalTables: [], externalEnums: [] } }),
  );
  return String(stdout ?? '').replace(/^-- This is an empty migration\.\s*$/m, '').trim();
}

export interface AppliedMigrations {
  readonly applied: readonly string[];
  readonly error: string | null;
}

/** `prisma migrate deploy` by the engine alone. */
export async function engineDeploy(url: string, migrations: readonly { readonly name: string; readonly sql: string }[], baseDir = '/migrations'): Promise<AppliedMigrations> {
  const migrationDirectories = migrations.map(({ name, sql }) => ({ path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } } }));
  const lockfile = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };
  try {
    const result: any = await withEngine(url, (engine) => engine.applyMigrations({ migrationsList: { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories }, filters: { externalTables: [], externalEnums: [] } }));
    return { applied: result.appliedMigrationNames, error: null };
  } catch (error) {
    return { applied: [], error: error instanceof Error ? error.message : String(error) };
  }
}
