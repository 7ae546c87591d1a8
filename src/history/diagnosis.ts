// All that is known of a history: files, ledger and catalog held against each other.

import { tableKey } from '../catalog/catalog.ts';
import type { Delta, State } from '../effects/types.ts';
import type { Evidence } from './evidence.ts';
import type { HistoryFacts } from './history.ts';
import type { FileProblem } from './problems.ts';
import type { Refusal } from './refusal.ts';
import type { Baselined, ResolutionPlan } from './resolve.ts';
import { deltasOf, netDeltas, type Cut, type Trace } from './trace.ts';

/** A revision of git that has the text that was applied. */
export interface Kept {
  readonly revision: string;
  readonly path: string;
}

/** What became of a file since it was applied. */
export interface Edit {
  readonly name: string;
  /** In what the two texts differ, for people. */
  readonly words: string;
  /** They parse to the same statements, so the checksum may be realigned. */
  readonly equal: boolean;
  /** Where the applied text is. */
  readonly restore: Kept | null;
  /** What it says now is right wherever all of that is there. */
  readonly provable: boolean;
  /** Columns that are all it says beyond the applied text; empty where the whole file is to be looked for. */
  readonly adds: readonly { readonly table: string; readonly column: string }[];
}

/** A file alters what a later one creates: on an empty database it fails. */
export interface Disorder {
  readonly name: string;
  readonly creator: string;
  readonly table: string;
}

export interface Diagnosis extends ResolutionPlan {
  readonly facts: HistoryFacts;
  readonly trace: Trace;
  readonly evidence: ReadonlyMap<string, Evidence>;
  /** Of what the ledger calls applied; empty unless it was asked for. */
  readonly applied: ReadonlyMap<string, Evidence>;
  readonly problems: ReadonlyMap<string, FileProblem>;
  readonly edits: ReadonlyMap<string, Edit>;
  /** Applied migrations without a directory, and where git has kept each. */
  readonly lost: ReadonlyMap<string, Kept>;
  readonly baselined: (Baselined & { readonly cut: Cut }) | null;
  readonly disorder: readonly Disorder[];
  /** Of `deployable`, what PostgreSQL has refused as it is now. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** The live catalog as it would be after `deployable`, without what the rows stand against. */
  readonly predicted: State;
  /** What the prediction leaves open: code whose effect no one can read. */
  readonly uncertain: readonly string[];
}

/** A file is about to drop what no file before it made. */
export interface Stray {
  readonly name: string;
  /** `index User.users_name_trgm` */
  readonly what: string;
}

/** Made by hand, and unknown to the schema: Prisma writes such a DROP by itself into the next migration it makes. */
export function straysOf({ trace: { steps }, deployable }: Pick<Diagnosis, 'trace' | 'deployable'>): readonly Stray[] {
  const made = new Set<string>();
  return steps.flatMap((step) => {
    const deltas = deltasOf(step);
    const coming = deployable.some(({ name }) => name === step.file.name);
    const gone = coming ? netDeltas(deltas).filter(({ key, before, after }) => before !== null && after === null && !made.has(key)) : [];
    for (const { key, after } of deltas) if (after !== null) made.add(key);
    const tables = new Set(gone.flatMap(({ key, before }) => (before !== null && 'ref' in before && before.kind === 'table' ? [key] : [])));
    return gone.flatMap(({ before }) => strayIn(step.file.name, before, tables));
  });
}

/** What goes with its table is not said again. */
function strayIn(name: string, before: Delta['before'], tables: ReadonlySet<string>): readonly Stray[] {
  if (before === null) return [];
  const { kind, ...place } = 'ref' in before ? { ...before.ref, kind: before.kind } : before;
  const table = 'table' in place && place.table !== null ? place.table : '';
  if (table !== '' && 'schema' in place && tables.has(tableKey(place.schema, table))) return [];
  return [{ name, what: `${kind} ${[table, 'name' in place ? place.name : ''].filter((part) => part !== '').join('.')}` }];
}

/** Files in an order in which they cannot run: a directory called `init` sorts after every timestamp. */
export function disorderOf({ steps }: Trace): readonly Disorder[] {
  const creators = new Map<string, number>();
  for (const [at, step] of steps.entries()) for (const delta of deltasOf(step)) if (delta.modeled && delta.after?.kind === 'table' && delta.before === null && !creators.has(delta.key)) creators.set(delta.key, at);
  return steps.flatMap((step, at) => {
    const tables = [...step.statements.flatMap(({ effect }) => effect.opaque.flatMap((one) => (one.kind === 'unread' && one.table !== undefined ? [one.table] : []))), ...deltasOf(step).flatMap(tableOfDelta)];
    const early = tables.flatMap(({ schema, name }) => {
      const creator = creators.get(tableKey(schema, name));
      return creator !== undefined && creator > at ? [{ name: step.file.name, creator: steps[creator]?.file.name ?? '', table: name }] : [];
    });
    return early.slice(0, 1);
  });
}

function tableOfDelta(delta: Delta): readonly { readonly schema: string; readonly name: string }[] {
  const ref = delta.modeled ? (delta.after ?? delta.before)?.ref : undefined;
  return ref === undefined || !('table' in ref) || ref.table === '' ? [] : [{ schema: ref.schema, name: ref.table }];
}
