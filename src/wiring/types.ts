// What a platform's wiring is made of: files as texts in, at most one changed text out, or what stands in the way.

/** The project's files, by path from its root; `null` where there is none. */
export interface Files {
  readonly read: (path: string) => string | null;
  readonly list: (folder: string) => readonly string[];
}

export interface Edit {
  readonly path: string;
  /** `null`: the file is new. */
  readonly before: string | null;
  readonly after: string;
}

/** A line that is not understood, and so stays: a person decides. */
export interface Obstacle {
  readonly path: string;
  readonly line: number;
  readonly found: string;
  readonly why: string;
  readonly put: string;
}

export interface Wiring {
  readonly edit: Edit | null;
  readonly obstacle: Obstacle | null;
  /** What remains to be done by hand: a command, or words. */
  readonly next: readonly string[];
}

export interface Choice {
  /** Which of several services, where a file describes more than one. */
  readonly service: string | null;
}

export type Wire = (files: Files, choice: Choice) => Promise<Wiring>;

export const nothingToDo: Wiring = { edit: null, obstacle: null, next: [] };

export function edited(path: string, before: string | null, after: string, next: readonly string[] = []): Wiring {
  return { edit: { path, before, after }, obstacle: null, next };
}

export function blocked(obstacle: Obstacle): Wiring {
  return { edit: null, obstacle, next: [] };
}
