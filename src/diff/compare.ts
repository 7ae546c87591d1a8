// The live catalog against what a Prisma schema wants: renames first, then what is missing or other, then what is only there.

import { keyOf, ofKind, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject, Kind } from '../catalog/kinds.ts';
import { diff, type Change, type Note } from './diff.ts';
import { prismaSame, type SameExpression } from './equivalences.ts';
import { findRenames, type Rename, type RenameHints, type Suspect } from './renames.ts';

export interface Comparison {
  /** `current` as it is, and as it will be once the renames are done. */
  readonly live: Catalog;
  readonly current: Catalog;
  readonly desired: Catalog;
  readonly renames: readonly Rename[];
  readonly suspects: readonly Suspect[];
  /** Creations and alterations, in the desired order. */
  readonly changes: readonly Exclude<Change, { op: 'drop' }>[];
  /** In the database and not in the schema: the user's own, never dropped. */
  readonly extras: readonly CatalogObject[];
  readonly notes: readonly Note[];
}

export const NO_HINTS: RenameHints = { unmapped: () => null, stated: [] };

/** A name that stands for every other: what Prisma's schema says nothing about is not a difference. */
const UNMANAGED_KINDS: ReadonlySet<Kind> = new Set<Kind>(['schema', 'extension', 'sequence', 'comment']);

export function comparePrisma(live: Catalog, desired: Catalog, hints: RenameHints, expressions: SameExpression): Comparison {
  const same = prismaSame(expressions);
  const { renames, suspects, current } = findRenames(live, desired, hints, same);
  const { changes, notes } = diff(current, desired, same);
  const joins = joinTables(changes, current);
  const wanted = changes.filter((change): change is Exclude<Change, { op: 'drop' }> => change.op !== 'drop' && !joins.absorbed.has(keyOf(change.ref)));
  const extras = changes.flatMap((change) => (change.op === 'drop' && !joins.absorbed.has(keyOf(change.ref)) ? [change.before] : []));
  return { live, current, desired, renames, suspects, changes: wanted, extras, notes: [...notes, ...joins.notes] };
}

/** Kinds of extra objects that could matter to the application; the rest is the user's own beyond doubt. */
export function isManaged(object: CatalogObject): boolean {
  return !UNMANAGED_KINDS.has(object.kind);
}

/**
 * Prisma up to 5 gave its join tables a unique index on (A, B), Prisma 6 gives them a primary key. Both hold the same rows
 * and the same guarantee, and neither version minds the other's.
 */
function joinTables(changes: readonly Change[], current: Catalog): { absorbed: ReadonlySet<string>; notes: readonly Note[] } {
  const absorbed = new Set<string>();
  const notes: Note[] = [];
  const indexes = [...ofKind(current, 'index')];
  for (const change of changes) {
    if (change.op !== 'create' || change.after.kind !== 'primaryKey') continue;
    const { ref, def } = change.after;
    if (!ref.table.startsWith('_') || def.columns.join() !== 'A,B') continue;
    const unique = indexes.find(({ ref: index, def: { unique, predicate, valid, keys } }) =>
      index.schema === ref.schema && index.table === ref.table && unique && valid && predicate === null && keys.map((key) => key.column).join() === 'A,B');
    if (unique === undefined) continue;
    absorbed.add(keyOf(change.ref)).add(keyOf(unique.ref));
    notes.push({ ref: change.ref, rule: 'join-table-form' });
  }
  return { absorbed, notes };
}
