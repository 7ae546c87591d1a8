// A reader of Prisma schema files for what the engine does not tell: where things stand, and how names are mapped.
// It never decides whether a schema is valid; the engine does.

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface PslProperty {
  readonly key: string;
  /** Offsets of the whole `key = value` and of the value alone. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly strings: readonly PslString[];
  /** `url = env("NAME")` */
  readonly env: string | null;
}

interface PslString {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface PslField {
  readonly name: string;
  readonly type: string;
  readonly map: string | null;
  readonly attributes: readonly string[];
  readonly at: number;
}

export interface PslBlock {
  readonly kind: string;
  readonly name: string;
  readonly map: string | null;
  readonly schema: string | null;
  readonly at: number;
  readonly properties: readonly PslProperty[];
  readonly fields: readonly PslField[];
}

export interface PslFile {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly PslBlock[];
}

interface Token {
  readonly kind: 'word' | 'string' | 'mark' | 'line';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /(?<space>[ \t\r]+)|(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<line>\n)|(?<string>"(?:[^"\\\n]|\\.)*"?)|(?<word>[\p{L}\p{N}_-]+)|(?<mark>@@|[\s\S])/uy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const start = match.index;
    const value = match[0];
    const kind = match.groups?.line ? 'line' : match.groups?.string ? 'string' : match.groups?.word ? 'word' : match.groups?.mark ? 'mark' : null;
    if (kind !== null) tokens.push({ kind, value: kind === 'string' ? unquote(value) : value, start, end: start + value.length });
  }
  return tokens;
}

function unquote(literal: string): string {
  return literal.replace(/^"|"$/g, '').replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, escape: string) => {
    if (escape.length > 1) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    return ({ n: '\n', r: '\r', t: '\t' } as Readonly<Record<string, string>>)[escape] ?? escape;
  });
}

/** Blocks of one file, in order. Text that is no Prisma schema gives no blocks. */
export function readPsl(path: string, text: string): PslFile {
  const tokens = tokenize(text);
  const blocks: PslBlock[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const [kind, name, open] = [tokens[at], tokens[at + 1], tokens[at + 2]];
    if (kind?.kind !== 'word' || name?.kind !== 'word' || open?.value !== '{') continue;
    const close = closing(tokens, at + 2);
    blocks.push(readBlock(kind.value, name, tokens.slice(at + 3, close)));
    at = close;
  }
  return { path, text, blocks };
}

/** Index of the mark that closes the one at `open`, or the end. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== 'mark') continue;
    if ('{[('.includes(token.value)) depth++;
    else if ('}])'.includes(token.value) && --depth === 0) return at;
  }
  return tokens.length;
}

function readBlock(kind: string, name: Token, body: readonly Token[]): PslBlock {
  const properties: PslProperty[] = [];
  const fields: PslField[] = [];
  const own = new Map<string, string | null>();
  for (const line of lines(body)) {
    const [first, second] = line;
    if (first?.value === '@@') own.set(second?.value ?? '', firstString(line));
    else if (first?.kind === 'word' && second?.value === '=') properties.push(readProperty(line));
    else if (first?.kind === 'word') fields.push(readField(first, line));
  }
  return { kind, name: name.value, map: own.get('map') ?? null, schema: own.get('schema') ?? null, at: name.start, properties, fields };
}

/** Splits at line ends outside of brackets. */
function* lines(body: readonly Token[]): Generator<Token[]> {
  let line: Token[] = [];
  for (let at = 0; at < body.length; at++) {
    const token = body[at];
    if (token === undefined) break;
    if (token.kind === 'line') {
      if (line.length > 0) yield line;
      line = [];
    } else if (token.kind === 'mark' && '([{'.includes(token.value)) {
      const close = closing(body, at);
      line.push(...body.slice(at, close + 1).filter((inner) => inner.kind !== 'line'));
      at = close;
    } else {
      line.push(token);
    }
  }
  if (line.length > 0) yield line;
}

function firstString(tokens: readonly Token[]): string | null {
  return tokens.find((token) => token.kind === 'string')?.value ?? null;
}

function readProperty(line: readonly Token[]): PslProperty {
  const [key, , value] = line;
  const strings = line.filter((token) => token.kind === 'string').map(({ value, start, end }) => ({ value, start, end }));
  const env = value?.value === 'env' ? (strings[0]?.value ?? null) : null;
  const end = line.at(-1)?.end ?? 0;
  return { key: key?.value ?? '', start: key?.start ?? 0, end, valueStart: value?.start ?? end, strings, env };
}

function readField(name: Token, line: readonly Token[]): PslField {
  const attributes: string[] = [];
  let map: string | null = null;
  line.forEach((token, at) => {
    if (token.value !== '@' || token.kind !== 'mark') return;
    const attribute = line[at + 1]?.value ?? '';
    attributes.push(attribute);
    if (attribute === 'map' && line[at + 2]?.value === '(') map = firstString(line.slice(at + 2, closing(line, at + 2)));
  });
  return { name: name.value, type: line[1]?.value ?? '', map, attributes, at: name.start };
}

/** 1-based line and column, the column counted in characters. */
export function positionOf(file: PslFile, offset: number): Position {
  const before = file.text.slice(0, offset);
  const line = before.split('\n').length;
  const column = Array.from(before.slice(before.lastIndexOf('\n') + 1)).length + 1;
  return { file: file.path, line, column };
}

/** The text with the given spans replaced by spaces; line breaks stay, so every position still holds. */
export function blank(text: string, spans: readonly { readonly start: number; readonly end: number }[]): string {
  let result = text;
  for (const { start, end } of spans) {
    result = result.slice(0, start) + result.slice(start, end).replace(/[^\n\r]/g, ' ') + result.slice(end);
  }
  return result;
}
