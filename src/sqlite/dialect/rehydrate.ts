// The embedded SQLite brought to what PostgreSQL holds, where a history has changed its language: later SQLite files are read
// against it. Types are as wide as SQLite's; what its schema cannot say, nothing later in SQLite can speak of either.

import { buildCatalog, byTable, isKind, ofKind, tableKey, tableOf, type Catalog } from '../../catalog/catalog.ts';
import type { CatalogObject, Column } from '../../catalog/kinds.ts';
import { parseCanonical } from '../../catalog/types.ts';
import { effectsOf } from '../../effects/effects.ts';
import { apply, emptyState, type Effect, type State } from '../../effects/types.ts';
import { partsOf } from '../../history/parts.ts';
import type { Reader } from '../../history/script.ts';
import { quoteName, quoteNames } from '../../sql/quote.ts';
import { sqliteDefault, sqliteExpression } from './reverse.ts';
import { Untranslatable, type SchemaRow } from '../types.ts';

export interface After {
  readonly catalog: Catalog;
  /** What of it could not be told from the statements: the first reason; `null` when all is known. */
  readonly unknown: string | null;
  /** For each file the tables it made, changed or dropped. */
  readonly touched: readonly ReadonlySet<string>[];
}

/** What files of PostgreSQL make, one after the other, from nothing. */
export function catalogAfter(files: readonly string[], { reader }: { readonly reader: Reader }): After {
  const state = emptyState('public');
  const { home } = state;
  const reasons: string[] = [];
  const touched = files.map((sql) => {
    const tables = new Set<string>();
    const { statements, problem } = reader.script(sql);
    if (problem !== null) reasons.push(problem.message);
    for (const statement of statements.flatMap(partsOf)) {
      const effect = effectsOf(statement, state, null, reader.block);
      for (const one of effect.opaque) if (one.kind !== 'rows') reasons.push(`${effect.title}: ${one.why}`);
      for (const { before, after } of effect.deltas) for (const object of [before, after]) if (object !== null && 'ref' in object) tables.add(tableOf(object.ref)?.table ?? '');
      advance(state, effect);
    }
    // A search_path of one file is not that of the next.
    state.home = home;
    return tables;
  });
  return { catalog: buildCatalog({ home, serverVersion: null, objects: state.objects.values(), unmodeled: [...state.others.values()], provided: [] }), unknown: reasons[0] ?? null, touched };
}

/** A renamed column stays where it is among the others, which INSERT without a column list counts on. */
function advance(state: State, effect: Effect): void {
  const columns = effect.deltas.filter(({ modeled, key }) => modeled && key.startsWith('column '));
  const [gone, come] = [columns.filter(({ after }) => after === null), columns.filter(({ before }) => before === null)];
  const order = [...state.objects.keys()];
  apply(state, effect);
  if (gone.length !== 1 || come.length !== 1 || !/ RENAME /.test(effect.title)) return;
  const renamed = new Map([[gone[0]?.key ?? '', come[0]?.key ?? '']]);
  const objects = new Map(state.objects);
  state.objects.clear();
  for (const key of [...order.map((one) => renamed.get(one) ?? one), ...objects.keys()]) {
    const object = objects.get(key);
    if (object !== undefined && !state.objects.has(key)) state.objects.set(key, object);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  smallint: 'INTEGER', integer: 'INTEGER', oid: 'INTEGER', bigint: 'BIGINT', real: 'REAL', 'double precision': 'REAL', numeric: 'DECIMAL', money: 'DECIMAL', boolean: 'BOOLEAN', json: 'JSONB', jsonb: 'JSONB', bytea: 'BLOB',
  'timestamp without time zone': 'DATETIME', 'timestamp with time zone': 'DATETIME', date: 'DATETIME', 'time without time zone': 'DATETIME', 'time with time zone': 'DATETIME',
};

export function sqliteType(type: string): string {
  const { name, user, array } = parseCanonical(type);
  return user || array ? 'TEXT' : (TYPES[name] ?? 'TEXT');
}

/** `CREATE TABLE` and `CREATE INDEX` for SQLite. Throws {@link Untranslatable} where two names differ in nothing but case. */
export function sqliteSchemaOf(catalog: Catalog): readonly string[] {
  const groups = byTable(catalog.objects.values());
  const tables = tablesOf(catalog);
  distinct([...tables, ...[...ofKind(catalog, 'index')].filter(({ ref }) => tables.includes(ref.table)).map(({ ref }) => ref.name)], 'tables and indexes');
  return tables.flatMap((name) => tableSql(name, groups.get(tableKey(catalog.home, name)) ?? []));
}

/** SQLite has one schema, and names of its own. */
function tablesOf(catalog: Catalog): readonly string[] {
  return [...ofKind(catalog, 'table')].filter(({ ref }) => ref.schema === catalog.home && isOurs(ref.name)).map(({ ref }) => ref.name);
}

const isOurs = (name: string) => !/^sqlite_/i.test(name) && name !== '_prisma_migrations';

function distinct(names: readonly string[], what: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) throw new Untranslatable(`the ${what} "${other}" and "${name}" are one to SQLite: rename one of them before the SQLite files that follow`, 0);
    seen.set(name.toLowerCase(), name);
  }
}

