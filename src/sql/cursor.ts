import { lex, type Token } from './lex.ts';

/** Thrown when a script is not in the language its reader knows. */
export class Unexpected extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'Unexpected';
    this.offset = offset;
  }
}

export interface Cursor {
  done(): boolean;
  peek(): Token | undefined;
  /** Takes these words (or marks) if they come next. */
  take(...values: readonly string[]): boolean;
  expect(...values: readonly string[]): void;
  /** A quoted or bare name. */
  name(): string;
  text(): string;
  /** Raw text up to, not including, the first of these marks or words outside of brackets. */
  until(...values: readonly string[]): string;
}

/** Walks the tokens of a script, comments left out. Throws {@link Unexpected}. */
export function cursor(sql: string): Cursor {
  const tokens: Token[] = [];
  for (const token of lex(sql)) if (token.kind !== 'comment') tokens.push(token);
  let at = 0;

  const is = (token: Token | undefined, value: string) => token !== undefined && token.value === value && (token.kind === 'word' || token.kind === 'operator');
  const unexpected = (wanted: string) => {
    const token = tokens[at];
    return new Unexpected(`expected ${wanted}, found ${token === undefined ? 'the end' : sql.slice(token.start, token.end)}`, token?.start ?? sql.length);
  };
  const take = (...values: readonly string[]) => {
    if (!values.every((value, offset) => is(tokens[at + offset], value))) return false;
    at += values.length;
    return true;
  };

  return {
    done: () => at >= tokens.length,
    peek: () => tokens[at],
    take,
    expect(...values) {
      if (!take(...values)) throw unexpected(values.join(' ').toUpperCase());
    },
    name() {
      const token = tokens[at];
      if (token?.kind !== 'name' && token?.kind !== 'word') throw unexpected('a name');
      at++;
      return token.value;
    },
    text() {
      const token = tokens[at];
      if (token?.kind !== 'text') throw unexpected('a string');
      at++;
      return token.value;
    },
    until(...values) {
      const start = tokens[at]?.start ?? sql.length;
      let depth = 0;
      for (; at < tokens.length; at++) {
        const token = tokens[at];
        if (depth === 0 && values.some((value) => is(token, value))) break;
        if (is(token, '(') || is(token, '[')) depth++;
        else if (is(token, ')') || is(token, ']')) depth--;
      }
      return sql.slice(start, tokens[at - 1]?.end ?? start);
    },
  };
}
