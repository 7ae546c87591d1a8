// Calls of functions that PostgreSQL has not, as expressions of PostgreSQL.

import { at, isNode, listAt, namesAt, numberAt, textAt, type Node } from '../../effects/ast.ts';
import { isMark } from '../../effects/source.ts';
import { quoteText } from '../../sql/quote.ts';
import { closing, replace, type Patching } from './halfText.ts';
import type { Family } from '../types.ts';
import { charFormat, SCALAR_EXTREMES } from './words.ts';

/** Where an expression stands: what it is to become, and whether it is kept as a default or evaluated at once. */
export interface Place {
  readonly family: Family | null;
  readonly asDefault: boolean;
}

/** Outermost calls first; what has no translation stays, and is found afterwards. */
export function patchCalls(patch: Patching, value: unknown, place: Place): void {
  if (Array.isArray(value)) {
    for (const item of value) patchCalls(patch, item, place);
    return;
  }
  if (!isNode(value)) return;
  const call = value['FuncCall'];
  if (isNode(call) && patchCall(patch, call, place)) return;
  const operator = value['A_Expr'];
  if (isNode(operator) && namesAt(operator, 'name').join('') === '==') {
    const nth = patch.tokenAt(operator['location']);
    replace(patch, nth, nth, '=');
    patch.say('WORD_REPLACED', '== is = in PostgreSQL', patch.tokens[nth]?.start ?? 0);
  }
  for (const entry of Object.values(value)) patchCalls(patch, entry, place);
}

/** `true`: all of it is replaced, its arguments too. */
function patchCall(patch: Patching, call: Node, place: Place): boolean {
  const first = patch.tokenAt(call['location']);
  const open = first + 1;
  const last = closing(patch, open);
  const name = namesAt(call, 'funcname').join('.');
  if (patch.made.has(name)) return false;
  if (first < 0 || last < 0 || !isMark(patch.tokens[open], '(')) return false;
  const whole = wholeCall(name, listAt(call, 'args'), place);
  const offset = patch.tokens[first]?.start ?? 0;
  if (whole !== null) {
    replace(patch, first, last, whole.sql);
    patch.say(whole.says === null ? 'WORD_REPLACED' : whole.says.code, whole.says?.message ?? `${patch.sql.slice(offset, patch.tokens[last]?.end)}: ${whole.sql} in PostgreSQL`, offset);
    return true;
  }
  if (byParts(patch, name, call, first, last)) patch.say('WORD_REPLACED', `${name}() is not in PostgreSQL: written in its words`, offset);
  return false;
}

interface Whole {
  readonly sql: string;
  readonly says: { readonly code: 'SECONDS_AS_TIME' | 'TIME_ZONE' | 'FUNCTION_DIFFERS'; readonly message: string } | null;
}

function wholeCall(name: string, args: readonly unknown[], place: Place): Whole | null {
  const texts = args.map((arg) => (at(arg, 'A_Const', 'sval') === undefined ? null : textAt(arg, 'A_Const', 'sval', 'sval')));
  // date('now') is a constant to PostgreSQL where it is kept.
  if (name === 'datetime' || (name === 'date' && place.asDefault)) return texts[0] === 'now' ? moment(place, name === 'date' ? '%Y-%m-%d' : '%Y-%m-%d %H:%M:%S', texts.slice(1)) : null;
  if (name === 'strftime') return texts[1] === 'now' && texts[0] ? moment(place, texts[0], texts.slice(2)) : null;
  if (name === 'unixepoch') return texts.length === 0 || texts[0] === 'now' ? moment(place, '%s', texts.slice(1)) : null;
  return random(name, args);
}

const UTC = "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'";

