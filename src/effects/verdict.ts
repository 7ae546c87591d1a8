// Whether a live database holds what a statement does.

import { keyOf } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { equalField, type SameField } from '../diff/diff.ts';
import type { Delta, Opaque, State } from './types.ts';

export interface Verdict {
  /** `none`: it changes no catalog. `unknown`: it does what no catalog shows. */
  readonly verdict: 'satisfied' | 'partial' | 'unsatisfied' | 'conflicting' | 'unknown' | 'none';
  /** How many of its changes the live database has, and of how many. */
  readonly holding: number;
  readonly of: number;
  /** What is there with another definition: name, field, wanted and found. */
  readonly differences: readonly string[];
  /** There by name; their definitions cannot be compared. */
  readonly byNameOnly: readonly string[];
  /** There with the same definition under another name. */
  readonly renamed: readonly { readonly key: string; readonly liveKey: string }[];
}

interface Judged {
  readonly holds: boolean;
  readonly differences: readonly string[];
  readonly byNameOnly?: string;
  readonly renamed?: Verdict['renamed'][number];
}

export function verdictOf(deltas: readonly Delta[], live: State, same: SameField, opaque: readonly Opaque[] = []): Verdict {
  const touched = new Set(deltas.map(({ key }) => key));
  const judged = deltas.map((delta) => judge(delta, live, same, touched));
  const holding = judged.filter(({ holds }) => holds).length;
  const differences = judged.flatMap((one) => one.differences);
  const byNameOnly = judged.map((one) => one.byNameOnly).filter((one) => one !== undefined);
  const renamed = judged.map((one) => one.renamed).filter((one) => one !== undefined);
  return { verdict: overall(deltas.length, holding, differences.length, opaque.length), holding, of: deltas.length, differences, byNameOnly, renamed };
}

function overall(of: number, holding: number, differences: number, opaque: number): Verdict['verdict'] {
  if (of === 0) return opaque > 0 ? 'unknown' : 'none';
  if (differences > 0) return 'conflicting';
  if (holding === of) return 'satisfied';
  return holding === 0 ? 'unsatisfied' : 'partial';
}

/** Whether the live catalog is as this change leaves it. */
export function holds(delta: Delta, live: State, same: SameField): boolean {
  return judge(delta, live, same, null).holds;
}

/** `touched`: what the statement itself changes, which is nobody's other name; `null` to look at names alone. */
function judge(delta: Delta, live: State, same: SameField, touched: ReadonlySet<string> | null): Judged {
  if (!delta.modeled) {
    const there = live.others.has(delta.key);
    if (delta.after === null) return { holds: !there, differences: [] };
    return there ? { holds: true, differences: [], byNameOnly: `${delta.after.kind} ${delta.after.name}` } : { holds: false, differences: [] };
  }
  const { before, after } = delta;
  const found = live.objects.get(delta.key);
  if (after === null) return { holds: found === undefined, differences: [] };
  if (found === undefined) return touched === null ? { holds: false, differences: [] } : absent(delta.key, after, live, same, touched);
  return compared(before, after, found, same);
}

/** A change that is not made yet leaves the field as it was before: that is no conflict. */
function compared(before: CatalogObject | null, after: CatalogObject, found: CatalogObject, same: SameField): Judged {
  const fields = Object.keys(after.def);
  const equal = (field: string, a: CatalogObject, b: CatalogObject) => equalField(field, a, b) || same(field, a, b) !== false;
  const changed = before === null ? fields : fields.filter((field) => !equalField(field, before, after));
  const wrong = (changed.length === 0 ? fields : changed).filter((field) => !equal(field, found, after));
  const odd = before === null ? wrong : wrong.filter((field) => !equal(field, found, before));
  return { holds: wrong.length === 0, differences: odd.map((field) => `${keyOf(after.ref)}: ${field} is ${shown(found, field)}, wanted ${shown(after, field)}`) };
}

/** Indexes and foreign keys are often there under another name. */
function absent(key: string, after: CatalogObject, live: State, same: SameField, touched: ReadonlySet<string>): Judged {
  if (after.kind !== 'index' && after.kind !== 'foreignKey') return { holds: false, differences: [] };
  const twin = [...live.objects].find(([other, one]) => !touched.has(other) && one.kind === after.kind && 'table' in one.ref && one.ref.schema === after.ref.schema && one.ref.table === after.ref.table && Object.keys(after.def).every((field) => equalField(field, one, after) || same(field, one, after) !== false));
  return twin === undefined ? { holds: false, differences: [] } : { holds: true, differences: [], renamed: { key, liveKey: twin[0] } };
}

function shown(object: CatalogObject, field: string): string {
  return JSON.stringify((object.def as Readonly<Record<string, unknown>>)[field]);
}
