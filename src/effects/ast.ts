// Reading PostgreSQL's syntax trees as the parser gives them: plain data, where what is false, zero or empty is left out.

import type { DefOf } from '../catalog/kinds.ts';

export type Node = { readonly [name: string]: unknown };

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field by a path: `at(node, 'String', 'sval')`. */
export function at(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce((value: unknown, key) => (isNode(value) ? value[key] : undefined), node);
}

export function nodeAt(node: unknown, ...path: readonly string[]): Node {
  const found = at(node, ...path);
  return isNode(found) ? found : {};
}

export function listAt(node: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = path.length === 0 ? node : at(node, ...path);
  return Array.isArray(found) ? found : [];
}

export function textAt(node: unknown, ...path: readonly string[]): string {
  const found = at(node, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(node: unknown, ...path: readonly string[]): number {
  const found = at(node, ...path);
  return typeof found === 'number' ? found : 0;
}

/** Name and content of a tagged node: `{ ColumnDef: {…} }`. */
export function tagged(node: unknown): readonly [tag: string, content: Node] {
  const [entry] = isNode(node) ? Object.entries(node) : [];
  return entry === undefined ? ['', {}] : [entry[0], isNode(entry[1]) ? entry[1] : {}];
}

/** A list of `{ String: { sval } }`, or one List node of them. */
export function namesAt(node: unknown, ...path: readonly string[]): readonly string[] {
  const found = path.length === 0 ? node : at(node, ...path);
  const list = Array.isArray(found) ? found : listAt(found, 'List', 'items');
  return list.map((item) => textAt(item, 'String', 'sval'));
}

/** `schema.name`, last parts first: what stands before the schema is the database. */
export function qualified(names: readonly string[]): { readonly schema: string | null; readonly name: string } {
  return { schema: names.at(-2) ?? null, name: names.at(-1) ?? '' };
}

/** A whole number in any of the tree's forms. */
export function integerOf(node: unknown): string {
  const [tag, content] = tagged(node);
  if (tag === 'Integer') return String(numberAt(content, 'ival'));
  if (tag === 'Float') return textAt(content, 'fval');
  if (tag === 'A_Const') return at(content, 'fval') === undefined ? String(numberAt(content, 'ival', 'ival')) : textAt(content, 'fval', 'fval');
  return '0';
}

/** Every node of this tag below, itself included. */
export function* nodesOf(value: unknown, tag: string): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item, tag);
  if (!isNode(value)) return;
  for (const [key, entry] of Object.entries(value)) {
    if (key === tag && isNode(entry)) yield entry;
    yield* nodesOf(entry, tag);
  }
}

/** Columns an expression names, each once, in order. */
export function columnsIn(expression: unknown): readonly string[] {
  return [...new Set([...nodesOf(expression, 'ColumnRef')].map((node) => namesAt(node, 'fields').at(-1) ?? ''))].filter((name) => name !== '');
}

const ACTIONS: Readonly<Record<string, DefOf<'foreignKey'>['onDelete']>> = { a: 'NO ACTION', r: 'RESTRICT', c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT' };

export function actionAt(node: Node, key: string): DefOf<'foreignKey'>['onDelete'] {
  return ACTIONS[textAt(node, key)] ?? 'NO ACTION';
}
