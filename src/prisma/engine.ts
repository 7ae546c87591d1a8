// Prisma's own schema engine (WebAssembly): loading it, its panics, and deploying migrations with it.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Session } from '../database/session.ts';
import { failure, type MendError } from '../errors.ts';
import { engineAdapter } from './adapter.ts';
import { readLockText } from './migrations.ts';

const require = createRequire(import.meta.url);
const ENGINE = '@prisma/schema-engine-wasm';

export function engineVersion(): string {
  const json: unknown = require(`${ENGINE}/package.json`.replace(ENGINE, dirname(enginePath())));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '';
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

export interface SchemaEngine {
  diff(request: unknown): Promise<{ readonly stdout: string | null }>;
  applyMigrations(request: unknown): Promise<{ readonly appliedMigrationNames: readonly string[] }>;
  introspect(request: unknown): Promise<{ readonly schema: { readonly files: readonly { readonly path: string; readonly content: string }[] } }>;
  free(): void;
}

interface Glue {
  __wbg_set_wasm(exports: unknown): void;
  readonly SchemaEngine: { new: (options: unknown, log: () => void, adapter: unknown) => Promise<SchemaEngine> };
}

let loading: Promise<Glue> | undefined;

/** Compiles the engine once a process; after a panic a fresh copy is needed. */
export async function startEngine(adapter: unknown): Promise<SchemaEngine> {
  loading ??= instantiate();
  return await (await loading).SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly missing?: boolean;
}

/**
 * What `prisma migrate deploy` does, by Prisma's own engine on this connection: the ledger, the lock, each pending migration.
 * Returns the names it applied. Throws the engine's error, whose message carries the database's.
 */
export async function deployMigrations(session: Session, schemaName: string, migrations: readonly Migration[], baseDir: string): Promise<readonly string[]> {
  const engine = await startEngine(engineAdapter(session, schemaName));
  const restoreTimers = unrefTimers();
  const migrationDirectories = migrations.map(({ name, sql, missing }) => ({ path: name, migrationFile: { path: 'migration.sql', content: missing ? { tag: 'error', value: 'no migration.sql' } : { tag: 'ok', value: sql } } }));
  const migrationsList = { baseDir, lockfile: { path: 'migration_lock.toml', content: readLockText(baseDir) }, shadowDbInitScript: '', migrationDirectories };
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

/** What the engine said before it died, `null` when the error is an ordinary one. */
export function panicText(error: unknown): string | null {
  return error instanceof WebAssembly.RuntimeError ? (panics.at(-1) ?? error.message) : null;
}

export function panicked(): Promise<never> {
  return new Promise((_, reject) => {
    onPanic = reject;
  });
}
