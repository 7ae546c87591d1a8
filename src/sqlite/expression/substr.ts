// substr(): SQLite counts from the end where it starts below 0, and takes what lies before where the length is below 0.

import { note, refuse, type Env } from './env.ts';
import { literalOf } from './literals.ts';
import { numberTerm, textTerm, whole } from './operators.ts';
import { atom, call, colon, INTEGER, TEXT, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';

export function substr(node: Expr, args: readonly Expr[], env: Env): Term {
  const [value, from, length] = args;
  if (value === undefined || from === undefined) return refuse(node, 'substr() takes a text and a place');
  const bytes = env.via.probe(value, env).type?.family === 'bytes';
  const text = bytes ? env.via.term(value, env, null) : textTerm(value, env);
  const type = bytes ? text.type : TEXT;
  const start = literalOf(from, env);
  if (start?.kind === 'number' && start.text.startsWith('-')) {
    if (length !== undefined || bytes) return refuse(node, 'substr() from the end with a length: use right() and left()');
    return call('right', [text, atom(start.text.slice(1), INTEGER)], TEXT);
  }
  if (start === null && !/instr|length/i.test(env.context.text.slice(from.span.offset, from.span.offset + from.span.length))) note(env, 'FUNCTION_DIFFERS', 'substr() from a place that is computed: below 0 SQLite counts from the end', node);
  const place = small(from, env);
  if (length === undefined) return call('substr', [text, place], type);
  return call('substr', [text, place, counted(node, length, start?.kind === 'number' && Number(start.text) <= 1, env)], type);
}

function counted(node: Expr, length: Expr, fromFirst: boolean, env: Env): Term {
  const literal = literalOf(length, env);
  if (literal?.kind === 'number' && literal.text.startsWith('-')) return refuse(node, 'substr() with a length below 0: take the part before another way');
  const term = small(length, env);
  // From the first character on there is nothing before, where PostgreSQL stops at a length below 0.
  return literal === null && fromFirst ? call('GREATEST', [term, atom('0', INTEGER)], INTEGER) : term;
}

function small(node: Expr, env: Env): Term {
  const term = whole(numberTerm(node, env));
  return term.type?.family === 'bigint' ? colon(term, 'integer', INTEGER) : term;
}
