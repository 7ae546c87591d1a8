// The moment that SQLite's date functions speak of: a value and what is done to it, as a timestamp of UTC's clock.

import { quoteText } from '../../sql/quote.ts';
import { atZone, strict } from './coerce.ts';
import { bared, note, refuse, type Env } from './env.ts';
import { literalOf, literalTerm } from './literals.ts';
import { isMoment } from './moments.ts';
import { atom, binary, BIGINT, call, CAST, colon, inParentheses, isNumber, PLUS, TEXT, TIMESTAMP, wrapped, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';

export interface Moment {
  readonly term: Term;
  /** Read from the clock, not from a row. */
  readonly now: boolean;
  /** Milliseconds are asked for. */
  readonly subsecond: boolean;
  /** There are no parts of a second in it. */
  readonly whole?: boolean;
}

/** A plain CURRENT_TIMESTAMP would be read by the session's clock. */
export const NOW: Term = atom("(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", TIMESTAMP);

const SHIFT = /^([+-]?\d+(?:\.\d+)?) *(second|minute|hour|day|month|year)s?$/i;

/** `args`: of the function, the format not among them. */
export function moment(args: readonly Expr[], node: Expr, env: Env): Moment {
  const [first, ...rest] = args;
  const words = rest.map((one) => { const literal = literalOf(one, env); return literal?.kind === 'text' ? literal.text.trim().toLowerCase() : null; });
  const literal = first === undefined ? null : literalOf(first, env);
  const now = first === undefined || (literal?.kind === 'text' && literal.text.toLowerCase() === 'now') || bared(first).type === 'CurrentTimestampLiteral';
  const base = now ? NOW : start(first, words.includes('unixepoch'), env);
  const term = rest.reduce((value, modifier, index) => modified(value, modifier, words[index] ?? null, node, env), base);
  return { term, now, subsecond: words.some((word) => word === 'subsec' || word === 'subsecond'), ...(literal?.kind === 'text' && !literal.text.includes('.') ? { whole: true } : {}) };
}

function start(node: Expr, epoch: boolean, env: Env): Term {
  const literal = literalOf(node, env);
  if (literal?.kind === 'text') {
    if (!isMoment(literal.text)) refuse(node, `'${literal.text}' is no date: write it as 2020-01-31 12:34:56`);
    return colon(literalTerm(literal, TIMESTAMP, env, node), 'timestamp', TIMESTAMP);
  }
  const milliseconds = epoch ? ofThousand(node, env) : null;
  if (milliseconds !== null) return milliseconds;
  const natural = env.via.term(node, env, null);
  if (natural.type?.family === 'datetime' || natural.type?.family === 'date' || natural.type === null) return natural;
  if (epoch) return stamp(isNumber(natural.type) ? natural : strict(natural, BIGINT));
  if (isNumber(natural.type)) refuse(node, 'a number without \'unixepoch\' is a day of the Julian calendar to SQLite: say \'unixepoch\', and divide milliseconds by 1000');
  note(env, 'CAST_FAILS_LOUDLY', 'a text is read as a date: SQLite makes NULL of a text that is none, PostgreSQL stops', node);
  return colon(strict(natural, TEXT), 'timestamp', TIMESTAMP);
}

function stamp(term: Term): Term {
  return inParentheses({ ...atZone(call('to_timestamp', [term], null)), type: TIMESTAMP });
}

/** A DateTime's milliseconds divided by 1000 are the DateTime again. */
function ofThousand(node: Expr, env: Env): Term | null {
  const inner = bared(node);
  if (inner.type !== 'BinaryExpr' || inner.op !== 'Divide') return null;
  const divisor = literalOf(inner.right, env);
  if (divisor?.kind !== 'number' || Number(divisor.text) !== 1000 || env.via.probe(inner.left, env).type?.family !== 'datetime') return null;
  const value = env.via.term(inner.left, env, null);
  return divisor.text === '1000' ? call('date_trunc', [atom("'second'", null), value], TIMESTAMP) : value;
}

function modified(value: Term, modifier: Expr, word: string | null, node: Expr, env: Env): Term {
  if (word === null) return shifted(value, computed(modifier, env));
  const [, amount = '', unit = ''] = SHIFT.exec(word) ?? [];
  if (unit !== '') return byUnits(value, amount, unit.toLowerCase(), node, env);
  const [, floor] = /^start of (day|month|year)$/.exec(word) ?? [];
  if (floor !== undefined) return call('date_trunc', [atom(quoteText(floor), null), value], TIMESTAMP);
  if (word === 'localtime') note(env, 'TIME_ZONE', "'localtime' is left out: PostgreSQL's server knows no time zone of the application's", node);
  if (['localtime', 'utc', 'subsec', 'subsecond', 'auto', 'unixepoch'].includes(word)) return value;
  return refuse(node, `the modifier '${word}' of a date: compute the date with intervals`);
}

function byUnits(value: Term, amount: string, unit: string, node: Expr, env: Env): Term {
  if (unit === 'month' || unit === 'year') note(env, 'FUNCTION_DIFFERS', `'${amount} ${unit}': from the 31st PostgreSQL goes to a shorter month's last day, SQLite on into the next month`, node);
  const size = amount.replace(/^[+-]/, '');
  return inParentheses(binary(value, amount.startsWith('-') ? '-' : '+', atom(`INTERVAL '${size} ${unit}${Number(size) === 1 ? '' : 's'}'`, null), PLUS, TIMESTAMP));
}

function shifted(value: Term, interval: Term): Term {
  return inParentheses(binary(value, '+', interval, PLUS, TIMESTAMP));
}

function computed(modifier: Expr, env: Env): Term {
  note(env, 'CAST_FAILS_LOUDLY', 'a modifier of a date that is computed is read as an interval', modifier);
  const text = strict(env.via.term(modifier, env, null), TEXT);
  return { sql: `${wrapped(text, CAST)}::interval`, type: null, level: CAST };
}
