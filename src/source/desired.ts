// What a Prisma schema wants, as a catalog: the engine's DDL, read directly, or built by a scratch server where it is outside
// of the language that can be read.

import { buildCatalog, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { readCache, sha256, writeCache } from '../cache/cache.ts';
import { introspect } from '../introspect/introspect.ts';
import { engineFiles, engineVersion, schemaDdl } from '../prisma/engine.ts';
import type { Project } from '../prisma/project.ts';
import type { Scratch } from '../scratch/scratch.ts';
import { quoteName } from '../sql/quote.ts';
import { elaborate } from './ddl.ts';

export interface DesiredOptions {
  /** The schema Prisma's connection works in. */
  readonly home: string;
  /** A catalog kept from an earlier run will do: for reading only, never for what is executed. */
  readonly useCache: boolean;
  readonly scratch: (extensions: readonly string[]) => Promise<Scratch>;
}

/** Changes whenever the catalog's form does. */
const CATALOG_FORMAT = 1;

export async function desiredCatalog(project: Project, options: DesiredOptions): Promise<Catalog> {
  const key = cacheKey(project, options.home);
  const cached = options.useCache ? readCache(key) : null;
  if (cached !== null) return parseCatalog(cached.toString('utf8'), options.home);
  const ddl = await schemaDdl(project);
  const read = elaborate(ddl, options.home);
  const built = 'catalog' in read ? read.catalog : await buildOnScratch(ddl, project, options);
  const catalog = inScope(built, [options.home, ...project.schemas]);
  writeCache(key, JSON.stringify([...catalog.objects.values()]));
  return catalog;
}

/** The engine's DDL creates "public" even where the connection works in another schema. */
function inScope(catalog: Catalog, schemas: readonly string[]): Catalog {
  return buildCatalog({ ...catalog, objects: [...catalog.objects.values()].filter(({ ref }) => ref.kind !== 'schema' || schemas.includes(ref.name)) });
}

function cacheKey(project: Project, home: string): string {
  const files = engineFiles(project.schema.files).map(({ content }) => content);
  return `catalog-${sha256(String(CATALOG_FORMAT), engineVersion(), home, JSON.stringify([project.externalTables, project.externalEnums, project.schemas]), ...files)}`;
}

function parseCatalog(text: string, home: string): Catalog {
  // The cache returns only what this program wrote under this key.
  const objects = JSON.parse(text) as readonly CatalogObject[];
  return buildCatalog({ home, serverVersion: null, objects, unmodeled: [], provided: [] });
}

async function buildOnScratch(ddl: string, project: Project, { home, scratch: open }: DesiredOptions): Promise<Catalog> {
  const scratch = await open(COMMON_EXTENSIONS);
  try {
    await prepareScratch(scratch, home, COMMON_EXTENSIONS);
    await scratch.session.run(ddl);
    const built = await introspect(scratch.session.run, { home, schemas: project.schemas });
    return { ...built, serverVersion: null, unmodeled: [], provided: [] };
  } finally {
    await scratch.close();
  }
}

const COMMON_EXTENSIONS = ['citext', 'pg_trgm', 'uuid-ossp', 'pgcrypto', 'hstore', 'ltree'];

/** Makes the home schema, the extensions, and a connection like Prisma's. Returns the extensions this server lacks. */
export async function prepareScratch(scratch: Scratch, home: string, extensions: readonly string[], schemas: readonly string[] = []): Promise<readonly string[]> {
  for (const schema of new Set([home, ...schemas])) await scratch.session.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`);
  const lacking: string[] = [];
  for (const name of extensions) if (!(await scratch.createExtension(name, home))) lacking.push(name);
  await scratch.session.run(`SET search_path TO ${quoteName(home)}`);
  return lacking;
}
