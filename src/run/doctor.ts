// What only a look at more than the schema shows: rights, other schemas and databases, the application's packages. All read-only.

import { ofKind, type Catalog } from '../catalog/catalog.ts';
import { schemaOwner } from '../catalog/provided.ts';
import { connect, type Session } from '../database/session.ts';
import { parseUrl, type Target } from '../database/url.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { readClient, readShopify, type ClientFacts, type ShopifyFacts } from './application.ts';
import type { Checked } from './check.ts';

export interface TableRights {
  readonly schema: string;
  readonly table: string;
  readonly usage: boolean;
  /** Of SELECT, INSERT, UPDATE, DELETE those that the role has not. */
  readonly lacking: readonly string[];
  /** Row-level security applies to this role. */
  readonly hidden: boolean;
  /** Policies that let this role see rows; with none it sees no row and writes none. */
  readonly policies: number;
  /** What gives the role what it lacks. */
  readonly grant: string;
}

export interface Elsewhere {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  /** The missing table whose columns it has, */
  readonly instead: { readonly schema: string; readonly name: string };
  /** in the same letters. */
  readonly exact: boolean;
}

export interface DoctorFacts {
  readonly user: string;
  readonly rights: readonly TableRights[];
  /** Tables the schema wants and this schema lacks, found under the same or a similar name in another place. */
  readonly elsewhere: readonly Elsewhere[];
  /** A database on the same server that has what is missing here, where this one is empty. */
  readonly otherDatabase: string | null;
  readonly client: ClientFacts;
  readonly shopify: ShopifyFacts | null;
  /** Who holds Prisma's migration lock at this moment. */
  readonly lock: string | null;
}

export async function examine(session: Session, checked: Checked, cwd: string, lock: string | null): Promise<DoctorFacts> {
  const elsewhere = await findElsewhere(session, checked);
  return {
    user: session.server.user,
    rights: await readRights(session, checked),
    elsewhere,
    otherDatabase: elsewhere.length > 0 ? null : await findDatabase(session, checked),
    client: readClient(checked.workspace.project.schema.files, cwd),
    shopify: readShopify(checked, cwd),
    lock,
  };
}

const RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

async function readRights({ run, server: { user } }: Session, { comparison: { desired, live } }: Checked): Promise<readonly TableRights[]> {
  const names = [...ofKind(desired, 'table')].filter(({ ref }) => [...ofKind(live, 'table')].some((one) => one.ref.schema === ref.schema && one.ref.name === ref.name)).map(({ ref }) => `(${quoteText(ref.schema)}, ${quoteText(ref.name)})`);
  if (names.length === 0) return [];
  const [rows = []] = await run(`SELECT n.nspname::text, c.relname::text, pg_catalog.has_schema_privilege(n.oid, 'USAGE'), ${RIGHTS.map((right) => `pg_catalog.has_table_privilege(c.oid, '${right}')`).join(', ')},
      c.relrowsecurity AND NOT (SELECT r.rolsuper OR r.rolbypassrls FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')),
      (SELECT pg_catalog.count(*)::int4 FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('*', 'r') AND (SELECT pg_catalog.bool_or(r.oid = 0 OR pg_catalog.pg_has_role(r.oid, 'USAGE')) FROM pg_catalog.unnest(p.polroles) r (oid)))
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname::text, c.relname::text) IN (VALUES ${names.join(', ')}) ORDER BY 1, 2`);
  return rows.map(([schema, table, usage, ...rest]) => {
    const lacking = RIGHTS.filter((_, at) => rest[at] !== true);
    const own = usage === true ? [] : [`GRANT USAGE ON SCHEMA ${quoteName(String(schema))} TO ${quoteName(user)};`];
    const grants = lacking.length === 0 ? own : [...own, `GRANT ${lacking.join(', ')} ON ${quoteName(String(schema))}.${quoteName(String(table))} TO ${quoteName(user)};`];
    return { schema: String(schema), table: String(table), usage: usage === true, lacking, hidden: rest[RIGHTS.length] === true, policies: Number(rest[RIGHTS.length + 1]), grant: grants.join(' ') };
  });
}

const KINDS: Readonly<Record<string, string>> = { r: 'table', p: 'table', v: 'view', m: 'materialized view', f: 'foreign table' };
/** More than these are not told from each other by a person either. */
const MOST = 200;

