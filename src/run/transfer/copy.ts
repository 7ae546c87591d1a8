// One group of tables, in one transaction: all of it arrives and is found equal, or none of it does.

import type { SqliteFile } from '../../database/sqlite-file.ts';
import { quoteName, quoteNames, quoteText } from '../../sql/quote.ts';
import { commit, takeLock } from '../apply.ts';
import { contentOf, hasRows, sameContent, SETTINGS } from './content.ts';
import { putBackKeys, takeOffKeys, type TakenKey } from './keys.ts';
import { beginNext, linesFor, sent } from './lines.ts';
import { schemeOf, type Scheme } from './order.ts';
import type { TablePair } from './plan.ts';
import type { TargetKey } from './target.ts';
import { Refusal, type Outcome, type Work } from './work.ts';

/** Throws Refusal and PostgreSQL's errors, with the transaction rolled back, and those of `commit`. */
export async function copyGroup(work: Work, group: readonly TablePair[], state: string): Promise<ReadonlyMap<string, Outcome>> {
  const { session, target } = work;
  let transaction = '';
  let outcomes: ReadonlyMap<string, Outcome>;
  try {
    await session.run(`BEGIN; SET LOCAL search_path TO ${quoteName(target.schema)}; SET LOCAL lock_timeout TO '10s'; SET LOCAL idle_in_transaction_session_timeout TO 0; ${SETTINGS}`);
    await takeLock(session, work.signal);
    for (const pair of group) await session.run(`LOCK TABLE ${tableOf(work, pair.target.name)} IN ${pair.target.mayLock ? 'SHARE ROW EXCLUSIVE' : 'ROW EXCLUSIVE'} MODE`);
    outcomes = await fill(work, group);
    work.file.assertUnchanged();
    work.assertGoing();
    transaction = String((await session.run('SELECT pg_catalog.txid_current()::text'))[0]?.[0]?.[0]);
  } catch (error) {
    await session.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await commit(session, transaction, state, work);
  return outcomes;
}

const tableOf = ({ target }: Pick<Work, 'target'>, table: string) => `${quoteName(target.schema)}.${quoteName(table)}`;

async function fill(work: Work, group: readonly TablePair[]): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const open: TablePair[] = [];
  for (const pair of group) {
    const standing = await standingOf(work, pair);
    if (standing === 'empty') open.push(pair);
    else if (standing === 'same') outcomes.set(pair.target.name, { state: 'already', detail: 'the same rows' });
    else throw new Refusal(pair.target.name, standing);
  }
  const taken = await timed(work, 'copy', () => takeOffKeys(work, open));
  const scheme = schemeOf(open.map(({ target }) => target), work.target.keys.filter((key) => !taken.some(({ table, name }) => table === key.table && name === key.name)));
  if (scheme.impossible !== null) throw new Refusal(scheme.order[0] ?? '', scheme.impossible);
  await copyAll(work, open, scheme, taken);
  for (const { target: { name } } of open) outcomes.set(name, { state: 'copied', detail: schemeWords(name, scheme, taken.filter(({ target }) => target !== name && open.some((other) => other.target.name === target))) });
  return outcomes;
}

/** `empty`, `same`, or in words what is there instead. */
export async function standingOf(work: Work, pair: TablePair): Promise<string> {
  const { session, target, contents } = work;
  const { name } = pair.target;
  work.at = name;
  const expected = contents.get(name) ?? { rows: 0, sums: '' };
  if (!(await hasRows(session, target.schema, name))) return expected.rows === 0 ? 'same' : 'empty';
  const found = await timed(work, 'compare', () => contentOf(session, target.schema, pair, target.utf8));
  if (sameContent(found, expected)) return 'same';
  return `PostgreSQL holds ${found.rows === expected.rows ? `as many rows as SQLite, ${found.rows}, and not the same` : `${found.rows} other rows, SQLite ${expected.rows}`}; empty the table if they are not wanted`;
}

async function timed<T>(work: Work, what: 'copy' | 'compare', action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await action();
  } finally {
    work.spent[what] += performance.now() - started;
  }
}

async function copyAll(work: Work, open: readonly TablePair[], scheme: Scheme, taken: readonly TakenKey[]): Promise<void> {
  const { session } = work;
  const pairs = scheme.order.flatMap((name) => open.find(({ target }) => target.name === name) ?? []);
  await timed(work, 'copy', async () => {
    for (const key of scheme.altered) await session.run(alterKey(work, key, 'DEFERRABLE'));
    if (scheme.deferred.length + scheme.altered.length > 0) await session.run('SET CONSTRAINTS ALL DEFERRED');
    for (const pair of pairs) await copyTable(work, pair, scheme.postponed.get(pair.target.name) ?? []);
    await beginNext(work);
    for (const pair of pairs) await fillPostponed(work, pair, scheme.postponed.get(pair.target.name) ?? []);
    if (scheme.deferred.length + scheme.altered.length > 0) await session.run('SET CONSTRAINTS ALL IMMEDIATE');
    for (const key of scheme.altered) await session.run(alterKey(work, key, 'NOT DEFERRABLE'));
    await putBackKeys(work, taken);
    for (const pair of pairs) await advanceSequences(work, pair);
  });
  for (const pair of pairs) await assertArrived(work, pair);
}

