// Prisma's ledger, read as far as a comparison of schemas needs it.

import { errorCode } from '../database/refusals.ts';
import type { RunScript } from '../database/session.ts';
import type { Ledger } from '../history/history.ts';
import { quoteName, quoteText } from '../sql/quote.ts';

/** The ledger of the schema Prisma's connection works in; Prisma looks nowhere else. */
export async function readLedger(run: RunScript, home: string): Promise<Ledger> {
  const table = `${quoteName(home)}._prisma_migrations`;
  // to_regclass would be an error for a role that may not use the schema.
  const [found = []] = await run(`SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = '_prisma_migrations' AND c.relkind = 'r' AND n.nspname = ${quoteText(home)}`);
  if (found.length === 0) return null;
  try {
    const [rows = []] = await run(`SELECT migration_name::text, finished_at IS NOT NULL, rolled_back_at IS NOT NULL, logs::text FROM ${table} ORDER BY started_at`);
    return rows.map(([name, finished, rolledBack, logs]) => ({ name: String(name), finished: finished === true, rolledBack: rolledBack === true, logs: logs === null || logs === undefined ? null : String(logs) }));
  } catch (error) {
    if (['42501', '42703'].includes(errorCode(error))) return 'unreadable';
    throw error;
  }
}
