// Points in time as PostgreSQL prints them in ISO style, from milliseconds and from the texts Prisma and SQLite write.

import { putAscii, putByte, putDigits, type Writer } from './writer.ts';

/** Seconds since 1970 in UTC, and microseconds of the second. */
export interface Instant {
  readonly seconds: number;
  readonly micros: number;
}

const DAY = 86_400;
/** PostgreSQL's own bounds of timestamp, in seconds: 4714-11-24 BC to the end of 294276. */
const FIRST = -210_866_803_200;
const LAST = 9_224_318_016_000;

export const FINER = 'a time that is finer than the column keeps';
const OUT_OF_RANGE = 'a time that PostgreSQL has no value for';

/** Milliseconds, as Prisma keeps times; a text says what is wrong. */
export function fromMilliseconds(value: number | bigint): Instant | string {
  const milliseconds = Number(value);
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > LAST * 1000) return OUT_OF_RANGE;
  const seconds = Math.floor(milliseconds / 1000);
  const micros = (milliseconds - seconds * 1000) * 1000;
  if (!Number.isInteger(micros)) return FINER;
  return bounded(seconds, micros);
}

function bounded(seconds: number, micros: number): Instant | string {
  return seconds < FIRST || seconds >= LAST ? OUT_OF_RANGE : { seconds, micros };
}

const ISO = /^(\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?))?)?$/;
const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?Z?$/;

const NO_TIME = 'a text that is no time';

const NINE = 57;
const ZERO = 48;

/** `count` digits as a number; NaN where one is none. */
function digitsAt(text: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const code = text[at] ?? 0;
    if (!(code >= ZERO && code <= NINE)) return Number.NaN;
    value = value * 10 + code - ZERO;
  }
  return value;
}

const [DASH, COLON, POINT, SPACE, T, Z] = [45, 58, 46, 32, 84, 90];
const UTC: readonly number[] = [...'+00:00'].map((character) => character.charCodeAt(0));

/** Nothing, `Z`, `+00:00` or ` +00:00`. */
function isUtc(text: Uint8Array, from: number): boolean {
  if (text.length === from || (text.length === from + 1 && text[from] === Z)) return true;
  const start = text[from] === SPACE ? from + 1 : from;
  return text.length === start + UTC.length && UTC.every((code, at) => text[start + at] === code);
}

/** What most texts are, `YYYY-MM-DD HH:MM:SS[.mmm]` in UTC, at a fifth of the price of the pattern; `null` for all others. */
export function fromCommonText(text: Uint8Array): Instant | null {
  const between = text[10];
  if (text[4] !== DASH || text[7] !== DASH || (between !== T && between !== SPACE) || text[13] !== COLON || text[16] !== COLON) return null;
  const fraction = text[19] === POINT ? digitsAt(text, 20, 3) : 0;
  if (!isUtc(text, text[19] === POINT ? 23 : 19)) return null;
  const y = digitsAt(text, 0, 4);
  const [m, d, hour, minute, second] = [digitsAt(text, 5, 2), digitsAt(text, 8, 2), digitsAt(text, 11, 2), digitsAt(text, 14, 2), digitsAt(text, 17, 2)];
  if (!(m >= 1 && m <= 12 && d >= 1 && d <= 28 && hour <= 23 && minute <= 59 && second <= 59 && fraction <= 999 && y >= 1)) return null;
  return { seconds: daysOf(y, m, d) * DAY + hour * 3600 + minute * 60 + second, micros: fraction * 1000 };
}

/** A text without a zone is UTC: SQLite and Prisma write no other. */
export function fromText(text: string): Instant | string {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = ISO.exec(text) ?? [];
  if (year === undefined) return NO_TIME;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const clock = clockOf(hour, minute, second, fraction);
  if (m < 1 || m > 12 || d < 1 || d > daysOfMonth(y, m)) return NO_TIME;
  if (typeof clock === 'string') return clock;
  return bounded(daysOf(y, m, d) * DAY + clock.seconds - offsetOf(zone), clock.micros);
}

/** A time of the day: `10:20`, `10:20:30.5`. */
export function clockFromText(text: string): Instant | string {
  const [, hour, minute = '0', second = '0', fraction = ''] = CLOCK.exec(text) ?? [];
  return hour === undefined ? NO_TIME : clockOf(hour, minute, second, fraction);
}

function clockOf(hour: string, minute: string, second: string, fraction: string): Instant | string {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return NO_TIME;
  if (/[1-9]/.test(fraction.slice(6))) return FINER;
  return { seconds: Number(hour) * 3600 + Number(minute) * 60 + Number(second), micros: Number(fraction.slice(0, 6).padEnd(6, '0')) };
}

function offsetOf(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function daysOfMonth(year: number, month: number): number {
  return month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days since 1970 of the proleptic Gregorian calendar; years begin in March, so that the leap day is the last. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

const TWO = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
const two = (value: number) => TWO[value] ?? '';

function printDate(days: number): readonly [date: string, era: string] {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const ofEra = z - era * 146_097;
  const years = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = years + era * 400 + (month <= 2 ? 1 : 0);
  const day = ofYear - Math.floor((153 * shifted + 2) / 5) + 1;
  return [`${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${two(month)}-${two(day)}`, year > 0 ? '' : ' BC'];
}

/** Rows of one day follow each other. */
let last: { readonly days: number; readonly printed: readonly [string, string] } = { days: 0, printed: printDate(0) };

function dateOf(days: number): readonly [string, string] {
  if (last.days !== days) last = { days, printed: printDate(days) };
  return last.printed;
}

function putClock(into: Writer, seconds: number, micros: number): void {
  putDigits(into, Math.floor(seconds / 3600), 2);
  putByte(into, COLON);
  putDigits(into, Math.floor(seconds / 60) % 60, 2);
  putByte(into, COLON);
  putDigits(into, seconds % 60, 2);
  if (micros === 0) return;
  putByte(into, POINT);
  let [digits, left] = [6, micros];
  for (; left % 10 === 0; left /= 10) digits--;
  putDigits(into, left, digits);
}

export type TimeKind = 'timestamp' | 'timestamptz' | 'date' | 'time';

/** False, with nothing written, when the value is finer than the column, which has `precision` digits behind the second, or none of its days or hours. */
export function putTime(kind: TimeKind, { seconds, micros }: Instant, precision: number, into: Writer): boolean {
  if (micros % 10 ** (6 - precision) !== 0) return false;
  const days = Math.floor(seconds / DAY);
  const ofDay = seconds - days * DAY;
  if (kind === 'time' ? days !== 0 : kind === 'date' && (ofDay !== 0 || micros !== 0)) return false;
  const [date, era] = kind === 'time' ? ['', ''] : dateOf(days);
  putAscii(into, date);
  if (kind.startsWith('timestamp')) putByte(into, SPACE);
  if (kind !== 'date') putClock(into, ofDay, micros);
  if (kind === 'timestamptz') putAscii(into, '+00');
  putAscii(into, era);
  return true;
}
