// Sequences that fill columns, by the names PostgreSQL gave them; a renamed table keeps the old name unless it is told.

import { serialSequence } from '../catalog/sequences.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { lower } from './state.ts';

/** By lower-case table and column. */
export type Sequences = Map<string, string>;

const place = (table: string, column: string) => `${lower(table)}\0${lower(column)}`;

export function bornSequence(sequences: Sequences, table: string, column: string): void {
  sequences.set(place(table, column), serialSequence(table, column));
}

/** A column becomes one that fills itself: as Prisma's engine writes it, and on from the rows that are there. */
export function addedSequence(sequences: Sequences, table: string, column: string): readonly string[] {
  const name = serialSequence(table, column).toLowerCase();
  sequences.set(place(table, column), name);
  const [target, key] = [quoteName(table), quoteName(column)];
  return [
    `CREATE SEQUENCE ${quoteName(name)} OWNED BY ${target}.${key}`,
    `ALTER TABLE ${target} ALTER COLUMN ${key} SET DEFAULT nextval(${quoteText(quoteName(name))})`,
    `SELECT setval(${quoteText(quoteName(name))}, GREATEST(COALESCE(MAX(${key}), 0), 0) + 1, false) FROM ${target}`,
  ];
}

export function droppedSequence(sequences: Sequences, table: string, column: string): readonly string[] {
  const name = sequences.get(place(table, column)) ?? serialSequence(table, column);
  sequences.delete(place(table, column));
  return [`DROP SEQUENCE ${quoteName(name)}`];
}

/** Under the names of before; the statements come after the renaming. */
export function movedSequence(sequences: Sequences, from: { readonly table: string; readonly column: string }, to: { readonly table: string; readonly column: string }): readonly string[] {
  const name = sequences.get(place(from.table, from.column)) ?? serialSequence(from.table, from.column);
  const wanted = serialSequence(to.table, to.column);
  sequences.delete(place(from.table, from.column));
  sequences.set(place(to.table, to.column), wanted);
  return name === wanted ? [] : [`ALTER SEQUENCE ${quoteName(name)} RENAME TO ${quoteName(wanted)}`];
}

export function restartedSequence(sequences: Sequences, table: string, column: string): readonly string[] {
  return [`ALTER SEQUENCE ${quoteName(sequences.get(place(table, column)) ?? serialSequence(table, column))} RESTART`];
}
