// A failed migration statement by statement: what of it is there, and what the database said.

import type { Diagnosis } from '../history/diagnosis.ts';
import type { Shown } from '../history/evidence.ts';

const MARK: Readonly<Record<Shown['verdict'], string>> = { satisfied: 'there', unsatisfied: 'not there', conflicting: 'there, and other', partial: 'in part', unknown: 'cannot be seen', none: '-' };

/** What Prisma's engine writes around the database's words: where in the engine it was, and what the user knows anyway. */
const OF_ENGINE = /^(\s*\d+: [\w:<>]+::|\s+with \w+=|\s+at [\w./-]+\.rs:\d+|DbError \{|external connector error$|A migration failed to apply\.|Migration name: |Database error code: |Database error:$)/;
const PREFIX = /^(Error querying the database: |db error: |Error: )+/;

/** The database's own words in a ledger's log: the error, with its position, detail and hint. */
export function databaseSaid(logs: string): readonly string[] {
  const lines = logs.replace(/\p{Cc}\[[\d;]*m/gu, '').split('\n').map((line) => line.trimEnd());
  const said = lines.filter((line) => line.trim() !== '' && !OF_ENGINE.test(line)).map((line) => line.replace(PREFIX, ''));
  return [...said, ...fieldsOf(lines)];
}

/** The native engine has detail and hint in its own notation alone. */
function fieldsOf(lines: readonly string[]): readonly string[] {
  const error = lines.find((line) => line.startsWith('DbError {')) ?? '';
  return (['detail', 'hint'] as const).flatMap((field) => {
    const value = new RegExp(`\\b${field}: Some\\(("(?:[^"\\\\]|\\\\.)*")\\)`).exec(error)?.[1];
    if (value === undefined || lines.some((line) => line.startsWith(`${field.toUpperCase()}: `))) return [];
    return [`${field.toUpperCase()}: ${value.slice(1, -1).replace(/\\(["'\\])/g, '$1')}`];
  });
}

/** One block a failed or half-applied migration. */
export function failedBlocks({ facts, evidence }: Diagnosis): readonly string[] {
  const failed = facts.failed.filter(({ name }, at, rows) => rows.findIndex((row) => row.name === name) === at);
  return failed.flatMap(({ name, logs, startedAt }) => {
    const shown = evidence.get(name);
    const lines = databaseSaid(logs ?? '').slice(0, 12);
    const said = lines.length === 0 ? ['  The ledger has no error of it: the run was killed, or the file has a transaction of its own.'] : lines.map((line) => `  | ${line}`);
    const statements = (shown?.statements ?? []).map(({ title, verdict, differences }, at) => `  ${String(at + 1).padStart(3)}  ${MARK[verdict].padEnd(16)} ${title}${differences.length > 0 ? `  (${differences[0] ?? ''})` : ''}`);
    return [[`${name}, begun ${startedAt.slice(0, 19).replace('T', ' ')}`, ...said, ...statements.slice(0, 40), ...(statements.length > 40 ? [`       … and ${statements.length - 40} more statements`] : [])].join('\n')];
  });
}
