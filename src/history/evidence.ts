// What the live catalog shows of a migration that the ledger does not call applied: all of it, nothing, a part, or something else.

import { tableKey } from '../catalog/catalog.ts';
import type { Delta, Opaque, State } from '../effects/types.ts';
import { verdictOf, type Verdict } from '../effects/verdict.ts';
import type { MigrationFile } from './history.ts';
import type { Statement } from './script.ts';
import { netDeltas, type Equalities, type Traced, type TracedStatement } from './trace.ts';

export interface Shown {
  readonly statement: Statement;
  readonly title: string;
  readonly verdict: Verdict['verdict'];
  /** `column "name": type text, wanted integer`; of what is there in part, what is not. */
  readonly differences: readonly string[];
  /** Why it cannot be seen. */
  readonly opaque: readonly Opaque[];
}

/**
 * `done`: all that can be seen is there; `absent`: nothing is; `part`: some is, and `rest` would complete it; `conflict`: something
 * is there and is other; `unseen`: rows or code, which no catalog shows; `empty`: it does nothing; `unread`: no statements to judge.
 */
export type Standing = 'done' | 'absent' | 'part' | 'conflict' | 'unseen' | 'empty' | 'unread';

export interface Evidence {
  readonly file: MigrationFile;
  readonly standing: Standing;
  readonly statements: readonly Shown[];
  /** What would still have to run, in order. */
  readonly rest: readonly Statement[];
  readonly unread: string | null;
  /** Every statement of it may run over its own result: nothing stops a deploy. */
  readonly rerunnable: boolean;
}

/** Tables without a row, as `schema\0name`: over those an UPDATE does nothing, and an INSERT has not happened. */
export type EmptyTables = ReadonlySet<string>;

export interface Standpoint extends Equalities {
  readonly live: State;
  readonly empty: EmptyTables;
  /** The catalog before the file: what is so already shows nothing of it. */
  readonly before: State;
  /** Later files that are there as well, and may have changed again what this one made. */
  readonly later: readonly Traced[];
}

export function evidenceOf(traced: Traced, from: Standpoint): Evidence {
  const { file, unread } = traced;
  if (unread !== null) return { file, standing: 'unread', statements: [], rest: [], unread, rerunnable: false };
  const last = new Map(netDeltas([traced, ...from.later].flatMap(({ statements }) => statements.flatMap(({ effect }) => effect.deltas))).map((delta) => [delta.key, delta]));
  const statements = traced.statements.map((one) => shown(one, last, from));
  const rerunnable = traced.statements.every(({ statement, effect }) => effect.repeatable || isOwnBlock(statement));
  return { file, unread, ...standingOf(statements), statements, rerunnable };
}

function shown({ statement, effect }: TracedStatement, last: ReadonlyMap<string, Delta>, from: Standpoint): Shown {
  const { live, same, empty } = from;
  const open = isOwnBlock(statement) ? [] : effect.opaque.filter((one) => !isNothing(one, empty));
  const undone = open.length > 0 && open.every((one) => isUndone(one, from));
  const telling = effect.deltas.flatMap((delta) => tellingDelta(delta, last, from));
  const { verdict, differences } = verdictOf(telling, live, same);
  const completes = verdict === 'partial' && isOwnBlock(statement);
  const lacking = verdict !== 'partial' ? [] : telling.filter((delta) => verdictOf([delta], live, same).verdict !== 'satisfied').map(({ key, after }) => `${key} is ${after === null ? 'still there' : 'missing'}`);
  return { statement, title: effect.title, verdict: overall(telling.length === 0 ? 'none' : completes ? 'unsatisfied' : verdict, open.length > 0, undone), differences: [...differences, ...lacking], opaque: open };
}

/** What no catalog shows outweighs that the rest is there. */
function overall(seen: Shown['verdict'], hidden: boolean, undone: boolean): Shown['verdict'] {
  if (!hidden) return seen;
  if (seen === 'none') return undone ? 'unsatisfied' : 'unknown';
  return seen === 'satisfied' ? 'unknown' : seen;
}

/** Rows that would be there; a table that would have to be there. */
function isUndone(opaque: Opaque, { empty, live }: Standpoint): boolean {
  if (opaque.kind === 'unread') return opaque.table !== undefined && !live.objects.has(tableKey(opaque.table.schema, opaque.table.name));
  return opaque.kind === 'rows' && opaque.verb === 'INSERT' && opaque.tables.every((table) => empty.has(tableId(table)));
}

/** A block of this program's own looks before it acts, and may be run as often as one likes. */
function isOwnBlock({ text }: Statement): boolean {
  return /^DO\s+\$mend\d*\$/.test(text);
}

/** The object as the last statement leaves it, against what it was before the file; nothing, where that is the same. */
function tellingDelta(delta: Delta, last: ReadonlyMap<string, Delta>, { before, strict }: Standpoint): readonly Delta[] {
  const after = (last.get(delta.key) ?? delta).after;
  const earlier = (delta.modeled ? before.objects.get(delta.key) : before.others.get(delta.key)) ?? null;
  if (earlier === null && after === null) return [];
  const telling = { ...delta, before: earlier, after } as Delta;
  // A thing known by name alone that is replaced by one of the same name shows nothing either.
  const unchanged = earlier !== null && after !== null && (!telling.modeled || verdictOf([{ ...telling, before: null } as Delta], before, strict).verdict === 'satisfied');
  return unchanged ? [] : [telling];
}

function isNothing(opaque: Opaque, empty: EmptyTables): boolean {
  return opaque.kind === 'rows' && !opaque.onEmpty && opaque.tables.length > 0 && opaque.tables.every((table) => empty.has(tableId(table)));
}

export function tableId({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}\0${name}`;
}

function standingOf(statements: readonly Shown[]): Pick<Evidence, 'standing' | 'rest'> {
  const has = (verdict: Shown['verdict']) => statements.some((one) => one.verdict === verdict);
  const rest = statements.filter(({ verdict }) => verdict === 'unsatisfied').map(({ statement }) => statement);
  if (has('conflicting') || has('partial')) return { standing: 'conflict', rest: [] };
  if (statements.every(({ verdict }) => verdict === 'none')) return { standing: 'empty', rest: [] };
  if (!has('satisfied')) return has('unsatisfied') ? { standing: 'absent', rest } : { standing: 'unseen', rest: [] };
  if (has('unknown')) return { standing: 'unseen', rest };
  return has('unsatisfied') ? { standing: 'part', rest } : { standing: 'done', rest: [] };
}
