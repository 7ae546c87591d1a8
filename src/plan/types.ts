import type { Ref } from '../catalog/kinds.ts';
import type { HazardCode } from './hazards.ts';

/** What can be asked of the catalog about one object; the looks in looks.ts answer each with a short text, or NULL when it is not there. */
export type Aspect = 'schema' | 'extension' | 'enum' | 'value' | 'sequence' | 'table' | 'column' | 'nullability' | 'default' | 'counter' | 'primary key' | 'constraint' | 'index' | 'foreign key';

/** What must be true once the plan has run. */
export interface Promised {
  readonly aspect: Aspect;
  readonly schema: string;
  /** Table, or the enum of a value; empty for what stands alone. */
  readonly table: string;
  readonly name: string;
  /** The answers that keep the promise: one meaning in every spelling of PostgreSQL 12 to 18. */
  readonly forms: readonly string[];
  /** Answers from which the step may start; any other is an object of the right name and the wrong shape. */
  readonly from: readonly string[];
  /** A further table the step locks: the referenced one, or the old name of a renamed one. */
  readonly also?: { readonly schema: string; readonly table: string };
}

/** One statement: DDL, or an expression run for its effect. */
export type Statement = { readonly ddl: string } | { readonly call: string };

/** What is wrong with an object: it is not there, not as wanted, or there under another name. */
export type State = 'missing' | 'differs' | 'renamed';

export interface Step {
  readonly ref: Ref;
  readonly state: State;
  /** `column Session.refreshToken` */
  readonly title: string;
  /** What is wrong now. */
  readonly because: string;
  readonly statements: readonly Statement[];
  /** The step runs while any of these is not kept. */
  readonly promises: readonly Promised[];
  /** The statements may be run over an existing object (IF NOT EXISTS, SET DEFAULT); otherwise they need a guard of their own. */
  readonly repeatable: boolean;
  readonly hazards: readonly HazardCode[];
  readonly order: Order;
  readonly transaction: 'inside' | 'outside';
  /** Runs only on an empty table; otherwise it stops with this message and hint. */
  readonly needsEmpty?: { readonly schema: string; readonly table: string; readonly message: string; readonly hint: string };
  /** Runs before the statements when the index is there but unusable. */
  readonly replaces?: Statement;
}

/** The order in which steps of one transaction run. */
export const ORDER = { rename: 0, schema: 1, extension: 2, enum: 3, value: 4, sequence: 5, table: 6, column: 7, alter: 8, key: 9, index: 10, foreignKey: 11 } as const;
export type Order = (typeof ORDER)[keyof typeof ORDER];

export interface Withheld {
  readonly ref: Ref;
  readonly state: State;
  readonly title: string;
  readonly hazard: HazardCode;
  /** What is wrong, with the evidence. */
  readonly reason: string;
  /** The flag that would plan it, `null` where no flag does. */
  readonly flag: string | null;
  /** The application can live with it: not a reason to stop a deploy. */
  readonly harmless: boolean;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly withheld: readonly Withheld[];
}

interface OfTable<A extends string> {
  readonly ask: A;
  readonly schema: string;
  readonly table: string;
}

interface OfColumns<A extends string> extends OfTable<A> {
  readonly columns: readonly string[];
}

/** A question about live rows that decides whether a step is possible. */
export type Need =
  | OfTable<'rows'>
  | OfTable<'bytes'>
  | OfColumns<'nulls'>
  | OfColumns<'dependents'>
  | (OfColumns<'duplicates'> & { readonly nullsEqual: boolean; readonly predicate: string | null })
  | (OfColumns<'orphans'> & { readonly targetSchema: string; readonly targetTable: string; readonly targetColumns: readonly string[] });

/** An answer: how many, with a few examples; or why nobody can say. */
export type Fact = { readonly count: number; readonly sample: readonly string[] } | { readonly unknown: string };

export type Facts = ReadonlyMap<string, Fact>;

export function needKey(need: Need): string {
  return JSON.stringify(need);
}
