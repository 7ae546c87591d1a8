// Functions of one row.

import { bared, note, refuse, type Env } from './env.ts';
import { aggregate, isAggregate } from './aggregates.ts';
import { commonType, unified } from './common.ts';
import { pair } from './compare.ts';
import { jsonCall } from './json.ts';
import { literalOf } from './literals.ts';
import { numberTerm, textTerm, whole } from './operators.ts';
import { absoluteRandom, randomBytes, randomHex, randomTerm, uuidIdiom } from './random.ts';
import { isTimeCall, timeCall } from './times.ts';
import { atom, binary, call, colon, DOUBLE, INTEGER, NUMERIC, OTHER, TEXT, wrapped, BYTEA, type Term } from './terms.ts';
import { substr } from './substr.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

export type Call = Extract<Expr, { type: 'FunctionCallExpr' }>;
type Handler = (node: Call, args: readonly Expr[], env: Env, want: PgType | null) => Term;

export function functionCall(node: Call, env: Env, want: PgType | null): Term {
  const name = node.name.name.toLowerCase();
  const args = node.args ?? [];
  if (isAggregate(name, args.length, node.filterOver?.overClause !== undefined)) return aggregate(node, name, env);
  if (node.filterOver !== undefined || node.distinctness !== undefined) return refuse(node, `${name}() over rows: PostgreSQL has no such aggregate`);
  if (isTimeCall(name)) return timeCall(node, name, env, want);
  const handler = Object.hasOwn(SCALARS, name) ? SCALARS[name] : undefined;
  return handler?.(node, args, env, want) ?? jsonCall(node, name, env, want) ?? refuse(node, `PostgreSQL has nothing for ${name}(): write the value another way`);
}

const texts = (name: string): Handler => (_, args, env) => call(name, args.map((arg) => textTerm(arg, env)), TEXT);
const numbers = (name: string, type: PgType): Handler => (_, args, env) => call(name, args.map((arg) => numberTerm(arg, env)), type);
const doubles = (name: string): Handler => (_, args, env) => call(name, args.map((arg) => colon(numberTerm(arg, env), 'double precision', DOUBLE)), DOUBLE);
const first: Handler = (node, args, env, want) => env.via.term(args[0] ?? node, env, want);
const choice: Handler = (node, args, env, want) => iif(node, args, env, want);

const SCALARS: Readonly<Record<string, Handler>> = {
  coalesce, ifnull: coalesce, iif: choice, if: choice, nullif, likely: first, unlikely: first, likelihood: first,
  lower: (node, args, env) => lower(node, args, env), upper: texts('upper'), replace: texts('replace'), trim: texts('btrim'), ltrim: texts('ltrim'), rtrim: texts('rtrim'), concat: texts('concat'), concat_ws: texts('concat_ws'),
  length, octet_length: (_, args, env) => call('octet_length', args.map((arg) => textOrBytes(arg, env)), INTEGER), instr, substr, substring: substr, char: characters, unicode: (node, args, env) => atom(`NULLIF(ascii(${textTerm(args[0] ?? node, env).sql}), 0)`, INTEGER),
  abs: (node, args, env) => absoluteRandom(node, env) ?? like('abs', args, env), round, sign: (_, args, env) => colon(like('sign', args, env), 'integer', INTEGER), ceil: doubles('ceil'), ceiling: doubles('ceil'), floor: doubles('floor'), trunc: doubles('trunc'),
  sqrt: doubles('sqrt'), pow: doubles('power'), power: doubles('power'), exp: doubles('exp'), ln: doubles('ln'), log10: doubles('log'), pi: numbers('pi', DOUBLE),
  hex, unhex: (node, args, env) => call('decode', [textTerm(args[0] ?? node, env), atom("'hex'", TEXT)], BYTEA), random: () => randomTerm(), randomblob: (node, _, env) => randomBytes(node, env),
  min: (node, args, env, want) => extreme('LEAST', node, args, env, want), max: (node, args, env, want) => extreme('GREATEST', node, args, env, want),
};

function like(name: string, args: readonly Expr[], env: Env): Term {
  const terms = args.map((arg) => numberTerm(arg, env));
  return call(name, terms, terms[0]?.type ?? null);
}

function coalesce(_: Call, args: readonly Expr[], env: Env, want: PgType | null): Term {
  const { terms, type } = unified(args, env, want);
  const dynamic = want === null && args.some((arg) => env.via.probe(arg, env).dynamic === true) ? { dynamic: true } : {};
  return { ...call('COALESCE', terms, type), ...dynamic };
}

