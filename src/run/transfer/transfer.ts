// The rows of a SQLite file into the tables PostgreSQL has for them: looked at whole, copied group by group, compared before each commit.

import { setImmediate as turn } from 'node:timers/promises';
import { errorCode, messageOf } from '../../database/refusals.ts';
import { openSqliteFile, type SqliteFile } from '../../database/sqlite-file.ts';
import type { Session } from '../../database/session.ts';
import { failure, MendError } from '../../errors.ts';
import { SETTINGS, type Content } from './content.ts';
import { copyGroup, standingOf } from './copy.ts';
import { stopNext } from './lines.ts';
import { lookAt, rowWords } from './look.ts';
import { groupsOf } from './order.ts';
import { pairTables, type Pairing, type TablePair } from './plan.ts';
import { readTarget, type Target } from './target.ts';
import { Refusal, type Outcome, type Work } from './work.ts';

export interface TransferOptions {
  /** A path, or a URL as Prisma has it: `file:./dev.db`. */
  readonly file: string;
  readonly schema: string;
  readonly signal: AbortSignal;
  readonly progress: (words: string) => void;
  /** Connects again, to learn what became of a commit whose answer was lost. */
  readonly reconnect: () => Promise<Session>;
}

/** `ready`: nothing stands in its way, and it was not copied: another table is refused, or it was only looked at. */
export type TableState = 'copied' | 'already' | 'refused' | 'ready';

export interface TableReport {
  /** PostgreSQL's name. */
  readonly name: string;
  /** In SQLite. */
  readonly rows: number;
  /** By this run. */
  readonly copied: number;
  readonly state: TableState;
  /** Why it is refused, or what has to be known; `''` for nothing. */
  readonly detail: string;
}

export interface TransferReport {
  /** In the order in which they are copied. */
  readonly tables: readonly TableReport[];
  /** Tables of the SQLite file that PostgreSQL has no counterpart for. */
  readonly withoutTarget: readonly string[];
  /** Tables of PostgreSQL that the SQLite file has no counterpart for. */
  readonly withoutSource: readonly string[];
  readonly rows: number;
  readonly copied: number;
  readonly seconds: { readonly look: number; readonly copy: number; readonly compare: number; readonly total: number };
}

/** What would be copied, and what cannot be; nothing is written. */
export async function planTransfer(session: Session, options: TransferOptions): Promise<TransferReport> {
  return await transfer(session, options, false);
}

/**
 * Throws READ_ONLY, POOLER, BUSY, NO_RIGHTS, SQLITE_MISSING, SQLITE_UNREADABLE, SQLITE_BUSY, INTERRUPTED, CONNECTION_LOST and QUERY_FAILED; each says what is
 * done. A table that is refused before the first row is written keeps all others from being copied.
 */
export async function transferData(session: Session, options: TransferOptions): Promise<TransferReport> {
  if (session.server.readOnly !== null) throw failure('READ_ONLY', { evidence: session.server.readOnly });
  if (session.server.pooler !== null) throw failure('POOLER', { evidence: session.server.pooler });
  return await transfer(session, options, true);
}

async function transfer(session: Session, options: TransferOptions, writing: boolean): Promise<TransferReport> {
  const file = await openSqliteFile(options.file);
  let cancelled: Promise<void> | undefined;
  const cancel = () => {
    cancelled = session.cancel().catch(() => undefined);
  };
  options.signal.addEventListener('abort', cancel);
  try {
    return await run(session, file, options, writing);
  } finally {
    options.signal.removeEventListener('abort', cancel);
    // One that comes late would end what the connection does next.
    await cancelled;
    file.close();
  }
}

interface Run {
  readonly work: Work;
  readonly pairing: Pairing;
  readonly groups: readonly (readonly TablePair[])[];
  readonly outcomes: Map<string, Outcome>;
  /** Rows in SQLite, by table. */
  readonly rows: Map<string, number>;
  readonly contents: Map<string, Content>;
}

