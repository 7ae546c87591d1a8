// What a statement of a script does to a catalog, told from its syntax tree and the catalog before it.

import { keyOf, type Catalog, type Unmodeled } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';

/** What is known by name alone, and where its statement told it, what it stands on. */
export interface Other extends Unmodeled {
  readonly columns?: readonly string[];
  /** A check that tables which inherit do not get. */
  readonly noInherit?: boolean;
  readonly parent?: { readonly schema: string; readonly name: string };
}

/** One statement of a script: its syntax tree and its own text. */
export interface Statement {
  /** The single key is the node's name, for example `CreateStmt`. */
  readonly node: { readonly [name: string]: unknown };
  readonly text: string;
}

/** The SQL inside of a DO block. */
export interface Block {
  readonly statements: readonly (Statement & {
    /** Under a condition on the catalog, or where an error is caught: done only where it is not done yet. */
    readonly guarded: boolean;
  })[];
  /** What is not plain SQL, or is run under a condition that only the data knows. */
  readonly dynamic: readonly string[];
}

/** Reads a whole DO statement; `null` when it is not PL/pgSQL. Throws what the parser throws. */
export type ReadBlock = (sql: string) => Block | null;

/** A catalog in the making: changed in place by {@link apply}, statement by statement. */
export interface State {
  /** Where unqualified names go. */
  home: string;
  /** The schema that texts of types and expressions are relative to, where a script has set another search_path since. */
  base?: string | undefined;
  readonly objects: Map<string, CatalogObject>;
  /** Views, functions, policies, checks …: known by name alone, under {@link otherKey}. */
  readonly others: Map<string, Other>;
}

/** One object before and after. `null`: it is not there. */
export type Delta =
  | { readonly modeled: true; readonly key: string; readonly before: CatalogObject | null; readonly after: CatalogObject | null }
  | { readonly modeled: false; readonly key: string; readonly before: Other | null; readonly after: Other | null };

/** What no catalog shows. */
export type Opaque =
  /** Rows of these tables are written; `onEmpty: false` means that over empty tables it does nothing (UPDATE, DELETE). */
  | { readonly kind: 'rows'; readonly verb: 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE' | 'COPY' | 'MERGE'; readonly tables: readonly { readonly schema: string; readonly name: string }[]; readonly onEmpty: boolean }
  /** Code that may do anything: a DO block with dynamic SQL, a call of a function. */
  | { readonly kind: 'code'; readonly why: string }
  /** A statement, or an object it names, that this reader does not know. */
  | { readonly kind: 'unread'; readonly why: string; /** The table it alters, which neither the history has made nor the live catalog has. */ readonly table?: { readonly schema: string; readonly name: string } };

export interface Effect {
  /** For people: `CREATE TABLE "User"`, `ALTER TABLE "User" ADD COLUMN "name"`. */
  readonly title: string;
  readonly deltas: readonly Delta[];
  /** Empty: the deltas are all that it does. */
  readonly opaque: readonly Opaque[];
  /** Run over its own result it is no error and changes nothing: IF NOT EXISTS, OR REPLACE, SET NOT NULL, GRANT. */
  readonly repeatable: boolean;
  /** Transaction and session statements, which change no catalog. */
  readonly control: 'begin' | 'commit' | 'rollback' | 'set' | null;
  /** A new home for unqualified names in the rest of the script (SET search_path). */
  readonly home: string | null;
}

/** Identity of what is known by name alone; a function by its name without arguments. */
export function otherKey({ kind, schema, table, name }: Unmodeled): string {
  return JSON.stringify([kind, schema, table ?? '', name.replace(/\(.*$/s, '')]);
}

export function stateOf(catalog: Catalog): State {
  return { home: catalog.home, objects: new Map(catalog.objects), others: new Map(catalog.unmodeled.map((one) => [otherKey(one), one])) };
}

export function emptyState(home: string): State {
  return { home, objects: new Map([[keyOf({ kind: 'schema', name: home }), { kind: 'schema', ref: { kind: 'schema', name: home }, def: {} }]]), others: new Map() };
}

export function apply(state: State, { deltas, home }: Pick<Effect, 'deltas' | 'home'>): void {
  for (const delta of deltas) {
    if (delta.modeled) {
      if (delta.after === null) state.objects.delete(delta.key);
      else state.objects.set(delta.key, delta.after);
    } else if (delta.after === null) state.others.delete(delta.key);
    else state.others.set(delta.key, delta.after);
  }
  if (home === null) return;
  state.base ??= state.home;
  state.home = home;
}
