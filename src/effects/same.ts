// When a live object is what a statement said: equal, or spelled otherwise by PostgreSQL. Prisma's leniency has no place here.

import type { CatalogObject, Index, IndexKey } from '../catalog/kinds.ts';
import type { SameField } from '../diff/diff.ts';
import { prismaSame, type SameExpression } from '../diff/equivalences.ts';

/** Of Prisma's equivalences those that are about spelling alone. */
const SPELLING = ['type-spelling', 'default-spelling', 'extension-anywhere', 'operator-class', 'predicate-spelling'];

/** For `diff(live, wanted)`: a field of a live object and of the wanted one. */
export function spelledSame(expressions: SameExpression): SameField {
  const prisma = prismaSame(expressions);
  return (field, before, after) => {
    if (before.kind === 'index' && after.kind === 'index' && field === 'keys') return sameKeys(before.def, after, (a, b) => a === b || expressions(a, b, after));
    if (before.kind === 'column' && after.kind === 'column' && field === 'generated') return sameGenerated(before.def.generated, after.def.generated, after, expressions);
    const rule = prisma(field, before, after);
    return typeof rule === 'string' && SPELLING.includes(rule) ? rule : false;
  };
}

function sameGenerated(a: string | null, b: string | null, object: CatalogObject, expressions: SameExpression): boolean {
  return a !== null && b !== null && expressions(a, b, object);
}

function sameKeys(before: Index, { def }: CatalogObject<'index'>, expressions: (a: string, b: string) => boolean): boolean {
  return before.keys.length === def.keys.length && before.keys.every((key, at) => sameKey(key, def.keys[at], expressions));
}

function sameKey(before: IndexKey, after: IndexKey | undefined, expressions: (a: string, b: string) => boolean): boolean {
  if (after === undefined || before.column !== after.column || before.descending !== after.descending || before.nullsFirst !== after.nullsFirst || before.collation !== after.collation) return false;
  if (before.expression !== after.expression && (before.expression === undefined || after.expression === undefined || !expressions(before.expression, after.expression))) return false;
  return after.opclass === null ? before.opclass === null || before.opclassIsDefault === true : before.opclass === after.opclass;
}
