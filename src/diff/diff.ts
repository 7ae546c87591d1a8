// Two catalogs → what differs. Names no kind: what counts as equal is in equivalences.ts.

import { keyOf, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject, Kind, Ref } from '../catalog/kinds.ts';

export type Change =
  | { readonly op: 'create'; readonly kind: Kind; readonly ref: Ref; readonly after: CatalogObject }
  | { readonly op: 'drop'; readonly kind: Kind; readonly ref: Ref; readonly before: CatalogObject }
  | { readonly op: 'alter'; readonly kind: Kind; readonly ref: Ref; readonly before: CatalogObject; readonly after: CatalogObject; readonly fields: readonly string[] };

/** A difference that means nothing to Prisma, with the rule that says so. */
export interface Note {
  readonly ref: Ref;
  readonly rule: string;
}

export interface Diff {
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
}

/** `true` when the field says the same on both sides; a string names the rule by which it does. */
export type SameField = (field: string, before: CatalogObject, after: CatalogObject) => boolean | string;

/** What would turn `current` into `desired`: creations and alterations in desired order, then drops in current order. */
export function diff(current: Catalog, desired: Catalog, same: SameField = equalField): Diff {
  const changes: Change[] = [];
  const notes: Note[] = [];
  for (const [key, after] of desired.objects) {
    const before = current.objects.get(key);
    if (before === undefined) {
      changes.push({ op: 'create', kind: after.kind, ref: after.ref, after });
      continue;
    }
    const fields: string[] = [];
    for (const field of Object.keys(after.def)) {
      const verdict = equalField(field, before, after) || same(field, before, after);
      if (verdict === false) fields.push(field);
      else if (typeof verdict === 'string') notes.push({ ref: after.ref, rule: verdict });
    }
    if (fields.length > 0) changes.push({ op: 'alter', kind: after.kind, ref: after.ref, before, after, fields });
  }
  for (const [key, before] of current.objects) {
    if (!desired.objects.has(key)) changes.push({ op: 'drop', kind: before.kind, ref: before.ref, before });
  }
  return { changes, notes };
}

export function equalField(field: string, before: CatalogObject, after: CatalogObject): boolean {
  const [a, b] = [fieldOf(before, field), fieldOf(after, field)];
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

export function fieldOf(object: CatalogObject, field: string): unknown {
  return (object.def as Readonly<Record<string, unknown>>)[field];
}

export function changeKey(change: Change): string {
  return `${change.op} ${keyOf(change.ref)}`;
}
