// What the application brings along: its generated client, and Shopify's session storage.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ofKind } from '../catalog/catalog.ts';
import { MendError, type FailureCode } from '../errors.ts';
import { findGenerated } from '../prisma/generated.ts';
import type { PslBlock, PslFile } from '../prisma/psl.ts';
import type { Checked } from './check.ts';

export interface ClientFacts {
  /** Where the generated client's schema is, `null` when none was found. */
  readonly path: string | null;
  readonly provider: string | null;
  /** `Session.refreshToken`: in the schema and not in the client. */
  readonly lacking: readonly string[];
}

export interface ShopifyFacts {
  /** Version of the session storage, `null` when it is not installed. */
  readonly version: string | null;
  /** Name of the model that keeps sessions, `null` where the schema has none. */
  readonly model: string | null;
  /** Model fields that this version writes and the schema has not. */
  readonly lacking: readonly string[];
  /** Table of the model in the database's words. */
  readonly table: { readonly schema: string; readonly name: string } | null;
}

export function readClient(files: readonly PslFile[], cwd: string): ClientFacts {
  const generated = findGenerated(files, cwd);
  if (generated === null) return { path: null, provider: null, lacking: [] };
  const provider = generated.schema.blocks.find(({ kind }) => kind === 'datasource')?.properties.find(({ key }) => key === 'provider')?.strings[0]?.value ?? null;
  const has = new Set(fieldsOf([generated.schema]));
  return { path: generated.path, provider, lacking: fieldsOf(files).filter((field) => !has.has(field)) };
}

function fieldsOf(files: readonly PslFile[]): readonly string[] {
  return files.flatMap(({ blocks }) => blocks.filter(({ kind }) => kind === 'model').flatMap(({ name, fields }) => fields.map((field) => `${name}.${field.name}`)));
}

/** Fields @shopify/shopify-app-session-storage-prisma writes since 8.0. */
const SINCE_8 = ['refreshToken', 'refreshTokenExpires'];
const STORAGE = '@shopify/shopify-app-session-storage-prisma';
/** What every version writes; `tableName` may give the model another name than Session. */
const MARKS = ['id', 'shop', 'state', 'accessToken', 'isOnline'];

/** `null` where the application is none of Shopify's. */
export function readShopify({ workspace: { project, names }, comparison: { desired } }: Checked, cwd: string): ShopifyFacts | null {
  const version = installed(STORAGE, cwd);
  const models = project.schema.files.flatMap(({ blocks }) => blocks).filter((block) => block.kind === 'model' && MARKS.every((mark) => has(block, mark)));
  const model = models.find(({ name }) => name === 'Session') ?? models[0];
  if (model === undefined) return version !== null && dependsOn(STORAGE, cwd) ? { version, model: null, lacking: [], table: null } : null;
  const wants = version !== null && Number.parseInt(version, 10) >= 8 ? SINCE_8 : [];
  const table = [...ofKind(desired, 'table')].find(({ ref }) => names.locate(ref.schema, ref.name, null)?.words === model.name)?.ref ?? null;
  return { version, model: model.name, lacking: wants.filter((field) => !has(model, field)), table: table === null ? null : { schema: table.schema, name: table.name } };
}

function has({ fields }: PslBlock, name: string): boolean {
  return fields.some((field) => field.name === name);
}

function installed(name: string, cwd: string): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const json = readJson(join(folder, 'node_modules', name, 'package.json'));
    if (json !== null) return typeof json['version'] === 'string' ? json['version'] : null;
    if (folder === dirname(folder)) return null;
  }
}

function dependsOn(name: string, cwd: string): boolean {
  const json = readJson(join(cwd, 'package.json'));
  return ['dependencies', 'devDependencies'].some((key) => Object.hasOwn(Object(json?.[key]), name));
}

function readJson(path: string): Readonly<Record<string, unknown>> | null {
  if (!existsSync(path)) return null;
  const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return typeof json === 'object' && json !== null ? { ...json } : null;
}

/** The storage counts its rows when it starts, and takes every error for a missing table. */
const HIDDEN: readonly FailureCode[] = ['UNREACHABLE', 'AUTH_FAILED', 'TLS_FAILED', 'NO_DATABASE', 'NO_RIGHTS', 'NO_URL', 'URL_INVALID', 'PROVIDER_UNSUPPORTED', 'CONNECTION_LOST'];

/** The failure that keeps doctor from looking is then the cause itself. */
export function behindTheStorage(error: unknown, cwd: string): unknown {
  if (!(error instanceof MendError) || !HIDDEN.includes(error.code) || (!dependsOn(STORAGE, cwd) && installed(STORAGE, cwd) === null)) return error;
  return new MendError(error.code, { message: `MissingSessionTableError hides this: ${error.message}`, why: error.why, next: error.next }, error);
}
