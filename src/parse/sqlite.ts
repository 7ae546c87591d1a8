// SQLite's own grammar (sqlite3-parser, generated from its parse.y). The only file that loads it.

import { SqliteSyntax, type Grammar } from '../sqlite/types.ts';

let loading: Promise<Grammar> | undefined;

export function loadGrammar(): Promise<Grammar> {
  loading ??= load();
  return loading;
}

/** The span of a statement that could begin with WITH begins where the one before it ends. */
function firstToken(sql: string, from: number): number {
  const trivia = /(?:[\s;]+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  trivia.lastIndex = from;
  return from + (trivia.exec(sql)?.[0].length ?? 0);
}

async function load(): Promise<Grammar> {
  const { parse } = await import('sqlite3-parser');

  const statements: Grammar['statements'] = (sql) => {
    if (sql.includes('\0')) throw new SqliteSyntax('the text holds a NUL character', sql.indexOf('\0'));
    const result = parse(sql);
    if (result.status === 'ok') return result.root.cmds.map((node) => ({ node, start: firstToken(sql, node.span.offset), end: node.span.offset + node.span.length }));
    const [first] = result.errors;
    throw new SqliteSyntax(first?.message ?? 'syntax error', first?.span.offset ?? 0);
  };

  return {
    statements,
    expression(sql) {
      const [first, second] = statements(`SELECT ${sql}\n`);
      const select = first?.node.type === 'SelectStmt' ? first.node.body.select : undefined;
      const [column, more] = select?.type === 'SelectFrom' ? select.columns : [];
      if (second !== undefined || more !== undefined || column?.type !== 'ExprResultColumn') throw new SqliteSyntax('it is more than one expression', 0);
      return column.expr;
    },
  };
}
