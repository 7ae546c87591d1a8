// One read-only snapshot of a live database → Catalog. Reads pg_catalog alone, so a role without any right on the tables sees the same.

import { buildCatalog, type Catalog, type Provided, type Unmodeled } from '../catalog/catalog.ts';
import type { CatalogObject, Kind } from '../catalog/kinds.ts';
import type { RunScript } from '../database/session.ts';
import { failure } from '../errors.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { schemaOwner } from '../catalog/provided.ts';
import { column } from './queries/column.ts';
import { comment } from './queries/comment.ts';
import { enumeration } from './queries/enum.ts';
import { extension } from './queries/extension.ts';
import { foreignKey } from './queries/foreignKey.ts';
import { index } from './queries/index.ts';
import { primaryKey } from './queries/primaryKey.ts';
import { schema } from './queries/schema.ts';
import { sequence } from './queries/sequence.ts';
import { table } from './queries/table.ts';
import { readUnmodeled, unmodeledSql } from './queries/unmodeled.ts';
import { ChangedWhileReading, type Query, type Scope, type Snapshot } from './query.ts';

/** In the order in which they are read: tables before their columns, columns before what names them. */
const QUERIES: Readonly<Record<Kind, Query>> = { schema, extension, enum: enumeration, sequence, table, column, primaryKey, index, foreignKey, comment };

export interface IntrospectOptions {
  /** The schema Prisma's connection works in: first in search_path, so that texts come out relative to it. */
  readonly home: string;
  /** Further schemas in scope. */
  readonly schemas?: readonly string[];
  /** The caller is inside of a transaction already and wants to see its own changes. */
  readonly insideTransaction?: boolean;
}

const TRIES = 5;

/** Errors of a catalog that moved under the reader, or of a lock not had at once. */
const RETRY = new Set(['XX000', '40P01', '55P03', '40001', '42P01', '42704']);

/** Throws UNSETTLED when the schema keeps changing while it is read. */
export async function introspect(run: RunScript, options: IntrospectOptions): Promise<Catalog> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(run, options);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (options.insideTransaction || !(error instanceof ChangedWhileReading || RETRY.has(code))) throw error;
      if (attempt === TRIES) throw failure('UNSETTLED', { tries: TRIES }, error);
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
  }
}

/** Printed texts depend on these settings; a lock is waited for less than a second. */
function settings(home: string): string {
  const values: Readonly<Record<string, string>> = {
    search_path: quoteName(home), quote_all_identifiers: 'off', standard_conforming_strings: 'on', datestyle: 'ISO, MDY', intervalstyle: 'postgres',
    timezone: 'UTC', extra_float_digits: '1', bytea_output: 'hex', xmlbinary: 'base64', lc_monetary: 'C', jit: 'off', lock_timeout: '800ms', statement_timeout: '60s',
  };
  return `SELECT ${Object.entries(values).map(([name, value]) => `pg_catalog.set_config('${name}', ${quoteText(value)}, true)`).join(', ')}`;
}

async function readOnce(run: RunScript, options: IntrospectOptions): Promise<Catalog> {
  const { home, insideTransaction = false } = options;
  const wanted = new Set([home, ...(options.schemas ?? [])]);
  const begin = insideTransaction ? 'SAVEPOINT mend_introspect' : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
  const end = insideTransaction ? 'ROLLBACK TO SAVEPOINT mend_introspect; RELEASE SAVEPOINT mend_introspect' : 'ROLLBACK';
  try {
    const [, , facts, namespaces] = await run(`${begin}; ${settings(home)};
      SELECT pg_catalog.current_setting('server_version_num')::int4;
      SELECT n.oid::int8::text, n.nspname::text FROM pg_catalog.pg_namespace n WHERE n.nspname <> 'information_schema' AND n.nspname::text !~ '^pg_' ORDER BY 2`);
    const version = Number(facts?.[0]?.[0]);
    const all = (namespaces ?? []).map(([oid, name]) => ({ oid: Number(oid), name: String(name) }));
    const scope = scopeOf(version, home, all.filter(({ name }) => wanted.has(name)).map(({ oid }) => oid));
    const kinds = Object.values(QUERIES);
    const results = await run([...kinds.map((query) => query.sql(scope)), unmodeledSql(scope)].join(';\n'));
    const snapshot: Snapshot = { home, schemas: new Map(), tables: new Map(), columns: new Map() };
    const objects: CatalogObject[] = kinds.flatMap((query, at) => [...query.read(results[at] ?? [], snapshot)]);
    const unmodeled = readUnmodeled(results[kinds.length] ?? []);
    const provided = all.filter(({ name }) => !wanted.has(name)).flatMap(({ name }) => providedSchema(name));
    return buildCatalog({ home, serverVersion: version, objects, unmodeled: withoutPlatform(unmodeled), provided });
  } finally {
    await run(end).catch(() => undefined);
  }
}

function scopeOf(version: number, home: string, oids: readonly number[]): Scope {
  return { version, home, inScope: (column) => (oids.length === 0 ? 'false' : `${column} IN (${oids.join(', ')})`) };
}

function providedSchema(name: string): readonly Provided[] {
  const owner = schemaOwner(name);
  return [{ owner: owner ?? 'outside of the compared schemas', what: `schema ${name}` }];
}

/** Event triggers and publications that platforms install in every database. */
function withoutPlatform(items: readonly Unmodeled[]): readonly Unmodeled[] {
  return items.filter(({ kind, name }) => !(kind === 'event trigger' && /^(issue_|pgrst_|supabase_)/.test(name)) && !(kind === 'publication' && name === 'supabase_realtime'));
}
