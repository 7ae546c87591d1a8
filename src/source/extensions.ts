// Prisma names extensions in its DDL only with a preview feature; otherwise what a schema uses tells which ones it needs.

import { ofKind, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { parseCanonical } from '../catalog/types.ts';

const BY_TYPE: Readonly<Record<string, string>> = {
  citext: 'citext', hstore: 'hstore', ltree: 'ltree', lquery: 'ltree', ltxtquery: 'ltree', cube: 'cube', seg: 'seg', vector: 'vector', halfvec: 'vector', sparsevec: 'vector',
  geometry: 'postgis', geography: 'postgis', box2d: 'postgis', box3d: 'postgis', raster: 'postgis_raster', isbn: 'isn', isbn13: 'isn', ean13: 'isn',
};

const BY_OPCLASS: readonly (readonly [RegExp, string])[] = [
  [/_trgm_ops$/, 'pg_trgm'],
  [/^(vector|halfvec|sparsevec|bit)_(l2|ip|cosine|l1|hamming|jaccard)_ops$/, 'vector'],
  [/^gin__int_ops$/, 'intarray'],
];

const BY_FUNCTION: readonly (readonly [RegExp, string])[] = [
  [/\buuid_generate_v\d\w*\s*\(/i, 'uuid-ossp'],
  [/\b(crypt|gen_salt|digest|hmac|gen_random_bytes|pgp_\w+)\s*\(/i, 'pgcrypto'],
];

/** PostgreSQL has gen_random_uuid() of its own from 13 on. */
const OWN_UUID = 130000;

/** `desired` with the extensions it needs and does not name; `serverVersion` as in `server_version_num`. */
export function withExtensions(desired: Catalog, serverVersion: number): Catalog {
  const named = new Set([...ofKind(desired, 'extension')].map(({ ref }) => ref.name));
  const needed = neededBy(desired, serverVersion).filter((name) => !named.has(name));
  if (needed.length === 0) return desired;
  const added = [...new Set(needed)].sort().map((name): [string, CatalogObject] => [`extension "${name}"`, { kind: 'extension', ref: { kind: 'extension', name }, def: { schema: null, version: null } }]);
  return { ...desired, objects: new Map([...added, ...desired.objects]) };
}

/** Thousands of columns share a few types, defaults and operator classes, so each text is looked at once. */
function neededBy(desired: Catalog, serverVersion: number): readonly string[] {
  const columns = [...ofKind(desired, 'column')].map(({ def }) => def);
  const types = new Set(columns.map(({ type }) => type));
  const defaults = new Set(columns.map((column) => column.default ?? ''));
  const opclasses = new Set([...ofKind(desired, 'index')].flatMap(({ def }) => def.keys.map(({ opclass }) => opclass ?? '')));
  return [...[...types].flatMap(ofType), ...[...defaults].flatMap((text) => ofDefault(text, serverVersion)), ...[...opclasses].flatMap((name) => matching(BY_OPCLASS, name))];
}

function ofType(type: string): readonly string[] {
  const { name, user } = parseCanonical(type);
  const extension = user ? undefined : BY_TYPE[name];
  return extension === undefined ? [] : [extension];
}

function ofDefault(expression: string, serverVersion: number): readonly string[] {
  const uuid = serverVersion < OWN_UUID && /\bgen_random_uuid\s*\(/i.test(expression) ? ['pgcrypto'] : [];
  return [...matching(BY_FUNCTION, expression), ...uuid];
}

function matching(table: readonly (readonly [RegExp, string])[], text: string): readonly string[] {
  return table.filter(([pattern]) => pattern.test(text)).map(([, extension]) => extension);
}
