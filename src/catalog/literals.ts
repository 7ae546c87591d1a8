// Constant defaults by value: Prisma writes DEFAULT 'x', PostgreSQL prints 'x'::character varying, both mean one thing.

import { lex, LexError, type Token } from '../sql/lex.ts';
import { parseCanonical, type ParsedType } from './types.ts';

/** A constant: its text, the elements of an array, or the moment of the transaction. */
export type Literal = { readonly text: string } | { readonly items: readonly Literal[] } | { readonly now: true } | { readonly null: true };

/** Reads a constant with any parentheses and casts around it; `null` for every other expression. */
export function readLiteral(expression: string): Literal | null {
  try {
    const tokens = [...lex(expression)].filter((token) => token.kind !== 'comment');
    const [literal, rest] = value(tokens, 0);
    return literal !== null && rest === tokens.length ? literal : null;
  } catch (error) {
    if (error instanceof LexError) return null;
    throw error;
  }
}

type Read = readonly [Literal | null, number];
const NOTHING: Read = [null, 0];

function value(tokens: readonly Token[], at: number): Read {
  const [literal, next] = bare(tokens, at);
  return literal === null ? NOTHING : [literal, casts(tokens, next)];
}

function bare(tokens: readonly Token[], at: number): Read {
  const token = tokens[at];
  if (token === undefined) return NOTHING;
  if (token.kind === 'text' || token.kind === 'number') return [{ text: token.value }, at + 1];
  if (token.value === '(') {
    const [inner, next] = value(tokens, at + 1);
    return tokens[next]?.value === ')' ? [inner, next + 1] : NOTHING;
  }
  if (token.value === '-' || token.value === '+') {
    const number = tokens[at + 1];
    return number?.kind === 'number' ? [{ text: token.value === '-' ? `-${number.value}` : number.value }, at + 2] : NOTHING;
  }
  return token.kind === 'word' ? wordValue(tokens, at, token.value) : NOTHING;
}

function wordValue(tokens: readonly Token[], at: number, word: string): Read {
  if (word === 'true' || word === 'false') return [{ text: word }, at + 1];
  if (word === 'null') return [{ null: true }, at + 1];
  if (word === 'current_timestamp') return tokens[at + 1]?.value === '(' ? NOTHING : [{ now: true }, at + 1];
  if (word === 'now' || word === 'transaction_timestamp') {
    return tokens[at + 1]?.value === '(' && tokens[at + 2]?.value === ')' ? [{ now: true }, at + 3] : NOTHING;
  }
  return word === 'array' ? arrayValue(tokens, at + 1) : NOTHING;
}

function arrayValue(tokens: readonly Token[], at: number): Read {
  if (tokens[at]?.value !== '[') return NOTHING;
  const items: Literal[] = [];
  let next = at + 1;
  while (tokens[next]?.value !== ']') {
    if (items.length > 0 && tokens[next++]?.value !== ',') return NOTHING;
    const [item, after] = value(tokens, next);
    if (item === null) return NOTHING;
    items.push(item);
    next = after;
  }
  return [{ items }, next + 1];
}

/** Skips `::type` any number of times; a cast of a constant to its column's type says nothing new. */
function casts(tokens: readonly Token[], at: number): number {
  let next = at;
  while (tokens[next]?.value === '::') {
    next += 2;
    while (tokens[next]?.value === '.') next += 2;
    while (tokens[next]?.kind === 'word' && !['at', 'collate', 'and', 'or', 'is'].includes(tokens[next]?.value ?? '')) next++;
    if (tokens[next]?.value === '(') next = tokens.findIndex((token, i) => i > next && token.value === ')') + 1;
    while (tokens[next]?.kind === 'word') next++;
    while (tokens[next]?.value === '[' && tokens[next + 1]?.value === ']') next += 2;
  }
  return next;
}

