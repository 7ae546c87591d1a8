// Prisma's own schema engine (WebAssembly), used for one thing: the DDL of a schema, without a database.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Session } from '../database/session.ts';
import { failure, MendError } from '../errors.ts';
import { engineAdapter } from './adapter.ts';
import type { Project } from './project.ts';
import { blank, type PslFile, type PslProperty } from './psl.ts';

const require = createRequire(import.meta.url);
const ENGINE = '@prisma/schema-engine-wasm';

/** Preview features that change PostgreSQL DDL. Others are blanked: a name the engine does not know is an error to it. */
const DDL_FEATURES = new Set(['postgresqlExtensions', 'views', 'partialIndexes']);
const URL_KEYS = new Set(['url', 'directUrl', 'shadowDatabaseUrl']);

export interface EngineFile {
  readonly path: string;
  readonly content: string;
}

export type EngineProject = Pick<Project, 'schema' | 'externalTables' | 'externalEnums'>;

export function engineVersion(): string {
  const json: unknown = require(`${ENGINE}/package.json`.replace(ENGINE, dirname(enginePath())));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '';
}

/** Reads what Prisma 6 and SQLite schemas hold and the engine of Prisma 7 refuses; positions stay as they were. */
export function engineFiles(files: readonly PslFile[]): readonly EngineFile[] {
  return files.map((file) => {
    let content = file.text;
    for (const block of file.blocks) {
      if (block.kind === 'datasource') content = prepareDatasource(content, block.properties);
      if (block.kind === 'generator') content = prepareGenerator(content, block.properties);
    }
    return { path: file.path, content };
  });
}

function prepareDatasource(content: string, properties: readonly PslProperty[]): string {
  const provider = properties.find((property) => property.key === 'provider')?.strings[0];
  const blanked = blank(content, properties.filter((property) => URL_KEYS.has(property.key)));
  if (provider === undefined || provider.value === 'postgresql' || provider.value === 'postgres') return blanked;
  const pad = ' '.repeat(Math.max(0, provider.end - provider.start - POSTGRESQL.length));
  return blanked.slice(0, provider.start) + POSTGRESQL + pad + blanked.slice(provider.end);
}

const POSTGRESQL = '"postgresql"';

function prepareGenerator(content: string, properties: readonly PslProperty[]): string {
  const features = properties.find((property) => property.key === 'previewFeatures');
  const kept = features?.strings.filter((string) => DDL_FEATURES.has(string.value)) ?? [];
  if (features === undefined || kept.length === features.strings.length) return content;
  const list = `[${kept.map((string) => `"${string.value}"`).join(', ')}]`;
  const cleared = blank(content, [{ start: features.valueStart, end: features.end }]);
  return cleared.slice(0, features.valueStart) + list + cleared.slice(features.valueStart + list.length);
}

/** The DDL that Prisma would run on an empty database. Throws SCHEMA_INVALID with Prisma's own message, or ENGINE_PANIC. */
export async function schemaDdl(project: EngineProject): Promise<string> {
  const engine = await startEngine(offlineAdapter());
  try {
    const { stdout } = await Promise.race([engine.diff(diffRequest(project)), panicked()]);
    return stdout ?? '';
  } catch (error) {
    throw schemaError(project, error);
  }
}

function diffRequest({ schema, externalTables, externalEnums }: EngineProject): unknown {
  return {
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: engineFiles(schema.files) },
    script: true,
    exitCode: true,
    shadowDatabaseUrl: null,
    filters: { externalTables, externalEnums },
  };
}

function schemaError(project: EngineProject, error: unknown): MendError {
  if (error instanceof MendError) return error;
  const raw = error instanceof Error ? error.message : String(error);
  if (error instanceof WebAssembly.RuntimeError) return failure('ENGINE_PANIC', { detail: panics.at(-1) ?? raw }, error);
  return failure('SCHEMA_INVALID', { file: project.schema.path, detail: stripVTControlCharacters(raw).trim() }, error);
}

// Node has WebAssembly; its type package for this version has not.
interface WasmModule {
  readonly brand?: never;
}
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: Readonly<Record<string, unknown>>): Promise<{ readonly exports: Readonly<Record<string, unknown>> }>;
  readonly RuntimeError: new () => Error;
};

