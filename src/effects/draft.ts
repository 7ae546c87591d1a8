// What one statement changes, over the catalog before it: nothing is written into that catalog, the changes become deltas.

import { isKind, keyOf, tableKey, tableOf } from '../catalog/catalog.ts';
import type { CatalogObject, Kind, RefOf } from '../catalog/kinds.ts';
import { equalField } from '../diff/diff.ts';
import { quoteName } from '../sql/quote.ts';
import { qualified, textAt } from './ast.ts';
import { otherKey, type Delta, type Opaque, type Other, type ReadBlock, type State, type Statement } from './types.ts';

export interface Place {
  readonly schema: string;
  readonly name: string;
}

interface Layer<T> {
  /** In the catalog of the history itself, as the statement has it so far. */
  made(key: string): T | undefined;
  /** There, or else in the live one. */
  find(key: string): T | undefined;
  /** A creation: what is live already is not its past. */
  create(key: string, value: T): void;
  set(key: string, value: T | null): void;
  /** Own values; with `live`, also those of the live catalog that the history does not have. */
  values(live: boolean): readonly T[];
  changes(): readonly { readonly key: string; readonly before: T | null; readonly after: T | null; readonly created: boolean }[];
}

function layer<T>(own: ReadonlyMap<string, T>, live: ReadonlyMap<string, T> | undefined): Layer<T> {
  const over = new Map<string, { before: T | null; after: T | null; created: boolean }>();
  const made = (key: string) => {
    const entry = over.get(key);
    return entry === undefined ? own.get(key) : (entry.after ?? undefined);
  };
  const find = (key: string) => (over.has(key) ? made(key) : (own.get(key) ?? live?.get(key)));
  const write = (key: string, after: T | null, before: T | null, created: boolean) => {
    const entry = over.get(key);
    over.set(key, { before: entry === undefined ? before : entry.before, after, created: created || entry?.created === true });
  };
  return {
    made,
    find,
    create: (key, value) => write(key, value, own.get(key) ?? null, true),
    set: (key, value) => write(key, value, own.get(key) ?? live?.get(key) ?? null, false),
    values(withLive) {
      const keys = new Set([...own.keys(), ...over.keys(), ...(withLive ? (live?.keys() ?? []) : [])]);
      return [...keys].map(find).filter((value) => value !== undefined);
    },
    changes: () => [...over].map(([key, entry]) => ({ key, ...entry })),
  };
}

export interface Draft {
  readonly statement: Statement;
  readonly readBlock: ReadBlock | null;
  readonly state: State;
  readonly live: State | null;
  readonly home: string;
  readonly base: string;
  /** Guarded by its block: done only where it is not done yet. */
  readonly guarded: boolean;
  readonly objects: Layer<CatalogObject>;
  readonly others: Layer<Other>;
  readonly opaque: Opaque[];
}

export interface Reading {
  readonly statement: Statement;
  readonly state: State;
  readonly live: State | null;
  readonly readBlock: ReadBlock | null;
  readonly guarded: boolean;
}

export function openDraft({ statement, state, live, readBlock, guarded }: Reading): Draft {
  const { home, base = home } = state;
  return { statement, readBlock, state, live, home, base, guarded, objects: layer(state.objects, live?.objects), others: layer(state.others, live?.others), opaque: [] };
}

export function deltasOf({ objects, others }: Draft): readonly Delta[] {
  const there = <T>({ before, after }: { readonly before: T | null; readonly after: T | null }) => before !== null || after !== null;
  const changed = objects.changes().filter((one) => there(one) && (one.created || one.before === null || one.after === null || !equalObjects(one.before, one.after)));
  const named = others.changes().filter((one) => there(one) && (one.created || one.before === null || one.after === null));
  return [...changed.map(({ key, before, after }): Delta => ({ modeled: true, key, before, after })), ...named.map(({ key, before, after }): Delta => ({ modeled: false, key, before, after }))];
}

function equalObjects(before: CatalogObject, after: CatalogObject): boolean {
  return Object.keys(after.def).every((field) => equalField(field, before, after));
}

/** Prisma's own table is no part of a catalog. */
export function isLedger(name: string): boolean {
  return name === '_prisma_migrations';
}

export function create({ objects }: Draft, object: CatalogObject): void {
  const table = tableOf(object.ref);
  if (table === null || !isLedger(table.table)) objects.create(keyOf(object.ref), object);
}

export function put({ objects }: Draft, object: CatalogObject): void {
  objects.set(keyOf(object.ref), object);
}