/** One text for every spelling of the same constant of this (canonical) type. */
export function normalLiteral(literal: Literal, type: string): string {
  return normal(literal, parseCanonical(type));
}

function normal(literal: Literal, type: ParsedType): string {
  if ('now' in literal) return 'now';
  if ('null' in literal) return 'null';
  if (type.array) {
    const items = 'items' in literal ? literal.items : arrayItems(literal.text);
    if (items === null) return `text ${'text' in literal ? literal.text : ''}`;
    return `[${items.map((item) => JSON.stringify(normal(item, { ...type, array: false }))).join()}]`;
  }
  if ('items' in literal) return `[${literal.items.map((item) => JSON.stringify(normal(item, type))).join()}]`;
  return `text ${type.user ? literal.text : scalar(literal.text, type)}`;
}

function scalar(text: string, { name, args }: ParsedType): string {
  switch (name) {
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'numeric':
    case 'real':
    case 'double precision':
    case 'oid':
      return number(text);
    case 'boolean':
      return /^(t|tr|tru|true|y|ye|yes|on|1)$/i.test(text.trim()) ? 'true' : 'false';
    case 'uuid':
      return text.replace(/[-{}]/g, '').toLowerCase();
    case 'jsonb':
      return json(text);
    case 'bytea':
      return text.startsWith('\\x') ? text.toLowerCase() : text;
    case 'character':
      return text.trimEnd();
    case 'date':
      return /^\s*(\d{4,}-\d\d-\d\d)/.exec(text)?.[1] ?? text;
    case 'time without time zone':
      return clock(text);
    case 'timestamp with time zone':
    case 'timestamp without time zone':
      return moment(text, name === 'timestamp with time zone', args === '' ? 6 : Number(args.slice(1, -1)));
    default:
      return text;
  }
}

function number(text: string): string {
  const match = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text.trim());
  if (!match) return Number.isNaN(Number(text)) ? text : number(Number(text).toLocaleString('en', { useGrouping: false, maximumFractionDigits: 20 }));
  const digits = `${match[2] || '0'}${match[3] ? `.${match[3]}` : ''}`;
  return match[1] === '-' && digits !== '0' ? `-${digits}` : digits;
}

function json(text: string): string {
  if (/\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, sorted(entry)]));
}

const MOMENT = /^(\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

/** Without a zone in the type, PostgreSQL ignores the one in the text; with one, a text without is read as UTC here. */
function moment(text: string, zoned: boolean, precision: number): string {
  const match = MOMENT.exec(text.trim());
  if (!match) return text;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const digits = fraction.slice(0, precision).replace(/0+$/, '');
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return `${(utc - (zoned ? offset(zone) : 0)) / 1000}.${digits}`;
}

/** The time of day in a text that may carry a date before and a zone behind it. */
function clock(text: string): string {
  const match = /(?:^|[T ])(\d\d:\d\d)(?::(\d\d(?:\.\d*[1-9])?)(?:\.?0*))?/.exec(text.trim());
  return match ? `${match[1]}:${match[2] ?? '00'}` : text;
}

function offset(zone: string): number {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000;
}

/** Elements of a one-dimensional array constant such as {a,"b c",NULL}; `null` if it is anything else. */
function arrayItems(text: string): Literal[] | null {
  const body = /^\s*\{([\s\S]*)\}\s*$/.exec(text)?.[1];
  if (body === undefined) return null;
  if (body.trim() === '') return [];
  const items: Literal[] = [];
  const element = /\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^",{}\\]*?))\s*(,|$)/y;
  for (let done = false; !done; ) {
    const match = element.exec(body);
    if (!match) return null;
    const plain = match[2];
    if (plain === undefined) items.push({ text: (match[1] ?? '').replace(/\\([\s\S])/g, '$1') });
    else if (plain === '') return null;
    else items.push(/^null$/i.test(plain) ? { null: true } : { text: plain });
    done = match[3] === '';
  }
  return items;
}
