// Transactions and settings, which change no catalog, and statements that change nothing a catalog knows.

import { listAt, textAt } from './ast.ts';
import type { Handler } from './outcome.ts';
import { pathHome } from './rows.ts';

const TRANSACTIONS: Readonly<Record<string, readonly [words: string, control: 'begin' | 'commit' | 'rollback']>> = {
  TRANS_STMT_BEGIN: ['BEGIN', 'begin'], TRANS_STMT_START: ['START TRANSACTION', 'begin'], TRANS_STMT_COMMIT: ['COMMIT', 'commit'], TRANS_STMT_ROLLBACK: ['ROLLBACK', 'rollback'],
};

export const transaction: Handler = (node) => {
  const kind = textAt(node, 'kind');
  const [words, control] = TRANSACTIONS[kind] ?? [kind.replace('TRANS_STMT_', '').replaceAll('_', ' '), 'set'];
  return { title: words, repeatable: true, control };
};

export const setVariable: Handler = (node, draft) => {
  const name = textAt(node, 'name');
  const kind = textAt(node, 'kind');
  const reset = kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT' || kind === 'VAR_RESET_ALL';
  const title = kind === 'VAR_RESET_ALL' ? 'RESET ALL' : `${kind === 'VAR_RESET' ? 'RESET' : 'SET'} ${name}`;
  if (name !== 'search_path' && kind !== 'VAR_RESET_ALL') return { title, repeatable: true, control: 'set' };
  const home = reset ? (draft.base === draft.home ? null : draft.base) : pathHome(draft, listAt(node, 'args').map((one) => textAt(one, 'A_Const', 'sval', 'sval')));
  return { title, repeatable: true, control: 'set', home };
};

/** No difference for a catalog, however often it is run. */
export function quiet(words: string): Handler {
  return () => ({ title: words, repeatable: true });
}

/** Nothing a catalog knows, and an error over its own result. */
export function once(words: string): Handler {
  return () => ({ title: words, repeatable: false });
}
