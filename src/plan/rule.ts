// What a rule is given and what it returns. PostgreSQL's knowledge of planning lives in rules/<kind>.ts, one file a kind.

import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogObject, Kind, Ref } from '../catalog/kinds.ts';
import { HAZARDS, type HazardCode } from './hazards.ts';
import { titleOf, type Naming } from './naming.ts';
import type { KnownTexts } from './promises.ts';
import { ORDER, type Fact, type Need, type Order, type Promised, type Statement, type Step, type Withheld } from './types.ts';

/** What the user said a column without default gets: an expression the parser has seen. */
export interface Fill {
  readonly expression: string;
  /** A constant: it can stand as a default for an instant, without rewriting the table. */
  readonly constant: boolean;
}

export interface RuleContext {
  readonly naming: Naming;
  readonly current: Catalog;
  readonly desired: Catalog;
  /** The desired objects of one table, in their order. */
  readonly parts: (schema: string, table: string) => readonly CatalogObject[];
  /** Plan for a database nobody has looked at: every object gets its own guarded steps. */
  readonly blind: boolean;
  /** Answers of the live database; `undefined` while nobody has asked it, which a rule takes for "it will do". */
  readonly fact: (need: Need) => Fact | undefined;
  readonly allowed: ReadonlySet<HazardCode>;
  readonly fill: (ref: Ref) => Fill | undefined;
  readonly known: KnownTexts;
  /** What else has this name in the schema: `view`, `index of "Other"`; `null` when it is free. */
  readonly taken: (schema: string, name: string) => string | null;
}

export type Outcome = Step | Withheld;

export interface Change<K extends Kind> {
  readonly before: CatalogObject<K>;
  readonly after: CatalogObject<K>;
  readonly fields: readonly string[];
}

export interface Rule<K extends Kind> {
  readonly create: (object: CatalogObject<K>, context: RuleContext) => readonly Outcome[];
  readonly alter: (change: Change<K>, context: RuleContext) => readonly Outcome[];
}

/** Above this a table is large: building an index on it, checking or rewriting it is felt by the application. */
export const LARGE_BYTES = 64 * 1024 * 1024;

export function isLarge(context: RuleContext, schema: string, table: string): boolean {
  const fact = context.fact({ ask: 'bytes', schema, table });
  return fact !== undefined && 'count' in fact && fact.count >= LARGE_BYTES;
}

interface StepParts {
  readonly ref: Ref;
  readonly what: string;
  readonly because: string;
  readonly statements: readonly (Statement | string)[];
  readonly promises: readonly Promised[];
  readonly order: Order;
  readonly repeatable?: boolean;
  readonly hazards?: readonly HazardCode[];
  readonly transaction?: 'inside' | 'outside';
  readonly needsEmpty?: NonNullable<Step['needsEmpty']>;
  readonly replaces?: string;
}

/** How every sentence about an absent object begins. */
const MISSING = 'is missing';

export function step({ what, statements, repeatable = false, hazards = [], transaction = 'inside', needsEmpty, replaces, ...rest }: StepParts): Step {
  return {
    ...rest,
    state: rest.order === ORDER.rename ? 'renamed' : rest.because.startsWith(MISSING) ? 'missing' : 'differs',
    title: what,
    statements: statements.map((statement) => (typeof statement === 'string' ? { ddl: statement } : statement)),
    repeatable,
    hazards,
    transaction,
    ...(needsEmpty && { needsEmpty }),
    ...(replaces !== undefined && { replaces: { ddl: replaces } }),
  };
}

interface WithheldParts {
  readonly ref: Ref;
  readonly what: string;
  readonly hazard: HazardCode;
  readonly reason: string;
  /** `null` where no flag helps. By default the hazard can be allowed by name. */
  readonly flag?: string | null;
  readonly harmless?: boolean;
}

export function withhold({ ref, what, hazard, reason, flag = HAZARDS[hazard].planned ? null : `--allow ${hazard}`, harmless = false }: WithheldParts): Withheld {
  return { ref, state: reason.startsWith(MISSING) || reason.startsWith('waits') ? 'missing' : 'differs', title: what, hazard, reason, flag, harmless };
}

/** `column Session.refreshToken` */
export function what(context: RuleContext, kind: string, schema: string, ...names: readonly string[]): string {
  return `${kind} ${titleOf(context.naming.home, schema, ...names)}`;
}

/** `3 rows (id 1, 2, 5)`, or why it is not known. */
export function evidence(fact: Fact, noun: string): string {
  if ('unknown' in fact) return fact.unknown;
  const sample = fact.sample.length === 0 ? '' : ` (${fact.sample.join('; ')}${fact.count > fact.sample.length ? '; …' : ''})`;
  return `${fact.count.toLocaleString('en')} ${noun}${fact.count === 1 ? '' : 's'}${sample}`;
}