function iif(node: Call, args: readonly Expr[], env: Env, want: PgType | null): Term {
  if (args.length < 2) return refuse(node, 'iif() takes a condition and values');
  const odd = args.length % 2 === 1;
  const pairs = Array.from({ length: Math.floor(args.length / 2) }, (_, index) => [args[index * 2] ?? node, args[index * 2 + 1] ?? node] as const);
  const results = [...pairs.map(([, result]) => result), ...(odd ? args.slice(-1) : [])];
  const { terms, type } = unified(results, env, want);
  const branches = pairs.map(([when], index) => `WHEN ${env.via.condition(when, env).sql} THEN ${terms[index]?.sql ?? 'NULL'}`);
  return atom(`CASE ${branches.join(' ')}${odd ? ` ELSE ${terms.at(-1)?.sql ?? 'NULL'}` : ''} END`, type);
}

function nullif(node: Call, args: readonly Expr[], env: Env): Term {
  const [value, other] = args;
  if (value === undefined || other === undefined) return refuse(node, 'nullif() takes two values');
  const both = pair(value, other, env, true);
  const natural = env.via.term(value, env, null);
  if (both.left.sql === natural.sql) return call('NULLIF', [both.left, both.right], both.left.type);
  return atom(`CASE WHEN ${wrapped(both.left, OTHER)} = ${wrapped(both.right, OTHER)} THEN NULL ELSE ${natural.sql} END`, natural.type);
}

function lower(node: Call, args: readonly Expr[], env: Env): Term {
  const inner = bared(args[0] ?? node);
  const digits = inner.type === 'FunctionCallExpr' && inner.name.name.toLowerCase() === 'hex' ? randomHex(bared(inner.args?.[0] ?? inner), env) : null;
  return digits ?? uuidIdiom(inner, env) ?? call('lower', [textTerm(inner, env)], TEXT);
}

function textOrBytes(node: Expr, env: Env): Term {
  return env.via.probe(node, env).type?.family === 'bytes' ? env.via.term(node, env, null) : textTerm(node, env);
}

function length(node: Call, args: readonly Expr[], env: Env): Term {
  return call('length', [textOrBytes(args[0] ?? node, env)], INTEGER);
}

function instr(node: Call, args: readonly Expr[], env: Env): Term {
  if (args.some((arg) => env.via.probe(arg, env).type?.family === 'bytes')) return refuse(node, 'instr() of bytes: use position()');
  return call('strpos', args.map((arg) => textTerm(arg, env)), INTEGER);
}

function characters(_: Call, args: readonly Expr[], env: Env): Term {
  const nul = args.find((arg) => { const literal = literalOf(arg, env); return literal?.kind === 'null' || (literal?.kind === 'number' && Number(literal.text) === 0); });
  if (nul !== undefined) refuse(nul, 'char(0): a text of PostgreSQL holds no NUL character; leave it out');
  const terms = args.map((arg) => call('chr', [colon(whole(numberTerm(arg, env)), 'integer', INTEGER)], TEXT));
  return terms.length === 0 ? atom("''", TEXT) : terms.reduce((one, other) => binary(one, '||', other, OTHER, TEXT));
}

function round(node: Call, args: readonly Expr[], env: Env): Term {
  const value = numberTerm(args[0] ?? node, env);
  const exact = value.type?.family === 'decimal' ? value : colon(value, 'numeric', NUMERIC);
  const digits = args[1] === undefined ? [] : [colon(whole(numberTerm(args[1], env)), 'integer', INTEGER)];
  return call('round', [exact, ...digits.map((one) => (/^\d+::integer$/.test(one.sql) ? atom(one.sql.slice(0, -9), INTEGER) : one))], NUMERIC);
}

function hex(node: Call, args: readonly Expr[], env: Env): Term {
  const inner = bared(args[0] ?? node);
  const digits = randomHex(inner, env);
  if (digits !== null) return call('upper', [digits], TEXT);
  const term = textOrBytes(inner, env);
  const bytes = term.type?.family === 'bytes' ? term : call('convert_to', [term, atom("'UTF8'", TEXT)], BYTEA);
  const written = call('upper', [call('encode', [bytes, atom("'hex'", TEXT)], TEXT)], TEXT);
  // Of NULL SQLite makes an empty text.
  return literalOf(inner, env) === null ? call('COALESCE', [written, atom("''", TEXT)], TEXT) : written;
}

function extreme(name: string, node: Call, args: readonly Expr[], env: Env, want: PgType | null): Term {
  const firm = args.every((arg) => { const literal = literalOf(arg, env); return literal !== null && literal.kind !== 'null'; });
  if (!firm) note(env, 'FUNCTION_DIFFERS', `${name} leaves NULL out: SQLite's ${node.name.name.toLowerCase()}() of several values is NULL where one of them is`, node);
  const type = want ?? commonType(args, env);
  const { terms } = unified(args, env, type);
  return call(name, terms, type);
}

