// LIKE, GLOB, REGEXP.

import { note, refuse, type Env } from './env.ts';
import { literalOf, quoted } from './literals.ts';
import { textTerm } from './operators.ts';
import { BOOLEAN, IN, OTHER, TEXT, wrapped, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';

type Like = Extract<Expr, { type: 'LikeExpr' }>;

export function likeTerm(node: Like, env: Env): Term {
  if (node.op === 'Match') return refuse(node, 'MATCH is a search of SQLite\'s own: use to_tsvector() @@ to_tsquery()');
  if (node.op === 'Glob') return glob(node, env);
  const not = node.not ? 'NOT ' : '';
  if (node.op === 'Regexp') {
    note(env, 'FUNCTION_DIFFERS', 'REGEXP: PostgreSQL\'s regular expressions are not those of the function SQLite was given', node);
    return matched(textTerm(node.lhs, env), node.not ? '!~' : '~', textTerm(node.rhs, env).sql, OTHER);
  }
  const pattern = literalOf(node.rhs, env);
  const text = pattern?.kind === 'text' ? pattern.text : pattern?.kind === 'number' ? pattern.text : null;
  const caseless = text !== null && !/[a-z\u0080-\uffff]/i.test(text);
  if (!caseless) note(env, 'LIKE_CASE', 'LIKE does not tell large letters from small ones in SQLite: ILIKE', node);
  return matched(textTerm(node.lhs, env), `${not}${caseless ? 'LIKE' : 'ILIKE'}`, textTerm(node.rhs, env).sql + escaping(node, text, env), IN);
}

/** SQLite escapes nothing unless told; PostgreSQL has the backslash. */
function escaping(node: Like, pattern: string | null, env: Env): string {
  if (node.escape !== undefined) return ` ESCAPE ${env.via.term(node.escape, env, TEXT).sql}`;
  return pattern !== null && !pattern.includes('\\') ? '' : " ESCAPE ''";
}

function matched(left: Term, operator: string, right: string, level: number): Term {
  return { sql: `${wrapped(left, OTHER)} ${operator} ${right}`, type: BOOLEAN, level };
}

function glob(node: Like, env: Env): Term {
  const pattern = literalOf(node.rhs, env);
  if (pattern?.kind !== 'text') return refuse(node, 'GLOB with a pattern that is computed: write it with LIKE or ~');
  if (!pattern.text.includes('[')) return matched(textTerm(node.lhs, env), node.not ? 'NOT LIKE' : 'LIKE', quoted(likePattern(pattern.text), TEXT, node).sql, IN);
  return matched(textTerm(node.lhs, env), node.not ? '!~' : '~', quoted(`^${regular(pattern.text)}$`, TEXT, node).sql, OTHER);
}

function likePattern(text: string): string {
  return text.replace(/[%_\\]/g, '\\$&').replaceAll('*', '%').replaceAll('?', '_');
}

/** `[a-c]`, `[^a]`, `[]a]` are classes; the rest stands for itself but for `*` and `?`. */
function regular(text: string): string {
  return text.replace(/\[(\^?)(\]?[^\]]*)\]|[\s\S]/g, (part: string, not: string | undefined, members: string | undefined) => {
    if (members !== undefined) return `[${not ?? ''}${members.replace(/[\\[]/g, '\\$&')}]`;
    return part === '*' ? '.*' : part === '?' ? '.' : part.replace(/[\\^$.|+(){}[\]]/, '\\$&');
  });
}
