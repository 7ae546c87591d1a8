// Heroku: the `release:` line of the Procfile, run by a shell in a one-off dyno.

import { PREDEPLOY, rewire } from './command.ts';
import { member, readJson } from './json.ts';
import { eolOf, linesOf, splice } from './text.ts';
import { blocked, edited, nothingToDo, type Files, type Wiring } from './types.ts';

const PATH = 'Procfile';
const LINE = `release: ${PREDEPLOY}`;

export async function heroku(files: Files): Promise<Wiring> {
  const text = files.read(PATH);
  if (text === null) return edited(PATH, null, `${LINE}\n${webLine(files)}`);
  const lines = linesOf(text).flatMap((line, at) => {
    const head = /^(?:\ufeff)?release[ \t]*:[ \t]*/.exec(line.text)?.[0];
    return head === undefined ? [] : [{ ...line, number: at + 1, command: line.text.slice(head.length), start: line.start + head.length }];
  });
  const [first, second] = lines;
  if (first === undefined) return edited(PATH, text, insertFirst(text));
  const stop = (line: typeof first, why: string) => blocked({ path: PATH, line: line.number, found: line.text, why, put: LINE });
  if (second !== undefined) return stop(second, 'There are two release lines.');
  const found = rewire(first.command);
  if (found.kind === 'done') return nothingToDo;
  if (found.kind === 'foreign') return stop(first, found.why);
  return edited(PATH, text, splice(text, first.start, first.end, found.kind === 'absent' ? `${/[ \t]$/.test(text.slice(0, first.start)) ? '' : ' '}${PREDEPLOY}` : found.command));
}

/** First, so that the last line stays as it ends. */
function insertFirst(text: string): string {
  const at = text.startsWith('\ufeff') ? 1 : 0;
  return splice(text, at, at, `${LINE}${eolOf(text)}`);
}

/** Without a Procfile Heroku starts `npm start`; with one, it is better said. */
function webLine(files: Files): string {
  const text = files.read('package.json');
  return text !== null && typeof member(member(readJson('package.json', text), 'scripts'), 'start')?.value === 'string' ? 'web: npm start\n' : '';
}
