// Places in a text, and insertions that leave every other byte alone.

/** The line ending a file uses; that of its first line decides. */
export function eolOf(text: string): string {
  const at = text.indexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** The whole line around an offset, without its ending. */
export function lineAround(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, lineEnd(text, offset));
}

/** Where the line around an offset ends, before its line ending. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return text[at - 1] === '\r' && at > offset ? at - 1 : at;
}

export function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Lines without their endings, with where they stand. */
export function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((raw) => {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const found = { text: line, start, end: start + line.length };
    start += raw.length + 1;
    return found;
  });
}
