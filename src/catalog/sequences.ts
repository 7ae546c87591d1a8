import { cursor, Unexpected } from '../sql/cursor.ts';
import { LexError } from '../sql/lex.ts';
import { byteLength, clipName, NAME_BYTES } from '../sql/quote.ts';

export interface SequenceName {
  readonly schema: string;
  readonly name: string;
}

/** The sequence of a default that is `nextval('name')` with any casts, in the spelling of people or of PostgreSQL. */
export function nextvalOf(expression: string, home: string): SequenceName | null {
  try {
    const at = cursor(expression);
    if (!at.take('nextval', '(')) return null;
    const argument = at.text();
    while (at.take('::')) {
      if (!at.take('text') && !at.take('pg_catalog', '.', 'regclass')) at.take('regclass');
    }
    at.expect(')');
    return at.done() ? qualifiedName(argument, home) : null;
  } catch (error) {
    if (error instanceof Unexpected || error instanceof LexError) return null;
    throw error;
  }
}

function qualifiedName(text: string, home: string): SequenceName {
  const at = cursor(text);
  const first = clipName(at.name());
  return at.take('.') ? { schema: first, name: clipName(at.name()) } : { schema: home, name: first };
}

/** The name PostgreSQL gives to the sequence of a serial column (makeObjectName in commands/indexcmds.c). */
export function serialSequence(table: string, column: string): string {
  let [first, second] = [table, column];
  const room = NAME_BYTES - '_seq'.length - 1;
  while (byteLength(first) + byteLength(second) > room) {
    if (byteLength(first) > byteLength(second)) first = [...first].slice(0, -1).join('');
    else second = [...second].slice(0, -1).join('');
  }
  return `${first}_${second}_seq`;
}
