// One recorded SQLite migration as the text of a PostgreSQL migration.

import { commentLines, commentsOf } from './comments.ts';
import { newCourse } from './course.ts';
import { dancesOf } from './fold.ts';
import { canFold, writeFold } from './folding.ts';
import { indexPlan } from './indexes.ts';
import type { Shape } from './model.ts';
import { newPieces } from './pieces.ts';
import type { Recording, Step } from './record.ts';
import { keyChanges, referencesOf } from './references.ts';
import { lower } from './state.ts';
import { writeStatement } from './statements.ts';
import { Untranslatable, type ForeignKey, type Note } from './types.ts';
import { newViewKeeper } from './views.ts';
import type { Environment, Work } from './work.ts';

export interface Written {
  readonly sql: string;
  readonly notes: readonly Note[];
}

export function writeMigration(recording: Recording, environment: Environment): Written {
  const { steps, start, end } = recording;
  const [first, last] = [steps[0]?.time ?? 0, (steps.at(-1)?.time ?? -1) + 1];
  const [startShape, endShape] = [environment.shaper(start, first), environment.shaper(end, last)];
  const notes: Note[] = [];
  const note: Work['note'] = (kind, code, message, offset) => {
    if (!notes.some((one) => one.message === message && one.offset === offset)) notes.push({ kind, code, message, offset });
  };
  const { folded, kept } = dancesOf(recording);
  const course = newCourse(startShape);
  const pieces = newPieces();
  const tried = folded.filter((dance) => canFold(dance, recording, environment, (because) => note('note', 'REWRITE', rewritten(dance.before.name, because), steps[dance.renamed]?.start ?? 0)));
  for (const { table, because, renamed } of kept) note('note', 'REWRITE', rewritten(table, because), steps[renamed]?.start ?? 0);
  const folds = new Map(tried.map((dance) => [dance.renamed, dance]));
  const inside = new Set(tried.flatMap(({ created, copied, dropped }) => [created, dropped, ...(copied === null ? [] : [copied])]));
  const views = newViewKeeper(startShape, pieces);
  const work: Work = { recording, environment, pieces, course, views, indexes: indexPlan(recording, tried, environment.shaper), folds, notes, note };
  const comments = commentsOf(recording.sql);
  let said = 0;
  steps.forEach((step, at) => {
    const upTo = step.end;
    for (; said < comments.length && (comments[said]?.offset ?? 0) < upTo; said++) pieces.comment(commentLines(comments[said]?.text ?? ''));
    if (!inside.has(at)) writeStep(step, at, work);
  });
  views.finish(endShape);
  pieces.rest(comments.slice(said).flatMap(({ text }) => commentLines(text)));
  around(work, startShape, endShape, first, last);
  return { sql: pieces.text(), notes: notes.toSorted((a, b) => a.offset - b.offset) };
}

const rewritten = (table: string, because: string) => `${table} is kept as a table rewrite: ${because}`;

/** What has to stand before everything and after everything. */
function around(work: Work, startShape: Shape, endShape: Shape, first: number, last: number): void {
  keysAround(work, startShape, endShape, first, last);
  const { environment: { options, enums }, pieces, note, recording } = work;
  const used = new Set([...endShape.tables.values()].flatMap(({ columns }) => columns.map(({ type }) => type.sql)));
  for (const [name, statements] of options.target?.enums ?? []) {
    if (enums.has(name) || (recording.name !== work.environment.last && !used.has(name))) continue;
    enums.add(name);
    pieces.top('CreateEnum', statements);
  }
  for (const [name, view] of endShape.views) {
    if (!view.broken || startShape.views.get(name)?.broken !== false) continue;
    for (const { message } of view.remarks) note('manual', 'NO_TRANSLATION', message, lastOf(recording));
  }
}

const lastOf = ({ steps }: Recording) => steps.at(-1)?.start ?? 0;

function keysAround({ environment: { timeline, options, said }, pieces, course, note, recording }: Work, startShape: Shape, endShape: Shape, first: number, last: number): void {
  const [start, end] = [referencesOf(startShape, first, timeline, options), referencesOf(endShape, last, timeline, options)];
  const changes = keyChanges(start.keys, end.keys, course.course());
  for (const sql of changes.top.toReversed()) pieces.top('DropForeignKey', [sql]);
  if (changes.renames.length > 0) pieces.bottom('RenameForeignKey', changes.renames);
  for (const { sql } of changes.bottom) pieces.bottom('AddForeignKey', [sql]);
  const existed = (key: ForeignKey) => startShape.tables.has(lower(key.table));
  const doubtful = changes.bottom.filter(({ key, fresh }) => fresh && existed(key) && course.mayHaveValues(key.table, key.columns)).map(({ key }) => key);
  // A column that is filled with one value for all rows points where that value points.
  const filled = end.keys.filter((key) => existed(key) && key.columns.some((column) => course.isFilled(key.table, column)));
  for (const { name, columns, target } of new Set([...doubtful, ...filled])) note('note', 'ORPHANS_REFUSED', `${name}: PostgreSQL checks the rows that are there, SQLite never did; rows whose ${columns.join(', ')} points at no ${target} make this migration fail`, lastOf(recording));
  for (const { table, message } of end.problems) {
    if (said.has(message)) continue;
    said.add(message);
    const made = recording.steps.findLast(({ node }) => node.type === 'CreateTableStmt' && lower(node.tblName.objName.text).endsWith(lower(table)));
    note('manual', 'FOREIGN_KEY', message, made?.start ?? 0);
    pieces.bottom(null, [], commentLines(`MANUAL ${message}`));
  }
}

function writeStep(step: Step, at: number, work: Work): void {
  const { pieces, note, notes, recording } = work;
  const had = notes.length;
  try {
    if (step.apart !== null) {
      note(step.apart.kind, step.apart.code, step.apart.message, step.start);
      if (step.apart.kind === 'manual') pieces.manual(step.apart.message, recording.sql.slice(step.start, step.end));
      return;
    }
    const fold = work.folds.get(at);
    if (fold !== undefined) writeFold(fold, step, work);
    else writeStatement(step, at, work);
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    // How its parts were translated means nothing where the whole is not.
    notes.length = had;
    const inside = error.offset >= step.start && error.offset < step.end;
    note('manual', error.code, error.message, inside ? error.offset : step.start);
    pieces.manual(error.message, recording.sql.slice(step.start, step.end));
  }
}