function tableSql(name: string, objects: readonly CatalogObject[]): readonly string[] {
  const columns = objects.filter((object) => isKind(object, 'column'));
  if (columns.length === 0) return [];
  distinct(columns.map(({ ref }) => ref.name), `columns of "${name}"`);
  const key = objects.find((object) => isKind(object, 'primaryKey'))?.def.columns ?? [];
  const lines = columns.map(({ ref, def }) => `${quoteName(ref.name)} ${columnSql(def, key.length === 1 && key[0] === ref.name)}`);
  if (key.length > 1) lines.push(`PRIMARY KEY (${quoteNames(key)})`);
  for (const object of objects) if (isKind(object, 'foreignKey')) lines.push(foreignKeySql(object));
  return [`CREATE TABLE ${quoteName(name)} (\n    ${lines.join(',\n    ')}\n)`, ...objects.flatMap((object) => (isKind(object, 'index') && isOurs(object.ref.name) ? [indexSql(object, columns[0]?.ref.name ?? '')] : []))];
}

/** INT, not INTEGER, for a key that does not fill itself: SQLite numbers the rows of the other, and Prisma says autoincrement(). */
function columnSql(def: Column, key: boolean): string {
  const declared = sqliteType(def.type);
  const filled = def.autoincrement && /^(smallint|integer|bigint)$/.test(def.type);
  if (key && filled) return 'INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT';
  const type = key && declared === 'INTEGER' ? 'INT' : declared;
  const generated = def.generated === null ? null : sqliteExpression(def.generated);
  const value = generated !== null ? ` GENERATED ALWAYS AS (${generated}) STORED` : def.default === null ? '' : ` DEFAULT ${sqliteDefault(def.default, declared)}`;
  return `${type}${def.notNull ? ' NOT NULL' : ''}${key ? ' PRIMARY KEY' : ''}${value}`;
}

function foreignKeySql({ ref, def }: CatalogObject<'foreignKey'>): string {
  return `CONSTRAINT ${quoteName(ref.name)} FOREIGN KEY (${quoteNames(def.columns)}) REFERENCES ${quoteName(def.targetTable)} (${quoteNames(def.targetColumns)}) ON DELETE ${def.onDelete} ON UPDATE ${def.onUpdate}`;
}

/** One SQLite cannot have keeps its name over the table's first column, not unique: it is there to be dropped. */
function indexSql({ ref, def }: CatalogObject<'index'>, first: string): string {
  const parts = def.keys.map(({ column, expression, descending }) => {
    const sql = column === undefined ? sqliteExpression(expression ?? '') : quoteName(column);
    return sql === null ? null : `${column === undefined ? `(${sql})` : sql}${descending ? ' DESC' : ''}`;
  });
  const where = def.predicate === null ? '' : sqliteExpression(def.predicate);
  if (parts.includes(null) || parts.length === 0 || where === null) return `CREATE INDEX ${quoteName(ref.name)} ON ${quoteName(ref.table)}(${quoteName(first)})`;
  return `CREATE${def.unique ? ' UNIQUE' : ''} INDEX ${quoteName(ref.name)} ON ${quoteName(ref.table)}(${parts.join(', ')})${where === '' ? '' : ` WHERE ${where}`}`;
}

/**
 * Statements that bring an embedded SQLite from what it holds to the catalog. `touched`: tables that files of PostgreSQL have changed
 * since; all others keep SQLite's own words, which say more than the catalog. Without it all is written anew.
 */
export function resetSql(before: readonly SchemaRow[], catalog: Catalog, touched: ReadonlySet<string> | null = null): readonly string[] {
  const views = new Set(catalog.unmodeled.filter(({ kind, schema }) => kind === 'view' && schema === catalog.home).map(({ name }) => name.toLowerCase()));
  const kept = before.filter((row) => !row.temporary && row.sql !== null && (row.type === 'view' ? views.has(row.name.toLowerCase()) : isKept(row, catalog, touched)));
  const own = new Set(kept.flatMap((row) => (row.type === 'table' ? [row.name] : [])));
  const fresh = sqliteSchemaOf({ ...catalog, objects: new Map([...catalog.objects].filter(([, { ref }]) => !own.has(tableOf(ref)?.table ?? ''))) });
  const dropped = (type: 'view' | 'table') => before.filter((row) => row.type === type && isOurs(row.name)).map((row) => `DROP ${type.toUpperCase()} IF EXISTS ${quoteName(row.name)}`);
  const anew = (types: readonly SchemaRow['type'][]) => kept.flatMap((row) => (types.includes(row.type) && row.sql !== null ? [row.sql] : []));
  return ['PRAGMA foreign_keys=OFF', ...dropped('view'), ...dropped('table'), ...anew(['table']), ...fresh, ...anew(['index']), ...anew(['view', 'trigger']), 'PRAGMA foreign_keys=ON'];
}

function isKept({ table }: SchemaRow, catalog: Catalog, touched: ReadonlySet<string> | null): boolean {
  return touched !== null && !touched.has(table) && catalog.objects.has(tableKey(catalog.home, table)) && isOurs(table);
}