async function run(session: Session, file: SqliteFile, options: TransferOptions, writing: boolean): Promise<TransferReport> {
  const started = performance.now();
  const target = await readTarget(session, options.schema);
  const pairing = pairTables(file, target);
  const outcomes = new Map<string, Outcome>();
  const rows = new Map<string, number>();
  const contents = new Map<string, Content>();
  const assertGoing = () => {
    if (options.signal.aborted) throw failure('INTERRUPTED', { state: stateWords(outcomes) });
  };
  const work: Work = { ...options, session, file, target, contents, assertGoing, spent: { copy: 0, compare: 0 }, at: '', upcoming: null, begun: null };
  const one: Run = { work, pairing, groups: inOrder(pairing, target), outcomes, rows, contents };
  await look(one);
  const looked = performance.now();
  const already = work.spent.compare;
  if (writing && ![...outcomes.values()].some(({ state }) => state === 'refused')) await copyGroups(one);
  const seconds = (milliseconds: number) => Math.round(milliseconds) / 1000;
  return report(one, { look: seconds(looked - started - already), copy: seconds(work.spent.copy), compare: seconds(work.spent.compare), total: seconds(performance.now() - started) });
}

function inOrder({ pairs }: Pairing, { keys }: Target): readonly (readonly TablePair[])[] {
  const byName = new Map(pairs.map((pair) => [pair.target.name, pair]));
  return groupsOf([...byName.keys()], keys.map(({ table, target }) => ({ from: table, to: target ?? '' }))).map((names) => names.flatMap((name) => byName.get(name) ?? []));
}

