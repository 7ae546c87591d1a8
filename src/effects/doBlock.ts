// DO blocks: what is plain SQL in them counts as their effect, all else is code.

import { listAt, nodeAt, textAt, type Node } from './ast.ts';
import { opaque, type Draft } from './draft.ts';
import type { Handler } from './outcome.ts';
import type { Effect, Statement, Block } from './types.ts';

/** Writes one inner statement into the draft of the whole block. */
export type Run = (statement: Statement, draft: Draft, guarded: boolean) => Pick<Effect, 'title' | 'repeatable'>;

export function doBlock(run: Run): Handler {
  return (_, draft) => {
    const block = read(draft);
    if (block === null) return { title: 'DO', repeatable: false };
    for (const why of block.dynamic) opaque(draft, 'code', why);
    const done = block.statements.map(({ guarded, ...statement }) => ({ guarded, ...run(statement, draft, guarded) }));
    const titles = done.map(({ title }) => title);
    const title = `DO${titles.length === 0 ? '' : `: ${titles.slice(0, 2).join('; ')}${titles.length > 2 ? `; and ${titles.length - 2} more` : ''}`}`;
    return { title, repeatable: block.dynamic.length === 0 && done.every(({ guarded, repeatable }) => guarded || repeatable) && !draft.opaque.some(({ kind }) => kind === 'rows') };
  };
}

function read(draft: Draft): Block | null {
  const { readBlock, statement } = draft;
  if (readBlock === null) return opaque(draft, 'code', 'a DO block'), null;
  try {
    const block = readBlock(statement.text);
    if (block === null) opaque(draft, 'code', 'a DO block in another language');
    return block;
  } catch (error) {
    opaque(draft, 'code', `a DO block that could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

export const call: Handler = (node: Node, draft) => {
  const names = listAt(nodeAt(node, 'funccall'), 'funcname').map((one) => textAt(one, 'String', 'sval')).join('.');
  opaque(draft, 'code', `it calls the procedure ${names}`);
  return { title: `CALL ${names}()`, repeatable: false };
};
