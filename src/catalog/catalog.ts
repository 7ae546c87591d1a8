import { KINDS, type CatalogObject, type Kind, type Ref } from './kinds.ts';
import { quoteName } from '../sql/quote.ts';

/** Something present that the catalog does not model: counted and named, never passed over. */
export interface Unmodeled {
  /** In PostgreSQL's words: view, function, trigger, policy, check constraint … */
  readonly kind: string;
  readonly schema: string;
  readonly table: string | null;
  readonly name: string;
}

/** Present, recognised as somebody else's, and left out of every comparison. */
export interface Provided {
  readonly owner: string;
  readonly what: string;
}

/** A database's schema as data. Texts of expressions and types are relative to `home`, the schema Prisma's connection works in. */
export interface Catalog {
  readonly home: string;
  /** `server_version_num`, for example 150004; `null` for a catalog that was not read from a server. */
  readonly serverVersion: number | null;
  readonly objects: ReadonlyMap<string, CatalogObject>;
  readonly unmodeled: readonly Unmodeled[];
  readonly provided: readonly Provided[];
}

/** Identity of an object as text: `column "public"."Session"."id"`. */
export function keyOf(ref: Ref): string {
  return `${ref.kind} ${path(ref).map(quoteName).join('.')}`;
}

function path(ref: Ref): readonly string[] {
  switch (ref.kind) {
    case 'schema':
    case 'extension':
      return [ref.name];
    case 'enum':
    case 'sequence':
    case 'table':
      return [ref.schema, ref.name];
    case 'primaryKey':
      return [ref.schema, ref.table];
    case 'column':
    case 'index':
    case 'foreignKey':
      return [ref.schema, ref.table, ref.name];
    case 'comment':
      return [ref.schema, ref.on, ref.table, ref.name].filter((part) => part !== '');
    default:
      return ref satisfies never;
  }
}

export function isKind<K extends Kind>(object: CatalogObject | undefined, kind: K): object is CatalogObject<K> {
  return object?.kind === kind;
}

export function get<K extends Kind>(catalog: Catalog, ref: Ref & { readonly kind: K }): CatalogObject<K> | undefined {
  const found = catalog.objects.get(keyOf(ref));
  return isKind<K>(found, ref.kind) ? found : undefined;
}

export function* ofKind<K extends Kind>(catalog: Catalog, kind: K): Generator<CatalogObject<K>> {
  for (const object of catalog.objects.values()) if (isKind(object, kind)) yield object;
}

/** The table an object lives in or is, `null` for what stands alone. */
export function tableOf(ref: Ref): { readonly schema: string; readonly table: string } | null {
  if (ref.kind === 'table') return { schema: ref.schema, table: ref.name };
  return 'table' in ref && ref.table !== '' ? { schema: ref.schema, table: ref.table } : null;
}

export function tableKey(schema: string, table: string): string {
  return keyOf({ kind: 'table', schema, name: table });
}

/** Objects of each table, by the table's key. */
export function byTable(catalog: Catalog): ReadonlyMap<string, readonly CatalogObject[]> {
  const groups = new Map<string, CatalogObject[]>();
  for (const object of catalog.objects.values()) {
    const table = tableOf(object.ref);
    if (table === null) continue;
    const key = tableKey(table.schema, table.table);
    const group = groups.get(key);
    if (group) group.push(object);
    else groups.set(key, [object]);
  }
  return groups;
}

export function buildCatalog(parts: Omit<Catalog, 'objects'> & { readonly objects: Iterable<CatalogObject> }): Catalog {
  const objects = new Map<string, CatalogObject>();
  for (const object of parts.objects) objects.set(keyOf(object.ref), object);
  return { ...parts, objects };
}

export function emptyCatalog(home: string): Catalog {
  return { home, serverVersion: null, objects: new Map(), unmodeled: [], provided: [] };
}

/** A text that is equal for two catalogs of one server exactly when nothing modelled or counted differs; hash it for a fingerprint. */
export function canonicalText(catalog: Catalog): string {
  const lines = [...catalog.objects].map(([key, object]) => `${key} ${stable(object.def)}`);
  for (const item of catalog.unmodeled) lines.push(`${item.kind} ${stable(item)}`);
  return lines.sort().join('\n');
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    entry !== null && typeof entry === 'object' && !Array.isArray(entry) ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))) : entry,
  );
}

/** Sorts objects into the order in which a database can be built; within a kind the catalog's own order is kept. */
export function inBuildOrder<T extends { readonly kind: Kind }>(objects: readonly T[]): T[] {
  const rank = new Map(KINDS.map((kind, index) => [kind, index]));
  return objects
    .map((object, index) => ({ object, index }))
    .sort((a, b) => (rank.get(a.object.kind) ?? 0) - (rank.get(b.object.kind) ?? 0) || a.index - b.index)
    .map(({ object }) => object);
}