interface SchemaEngine {
  diff(request: unknown): Promise<{ readonly stdout: string | null }>;
  applyMigrations(request: unknown): Promise<{ readonly appliedMigrationNames: readonly string[] }>;
  free(): void;
}

interface Glue {
  __wbg_set_wasm(exports: unknown): void;
  readonly SchemaEngine: { new: (options: unknown, log: () => void, adapter: unknown) => Promise<SchemaEngine> };
}

let loading: Promise<Glue> | undefined;

/** Compiles the engine once a process; after a panic a fresh copy is needed. */
async function startEngine(adapter: unknown): Promise<SchemaEngine> {
  loading ??= instantiate();
  return await (await loading).SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * What `prisma migrate deploy` does, by Prisma's own engine on this connection: the ledger, the lock, each pending migration.
 * Returns the names it applied. Throws the engine's error, whose message carries the database's.
 */
export async function deployMigrations(session: Session, schemaName: string, migrations: readonly Migration[], baseDir: string): Promise<readonly string[]> {
  const engine = await startEngine(engineAdapter(session, schemaName));
  const restoreTimers = unrefTimers();
  const migrationDirectories = migrations.map(({ name, sql }) => ({ path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } } }));
  const migrationsList = { baseDir, lockfile: { path: 'migration_lock.toml', content: null }, shadowDbInitScript: '', migrationDirectories };
  try {
    return (await Promise.race([engine.applyMigrations({ migrationsList, filters: { externalTables: [], externalEnums: [] } }), panicked()])).appliedMigrationNames;
  } finally {
    restoreTimers();
    engine.free();
  }
}

/** The engine arms a 10 s timer around its advisory lock and never disarms it; it must not keep the process alive. */
function unrefTimers(): () => void {
  const arm = globalThis.setTimeout;
  const unreferenced = (...parameters: Parameters<typeof arm>) => arm(...parameters).unref();
  globalThis.setTimeout = Object.assign(unreferenced, arm) as typeof arm;
  return () => {
    globalThis.setTimeout = arm;
  };
}

function enginePath(): string {
  return require.resolve(`${ENGINE}/schema_engine_bg`);
}

async function instantiate(): Promise<Glue> {
  catchPanics();
  const path = enginePath();
  const compiled = readFile(join(dirname(path), 'schema_engine_bg.wasm')).then((bytes) => WebAssembly.compile(bytes));
  const glue = (await import(`${ENGINE}/schema_engine_bg`)) as Glue;
  const instance = await WebAssembly.instantiate(await compiled, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') start();
  return glue;
}

const panics: string[] = [];
let onPanic: ((error: MendError) => void) | undefined;

/** A panic leaves the engine's promise unsettled for ever; its registry is the only sign. */
function catchPanics(): void {
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      get: () => panics.at(-1) ?? '',
      set_message(message: string) {
        panics.push(message);
        loading = undefined;
        onPanic?.(failure('ENGINE_PANIC', { detail: message }));
      },
    },
  });
}

function panicked(): Promise<never> {
  return new Promise((_, reject) => {
    onPanic = reject;
  });
}

/** The engine asks every connection for its server's version first, even when both sides of a diff are files. */
function offlineAdapter(): unknown {
  const ok = (value: unknown): unknown => ({ ok: true, value, map: (f: (value: unknown) => unknown) => ok(f(value)), flatMap: (f: (value: unknown) => unknown) => f(value) });
  const version = { columnNames: ['exists', 'version', 'numeric_version'], columnTypes: [5, 7, 0], rows: [[true, 'PostgreSQL 16.0', 160000]] };
  const nothing = { columnNames: [], columnTypes: [], rows: [] };
  const connection = {
    provider: 'postgres',
    adapterName: 'offline',
    queryRaw: async (query: { readonly sql: string }) => ok(query.sql.includes('version()') ? version : nothing),
    executeRaw: async () => ok(0),
    executeScript: async () => ok(undefined),
    startTransaction: async () => Promise.reject(new Error('offline')),
    dispose: async () => ok(undefined),
    getConnectionInfo: () => ok({ schemaName: 'public', supportsRelationJoins: false }),
  };
  return { provider: 'postgres', adapterName: 'offline', errorRegistry: { consumeError: () => undefined }, connect: async () => ok(connection), connectToShadowDb: async () => ok(connection) };
}
