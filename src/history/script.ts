// A migration's text as statements. The parser is handed in.

import type { ReadBlock, Statement as Parsed } from '../effects/types.ts';

export interface Statement extends Parsed {
  /** UTF-16 offset of it in the script. */
  readonly offset: number;
}

export interface Script {
  /** Empty when the script cannot be read. */
  readonly statements: readonly Statement[];
  /** PostgreSQL's words for what it cannot read, and where. */
  readonly problem: { readonly message: string; readonly offset: number } | null;
}

export interface Reader {
  readonly script: (sql: string) => Script;
  /** The SQL inside of a DO block. */
  readonly block: ReadBlock;
}

/** The body of the node, when it is of this name. */
export function body(statement: Pick<Statement, 'node'>, name: string): Readonly<Record<string, unknown>> | null {
  const found = statement.node[name];
  return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : null;
}
