// What is at hand while a migration is written.

import type { CourseKeeper } from './course.ts';
import type { Dance } from './fold.ts';
import type { IndexPlan } from './indexes.ts';
import type { Shape, Shaper } from './model.ts';
import type { Pieces } from './pieces.ts';
import type { Recording, Step } from './record.ts';
import type { Sequences } from './sequences.ts';
import type { Remark } from './shape.ts';
import type { Timeline } from './timeline.ts';
import type { ViewKeeper } from './views.ts';
import type { Context, Note, NoteCode, TranslateOptions } from './types.ts';

export interface Environment {
  readonly shaper: Shaper;
  readonly timeline: Timeline;
  readonly sequences: Sequences;
  readonly options: TranslateOptions;
  /** The last file of the history: what the schema has and no column uses is made here. */
  readonly last: string;
  /** Quoted names of the enum types that were made. */
  readonly enums: Set<string>;
  /** What was said about foreign keys that cannot be, so that it is said once. */
  readonly said: Set<string>;
}

export interface Work {
  readonly recording: Recording;
  readonly environment: Environment;
  readonly pieces: Pieces;
  readonly course: CourseKeeper;
  readonly views: ViewKeeper;
  readonly indexes: IndexPlan;
  /** Folded dances by the step of their RENAME. */
  readonly folds: ReadonlyMap<number, Dance>;
  /** What has been said so far. */
  readonly notes: Note[];
  readonly note: (kind: Note['kind'], code: NoteCode, message: string, offset: number) => void;
}

export function contextOf({ recording, note }: Pick<Work, 'recording' | 'note'>, shape: Shape): Context {
  return { text: recording.sql, relation: shape.relation, server: shape.server, note: (code, message, offset) => note('note', code, message, offset) };
}

/** What a table, column or index has to have said about it, once. */
export function remarks(list: readonly Remark[], known: readonly Remark[], step: Step, { note, pieces, recording }: Work): void {
  for (const { kind, code, message } of list) {
    if (known.some((one) => one.message === message)) continue;
    note(kind, code, message, step.start);
    if (kind === 'manual') pieces.manual(message, recording.sql.slice(step.start, step.end));
  }
}

