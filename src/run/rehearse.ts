// A plan run on a scratch server before anybody is asked to trust it: a copy of the live catalog (no rows), the scripts, an
// empty difference, and a second run that changes nothing.

import { buildCatalog, canonicalText, isKind, keyOf, ofKind, tableKey, tableOf, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { parseCanonical } from '../catalog/types.ts';
import { errorCode, messageOf } from '../database/refusals.ts';
import { failure } from '../errors.ts';
import { NO_HINTS, type Comparison } from '../diff/compare.ts';
import { introspect } from '../introspect/introspect.ts';
import type { Script } from '../plan/script.ts';
import type { Plan } from '../plan/types.ts';
import type { Scratch } from '../scratch/scratch.ts';
import { compareCatalogs } from '../source/compare.ts';
import { prepareScratch } from '../source/desired.ts';
import { buildOn } from './build.ts';

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
  /** Keys of differences that the plan leaves to others. */
  readonly left?: ReadonlySet<string>;
}

const LACKS = 'the server has no extension';

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
    const changed = await build(scratch, copy, input, gaps);
    await runScripts(scratch, input);
    const first = await read(scratch, input);
    const remaining = await unfinished(scratch, first, input, tables.desired, changed);
    if (remaining.length > 0) return done('diverged', remaining);
    const wrote = await runAgain(scratch, input);
    const second = await read(scratch, input);
    if ((wrote && input.format === 'block') || canonicalText(first) !== canonicalText(second)) return done('diverged', ['the second run changed something']);
    // Another version of the same server prints and plans alike for what is modelled; it is said, and counts as converged.
    return done(gaps.some((gap) => !gap.startsWith('judged by')) ? 'gaps' : 'converged', []);
  } catch (error) {
    if (!isAbsentHere(error, input, gaps)) return done('failed', [messageOf(error)]);
    gaps.push(`not rehearsed to its end: ${messageOf(error)}`);
    return done('gaps', []);
  }
}

/** Functions, types and other tables are not copied: what a plan needs of those only the live server can show. */
function isAbsentHere(error: unknown, { comparison: { live } }: RehearsalInput, gaps: readonly string[]): boolean {
  if (!['42883', '42704', '42P01'].includes(errorCode(error))) return false;
  const name = /"([^"]+)" does not exist|function (?:\w+\.)?(\w+)\(/.exec(messageOf(error))?.slice(1).find((found) => found !== undefined)?.split('.').at(-1);
  const present = [...live.unmodeled.map((one) => one.name), ...[...live.objects.values()].map(({ ref }) => ('name' in ref ? ref.name : ''))];
  return gaps.some((gap) => gap.startsWith(LACKS)) || present.some((one) => one === name || one.startsWith(`${name}(`));
}

async function read(scratch: Scratch, { comparison, schemas }: RehearsalInput): Promise<Catalog> {
  return await introspect(scratch.session, { home: comparison.live.home, schemas });
}

/** Tables the plan touches and those their foreign keys reach, under the names before and after. */
function closure({ comparison, plan }: RehearsalInput): { live: ReadonlySet<string>; desired: ReadonlySet<string> } {
  const touched = new Set(plan.steps.flatMap(({ ref }) => (tableOf(ref) ? [tableKeyOf(ref)] : [])));
  const desired = new Set(touched);
  for (const { ref, def } of ofKind(comparison.desired, 'foreignKey')) if (touched.has(tableKeyOf(ref))) desired.add(tableKey(def.targetSchema, def.targetTable));
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
    if (leadsOut(object, tables)) return false;
    return tableOf(object.ref) === null || tables.has(tableKeyOf(object.ref));
  });
  return buildCatalog({ ...live, objects: objects.map((object) => (isKind(object, 'column') ? standIn(object, live, gaps) : object)) });
}

/** A foreign key to a table that is not copied: nothing the plan does depends on it. */
function leadsOut(object: CatalogObject, tables: ReadonlySet<string>): boolean {
  return isKind(object, 'foreignKey') && !tables.has(tableKey(object.def.targetSchema, object.def.targetTable));
}

function standIn(object: CatalogObject<'column'>, live: Catalog, gaps: string[]): CatalogObject {
  const { schema, name, user, array } = parseCanonical(object.def.type);
  const known = !user || live.objects.has(keyOf({ kind: 'enum', schema: schema ?? live.home, name }));
  if (known) return object;
  gaps.push(`${object.ref.table}.${object.ref.name} has the type ${object.def.type}, which was rehearsed as text`);
  return { ...object, def: { ...object.def, type: array ? 'text[]' : 'text', default: null, generated: null } };
}

/** Returns what is not there as it is in the live database. */
async function build(scratch: Scratch, copy: Catalog, { schemas }: RehearsalInput, gaps: string[]): Promise<ReadonlySet<string>> {
  const extensions = [...copy.objects.values()].flatMap((object) => (isKind(object, 'extension') ? [object.ref.name] : []));
  const lacking = await prepareScratch(scratch, copy.home, extensions, schemas);
  gaps.push(...lacking.map((name) => `${LACKS} ${name}`));
  return await buildOn(scratch, copy, gaps);
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
async function unfinished(scratch: Scratch, result: Catalog, { comparison, plan, left }: RehearsalInput, tables: ReadonlySet<string>, changed: ReadonlySet<string>): Promise<readonly string[]> {
  const withheld = new Set(plan.withheld.map(({ ref }) => keyOf(ref)));
  const wanted = buildCatalog({ ...comparison.desired, objects: [...comparison.desired.objects.values()].filter((object) => !leadsOut(object, tables) && (tableOf(object.ref) === null || tables.has(tableKeyOf(object.ref)))) });
  // The tables are here to print expressions with; the server is closed by whoever opened it.
  const after = await compareCatalogs(result, wanted, { hints: NO_HINTS, scratch: async () => ({ ...scratch, close: async () => undefined }) });
  return after.changes.filter((change) => !changed.has(keyOf(change.ref)) && !withheld.has(keyOf(change.ref)) && !left?.has(keyOf(change.ref)) && !withheld.has(tableKeyOf(change.ref)) && change.kind !== 'extension').map((change) => `${change.op} ${keyOf(change.ref)}${change.op === 'alter' ? ` (${change.fields.join(', ')})` : ''}`);
}
