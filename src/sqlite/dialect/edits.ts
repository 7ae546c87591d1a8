// Changes to a text at places that a parser located: all else stays byte for byte.

export interface Edit {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Edited {
  readonly text: string;
  /** Where a place of the new text was before. */
  readonly back: (offset: number) => number;
}

/** Of edits that overlap, the first given stands. */
export function applyEdits(text: string, edits: readonly Edit[]): Edited {
  const ordered = standing(edits);
  let result = '';
  let at = 0;
  const stones: { readonly from: number; readonly to: number }[] = [{ from: 0, to: 0 }];
  for (const edit of ordered) {
    result += text.slice(at, edit.start);
    stones.push({ from: result.length, to: edit.start });
    result += edit.text;
    at = edit.end;
    stones.push({ from: result.length, to: edit.end });
  }
  return { text: result + text.slice(at), back: (offset) => backOver(stones, offset) };
}

/** A place inside of a new text is where that begins. */
function backOver(stones: readonly { readonly from: number; readonly to: number }[], offset: number): number {
  const last = stones.findLastIndex(({ from }) => from <= offset);
  const stone = stones[last] ?? { from: 0, to: 0 };
  const inside = last % 2 === 1;
  return inside ? stone.to : stone.to + offset - stone.from;
}

function standing(edits: readonly Edit[]): readonly Edit[] {
  const kept: { readonly edit: Edit; readonly rank: number }[] = [];
  for (const one of edits.map((edit, rank) => ({ edit, rank })).toSorted((x, y) => x.edit.start - y.edit.start || x.edit.end - y.edit.end || x.rank - y.rank)) {
    const last = kept.at(-1);
    const clash = last !== undefined && one.edit.start < last.edit.end && last.edit.start < one.edit.end;
    if (clash && last.rank > one.rank) kept.pop();
    if (!clash || last.rank > one.rank) kept.push(one);
  }
  return kept.map(({ edit }) => edit);
}

/** PostgreSQL's parser counts bytes of UTF-8. */
export function fromBytes(text: string): (byte: number) => number {
  if (!/[^\0-\x7f]/.test(text)) return (byte) => byte;
  const places: number[] = [];
  let offset = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let n = 0; n < size; n++) places.push(offset);
    offset += character.length;
  }
  return (byte) => places[byte] ?? text.length;
}

/** A byte order mark is the file's, no parser's: a space instead, so that places stay. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
}
