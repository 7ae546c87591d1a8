// A history as what it does, statement by statement, without running it; and the point of it at which a live catalog stands.

import { effectsOf } from '../effects/effects.ts';
import { apply, type Delta, type Effect, type State } from '../effects/types.ts';
import { holds } from '../effects/verdict.ts';
import type { SameField } from '../diff/diff.ts';
import { foreignFlavour } from './flavour.ts';
import type { MigrationFile } from './history.ts';
import { partsOf } from './parts.ts';
import type { Reader, Statement } from './script.ts';

export interface TracedStatement {
  readonly statement: Statement;
  readonly effect: Effect;
}

export interface Traced {
  readonly file: MigrationFile;
  readonly statements: readonly TracedStatement[];
  /** Why its statements are not known: SQL of another database, or no SQL at all. */
  readonly unread: string | null;
}

export interface Trace {
  readonly steps: readonly Traced[];
  /** After all of them. */
  readonly state: State;
}

/** `live` stands in for objects that the history never made. `from`: what was there before the first file. */
export function traceFiles(files: readonly MigrationFile[], read: Reader, live: State | null, from: State): Trace {
  const state = copyOf(from);
  const steps = files.map((file): Traced => {
    const flavour = foreignFlavour(file.sql);
    const script = read.script(file.sql);
    const unread = file.missing ? 'it has no migration.sql' : flavour !== null ? `it is written for ${flavour.database}` : (script.problem?.message ?? null);
    if (unread !== null) return { file, statements: [], unread };
    const statements = script.statements.flatMap(partsOf).map((statement) => {
      const effect = effectsOf(statement, state, live, read.block);
      apply(state, effect);
      return { statement, effect };
    });
    // A search_path of one file is not that of the next: Prisma sets it anew.
    state.home = from.home;
    return { file, statements, unread: null };
  });
  return { steps, state };
}

/** What all deltas together come to: each object once, from before the first to after the last. */
export function netDeltas(deltas: Iterable<Delta>): readonly Delta[] {
  const net = new Map<string, Delta>();
  for (const delta of deltas) {
    const earlier = net.get(delta.key);
    if (earlier === undefined) net.set(delta.key, delta);
    else if (earlier.modeled && delta.modeled) net.set(delta.key, { ...delta, before: earlier.before });
    else if (!earlier.modeled && !delta.modeled) net.set(delta.key, { ...delta, before: earlier.before });
  }
  return [...net.values()];
}

export function deltasOf({ statements }: Traced): readonly Delta[] {
  return statements.flatMap(({ effect }) => effect.deltas);
}

/** A point in a sequence of files: so many of them whole, and so many statements of the next. */
export interface Cut {
  readonly files: number;
  readonly statements: number;
  /** Objects the sequence touches that are not as they would be at this point. */
  readonly wrong: readonly string[];
}

/** When two objects say the same: leniently, as Prisma means it, and in every word. */
export interface Equalities {
  readonly same: SameField;
  readonly strict: SameField;
}

/** The point at which the live catalog agrees best with what the files make; where it agrees as well at several, in every word; the earliest of equals. */
export function nearestCut(steps: readonly Traced[], live: State, { same, strict }: Equalities): Cut {
  const wrong = new Set<string>();
  const unlike = new Set<string>();
  const see = (delta: Delta, expected: Delta['after']) => {
    for (const [set, rule] of [[wrong, same], [unlike, strict]] as const) {
      if (isThere(delta, expected, live, rule)) set.delete(delta.key);
      else set.add(delta.key);
    }
  };
  for (const delta of firstStates(steps).values()) see(delta, delta.before);
  let best: Cut & { readonly unlike: number } = { files: 0, statements: 0, wrong: [...wrong], unlike: unlike.size };
  for (const [files, step] of steps.entries()) {
    for (const [at, { effect }] of step.statements.entries()) {
      for (const delta of effect.deltas) see(delta, delta.after);
      const whole = at + 1 === step.statements.length;
      const better = wrong.size < best.wrong.length || (wrong.size === best.wrong.length && unlike.size < best.unlike);
      if (better) best = { files: whole ? files + 1 : files, statements: whole ? 0 : at + 1, wrong: [...wrong], unlike: unlike.size };
    }
  }
  return best;
}

/** The catalog as it is at this point, from what was there before the first file. */
export function stateAt(steps: readonly Traced[], { files, statements }: Pick<Cut, 'files' | 'statements'>, from: State): State {
  const state = copyOf(from);
  for (const step of steps.slice(0, files)) advance(state, step);
  for (const { effect } of steps[files]?.statements.slice(0, statements) ?? []) apply(state, { ...effect, home: null });
  return state;
}

export function copyOf(state: State): State {
  return { ...state, objects: new Map(state.objects), others: new Map(state.others) };
}

/** Brings the state past the file, in place. */
export function advance(state: State, { statements }: Traced): void {
  for (const { effect } of statements) apply(state, { ...effect, home: null });
}

/** All of the object is as expected, not only what one statement changed of it. */
function isThere(delta: Delta, expected: Delta['after'], live: State, same: SameField): boolean {
  return holds({ ...delta, before: null, after: expected } as Delta, live, same);
}

/** The first delta of each object: its `before` is what was expected before any of the files ran. */
function firstStates(steps: readonly Traced[]): ReadonlyMap<string, Delta> {
  const first = new Map<string, Delta>();
  for (const step of steps) for (const delta of deltasOf(step)) if (!first.has(delta.key)) first.set(delta.key, delta);
  return first;
}
