// A column as CREATE TABLE and ADD COLUMN write it.

import { keyOf } from '../catalog/catalog.ts';
import type { CatalogObject, Column } from '../catalog/kinds.ts';
import { serialSequence } from '../catalog/sequences.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { nameOf, typeOf } from './naming.ts';
import type { RuleContext } from './rule.ts';

const SERIALS: Readonly<Record<string, string>> = { integer: 'SERIAL', bigint: 'BIGSERIAL', smallint: 'SMALLSERIAL' };

/** `"id" TEXT NOT NULL DEFAULT 'x'` */
export function columnSql({ ref, def }: CatalogObject<'column'>, { naming }: RuleContext): string {
  const notNull = def.notNull ? ' NOT NULL' : '';
  const serial = serialOf({ ref, def });
  if (def.identity !== null) return `${quoteName(ref.name)} ${typeOf(naming, def.type)}${notNull} GENERATED ${def.identity} AS IDENTITY`;
  if (serial !== null) return `${quoteName(ref.name)} ${serial}${notNull}`;
  if (def.generated !== null) return `${quoteName(ref.name)} ${typeOf(naming, def.type)}${notNull} GENERATED ALWAYS AS (${def.generated}) STORED`;
  const value = def.sequence === null ? def.default : nextval(def.sequence, naming.home);
  const collation = def.collation === null ? '' : ` COLLATE ${quoteName(def.collation)}`;
  return `${quoteName(ref.name)} ${typeOf(naming, def.type)}${collation}${notNull}${value === null ? '' : ` DEFAULT ${value}`}`;
}

interface Place {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}

function serialOf({ ref, def }: { readonly ref: Place; readonly def: Column }): string | null {
  return def.autoincrement && def.identity === null && isOwnSequence(ref, def) ? (SERIALS[def.type] ?? null) : null;
}

/** The sequence its default names and nothing else makes: Prisma's own DDL leaves it to the user, and fails without it. */
export function sequenceSql({ ref, def }: CatalogObject<'column'>, { current, naming }: RuleContext): readonly string[] {
  const { sequence } = def;
  if (sequence === null || def.identity !== null || serialOf({ ref, def }) !== null) return [];
  const present = current.objects.has(keyOf({ kind: 'sequence', ...sequence }));
  return present ? [] : [`CREATE SEQUENCE IF NOT EXISTS ${nameOf(naming, sequence.schema, sequence.name)}`];
}

function isOwnSequence(ref: Place, { sequence }: Column): boolean {
  return sequence === null || (sequence.schema === ref.schema && sequence.name === serialSequence(ref.table, ref.name));
}

function nextval(sequence: { readonly schema: string; readonly name: string }, home: string): string {
  const name = sequence.schema === home ? quoteName(sequence.name) : `${quoteName(sequence.schema)}.${quoteName(sequence.name)}`;
  return `nextval(${quoteText(name)})`;
}
