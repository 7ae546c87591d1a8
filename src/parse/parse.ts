// PostgreSQL's own parser (libpg-query, WebAssembly). The only file that loads it.

import { readBlock, type BlockContent } from './block.ts';

export interface ParsedStatement {
  /** Byte offsets (UTF-8) into the script; `length` 0 means to its end. */
  readonly start: number;
  readonly length: number;
  /** The single key is the node's name, for example `CreateStmt`. */
  readonly node: { readonly [name: string]: unknown };
}

export interface Parser {
  /** Throws an Error with PostgreSQL's message on a syntax error. */
  statements(sql: string): readonly ParsedStatement[];
  /** Syntax tree of one expression; throws when the text is not exactly one. */
  expression(sql: string): unknown;
  /** What a DO statement holds; `null` when it is in another language than PL/pgSQL. */
  block(sql: string): BlockContent | null;
}

let loading: Promise<Parser> | undefined;

export function loadParser(): Promise<Parser> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Parser> {
  const { loadModule, parseSync, parsePlPgSQLSync } = await import('libpg-query');
  await loadModule();

  function statements(sql: string): readonly ParsedStatement[] {
    // The C library reads up to the first NUL and would silently ignore the rest.
    if (sql.includes('\0')) throw new SyntaxError('the text holds a NUL character');
    if (sql.trim() === '') return [];
    const tree = parseSync(sql) as { readonly stmts?: readonly { readonly stmt?: Record<string, unknown>; readonly stmt_location?: number; readonly stmt_len?: number }[] };
    return (tree.stmts ?? []).map((raw) => ({ start: raw.stmt_location ?? 0, length: raw.stmt_len ?? 0, node: raw.stmt ?? {} }));
  }

  return {
    statements,
    expression(sql) {
      const [first, ...more] = statements(`SELECT ${sql}\n`);
      const select = first?.node['SelectStmt'];
      if (more.length > 0 || typeof select !== 'object' || select === null) throw new SyntaxError('it is more than one expression');
      const { targetList, limitOption, op, ...rest } = select as Record<string, unknown>;
      const [target, ...others] = Array.isArray(targetList) ? targetList : [];
      const extra = Object.keys(rest).length > 0 || others.length > 0 || op !== 'SETOP_NONE' || limitOption !== 'LIMIT_OPTION_DEFAULT';
      const { val, name } = (target as { ResTarget?: { val?: unknown; name?: string } } | undefined)?.ResTarget ?? {};
      if (extra || val === undefined || name !== undefined) throw new SyntaxError('it is more than one expression');
      return val;
    },
    block(sql) {
      const { args = [] } = (statements(sql)[0]?.node['DoStmt'] ?? {}) as { readonly args?: readonly { readonly DefElem?: { readonly defname?: string; readonly arg?: { readonly String?: { readonly sval?: string } } } }[] };
      const language = args.find(({ DefElem }) => DefElem?.defname === 'language')?.DefElem?.arg?.String?.sval ?? 'plpgsql';
      return language === 'plpgsql' ? readBlock(parsePlPgSQLSync(sql), statements, /^\s*DO\s+\$mend\d*\$/.test(sql)) : null;
    },
  };
}
