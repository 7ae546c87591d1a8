// Every value is looked at before the first is written. What comes out is either what is wrong, or the content that PostgreSQL is to hold.

import { setImmediate as turn } from 'node:timers/promises';
import type { SqliteFile, SqliteRow } from '../../database/sqlite-file.ts';
import { quoteName } from '../../sql/quote.ts';
import type { ColumnPair, TablePair } from './plan.ts';
import { addRow, contentFrom, newSums, type Content } from './content.ts';
import type { Form } from './encoders.ts';
import { putNull } from './values.ts';
import { newWriter, putByte, type Writer } from './writer.ts';

export interface Looked {
  readonly rows: number;
  /** Of the rows that fit. */
  readonly content: Content;
  /** In words, with column and key. */
  readonly problems: readonly string[];
}

/** A value that the column has no equal for. */
export interface Misfit {
  readonly column: string;
  readonly problem: string;
}

const TAB = 9;
/** Rows between two moments at which signals and timers are heard. */
const BREATH = 4096;
const NAMES = Array.from({ length: 2048 }, (_, at) => `c${at}`);
const NULL_REFUSED = 'NULL, which the column does not hold';

export function putRow(columns: readonly ColumnPair[], row: SqliteRow, into: Writer, form: Form, skipped?: ReadonlySet<string>): Misfit | null {
  for (let at = 0; at < columns.length; at++) {
    const column = columns[at];
    if (column === undefined) continue;
    if (at > 0) putByte(into, TAB);
    const value = row[NAMES[at] ?? ''] ?? null;
    const { target, encode } = column;
    const absent = value === null || skipped?.has(target.name) === true;
    if (absent && target.notNull) return { column: target.name, problem: NULL_REFUSED };
    const problem = absent ? putNull(target.type, into, form) : encode(value, into, form);
    if (problem !== null) return { column: target.name, problem };
  }
  return null;
}

/** Throws INTERRUPTED through `assertGoing`. */
export async function lookAt(file: SqliteFile, pair: TablePair, assertGoing: () => void): Promise<Looked> {
  const writer = newWriter(65_536);
  const sums = newSums();
  const misfits = new Map<string, { readonly misfit: Misfit; readonly first: number; count: number }>();
  let rows = 0;
  for (const row of file.rows(pair.query)) {
    writer.at = 0;
    const misfit = putRow(pair.columns, row, writer, 'compare');
    if (misfit !== null) countMisfit(misfits, misfit, rows);
    else addRow(sums, writer);
    if (++rows % BREATH === 0) {
      assertGoing();
      await turn();
    }
  }
  const problems = [...misfits.values()].map(({ misfit, first, count }) => `column "${misfit.column}" has ${misfit.problem}: ${rowWords(file, pair, first)}${count === 1 ? '' : `, and ${count - 1} more`}`);
  return { rows, content: contentFrom(sums), problems };
}

function countMisfit(misfits: Map<string, { readonly misfit: Misfit; readonly first: number; count: number }>, misfit: Misfit, row: number): void {
  const key = `${misfit.column}\0${misfit.problem}`;
  const known = misfits.get(key);
  if (known) known.count++;
  else misfits.set(key, { misfit, first: row, count: 1 });
}

/** The key of a row by its place in the query, from 0: `id 'abc'`. */
export function rowWords(file: SqliteFile, { query, source, key }: TablePair, place: number): string {
  if (key.length === 0) return `row ${place + 1}`;
  const order = query.slice(query.lastIndexOf(' ORDER BY '));
  const [row = {}] = [...file.rows(`SELECT ${key.map((name, at) => `quote(${name === 'rowid' || name === '_rowid_' || name === 'oid' ? name : quoteName(name)}) AS k${at}`).join(', ')} FROM ${quoteName(source)}${order} LIMIT 1 OFFSET ${place}`)];
  return key.map((name, at) => `${name} ${String(row[`k${at}`])}`).join(', ');
}
