// The names Prisma expects on PostgreSQL (psl-core, constraint_names.rs): cut so that the ending survives PostgreSQL's 63 bytes.
// SQLite's names of foreign keys mean nothing: Prisma never compares them, and they go stale when a column is renamed.

import { byteLength, clipName, NAME_BYTES } from '../sql/quote.ts';

/** Cut to so many bytes, never inside a character. */
function floor(text: string, bytes: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += byteLength(character);
    if (used > bytes) break;
    taken += character;
  }
  return taken;
}

function ending(parts: readonly string[], end: string): string {
  return floor(parts.join('_'), NAME_BYTES - end.length) + end;
}

export const primaryKeyName = (table: string) => ending([table], '_pkey');
export const foreignKeyName = (table: string, columns: readonly string[]) => ending([table, ...columns], '_fkey');
export const uniqueName = (table: string, columns: readonly string[]) => ending([table, ...columns], '_key');
export const checkName = (table: string, columns: readonly string[]) => ending([table, ...columns], '_check');

/** SQLite never cuts a name: Prisma's own long one is cut as Prisma does it, any other as PostgreSQL does. */
export function indexName(name: string, table: string, columns: readonly string[]): string {
  if (byteLength(name) <= NAME_BYTES) return name;
  for (const end of ['_key', '_idx']) if (name === `${[table, ...columns].join('_')}${end}`) return ending([table, ...columns], end);
  return clipName(name);
}

/** Prisma's table of an implicit many-to-many relation: `_XToY` with the columns A and B. */
export function isJoinTable(table: string, columns: readonly string[]): boolean {
  return table.startsWith('_') && columns.length === 2 && columns[0] === 'A' && columns[1] === 'B';
}

const characters = (text: string, count: number) => [...text].slice(0, count).join('');

export const joinKeyName = (table: string) => `${characters(table, NAME_BYTES - '_AB_pkey'.length)}_AB_pkey`;
export const joinUniqueName = (table: string) => `${characters(table, NAME_BYTES - '_AB_unique'.length)}_AB_unique`;
export const joinIndexName = (table: string) => `${characters(table, NAME_BYTES - '_B_index'.length)}_B_index`;
export const joinForeignKeyName = (table: string, column: string) => `${floor(table, NAME_BYTES - '_fkey'.length - 2)}_${column}_fkey`;
