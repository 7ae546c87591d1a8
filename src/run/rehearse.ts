// A plan run on a scratch server before anybody is asked to trust it: a copy of the live catalog (no rows), the scripts, an
// empty difference, and a second run that changes nothing.

import { buildCatalog, canonicalText, emptyCatalog, isKind, keyOf, tableKey, tableOf, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { parseCanonical } from '../catalog/types.ts';
import { messageOf } from '../database/refusals.ts';
import { failure } from '../errors.ts';
import { comparePrisma, NO_HINTS, type Comparison } from '../diff/compare.ts';
import { introspect } from '../introspect/introspect.ts';
import { makePlan } from '../plan/plan.ts';
import type { Script } from '../plan/script.ts';
import type { Plan } from '../plan/types.ts';
import type { Scratch } from '../scratch/scratch.ts';
import { compareCatalogs } from '../source/compare.ts';
import { prepareScratch } from '../source/desired.ts';

export interface Rehearsal {
  readonly outcome: 'converged' | 'gaps' | 'diverged' | 'failed' | 'notRun';
  /** Which server judged, empty when none did. */
  readonly judge: string;
  /** What still differed, or why the run failed. */
  readonly remaining: readonly string[];
  /** What this server could not show. */
  readonly gaps: readonly string[];
}

export interface RehearsalInput {
  readonly comparison: Comparison;
  readonly plan: Plan;
  readonly scripts: readonly Script[];
  readonly schemas: readonly string[];
  /** Major version of the live server. */
  readonly major: number;
  /** A block writes nothing on its second run; plain statements may set again what is set. */
  readonly format: 'block' | 'statements';
}

export const NOT_REHEARSED: Rehearsal = { outcome: 'notRun', judge: '', remaining: [], gaps: [] };

/** Rehearses and closes the scratch server. Throws REHEARSAL_FAILED when it does not end where the plan says. */
export async function rehearseOrThrow(scratch: Scratch, input: RehearsalInput): Promise<Rehearsal> {
  try {
    const result = await rehearse(scratch, input);
    if (result.outcome !== 'failed' && result.outcome !== 'diverged') return result;
    throw failure('REHEARSAL_FAILED', { detail: [`Judged by ${result.judge}.`, ...result.remaining, ...result.gaps.map((gap) => `Gap: ${gap}`)].join('\n') });
  } finally {
    await scratch.close();
  }
}

export async function rehearse(scratch: Scratch, input: RehearsalInput): Promise<Rehearsal> {
  const gaps: string[] = [];
  if (scratch.major !== input.major) gaps.push(`judged by PostgreSQL ${scratch.major}; the database is ${input.major}`);
  const done = (outcome: Rehearsal['outcome'], remaining: readonly string[]): Rehearsal => ({ outcome, judge: scratch.judge, remaining, gaps });
  try {
    const tables = closure(input);
    const copy = copyOf(input.comparison.live, tables.live, gaps);
    await build(scratch, copy, input, gaps);
    await runScripts(scratch, input);
    const first = await read(scratch, input);
    const remaining = await unfinished(first, input, tables.desired);
    if (remaining.length > 0) return done('diverged', remaining);
    const wrote = await runAgain(scratch, input);
    const second = await read(scratch, input);
    if ((wrote && input.format === 'block') || canonicalText(first) !== canonicalText(second)) return done('diverged', ['the second run changed something']);
    // Another version of the same server prints and plans alike for what is modelled; it is said, and counts as converged.
    return done(gaps.some((gap) => !gap.startsWith('judged by')) ? 'gaps' : 'converged', []);
  } catch (error) {
    return done('failed', [messageOf(error)]);
  }
}

async function read(scratch: Scratch, { comparison, schemas }: RehearsalInput): Promise<Catalog> {
  return await introspect(scratch.session.run, { home: comparison.live.home, schemas });
}

/** Tables the plan touches and those their foreign keys reach, under the names before and after. */
function closure({ comparison, plan }: RehearsalInput): { live: ReadonlySet<string>; desired: ReadonlySet<string> } {
  const desired = new Set(plan.steps.flatMap(({ ref }) => (tableOf(ref) ? [tableKeyOf(ref)] : [])));
  for (const object of comparison.desired.objects.values()) {
    if (isKind(object, 'foreignKey') && desired.has(tableKeyOf(object.ref))) desired.add(tableKey(object.def.targetSchema, object.def.targetTable));
  }
  const old = new Map(comparison.renames.filter(({ kind }) => kind === 'table').map(({ schema, from, to }) => [tableKey(schema, to), tableKey(schema, from)]));
  const live = new Set([...desired].map((key) => old.get(key) ?? key));
  return { live, desired };
}

function tableKeyOf(ref: Parameters<typeof tableOf>[0]): string {
  const table = tableOf(ref);
  return table === null ? '' : tableKey(table.schema, table.table);
}

/** Those tables with everything on them, and all that stands alone. Types this catalog does not model are stood in for by text. */
function copyOf(live: Catalog, tables: ReadonlySet<string>, gaps: string[]): Catalog {
  const objects = [...live.objects.values()].filter((object) => {
    if (isKind(object, 'comment')) return false;
    if (isKind(object, 'foreignKey') && !tables.has(tableKey(object.def.targetSchema, object.def.targetTable))) return false;
    // An index that is not valid cannot be made so; the plan builds it anew either way.
    if (isKind(object, 'index') && !object.def.valid) return false;
    return tableOf(object.ref) === null || tables.has(tableKeyOf(object.ref));
  });
  return buildCatalog({ ...live, objects: objects.map((object) => (isKind(object, 'column') ? standIn(object, live, gaps) : object)) });
}

function standIn(object: CatalogObject<'column'>, live: Catalog, gaps: string[]): CatalogObject {
  const { schema, name, user, array } = parseCanonical(object.def.type);
  const known = !user || live.objects.has(keyOf({ kind: 'enum', schema: schema ?? live.home, name }));
  if (known) return object;
  gaps.push(`${object.ref.table}.${object.ref.name} has the type ${object.def.type}, which was rehearsed as text`);
  return { ...object, def: { ...object.def, type: array ? 'text[]' : 'text', default: null, generated: null } };
}

async function build(scratch: Scratch, copy: Catalog, { schemas }: RehearsalInput, gaps: string[]): Promise<void> {
  const extensions = [...copy.objects.values()].flatMap((object) => (isKind(object, 'extension') ? [object.ref.name] : []));
  const lacking = await prepareScratch(scratch, copy.home, extensions, schemas);
  gaps.push(...lacking.map((name) => `the server has no extension ${name}`));
  const rest = buildCatalog({ ...copy, objects: [...copy.objects.values()].filter(({ kind }) => kind !== 'extension' && kind !== 'schema') });
  const naming = { home: copy.home, qualified: true };
  const { steps } = makePlan(comparePrisma(emptyCatalog(copy.home), rest, NO_HINTS, () => false), new Map(), { naming });
  for (const step of steps) {
    for (const statement of step.statements) await scratch.session.run('ddl' in statement ? statement.ddl : `SELECT ${statement.call}`);
  }
}

async function runScripts({ session }: Scratch, { scripts }: RehearsalInput): Promise<void> {
  for (const { sql } of scripts) await session.run(sql);
}

/** `true` when a script of the second run took a transaction id, that is, wrote something. */
async function runAgain({ session }: Scratch, { scripts }: RehearsalInput): Promise<boolean> {
  for (const { sql, transaction } of scripts) {
    if (transaction === 'outside') {
      await session.run(sql);
      continue;
    }
    const results = await session.run(`BEGIN;\n${sql}\nSELECT pg_catalog.txid_current_if_assigned() IS NOT NULL; COMMIT`);
    if (results.at(-2)?.[0]?.[0] === true) return true;
  }
  return false;
}

/** What the plan promised and did not bring about, among the tables that were copied. */
async function unfinished(result: Catalog, { comparison, plan }: RehearsalInput, tables: ReadonlySet<string>): Promise<readonly string[]> {
  const withheld = new Set(plan.withheld.map(({ ref }) => keyOf(ref)));
  const wanted = buildCatalog({ ...comparison.desired, objects: [...comparison.desired.objects.values()].filter(({ ref }) => tableOf(ref) === null || tables.has(tableKeyOf(ref))) });
  const after = await compareCatalogs(result, wanted, { hints: NO_HINTS });
  return after.changes.filter((change) => !withheld.has(keyOf(change.ref)) && !withheld.has(tableKeyOf(change.ref)) && change.kind !== 'extension').map((change) => `${change.op} ${keyOf(change.ref)}${change.op === 'alter' ? ` (${change.fields.join(', ')})` : ''}`);
}
