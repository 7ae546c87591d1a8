// A whole script through PostgreSQL's parser: statements as slices of the text, or where it cannot be read.

import type { Reader, Script, Statement } from '../history/script.ts';
import { loadParser, type ParsedStatement, type Parser } from './parse.ts';

export async function loadReader(): Promise<Reader> {
  const parser = await loadParser();
  return { block: parser.block, script: (sql) => readScript(sql, parser) };
}

function readScript(sql: string, parser: Parser): Script {
  // A byte order mark is the file's, not the parser's, problem.
  const text = sql.startsWith('\uFEFF') ? ` ${sql.slice(1)}` : sql;
  try {
    return { statements: slices(text, parser.statements(text)), problem: null };
  } catch (error) {
    return { statements: [], problem: problemOf(error, text) };
  }
}

/** The parser counts bytes of UTF-8. */
function slices(sql: string, parsed: readonly ParsedStatement[]): readonly Statement[] {
  const bytes = Buffer.from(sql);
  const ascii = bytes.length === sql.length;
  const at = (byte: number) => (ascii ? byte : bytes.subarray(0, byte).toString().length);
  return parsed.map(({ start, length, node }) => {
    const offset = at(start);
    return { text: sql.slice(offset, length === 0 ? undefined : at(start + length)).trimEnd(), start, offset, node };
  });
}

/** `cursorPosition` counts code points, from 0. */
function problemOf(error: unknown, sql: string): Script['problem'] {
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof Error && 'sqlDetails' in error ? (error.sqlDetails as { readonly cursorPosition?: number } | undefined) : undefined;
  const points = details?.cursorPosition ?? 0;
  return { message, offset: points <= 0 ? 0 : [...sql].slice(0, points).join('').length };
}
