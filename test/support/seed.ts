// Three rows for every table that takes them: the same number stands for the same key everywhere, so foreign keys hold.

import type { Session } from '../../src/database/session.ts';
import { isKind, keyOf, ofKind, type Catalog } from '../../src/catalog/catalog.ts';
import type { CatalogObject } from '../../src/catalog/kinds.ts';
import { parseCanonical } from '../../src/catalog/types.ts';
import { quoteName, quoteText } from '../../src/sql/quote.ts';

const ROWS = [1, 2, 3];

function valueFor(type: string, labels: readonly string[] | undefined, row: number): string {
  const { array, name } = parseCanonical(type);
  if (array) return `'{}'`;
  if (labels) return quoteText(labels[0] ?? '');
  if (/^(small|big)?int|^integer|^numeric|^double|^real|^oid/.test(name)) return String(row);
  if (name.startsWith('bool')) return 'true';
  if (name.startsWith('uuid')) return `'00000000-0000-0000-0000-00000000000${row}'`;
  if (name.startsWith('json')) return `'{}'`;
  if (/^(timestamp|date)/.test(name)) return `'2024-01-0${row}'`;
  if (name.startsWith('time')) return `'01:00:0${row}'`;
  if (name.startsWith('bit')) return `B'1'`;
  return quoteText(String(row));
}

/** Tables in several passes, parents before children as far as there is an order; a table that takes no row stays empty. */
export async function seedRows(session: Session, catalog: Catalog): Promise<void> {
  let left = [...ofKind(catalog, 'table')];
  for (let before = -1; left.length !== before; ) {
    before = left.length;
    const failed: CatalogObject<'table'>[] = [];
    for (const table of left) if (!(await insert(session, catalog, table))) failed.push(table);
    left = failed;
  }
}

async function insert(session: Session, catalog: Catalog, { ref }: CatalogObject<'table'>): Promise<boolean> {
  const columns = [...ofKind(catalog, 'column')].filter((column) => column.ref.schema === ref.schema && column.ref.table === ref.name && column.def.generated === null && column.def.identity === null);
  const labels = (type: string) => {
    const { schema, name } = parseCanonical(type);
    const found = catalog.objects.get(keyOf({ kind: 'enum', schema: schema ?? catalog.home, name }));
    return isKind(found, 'enum') ? found.def.labels : undefined;
  };
  const names = columns.map((column) => quoteName(column.ref.name)).join(', ');
  const values = ROWS.map((row) => `(${columns.map(({ def }) => valueFor(def.type, labels(def.type), row)).join(', ')})`).join(', ');
  return await session.run(`INSERT INTO ${quoteName(ref.schema)}.${quoteName(ref.name)} (${names}) VALUES ${values}`).then(() => true, () => false);
}

export type Rows = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;

export async function readRows(session: Session, catalog: Catalog): Promise<Rows> {
  const found = new Map<string, readonly Readonly<Record<string, unknown>>[]>();
  for (const { ref } of ofKind(catalog, 'table')) {
    const [rows = []] = await session.run(`SELECT to_json(t)::text FROM ${quoteName(ref.schema)}.${quoteName(ref.name)} t`);
    found.set(`${ref.schema}.${ref.name}`, rows.map(([json]) => JSON.parse(String(json)) as Record<string, unknown>));
  }
  return found;
}

/** Rows of `before` that `after` has not, looked at in the columns they had. */
export function lostRows(before: Rows, after: Rows): readonly string[] {
  return [...before].flatMap(([table, rows]) => {
    const kept = after.get(table) ?? [];
    const project = (row: Readonly<Record<string, unknown>>, columns: readonly string[]) => JSON.stringify(columns.map((column) => row[column]));
    const columns = Object.keys(rows[0] ?? {});
    const have = new Set(kept.map((row) => project(row, columns)));
    const lost = rows.filter((row) => !have.has(project(row, columns)));
    return [...lost.map((row) => `${table} ${JSON.stringify(row)}`), ...(kept.length === rows.length ? [] : [`${table}: ${rows.length} rows were ${kept.length}`])];
  });
}
