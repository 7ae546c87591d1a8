// A plan on the live database: script by script, each in a transaction of its own wherever PostgreSQL allows one, bound to the
// catalog it was made for, and honest about how far it came.

import { canonicalText } from '../catalog/catalog.ts';
import { sha256 } from '../cache/cache.ts';
import { errorCode, messageOf } from '../database/refusals.ts';
import type { Session } from '../database/session.ts';
import { failure } from '../errors.ts';
import { introspect } from '../introspect/introspect.ts';
import { PRISMA_LOCK } from '../plan/block.ts';
import type { Script } from '../plan/script.ts';
import { quoteName } from '../sql/quote.ts';
import { buildOutside } from './concurrently.ts';

export interface ApplyInput {
  readonly scripts: readonly Script[];
  readonly home: string;
  readonly schemas: readonly string[];
  /** Fingerprint of the catalog the plan was made for. */
  readonly expected: string;
  readonly signal: AbortSignal;
  /** Connects again, to learn what became of a commit whose answer was lost. */
  readonly reconnect: () => Promise<Session>;
  readonly progress: (words: string) => void;
}

export async function fingerprint(session: Session, home: string, schemas: readonly string[], insideTransaction = false): Promise<string> {
  return sha256(canonicalText(await introspect(session, { home, schemas, insideTransaction })));
}

/** Throws READ_ONLY, POOLER, BUSY, SERVER_CHANGED, APPLY_FAILED, CONNECTION_LOST or INTERRUPTED; each says what was done. */
export async function applyScripts(session: Session, input: ApplyInput): Promise<void> {
  if (session.server.readOnly !== null) throw failure('READ_ONLY', { evidence: session.server.readOnly });
  if (session.server.pooler !== null) throw failure('POOLER', { evidence: session.server.pooler });
  const cancel = () => void session.cancel().catch(() => undefined);
  input.signal.addEventListener('abort', cancel);
  try {
    let expected: string | null = input.expected;
    if (input.scripts[0]?.transaction === 'outside' && (await fingerprint(session, input.home, input.schemas)) !== expected) throw changed();
    for (const [at, script] of input.scripts.entries()) {
      const state = stateWords(at, input.scripts.length);
      if (input.signal.aborted) throw failure('INTERRUPTED', { state });
      input.progress(`part ${at + 1} of ${input.scripts.length}`);
      if (script.transaction === 'inside') await inTransaction(session, script, expected, state, input);
      else await buildOutside(session, script, input).catch((error: unknown) => Promise.reject(refused(error, script, state, input.signal)));
      expected = null;
    }
  } finally {
    input.signal.removeEventListener('abort', cancel);
  }
}

function changed(): Error {
  return failure('SERVER_CHANGED', { detail: 'Its schema is no longer the one the plan was made for.' });
}

function stateWords(done: number, all: number): string {
  if (done === 0) return 'The database is as it was.';
  return `${done} of ${all} parts are done and stay; the rest was not begun. Running the same command again finishes it.`;
}

async function inTransaction(session: Session, script: Script, expected: string | null, state: string, input: ApplyInput): Promise<void> {
  let transaction = '';
  try {
    await session.run(`BEGIN; SET LOCAL search_path TO ${quoteName(input.home)}; SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '60s'`);
    await takeLock(session, input.signal);
    if (expected !== null && (await fingerprint(session, input.home, input.schemas, true)) !== expected) {
      throw changed();
    }
    await session.run(script.sql);
    transaction = String((await session.run('SELECT pg_catalog.txid_current()::text'))[0]?.[0]?.[0]);
  } catch (error) {
    await session.run('ROLLBACK').catch(() => undefined);
    throw refused(error, script, state, input.signal);
  }
  await commit(session, transaction, state, input);
}

/** A commit whose answer is lost may have happened: the server is asked, nobody guesses. */
export async function commit(session: Session, transaction: string, state: string, input: Pick<ApplyInput, 'reconnect'>): Promise<void> {
  try {
    await session.run('COMMIT');
  } catch (error) {
    const outcome = await input.reconnect().then(
      async (again) => String((await again.run(`SELECT pg_catalog.txid_status(${transaction})`).finally(() => again.close()))[0]?.[0]?.[0]),
      () => 'unknown',
    );
    if (outcome === 'committed') return;
    const known = outcome === 'aborted' ? state : 'Whether the last part was committed is not known: run prisma-mend check.';
    throw failure('CONNECTION_LOST', { detail: messageOf(error), outcome: known }, error);
  }
}

const LOCK_SECONDS = 15;

/** Asked for again and again, never waited for: a waiter and a concurrent index build deadlock. */
export async function takeLock(session: Session, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + LOCK_SECONDS * 1000; ; ) {
    const [[row] = []] = await session.run(`SELECT pg_catalog.pg_try_advisory_xact_lock(${PRISMA_LOCK})`);
    if (row?.[0] === true) return;
    if (signal.aborted) throw failure('INTERRUPTED', { state: 'The database is as it was.' });
    if (Date.now() > end) throw failure('BUSY', { what: 'Prisma\'s migration lock', holder: await lockHolder(session) });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function lockHolder(session: Session, key = PRISMA_LOCK): Promise<string> {
  return (await heldBy(session, key)) ?? 'Another migration was running.';
}

/** Who holds the advisory lock in this database, `null` when nobody does. */
export async function heldBy(session: Session, key = PRISMA_LOCK): Promise<string | null> {
  const [rows = []] = await session.run(`SELECT a.pid::text, a.application_name, a.state, pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.state_change)::text
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = ${key} AND l.granted AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`);
  const [pid, application, state, since] = rows[0] ?? [];
  return pid === undefined ? null : `Held by process ${pid}${application ? ` (${application})` : ''}, ${state ?? 'state not visible'} for ${since ?? 'some time'}; if nothing runs there any more: SELECT pg_terminate_backend(${pid});`;
}

function refused(error: unknown, script: Script, state: string, signal: AbortSignal): Error {
  if (error instanceof Error && error.name === 'MendError') return error;
  const code = errorCode(error);
  if (signal.aborted) return failure('INTERRUPTED', { state }, error);
  const detail = messageOf(error);
  if (code === '55P03') return failure('BUSY', { what: 'the locks it needs', holder: `${detail}. ${state}` }, error);
  if (code === '42501') return failure('NO_RIGHTS', { doing: 'change these objects', detail: `${detail}. ${state}`, grant: 'Connect as the owner of the tables, or: GRANT <owner> TO <role>;' }, error);
  if (/^(57P0|08)/.test(code) || ['ECONNRESET', 'EPIPE'].includes(code) || /terminated unexpectedly/.test(detail)) return failure('CONNECTION_LOST', { detail, outcome: state }, error);
  const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? `\n${error.hint}` : '';
  return failure('APPLY_FAILED', { file: script.suffix === '' ? 'the script' : `part ${script.suffix}`, detail: `${detail}${hint}`, state }, error);
}
