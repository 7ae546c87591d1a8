// The ledger set straight: on the database in one transaction under Prisma's lock, in the migrations directory, or through the
// user's own Prisma CLI.

import { canonicalText, type Catalog } from '../catalog/catalog.ts';
import { sha256 } from '../cache/cache.ts';
import { errorCode, messageOf } from '../database/refusals.ts';
import type { Session } from '../database/session.ts';
import { failure } from '../errors.ts';
import { stateOf } from '../effects/types.ts';
import type { Diagnosis } from '../history/diagnosis.ts';
import { evidenceOf } from '../history/evidence.ts';
import type { Ledger } from '../history/history.ts';
import type { Resolution } from '../history/resolve.ts';
import type { Statement } from '../history/script.ts';
import { introspect } from '../introspect/introspect.ts';
import { LEDGERS, readLedger } from '../introspect/ledger.ts';
import { parsedExpressions } from '../source/compare.ts';
import { quoteName } from '../sql/quote.ts';
import { commit, takeLock } from './apply.ts';
import { equalities } from './history.ts';
import { ledgerStatements } from './ledger.ts';

export interface ResolveInput {
  readonly diagnosis: Diagnosis;
  /** What the diagnosis was made for. */
  readonly live: Catalog;
  readonly home: string;
  readonly schemas: readonly string[];
  readonly signal: AbortSignal;
  readonly reconnect: () => Promise<Session>;
  /** Path for people. */
  readonly display: (path: string) => string;
}

const IN_DATABASE: readonly Resolution['as'][] = ['shape', 'moveLedger', 'createLedger', 'rolledBack', 'applied', 'renamed', 'checksum', 'forget'];

export function isInDatabase({ as }: Resolution): boolean {
  return IN_DATABASE.includes(as);
}

/** Everything or nothing. Throws READ_ONLY, POOLER, BUSY, SERVER_CHANGED, COMPLETION_FAILED, NO_RIGHTS, CONNECTION_LOST or INTERRUPTED. */
export async function writeLedger(session: Session, input: ResolveInput): Promise<void> {
  const resolutions = input.diagnosis.resolutions.filter(isInDatabase);
  if (resolutions.length === 0) return;
  if (session.server.readOnly !== null) throw failure('READ_ONLY', { evidence: session.server.readOnly });
  if (session.server.pooler !== null) throw failure('POOLER', { evidence: session.server.pooler });
  const cancel = () => void session.cancel().catch(() => undefined);
  input.signal.addEventListener('abort', cancel);
  let transaction = '';
  try {
    await session.run(`BEGIN; SET LOCAL search_path TO ${quoteName(input.home)}; SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '60s'`);
    await takeLock(session, input.signal);
    await unchanged(session, input);
    await complete(session, resolutions, input);
    for (const statement of ledgerStatements(resolutions, input.home, input.diagnosis.facts.history.ledger.state === 'present')) await session.run(statement);
    transaction = String((await session.run('SELECT pg_catalog.txid_current()::text'))[0]?.[0]?.[0]);
  } catch (error) {
    await session.run('ROLLBACK').catch(() => undefined);
    throw refused(error, input, session.server.user);
  } finally {
    input.signal.removeEventListener('abort', cancel);
  }
  await commit(session, transaction, 'The database is as it was.', input);
}

function ledgerText({ state, rows }: Ledger): string {
  return JSON.stringify([state, rows]);
}

/** Under the lock the catalog and the ledger have to be those that the decisions were made for. */
async function unchanged(session: Session, { live, home, schemas, diagnosis }: ResolveInput): Promise<void> {
  const now = await introspect(session, { home, schemas, insideTransaction: true });
  const [found = []] = await session.run(LEDGERS);
  await session.run("SAVEPOINT mend_ledger; SET LOCAL timezone = 'UTC'");
  const ledger = await readLedger(session.run, home, schemas, found.map(([name]) => String(name)));
  await session.run('ROLLBACK TO SAVEPOINT mend_ledger');
  if (sha256(canonicalText(now)) !== sha256(canonicalText(live)) || ledgerText(ledger) !== ledgerText(diagnosis.facts.history.ledger)) throw failure('SERVER_CHANGED', { detail: 'Its schema or its ledger is no longer what the decisions were made for.' });
}

/** Runs what is left of half-applied migrations, and looks whether all of them is there then. */
async function complete(session: Session, resolutions: readonly Resolution[], { diagnosis, live, home, schemas, display }: ResolveInput): Promise<void> {
  const halves = resolutions.flatMap((one) => (one.as === 'applied' && one.complete.length > 0 ? [one] : []));
  if (halves.length === 0) return;
  for (const { file, complete: rest } of halves) {
    for (const statement of rest) {
      await session.run(statement.text).catch((error: unknown) => {
        throw completionFailed(error, display(file.path), file.sql, statement);
      });
    }
  }
  const after = await introspect(session, { home, schemas, insideTransaction: true });
  const equal = equalities(await parsedExpressions(after));
  for (const { file } of halves) {
    const step = diagnosis.trace.steps.find((one) => one.file.name === file.name);
    const evidence = step === undefined ? null : evidenceOf(step, { live: stateOf(after), ...equal, empty: new Set(), before: stateOf(live), later: [] });
    const lacking = evidence?.statements.filter(({ verdict }) => verdict !== 'satisfied' && verdict !== 'none' && verdict !== 'unknown') ?? [];
    if (lacking.length > 0) throw failure('COMPLETION_FAILED', { file: display(file.path), detail: `After its statements ran, these are still not true: ${lacking.map(({ title }) => title).join(', ')}` });
  }
}

function completionFailed(error: unknown, file: string, sql: string, { offset }: Statement): unknown {
  if (errorCode(error) === '' || /^(57|08)/.test(errorCode(error))) return error;
  const line = sql.slice(0, offset).split('\n').length;
  return failure('COMPLETION_FAILED', { file: `${file}:${line}`, detail: messageOf(error) }, error);
}

/** PostgreSQL names the kind of object that the right is missing on. */
function grantFor(detail: string, home: string, role: string): string {
  if (/for schema/.test(detail)) return `GRANT USAGE, CREATE ON SCHEMA ${quoteName(home)} TO ${quoteName(role)};   -- or connect as the role that deploys`;
  if (/must be owner/.test(detail)) return 'Connect as the owner of the tables: a GRANT does not give that right.';
  return `GRANT SELECT, INSERT, UPDATE ON ${quoteName(home)}._prisma_migrations TO ${quoteName(role)};   -- or connect as the owner of the table`;
}

function refused(error: unknown, { signal, home }: ResolveInput, role: string): unknown {
  if (error instanceof Error && error.name === 'MendError') return error;
  const code = errorCode(error);
  const detail = messageOf(error);
  if (signal.aborted) return failure('INTERRUPTED', { state: 'The database is as it was.' }, error);
  if (code === '55P03') return failure('BUSY', { what: 'the locks it needs', holder: detail }, error);
  if (code === '42501') return failure('NO_RIGHTS', { doing: 'write the ledger', detail, grant: grantFor(detail, home, role) }, error);
  if (/^(57P0|08)/.test(code) || /terminated unexpectedly|ECONNRESET|EPIPE/.test(`${code} ${detail}`)) return failure('CONNECTION_LOST', { detail, outcome: 'The database is as it was. Run the same command again.' }, error);
  return error;
}
