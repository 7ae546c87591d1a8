// What an object of a catalog cannot be without.

import { keyOf, tableKey } from './catalog.ts';
import type { CatalogObject } from './kinds.ts';
import { parseCanonical } from './types.ts';

/** Keys of the objects this one stands on. */
export function standsOn(object: CatalogObject, home: string, parts: (schema: string, table: string) => readonly CatalogObject[]): readonly string[] {
  const columns = (schema: string, table: string, names: readonly string[]) => [tableKey(schema, table), ...names.map((name) => keyOf({ kind: 'column', schema, table, name }))];
  switch (object.kind) {
    case 'column': {
      const { schema, table } = object.ref;
      const type = parseCanonical(object.def.type);
      return [tableKey(schema, table), keyOf(object.ref), ...(type.user ? [keyOf({ kind: 'enum', schema: type.schema ?? home, name: type.name })] : [])];
    }
    case 'primaryKey':
      return columns(object.ref.schema, object.ref.table, object.def.columns);
    case 'index':
      return columns(object.ref.schema, object.ref.table, object.def.keys.flatMap(({ column }) => (column === undefined ? [] : [column])));
    case 'foreignKey': {
      const { columns: own, targetSchema, targetTable, targetColumns } = object.def;
      const unique = uniqueOn(parts(targetSchema, targetTable), targetColumns);
      return [...columns(object.ref.schema, object.ref.table, own), ...columns(targetSchema, targetTable, targetColumns), ...unique];
    }
    default:
      return [];
  }
}

/** The key or unique index a foreign key leans on. */
function uniqueOn(parts: readonly CatalogObject[], columns: readonly string[]): readonly string[] {
  const wanted = [...columns].sort().join('\0');
  for (const part of parts) {
    const own = part.kind === 'primaryKey' ? part.def.columns : part.kind === 'index' && part.def.unique ? part.def.keys.map(({ column }) => column ?? '') : null;
    if (own !== null && [...own].sort().join('\0') === wanted) return [keyOf(part.ref)];
  }
  return [];
}
