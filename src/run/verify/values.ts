// One value in two databases: as SQLite stores it, as PostgreSQL takes it, and as both are compared.

import type { PostgresColumn } from './tables.ts';

export type Cell = string | number | bigint | Uint8Array | null;

type Kind = 'boolean' | 'integer' | 'number' | 'moment' | 'date' | 'time' | 'json' | 'bytes' | 'text';

const KINDS: Readonly<Record<string, Kind>> = {
  boolean: 'boolean', smallint: 'integer', integer: 'integer', bigint: 'integer', real: 'number', 'double precision': 'number', numeric: 'number',
  'timestamp without time zone': 'moment', 'timestamp with time zone': 'moment', date: 'date', 'time without time zone': 'time', json: 'json', jsonb: 'json', bytea: 'bytes',
};

export function kindOf({ type }: Pick<PostgresColumn, 'type'>): Kind {
  return KINDS[type] ?? 'text';
}

/** What PostgreSQL is sent for a value that SQLite holds. */
export function toPostgres(cell: Cell, column: PostgresColumn): string | null {
  if (cell === null) return null;
  const kind = kindOf(column);
  if (kind === 'boolean') return isTrue(cell) ? 't' : 'f';
  if (kind === 'bytes') return `\\x${Buffer.from(cell instanceof Uint8Array ? cell : String(cell)).toString('hex')}`;
  if (kind === 'moment' || kind === 'date') return momentText(cell) ?? textOf(cell);
  return textOf(cell);
}

function isTrue(cell: Cell): boolean {
  return typeof cell === 'string' ? /^(t|true|[1-9]\d*)$/i.test(cell) || MOMENT.test(cell) : Number(cell) !== 0;
}

function textOf(cell: Cell): string {
  return cell instanceof Uint8Array ? Buffer.from(cell).toString() : String(cell);
}

function momentText(cell: Cell): string | null {
  const moment = millis(cell);
  return moment === null ? null : `${new Date(moment).toISOString().slice(0, -1)}+00`;
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)?$/;
const BIG_DIGITS = /^-?\d{11,14}$/;

/** Milliseconds since 1970; what has no zone is UTC. */
function millis(cell: Cell): number | null {
  if (typeof cell === 'number' || typeof cell === 'bigint') return Math.round(Number(cell));
  if (typeof cell !== 'string') return null;
  if (/^-?\d+$/.test(cell)) return Number(cell);
  if (!MOMENT.test(cell)) return null;
  const zoned = /(Z|[+-]\d\d(:?\d\d)?)$/.test(cell.slice(10)) ? cell : `${cell}${cell.length > 10 ? 'Z' : 'T00:00:00Z'}`;
  const parsed = Date.parse(zoned.replace(' ', 'T').replace(/\s+/g, '').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(parsed) ? null : parsed;
}

const DAY_MS = 86_400_000;
const RANDOM = /^[0-9a-f]{16,}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One text for all spellings of a value under PostgreSQL's type of it. `now`: what is within a day of it is the time of the run. */
export function canonical(cell: Cell, column: PostgresColumn, now: number): string {
  if (cell === null) return 'NULL';
  switch (kindOf(column)) {
    case 'boolean': return String(isTrue(cell));
    case 'integer': return canonicalInteger(cell, now);
    case 'number': return canonicalNumber(cell, now);
    case 'moment': return canonicalMoment(cell, now) ?? canonicalText(cell, now);
    case 'date': return canonicalMoment(cell, now)?.slice(0, 11) ?? canonicalText(cell, now);
    case 'json': return canonicalJson(textOf(cell));
    case 'bytes': return canonicalBytes(cell);
    default: return canonicalText(cell, now);
  }
}

function canonicalInteger(cell: Cell, now: number): string {
  const moment = typeof cell === 'string' && MOMENT.test(cell) ? millis(cell) : null;
  const text = moment === null ? textOf(cell) : String(moment);
  if (Math.abs(Number(text) - now) < DAY_MS || Math.abs(Number(text) * 1000 - now) < DAY_MS) return 'now';
  return /^-?\d+$/.test(text) ? text : canonicalNumber(cell, now);
}

function canonicalNumber(cell: Cell, now: number): string {
  const text = typeof cell === 'string' && MOMENT.test(cell) ? String(millis(cell)) : textOf(cell);
  if (Math.abs(Number(text) - now) < DAY_MS) return 'now';
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : String(Number(value.toPrecision(15)) + 0);
}

function canonicalMoment(cell: Cell, now: number): string | null {
  const moment = millis(cell);
  if (moment === null) return null;
  return Math.abs(moment - now) < DAY_MS ? 'now' : `@${new Date(moment).toISOString()}`;
}

/** A time, a number or a document that became a text may be spelled in two ways; what chance made is only known to be that. */
function canonicalText(cell: Cell, now: number): string {
  const text = textOf(cell).replace(/^(-?\d+)\.0$/, '$1');
  if (RANDOM.test(text) && !text.startsWith('00000000-')) return 'random';
  if (MOMENT.test(text) && text.length > 10) return canonicalMoment(text, now) ?? text;
  if (BIG_DIGITS.test(text)) return canonicalMoment(Number(text), now) ?? text;
  if (Math.abs(Number(text) * 1000 - now) < DAY_MS) return 'now';
  if (/^\s*[[{]/.test(text)) return canonicalJson(text);
  return JSON.stringify(text);
}

function canonicalBytes(cell: Cell): string {
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex');
  const text = textOf(cell);
  if (text.startsWith('\\x')) return text.slice(2);
  // A default of Bytes is written in hexadecimal digits by Prisma, and SQLite keeps them as they are.
  return /^(?:[0-9a-f]{2})+$/.test(text) ? text : Buffer.from(text).toString('hex');
}

function canonicalJson(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
