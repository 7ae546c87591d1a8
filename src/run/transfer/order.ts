// In which order tables are filled, so that every row finds what it refers to.

import type { TargetKey, TargetTable } from './target.ts';

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Tables that refer to each other in a circle come in one group; a group comes after those it refers to. Names are taken in the order given. */
export function groupsOf(names: readonly string[], arrows: readonly Arrow[]): readonly (readonly string[])[] {
  const numbers = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const known = new Set(names);
  const targets = new Map(names.map((name) => [name, arrows.filter(({ from, to }) => from === name && known.has(to))]));
  const visit = (name: string): number => {
    const number = numbers.size;
    numbers.set(name, number);
    stack.push(name);
    let low = number;
    for (const { to } of targets.get(name) ?? []) {
      if (!numbers.has(to)) low = Math.min(low, visit(to));
      else if (stack.includes(to)) low = Math.min(low, numbers.get(to) ?? low);
    }
    if (low === number) groups.push(stack.splice(stack.indexOf(name)));
    return low;
  };
  for (const name of names) if (!numbers.has(name)) visit(name);
  return groups;
}

/** How a group of several tables is filled within one transaction. */
export interface Scheme {
  /** Tables in the order they are copied. */
  readonly order: readonly string[];
  /** Foreign keys that PostgreSQL checks at the end of the transaction: as they are, or made so until then. */
  readonly deferred: readonly TargetKey[];
  readonly altered: readonly TargetKey[];
  /** Columns that are NULL at first and filled afterwards, by table. */
  readonly postponed: ReadonlyMap<string, readonly string[]>;
  readonly impossible: string | null;
}

/** No scheme needs a superuser, and none leaves a foreign key unchecked. */
export function schemeOf(group: readonly TargetTable[], keys: readonly TargetKey[]): Scheme {
  const tables = new Map(group.map((table) => [table.name, table]));
  // A table's references to itself are checked when its COPY ends.
  const inside = keys.filter(({ table, target }) => target !== null && target !== table && tables.has(table) && tables.has(target));
  const deferred = inside.filter(({ deferrable }) => deferrable);
  const altered = inside.filter((key) => !key.deferrable && tables.get(key.table)?.owned === true);
  const late = inside.filter((key) => !deferred.includes(key) && !altered.includes(key) && mayWait(key, tables.get(key.table)));
  const left = inside.filter((key) => ![...deferred, ...altered, ...late].includes(key));
  const groups = groupsOf([...tables.keys()], left.map(({ table, target }) => ({ from: table, to: target ?? '' })));
  const stuck = groups.find(({ length }) => length > 1);
  return {
    order: groups.flat(),
    deferred,
    altered,
    postponed: new Map([...tables.keys()].map((table) => [table, [...new Set(late.filter((key) => key.table === table).flatMap(({ columns }) => columns))]] as const).filter(([, columns]) => columns.length > 0)),
    impossible: stuck === undefined ? null : `its foreign keys and those of ${stuck.map((name) => `"${name}"`).join(', ')} form a circle of columns that are NOT NULL: connect as the owner of the tables`,
  };
}

function mayWait({ columns }: TargetKey, table: TargetTable | undefined): boolean {
  if (table === undefined || !table.mayUpdate || table.primaryKey.length === 0) return false;
  return columns.every((name) => !table.primaryKey.includes(name) && table.columns.find((column) => column.name === name)?.notNull === false);
}
