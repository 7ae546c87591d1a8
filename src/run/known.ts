// How servers print the expressions a plan's promises are about; a scratch server is asked only when there are any.

import { keyOf } from '../catalog/catalog.ts';
import type { CatalogObject, Ref } from '../catalog/kinds.ts';
import type { Comparison } from '../diff/compare.ts';
import { makePlan, type PlanOptions } from '../plan/plan.ts';
import { olderForm } from '../plan/printed.ts';
import type { KnownTexts } from '../plan/promises.ts';
import type { Facts } from '../plan/types.ts';
import { askKey, printedTexts, type Ask } from '../source/canonical.ts';
import type { Workspace } from './workspace.ts';

/** The expression of an object whose printed text may not be known beforehand. */
export function expressionOf(object: CatalogObject | undefined): string | null {
  return object?.kind === 'column' ? object.def.default : object?.kind === 'index' ? object.def.predicate : null;
}

/** Texts by object, `null` for what no server could print. */
export async function askKnown(workspace: Workspace, comparison: Comparison, facts: Facts, settings: PlanOptions, major: number): Promise<KnownTexts> {
  const asks = new Map<string, Ask>();
  const record = (ref: Ref) => {
    const object = comparison.desired.objects.get(keyOf(ref));
    const expression = expressionOf(object);
    if (expression !== null && (object?.kind === 'column' || object?.kind === 'index')) asks.set(keyOf(ref), { object, expression });
    return null;
  };
  makePlan(comparison, facts, { ...settings, known: record });
  if (asks.size === 0) return () => null;
  const scratch = await workspace.builtScratch(comparison.desired.home, comparison.desired, major);
  try {
    const printed = await printedTexts(scratch, [...asks.values()]);
    return (ref) => {
      const ask = asks.get(keyOf(ref));
      const text = ask === undefined ? undefined : printed.get(askKey(ask));
      return text === undefined ? null : [...new Set([text, olderForm(text)])];
    };
  } finally {
    await scratch.close();
  }
}
