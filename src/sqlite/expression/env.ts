// What the parts of the translation lean on, and how they reach each other: an expression holds queries, and a query expressions.

import { Untranslatable, type Context, type NoteCode, type PgType, type RelationColumn } from '../types.ts';
import type { Expr, Select } from '../ast.ts';
import type { Scope } from './scope.ts';
import type { Term } from './terms.ts';

export interface Query {
  readonly sql: string;
  readonly columns: readonly RelationColumn[];
  /** Of the first column. */
  readonly dynamic: boolean;
}

export interface SelectOptions {
  /** Types the columns are to have; `null`: as they come. */
  readonly want: readonly (PgType | null)[] | null;
  /** Others will call its columns by SQLite's names. */
  readonly named: boolean;
  /** An INSERT takes the rows: PostgreSQL brings constants to the columns' types by itself. */
  readonly feeds?: boolean;
  /** Only whether there is a row is asked. */
  readonly exists?: boolean;
  /** The types of `want` to the letter, as the arms of a recursive query have to have them. */
  readonly exact?: boolean;
}

export interface Via {
  readonly term: (node: Expr, env: Env, want: PgType | null) => Term;
  readonly condition: (node: Expr, env: Env) => Term;
  /** The term as it comes by itself, without a word to the notes. */
  readonly probe: (node: Expr, env: Env) => Term;
  readonly select: (node: Select, env: Env, options: SelectOptions) => Query;
}

export interface Env {
  readonly context: Context;
  readonly scope: Scope;
  readonly via: Via;
}

interface Spanned {
  readonly span: { readonly offset: number; readonly length: number };
}

export function refuse(node: Spanned, message: string, code?: NoteCode): never {
  throw new Untranslatable(message, node.span.offset, code);
}

export function note(env: Env, code: NoteCode, message: string, node: Spanned): void {
  env.context.note(code, message, node.span.offset);
}

export function sourceText(env: Env, node: Spanned): string {
  return env.context.text.slice(node.span.offset, node.span.offset + node.span.length);
}

export function isDoubleQuoted(env: Env, node: Spanned): boolean {
  return env.context.text[node.span.offset] === '"';
}

/** A single expression in parentheses is that expression. */
export function bared(node: Expr): Expr {
  const [only, more] = node.type === 'ParenthesizedExpr' ? node.exprs : [];
  return only !== undefined && more === undefined ? bared(only) : node;
}
