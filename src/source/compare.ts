// Comparing catalogs with as much help as a case needs: text first, then the parser, then a scratch server for what is left.

import type { Catalog } from '../catalog/catalog.ts';
import { ofKind } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { comparePrisma, type Comparison } from '../diff/compare.ts';
import type { SameExpression } from '../diff/equivalences.ts';
import { sameExpression } from '../diff/expression.ts';
import type { RenameHints } from '../diff/renames.ts';
import { loadParser } from '../parse/parse.ts';
import type { Scratch } from '../scratch/scratch.ts';
import { askKey, printedTexts, type Ask } from './canonical.ts';

interface Pair {
  readonly live: Ask;
  readonly wanted: Ask;
}

export interface CompareOptions {
  readonly hints: RenameHints;
  /** A scratch server that holds the schema's tables; opened only when the parser could not settle an expression. */
  readonly scratch?: () => Promise<Scratch>;
}

export async function compareCatalogs(live: Catalog, desired: Catalog, { hints, scratch }: CompareOptions): Promise<Comparison> {
  let questions = 0;
  const quick = comparePrisma(live, desired, hints, () => {
    questions++;
    return false;
  });
  if (questions === 0) return quick;
  const parser = await loadParser();
  const open: Pair[] = [];
  const types = columnTypes(desired);
  const parsed = comparePrisma(live, desired, hints, (a, b, object) => {
    if (sameExpression(a, b, parser.expression, { columnType: (name) => types.get(columnKey(object, name)) })) return true;
    if (object.kind === 'column' || object.kind === 'index') open.push({ live: { object, expression: a }, wanted: { object, expression: b } });
    return false;
  });
  if (open.length === 0 || scratch === undefined) return parsed;
  const settled = await settle(open, scratch);
  return comparePrisma(live, desired, hints, (a, b, object) => {
    if (sameExpression(a, b, parser.expression, { columnType: (name) => types.get(columnKey(object, name)) })) return true;
    return (object.kind === 'column' || object.kind === 'index') && settled.has(`${askKey({ object, expression: a })}\0${b}`);
  });
}

/** Expressions told apart by the parser alone; `catalog` has the columns they may name. */
export async function parsedExpressions(catalog: Catalog): Promise<SameExpression> {
  const parser = await loadParser();
  const types = columnTypes(catalog);
  return (a, b, object) => sameExpression(a, b, parser.expression, { columnType: (name) => types.get(columnKey(object, name)) });
}

function columnTypes(catalog: Catalog): ReadonlyMap<string, string> {
  return new Map([...ofKind(catalog, 'column')].map((column) => [columnKey(column, column.ref.name), column.def.type]));
}

function columnKey({ ref }: CatalogObject, name: string): string {
  return 'table' in ref ? `${ref.schema}\0${ref.table}\0${name}` : name;
}

/** The pairs that a real server prints alike. Without a server none is: a difference that may be none is still said. */
async function settle(pairs: readonly Pair[], open: () => Promise<Scratch>): Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  const scratch = await open().catch(() => null);
  if (scratch === null) return same;
  try {
    const texts = await printedTexts(scratch, pairs.flatMap(({ live, wanted }) => [live, wanted]));
    for (const { live, wanted } of pairs) {
      const printed = texts.get(askKey(live));
      if (printed !== undefined && printed === texts.get(askKey(wanted))) same.add(`${askKey(live)}\0${wanted.expression}`);
    }
    return same;
  } finally {
    await scratch.close();
  }
}
