// Prisma's ledger, in whatever shape it is: rows as JSON, so that a column it lacks is a finding and no error.

import { errorCode } from '../database/refusals.ts';
import type { RunScript } from '../database/session.ts';
import type { Ledger, LedgerRow, ShapeProblem } from '../history/history.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { text } from './query.ts';

/** Schemas that hold a table of the name. Prisma looks into the one its connection works in, and nowhere else. */
export const LEDGERS = "SELECT n.nspname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = '_prisma_migrations' AND c.relkind = 'r' ORDER BY 1";

/** Columns of the table Prisma creates, and those it wants filled. */
const COLUMNS = ['id', 'checksum', 'finished_at', 'migration_name', 'logs', 'rolled_back_at', 'started_at', 'applied_steps_count'] as const;
const FILLED = ['id', 'checksum', 'migration_name', 'started_at', 'applied_steps_count'] as const;

/** What the engine counts before a first deploy: ordinary tables, whoever owns them, and of PostGIS' not the one. */
async function holdsTables(run: RunScript, schemas: readonly string[]): Promise<boolean> {
  const [[row] = []] = await run(`SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN (${schemas.map(quoteText).join(', ')}) AND c.relname NOT IN ('_prisma_migrations', 'spatial_ref_sys'))`);
  return row?.[0] === true;
}

/** `listed`: schemas of the datasource; `schemas`: the answer to {@link LEDGERS}. Times come out in UTC where the session's time zone is. */
export async function readLedger(run: RunScript, home: string, listed: readonly string[], schemas: readonly string[]): Promise<Ledger> {
  const elsewhere = schemas.filter((name) => name !== home);
  if (!schemas.includes(home)) return { state: 'absent', rows: [], shape: [], elsewhere, blocked: await holdsTables(run, [home, ...listed]) };
  try {
    return { state: 'present', ...(await readRows(run, `${quoteName(home)}._prisma_migrations`)), elsewhere, blocked: false };
  } catch (error) {
    if (errorCode(error) === '42501') return { state: 'unreadable', rows: [], shape: [], elsewhere, blocked: false };
    throw error;
  }
}

async function readRows(run: RunScript, table: string): Promise<Pick<Ledger, 'rows' | 'shape'>> {
  const [columns = [], rows = []] = await run(`SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = ${quoteText(table)}::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped;
    SELECT pg_catalog.to_jsonb(m)::text FROM ${table} m ORDER BY pg_catalog.to_jsonb(m)->>'started_at', pg_catalog.to_jsonb(m)->>'id'`);
  const present = new Set(columns.map(([name]) => text(name)));
  const records = rows.map(([json]) => JSON.parse(text(json)) as Readonly<Record<string, unknown>>);
  const shape: ShapeProblem[] = COLUMNS.filter((column) => !present.has(column)).map((column) => ({ column, problem: 'missing' }));
  for (const column of FILLED) if (present.has(column) && records.some((record) => record[column] === null)) shape.push({ column, problem: 'null' });
  return { rows: records.map(ledgerRow), shape };
}

function ledgerRow(record: Readonly<Record<string, unknown>>): LedgerRow {
  const words = (column: string) => (record[column] === null || record[column] === undefined ? null : String(record[column]));
  return {
    id: words('id') ?? '',
    name: words('migration_name') ?? '',
    checksum: words('checksum') ?? '',
    startedAt: words('started_at') ?? '',
    finishedAt: words('finished_at'),
    rolledBackAt: words('rolled_back_at'),
    logs: words('logs'),
    steps: typeof record['applied_steps_count'] === 'number' ? record['applied_steps_count'] : null,
  };
}
