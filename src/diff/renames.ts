// One object under two names. Renaming keeps its rows; dropping and creating would not, so these are found before anything else.

import { byTable, isKind, keyOf, ofKind, tableKey, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { diff, type SameField } from './diff.ts';
import { sameType } from './equivalences.ts';
import { applyRenames } from './renaming.ts';

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
  if (missing(current, desired).length === 0) return { renames: [], suspects: [], current };
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

type Verdict = { readonly certain: boolean; readonly stated?: boolean; readonly because: string } | null;

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
    const stated = found.filter((candidate) => candidate.stated);
    const certain = stated.length > 0 ? stated : found.filter((candidate) => candidate.certain);
    const taken = (candidate: Rename) => renames.some((rename) => rename.schema === candidate.schema && rename.table === candidate.table && rename.from === candidate.from);
    for (const one of found) {
      const { certain: _, stated: __, ...candidate } = one;
      if (certain.length === 1 && certain[0] === one && !taken(candidate)) renames.push(candidate);
      else if (certain.length !== 1) suspects.push(candidate);
    }
  }
  return { renames, suspects };
}

/** What `right` has and `left` has not. */
function missing(left: Catalog, right: Catalog): readonly CatalogObject[] {
  const objects: CatalogObject[] = [];
  right.objects.forEach((object, key) => {
    if (!left.objects.has(key)) objects.push(object);
  });
  return objects;
}

function missingTables(left: Catalog, right: Catalog): readonly Named[] {
  return missing(left, right).flatMap((object) => (object.kind === 'table' ? [{ schema: object.ref.schema, table: '', name: object.ref.name }] : []));
}

/** Columns that `right` has and `left` has not, of tables that both have. */
function missingColumns(left: Catalog, right: Catalog): readonly Named[] {
  return missing(left, right).flatMap(({ ref }) => (ref.kind === 'column' && left.objects.has(tableKey(ref.schema, ref.table)) ? [ref] : []));
}

const ALIKE = 0.6;

function tableJudge(current: Catalog, desired: Catalog, hints: RenameHints): (from: Named, to: Named) => Verdict {
  let columns: { readonly current: ReadonlyMap<string, Columns>; readonly desired: ReadonlyMap<string, Columns> } | undefined;
  return (from, to) => {
    if (hints.stated.some((stated) => stated.column === null && stated.table === from.name && stated.to === to.name)) return { certain: true, stated: true, because: 'you said so' };
    const because = alike(from.name, to.name, hints.unmapped(to.schema, to.name, null));
    if (because === null) return null;
    columns ??= { current: columnNames(current), desired: columnNames(desired) };
    const [have, want] = [columns.current.get(tableKey(from.schema, from.name)), columns.desired.get(tableKey(to.schema, to.name))];
    return have && want && similarity(have, want) >= ALIKE ? because : null;
  };
}

type Columns = ReadonlySet<string>;

/** The squashed names of each table's columns. */
function columnNames(catalog: Catalog): ReadonlyMap<string, Columns> {
  const tables = new Map<string, Set<string>>();
  for (const { ref } of ofKind(catalog, 'column')) {
    const key = tableKey(ref.schema, ref.table);
    tables.set(key, (tables.get(key) ?? new Set()).add(squash(ref.name)));
  }
  return tables;
}

/** Share of the wanted columns that are there, by name in any spelling. */
function similarity(have: Columns, want: Columns): number {
  return want.size === 0 ? 0 : [...want].filter((name) => have.has(name)).length / want.size;
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
  return pairNames(missingColumns(current, desired), missingColumns(desired, current), (from, to) => {
    const stated = hints.stated.some((one) => one.table === to.table && one.column === from.name && one.to === to.name);
    if (stated) return { certain: true, stated: true, because: 'you said so' };
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
  const parts = (left: Catalog, right: Catalog) => missing(left, right).filter((object) => object.kind === kind);
  const extra = byTable(parts(desired, current));
  const used = new Set<CatalogObject>();
  const renames: Rename[] = [];
  for (const [table, wanted] of byTable(parts(current, desired))) {
    for (const after of wanted) {
      const before = extra.get(table)?.find((one) => !used.has(one) && sameShape(one, after, same));
      if (before === undefined || !('name' in before.ref) || !('name' in after.ref && 'table' in after.ref)) continue;
      used.add(before);
      renames.push({ kind, schema: after.ref.schema, table: after.ref.table, from: before.ref.name, to: after.ref.name, because: 'it is the same but for its name' });
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
