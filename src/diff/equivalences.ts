// Differences that are none: what Prisma and PostgreSQL spell differently and mean alike, each with its reason.

import type { CatalogObject, Column, DefOf, Index, IndexKey, Kind } from '../catalog/kinds.ts';
import { normalLiteral, readLiteral } from '../catalog/literals.ts';
import { parseCanonical } from '../catalog/types.ts';
import type { SameField } from './diff.ts';

/** Whether two expressions, neither of them a constant, mean the same for this object. */
export type SameExpression = (a: string, b: string, object: CatalogObject) => boolean;

interface Equivalence<K extends Kind> {
  readonly rule: string;
  readonly reason: string;
  readonly fields: readonly (keyof DefOf<K> & string)[];
  readonly same: (before: DefOf<K>, after: DefOf<K>, expressions: (a: string, b: string) => boolean, field: string) => boolean;
}

type Equivalences = { readonly [K in Kind]: readonly Equivalence<K>[] };

const unmanaged = (reason: string) => `${reason}; Prisma's schema cannot say it, so it is the user's own`;

export const EQUIVALENCES: Equivalences = {
  schema: [],
  sequence: [],
  comment: [],
  extension: [
    { rule: 'extension-anywhere', reason: 'An extension the schema only needs may live in any schema and have any version.', fields: ['schema', 'version'], same: (_, after, __, field) => (field === 'schema' ? after.schema : after.version) === null },
  ],
  enum: [
    { rule: 'enum-order', reason: 'Prisma adds values at the end and ignores their order.', fields: ['labels'], same: (before, after) => sameSet(before.labels, after.labels) },
    { rule: 'enum-extra-values', reason: 'Values only the database has are never removed; Prisma cannot read rows that hold one.', fields: ['labels'], same: (before, after) => after.labels.every((label) => before.labels.includes(label)) },
  ],
  table: [
    { rule: 'table-storage', reason: unmanaged('Partitioned and unlogged tables hold the same rows'), fields: ['partitioned', 'unlogged'], same: () => true },
  ],
  column: [
    { rule: 'type-spelling', reason: 'A time without precision has six digits, and an extension\'s type is found wherever the extension is.', fields: ['type'], same: (before, after) => sameType(before.type, after.type) },
    { rule: 'default-spelling', reason: 'PostgreSQL prints casts and functions its own way: now() is CURRENT_TIMESTAMP, \'x\'::text is \'x\'.', fields: ['default'], same: sameDefault },
    { rule: 'serial-or-identity', reason: 'Serial, identity and a nextval default are all autoincrement() to Prisma.', fields: ['identity', 'sequence', 'default'], same: (before, after) => before.autoincrement && after.autoincrement },
    { rule: 'generated', reason: unmanaged('A generated column'), fields: ['generated', 'default'], same: (before, after, expressions) => before.generated !== null && (after.default === null || expressions(before.generated, after.default)) },
    { rule: 'collation', reason: unmanaged('A collation'), fields: ['collation'], same: () => true },
  ],
  primaryKey: [
    { rule: 'deferrable', reason: unmanaged('A deferrable key'), fields: ['deferrable'], same: () => true },
  ],
  index: [
    { rule: 'constraint-or-index', reason: 'A UNIQUE constraint and a unique index give the same guarantee.', fields: ['constraint'], same: () => true },
    { rule: 'operator-class', reason: 'Naming the default operator class and leaving it out are the same.', fields: ['keys'], same: sameKeys },
    { rule: 'included-columns', reason: unmanaged('INCLUDE columns'), fields: ['include'], same: () => true },
    { rule: 'predicate-spelling', reason: 'PostgreSQL prints expressions its own way.', fields: ['predicate'], same: (before, after, expressions) => before.predicate !== null && after.predicate !== null && expressions(before.predicate, after.predicate) },
  ],
  foreignKey: [
    { rule: 'deferrable', reason: unmanaged('MATCH FULL and DEFERRABLE'), fields: ['deferrable', 'match'], same: () => true },
  ],
};

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

const FULL_PRECISION = '(6)';

export function sameType(before: string, after: string): boolean {
  const [a, b] = [parseCanonical(before), parseCanonical(after)];
  if (a.array !== b.array) return false;
  const timed = /^(timestamp|time|interval)/.test(a.name);
  const args = (value: string) => (timed && value === FULL_PRECISION ? '' : value);
  if (args(a.args) !== args(b.args)) return false;
  // Unsupported("name") is written bare in the schema; a type of the user is known here by its quotes.
  return a.name === b.name && (a.user === b.user ? a.schema === b.schema || !a.user : true);
}

function sameDefault(before: Column, after: Column, expressions: (a: string, b: string) => boolean): boolean {
  if (before.default === null || after.default === null) return false;
  const [a, b] = [readLiteral(before.default), readLiteral(after.default)];
  if (a !== null && b !== null) return normalLiteral(a, after.type) === normalLiteral(b, after.type) || roundedNow(a, b);
  return expressions(before.default, after.default);
}

function roundedNow(...literals: readonly object[]): boolean {
  return literals.every((literal) => 'now' in literal);
}

function sameKeys(before: Index, after: Index): boolean {
  return before.keys.length === after.keys.length && before.keys.every((key, at) => sameKey(key, after.keys[at]));
}

function sameKey(before: IndexKey, after: IndexKey | undefined): boolean {
  if (after === undefined || before.column !== after.column || before.expression !== after.expression) return false;
  if (before.descending !== after.descending || before.nullsFirst !== after.nullsFirst) return false;
  return after.opclass === null ? before.opclass === null || before.opclassIsDefault === true : before.opclass === bareOpclass(after.opclass);
}

function bareOpclass(name: string): string {
  return name.toLowerCase();
}

/** The verdict for one field, by these rules. */
export function prismaSame(expressions: SameExpression): SameField {
  return (field, before, after) => {
    // Both objects are of one kind, whose rows take their definitions; TypeScript cannot follow that through the table.
    const rows: readonly Equivalence<never>[] = EQUIVALENCES[after.kind] as readonly Equivalence<never>[];
    const compare = (a: string, b: string) => a === b || expressions(a, b, after);
    return rows.find((row) => row.fields.includes(field as never) && row.same(before.def as never, after.def as never, compare, field))?.rule ?? false;
  };
}