function moment({ family, asDefault }: Place, format: string, modifiers: readonly (string | null)[]): Whole | null {
  const steps = modifiers.filter((one) => !['localtime', 'utc', 'subsec', 'subsecond', 'auto'].includes(one ?? ''));
  const intervals = steps.map((one) => /^([+-]?)\s*(\d+(?:\.\d+)?) (second|minute|hour|day|month|year)s?$/.exec(one ?? ''));
  if (intervals.some((one) => one === null)) return null;
  const shift = intervals.map((one) => ` ${one?.[1] === '-' ? '-' : '+'} INTERVAL '${one?.[2]} ${one?.[3]}s'`).join('');
  const says = modifiers.includes('localtime') ? ({ code: 'TIME_ZONE', message: "'localtime' was the time of SQLite's machine: it is UTC here" } as const) : null;
  if (format === '%s' && family !== 'datetime') {
    if (family !== null && family !== 'integer' && family !== 'bigint') return null;
    return { sql: `floor(extract(epoch FROM CURRENT_TIMESTAMP${shift}))::bigint`, says };
  }
  if (family === 'text') {
    const chars = charFormat(format);
    return chars === null ? null : { sql: `to_char(${shift === '' ? UTC : `(${UTC})${shift}`}, ${quoteText(chars)})`, says };
  }
  if (family !== null && !['datetime', 'date', 'time'].includes(family)) return null;
  if (family === 'date' || (family === null && format === '%Y-%m-%d')) return { sql: shift === '' ? 'CURRENT_DATE' : `(CURRENT_DATE${shift})::date`, says };
  const seconds = format === '%s' ? ({ code: 'SECONDS_AS_TIME', message: 'SQLite kept seconds since 1970 here, which Prisma reads as milliseconds; PostgreSQL keeps the moment itself' } as const) : says;
  if (asDefault) return { sql: shift === '' ? 'CURRENT_TIMESTAMP' : `(CURRENT_TIMESTAMP${shift})`, says: seconds };
  return { sql: `(${UTC})${shift}`, says: seconds };
}

/** Hexadecimal digits by chance; PostgreSQL 12 has gen_random_uuid() from pgcrypto alone. */
function random(name: string, args: readonly unknown[]): Whole | null {
  const inner = at(args[0], 'FuncCall');
  if (name === 'lower' && isNode(inner) && namesAt(inner, 'funcname').join('') === 'hex') return digits(listAt(inner, 'args')[0], (sql) => sql);
  return name === 'hex' ? digits(args[0], (sql) => `upper(${sql})`) : null;
}

function digits(blob: unknown, finish: (sql: string) => string): Whole | null {
  const call = at(blob, 'FuncCall');
  const bytes = numberAt(listAt(call, 'args')[0], 'A_Const', 'ival', 'ival');
  if (namesAt(call, 'funcname').join('') !== 'randomblob' || bytes < 1 || bytes > 64) return null;
  const one = "replace(gen_random_uuid()::text, '-', '')";
  const many = Array.from({ length: Math.ceil(bytes / 16) }, () => one).join(' || ');
  const sql = bytes % 16 === 0 ? (bytes === 16 ? one : `(${many})`) : `substr(${many}, 1, ${bytes * 2})`;
  return { sql: finish(sql), says: { code: 'FUNCTION_DIFFERS', message: 'randomblob() is gen_random_uuid() here, which PostgreSQL has from 13 on, and 12 with the extension pgcrypto' } };
}

/** The name, and what stands between the arguments. */
function byParts(patch: Patching, name: string, call: Node, first: number, last: number): boolean {
  const args = listAt(call, 'args').length;
  const renamed = name === 'ifnull' ? 'COALESCE' : name === 'instr' ? 'strpos' : args > 1 ? SCALAR_EXTREMES[name] : undefined;
  if (renamed !== undefined) {
    replace(patch, first, first, renamed);
    return true;
  }
  if (name === 'iif' && args === 3) {
    const [one, two] = commas(patch, first + 1, last);
    if (one === undefined || two === undefined) return false;
    replace(patch, first, first + 1, 'CASE WHEN ');
    replace(patch, one, one, ' THEN');
    replace(patch, two, two, ' ELSE');
    replace(patch, last, last, ' END');
    return true;
  }
  if (name !== 'group_concat' || args === 0 || args > 2 || call['agg_distinct'] === true || call['agg_order'] !== undefined) return false;
  const comma = commas(patch, first + 1, last)[0];
  replace(patch, first, first + 1, 'string_agg((');
  if (comma === undefined) replace(patch, last, last, ")::text, ',')");
  else replace(patch, comma, comma, ')::text,');
  return true;
}

function commas({ tokens }: Patching, open: number, last: number): readonly number[] {
  const depth = (tokens[open]?.depth ?? 0) + 1;
  return tokens.flatMap((token, nth) => (nth > open && nth < last && token.depth === depth && isMark(token, ',') ? [nth] : []));
}
