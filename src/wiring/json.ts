// JSON with places: JSON.parse says what a file means, this reader where it stands. Insertions are proven by parsing again.

import { isDeepStrictEqual } from 'node:util';
import { failure } from '../errors.ts';
import { eolOf, placeAt, splice } from './text.ts';

export interface JsonNode {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** Members of an object; of equal keys the last one counts, as in JSON.parse. */
  readonly members: readonly { readonly key: string; readonly start: number; readonly node: JsonNode }[] | null;
}

const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\]|\\[^])*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/y;

export function readJson(path: string, text: string): JsonNode {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  let at = start;
  const fail = (detail: string): never => {
    const offset = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    const { line, column } = placeAt(text, offset);
    throw failure('FILE_INVALID', { path, format: 'JSON', line, column, detail: offset >= text.length ? 'It ends too early.' : detail });
  };
  const next = () => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) return fail(/^\s*\/[/*]/.test(text.slice(at)) ? 'JSON has no comments.' : `Unexpected ${JSON.stringify(text.slice(at).trimStart().slice(0, 12))}.`);
    const token = found[1] ?? found[2] ?? found[3] ?? '';
    return { token, start: at + found[0].length - token.length, end: at + found[0].length };
  };
  const take = (wanted: readonly string[]) => {
    const found = next();
    if (!wanted.includes(found.token)) fail(`Expected ${wanted.join(' or ')} here.`);
    at = found.end;
    return found;
  };
  const peek = (token: string) => next().token === token;

  const scalar = (token: string): unknown => {
    try {
      return JSON.parse(token);
    } catch {
      return fail('The string is not closed, or holds what JSON does not allow in one.');
    }
  };
  const value = (): JsonNode => {
    const first = next();
    if (first.token === '{') return object();
    if (first.token === '[') return array();
    if (/^[}\],:]$/.test(first.token)) return fail(`Expected a value before ${first.token}`);
    const parsed = scalar(first.token);
    at = first.end;
    return { start: first.start, end: first.end, value: parsed, members: null };
  };
  const object = (): JsonNode => {
    const open = take(['{']);
    const members: { key: string; start: number; node: JsonNode }[] = [];
    let close = peek('}') ? take(['}']) : null;
    while (close === null) {
      const key = next();
      if (!key.token.startsWith('"')) fail('Expected a key in double quotes here.');
      const name = String(scalar(key.token));
      at = key.end;
      take([':']);
      members.push({ key: name, start: key.start, node: value() });
      const end = take([',', '}']);
      if (end.token === '}') close = end;
    }
    return { start: open.start, end: close.end, value: Object.fromEntries(members.map(({ key, node }) => [key, node.value])), members };
  };
  const array = (): JsonNode => {
    const open = take(['[']);
    const items: unknown[] = [];
    let close = peek(']') ? take([']']) : null;
    while (close === null) {
      items.push(value().value);
      const end = take([',', ']']);
      if (end.token === ']') close = end;
    }
    return { start: open.start, end: close.end, value: items, members: null };
  };

  const root = value();
  if (text.slice(at).trim() !== '') fail('Something follows the end of the value.');
  return root;
}

export function member(node: JsonNode | null, key: string): JsonNode | null {
  return node?.members?.findLast((one) => one.key === key)?.node ?? null;
}

/** Puts `"key": value` into the object `node`: after the member `after` if it has that, else first. */
export function insertMember(text: string, node: JsonNode, key: string, value: unknown, after: string | null = null): string {
  const members = node.members ?? [];
  const [first] = members;
  const eol = eolOf(text);
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', node.start - 1) + 1))?.[0] ?? '';
  if (first === undefined) {
    if (!text.includes('\n')) return splice(text, node.start, node.end, `{ ${render(key, value, null, '')} }`);
    const inner = outer + unitOf(text);
    return splice(text, node.start, node.end, `{${eol}${inner}${render(key, value, { indent: inner, unit: unitOf(text) }, eol)}${eol}${outer}}`);
  }
  const gap = text.slice(node.start + 1, first.start);
  const lines = gap.includes('\n');
  const inner = lines ? gap.slice(gap.lastIndexOf('\n') + 1) : '';
  const words = render(key, value, lines ? { indent: inner, unit: unitOf(text) } : null, eol);
  const anchor = members.find((one) => one.key === after);
  if (anchor !== undefined) return splice(text, anchor.node.end, anchor.node.end, `,${lines ? `${eol}${inner}` : ' '}${words}`);
  return splice(text, first.start, first.start, `${words},${lines ? `${eol}${inner}` : ' '}`);
}

/** One step of the file's own indentation. */
function unitOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

/** Objects take a line for each member, lists stay on one, as people write these files. */
function render(key: string, value: unknown, layout: { indent: string; unit: string } | null, eol: string): string {
  const inline = (one: unknown): string => (Array.isArray(one) ? `[${one.map((item) => JSON.stringify(item)).join(', ')}]` : JSON.stringify(one));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${JSON.stringify(key)}: ${inline(value)}`;
  const members = Object.entries(value);
  if (layout === null) return `${JSON.stringify(key)}: { ${members.map(([name, one]) => `${JSON.stringify(name)}: ${inline(one)}`).join(', ')} }`;
  const indent = layout.indent + layout.unit;
  return `${JSON.stringify(key)}: {${eol}${members.map(([name, one]) => `${indent}${JSON.stringify(name)}: ${inline(one)}`).join(`,${eol}`)}${eol}${layout.indent}}`;
}

/** Is `after` what `before` becomes when `value` is set at `keys`, and nothing else? */
export function provesJson(before: string, after: string, keys: readonly string[], value: unknown): boolean {
  const parse = (text: string): unknown => JSON.parse(text.replace(/^\ufeff/, ''));
  return isDeepStrictEqual(parse(after), withValue(parse(before), keys, value));
}

/** A copy with `value` at `keys`; order of keys is of no matter to comparing. */
export function withValue(tree: unknown, keys: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(tree)) return tree.map((item: unknown, at) => (at === key ? withValue(item, rest, value) : item));
  const fields = typeof tree === 'object' && tree !== null ? (tree as Record<string, unknown>) : {};
  return { ...fields, [key]: withValue(fields[key], rest, value) };
}
