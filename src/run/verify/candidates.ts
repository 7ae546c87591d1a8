// Values to try a migration with: for each type those that two databases are most likely to take differently. No chance is in it:
// the same number gives the same value.

import { kindOf, type Cell } from './values.ts';
import type { PostgresColumn, SqliteColumn } from './tables.ts';

export interface Wanted {
  readonly column: SqliteColumn;
  readonly in: PostgresColumn;
  /** Every type the column is declared with from here to the end of the history. */
  readonly future: ReadonlySet<string>;
  /** Becomes NOT NULL at some later time. */
  readonly filledLater: boolean;
  readonly unique: boolean;
  /** No value that a later migration might refuse. */
  readonly tame: boolean;
}

const TEXTS = ['', 'Zoë ☃ 😀', '  padded ', 'UPPER', 'lower', '%_\\', 'two\nlines', `it's "quoted"`, '0', '12.50', '{"a": 1}', 'true'];
const INTEGERS = [0, 1, -1, 2_147_483_647, -2_147_483_648, 18, 7];
const BIGS = ['9007199254740993', '-9223372036854775808', '0', '1', '4294967296'];
const NUMBERS = [0, 1.5, -2.25, 0.1, 123_456.789, 10_000_000_000];
const JSONS = ['{}', '{"a":1,"b":[1,"x",null]}', '[]', '{"ключ":"ü"}', '"text"', 'true'];
const BYTES = [[], [0, 255], [104, 105], [0xc3, 0xa9]];
/** Some years back, so that none is taken for the time of the run. */
const EPOCH = Date.UTC(2019, 10, 3, 4, 5, 6, 789);

/** `n` is another number for every row. */
export function candidate(wanted: Wanted, n: number): Cell {
  const { column, tame, unique, filledLater } = wanted;
  const turn = mix(n, column.name);
  if (!column.notNull && turn % 4 === 0 && !(tame && filledLater)) return null;
  return unique ? uniqueValue(wanted, n) : value(wanted, turn, n);
}

/** FNV-1a, so that columns of one row do not march in step. */
function mix(n: number, name: string): number {
  let hash = 2_166_136_261;
  for (const character of `${name}:${n}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash >>> 3;
}

const pick = <T>(list: readonly T[], turn: number): T => list[turn % list.length] as T;

function value(wanted: Wanted, turn: number, n: number): Cell {
  const { in: column } = wanted;
  if (column.labels !== null) return pick(column.labels, turn);
  const will = (...types: readonly string[]) => types.some((type) => wanted.future.has(type));
  switch (kindOf(column)) {
    case 'boolean': return turn % 2;
    case 'integer': return integer(wanted, turn, will);
    case 'number': return will('integer', 'int', 'bigint', 'datetime') ? turn % 1000 : will('boolean') ? turn % 2 : pick(NUMBERS, turn);
    case 'moment': case 'date': return moment(n, turn, will);
    case 'time': return '01:02:03';
    case 'json': return pick(JSONS, turn);
    case 'bytes': return new Uint8Array(pick(will('text') ? BYTES.filter((bytes) => !bytes.includes(0)) : BYTES, turn));
    default: return text(wanted, turn, n, will);
  }
}

function integer({ in: { type } }: Wanted, turn: number, will: (...types: readonly string[]) => boolean): Cell {
  if (will('boolean')) return turn % 2;
  if (type === 'smallint') return pick([0, 1, -1, 32_767], turn);
  if (will('datetime')) return pick([86_400_000, 1_234_567_890], turn);
  return type === 'bigint' && !will('integer', 'int', 'real', 'float', 'decimal') ? pick(BIGS, turn) : pick(INTEGERS, turn);
}

function moment(n: number, turn: number, will: (...types: readonly string[]) => boolean): Cell {
  if (will('integer', 'int')) return 86_400_000 + n;
  const at = EPOCH + n * 61_001;
  if (will('bigint', 'real', 'decimal', 'boolean')) return at;
  const iso = new Date(at).toISOString();
  return pick<Cell>(will('text') ? [iso.replace('Z', '+00:00')] : [at, iso, iso.replace('Z', '+00:00'), iso.slice(0, 19).replace('T', ' ')], turn);
}

function text({ in: { type, length } }: Wanted, turn: number, n: number, will: (...types: readonly string[]) => boolean): Cell {
  if (type === 'uuid') return uuid(turn);
  if (will('boolean')) return String(turn % 2);
  if (will('datetime')) return new Date(EPOCH + n * 61_001).toISOString();
  if (will('integer', 'int', 'bigint', 'real', 'decimal')) return String(turn % 1000);
  if (will('jsonb')) return pick(JSONS, turn);
  const chosen = pick(TEXTS, turn);
  return length === null ? chosen : [...chosen].slice(0, length).join('');
}

/** For keys: never the same twice. */
function uniqueValue(wanted: Wanted, n: number): Cell {
  const { in: column, future } = wanted;
  const kind = kindOf(column);
  if (column.labels !== null || kind === 'boolean') return value(wanted, mix(n, column.name), n);
  if (kind === 'integer' || kind === 'number') return 1000 + n;
  if (kind === 'moment') return EPOCH + n * 61_001;
  if (kind === 'date') return new Date(EPOCH + n * 86_400_000).toISOString().slice(0, 10);
  if (kind === 'json') return `{"n":${n}}`;
  if (kind === 'bytes') return new Uint8Array([1 + (n % 100), 1 + (Math.floor(n / 100) % 100)]);
  if (column.type === 'uuid') return uuid(n);
  if (['integer', 'int', 'bigint', 'real', 'decimal'].some((type) => future.has(type))) return String(1000 + n);
  if (future.has('datetime')) return new Date(EPOCH + n * 61_001).toISOString();
  return column.length !== null && column.length < 12 ? String(n).padStart(Math.min(column.length, 6), '0') : pick([`key ${n}`, `Ключ-${n}`, `k'${n}"`], n);
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
