// Dates and times: SQLite has functions that make texts and numbers of them, PostgreSQL has timestamps.

import { quoteText } from '../../sql/quote.ts';
import { bared, note, refuse, type Env } from './env.ts';
import { strict } from './coerce.ts';
import { literalOf } from './literals.ts';
import { moment, NOW, type Moment } from './timeValues.ts';
import { atom, BIGINT, call, colon, DOUBLE, isWhole, TEXT, TIMESTAMP, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

type Call = Extract<Expr, { type: 'FunctionCallExpr' }>;

const FORMATS: Readonly<Record<string, string>> = { date: '%Y-%m-%d', time: '%H:%M:%S', datetime: '%Y-%m-%d %H:%M:%S' };
const DIRECTIVES: Readonly<Record<string, string>> = { Y: 'YYYY', m: 'MM', d: 'DD', H: 'HH24', M: 'MI', S: 'SS', f: 'SS.MS', j: 'DDD', F: 'YYYY-MM-DD', T: 'HH24:MI:SS', R: 'HH24:MI', I: 'HH12', p: 'AM', '%': '%' };

export function isTimeCall(name: string): boolean {
  return name in FORMATS || name === 'strftime' || name === 'unixepoch' || name === 'julianday';
}

export function currentTerm(node: Expr, env: Env, want: PgType | null): Term {
  const format = node.type === 'CurrentTimestampLiteral' ? 'datetime' : node.type === 'CurrentDateLiteral' ? 'date' : 'time';
  return shown({ term: NOW, now: true, subsecond: false }, FORMATS[format] ?? '', node, env, want);
}

export function timeCall(node: Call, name: string, env: Env, want: PgType | null): Term {
  const args = node.args ?? [];
  if (name === 'unixepoch') return epochCall(moment(args, node, env), want, node, env);
  if (name === 'julianday') return julian(moment(args, node, env));
  if (name !== 'strftime') return shown(moment(args, node, env), FORMATS[name] ?? '', node, env, want);
  const [format] = args;
  const written = format === undefined ? null : literalOf(format, env);
  if (written?.kind !== 'text') return refuse(node, 'strftime() with a format that is computed: write the format out');
  return shown(moment(args.slice(1), node, env), written.text, node, env, want);
}

function shown(value: Moment, format: string, node: Expr, env: Env, want: PgType | null): Term {
  if (want?.family === 'datetime' || want?.family === 'date') return asTime(value, format, node, env, want);
  if (format === '%s') return want !== null && (isWhole(want) || want.family === 'decimal' || want.family === 'float') ? seconds(value) : colon(seconds(value), 'text', TEXT);
  const pattern = format === FORMATS['datetime'] && value.subsecond ? 'YYYY-MM-DD HH24:MI:SS.MS' : pgFormat(format, node);
  const text = call('to_char', [unwrapped(value.term), atom(quoteText(pattern), null)], TEXT);
  return want === null ? text : strict(text, want);
}

/** `(x)` as an argument is x. */
function unwrapped(term: Term): Term {
  return term === NOW ? atom(NOW.sql.slice(1, -1), TIMESTAMP) : term;
}

function pgFormat(format: string, node: Expr): string {
  return format.replace(/%(.)|[a-z"\\]+/gi, (part, directive: string | undefined) => {
    if (directive === undefined) return `"${part.replace(/["\\]/g, '\\$&')}"`;
    return DIRECTIVES[directive] ?? refuse(node, `strftime() with %${directive}: PostgreSQL's to_char() has nothing that is the same`);
  });
}

function asTime(value: Moment, format: string, node: Expr, env: Env, want: PgType): Term {
  if (format === '%s') note(env, 'SECONDS_AS_TIME', 'seconds since 1970 in a DateTime are taken for that moment: Prisma reads a SQLite number as milliseconds, a day of January 1970', node);
  const clock = /%[HMSfTRIs]/.test(format);
  if (!clock && !format.includes('%d') && !format.includes('%F') && !value.now) refuse(node, `strftime('${format}') is no DateTime: take the whole date`);
  if (clock && !/%[YFs]/.test(format)) refuse(node, 'a time of day without a date is no DateTime: take the whole date');
  const cut = !clock && format !== '' ? day(value.term) : value.now || value.subsecond || /%[fs]/.test(format) || value.whole === true || value.term.sql.startsWith('date_trunc(') ? value.term : atom(`date_trunc('second', ${value.term.sql})`, TIMESTAMP);
  if (want.family === 'date') return colon(value.term, 'date', want);
  return strict({ ...cut, type: TIMESTAMP }, want);
}

function day(term: Term): Term {
  return call('date_trunc', [atom("'day'", null), unwrapped(term)], TIMESTAMP);
}

/** Of UTC's clock, the session's time zone has no part in it. */
function seconds(value: Moment): Term {
  const moment = value.term === NOW ? 'CURRENT_TIMESTAMP' : value.term.sql;
  return colon(atom(`floor(extract(epoch FROM ${moment}))`, null), 'bigint', BIGINT);
}

function epochCall(value: Moment, want: PgType | null, node: Expr, env: Env): Term {
  if (want?.family === 'datetime' || want?.family === 'date') return asTime(value, '%s', node, env, want);
  if (value.subsecond) return colon(atom(`extract(epoch FROM ${value.term.sql})`, null), 'double precision', DOUBLE);
  return seconds(value);
}

function julian(value: Moment): Term {
  return { sql: `extract(epoch FROM ${value.term.sql})::double precision / 86400.0 + 2440587.5`, type: DOUBLE, level: 13 };
}

/** Seconds of a moment times 1000, where a DateTime is wanted: the moment. */
export function momentTimes(node: Extract<Expr, { type: 'BinaryExpr' }>, env: Env, want: PgType | null): Term | null {
  if (want?.family !== 'datetime') return null;
  for (const [factor, other] of [[node.left, node.right], [node.right, node.left]] as const) {
    const literal = literalOf(factor, env);
    const value = literal?.kind === 'number' && Number(literal.text) === 1000 ? secondsOf(other, env) : null;
    if (value !== null) return strict({ ...value.term, type: TIMESTAMP }, want);
  }
  return null;
}

function secondsOf(node: Expr, env: Env): Moment | null {
  const inner = bared(node);
  if (inner.type === 'CastExpr') return secondsOf(inner.expr, env);
  if (inner.type !== 'FunctionCallExpr') return null;
  const name = inner.name.name.toLowerCase();
  const args = inner.args ?? [];
  if (name === 'unixepoch') return moment(args, inner, env);
  const [format] = args;
  const written = name === 'strftime' && format !== undefined ? literalOf(format, env) : null;
  return written?.kind === 'text' && written.text === '%s' ? moment(args.slice(1), inner, env) : null;
}

/** DEFAULT CURRENT_TIMESTAMP, as Prisma writes it, for whatever says now. */
export function isNowCall(node: Expr, env: Env): boolean {
  const inner = bared(node);
  if (inner.type === 'CurrentTimestampLiteral') return true;
  if (inner.type === 'BinaryExpr' && inner.op === 'Multiply') return [inner.left, inner.right].some((one) => secondsOf(one, env)?.term === NOW);
  if (inner.type === 'CastExpr') return isNowCall(inner.expr, env);
  if (inner.type !== 'FunctionCallExpr') return false;
  const name = inner.name.name.toLowerCase();
  if (name === 'strftime') { const format = literalOf(inner.args?.[0] ?? inner, env); return format?.kind === 'text' && /%[HMSfTs]/.test(format.text) && moment(inner.args?.slice(1) ?? [], inner, env).term === NOW; }
  return (name === 'datetime' || name === 'unixepoch') && moment(inner.args ?? [], inner, env).term === NOW;
}
