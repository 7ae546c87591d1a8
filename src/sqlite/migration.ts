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
  const { environment: { timeline, options, enums, said }, pieces, course, note, recording } = work;
  const [start, end] = [referencesOf(startShape, first, timeline, options), referencesOf(endShape, last, timeline, options)];
  const changes = keyChanges(start.keys, end.keys, course.course());
  const orphans = (key: ForeignKey) => note('note', 'ORPHANS_REFUSED', `${key.name}: PostgreSQL checks the rows that are there, SQLite never did; rows whose ${key.columns.join(', ')} points at no ${key.target} make this migration fail`, recording.steps.at(-1)?.start ?? 0);
  for (const sql of changes.top.toReversed()) pieces.top('DropForeignKey', [sql]);
  for (const [name, labels] of options.target?.enums ?? []) {
    if (enums.has(name) || (recording.name !== work.environment.last && ![...endShape.tables.values()].some((table) => table.columns.some(({ type }) => type.family === 'enum' && type.sql === name)))) continue;
    enums.add(name);
    pieces.top('CreateEnum', labels);
  }
  if (changes.renames.length > 0) pieces.bottom('RenameForeignKey', changes.renames);
  for (const { key, sql, fresh } of changes.bottom) {
    pieces.bottom('AddForeignKey', [sql]);
    const existed = startShape.tables.has(lower(key.table));
    if (fresh && existed && course.mayHaveValues(key.table, key.columns)) orphans(key);
  }
  // A column that is filled with one value for all rows points where that value points.
  for (const key of end.keys) if (startShape.tables.has(lower(key.table)) && key.columns.some((column) => course.isFilled(key.table, column))) orphans(key);
  for (const { table, message } of end.problems) {
    if (said.has(message)) continue;
    said.add(message);
    const at = recording.steps.findLast(({ node }) => node.type === 'CreateTableStmt' && lower(node.tblName.objName.text).endsWith(lower(table)));
    note('manual', 'FOREIGN_KEY', message, at?.start ?? 0);
    pieces.bottom(null, [], commentLines(`MANUAL ${message}`));
  }
  for (const [name, { broken, remarks: said_ }] of endShape.views) if (broken && startShape.views.get(name)?.broken === false) for (const { message } of said_) note('manual', 'NO_TRANSLATION', message, recording.steps.at(-1)?.start ?? 0);
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

