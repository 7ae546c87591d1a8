// The rows of both databases side by side.

import type { Session } from '../../database/session.ts';
import type { SqliteSession } from '../../scratch/sqlite.ts';
import { clipName, quoteName, quoteNames } from '../../sql/quote.ts';
import { counterpart, postgresTables, sqliteTables, type PostgresColumn, type PostgresTables, type SqliteTable } from './tables.ts';
import { canonical } from './values.ts';

export interface RowsCompared {
  readonly tables: number;
  readonly rows: number;
  /** What one of the two holds and the other does not. */
  readonly different: readonly string[];
}

const SHOWN = 3;

export async function compareRows(sqlite: SqliteSession, session: Session, now: number): Promise<RowsCompared> {
  const postgres = await postgresTables(session);
  const different: string[] = [];
  let [tables, rows] = [0, 0];
  for (const table of sqliteTables(sqlite).values()) {
    const columns = table.columns.flatMap((column) => counterpart(postgres, table.name, column.name) ?? []);
    if (columns.length < table.columns.length) {
      different.push(`${table.name}: PostgreSQL has no ${columns.length === 0 ? 'such table' : table.columns.flatMap(({ name }) => (counterpart(postgres, table.name, name) ? [] : [name])).join(', ')}`);
      continue;
    }
    const found = await compareTable(sqlite, session, table, columns, now);
    tables++;
    rows += found.rows;
    different.push(...found.different, ...(await behind(session, table, postgres)));
  }
  return { tables, rows, different };
}

async function compareTable(sqlite: SqliteSession, session: Session, table: SqliteTable, columns: readonly PostgresColumn[], now: number): Promise<{ readonly rows: number; readonly different: readonly string[] }> {
  const line = (row: readonly (string | number | bigint | Uint8Array | null)[]) => columns.map((column, at) => canonical(row[at] ?? null, column, now)).join(', ');
  const here = sqlite.rows(`SELECT ${quoteNames(table.columns.map(({ name }) => name))} FROM ${quoteName(table.name)}`).map(line);
  const { rows } = await session.query({ sql: `SELECT ${quoteNames(columns.map(({ name }) => name))} FROM ${quoteName(clipName(table.name))}`, args: [] });
  const there = rows.map((row) => line(row.map((cell, at) => (columns[at]?.type === 'boolean' && cell !== null ? (cell === 't' ? 1 : 0) : cell))));
  const [onlyHere, onlyThere] = [without(here, there), without(there, here)];
  const said = (who: string, lines: readonly string[]) => lines.slice(0, SHOWN).map((text) => `${table.name} (${columns.map(({ name }) => name).join(', ')}): only in ${who}: ${text}`);
  return { rows: here.length, different: [...said('SQLite', onlyHere), ...said('PostgreSQL', onlyThere)] };
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** A sequence that would give a number out again. */
async function behind(session: Session, { name: table }: SqliteTable, postgres: PostgresTables): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, sequence } of postgres.get(clipName(table))?.values() ?? []) {
    if (sequence === null) continue;
    const { rows } = await session.query({ sql: `SELECT s.last_value, m.top FROM ${sequence} AS s, (SELECT max(${quoteName(name)}) AS top FROM ${quoteName(clipName(table))}) AS m WHERE m.top > s.last_value OR (m.top = s.last_value AND NOT s.is_called)`, args: [] });
    for (const [last, top] of rows) found.push(`${table}.${name}: its sequence stands at ${last}, the column at ${top}`);
  }
  return found;
}
