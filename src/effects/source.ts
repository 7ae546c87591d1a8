// Where in its text a statement's expressions stand. The tree does not tell where one ends, PostgreSQL's lexical rules do.

import { lex, type Token } from '../sql/lex.ts';

/** Tokens of a statement without comments, each with its depth in brackets; a bracket has the depth outside of it. */
export interface Piece extends Token {
  readonly depth: number;
}

export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let depth = 0;
  for (const token of lex(text)) {
    if (token.kind === 'comment') continue;
    if (isMark(token, ')') || isMark(token, ']')) depth--;
    found.push({ ...token, depth });
    if (isMark(token, '(') || isMark(token, '[')) depth++;
  }
  return found;
}

export function isMark(token: Token | undefined, value: string): boolean {
  return token?.kind === 'operator' && token.value === value;
}

export function isWord(token: Token | undefined, value: string): boolean {
  return token?.kind === 'word' && token.value === value;
}

/** What begins the next part of a column behind its default: an expression there has none of these outside of brackets. */
const NEXT = new Set(['not', 'null', 'unique', 'primary', 'check', 'references', 'constraint', 'collate', 'generated', 'default', 'deferrable', 'initially', 'storage', 'compression', 'enforced']);

/** The expression behind a keyword of a column's own words. */
export function expressionAfter(text: string, words: readonly Piece[], keyword: string): string {
  const depth = words[0]?.depth ?? 0;
  const first = words.findIndex((token) => token.depth === depth && isWord(token, keyword));
  const rest = words.slice(first + 1);
  let cases = 0;
  const end = rest.findIndex((token, nth) => {
    if (isWord(token, 'case')) cases++;
    if (isWord(token, 'end')) cases--;
    return token.depth === depth && cases === 0 && nth > 0 && token.kind === 'word' && NEXT.has(token.value) && !isWord(rest[nth - 1], 'is');
  });
  return span(text, end === -1 ? rest : rest.slice(0, end));
}

/** What stands in the first brackets. */
export function inBrackets(all: readonly Piece[]): readonly Piece[] {
  const open = all.findIndex((token) => isMark(token, '('));
  const depth = all[open]?.depth ?? 0;
  const rest = all.slice(open + 1);
  const end = rest.findIndex((token) => token.depth === depth);
  return end === -1 ? rest : rest.slice(0, end);
}

export function span(text: string, tokens: readonly Token[]): string {
  const all = tokens.filter((token, nth) => nth < tokens.length - 1 || !isMark(token, ';'));
  return all.length === 0 ? '' : text.slice(all[0]?.start, all.at(-1)?.end);
}

/** Split at commas of the depth of the first token. */
export function split(tokens: readonly Piece[]): readonly (readonly Piece[])[] {
  const parts: Piece[][] = [[]];
  const depth = tokens[0]?.depth ?? 0;
  for (const token of tokens) {
    if (token.depth === depth && isMark(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
