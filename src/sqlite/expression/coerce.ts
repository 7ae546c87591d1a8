// Values of one type as values of another, as SQLite means them: a truth value is 0 or 1 there, a moment a count of milliseconds.

import { AT_ZONE, atom, binary, BOOLEAN, call, CAST, colon, comparison, inParentheses, isNumber, TEXT, TIMES, type Term, type Value } from './terms.ts';
import type { Family, PgType } from '../types.ts';

export type { Value } from './terms.ts';

const MILLISECONDS: PgType = { family: 'bigint', sql: 'BIGINT' };
const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/** The change as PostgreSQL is to be told it; `null` where its own assignment does the same. */
type Change = (term: Term, from: Family, to: PgType) => Term | null;

const CHANGES: Readonly<Record<Family, Change>> = {
  text: intoText, integer: intoNumber, bigint: intoNumber, float: intoNumber, decimal: intoNumber, boolean: intoBoolean, datetime: intoTime, date: intoTime, time: intoNamed,
  json: intoJson, bytes: (term, from) => (from === 'bytes' ? null : call('convert_to', [strict(term, TEXT), atom("'UTF8'", TEXT)], null)), uuid: intoNamed, enum: intoNamed, other: intoNamed,
};

/** As an expression without parentheses around it: write `USING (…)`. Unchanged where assignment does it. */
export function converted(value: Value, to: PgType): string {
  return (change(termOf(value), to) ?? value).sql;
}

/** Whether ALTER COLUMN .. TYPE has to be told how. */
export function needsUsing(from: PgType, to: PgType): boolean {
  return change(atom('x', from), to) !== null;
}

/** In an expression, where PostgreSQL assigns nothing: a number is no text by itself. */
export function strict(term: Term, to: PgType): Term {
  if (term.type === null) return term.bare === true || isNumber(to) ? term : colon(term, to.sql, to);
  const changed = change(term, to) ?? (to.family === 'text' && term.type.family !== 'text' ? colon(term, 'text', TEXT) : term);
  const type = isNumber(to) && isNumber(term.type) ? term.type : to;
  return { sql: changed.sql, level: changed.level, type, ...(changed === term && term.affinity === true ? { affinity: true } : {}), ...(term.bare === true && changed === term ? { bare: true } : {}) };
}

function change(term: Term, to: PgType): Term | null {
  if (term.type === null) return null;
  const changed = CHANGES[to.family](term, term.type.family, to);
  return changed === null ? null : { ...changed, type: to };
}

function termOf(value: Value): Term {
  return 'level' in value ? (value as Term) : { ...value, level: /^(?:"(?:[^"]|"")+"\.)?"(?:[^"]|"")+"$|^\w+$/.test(value.sql) ? CAST + 1 : 0 };
}

function intoBoolean(term: Term, from: Family): Term | null {
  if (from === 'boolean') return null;
  if (isNumber(term.type)) return comparison(term, '<>', atom('0', null));
  if (from === 'datetime') return comparison(term, '<>', atom("'1970-01-01 00:00:00'", null));
  return colon(from === 'text' ? term : colon(term, 'text', TEXT), 'boolean', BOOLEAN);
}

function intoNumber(term: Term, from: Family, to: PgType): Term | null {
  if (isNumber(term.type)) return null;
  if (from === 'boolean') return colon(term, 'integer', null);
  if (from === 'datetime' || from === 'date') return colon(binary(atom(`extract(epoch FROM ${term.sql})`, null), '*', atom('1000', null), TIMES, null), 'bigint', MILLISECONDS);
  return colon(from === 'text' ? term : colon(term, 'text', TEXT), to.sql, null);
}

function intoText(term: Term, from: Family): Term | null {
  if (from === 'boolean') {
    const truth = term.sql;
    return atom(`CASE WHEN ${truth} THEN '1' WHEN NOT ${inParentheses(term).sql} THEN '0' END`, TEXT);
  }
  if (from === 'datetime') return call('to_char', [term, atom(ISO, null)], TEXT);
  // SQLite keeps no zeros behind the last digit.
  if (from === 'decimal') return colon(colon(term, 'double precision', null), 'text', TEXT);
  return from === 'bytes' ? call('convert_from', [term, atom("'UTF8'", TEXT)], TEXT) : null;
}

function intoTime(term: Term, from: Family, to: PgType): Term | null {
  const zoned = /tz|with time zone/i.test(to.sql);
  if (from === 'datetime' || from === 'date') return zoned !== /tz|with time zone/i.test(term.type?.sql ?? '') ? atZone(term) : null;
  if (isNumber(term.type)) {
    const moment = call('to_timestamp', [binary(term, '/', atom('1000.0', null), TIMES, null)], null);
    const local = zoned ? moment : atZone(moment);
    return to.family === 'date' ? colon(local, 'date', to) : local;
  }
  const text = from === 'text' ? term : colon(term, 'text', TEXT);
  return zoned ? atZone(colon(text, 'timestamp', null)) : colon(text, to.sql, to);
}

/** A moment as UTC's clock shows it; a clock of UTC as the moment. */
export function atZone(term: Term): Term {
  return { sql: `${term.level >= CAST ? term.sql : `(${term.sql})`} AT TIME ZONE 'UTC'`, type: null, level: AT_ZONE };
}

function intoJson(term: Term, from: Family, to: PgType): Term | null {
  if (from === 'json') return null;
  if (isNumber(term.type)) return call('to_jsonb', [term], to);
  if (from === 'boolean') return call('to_jsonb', [colon(term, 'integer', null)], to);
  return colon(from === 'text' ? term : colon(term, 'text', TEXT), to.sql, to);
}

function intoNamed(term: Term, from: Family, to: PgType): Term | null {
  if (term.type?.sql === to.sql) return null;
  return colon(from === 'text' ? term : colon(term, 'text', TEXT), to.sql, to);
}
