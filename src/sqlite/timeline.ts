// What a table or column of some moment is called in the end: the types of the schema a history ends in are given from birth, so
// that no later migration has to convert a value.

import { lower } from './state.ts';

export type Renaming = { readonly table: string; readonly to: string } | { readonly table: string; readonly column: string; readonly to: string };

export interface Timeline {
  readonly add: (time: number, renaming: Renaming) => void;
  /** Names after everything that happens at `time` or later. */
  /** The same number for moments between which nothing is renamed. */
  readonly epoch: (time: number) => number;
  readonly finalTable: (table: string, time: number) => string;
  readonly finalColumn: (table: string, column: string, time: number) => { readonly table: string; readonly column: string };
}

export function newTimeline(): Timeline {
  const events: { readonly time: number; readonly renaming: Renaming }[] = [];
  const finalColumn = (table: string, column: string, time: number) => {
    let at = { table, column };
    for (const event of events) {
      if (event.time < time || lower(event.renaming.table) !== lower(at.table)) continue;
      if (!('column' in event.renaming)) at = { ...at, table: event.renaming.to };
      else if (lower(event.renaming.column) === lower(at.column)) at = { ...at, column: event.renaming.to };
    }
    return at;
  };
  return {
    add: (time, renaming) => void events.push({ time, renaming }),
    epoch: (time) => events.findIndex((event) => event.time >= time),
    finalTable: (table, time) => finalColumn(table, '', time).table,
    finalColumn,
  };
}
