// The tokens of Prisma schema files.

export interface Token {
  readonly kind: 'word' | 'string' | 'mark' | 'line';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}_-]+/uy;
const STRING = /"(?:[^"\\\n]|\\.)*"?/uy;

/** The token at or after `from`, `null` at the end. Characters are told apart by code: schemas have thousands of models. */
export function nextToken(text: string, from: number): Token | null {
  const start = endOfBlank(text, from);
  if (start >= text.length) return null;
  const code = text.charCodeAt(start);
  if (code === QUOTE) {
    const end = endOf(STRING, text, start);
    return { kind: 'string', value: unquote(text.slice(start, end)), start, end };
  }
  if (code === NEWLINE) return { kind: 'line', value: '\n', start, end: start + 1 };
  const word = endOfWord(text, start);
  const end = word > start ? word : start + (text.startsWith('@@', start) ? 2 : 1);
  return { kind: word > start ? 'word' : 'mark', value: text.slice(start, end), start, end };
}

const [NEWLINE, QUOTE, SLASH] = [10, 34, 47];

/** After spaces and comments; a line break is a token. */
function endOfBlank(text: string, from: number): number {
  for (let at = from; ; ) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9 || code === 13) at++;
    else if (code === SLASH && text[at + 1] === '/') at = indexOr(text, '\n', at, 0);
    else if (code === SLASH && text[at + 1] === '*') at = indexOr(text, '*/', at + 2, 2);
    else return at;
  }
}

function indexOr(text: string, mark: string, from: number, after: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + after;
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (isAsciiWord(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) > 127 ? endOf(WORD, text, start) : at;
}

function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 45;
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

function unquote(literal: string): string {
  return literal.replace(/^"|"$/g, '').replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, escape: string) => {
    if (escape.length > 1) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    return ({ n: '\n', r: '\r', t: '\t' } as Readonly<Record<string, string>>)[escape] ?? escape;
  });
}

/** Offset of the brace that closes a body which begins here, or the end. */
export function endOfBody(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOf(STRING, text, at);
    else if (code === SLASH && endOfBlank(text, at) > at) at = endOfBlank(text, at);
    else if (OPENING.has(code)) [depth, at] = [depth + 1, at + 1];
    else if (CLOSING.has(code) && --depth === 0) return at;
    else at++;
  }
  return text.length;
}

const OPENING = codes('{[(');
const CLOSING = codes('}])');

function codes(marks: string): ReadonlySet<number> {
  return new Set([...marks].map((mark) => mark.charCodeAt(0)));
}

/** Tokens that begin from `start` up to `end`. */
export function tokenize(text: string, start: number, end: number): Token[] {
  const tokens: Token[] = [];
  for (let token = nextToken(text, start); token !== null && token.start < end; token = nextToken(text, token.end)) tokens.push(token);
  return tokens;
}
