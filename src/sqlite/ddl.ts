// Statements in the form Prisma's engine writes them for PostgreSQL, without the closing semicolon.

import { quoteName, quoteNames } from '../sql/quote.ts';
import type { ShapedTable } from './shape.ts';
import type { Column, ForeignKey, Index } from './types.ts';

const SERIAL: Readonly<Record<string, string>> = { SMALLINT: 'SMALLSERIAL', BIGINT: 'BIGSERIAL' };

/** `"c" TEXT NOT NULL DEFAULT 'x'` */
export function columnSql({ name, type, notNull, default: value, serial, generated }: Column): string {
  const head = `${quoteName(name)} ${serial ? (SERIAL[type.sql] ?? 'SERIAL') : type.sql}${notNull ? ' NOT NULL' : ''}`;
  if (generated !== null) return `${head} GENERATED ALWAYS AS (${generated}) STORED`;
  return value === null || serial ? head : `${head} DEFAULT ${value}`;
}

const keyColumns = (columns: readonly string[]) => columns.map(quoteName).join(',');

/** Without foreign keys: what they point at may come later. */
export function createTable({ name, columns, primaryKey, checks, temporary }: ShapedTable): string {
  const key = primaryKey === null ? [] : [temporary ? `PRIMARY KEY (${keyColumns(primaryKey.columns)})` : `CONSTRAINT ${quoteName(primaryKey.name)} PRIMARY KEY (${keyColumns(primaryKey.columns)})`];
  const constraints = [...key, ...checks.map((check) => `CONSTRAINT ${quoteName(check.name)} CHECK (${check.sql})`)];
  const lines = columns.map((column) => `    ${columnSql(column)}`).join(',\n');
  return `CREATE ${temporary ? 'TEMPORARY ' : ''}TABLE ${quoteName(name)} (\n${lines}${constraints.length === 0 ? '' : `,\n\n${constraints.map((one) => `    ${one}`).join(',\n')}`}\n)`;
}

export function createIndex({ name, table, unique, parts, where }: Index): string {
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteName(name)} ON ${quoteName(table)}(${parts.map(({ sql }) => sql).join(', ')})${where === null ? '' : ` WHERE (${where})`}`;
}

export function addPrimaryKey(table: string, { name, columns }: { readonly name: string; readonly columns: readonly string[] }): string {
  return `ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} PRIMARY KEY (${keyColumns(columns)})`;
}

export function dropConstraint(table: string, name: string): string {
  return `ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${quoteName(name)}`;
}

export function renameConstraint(table: string, from: string, to: string): string {
  return `ALTER TABLE ${quoteName(table)} RENAME CONSTRAINT ${quoteName(from)} TO ${quoteName(to)}`;
}

export function addForeignKey({ name, table, columns, target, targetColumns, onDelete, onUpdate, deferred }: ForeignKey): string {
  const timing = deferred ? ' DEFERRABLE INITIALLY DEFERRED' : '';
  return `ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} FOREIGN KEY (${quoteNames(columns)}) REFERENCES ${quoteName(target)}(${quoteNames(targetColumns)}) ON DELETE ${onDelete} ON UPDATE ${onUpdate}${timing}`;
}
