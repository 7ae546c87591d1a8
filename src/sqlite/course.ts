// What becomes of each table of a migration's start, for its foreign keys and views.

import type { Origin } from './fold.ts';
import type { Shape } from './model.ts';
import type { Course, Tracked } from './references.ts';
import type { ShapedTable } from './shape.ts';
import { lower } from './state.ts';

export interface CourseKeeper {
  readonly create: (table: string) => void;
  readonly drop: (table: string) => void;
  readonly rename: (from: string, to: string) => void;
  readonly alter: (before: ShapedTable, after: ShapedTable, origins: ReadonlyMap<string, Origin>, changes: { readonly retyped: readonly string[]; readonly rekeyed: readonly (readonly string[])[] }) => void;
  /** A unique index over these columns is gone. */
  readonly rekey: (table: string, columns: readonly string[]) => void;
  /** Rows are put into it. */
  readonly people: (table: string) => void;
  /** A dance leaves some rows behind. */
  readonly thin: (table: string) => void;
  readonly course: () => Course;
  /** Whether rows that were there may hold something in all of these columns. */
  /** Whether the migration itself gives this column a value in rows that were there. */
  readonly isFilled: (table: string, column: string) => boolean;
  readonly mayHaveValues: (table: string, columns: readonly string[]) => boolean;
}

export function newCourse(start: Shape): CourseKeeper {
  const tables = new Map<string, Tracked>([...start.tables].map(([name, table]) => [name, { start: table.name, columns: new Map(table.columns.map((column) => [column.name, column.name])) }]));
  const dropped: string[] = [];
  const retyped: Course['retyped'][number][] = [];
  const rekeyed: Course['rekeyed'][number][] = [];
  const thinned: string[] = [];
  const peopled = new Set<string>();
  const filled = new Map<string, Set<string>>();
  const startNames = (tracked: Tracked, columns: readonly string[]) => columns.map((column) => [...tracked.columns].find(([, now]) => now === column)?.[0] ?? column);
  return {
    create(table) {
      tables.set(lower(table), { start: `\0${table}`, columns: new Map() });
    },
    drop(table) {
      const tracked = tables.get(lower(table));
      if (tracked !== undefined) dropped.push(tracked.start);
      tables.delete(lower(table));
    },
    rename(from, to) {
      const tracked = tables.get(lower(from));
      tables.delete(lower(from));
      if (tracked !== undefined) tables.set(lower(to), tracked);
    },
    alter(before, after, origins, changes) {
      const tracked = tables.get(lower(before.name));
      if (tracked === undefined) return;
      const now = new Map([...tracked.columns].flatMap(([was, name]): [string, string][] => {
        const kept = after.columns.find((column) => { const origin = origins.get(column.name); return origin?.kind === 'column' ? lower(origin.name) === lower(name) : origin?.kind !== 'new' && lower(column.name) === lower(name); });
        return kept === undefined ? [] : [[was, kept.name]];
      }));
      for (const column of startNames(tracked, changes.retyped)) retyped.push({ table: tracked.start, column });
      for (const columns of changes.rekeyed) rekeyed.push({ table: tracked.start, columns: startNames(tracked, columns) });
      for (const { name, default: value } of after.columns) if (origins.get(name)?.kind === 'value' || (origins.get(name)?.kind === 'new' && value !== null)) filled.set(lower(after.name), (filled.get(lower(after.name)) ?? new Set()).add(name));
      tables.delete(lower(before.name));
      tables.set(lower(after.name), { start: tracked.start, columns: now });
    },
    rekey(table, columns) {
      const tracked = tables.get(lower(table));
      if (tracked !== undefined) rekeyed.push({ table: tracked.start, columns: startNames(tracked, columns) });
    },
    people: (table) => void peopled.add(tables.get(lower(table))?.start ?? table),
    thin: (table) => void thinned.push(tables.get(lower(table))?.start ?? table),
    course: () => ({ tables, dropped, retyped, rekeyed, thinned }),
    isFilled: (table, column) => filled.get(lower(table))?.has(column) === true,
    mayHaveValues(table, columns) {
      const tracked = tables.get(lower(table));
      if (tracked?.start.startsWith('\0') === true) return peopled.has(tracked.start);
      return tracked === undefined || columns.every((column) => [...tracked.columns.values()].includes(column) || filled.get(lower(table))?.has(column) === true);
    },
  };
}
