// Names in expressions: columns, results' own names, `rowid`, and texts in double quotes.

import { quoteName, quoteText } from '../../sql/quote.ts';
import { isDoubleQuoted, note, refuse, type Env } from './env.ts';
import { literalTerm } from './literals.ts';
import { resolve, type Resolution } from './scope.ts';
import { atom, inParentheses, type Term } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

export function identifier(node: Extract<Expr, { type: 'Id' }>, env: Env, want: PgType | null): Term {
  const found = resolve(env.scope, null, node.name);
  if (found !== null) return resolved(found, false, node, env, want);
  if (!isDoubleQuoted(env, node)) return refuse(node, `there is no column ${node.name} here: correct the name`);
  note(env, 'DOUBLE_QUOTED_TEXT', `"${node.name}" is not a column here: SQLite read it as the string ${quoteText(node.name)}`, node);
  return literalTerm({ kind: 'text', text: node.name }, want, env, node);
}

export function qualified(node: Extract<Expr, { type: 'QualifiedExpr' }>, env: Env, want: PgType | null): Term {
  const found = resolve(env.scope, node.table.text, node.column.text);
  return found === null ? refuse(node, `there is no column ${node.table.text}.${node.column.text} here: correct the name`) : resolved(found, true, node, env, want);
}

function resolved(found: Resolution, named: boolean, node: Expr, env: Env, want: PgType | null): Term {
  if (found.kind === 'alias') return inParentheses(env.via.term(found.expr, { ...env, scope: { ...found.scope, aliases: new Map() } }, want));
  const prefix = named || found.scope.qualify === true || hidden(found, env) ? `${quoteName(found.source.as)}.` : '';
  if (found.kind === 'place') return place(found, prefix, node, env);
  const { column, source } = found;
  if (found.scope !== env.scope) found.scope.guard?.(found, node);
  if (source.relation.name === 'json_each' && column.name !== 'value') refuse(node, `json_each has only its value in PostgreSQL here: use jsonb_each for ${column.name}`);
  return { ...atom(`${prefix}${quoteName(column.as)}`, column.type), affinity: true, ...(source.relation.name === 'json_each' ? { dynamic: true } : {}) };
}

/** A column of a query around, whose name of today a nearer table has as well. */
function hidden(found: Exclude<Resolution, { kind: 'alias' }>, env: Env): boolean {
  if (found.kind !== 'column' || found.scope === env.scope) return false;
  for (let at = env.scope; at !== found.scope; ) {
    if (at.sources.some(({ relation }) => relation.columns.some(({ as }) => as === found.column.as))) return true;
    if (at.outer === null) return false;
    at = at.outer;
  }
  return false;
}

function place(found: Extract<Resolution, { kind: 'place' }>, prefix: string, node: Expr, env: Env): Term {
  if (found.scope.places !== true && env.scope.places !== true) return refuse(node, `${found.source.relation.name} has no column of whole numbers as its primary key, so there is no rowid in PostgreSQL: use its own key`);
  note(env, 'FUNCTION_DIFFERS', 'rowid is read as the place of the row in the table (ctid): rows that were updated have moved', node);
  return atom(`${prefix}ctid`, { family: 'other', sql: 'tid' });
}
