// What PostgreSQL said when it refused a migration, and whether it will say it again.

import { rowState, type Entry } from './history.ts';

export interface Refusal {
  readonly name: string;
  /** PostgreSQL's own, in one line. */
  readonly words: string;
  /** `rows`: the data does not fit, which a repair can tell more of; `text`: the file or what it stands on has to change. */
  readonly over: 'rows' | 'text';
}

/** Lines in which engines say that something went wrong, and not what. */
const NOISE = /^(external connector error|A migration failed to apply|New migrations cannot be applied|Migration name:|Database error code:|Database error:?$|Position:|Please check the query|\d+: |at |with )/i;

export function refusalWords(logs: string | null): string {
  const lines = (logs ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !NOISE.test(line));
  const line = lines.find((one) => one.includes('ERROR: ')) ?? lines[0] ?? '';
  return line.replace(/^(Error querying the database: |Database error: )+/, '').slice(0, 300);
}

/** Of rows: not null, foreign key, unique, check, exclusion; values out of range or of another form. */
const OF_ROWS = /^(23|22)/;
const OF_ROWS_WORDS = /\b(Null|Unique|Foreign key) constraint failed|violates .* constraint|contains null values|could not create unique index|division by zero|out of range|invalid input/i;
/** Killed, cancelled, kept waiting, no room; what was there already may be gone by now. */
const PASSING = /^(08|40|53|55P03|57|58|XX|25P02|42P07|42701|42710|42P06)/;
const PASSING_WORDS = /terminat|timeout|deadlock|canceling|too many|already exists|transaction is aborted|not available|No space|connection/i;

/** The file is still as it was when PostgreSQL refused it last. */
export function refusalOf({ name, file, rows }: Entry): Refusal | null {
  const row = rows.filter((one) => one.finishedAt === null).at(-1);
  if (file === null || row === undefined || rows.some((one) => rowState(one) === 'applied') || !file.accepted.includes(row.checksum)) return null;
  const words = refusalWords(row.logs);
  const code = /(?:Database error code: |SqlState\(E?)([0-9A-Z]{5})/.exec(row.logs ?? '')?.[1] ?? '';
  if (words === '' || (code === '' ? PASSING_WORDS.test(words) : PASSING.test(code))) return null;
  return { name, words, over: (code === '' ? OF_ROWS_WORDS.test(words) : OF_ROWS.test(code)) ? 'rows' : 'text' };
}
