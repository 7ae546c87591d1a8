// Damage by chance, to any database Prisma's engine built: several hits at once, the same for the same seed.

import { expect } from 'vitest';
import { sha256 } from '../../src/cache/cache.ts';
import { keyOf, tableOf, type Catalog } from '../../src/catalog/catalog.ts';
import type { CatalogObject, Ref } from '../../src/catalog/kinds.ts';
import { MendError } from '../../src/errors.ts';
import type { Workspace } from '../../src/run/workspace.ts';
import { quoteName as q } from '../../src/sql/quote.ts';
import type { TestDatabase } from './database.ts';
import { engineDiff } from './oracle.ts';
import { apply, look, plan } from './project.ts';
import { lostRows, readRows, seedRows } from './seed.ts';

/** Numbers from 0 to 1, exclusive. */
function chance(seed: string): () => number {
  let state = Number.parseInt(sha256(seed).slice(0, 8), 16);
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Ways to damage one object; some do not fit every object, and PostgreSQL refuses them then. */
function hits(object: CatalogObject): readonly string[] {
  const { kind, ref } = object;
  switch (kind) {
    case 'table':
      return [`DROP TABLE ${q(ref.schema)}.${q(ref.name)} CASCADE`];
    case 'column': {
      const [table, name] = [`ALTER TABLE ${q(ref.schema)}.${q(ref.table)}`, q(ref.name)];
      return [`${table} DROP COLUMN ${name} CASCADE`, `${table} ALTER ${name} DROP DEFAULT`, `${table} ALTER ${name} DROP NOT NULL`, `${table} ALTER ${name} SET NOT NULL`, `${table} ALTER ${name} TYPE varchar(7)`, `${table} ALTER ${name} SET DEFAULT NULL`];
    }
    case 'primaryKey':
      return [`ALTER TABLE ${q(ref.schema)}.${q(ref.table)} DROP CONSTRAINT ${q(object.def.name)}`, `ALTER TABLE ${q(ref.schema)}.${q(ref.table)} DROP CONSTRAINT ${q(object.def.name)} CASCADE`, `ALTER TABLE ${q(ref.schema)}.${q(ref.table)} RENAME CONSTRAINT ${q(object.def.name)} TO other_pk`];
    case 'index': {
      const name = `${q(ref.schema)}.${q(ref.name)}`;
      return [`DROP INDEX ${name} CASCADE`, `ALTER INDEX ${name} RENAME TO other_index`, `DROP INDEX ${name} CASCADE; CREATE INDEX ${q(ref.name)} ON ${q(ref.schema)}.${q(ref.table)} (ctid)`, `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${name.replaceAll("'", "''")}'::regclass`];
    }
    case 'foreignKey': {
      const table = `ALTER TABLE ${q(ref.schema)}.${q(ref.table)}`;
      return [`${table} DROP CONSTRAINT ${q(ref.name)}`, `${table} RENAME CONSTRAINT ${q(ref.name)} TO other_fk`];
    }
    case 'sequence':
      return [`DROP SEQUENCE ${q(ref.schema)}.${q(ref.name)} CASCADE`];
    case 'enum':
      return [`DROP TYPE ${q(ref.schema)}.${q(ref.name)} CASCADE`];
    default:
      return [];
  }
}

/** Up to `most` hits on what the catalog holds. */
function wreck(catalog: Catalog, seed: string, most: number): readonly string[] {
  const roll = chance(seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(roll() * items.length)];
  const objects = [...catalog.objects.values()].filter((object) => hits(object).length > 0);
  return Array.from({ length: 1 + Math.floor(roll() * most) }, () => pick(objects)).flatMap((object) => (object === undefined ? [] : [pick(hits(object)) ?? '']));
}

/**
 * Rows in, up to eight hits, one repair. Afterwards a second plan has nothing but what was held back for values that are there
 * only now, nothing else differs, every row is there, and Prisma's engine finds what it found before wherever nothing was held back. Returns how many hits there were.
 */
export async function wreckAndMend(database: TestDatabase, workspace: Workspace, seed: string): Promise<number> {
  const { files } = workspace.project.schema;
  const engineBefore = await engineLines(database.url, files);
  const { live } = (await look(database, workspace)).comparison;
  await seedRows(database.session, live);
  const done: string[] = [];
  for (const sql of wreck(live, seed, 8)) if (await database.run(sql).then(() => true, () => false)) done.push(sql);
  const rows = await readRows(database.session, (await look(database, workspace)).comparison.live);

  const repair = await plan(database, workspace).catch((error: unknown) => {
    throw new Error(`${done.join('\n')}\n${error instanceof MendError ? error.why : ''}`, { cause: error });
  });
  await apply(database, workspace, repair);

  const held = new Set(repair.plan.withheld.map(({ ref }) => keyOf(ref)));
  const again = await plan(database, workspace);
  const isHeld = (ref: Ref) => held.has(keyOf(ref)) || held.has(tableRef(ref));
  expect([done, again.plan.steps.filter(({ ref }) => !isHeld(ref)).map(({ title, because }) => `${title} ${because}`)]).toEqual([done, []]);
  expect([done, again.comparison.changes.filter(({ ref }) => !isHeld(ref)).map(({ op, ref }) => `${op} ${keyOf(ref)}`)]).toEqual([done, []]);
  expect([done, lostRows(rows, await readRows(database.session, again.comparison.live))]).toEqual([done, []]);
  if (held.size === 0) expect([done, await engineLines(database.url, files)]).toEqual([done, engineBefore]);
  return done.length;
}

/** Columns come in the order of the table, which a repair cannot choose. */
async function engineLines(url: string, files: Parameters<typeof engineDiff>[1]): Promise<readonly string[]> {
  return (await engineDiff(url, files)).split('\n').map((line) => line.replace(/^ALTER TABLE "[^"]*" |[,;]$/g, '')).sort();
}

function tableRef(ref: Ref): string {
  const table = tableOf(ref);
  return table === null ? '' : keyOf({ kind: 'table', schema: table.schema, name: table.table });
}
