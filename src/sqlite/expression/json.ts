// JSON: SQLite's functions over texts, PostgreSQL's over jsonb.

import { quoteText } from '../../sql/quote.ts';
import { bared, note, refuse, type Env } from './env.ts';
import { strict } from './coerce.ts';
import { pathArray, pathKeys } from './jsonPath.ts';
import { literalOf } from './literals.ts';
import { atom, BOOLEAN, call, colon, INTEGER, JSONB, OTHER, TEXT, wrapped, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

type Call = Extract<Expr, { type: 'FunctionCallExpr' }>;

const HANDLERS: Readonly<Record<string, (node: Call, args: readonly Expr[], env: Env, want: PgType | null) => Term>> = {
  json: (node, args, env) => document(args[0] ?? node, env),
  json_extract: extract,
  json_set: (node, args, env) => set(node, args, true, env),
  json_replace: (node, args, env) => set(node, args, false, env),
  json_remove: remove,
  json_object: (_, args, env) => made('jsonb_build_object', args, env),
  json_array: (_, args, env) => made('jsonb_build_array', args, env),
  json_array_length: (node, args, env) => call('jsonb_array_length', [reached(node, args, env)], INTEGER),
  json_quote: (node, args, env) => content(args[0] ?? node, env),
  json_valid: valid,
};

export function jsonCall(node: Call, name: string, env: Env, want: PgType | null): Term | null {
  return HANDLERS[name.replace(/^jsonb/, 'json')]?.(node, node.args ?? [], env, want) ?? null;
}

/** As jsonb, and to be held tight by an operator. */
export function document(node: Expr, env: Env): Term {
  const term = env.via.term(node, env, literalOf(node, env) === null ? null : JSONB);
  if (term.bare === true) return colon(term, 'jsonb', JSONB);
  return term.type?.family === 'json' && !/^json$/i.test(term.type.sql) ? term : colon(term, 'jsonb', JSONB);
}

export function arrow(node: Extract<Expr, { type: 'BinaryExpr' }>, env: Env, want: PgType | null): Term {
  const text = node.op === 'ArrowRightShift';
  const literal = literalOf(node.right, env);
  const left = document(node.left, env);
  if (literal?.kind === 'text' && literal.text.startsWith('$')) return stepped(left, pathKeys(node.right, env), text, want);
  if (literal?.kind !== 'text' && literal?.kind !== 'number') return refuse(node.right, 'a key of JSON that is computed: write it out');
  const key = literal.kind === 'text' ? quoteText(literal.text) : literal.text;
  return { sql: `${wrapped(left, OTHER)} ${text ? '->>' : '->'} ${key}`, type: text ? TEXT : JSONB, level: OTHER, dynamic: text };
}

function stepped(left: Term, keys: readonly string[], text: boolean, want: PgType | null): Term {
  const json = !text || want?.family === 'json';
  return { sql: `${wrapped(left, OTHER)} ${json ? '#>' : '#>>'} ${pathArray(keys)}`, type: json ? JSONB : TEXT, level: OTHER, dynamic: !json };
}

function extract(node: Call, args: readonly Expr[], env: Env, want: PgType | null): Term {
  const [value, ...paths] = args;
  const [path, more] = paths;
  if (value === undefined || path === undefined) return refuse(node, 'json_extract() takes a value and a path');
  const left = document(value, env);
  if (more === undefined && want?.family === 'json') return call('NULLIF', [stepped(left, pathKeys(path, env), false, null), atom("'null'::jsonb", JSONB)], JSONB);
  if (more === undefined) return stepped(left, pathKeys(path, env), true, want);
  return call('jsonb_build_array', paths.map((one) => stepped(left, pathKeys(one, env), false, null)), JSONB);
}

/** The value, or what a path in the second place leads to. */
function reached(node: Call | { readonly args?: readonly Expr[] }, args: readonly Expr[], env: Env): Term {
  const [value, path] = args;
  if (value === undefined) return refuse(node as Call, 'a JSON function without a value: give it one');
  const left = document(value, env);
  return path === undefined ? left : stepped(left, pathKeys(path, env), false, null);
}

/** What is put into JSON: texts as strings, truth values as SQLite's 0 and 1. */
function content(node: Expr, env: Env): Term {
  const literal = literalOf(node, env);
  if (literal?.kind === 'null') return colon(atom("'null'", null), 'jsonb', JSONB);
  const term = env.via.term(node, env, null);
  if (term.type?.family === 'json') return term;
  const plain = literal?.kind === 'text' ? colon(term, 'text', TEXT) : term.type?.family === 'boolean' ? colon(term, 'integer', INTEGER) : term;
  const json = call('to_jsonb', [plain], JSONB);
  return literal !== null ? json : call('COALESCE', [json, atom("'null'::jsonb", JSONB)], JSONB);
}

function set(node: Call, args: readonly Expr[], create: boolean, env: Env): Term {
  const [value, ...rest] = args;
  if (value === undefined || rest.length % 2 !== 0) return refuse(node, 'json_set() takes a value, and paths with their values');
  note(env, 'FUNCTION_DIFFERS', 'jsonb_set() makes the last key of a path, SQLite all of the path', node);
  let term = document(value, env);
  for (let index = 0; index < rest.length; index += 2) {
    const [path, put] = [rest[index], rest[index + 1]];
    if (path === undefined || put === undefined) break;
    term = call('jsonb_set', [term, atom(pathArray(pathKeys(path, env)), null), content(put, env), ...(create ? [] : [atom('false', BOOLEAN)])], JSONB);
  }
  return term;
}

function remove(node: Call, args: readonly Expr[], env: Env): Term {
  const [value, ...paths] = args;
  if (value === undefined) return refuse(node, 'json_remove() takes a value');
  return paths.reduce<Term>((term, path) => ({ sql: `${wrapped(term, OTHER)} #- ${pathArray(pathKeys(path, env))}`, type: JSONB, level: OTHER }), document(value, env));
}

function made(name: string, args: readonly Expr[], env: Env): Term {
  return call(name, args.map((arg) => part(arg, env)), JSONB);
}

export function part(node: Expr, env: Env): Term {
  const term = env.via.term(node, env, null);
  return term.type?.family === 'boolean' ? colon(term, 'integer', INTEGER) : term.type?.family === 'datetime' ? strict(term, TEXT) : term;
}

function valid(node: Call, args: readonly Expr[], env: Env): Term {
  const value = args[0] === undefined ? null : env.via.probe(bared(args[0]), env);
  if (value?.type?.family !== 'json') return refuse(node, 'json_valid() of a text: make the column a Json, whose values are always valid');
  return { sql: `${wrapped(env.via.term(args[0] ?? node, env, null), OTHER)} IS NOT NULL`, type: BOOLEAN, level: 9 };
}
