// YAML: the library's document tree says what stands where; edits are insertions into the text, proven by parsing again.

import { isDeepStrictEqual } from 'node:util';
import type * as yaml from 'yaml';
import { failure } from '../errors.ts';
import { withValue } from './json.ts';
import { eolOf, lineEnd, placeAt, splice } from './text.ts';

type Library = typeof yaml;

export interface YamlField {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** A scalar on one line: plain or in quotes. */
  readonly plain: boolean;
}

export interface YamlMap {
  readonly keys: readonly (string | number)[];
  readonly start: number;
  /** Written in braces: nothing is inserted there. */
  readonly flow: boolean;
  readonly fields: readonly YamlField[];
}

export interface Yaml {
  readonly value: unknown;
  /** The map at a path of keys and positions; `null` where there is none, or only an alias of one. */
  readonly map: (keys: readonly (string | number)[]) => YamlMap | null;
  readonly proves: (after: string, keys: readonly (string | number)[], value: unknown) => boolean;
}

export async function readYaml(path: string, text: string): Promise<Yaml> {
  const library = await import('yaml');
  const document = library.parseDocument(text, { merge: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, column } = placeAt(text, error.pos[0]);
    throw failure('FILE_INVALID', { path, format: 'YAML', line, column, detail: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '' });
  }
  const value: unknown = document.toJS();
  return {
    value,
    map(keys) {
      const node = document.getIn(keys, true);
      return library.isMap(node) ? mapOf(library, node, keys) : null;
    },
    proves(after, keys, wanted) {
      const again = library.parseDocument(after, { merge: true });
      return again.errors.length === 0 && isDeepStrictEqual(again.toJS(), withValue(value, keys, wanted));
    },
  };
}

function mapOf(library: Library, node: yaml.YAMLMap, keys: readonly (string | number)[]): YamlMap {
  const fields = node.items.flatMap(({ key, value }) => {
    if (!library.isScalar(key) || typeof key.value !== 'string' || !key.range) return [];
    const range = library.isNode(value) && value.range ? value.range : key.range;
    const plain = library.isScalar(value) && value.type !== 'BLOCK_FOLDED' && value.type !== 'BLOCK_LITERAL';
    return [{ key: key.value, start: key.range[0], end: range[1], value: library.isScalar(value) ? value.value : undefined, plain }];
  });
  return { keys, start: node.range?.[0] ?? 0, flow: node.flow === true, fields };
}

/** A new line `key: value` below the first of `after` that stands in the map on plain lines. */
export function insertBelow(text: string, map: YamlMap, after: readonly string[], line: string): string | null {
  if (map.flow) return null;
  const anchor = after.map((key) => map.fields.find((field) => field.key === key && field.plain)).find((field) => field !== undefined);
  if (anchor === undefined) return null;
  const column = placeAt(text, anchor.start).column - 1;
  const end = lineEnd(text, anchor.end);
  return splice(text, end, end, `${eolOf(text)}${' '.repeat(column)}${line}`);
}

/** The value of a field replaced; quotes stay as they are. */
export function replaceField(text: string, field: YamlField, value: string): string | null {
  if (!field.plain) return null;
  const written = text.slice(field.start, field.end);
  const found = /^([\w"']+[ \t]*:[ \t]+)(["']?)[^\n]*?\2$/.exec(written);
  if (found === null) return null;
  return splice(text, field.start, field.end, `${found[1] ?? ''}${found[2] ?? ''}${value}${found[2] ?? ''}`);
}
