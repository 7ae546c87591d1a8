// What people do to a database by hand, each with what has to be said of it afterwards.

import { isKind, keyOf, ofKind, type Catalog } from '../../src/catalog/catalog.ts';
import type { CatalogObject } from '../../src/catalog/kinds.ts';
import type { Residue } from '../../src/history/residue.ts';
import { quoteName } from '../../src/sql/quote.ts';

export interface HandChange {
  readonly sql: string;
  readonly residue: Residue;
}

function on({ schema, table }: { readonly schema: string; readonly table: string }): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}

/** Every change of every sort that this database could suffer. */
function possible(catalog: Catalog): readonly (readonly HandChange[])[] {
  const own = (object: CatalogObject) => !('table' in object.ref) || !object.ref.table.startsWith('_prisma');
  const used = new Set([...catalog.objects.values()].flatMap((object) => {
    const names = isKind(object, 'index') ? object.def.keys.map(({ column }) => column ?? '*') : isKind(object, 'foreignKey') ? [...object.def.columns] : isKind(object, 'primaryKey') ? object.def.columns : [];
    const target = isKind(object, 'foreignKey') ? object.def.targetColumns.map((name) => `${object.def.targetTable}.${name}`) : [];
    return [...names.map((name) => `${'table' in object.ref ? object.ref.table : ''}.${name}`), ...target];
  }));
  const columns = [...ofKind(catalog, 'column')].filter(own);
  const free = columns.filter(({ ref, def }) => !used.has(`${ref.table}.${ref.name}`) && !def.autoincrement && def.generated === null);
  const indexes = [...ofKind(catalog, 'index')].filter((one) => own(one) && !one.def.constraint && one.def.keys.every(({ column }) => column !== undefined));
  // A unique index a foreign key leans on cannot go.
  const leaned = new Set([...ofKind(catalog, 'foreignKey')].map(({ def }) => `${def.targetTable}.${[...def.targetColumns].sort().join()}`));
  const loose = indexes.filter(({ ref, def }) => !leaned.has(`${ref.table}.${def.keys.map(({ column }) => column ?? '').sort().join()}`));
  return [
    loose.map(({ ref }) => ({ sql: `DROP INDEX ${quoteName(ref.schema)}.${quoteName(ref.name)}`, residue: { key: keyOf(ref), what: 'missing', fields: [] } })),
    [...ofKind(catalog, 'foreignKey')].map(({ ref }) => ({ sql: `ALTER TABLE ${on(ref)} DROP CONSTRAINT ${quoteName(ref.name)}`, residue: { key: keyOf(ref), what: 'missing', fields: [] } })),
    free.map(({ ref }) => ({ sql: `ALTER TABLE ${on(ref)} DROP COLUMN ${quoteName(ref.name)}`, residue: { key: keyOf(ref), what: 'missing', fields: [] } })),
    free.filter(({ def }) => def.notNull).map(({ ref }) => ({ sql: `ALTER TABLE ${on(ref)} ALTER COLUMN ${quoteName(ref.name)} DROP NOT NULL`, residue: { key: keyOf(ref), what: 'changed', fields: ['notNull'] } })),
    free.filter(({ def }) => def.type === 'integer').map(({ ref }) => ({ sql: `ALTER TABLE ${on(ref)} ALTER COLUMN ${quoteName(ref.name)} TYPE bigint`, residue: { key: keyOf(ref), what: 'changed', fields: ['type'] } })),
    free.filter(({ def }) => def.type === 'text' && def.default === null).map(({ ref }) => ({ sql: `ALTER TABLE ${on(ref)} ALTER COLUMN ${quoteName(ref.name)} SET DEFAULT 'by hand'`, residue: { key: keyOf(ref), what: 'changed', fields: ['default'] } })),
    columns.map(({ ref }) => ({ sql: `ALTER TABLE ${on(ref)} ADD COLUMN IF NOT EXISTS by_hand text`, residue: { key: keyOf({ ...ref, name: 'by_hand' }), what: 'extra', fields: [] } })),
    columns.map(({ ref }) => ({ sql: `CREATE INDEX by_hand_index ON ${on(ref)} USING hash (${quoteName(ref.name)})`, residue: { key: keyOf({ kind: 'index', schema: ref.schema, table: ref.table, name: 'by_hand_index' }), what: 'extra', fields: [] } })),
    [{ sql: 'CREATE TABLE by_hand_table (id int PRIMARY KEY, note text)', residue: { key: keyOf({ kind: 'table', schema: catalog.home, name: 'by_hand_table' }), what: 'extra', fields: [] } }],
    [{ sql: 'CREATE VIEW by_hand_view AS SELECT 1 AS one', residue: { key: `view ${catalog.home}.by_hand_view`, what: 'extra', fields: [] } }],
  ];
}

/** Some of them, each of another sort and on another object; `random` gives numbers from 0 to 1. */
export function chooseChanges(catalog: Catalog, count: number, random: () => number): readonly HandChange[] {
  const sorts = possible(catalog).filter((sort) => sort.length > 0).map((sort) => ({ sort, at: random() })).sort((a, b) => a.at - b.at);
  const chosen: HandChange[] = [];
  for (const { sort } of sorts) {
    const one = sort[Math.floor(random() * sort.length)];
    if (chosen.length < count && one !== undefined && chosen.every(({ residue }) => residue.key !== one.residue.key)) chosen.push(one);
  }
  return chosen;
}
