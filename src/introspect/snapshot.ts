// Catalog and ledger of one moment: one transaction, read-only.

import type { Catalog } from '../catalog/catalog.ts';
import type { Session } from '../database/session.ts';
import type { Ledger } from '../history/history.ts';
import { introspect, type IntrospectOptions } from './introspect.ts';
import { readLedger } from './ledger.ts';
import { text } from './query.ts';

export interface LiveSnapshot {
  readonly live: Catalog;
  readonly ledger: Ledger;
}

/** Throws UNSETTLED when the schema keeps changing while it is read. */
export async function readSnapshot(session: Session, options: Pick<IntrospectOptions, 'home' | 'schemas'>): Promise<LiveSnapshot> {
  let ledgers: readonly string[] = [];
  const live = await introspect(session, { ...options, leaveOpen: (rows) => (ledgers = rows.map(([name]) => text(name))) });
  const ledger = await readLedger(session.run, options.home, options.schemas ?? [], ledgers).catch(async (error: unknown) => {
    await session.run('ROLLBACK').catch(() => undefined);
    throw error;
  });
  await session.run('ROLLBACK');
  return { live, ledger };
}
