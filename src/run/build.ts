// A catalog built on a scratch server that may lack what it refers to: functions, types, operator classes. What cannot be built
// as it is goes in plainer, or is left out, and is named.

import { buildCatalog, emptyCatalog, isKind, keyOf, tableKey, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { parseCanonical } from '../catalog/types.ts';
import { messageOf } from '../database/refusals.ts';
import { comparePrisma, NO_HINTS } from '../diff/compare.ts';
import { makePlan } from '../plan/plan.ts';
import { typeOf } from '../plan/naming.ts';
import type { Step } from '../plan/types.ts';
import type { Scratch } from '../scratch/scratch.ts';
import { quoteText } from '../sql/quote.ts';

/** Keys of the objects that are not there as the catalog says; each has its line among the gaps. */
export async function buildOn(scratch: Scratch, catalog: Catalog, gaps: string[]): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  for (const step of stepsFor(catalog)) {
    try {
      await runStep(scratch, step);
    } catch (error) {
      for (const key of await buildPlainer(scratch, step, catalog)) changed.add(key);
      gaps.push(`${step.title} could not be rehearsed as it is: ${messageOf(error)}`);
    }
  }
  return changed;
}

function stepsFor(catalog: Catalog): readonly Step[] {
  const rest = buildCatalog({ ...catalog, objects: [...catalog.objects.values()].filter(({ kind }) => kind !== 'extension' && kind !== 'schema') });
  return makePlan(comparePrisma(emptyCatalog(catalog.home), rest, NO_HINTS, () => false), new Map(), { naming: { home: catalog.home, qualified: true } }).steps;
}

async function runStep({ session }: Scratch, { statements }: Step): Promise<void> {
  for (const statement of statements) await session.run('ddl' in statement ? statement.ddl : `SELECT ${statement.call}`);
}

/** A table without computed defaults, then also with text for the types this server has not; anything else is left out. */
async function buildPlainer(scratch: Scratch, { ref }: Step, catalog: Catalog): Promise<readonly string[]> {
  if (ref.kind !== 'table') return [keyOf(ref)];
  const own = (object: CatalogObject) => (isKind(object, 'table') && keyOf(object.ref) === keyOf(ref)) || ((isKind(object, 'column') || isKind(object, 'primaryKey')) && tableKey(object.ref.schema, object.ref.table) === keyOf(ref));
  const parts = [...catalog.objects.values()].filter(own);
  const forms = [withoutComputed, await missingTypes(scratch, parts, catalog.home)];
  for (const plainer of forms) {
    const objects = parts.map((object) => (isKind(object, 'column') ? plainer(object) : object));
    try {
      for (const step of stepsFor(buildCatalog({ ...catalog, objects }))) await runStep(scratch, step);
      return parts.filter((part, at) => part !== objects[at]).map((part) => keyOf(part.ref));
    } catch {
      // The next form is plainer still. After the last one the table is missing, and the run says what comes of it.
    }
  }
  return parts.map((part) => keyOf(part.ref));
}

type Plainer = (column: CatalogObject<'column'>) => CatalogObject<'column'>;

function withoutComputed(column: CatalogObject<'column'>): CatalogObject<'column'> {
  const { def } = column;
  const plain = def.generated === null && (def.default === null || !def.default.includes('('));
  return plain ? column : { ...column, def: { ...def, default: null, generated: null } };
}

async function missingTypes({ session }: Scratch, parts: readonly CatalogObject[], home: string): Promise<Plainer> {
  const types = [...new Set(parts.flatMap((part) => (isKind(part, 'column') ? [part.def.type] : [])))];
  const [[found = []] = []] = await session.run(`SELECT ${types.map((type) => `pg_catalog.to_regtype(${quoteText(typeOf({ home, qualified: true }, type))}) IS NOT NULL`).join(', ')}`);
  const missing = new Set(types.filter((_, at) => found[at] !== true));
  return (column) => {
    if (!missing.has(column.def.type)) return withoutComputed(column);
    return { ...column, def: { ...column.def, type: parseCanonical(column.def.type).array ? 'text[]' : 'text', collation: null, default: null, generated: null } };
  };
}
