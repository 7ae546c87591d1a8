// A folded dance, or an ALTER TABLE, written down.

import { commentText, quoteName } from '../sql/quote.ts';
import { alterTable, type Altered } from './alter.ts';
import type { Dance, Origin } from './fold.ts';
import type { Shape } from './model.ts';
import type { Recording, Step } from './record.ts';
import type { ShapedTable } from './shape.ts';
import { lower } from './state.ts';
import { Untranslatable, type NoteCode } from './types.ts';
import { contextOf, remarks, type Environment, type Work } from './work.ts';

export function alter(before: ShapedTable, after: ShapedTable, dance: Pick<Dance, 'origins' | 'where' | 'alias'> & { readonly emptied: boolean }, step: Step, shape: Shape, work: Work): Altered {
  const say = (code: NoteCode, message: string) => work.note('note', code, message, step.start);
  return alterTable({ before, after, ...dance, context: contextOf(work, shape), sequences: work.environment.sequences, say });
}

export function put({ statements, sequences, constraints, retyped, keyReplaced, uniquesGone }: Altered, before: ShapedTable, after: ShapedTable, origins: ReadonlyMap<string, Origin>, work: Work): void {
  work.course.alter(before, after, origins, { retyped, rekeyed: [...(keyReplaced ? [before.primaryKey?.columns ?? []] : []), ...uniquesGone.map(({ parts }) => parts.map(({ column }) => column ?? ''))] });
  const together = sequences.length === 0 ? [...statements, ...constraints] : statements;
  work.pieces.add('AlterTable', together);
  work.pieces.add('AlterSequence', sequences);
  if (sequences.length > 0) work.pieces.add('AlterTable', constraints);
}

export function writeFold(dance: Dance, step: Step, work: Work): void {
  const { environment: { shaper }, recording, pieces, course } = work;
  const dropStep = recording.steps[dance.dropped];
  if (dropStep === undefined) return;
  const [beforeShape, afterShape] = [shaper(dropStep.before, dropStep.time), shaper(step.after, step.time + 1)];
  const [before, after] = [beforeShape.tables.get(lower(dance.before.name)), afterShape.tables.get(lower(dance.after.name))];
  if (before === undefined || after === undefined) return;
  work.views.stepAside(before.name);
  const plan = work.indexes.folds.get(dance.renamed) ?? { gone: [], renamed: [] };
  for (const index of plan.gone) {
    pieces.add('DropIndex', [`DROP INDEX ${quoteName(index.name)}`]);
    if (index.unique) course.rekey(before.name, index.parts.map(({ column }) => column ?? ''));
  }
  remarks(after.remarks, before.remarks, step, work);
  const emptied = dance.copied === null;
  if (emptied || dance.where !== null) course.thin(before.name);
  if (emptied) work.note('note', 'ROWS_NOT_COPIED', `${before.name}: the SQLite redefinition copied no rows, so its rows are deleted here too`, step.start);
  const origins = emptied ? new Map(dance.after.columns.map(({ name }): [string, Origin] => [name, before.columns.some((one) => lower(one.name) === lower(name)) ? { kind: 'column', name } : { kind: 'new' }])) : dance.origins;
  if (before.name !== after.name) pieces.add('RenameTable', [`ALTER TABLE ${quoteName(before.name)} RENAME TO ${quoteName(after.name)}`]);
  put(alter(before, after, { origins, where: dance.where, alias: dance.alias, emptied }, step, beforeShape, work), before, after, origins, work);
  for (const { from, to } of plan.renamed) pieces.add('RenameIndex', [`ALTER INDEX ${quoteName(from)} RENAME TO ${quoteName(to)}`]);
}

/** Tried on a copy of what it would change. */
export function canFold(dance: Dance, recording: Recording, { shaper, sequences }: Environment, refuse: (because: string) => void): boolean {
  const [dropStep, renameStep] = [recording.steps[dance.dropped], recording.steps[dance.renamed]];
  if (dropStep === undefined || renameStep === undefined) return false;
  const [beforeShape, afterShape] = [shaper(dropStep.before, dropStep.time), shaper(renameStep.after, renameStep.time + 1)];
  const [before, after] = [beforeShape.tables.get(lower(dance.before.name)), afterShape.tables.get(lower(dance.after.name))];
  if (before === undefined || after === undefined) return false;
  try {
    alterTable({ before, after, origins: dance.origins, where: dance.where, alias: dance.alias, emptied: dance.copied === null, context: { text: recording.sql, relation: beforeShape.relation, server: beforeShape.server, note: () => undefined }, sequences: new Map(sequences), say: () => undefined });
    return true;
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    refuse(commentText(error.message));
    return false;
  }
}

