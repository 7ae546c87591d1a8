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

/** Walks the tokens of a script, comments left out; only those looked ahead to are held. Throws {@link Unexpected}. */
export function cursor(sql: string): Cursor {
  const source = lex(sql);
  const ahead: Token[] = [];

  const peek = (offset = 0) => {
    while (ahead.length <= offset) {
      const { value, done } = source.next();
      if (done) return undefined;
      if (value.kind !== 'comment') ahead.push(value);
    }
    return ahead[offset];
  };
  const advance = () => void ahead.shift();
  const unexpected = (wanted: string) => {
    const token = peek();
    return new Unexpected(`expected ${wanted}, found ${token === undefined ? 'the end' : sql.slice(token.start, token.end)}`, token?.start ?? sql.length);
  };
  const take = (...values: readonly string[]) => {
    for (let offset = 0; offset < values.length; offset++) if (!is(peek(offset), values[offset] ?? '')) return false;
    values.forEach(advance);
    return true;
  };

  return {
    done: () => peek() === undefined,
    peek,
    take,
    expect(...values) {
      if (!take(...values)) throw unexpected(values.join(' ').toUpperCase());
    },
    name() {
      const token = peek();
      if (token?.kind !== 'name' && token?.kind !== 'word') throw unexpected('a name');
      advance();
      return token.value;
    },
    text() {
      const token = peek();
      if (token?.kind !== 'text') throw unexpected('a string');
      advance();
      return token.value;
    },
    until(...values) {
      const start = peek()?.start ?? sql.length;
      let depth = 0;
      let end = start;
      for (let token = peek(); token !== undefined; token = peek()) {
        if (depth === 0 && values.some((value) => is(token, value))) break;
        if (is(token, '(') || is(token, '[')) depth++;
        else if (is(token, ')') || is(token, ']')) depth--;
        end = token.end;
        advance();
      }
      return sql.slice(start, end);
    },
  };
}

function is(token: Token | undefined, value: string): boolean {
  return token !== undefined && token.value === value && (token.kind === 'word' || token.kind === 'operator');
}
