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
  const needed = new Set<string>();
  for (const object of desired.objects.values()) for (const name of neededBy(object, serverVersion)) if (!named.has(name)) needed.add(name);
  if (needed.size === 0) return desired;
  const added = [...needed].sort().map((name): [string, CatalogObject] => [`extension "${name}"`, { kind: 'extension', ref: { kind: 'extension', name }, def: { schema: null, version: null } }]);
  return { ...desired, objects: new Map([...added, ...desired.objects]) };
}

function neededBy(object: CatalogObject, serverVersion: number): readonly string[] {
  if (object.kind === 'index') {
    return object.def.keys.flatMap(({ opclass }) => BY_OPCLASS.filter(([pattern]) => opclass !== null && pattern.test(opclass)).map(([, name]) => name));
  }
  if (object.kind !== 'column') return [];
  const { name, user } = parseCanonical(object.def.type);
  const ofType = user ? undefined : BY_TYPE[name];
  const expression = object.def.default;
  if (expression === null) return ofType === undefined ? [] : [ofType];
  const ofFunctions = BY_FUNCTION.filter(([pattern]) => pattern.test(expression)).map(([, extension]) => extension);
  const uuid = serverVersion < OWN_UUID && /\bgen_random_uuid\s*\(/i.test(expression) ? ['pgcrypto'] : [];
  return [...(ofType === undefined ? [] : [ofType]), ...ofFunctions, ...uuid];
}
