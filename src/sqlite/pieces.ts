// The text of a migration in the making: steps with Prisma's headers, people's comments before the step they stood before.

import { commentLines } from './comments.ts';

export interface Pieces {
  /** Comments for the next step. */
  readonly comment: (lines: readonly string[]) => void;
  readonly add: (header: string, statements: readonly string[]) => void;
  readonly top: (header: string, statements: readonly string[]) => void;
  readonly bottom: (header: string | null, statements: readonly string[], comments?: readonly string[]) => void;
  /** What a person has to do, and the original in comments. */
  readonly manual: (why: string, original: string) => void;
  /** Comments after the last statement. */
  readonly rest: (lines: readonly string[]) => void;
  readonly text: () => string;
}

const EMPTY = '-- This is an empty migration.';

export function newPieces(): Pieces {
  const [top, middle, bottom]: [string[], string[], string[]] = [[], [], []];
  let comments: string[] = [];
  let after: readonly string[] = [];
  const piece = (header: string | null, statements: readonly string[], before: readonly string[]) => [...before, ...(header === null ? [] : [`-- ${header}`]), ...statements.map((sql) => `${sql};`)].join('\n');
  return {
    comment: (lines) => void comments.push(...lines),
    add(header, statements) {
      if (statements.length === 0) return;
      middle.push(piece(header, statements, comments));
      comments = [];
    },
    top: (header, statements) => void (statements.length > 0 && top.unshift(piece(header, statements, []))),
    bottom: (header, statements, before = []) => void bottom.push(piece(header, statements, before)),
    manual(why, original) {
      middle.push([...comments, ...commentLines(`MANUAL ${why}`), ...commentLines(original)].join('\n'));
      comments = [];
    },
    rest: (lines) => void (after = lines),
    text() {
      const all = [...top, ...middle, ...(comments.length === 0 ? [] : [comments.join('\n')]), ...bottom, ...(after.length === 0 ? [] : [after.join('\n')])];
      return all.length === 0 ? EMPTY : `${all.join('\n\n')}\n`;
    },
  };
}