export function remove({ objects }: Draft, ref: CatalogObject['ref']): void {
  if (objects.find(keyOf(ref)) !== undefined) objects.set(keyOf(ref), null);
}

export function find<K extends Kind>({ objects }: Draft, ref: RefOf<K> & { readonly kind: K }): CatalogObject<K> | undefined {
  if ('name' in ref && ref.name === '' && ref.kind !== 'comment') return undefined;
  // A generic kind does not narrow its ref to the union that keyOf takes.
  const object = objects.find(keyOf(ref as CatalogObject['ref']));
  return isKind(object, ref.kind) ? object : undefined;
}

/** Something of another place or name, with the same content. */
export function move(draft: Draft, from: CatalogObject, to: CatalogObject): void {
  if (keyOf(from.ref) === keyOf(to.ref)) {
    put(draft, to);
    return;
  }
  remove(draft, from.ref);
  create(draft, to);
}

export function createOther({ others }: Draft, other: Other): void {
  if (other.table === null || !isLedger(other.table)) others.create(otherKey(other), other);
}

export function removeOther({ others }: Draft, other: Other): void {
  if (others.find(otherKey(other)) !== undefined) others.set(otherKey(other), null);
}

export function moveOther(draft: Draft, from: Other, to: Other): void {
  removeOther(draft, from);
  createOther(draft, to);
}

export function opaque(draft: Draft, kind: 'code' | 'unread', why: string): void {
  draft.opaque.push({ kind, why });
}

/** Own objects, and the live ones where the history does not know this table. */
function around({ objects }: Draft, { schema, name }: Place): readonly CatalogObject[] {
  return objects.values(objects.made(tableKey(schema, name)) === undefined);
}

/** The table itself and what is in it. */
export function objectsOf(draft: Draft, { schema, name }: Place): readonly CatalogObject[] {
  return around(draft, { schema, name }).filter(({ ref }) => {
    const table = tableOf(ref);
    return table?.schema === schema && table.table === name;
  });
}

export function othersOf({ objects, others }: Draft, { schema, name }: Place): readonly Other[] {
  return others.values(objects.made(tableKey(schema, name)) === undefined).filter((other) => other.schema === schema && other.table === name);
}

/** Foreign keys of any table that point at this one. */
export function inbound(draft: Draft, { schema, name }: Place): readonly CatalogObject<'foreignKey'>[] {
  return around(draft, { schema, name }).filter((object) => isKind(object, 'foreignKey')).filter(({ def }) => def.targetSchema === schema && def.targetTable === name);
}

const RELATIONS = ['view', 'materialized view', 'foreign table', 'partition'];

/** A view, a partition, a foreign table of this name. */
export function otherRelation({ others }: Draft, { schema, name }: Place): Other | undefined {
  return RELATIONS.map((kind) => others.find(otherKey({ kind, schema, table: null, name }))).find((other) => other !== undefined);
}

/** The first schema of the path that has it, in the history's catalog before the live one. */
export function resolve({ home, base }: Draft, { schema, name }: { readonly schema: string | null; readonly name: string }, has: ((place: Place) => boolean)[]): Place {
  if (schema !== null && schema !== '') return { schema, name };
  for (const test of has) for (const candidate of [home, base]) if (test({ schema: candidate, name })) return { schema: candidate, name };
  return { schema: home, name };
}

/** Where a RangeVar points. */
export function relationAt(draft: Draft, range: unknown): Place {
  return relationNamed(draft, { schema: textAt(range, 'schemaname') || null, name: textAt(range, 'relname') });
}

function relationNamed(draft: Draft, parts: { readonly schema: string | null; readonly name: string }): Place {
  const { objects } = draft;
  return resolve(draft, parts, [(place) => objects.made(tableKey(place.schema, place.name)) !== undefined, (place) => objects.find(tableKey(place.schema, place.name)) !== undefined || otherRelation(draft, place) !== undefined]);
}

export function relationNames(draft: Draft, names: readonly string[]): Place {
  return relationNamed(draft, qualified(names));
}

/** Where a new object goes. */
export function newPlace({ home }: Draft, parts: { readonly schema: string | null; readonly name: string }): Place {
  return { schema: parts.schema || home, name: parts.name };
}

/** For people: a name, with its schema where it is not the home. */
export function shown({ home }: Draft, { schema, name }: Place): string {
  if (name === '') return '';
  return schema === home || schema === '' ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`;
}
