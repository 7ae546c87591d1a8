// A script that PostgreSQL's grammar reads, with its tokens, and the changes to it that are being collected.

import { isMark, isWord, pieces, type Piece } from '../../effects/source.ts';
import type { Statement } from '../../history/script.ts';
import { fromBytes, type Edit } from './edits.ts';
import { madeHere } from './marks.ts';
import type { Note, NoteCode, PgType, Target } from '../types.ts';

export interface Patching {
  readonly sql: string;
  readonly statements: readonly Statement[];
  readonly target: Target | null;
  /** Without comments. */
  readonly tokens: readonly Piece[];
  /** The token a node's `location` points at; -1 where none begins there. */
  readonly tokenAt: (location: unknown) => number;
  /** By UTF-16 offsets. */
  readonly tokenFrom: (start: number) => number;
  readonly tokenTo: (end: number) => number;
  /** Types and functions the script makes itself. */
  readonly made: ReadonlySet<string>;
  readonly edits: Edit[];
  readonly say: (code: NoteCode, message: string, offset: number) => void;
  /** Columns of tables the script makes, as they are at this point of it. */
  readonly types: Map<string, Map<string, PgType>>;
}

export function patching(sql: string, statements: readonly Statement[], target: Target | null, say: Patching['say']): Patching {
  const tokens = pieces(sql);
  const byStart = new Map(tokens.map(({ start }, nth) => [start, nth]));
  const byEnd = new Map(tokens.map(({ end }, nth) => [end, nth]));
  const place = fromBytes(sql);
  const tokenFrom = (start: number) => byStart.get(start) ?? -1;
  const tokenAt = (location: unknown) => tokenFrom(place(typeof location === 'number' ? location : 0));
  return { sql, statements, target, tokens, tokenAt, tokenFrom, tokenTo: (end) => byEnd.get(end) ?? -1, made: madeHere(statements), edits: [], say, types: new Map() };
}

export function replace({ tokens, edits }: Patching, first: number, last: number, text: string): void {
  const [from, to] = [tokens[first], tokens[last]];
  if (from && to) edits.push({ start: from.start, end: to.end, text });
}

/** The bracket that closes the one at `open`. */
export function closing({ tokens }: Pick<Patching, 'tokens'>, open: number): number {
  const depth = tokens[open]?.depth ?? 0;
  for (let nth = open + 1; nth < tokens.length; nth++) if (tokens[nth]?.depth === depth && isMark(tokens[nth], ')')) return nth;
  return -1;
}

/** With the brackets around that only group it: `DEFAULT ((0))`. */
export function grouped(patch: Patching, first: number, last: number): readonly [first: number, last: number] {
  let [from, to] = [first, last];
  while (isMark(patch.tokens[from - 1], '(') && closing(patch, from - 1) === to + 1 && (isWord(patch.tokens[from - 2], 'default') || isMark(patch.tokens[from - 2], '('))) {
    from--;
    to++;
  }
  return isWord(patch.tokens[from - 1], 'default') ? [from, to] : [first, last];
}

/** One note for all places of which the same is to be said. */
export function notebook(): { readonly say: Patching['say']; readonly manual: Patching['say']; readonly notes: () => readonly Note[] } {
  const found = new Map<string, { readonly note: Note; count: number }>();
  const put = (kind: Note['kind']) => (code: NoteCode, message: string, offset: number) => {
    const key = kind === 'manual' ? `${offset} ${message}` : message;
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { note: { kind, code, message, offset }, count: 1 });
  };
  const notes = () => [...found.values()].map(({ note, count }) => (count === 1 ? note : { ...note, message: `${note.message} (${count} times)` })).toSorted((a, b) => a.offset - b.offset);
  return { say: put('note'), manual: put('manual'), notes };
}

/** What cannot be translated, kept to be read. */
export function manualComment(sql: string, start: number, end: number, reason: string, original = sql.slice(start, end)): Edit {
  const semicolon = /^\s*;/.exec(sql.slice(end))?.[0].length ?? 0;
  const lines = `MANUAL ${reason.replaceAll(/\s+/g, ' ')}\n${original}${sql.slice(end, end + semicolon)}`.split(/\r?\n/).map((line) => `-- ${line}`.trimEnd());
  const before = /(^|\n)[ \t]*$/.test(sql.slice(0, start)) ? '' : '\n';
  const after = /^[ \t]*(\r?\n|$)/.test(sql.slice(end + semicolon)) ? '' : '\n';
  return { start, end: end + semicolon, text: `${before}${lines.join('\n')}${after}` };
}
