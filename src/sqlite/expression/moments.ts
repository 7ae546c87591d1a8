// Dates and times in text, as constants hold them.

import type { PgType } from '../types.ts';

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;

export function isMoment(text: string): boolean {
  const [, date, clock, seconds] = MOMENT.exec(text) ?? [];
  return date !== undefined && isDay(date) && !Number.isNaN(Date.parse(`${date}T${clock ?? '00:00'}${seconds ?? ''}Z`));
}

/** No 30th of February, and no year 0. */
function isDay(date: string): boolean {
  const parsed = Date.parse(`${date}T00:00Z`);
  return !date.startsWith('0000') && !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(date);
}

/** As it is where that is UTC's clock, which PostgreSQL reads by itself; else moved to it. */
export function dateText(text: string, want: PgType): string {
  const [, date = '', clock = '00:00', seconds = '', zone] = MOMENT.exec(text) ?? [];
  const zoned = /tz|with time zone/i.test(want.sql);
  if (zone === undefined) return zoned ? `${text}+00` : text;
  if (zoned || /^(?:Z|UTC|[+-]00:?00)$/i.test(zone)) return text;
  return epochText(Date.parse(`${date}T${clock}${seconds}${zone.replace(/(\d\d):?(\d\d)$/, '$1:$2')}`), want) ?? text;
}

/** `null` where there is no such year. */
export function epochText(milliseconds: number, want: PgType): string | null {
  if (!(Math.abs(milliseconds) <= 8.64e15)) return null;
  const iso = new Date(Math.trunc(milliseconds)).toISOString();
  if (iso.length !== 24) return null;
  const clock = iso.slice(0, -1).replace('T', ' ').replace(/\.000$/, '');
  if (want.family === 'date') return clock.slice(0, 10);
  return /tz|with time zone/i.test(want.sql) ? `${clock}+00` : clock;
}
