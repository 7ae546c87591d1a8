// Prisma's own schema engine against a live database, in process: the judge of what Prisma would say.

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { connect, type Session } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { engineAdapter } from '../../src/prisma/adapter.ts';
import { engineFiles } from '../../src/prisma/ddl.ts';
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

interface EngineOptions {
  /** Text of the schema, for the schemas it lists. */
  readonly schema?: string | undefined;
  /** A script statement by statement, each committing by itself, as Prisma runs it from 7.4 on. */
  readonly split?: boolean;
}

async function withEngine<T>(url: string, work: (engine: any) => Promise<T>, { schema, split = false }: EngineOptions = {}): Promise<T> {
  const glue = await loadEngine();
  const target = parseUrl(url, 'oracle');
  const session = await connect(target);
  await session.run(`SET search_path TO "${target.schema}"`);
  const engine = await glue.SchemaEngine.new({ datamodels: schema === undefined ? undefined : [['schema.prisma', schema]] }, () => undefined, withShadow(engineAdapter(split ? await splitting(session) : session, target.schema), url));
  try {
    return await work(engine);
  } finally {
    engine.free();
    await session.close();
  }
}

async function splitting(session: Session): Promise<Session> {
  const { splitAsPrisma } = await import('./prisma-split.mjs');
  return { ...session, run: async (script) => { for (const statement of splitAsPrisma(script)) await session.run(statement); return []; } };
}

/** A shadow database on the same server, as Prisma's native engine makes one. */
function withShadow(adapter: any, url: string): unknown {
  return {
    ...adapter,
    async connectToShadowDb() {
      const own = new URL(url);
      const name = `shadow_${randomBytes(6).toString('hex')}`;
      const admin = await connect(parseUrl(url, 'oracle'));
      await admin.run(`CREATE DATABASE ${name}`);
      own.pathname = `/${name}`;
      const target = parseUrl(own.href, 'oracle');
      const session = await connect(target);
      await session.run(`CREATE SCHEMA IF NOT EXISTS "${target.schema}"; SET search_path TO "${target.schema}"`);
      const connected = await (engineAdapter(session, target.schema) as any).connect();
      const dispose = async () => {
        await session.close();
        await admin.run(`DROP DATABASE ${name}`);
        await admin.close();
        return { ok: true, value: undefined };
      };
      return { ...connected, value: { ...connected.value, dispose } };
    },
  };
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

/** The directory as Prisma's CLI hands it to its engine (listMigrations.ts). */
function migrationsList(directory: string): unknown {
  const names = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort((a, b) => a.localeCompare(b)) : [];
  const lock = join(directory, 'migration_lock.toml');
  const content = (path: string) => (existsSync(path) ? { tag: 'ok', value: readFileSync(path, 'utf8') } : { tag: 'error', value: 'no such file' });
  return {
    baseDir: directory,
    lockfile: { path: 'migration_lock.toml', content: existsSync(lock) ? readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({ path: name, migrationFile: { path: 'migration.sql', content: content(join(directory, name, 'migration.sql')) } })),
  };
}

const FILTERS = { externalTables: [], externalEnums: [] };

export interface EngineDiagnosis {
  readonly drift: { readonly diagnostic: string } | null;
  readonly history: { readonly diagnostic: string } | null;
  readonly failedMigrationNames: readonly string[];
  readonly editedMigrationNames: readonly string[];
  readonly errorInUnappliedMigration: unknown;
  readonly hasMigrationsTable: boolean;
}

/** What Prisma's own engine makes of files and ledger, the history replayed into a shadow database. */
export async function engineDiagnosis(url: string, directory: string, shadow = true): Promise<EngineDiagnosis> {
  return await withEngine(url, (engine) => engine.diagnoseMigrationHistory({ migrationsList: migrationsList(directory), optInToShadowDatabase: shadow, filters: FILTERS }));
}

/** `createMigration` or `reset`, with Prisma's reason: what `migrate dev` would do next. */
export async function devDiagnostic(url: string, directory: string): Promise<{ readonly action: { readonly tag: string; readonly reason?: string } }> {
  return await withEngine(url, (engine) => engine.devDiagnostic({ migrationsList: migrationsList(directory), filters: FILTERS }));
}

/** `prisma migrate deploy` by the engine alone. */
export async function engineDeploy(url: string, directory: string, options: EngineOptions = {}): Promise<readonly string[]> {
  const result: { readonly appliedMigrationNames: readonly string[] } = await withEngine(url, (engine) => engine.applyMigrations({ migrationsList: migrationsList(directory), filters: FILTERS }), options);
  return result.appliedMigrationNames;
}

/** `prisma migrate resolve` by the engine alone. */
export async function engineResolve(url: string, directory: string, as: 'applied' | 'rolledBack', migrationName: string): Promise<void> {
  await withEngine(url, (engine) => (as === 'applied' ? engine.markMigrationApplied({ migrationsList: migrationsList(directory), migrationName }) : engine.markMigrationRolledBack({ migrationName })));
}
