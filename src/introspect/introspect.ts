// One read-only snapshot of a live database → Catalog. Reads pg_catalog alone, so a role without any right on the tables sees the same.

import { buildCatalog, type Catalog, type Provided, type Unmodeled } from '../catalog/catalog.ts';
import type { CatalogObject, Kind } from '../catalog/kinds.ts';
import type { Session } from '../database/session.ts';
import { failure } from '../errors.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { schemaOwner } from '../catalog/provided.ts';
import { column } from './queries/column.ts';
import { comment } from './queries/comment.ts';
import { enumeration } from './queries/enum.ts';
import { extension } from './queries/extension.ts';
import { foreignKey } from './queries/foreignKey.ts';
import { index } from './queries/index.ts';
import { namesSql, readNames } from './queries/names.ts';
import { primaryKey } from './queries/primaryKey.ts';
import { schema } from './queries/schema.ts';
import { sequence } from './queries/sequence.ts';
import { table } from './queries/table.ts';
import { readUnmodeled, unmodeledSql } from './queries/unmodeled.ts';
import { LEDGERS } from './ledger.ts';
import { ChangedWhileReading, text, type Query, type Row, type Scope, type Snapshot } from './query.ts';

/** In the order in which they are read: tables before their columns, columns before what names them. */
const QUERIES: Readonly<Record<Kind, Query>> = { schema, extension, enum: enumeration, sequence, table, column, primaryKey, index, foreignKey, comment };

type Reader = Pick<Session, 'run' | 'server'>;

export interface IntrospectOptions {
  /** The schema Prisma's connection works in: first in search_path, so that texts come out relative to it. */
  readonly home: string;
  /** Further schemas in scope. */
  readonly schemas?: readonly string[];
  /** The caller is inside of a transaction already and wants to see its own changes. */
  readonly insideTransaction?: boolean;
  /** The transaction stays open for a second look at the same moment; gets the schemas that hold a ledger. The caller ends it. */
  readonly leaveOpen?: (ledgers: readonly Row[]) => void;
}

const TRIES = 5;

/** Errors of a catalog that moved under the reader, or of a lock not had at once. */
const RETRY = new Set(['XX000', '40P01', '55P03', '40001', '42P01', '42704']);

/** Throws UNSETTLED when the schema keeps changing while it is read. */
export async function introspect(session: Reader, options: IntrospectOptions): Promise<Catalog> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(session, options);
    } catch (error) {
      if (options.leaveOpen) await session.run('ROLLBACK').catch(() => undefined);
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
    timezone: 'UTC', extra_float_digits: '1', bytea_output: 'hex', xmlbinary: 'base64', lc_monetary: 'C', jit: 'off', max_parallel_workers_per_gather: '0', lock_timeout: '800ms', statement_timeout: '60s',
  };
  return `SELECT ${Object.entries(values).map(([name, value]) => `pg_catalog.set_config('${name}', ${quoteText(value)}, true)`).join(', ')}`;
}

const NAMESPACES = "SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname <> 'information_schema' AND n.nspname::text !~ '^pg_' ORDER BY 1";

/** One message, so one journey over the network, and a pooler cannot part it. */
async function readOnce({ run, server }: Reader, { home, schemas = [], insideTransaction = false, leaveOpen }: IntrospectOptions): Promise<Catalog> {
  const wanted = [...new Set([home, ...schemas])];
  const [begin, end] = insideTransaction ? INNER : OUTER;
  const scope: Scope = { version: server.version, home, inScope: (column) => `${column} = ANY (ARRAY(SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname IN (${wanted.map(quoteText).join(', ')})))` };
  const names = namesSql(scope);
  const kinds = Object.values(QUERIES);
  const statements = [begin, settings(home), NAMESPACES, unmodeledSql(scope), ...names, ...kinds.map((query) => query.sql(scope)), ...(leaveOpen ? [LEDGERS] : end)];
  const results = await run(statements.join(';\n')).catch(async (error: unknown) => {
    await run(end.join('; ')).catch(() => undefined);
    throw error;
  });
  const [, , namespaces = [], unmodeled = [], ...rest] = results;
  const snapshot: Snapshot = { home, tables: new Map(), columns: new Map(), types: new Map(), opclasses: new Map(), collations: new Map() };
  readNames(rest, snapshot);
  const objects: CatalogObject[] = kinds.flatMap((query, at) => [...query.read(rest[names.length + at] ?? [], snapshot)]);
  leaveOpen?.(results.at(-1) ?? []);
  const provided = namespaces.map(([name]) => text(name)).filter((name) => !wanted.includes(name)).map(providedSchema);
  return buildCatalog({ home, serverVersion: server.version, objects, unmodeled: withoutPlatform(readUnmodeled(unmodeled)), provided });
}

const OUTER = ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', ['ROLLBACK']] as const;
const INNER = ['SAVEPOINT mend_introspect', ['ROLLBACK TO SAVEPOINT mend_introspect', 'RELEASE SAVEPOINT mend_introspect']] as const;

function providedSchema(name: string): Provided {
  return { owner: schemaOwner(name) ?? 'outside of the compared schemas', what: `schema ${name}` };
}

/** Event triggers and publications that platforms install in every database. */
function withoutPlatform(items: readonly Unmodeled[]): readonly Unmodeled[] {
  return items.filter(({ kind, name }) => !(kind === 'event trigger' && /^(issue_|pgrst_|supabase_)/.test(name)) && !(kind === 'publication' && name === 'supabase_realtime'));
}
