// Who stands in the way of dropping an index.

import { ofKind, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';

/** What PostgreSQL will not let the index be dropped for: its constraint, or a foreign key that leans on it. */
export function holderOf({ ref, def }: CatalogObject<'index'>, catalog: Catalog): string | null {
  if (def.constraint) return 'a constraint';
  if (!def.unique) return null;
  const columns = def.keys.map(({ column }) => column ?? '').sort().join('\0');
  for (const { ref: key, def: { targetSchema, targetTable, targetColumns } } of ofKind(catalog, 'foreignKey')) {
    if (targetSchema === ref.schema && targetTable === ref.table && [...targetColumns].sort().join('\0') === columns) return `foreign key ${key.table}.${key.name}`;
  }
  return null;
}
