// PostgreSQL's lexical rules (src/backend/parser/scan.l), enough to walk a script without touching its text.

export type TokenKind = 'word' | 'name' | 'text' | 'number' | 'parameter' | 'operator' | 'comment';

export interface Token {
  readonly kind: TokenKind;
  /** `word` in lower case, `name` and `text` without their quotes; otherwise as written. */
  readonly value: string;
  /** UTF-16 offsets into the script. */
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s/;
const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const OPERATOR = /[+\-*/<>=~!@#%^&|`?]/;

export class LexError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'LexError';
    this.offset = offset;
  }
}

/** Every token of the script in order, comments included. Throws {@link LexError} on an unterminated quote or comment. */
export function* lex(sql: string): Generator<Token> {
  let at = 0;
  while (at < sql.length) {
    const char = sql.charAt(at);
    if (SPACE.test(char)) {
      at++;
      continue;
    }
    const token = next(sql, at, char);
    yield token;
    at = token.end;
  }
}

function next(sql: string, start: number, char: string): Token {
  if (char === '-' && sql[start + 1] === '-') return lineComment(sql, start);
  if (char === '/' && sql[start + 1] === '*') return blockComment(sql, start);
  if (char === "'") return quoted(sql, start, start, 'text', false);
  if (char === '"') return quoted(sql, start, start, 'name', false);
  if (char === '$') return dollar(sql, start);
  if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(sql.charAt(start + 1)))) return sticky(sql, start, NUMBER, 'number');
  if (WORD_START.test(char)) return word(sql, start, char);
  if (char === ':' && (sql[start + 1] === ':' || sql[start + 1] === '=')) return span(sql, start, start + 2, 'operator');
  if (OPERATOR.test(char)) return operator(sql, start);
  return span(sql, start, start + 1, 'operator');
}

function span(sql: string, start: number, end: number, kind: TokenKind): Token {
  return { kind, value: sql.slice(start, end), start, end };
}

function sticky(sql: string, start: number, pattern: RegExp, kind: TokenKind): Token {
  pattern.lastIndex = start;
  return span(sql, start, start + (pattern.exec(sql)?.[0].length ?? 1), kind);
}

function word(sql: string, start: number, char: string): Token {
  const quote = sql[start + 1];
  if (quote === "'" && /[eE]/.test(char)) return quoted(sql, start, start + 1, 'text', true);
  if (quote === "'" && /[bBxXnN]/.test(char)) return quoted(sql, start, start + 1, 'text', false);
  if (/[uU]/.test(char) && quote === '&' && (sql[start + 2] === "'" || sql[start + 2] === '"')) {
    return quoted(sql, start, start + 2, sql[start + 2] === '"' ? 'name' : 'text', false);
  }
  const token = sticky(sql, start, WORD, 'word');
  return { ...token, value: token.value.toLowerCase() };
}

/** Two texts with a line break between them are one. */
const CONTINUED = /[ \t\f]*[\n\r]\s*'/y;

function quoted(sql: string, start: number, open: number, kind: 'text' | 'name', escapes: boolean): Token {
  const quote = sql.charAt(open);
  let value = '';
  for (let at = open + 1; at < sql.length; at++) {
    const char = sql.charAt(at);
    if (escapes && char === '\\') {
      value += sql.slice(at, at + 2);
      at++;
    } else if (char !== quote) {
      value += char;
    } else if (sql[at + 1] === quote) {
      value += quote;
      at++;
    } else {
      CONTINUED.lastIndex = at + 1;
      const gap = kind === 'text' ? CONTINUED.exec(sql) : null;
      if (gap === null) return { kind, value: escapes ? unescape(value) : value, start, end: at + 1 };
      at += gap[0].length;
    }
  }
  throw new LexError(kind === 'name' ? 'unterminated quoted identifier' : 'unterminated quoted string', start);
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescape(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g, (_, x, u, big, octal, char) => {
    const hex: string | undefined = x ?? u ?? big;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return ESCAPES[char] ?? char;
  });
}

function dollar(sql: string, start: number): Token {
  DOLLAR.lastIndex = start;
  const tag = DOLLAR.exec(sql)?.[0];
  if (tag === undefined) {
    return /[0-9]/.test(sql.charAt(start + 1)) ? sticky(sql, start, /\$\d+/y, 'parameter') : span(sql, start, start + 1, 'operator');
  }
  const close = sql.indexOf(tag, start + tag.length);
  if (close < 0) throw new LexError('unterminated dollar-quoted string', start);
  return { kind: 'text', value: sql.slice(start + tag.length, close), start, end: close + tag.length };
}

function lineComment(sql: string, start: number): Token {
  const end = sql.indexOf('\n', start);
  return span(sql, start, end < 0 ? sql.length : end, 'comment');
}

function blockComment(sql: string, start: number): Token {
  let depth = 0;
  for (let at = start; at < sql.length - 1; at++) {
    const two = sql.slice(at, at + 2);
    if (two !== '/*' && two !== '*/') continue;
    depth += two === '/*' ? 1 : -1;
    if (depth === 0) return span(sql, start, at + 2, 'comment');
    at++;
  }
  throw new LexError('unterminated /* comment', start);
}

/** An operator ends where a comment begins; a trailing + or - belongs to what follows. */
function operator(sql: string, start: number): Token {
  let end = start;
  while (end < sql.length && OPERATOR.test(sql.charAt(end))) {
    const two = sql.slice(end, end + 2);
    if (end > start && (two === '--' || two === '/*')) break;
    end++;
  }
  while (end > start + 1 && /[+-]/.test(sql.charAt(end - 1)) && !/[~!@#%^&|`?]/.test(sql.slice(start, end - 1))) end--;
  return span(sql, start, end, 'operator');
}
