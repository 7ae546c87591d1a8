// The PostgreSQL schema a history is to end in, as a guide to types and names from the first migration on.

import { ofKind, type Catalog } from '../catalog/catalog.ts';
import { spellType } from '../catalog/types.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { lower } from './state.ts';
import type { Family, PgType, Target } from './types.ts';

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/\[\]$/, 'other'], [/^(text|citext|character( varying)?(\(\d+\))?)$/, 'text'], [/^(integer|smallint)$/, 'integer'], [/^bigint$/, 'bigint'], [/^(double precision|real)$/, 'float'], [/^numeric/, 'decimal'],
  [/^boolean$/, 'boolean'], [/^timestamp/, 'datetime'], [/^date$/, 'date'], [/^time(\(| )/, 'time'], [/^jsonb?$/, 'json'], [/^bytea$/, 'bytes'], [/^uuid$/, 'uuid'],
];

/** `catalog`: of the schema's own DDL. Of several schemas, the first that has a table of the name counts. */
export function targetOf(catalog: Catalog): Target {
  const enums = new Map([...ofKind(catalog, 'enum')].map(({ ref: { name }, def: { labels } }) => [quoteName(name), [`CREATE TYPE ${quoteName(name)} AS ENUM (${labels.map(quoteText).join(', ')})`] as const]));
  const columns = new Map([...ofKind(catalog, 'column')].map(({ ref: { table, name }, def }) => [place(table, name), { type: pgType(def.type, enums), serial: def.autoincrement }]));
  const foreignKeys = new Map([...ofKind(catalog, 'foreignKey')].map(({ ref: { table, name }, def }) => [place(table, ...def.columns), name]));
  const primaryKeys = new Map([...ofKind(catalog, 'primaryKey')].map(({ ref: { table }, def: { name } }) => [place(table), name]));
  return {
    column: (table, column) => columns.get(place(table, column)) ?? null,
    foreignKeyName: (table, names) => foreignKeys.get(place(table, ...names)) ?? null,
    primaryKeyName: (table) => primaryKeys.get(place(table)) ?? null,
    enums,
  };
}

const place = (...names: readonly string[]) => names.map(lower).join('\0');

function pgType(type: string, enums: ReadonlyMap<string, unknown>): PgType {
  if (enums.has(type)) return { family: 'enum', sql: type };
  return { family: FAMILIES.find(([pattern]) => pattern.test(type))?.[1] ?? 'other', sql: spellType(type, (_, name) => quoteName(name)) };
}
