// What differs between a point of the history and the live database, in both directions.

import { tableOf } from '../catalog/catalog.ts';
import { standsOn } from '../catalog/depends.ts';
import { ledgerOwner } from '../catalog/provided.ts';
import { isManaged } from '../diff/compare.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { equalField, type SameField } from '../diff/diff.ts';
import type { State } from '../effects/types.ts';

export interface Residue {
  /** `column "public"."User"."name"`, or a name and its kind for what no catalog models. */
  readonly key: string;
  readonly what: 'missing' | 'changed' | 'extra';
  /** Of a changed object the fields. */
  readonly fields: readonly string[];
}

/** Objects of what is missing or extra as a whole are not named one by one. */
export function residueOf(expected: State, live: State, same: SameField): readonly Residue[] {
  const found: Residue[] = [];
  for (const [key, wanted] of expected.objects) {
    const there = live.objects.get(key);
    if (there === undefined && isOwn(wanted) && !hasTwin(wanted, expected, live, same)) found.push({ key, what: 'missing', fields: [] });
    const fields = there === undefined ? [] : Object.keys(wanted.def).filter((field) => !equalField(field, there, wanted) && same(field, there, wanted) === false);
    if (fields.length > 0) found.push({ key, what: 'changed', fields });
  }
  for (const [key, there] of live.objects) {
    if (!expected.objects.has(key) && isOwn(there) && !hasTwin(there, live, expected, same)) found.push({ key, what: 'extra', fields: [] });
  }
  return [...folded(found, expected, live), ...byName(expected, live)];
}

/** Sequences, extensions and comments come and go with what they belong to. */
function isOwn(object: CatalogObject): boolean {
  const table = tableOf(object.ref);
  return isManaged(object) && (table === null || ledgerOwner(table.table) === null);
}

/** The same index or key under another name is a rename, and that no schema minds. */
function hasTwin(object: CatalogObject, own: State, other: State, same: SameField): boolean {
  if (object.kind !== 'index' && object.kind !== 'foreignKey') return false;
  return [...other.objects].some(([key, one]) => one.kind === object.kind && 'table' in one.ref && one.ref.schema === object.ref.schema && one.ref.table === object.ref.table && !own.objects.has(key)
    && Object.keys(object.def).every((field) => equalField(field, one, object) || same(field, one, object) !== false));
}

/** With a table goes all that is on it; with a column its indexes and keys; all of that is one change. */
function folded(found: readonly Residue[], expected: State, live: State): readonly Residue[] {
  const whole = new Set(found.filter(({ what }) => what !== 'changed').map(({ key }) => key));
  return found.filter(({ key, what }) => {
    const object = what === 'missing' ? expected.objects.get(key) : live.objects.get(key);
    return object === undefined || what === 'changed' || !standsOn(object, live.home, () => []).some((one) => one !== key && whole.has(one));
  });
}

function byName(expected: State, live: State): readonly Residue[] {
  const words = ({ kind, schema, table, name }: { readonly kind: string; readonly schema: string; readonly table: string | null; readonly name: string }) => `${kind} ${[schema, table, name].filter(Boolean).join('.')}`;
  const missing = [...expected.others].filter(([key]) => !live.others.has(key)).map(([, one]): Residue => ({ key: words(one), what: 'missing', fields: [] }));
  const extra = [...live.others].filter(([key]) => !expected.others.has(key)).map(([, one]): Residue => ({ key: words(one), what: 'extra', fields: [] }));
  return [...missing, ...extra];
}

export function residueWords({ key, what, fields }: Residue): string {
  const name = key.replaceAll('"', '');
  return what === 'missing' ? `${name} is missing` : what === 'extra' ? `${name} is there beside it` : `${name} differs (${fields.join(', ')})`;
}
