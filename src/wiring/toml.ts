// TOML: smol-toml says what a file means; edits are tried at the lines where they could belong, and kept when parsing proves them.

import { isDeepStrictEqual } from 'node:util';
import { failure } from '../errors.ts';
import { withValue } from './json.ts';
import { eolOf, linesOf, splice } from './text.ts';

export type Toml = (path: string, text: string) => unknown;

export async function loadToml(): Promise<Toml> {
  const { parse, TomlError } = await import('smol-toml');
  return (path, text) => {
    try {
      return parse(text.replace(/^\ufeff/, ''));
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      throw failure('FILE_INVALID', { path, format: 'TOML', line: error.line, column: error.column, detail: error.message.split('\n')[0] ?? '' });
    }
  };
}

export interface TomlKey {
  readonly table: string;
  readonly key: string;
  readonly value: unknown;
  /** How the value is written. */
  readonly literal: string;
  /** Indentation where the file gives no example. */
  readonly indent: string;
}

/** The text with `key` added to `[table]`; `null` when no place is proven right. */
export function addToml(parse: Toml, path: string, text: string, one: TomlKey): string | null {
  const eol = eolOf(text);
  const lines = linesOf(text);
  const assignment = `${one.key} = ${one.literal}`;
  const headers = lines.flatMap((line, at) => (new RegExp(`^[ \\t]*\\[[ \\t]*(["']?)${one.table}\\1[ \\t]*\\][ \\t]*(?:#.*)?$`).test(line.text.replace(/^\ufeff/, '')) ? [at] : []));
  const dotted = lines.filter((line) => new RegExp(`^[ \\t]*${one.table}[ \\t]*\\.[ \\t]*[\\w-]+[ \\t]*=`).test(line.text));
  const below = headers.flatMap((at) => {
    const [header, following] = [lines[at], lines.slice(at + 1).find((line) => line.text.trim() !== '' && !line.text.trimStart().startsWith('#'))];
    const indent = following === undefined || /^[ \t]*\[/.test(following.text) ? one.indent : (/^[ \t]*/.exec(following.text)?.[0] ?? '');
    return header === undefined ? [] : [splice(text, header.end, header.end, `${eol}${indent}${assignment}`)];
  });
  const beside = dotted.map((line) => splice(text, line.start, line.start, `${/^[ \t]*/.exec(line.text)?.[0] ?? ''}${one.table}.${assignment}${eol}`));
  const ends = text.endsWith('\n') || text === '';
  const atEnd = `${text}${text === '' ? '' : ends ? eol : `${eol}${eol}`}[${one.table}]${eol}${one.indent}${assignment}${ends ? eol : ''}`;
  return [...below, ...beside, atEnd].find((after) => proves(parse, path, text, after, one)) ?? null;
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly text: string;
}

/** Lines that could be the assignment of `key` in `[table]`; which of them is, replacing proves. */
export function assignments(text: string, { table, key }: Pick<TomlKey, 'table' | 'key'>): readonly Place[] {
  const pattern = new RegExp(`^[ \\t]*(?:(["']?)${table}\\1[ \\t]*\\.[ \\t]*)?(["']?)${key}\\2[ \\t]*=[ \\t]*`);
  return linesOf(text).flatMap((line, at) => {
    const found = pattern.exec(line.text.replace(/^\ufeff/, ' '));
    return found === null ? [] : [{ start: line.start + found[0].length, end: line.end, line: at + 1, text: line.text }];
  });
}

const STRING = `"[^"\\\\]*"|'[^']*'`;
const VALUE = new RegExp(`^(?:\\[[ \\t]*(?:(?:${STRING})[ \\t]*,?)?[ \\t]*\\]|${STRING})(?=[ \\t]*(?:#.*)?$)`);

/** The text with the value of `key` in `[table]` replaced where it stands; `null` when it is not on one plain line. */
export function replaceToml(parse: Toml, path: string, text: string, one: TomlKey): string | null {
  const candidates = assignments(text, one).flatMap(({ start, end }) => {
    const written = VALUE.exec(text.slice(start, end))?.[0];
    return written === undefined ? [] : [splice(text, start, start + written.length, one.literal)];
  });
  return candidates.find((after) => proves(parse, path, text, after, one)) ?? null;
}

function proves(parse: Toml, path: string, before: string, after: string, { table, key, value }: TomlKey): boolean {
  try {
    return isDeepStrictEqual(plain(parse(path, after)), plain(withValue(parse(path, before), [table, key], value)));
  } catch {
    return false;
  }
}

/** Tables come without a prototype, which comparing would count. */
function plain(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(plain);
  if (typeof tree !== 'object' || tree === null || tree instanceof Date) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, plain(value)]));
}
