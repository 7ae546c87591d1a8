// What stands after DEFAULT. No row is in sight there, and a bare word is a text.

import { quoteText } from '../../sql/quote.ts';
import { bared, isDoubleQuoted, note, type Env } from './env.ts';
import { literalOf, literalTerm, type Literal } from './literals.ts';
import { isNowCall } from './times.ts';
import { UNARY } from './terms.ts';
import type { Expr } from '../ast.ts';
import type { PgType } from '../types.ts';

export function defaultSql(node: Expr, type: PgType, env: Env): string | null {
  const literal = constant(node, env);
  if (literal?.kind === 'null') return null;
  if (literal !== null) return ofConstant(literal, type, env, node);
  if (type.family === 'datetime' && isNowCall(node, env)) return now(node, env);
  const term = env.via.term(bared(node), env, type);
  // PostgreSQL's grammar takes no more than operators here.
  return term.level >= UNARY ? term.sql : `(${term.sql})`;
}

function now(node: Expr, env: Env): string {
  if (/'%s'|unixepoch/i.test(env.context.text.slice(node.span.offset, node.span.offset + node.span.length)) && bared(node).type !== 'BinaryExpr') note(env, 'SECONDS_AS_TIME', 'seconds since 1970 in a DateTime are taken for that moment: Prisma reads a SQLite number as milliseconds, a day of January 1970', node);
  return 'CURRENT_TIMESTAMP';
}

function constant(node: Expr, env: Env): Literal | null {
  const inner = bared(node);
  if (inner.type !== 'Id') return literalOf(node, env);
  const literal = literalOf(node, env) ?? { kind: 'text', text: inner.name };
  if (literal.kind === 'text' && isDoubleQuoted(env, inner)) note(env, 'DOUBLE_QUOTED_TEXT', `"${inner.name}" is not a column here: SQLite read it as the string ${quoteText(inner.name)}`, inner);
  return literal;
}

/** Prisma writes bytes as the text of their hexadecimal digits. */
function ofConstant(literal: Literal, type: PgType, env: Env, node: Expr): string {
  if (type.family === 'bytes' && literal.kind === 'text' && /^(?:[0-9a-f]{2})+$/i.test(literal.text)) return `'\\x${literal.text}'`;
  return literalTerm(literal, type, env, node).sql;
}
