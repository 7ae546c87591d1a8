// PGlite: PostgreSQL in WebAssembly, for wherever no server program runs. The only file that loads it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Extension } from '@electric-sql/pglite';
import { readCache, writeCache } from '../cache/cache.ts';
import { startSession, type Session } from '../database/session.ts';

/** PGlite's file name of an extension is its SQL name with underscores; these come with the package. */
async function loadExtensions(names: readonly string[]): Promise<Record<string, Extension>> {
  const loaded: Record<string, Extension> = {};
  for (const name of names) {
    const file = name.replaceAll('-', '_');
    try {
      const module = (await import(`@electric-sql/pglite/contrib/${file}`)) as Record<string, Extension | undefined>;
      const extension = module[file];
      if (extension !== undefined) loaded[file] = extension;
    } catch {
      // PGlite has no such extension: CREATE EXTENSION will say so, and the caller names the gap.
    }
  }
  return loaded;
}

export interface PgliteServer {
  readonly session: Session;
  /** What `pg.Pool` takes for further connections to the one backend there is. */
  readonly connection: object;
}

/** Starts one in memory. The first start of a version runs initdb, which takes seconds; its result is kept. */
export async function startPglite(extensions: readonly string[]): Promise<PgliteServer> {
  const [{ PGlite }, { createPgConfig }, { default: pg }] = await Promise.all([import('@electric-sql/pglite'), import('@electric-sql/pglite/node-postgres'), import('pg')]);
  const key = `pglite-${packageVersion()}`;
  const options = { extensions: await loadExtensions(extensions), initDbStartParams: ['--wal-segsize=1'] };
  const snapshot = readCache(key);
  const database = await PGlite.create(snapshot === null ? options : { ...options, loadDataDir: new Blob([new Uint8Array(snapshot)]) });
  if (snapshot === null) {
    const dump = await database.dumpDataDir('none');
    writeCache(key, new Uint8Array(await dump.arrayBuffer()));
  }
  const configure = () => withResultTypes(createPgConfig(database));
  const client = new pg.Client(configure());
  await client.connect();
  const session = await startSession(client, 'PGlite', async () => undefined);
  return { session: { ...session, close: () => session.close().then(() => database.close()) }, connection: configure() };
}

interface Parse {
  parse(query: { readonly types?: unknown }): void;
}

/** node-postgres hands on a query's result parsers as `types`, which PGlite takes for the types of its parameters. */
function withResultTypes<T extends { readonly connection: Parse }>(config: T): T {
  const { connection } = config;
  const parse = connection.parse.bind(connection);
  connection.parse = (query) => parse(Array.isArray(query.types) ? query : { ...query, types: undefined });
  return config;
}

function packageVersion(): string {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@electric-sql/pglite');
  const json: unknown = JSON.parse(readFileSync(entry.replace(/dist[\\/][^\\/]*$/, 'package.json'), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown';
}