function alterKey(work: Work, { table, name }: TargetKey, how: string): string {
  return `ALTER TABLE ${tableOf(work, table)} ALTER CONSTRAINT ${quoteName(name)} ${how}`;
}

async function copyTable(work: Work, pair: TablePair, postponed: readonly string[]): Promise<void> {
  const { session } = work;
  work.at = pair.target.name;
  const rows = work.contents.get(pair.target.name)?.rows ?? 0;
  work.progress(`copying "${pair.target.name}": ${rows} rows`);
  const into = `${tableOf(work, pair.target.name)} (${quoteNames(pair.columns.map(({ target }) => target.name))})`;
  const lines = linesFor(work, pair, postponed);
  const taken = await session.copyIn(`COPY ${into} FROM STDIN`, sent(work, pair, lines)).finally(() => lines.stop());
  if (taken !== rows) throw new Refusal(pair.target.name, `PostgreSQL took ${taken} of ${rows} rows: a rule or a trigger keeps the others out`);
}

/** The columns that were NULL at first, by primary key. */
async function fillPostponed(work: Work, pair: TablePair, postponed: readonly string[]): Promise<void> {
  if (postponed.length === 0) return;
  const { session } = work;
  const { name, primaryKey } = pair.target;
  work.at = name;
  await session.run(`CREATE TEMPORARY TABLE mend_postponed ON COMMIT DROP AS SELECT ${quoteNames(pair.columns.map(({ target }) => target.name))} FROM ${tableOf(work, name)} WITH NO DATA`);
  const lines = linesFor(work, pair, []);
  await session.copyIn(`COPY pg_temp.mend_postponed FROM STDIN`, sent(work, pair, lines)).finally(() => lines.stop());
  const set = postponed.map((column) => `${quoteName(column)} = p.${quoteName(column)}`).join(', ');
  const same = primaryKey.map((column) => `t.${quoteName(column)} = p.${quoteName(column)}`).join(' AND ');
  const some = postponed.map((column) => `p.${quoteName(column)} IS NOT NULL`).join(' OR ');
  await session.run(`UPDATE ${tableOf(work, name)} t SET ${set} FROM pg_temp.mend_postponed p WHERE ${same} AND (${some}); DROP TABLE pg_temp.mend_postponed`);
}

/** Behind the last value, and behind what SQLite counted to; never backwards. */
async function advanceSequences(work: Work, pair: TablePair): Promise<void> {
  for (const sequence of work.target.sequences.filter(({ table }) => table === pair.target.name)) {
    const [end, most] = sequence.increment > 0 ? ['max', 'GREATEST'] : ['min', 'LEAST'];
    const counted = sequence.increment > 0 && pair.key.length === 1 && pair.target.primaryKey.includes(sequence.column) ? sqliteCounter(work.file, pair.source) : null;
    await work.session.run(`SELECT pg_catalog.setval(${quoteText(sequence.name)}, ${most}(v.reached, CASE WHEN s.is_called THEN s.last_value END))
      FROM (SELECT ${most}(pg_catalog.${end}(${quoteName(sequence.column)}), ${counted ?? 'NULL'})::int8 AS reached FROM ${tableOf(work, pair.target.name)}) v, ${sequence.name} s WHERE v.reached IS NOT NULL`);
  }
}

/** SQLite's AUTOINCREMENT gives no number twice, even when its row is gone. */
function sqliteCounter(file: SqliteFile, table: string): string | null {
  const [there] = [...file.rows("SELECT 1 AS n FROM sqlite_schema WHERE name = 'sqlite_sequence'")];
  const [row] = there === undefined ? [] : [...file.rows('SELECT seq FROM sqlite_sequence WHERE name = ?', [table])];
  return typeof row?.['seq'] === 'number' || typeof row?.['seq'] === 'bigint' ? String(row['seq']) : null;
}

async function assertArrived(work: Work, pair: TablePair): Promise<void> {
  work.at = pair.target.name;
  const found = await timed(work, 'compare', () => contentOf(work.session, work.target.schema, pair, work.target.utf8));
  const expected = work.contents.get(pair.target.name);
  if (expected !== undefined && sameContent(found, expected)) return;
  const { triggers } = pair.target;
  throw new Refusal(pair.target.name, `what arrived is not what was sent (${found.rows} rows of ${expected?.rows ?? 0})${triggers.length === 0 ? '' : `: ${triggers.length === 1 ? 'trigger' : 'triggers'} ${triggers.join(', ')} may change it; DISABLE TRIGGER for the time of the copy`}`);
}

/** `taken`: those of a circle. */
function schemeWords(table: string, { deferred, altered, postponed }: Scheme, taken: readonly TakenKey[]): string {
  const named = (keys: readonly Pick<TargetKey, 'table' | 'name'>[]) => keys.filter((key) => key.table === table).map(({ name }) => `"${name}"`).join(', ');
  return [
    ...(named(taken) === '' ? [] : [`${named(taken)} taken off for the transaction, and put back as it was when all tables of its circle were there`]),
    ...(named(deferred) === '' ? [] : [`${named(deferred)} checked when all tables of its circle were there`]),
    ...(named(altered) === '' ? [] : [`${named(altered)} made deferrable for the transaction, checked, and made as it was`]),
    ...(postponed.has(table) ? [`${(postponed.get(table) ?? []).map((name) => `"${name}"`).join(', ')} filled after the tables of its circle`] : []),
  ].join('; ');
}
