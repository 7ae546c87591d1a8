// The DDL of a Prisma schema, by Prisma's own engine and without a database.

import { stripVTControlCharacters } from 'node:util';
import { failure, MendError } from '../errors.ts';
import { panicked, panicText, startEngine } from './engine.ts';
import type { Project } from './project.ts';
import { blank, type PslFile, type PslProperty } from './psl.ts';

/** Preview features that change PostgreSQL DDL. Others are blanked: a name the engine does not know is an error to it. */
const DDL_FEATURES = new Set(['postgresqlExtensions', 'views', 'partialIndexes']);
const URL_KEYS = new Set(['url', 'directUrl', 'shadowDatabaseUrl']);

export interface EngineFile {
  readonly path: string;
  readonly content: string;
}

export type EngineProject = Pick<Project, 'schema' | 'externalTables' | 'externalEnums'>;

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
  const panic = panicText(error);
  if (panic !== null) return failure('ENGINE_PANIC', { detail: panic }, error);
  return failure('SCHEMA_INVALID', { file: project.schema.path, detail: stripVTControlCharacters(raw).trim() }, error);
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
