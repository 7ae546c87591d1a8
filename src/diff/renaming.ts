// A catalog with names replaced wherever they stand.

import { buildCatalog, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject, ForeignKey, Index, IndexKey, Kind } from '../catalog/kinds.ts';
import type { Rename } from './renames.ts';

/** The catalog with these names replaced wherever they stand. */
export function applyRenames(catalog: Catalog, renames: readonly Rename[]): Catalog {
  if (renames.length === 0) return catalog;
  const names = new Map(renames.map(({ kind, schema, table, from, to }) => [kind === 'table' ? `table ${schema} ${from}` : `${kind} ${schema} ${table} ${from}`, to]));
  const newTable = (schema: string, table: string) => names.get(`table ${schema} ${table}`) ?? table;
  const newColumn = (schema: string, table: string, column: string) => names.get(`column ${schema} ${table} ${column}`) ?? column;
  return buildCatalog({ ...catalog, objects: [...catalog.objects.values()].map((object) => renamed(object, newTable, newColumn, names)) });
}

type NewTable = (schema: string, table: string) => string;
type NewColumn = (schema: string, table: string, column: string) => string;

function renamed(object: CatalogObject, newTable: NewTable, newColumn: NewColumn, names: ReadonlyMap<string, string>): CatalogObject {
  const { ref } = object;
  if (ref.kind === 'table') return { ...object, kind: 'table', ref: { ...ref, name: newTable(ref.schema, ref.name) } } as CatalogObject;
  if (!('table' in ref)) return object;
  const table = newTable(ref.schema, ref.table);
  const columns = (list: readonly string[]) => list.map((column) => newColumn(ref.schema, table, column));
  const part = <K extends Kind>(kind: K, name: string) => names.get(`${kind} ${ref.schema} ${table} ${name}`) ?? name;
  switch (object.kind) {
    case 'column':
      return { ...object, ref: { ...object.ref, table, name: part('column', object.ref.name) } };
    case 'primaryKey':
      return { ...object, ref: { ...object.ref, table }, def: { ...object.def, columns: columns(object.def.columns) } };
    case 'index':
      return { ...object, ref: { ...object.ref, table, name: part('index', object.ref.name) }, def: renamedIndex(object.def, columns) };
    case 'foreignKey':
      return { ...object, ref: { ...object.ref, table, name: part('foreignKey', object.ref.name) }, def: renamedForeignKey(object.def, columns, newTable, newColumn) };
    case 'comment':
      return { ...object, ref: { ...object.ref, table, name: object.ref.on === 'column' ? newColumn(ref.schema, table, object.ref.name) : object.ref.name } };
    default:
      return object;
  }
}

function renamedIndex(def: Index, columns: (list: readonly string[]) => readonly string[]): Index {
  const key = (old: IndexKey): IndexKey => (old.column === undefined ? old : { ...old, column: columns([old.column])[0] ?? old.column });
  return { ...def, keys: def.keys.map(key), include: columns(def.include) };
}

function renamedForeignKey(def: ForeignKey, columns: (list: readonly string[]) => readonly string[], newTable: NewTable, newColumn: NewColumn): ForeignKey {
  const targetTable = newTable(def.targetSchema, def.targetTable);
  return { ...def, columns: columns(def.columns), targetTable, targetColumns: def.targetColumns.map((column) => newColumn(def.targetSchema, targetTable, column)) };
}
