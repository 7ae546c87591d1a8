// Expressions of PostgreSQL in SQLite's words, where they are few and plain enough.

import { readLiteral } from '../../catalog/literals.ts';
import { lex, LexError, type Token } from '../../sql/lex.ts';
import { quoteName, quoteText } from '../../sql/quote.ts';

const WORDS = new Set('and or not is null true false in between like case when then else end lower upper coalesce length abs trim nullif'.split(' '));
/** What stands bare in PostgreSQL's expressions and is no column. */
const NO_COLUMN = /^(current_|session_|local)|^(user|any|all|some|array|exists|cast|interval|distinct|similar|ilike|collate|to|from|symmetric|at|row|select|timestamp|date|time)$/;
const OPERATORS = new Set(['(', ')', ',', '=', '<>', '!=', '<', '>', '<=', '>=', '+', '-', '*', '/', '%', '||', '.']);

/** `null`: it has words that SQLite might read differently, or not at all. Casts are left out. */
export function sqliteExpression(expression: string): string | null {
  const tokens = tokensOf(expression);
  if (tokens === null) return null;
  const found: string[] = [];
  for (let nth = 0; nth < tokens.length; nth++) {
    const token = tokens[nth];
    if (token === undefined) break;
    if (token.value === '::' && token.kind === 'operator') {
      nth = afterType(tokens, nth + 1) - 1;
      continue;
    }
    const sql = word(token, tokens[nth + 1]);
    if (sql === null) return null;
    found.push(sql);
  }
  return found.join(' ');
}

function tokensOf(expression: string): readonly Token[] | null {
  try {
    return [...lex(expression)].filter(({ kind }) => kind !== 'comment');
  } catch (error) {
    if (error instanceof LexError) return null;
    throw error;
  }
}

/** `character varying(3)[]`, `"Role"`, `timestamp(3) without time zone`. */
function afterType(tokens: readonly Token[], first: number): number {
  let at = first + 1;
  const follows = new Set(['varying', 'precision', 'without', 'with', 'time', 'zone', '[', ']', '.']);
  while (at < tokens.length) {
    const token = tokens[at];
    if (token?.value === '(') at = tokens.findIndex(({ value }, nth) => nth > at && value === ')') + 1;
    else if (token !== undefined && (follows.has(token.value) || tokens[at - 1]?.value === '.')) at++;
    else break;
    if (at <= 0) return tokens.length;
  }
  return at;
}

function word(token: Token, next: Token | undefined): string | null {
  if (token.kind === 'name') return quoteName(token.value);
  if (token.kind === 'text') return sqliteText(token.value);
  if (token.kind === 'number') return token.value;
  if (token.kind === 'operator') return OPERATORS.has(token.value) ? token.value : null;
  if (WORDS.has(token.value)) return token.value;
  // A bare name is a column, unless a bracket makes it a function.
  return token.kind === 'word' && next?.value !== '(' && !NO_COLUMN.test(token.value) ? quoteName(token.value) : null;
}

/** A backslash and a line break are letters like any other to SQLite. */
function sqliteText(text: string): string {
  return `'${text.split(/([\\\n\r])/).map((part) => (/^[\\\n\r]$/.test(part) ? part : quoteText(part).slice(1, -1))).join('')}'`;
}

/** A default as a column of SQLite has it. One that it cannot have is there all the same, and differs from every other. */
export function sqliteDefault(expression: string, type: string): string {
  const literal = readLiteral(expression);
  if (literal !== null && 'now' in literal) return 'CURRENT_TIMESTAMP';
  if (literal !== null && 'null' in literal) return 'NULL';
  if (literal !== null && 'text' in literal) return constant(literal.text, type);
  if (/^(?:gen_random_uuid|(?:"?\w+"?\.)?uuid_generate_v4)\(\)(?:::text)?$/i.test(expression.trim())) return '(lower(hex(randomblob(16))))';
  return `(ifnull(NULL, ${sqliteText(expression)}))`;
}

function constant(text: string, type: string): string {
  const quoted = sqliteText(text);
  if (type === 'BOOLEAN' && /^(true|false|t|f|1|0)$/i.test(text)) return /^(t|true|1)$/i.test(text) ? 'true' : 'false';
  if (type === 'BLOB' && /^\\x(?:[0-9a-fA-F]{2})*$/.test(text)) return `X'${text.slice(2)}'`;
  return ['INTEGER', 'BIGINT', 'REAL', 'DECIMAL'].includes(type) && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? text : quoted;
}
