// One migration in both databases: first with all rows there are, then with tame ones, then with none.

import { messageOf } from '../../database/refusals.ts';
import { openSqlite, type SqliteSession } from '../../scratch/sqlite.ts';
import type { NoteCode } from '../../sqlite/types.ts';
import { compareSchemas } from './catalogs.ts';
import { compareRows } from './compare.ts';
import { seed, type Future } from './seed.ts';
import { postgresTables, sqliteTables, type SqliteTables } from './tables.ts';
import { NO_ROWS, type History, type Refusal, type VerifiedMigration, type VerifyOptions } from './types.ts';

/** Notes that say that rows may stop a migration. */
const FORETELLING: readonly NoteCode[] = ['ORPHANS_REFUSED', 'NOT_NULL_FAILS', 'CAST_FAILS_LOUDLY'];

/** SQLite's own limit of ADD COLUMN on a table with rows. */
const SQLITE_ALONE = /non-constant default/;

export async function runAlone({ scratch: { session } }: VerifyOptions, sql: string): Promise<string | null> {
  try {
    await session.run(sql);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

export interface Step {
  readonly live: SqliteSession;
  readonly verified: VerifiedMigration;
}

type Rows = 'wild' | 'tame' | 'none';

export async function judged(history: History, at: number, before: SqliteSession): Promise<Step> {
  const { options: { scratch: { session }, now, target } } = history;
  const name = history.sources[at]?.name ?? '';
  let live = before;
  let refusedBy: Refusal | null = null;
  let gaps: readonly string[] = [];
  for (const rows of ['wild', 'tame', 'none'] as const) {
    if (rows !== 'wild') live = await replayed(history, at, live);
    gaps = await prepared(history, at, live, rows);
    const refusal = await runBoth(history, at, live);
    if (refusal === null) break;
    if (rows === 'none') return { live, verified: { name, catalogs: 'notCompared', rows: NO_ROWS, gaps, refusedBy, failed: refusal.words } };
    if (refusedBy === null || !refusal.foretold) refusedBy = refusal;
  }
  const schemas = await compareSchemas(live, session, target);
  let rows = await compareRows(live, session, now);
  if (at + 1 === history.sources.length && rows.different.length === 0) {
    // Once more at the end: rows that what the history ends in has to take, defaults included.
    gaps = [...gaps, ...(await prepared(history, at + 1, live, 'wild'))];
    rows = await compareRows(live, session, now);
  }
  return { live, verified: { name, catalogs: schemas.remaining.length === 0 ? 'equal' : schemas.remaining, rows, gaps: [...gaps, ...schemas.gaps], refusedBy, failed: null } };
}

async function prepared({ shapes, options, next }: History, at: number, live: SqliteSession, rows: Rows): Promise<readonly string[]> {
  live.run('PRAGMA foreign_keys=ON');
  if (rows === 'none') return [];
  const { session } = options.scratch;
  return await seed({ sqlite: live, session, tables: sqliteTables(live), postgres: await postgresTables(session), future: futureOf(shapes, at), tame: rows === 'tame', next });
}

function futureOf(shapes: readonly SqliteTables[], at: number): (table: string, column: string) => Future {
  return (table, column) => {
    const later = shapes.slice(at).flatMap((shape) => shape.get(table.toLowerCase()) ?? []);
    const found = later.flatMap(({ columns }) => columns.filter(({ name }) => name.toLowerCase() === column.toLowerCase()));
    return { types: new Set(found.map(({ type }) => type)), filled: found.some(({ notNull }) => notNull), unique: later.some((one) => one.unique.has(column)) };
  };
}

/** `null`: both took it. */
async function runBoth({ sources, translated, options }: History, at: number, live: SqliteSession): Promise<Refusal | null> {
  const here = runSqlite(live, sources[at]?.sql ?? '');
  const there = await runAlone(options, translated[at]?.sql ?? '');
  if (here === null && there === null) return null;
  if (here !== null && there !== null) return { by: 'both', words: `${here}; ${there}`, foretold: true };
  if (here !== null) return { by: 'sqlite', words: here, foretold: SQLITE_ALONE.test(here) };
  return { by: 'postgresql', words: there ?? '', foretold: translated[at]?.notes.some(({ code }) => FORETELLING.includes(code)) === true };
}

function runSqlite(live: SqliteSession, sql: string): string | null {
  try {
    live.run(sql);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Both sides as the migrations before this one leave them without other rows than their own. */
async function replayed({ sources, translated, options: { scratch: { session } } }: History, until: number, live: SqliteSession): Promise<SqliteSession> {
  live.close();
  const fresh = await openSqlite();
  await session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  for (let at = 0; at < until; at++) {
    fresh.run('PRAGMA foreign_keys=ON');
    fresh.run(sources[at]?.sql ?? '');
    await session.run(translated[at]?.sql ?? '');
  }
  return fresh;
}
