// The one statement that may be in no transaction: an index built while the application goes on writing.

import { errorCode } from '../database/refusals.ts';
import type { Session } from '../database/session.ts';
import type { Script } from '../plan/script.ts';
import type { Promised } from '../plan/types.ts';
import { quoteName, quoteText } from '../sql/quote.ts';

const TRIES = 15;

/**
 * What was interrupted leaves an index that is not valid, which goes before the next try: that of CREATE INDEX CONCURRENTLY
 * under its own name, that of REINDEX CONCURRENTLY as a second one (_ccnew) beside it.
 */
export async function buildOutside(session: Session, script: Script, { home, signal }: { readonly home: string; readonly signal: AbortSignal }): Promise<void> {
  const [step] = script.steps;
  const [promised] = step?.promises ?? [];
  const name = promised === undefined ? null : `${quoteName(promised.schema)}.${quoteName(promised.name)}`;
  const rebuilds = step?.hazards.includes('INVALID_INDEX') ?? false;
  const invalid = async () => (promised === undefined ? [] : await invalidIndexes(session, promised));
  try {
    await session.run(`SET search_path TO ${quoteName(home)}; SET lock_timeout = '3s'; SET statement_timeout = 0`);
    const before = await invalid();
    for (let attempt = 1; ; attempt++) {
      try {
        const left = (await invalid()).filter((index) => (index === promised?.name ? !rebuilds : !before.includes(index)));
        for (const index of left) await session.run(`DROP INDEX CONCURRENTLY IF EXISTS ${quoteName(promised?.schema ?? home)}.${quoteName(index)}`);
        if (name !== null && (await isValid(session, name))) return;
        await session.run(script.sql);
        return;
      } catch (error) {
        if (attempt === TRIES || !['55P03', '40P01'].includes(errorCode(error)) || signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
      }
    }
  } finally {
    await session.run('RESET search_path; RESET lock_timeout; RESET statement_timeout').catch(() => undefined);
  }
}

async function isValid(session: Session, name: string): Promise<boolean> {
  return (await session.run(`SELECT i.indisvalid FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass(${quoteText(name)})`))[0]?.[0]?.[0] === true;
}

/** By name: the index itself, and what its rebuilding left. Those of other sessions are still at work. */
async function invalidIndexes(session: Session, { schema, table, name }: Promised): Promise<readonly string[]> {
  const [rows = []] = await session.run(`SELECT c.relname::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND i.indrelid = pg_catalog.to_regclass(${quoteText(`${quoteName(schema)}.${quoteName(table)}`)})`);
  return rows.map(([found]) => String(found)).filter((found) => found === name || found.startsWith(`${name}_ccnew`));
}