/** Another place or another name, with every column the application must fill. A table called session of another tool has not. */
async function findElsewhere({ run }: Session, { comparison: { changes, desired, renames } }: Checked): Promise<readonly Elsewhere[]> {
  const absent = changes.flatMap((change) => (change.op === 'create' && change.after.kind === 'table' ? [change.after.ref] : []));
  const missing = [...absent, ...renames.flatMap(({ kind, schema, to }) => (kind === 'table' ? [{ schema, name: to }] : []))].slice(0, MOST);
  if (missing.length === 0) return [];
  const wanted = missing.map((table) => `(${quoteText(table.schema)}, ${quoteText(table.name)}, ARRAY[${required(desired, table).map(quoteText).join(', ')}]::pg_catalog.text[])`);
  const [rows = []] = await run(`SELECT n.nspname::text, c.relname::text, c.relkind::text, w.of, w.name, w.columns <@ h.columns
    FROM (VALUES ${wanted.join(', ')}) w (of, name, columns)
      JOIN pg_catalog.pg_class c ON c.relkind IN ('r', 'p', 'v', 'm', 'f') JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname::text !~ '^pg_' AND n.nspname <> 'information_schema'
      CROSS JOIN LATERAL (SELECT ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns) h
    WHERE ARRAY(SELECT pg_catalog.lower(x) FROM pg_catalog.unnest(w.columns) x) <@ ARRAY(SELECT pg_catalog.lower(x) FROM pg_catalog.unnest(h.columns) x)
      AND (pg_catalog.array_length(w.columns, 1) > ${TELLING} OR pg_catalog.rtrim(pg_catalog.lower(c.relname::text), 's') = pg_catalog.rtrim(pg_catalog.lower(w.name), 's'))
    ORDER BY c.relname = w.name DESC, pg_catalog.lower(c.relname::text) = pg_catalog.lower(w.name) DESC, 1, 2`);
  const own = new Set([...ofKind(desired, 'table')].map(({ ref }) => `${ref.schema}\0${ref.name}`));
  return rows.filter(([schema, name]) => !own.has(`${String(schema)}\0${String(name)}`) && schemaOwner(String(schema)) === null).map(([schema, name, kind, of, instead, exact]) => ({ schema: String(schema), name: String(name), kind: KINDS[String(kind)] ?? 'relation', instead: { schema: String(of), name: String(instead) }, exact: exact === true }));
}

/** Fewer columns than these many tables have, so then the name has to be alike too. */
const TELLING = 3;

function required(desired: Catalog, { schema, name }: { readonly schema: string; readonly name: string }): readonly string[] {
  return [...ofKind(desired, 'column')].filter(({ ref, def }) => ref.schema === schema && ref.table === name && def.notNull).map(({ ref }) => ref.name);
}

/** Looked into one after the other, so few. */
const NEIGHBOURS = 5;

/** Only where nothing of the application is here: then the URL may lead to the wrong place. */
async function findDatabase({ run }: Session, { comparison: { desired, changes }, history, target }: Checked): Promise<string | null> {
  const tables = [...ofKind(desired, 'table')].map(({ ref }) => ref);
  const missing = changes.filter((change) => change.op === 'create' && change.after.kind === 'table').length;
  if (tables.length === 0 || missing < tables.length || history.history.ledger.state !== 'absent') return null;
  const [rows = []] = await run(`SELECT d.datname::text FROM pg_catalog.pg_database d WHERE d.datallowconn AND NOT d.datistemplate AND d.datname <> pg_catalog.current_database() AND pg_catalog.has_database_privilege(d.oid, 'CONNECT') ORDER BY pg_catalog.pg_database_size(d.oid) DESC LIMIT ${NEIGHBOURS}`);
  for (const [name] of rows) if (await holds(target, String(name), tables)) return String(name);
  return null;
}

/** Its ledger and each of the tables. A database that refuses is not the one. */
async function holds(target: Target, database: string, tables: readonly { readonly schema: string; readonly name: string }[]): Promise<boolean> {
  const url = new URL(target.url);
  url.pathname = `/${encodeURIComponent(database)}`;
  const session = await connect(parseUrl(url.href, target.source)).catch(() => null);
  if (session === null) return false;
  try {
    const wanted = [...tables, { schema: target.schema, name: '_prisma_migrations' }].map(({ schema, name }) => `(${quoteText(schema)}, ${quoteText(name)})`);
    const [[row] = []] = await session.run(`SELECT pg_catalog.count(*)::int4 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname::text, c.relname::text) IN (VALUES ${wanted.join(', ')})`);
    return Number(row?.[0]) === wanted.length;
  } finally {
    await session.close();
  }
}
