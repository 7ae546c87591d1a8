// Files, ledger and database side by side, a line a migration.

import type { Diagnosis } from '../history/diagnosis.ts';
import type { Evidence, Standing } from '../history/evidence.ts';
import { rowState, type Entry } from '../history/history.ts';

export interface StatusRow {
  readonly name: string;
  readonly local: 'file' | 'missing' | 'no file' | 'edited' | 'other SQL';
  readonly ledger: 'applied' | 'failed' | 'rolled back' | 'none';
  /** When it was applied or began, ISO 8601 in UTC. */
  readonly time: string | null;
  readonly live: string;
}

const LIVE: Readonly<Record<Standing, string>> = { done: 'there', absent: 'not there', part: 'a part is there', conflict: 'other than it says', unseen: 'cannot be seen', empty: 'nothing to see', unread: 'not PostgreSQL' };

export function statusRows({ facts, evidence, applied, baselined }: Diagnosis): readonly StatusRow[] {
  return facts.entries.map((entry) => {
    const shown = applied.get(entry.name) ?? evidence.get(entry.name);
    return { name: entry.name, local: localOf(entry, facts), ledger: ledgerOf(entry), time: timeOf(entry), live: liveOf(shown, baselined?.names.has(entry.name) ?? false) };
  });
}

function localOf({ name, file, edited, translated }: Entry, { foreign }: Diagnosis['facts']): StatusRow['local'] {
  if (file === null) return 'missing';
  if (translated || foreign.some((one) => one.file.name === name)) return 'other SQL';
  return file.missing ? 'no file' : edited ? 'edited' : 'file';
}

function ledgerOf({ rows, state }: Entry): StatusRow['ledger'] {
  if (state !== 'unapplied') return state;
  return rows.length > 0 ? 'rolled back' : 'none';
}

function timeOf({ rows }: Entry): string | null {
  const row = rows.findLast((one) => rowState(one) === 'applied') ?? rows.at(-1);
  return row === undefined ? null : (row.finishedAt ?? row.startedAt);
}

function liveOf(shown: Evidence | undefined, past: boolean): string {
  if (shown === undefined) return '?';
  const seen = shown.statements.filter(({ verdict }) => verdict !== 'none');
  const there = seen.filter(({ verdict }) => verdict === 'satisfied').length;
  if (shown.standing === 'part' || shown.standing === 'conflict') return `${there} of ${seen.length} statements`;
  return past && shown.standing === 'unseen' ? 'passed' : LIVE[shown.standing];
}

const HEAD = ['MIGRATION', 'LOCAL', 'LEDGER', 'DATABASE', 'TIME (UTC)'] as const;

export function statusTable(rows: readonly StatusRow[]): string {
  const cells = rows.map(({ name, local, ledger, live, time }) => [name, local, ledger, live, time === null ? '' : time.slice(0, 16).replace('T', ' ')]);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[], mark: string) => `${mark} ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd();
  return [line(HEAD, ' '), ...cells.map((row, at) => line(row, isFine(rows[at]) ? ' ' : '!'))].join('\n');
}

function isFine(row: StatusRow | undefined): boolean {
  return row !== undefined && row.local === 'file' && (row.ledger === 'applied' ? ['there', 'nothing to see', 'cannot be seen'].includes(row.live) : row.ledger === 'none' && row.live !== 'there');
}
