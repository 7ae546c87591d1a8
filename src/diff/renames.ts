// One object under two names. Renaming keeps its rows; dropping and creating would not, so these are found before anything else.

import { byTable, buildCatalog, isKind, keyOf, ofKind, tableKey, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject, ForeignKey, Index, IndexKey, Kind } from '../catalog/kinds.ts';
import { diff, type SameField } from './diff.ts';
import { sameType } from './equivalences.ts';

export interface Rename {
  readonly kind: 'table' | 'column' | 'index' | 'foreignKey';
  readonly schema: string;
  /** For a table: its new name. */
  readonly table: string;
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

/** A likely rename that only a person can confirm. */
export type Suspect = Rename & { readonly kind: 'table' | 'column' };

export interface RenameHints {
  /** Name a table or column would have without `@@map` / `@map`, `null` where unknown. */
  readonly unmapped: (schema: string, table: string, column: string | null) => string | null;
  /** What the user stated: the old names. */
  readonly stated: readonly { readonly table: string; readonly column: string | null; readonly to: string }[];
}

export interface Renamed {
  readonly renames: readonly Rename[];
  readonly suspects: readonly Suspect[];
  /** `current` as it will be after the renames. */
  readonly current: Catalog;
}

export function findRenames(current: Catalog, desired: Catalog, hints: RenameHints, same: SameField): Renamed {
  const tables = pairNames(missingTables(current, desired), missingTables(desired, current), tableJudge(current, desired, hints));
  const withTables = applyRenames(current, tables.renames);
  const columns = columnRenames(withTables, desired, hints);
  const withColumns = applyRenames(withTables, columns.renames);
  const parts = [...partRenames(withColumns, desired, 'index', same), ...partRenames(withColumns, desired, 'foreignKey', same)];
  return {
    renames: [...tables.renames, ...columns.renames, ...parts],
    suspects: [...tables.suspects, ...columns.suspects],
    current: applyRenames(withColumns, parts),
  };
}

interface Named {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}

type Verdict = { readonly certain: boolean; readonly because: string } | null;

interface Pairing {
  readonly renames: readonly Rename[];
  readonly suspects: readonly Suspect[];
}

/** Pairs each missing name with the one left-over name that is judged to be it; two candidates make none certain. */
function pairNames(wanted: readonly Named[], extra: readonly Named[], judge: (from: Named, to: Named) => Verdict, kind: 'table' | 'column' = 'table'): Pairing {
  const renames: Rename[] = [];
  const suspects: Suspect[] = [];
  for (const to of wanted) {
    const found = extra.flatMap((from) => {
      const verdict = from.schema === to.schema && from.table === to.table ? judge(from, to) : null;
      return verdict === null ? [] : [{ kind, schema: to.schema, table: kind === 'table' ? to.name : to.table, from: from.name, to: to.name, ...verdict }];
    });
    const certain = found.filter((candidate) => candidate.certain);
    const taken = (candidate: Rename) => renames.some((rename) => rename.schema === candidate.schema && rename.table === candidate.table && rename.from === candidate.from);
    for (const { certain: isCertain, ...candidate } of found) {
      if (isCertain && certain.length === 1 && !taken(candidate)) renames.push(candidate);
      else if (certain.length !== 1) suspects.push(candidate);
    }
  }
  return { renames, suspects };
}

/** Tables of `right` that `left` has not. */
function missingTables(left: Catalog, right: Catalog): readonly Named[] {
  return [...ofKind(right, 'table')].filter(({ ref }) => !left.objects.has(keyOf(ref))).map(({ ref }) => ({ schema: ref.schema, table: '', name: ref.name }));
}

const ALIKE = 0.6;

function tableJudge(current: Catalog, desired: Catalog, hints: RenameHints): (from: Named, to: Named) => Verdict {
  const columns = { current: columnTypes(current), desired: columnTypes(desired) };
  return (from, to) => {
    if (hints.stated.some((stated) => stated.column === null && stated.table === from.name && stated.to === to.name)) return { certain: true, because: 'you said so' };
    const because = alike(from.name, to.name, hints.unmapped(to.schema, to.name, null));
    if (because === null) return null;
    const [have, want] = [columns.current.get(tableKey(from.schema, from.name)), columns.desired.get(tableKey(to.schema, to.name))];
    return have && want && similarity(have, want) >= ALIKE ? because : null;
  };
}

type Columns = ReadonlyMap<string, string>;

function columnTypes(catalog: Catalog): ReadonlyMap<string, Columns> {
  const tables = new Map<string, Map<string, string>>();
  for (const { ref, def } of ofKind(catalog, 'column')) {
    const key = tableKey(ref.schema, ref.table);
    const columns = tables.get(key) ?? new Map<string, string>();
    tables.set(key, columns.set(squash(ref.name), def.type));
  }
  return tables;
}

/** Share of the wanted columns that are there, by name in any spelling. */
function similarity(have: Columns, want: Columns): number {
  if (want.size === 0) return 0;
  return [...want.keys()].filter((name) => have.has(name)).length / want.size;
}

/** `first_name`, `firstName` and `FIRSTNAME` squash to one. */
function squash(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function alike(from: string, to: string, unmapped: string | null): { certain: boolean; because: string } | null {
  if (from.toLowerCase() === to.toLowerCase()) return { certain: true, because: 'the names differ in letter case alone' };
  if (from === unmapped) return { certain: true, because: `it has the name the schema's model or field had before it was mapped to ${to}` };
  const [a, b] = [squash(from), squash(to)];
  const plural = (one: string, many: string) => many === `${one}s` || many === `${one}es` || (one.endsWith('y') && many === `${one.slice(0, -1)}ies`);
  return a === b || plural(a, b) || plural(b, a) ? { certain: false, because: 'the names are alike' } : null;
}

function columnRenames(current: Catalog, desired: Catalog, hints: RenameHints): Pairing {
  const missing = (left: Catalog, right: Catalog) =>
    [...ofKind(right, 'column')].filter(({ ref }) => !left.objects.has(keyOf(ref)) && left.objects.has(tableKey(ref.schema, ref.table))).map(({ ref }) => ref);
  return pairNames(missing(current, desired), missing(desired, current), (from, to) => {
    const stated = hints.stated.some((one) => one.table === to.table && one.column === from.name && one.to === to.name);
    if (stated) return { certain: true, because: 'you said so' };
    const because = alike(from.name, to.name, hints.unmapped(to.schema, to.table, to.name));
    const [before, after] = [columnAt(current, from), columnAt(desired, to)];
    return because !== null && before && after && sameType(before.def.type, after.def.type) ? because : null;
  }, 'column');
}

function columnAt(catalog: Catalog, { schema, table, name }: Named): CatalogObject<'column'> | undefined {
  const found = catalog.objects.get(keyOf({ kind: 'column', schema, table, name }));
  return isKind(found, 'column') ? found : undefined;
}

/** Indexes and foreign keys that are equal but for their names. */
function partRenames(current: Catalog, desired: Catalog, kind: 'index' | 'foreignKey', same: SameField): readonly Rename[] {
  const renames: Rename[] = [];
  const currentParts = byTable(current);
  for (const [table, objects] of byTable(desired)) {
    const wanted = objects.filter((object) => object.kind === kind && !current.objects.has(keyOf(object.ref)));
    if (wanted.length === 0) continue;
    const extra = (currentParts.get(table) ?? []).filter((object) => object.kind === kind && !desired.objects.has(keyOf(object.ref)));
    for (const after of wanted) {
      const at = extra.findIndex((before) => sameShape(before, after, same));
      const [before] = at < 0 ? [] : extra.splice(at, 1);
      if (before && 'name' in before.ref && 'name' in after.ref && 'table' in after.ref) {
        renames.push({ kind, schema: after.ref.schema, table: after.ref.table, from: before.ref.name, to: after.ref.name, because: 'it is the same but for its name' });
      }
    }
  }
  return renames;
}

/** Equal in every field but those a repair mends afterwards. */
function sameShape(before: CatalogObject, after: CatalogObject, same: SameField): boolean {
  const single = (object: CatalogObject): Catalog => ({ home: '', serverVersion: null, unmodeled: [], provided: [], objects: new Map([['', object]]) });
  const [change] = diff(single(before), single(after), same).changes;
  return change === undefined || (change.op === 'alter' && change.fields.every((field) => field === 'validated'));
}

/** The catalog with these names replaced wherever they stand. */
export function applyRenames(catalog: Catalog, renames: readonly Rename[]): Catalog {
  if (renames.length === 0) return catalog;
  const names = new Map(renames.map(({ kind, schema, table, from, to }) => [kind === 'table' ? `table ${schema} ${from}` : `${kind} ${schema} ${table} ${from}`, to]));
  const newTable = (schema: string, table: string) => names.get(`table ${schema} ${table}`) ?? table;
  const newColumn = (schema: string, table: string, column: string) => names.get(`column ${schema} ${table} ${column}`) ?? column;
  return buildCatalog({ ...catalog, objects: [...catalog.objects.values()].map((object) => renamed(object, newTable, newColumn, names)) });
}

type NewTable = (schema: string, table: string) => string;
type NewColumn = (schema: string, table: string, column: string) => string;

function renamed(object: CatalogObject, newTable: NewTable, newColumn: NewColumn, names: ReadonlyMap<string, string>): CatalogObject {
  const { ref } = object;
  if (ref.kind === 'table') return { ...object, kind: 'table', ref: { ...ref, name: newTable(ref.schema, ref.name) } } as CatalogObject;
  if (!('table' in ref)) return object;
  const table = newTable(ref.schema, ref.table);
  const columns = (list: readonly string[]) => list.map((column) => newColumn(ref.schema, table, column));
  const part = <K extends Kind>(kind: K, name: string) => names.get(`${kind} ${ref.schema} ${table} ${name}`) ?? name;
  switch (object.kind) {
    case 'column':
      return { ...object, ref: { ...object.ref, table, name: part('column', object.ref.name) } };
    case 'primaryKey':
      return { ...object, ref: { ...object.ref, table }, def: { ...object.def, columns: columns(object.def.columns) } };
    case 'index':
      return { ...object, ref: { ...object.ref, table, name: part('index', object.ref.name) }, def: renamedIndex(object.def, columns) };
    case 'foreignKey':
      return { ...object, ref: { ...object.ref, table, name: part('foreignKey', object.ref.name) }, def: renamedForeignKey(object.def, columns, newTable, newColumn) };
    case 'comment':
      return { ...object, ref: { ...object.ref, table, name: object.ref.on === 'column' ? newColumn(ref.schema, table, object.ref.name) : object.ref.name } };
    default:
      return object;
  }
}

function renamedIndex(def: Index, columns: (list: readonly string[]) => readonly string[]): Index {
  const key = (old: IndexKey): IndexKey => (old.column === undefined ? old : { ...old, column: columns([old.column])[0] ?? old.column });
  return { ...def, keys: def.keys.map(key), include: columns(def.include) };
}

function renamedForeignKey(def: ForeignKey, columns: (list: readonly string[]) => readonly string[], newTable: NewTable, newColumn: NewColumn): ForeignKey {
  const targetTable = newTable(def.targetSchema, def.targetTable);
  return { ...def, columns: columns(def.columns), targetTable, targetColumns: def.targetColumns.map((column) => newColumn(def.targetSchema, targetTable, column)) };
}
