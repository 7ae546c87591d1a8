import type { Node } from './ast.ts';
import type { Draft } from './draft.ts';
import type { Effect } from './types.ts';

/** What a handler says beside what it wrote into the draft. */
export interface Outcome extends Pick<Effect, 'title' | 'repeatable'> {
  readonly control?: Effect['control'];
  readonly home?: string | null;
}

export type Handler = (node: Node, draft: Draft) => Outcome;
