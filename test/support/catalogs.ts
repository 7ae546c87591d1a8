// Catalogs in a few words, for tests that need no server.

import { buildCatalog, type Catalog } from '../../src/catalog/catalog.ts';
import type { CatalogObject, Column, DefOf, ForeignKey, Index } from '../../src/catalog/kinds.ts';

const schema = 'public';

export function catalog(...objects: readonly CatalogObject[]): Catalog {
  return buildCatalog({ home: schema, serverVersion: 180000, objects: [{ kind: 'schema', ref: { kind: 'schema', name: schema }, def: {} }, ...objects], unmodeled: [], provided: [] });
}

export function table(name: string, def: Partial<DefOf<'table'>> = {}): CatalogObject<'table'> {
  return { kind: 'table', ref: { kind: 'table', schema, name }, def: { partitioned: false, unlogged: false, ...def } };
}

export function column(tableName: string, name: string, def: Partial<Column> = {}): CatalogObject<'column'> {
  return { kind: 'column', ref: { kind: 'column', schema, table: tableName, name }, def: { type: 'text', notNull: false, default: null, autoincrement: false, identity: null, sequence: null, generated: null, collation: null, ...def } };
}

export function primaryKey(tableName: string, columns: readonly string[], name = `${tableName}_pkey`): CatalogObject<'primaryKey'> {
  return { kind: 'primaryKey', ref: { kind: 'primaryKey', schema, table: tableName }, def: { name, columns, deferrable: false } };
}

export function index(tableName: string, columns: readonly string[], name = `${tableName}_${columns.join('_')}_idx`, def: Partial<Index> = {}): CatalogObject<'index'> {
  const keys = columns.map((one) => ({ column: one, opclass: null, descending: false, nullsFirst: false, collation: null }));
  return { kind: 'index', ref: { kind: 'index', schema, table: tableName, name }, def: { unique: false, constraint: false, method: 'btree', keys, include: [], predicate: null, nullsNotDistinct: false, deferrable: false, valid: true, ...def } };
}

export function foreignKey(tableName: string, columns: readonly string[], targetTable: string, name = `${tableName}_${columns.join('_')}_fkey`, def: Partial<ForeignKey> = {}): CatalogObject<'foreignKey'> {
  return { kind: 'foreignKey', ref: { kind: 'foreignKey', schema, table: tableName, name }, def: { columns, targetSchema: schema, targetTable, targetColumns: ['id'], onDelete: 'CASCADE', onUpdate: 'CASCADE', match: 'SIMPLE', deferrable: false, validated: true, enforced: true, ...def } };
}

export function enumeration(name: string, ...labels: readonly string[]): CatalogObject<'enum'> {
  return { kind: 'enum', ref: { kind: 'enum', schema, name }, def: { labels } };
}

export function extension(name: string, def: Partial<DefOf<'extension'>> = {}): CatalogObject<'extension'> {
  return { kind: 'extension', ref: { kind: 'extension', name }, def: { schema: null, version: null, ...def } };
}