/** Every value is read once; then PostgreSQL is asked what it holds already. */
async function look({ work, pairing, outcomes, rows, contents }: Run): Promise<void> {
  for (const [at, pair] of pairing.pairs.entries()) {
    work.assertGoing();
    work.progress(`looking at "${pair.source}", ${at + 1} of ${pairing.pairs.length} tables`);
    await turn();
    const { rows: count, content, problems } = await lookAt(work.file, pair, work.assertGoing);
    rows.set(pair.target.name, count);
    contents.set(pair.target.name, content);
    if (pair.problems.length + problems.length > 0) outcomes.set(pair.target.name, { state: 'refused', detail: [...pair.problems, ...problems].join('; ') });
  }
  work.file.assertUnchanged();
  try {
    await work.session.run(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${SETTINGS}`);
    for (const pair of pairing.pairs.filter(({ target }) => !outcomes.has(target.name))) {
      work.assertGoing();
      const standing = await standingOf(work, pair);
      if (standing !== 'empty') outcomes.set(pair.target.name, standing === 'same' ? { state: 'already', detail: rows.get(pair.target.name) === 0 ? 'no rows' : 'the same rows' } : { state: 'refused', detail: standing });
    }
  } catch (error) {
    throw stopped(error, work, outcomes);
  } finally {
    await work.session.run('ROLLBACK').catch(() => undefined);
  }
}

async function copyGroups({ work, groups, outcomes }: Run): Promise<void> {
  const open = groups.filter((group) => !group.every(({ target }) => outcomes.has(target.name)));
  try {
    for (const [at, group] of open.entries()) {
      // Within a group, the order is known when its keys are.
      const [pair, ...others] = open[at + 1] ?? [];
      work.upcoming = pair === undefined || others.length > 0 ? null : pair;
      if (!(await copied(work, group, outcomes))) return;
    }
  } finally {
    await stopNext(work);
  }
}

/** What PostgreSQL refuses is rolled back, and nothing that comes after it is begun. */
async function copied(work: Work, group: readonly TablePair[], outcomes: Map<string, Outcome>): Promise<boolean> {
  try {
    work.assertGoing();
    for (const [name, outcome] of await copyGroup(work, group, stateWords(outcomes))) outcomes.set(name, outcome);
    return true;
  } catch (error) {
    const refusal = refusalOf(error, work, group);
    if (refusal === null) throw stopped(error, work, outcomes);
    outcomes.set(refusal.table, { state: 'refused', detail: refusal.message });
    return false;
  }
}

/** Data that breaks a rule of the database, or a trigger that raises. */
function refusalOf(error: unknown, work: Work, group: readonly TablePair[]): Refusal | null {
  if (error instanceof Refusal) return error;
  if (work.signal.aborted || !/^(21|22|23|27|42P10|44|54|P0|0A)/.test(errorCode(error))) return null;
  const field = (name: string) => (error instanceof Error && name in error ? String((error as unknown as Record<string, unknown>)[name] ?? '') : '');
  const table = group.some(({ target }) => target.name === field('table')) ? field('table') : work.at;
  const pair = group.find(({ target }) => target.name === work.at);
  const [, line, column] = /^COPY .*?, line (\d+)(?:, column ([^:]*))?/.exec(field('where')) ?? [];
  const row = line === undefined || pair === undefined ? '' : `: ${rowWords(work.file, pair, Number(line) - 1)}`;
  const place = field('column') || column ? ` in column "${field('column') || column}"` : '';
  return new Refusal(table, `PostgreSQL refuses a row${place}${row}: ${messageOf(error)}${field('detail') === '' ? '' : ` (${field('detail')})`}`);
}

function stateWords(outcomes: ReadonlyMap<string, Outcome>): string {
  const copied = [...outcomes].filter(([, { state }]) => state === 'copied').map(([name]) => `"${name}"`);
  return copied.length === 0 ? 'PostgreSQL is as it was.' : `${copied.length} ${copied.length === 1 ? 'table is' : 'tables are'} copied and compared, and stay${copied.length === 1 ? 's' : ''} (${copied.join(', ')}); what was at work was rolled back. Running the same command again copies the rest.`;
}

function stopped(error: unknown, { signal, at }: Work, outcomes: ReadonlyMap<string, Outcome>): unknown {
  const [code, detail, state] = [errorCode(error), messageOf(error), stateWords(outcomes)];
  // A commit whose answer was lost says more than that it was interrupted.
  if (signal.aborted && code !== 'CONNECTION_LOST') return failure('INTERRUPTED', { state }, error);
  if (error instanceof MendError) return error.code === 'BUSY' ? failure('BUSY', { what: 'Prisma\'s migration lock', holder: `${error.why} ${state}` }, error) : error;
  if (/^(57P0|08)/.test(code) || ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code) || /terminated|connection error|not queryable/i.test(detail)) return failure('CONNECTION_LOST', { detail, outcome: state.replace('PostgreSQL is as it was.', 'PostgreSQL is as it was. Run the same command again.') }, error);
  if (code === '55P03') return failure('BUSY', { what: `the lock on "${at}"`, holder: `${detail}. ${state}` }, error);
  if (code === '42501') return failure('NO_RIGHTS', { doing: `copy into "${at}"`, detail: `${detail}. ${state}`, grant: 'Connect as the owner of the tables, or: GRANT <owner> TO <role>;' }, error);
  if (code === '') return error;
  return failure('QUERY_FAILED', { doing: `copying "${at}"`, detail: `${detail}\n${state}` }, error);
}

function report({ rows: counts, pairing, groups, outcomes }: Run, seconds: TransferReport['seconds']): TransferReport {
  const tables = groups.flat().map(({ target: { name } }): TableReport => {
    const { state, detail } = outcomes.get(name) ?? { state: 'ready' as const, detail: '' };
    const rows = counts.get(name) ?? 0;
    return { name, rows, copied: state === 'copied' ? rows : 0, state, detail };
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return { tables, withoutTarget: pairing.withoutTarget, withoutSource: pairing.withoutSource, rows: sum(tables.map(({ rows }) => rows)), copied: sum(tables.map(({ copied }) => copied)), seconds };
}
