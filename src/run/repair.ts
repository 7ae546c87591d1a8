// A plan for the live database, checked against its rows and rehearsed before anybody sees it.

import { byTable, canonicalText, isKind, keyOf, ofKind, tableKey } from '../catalog/catalog.ts';
import { standsOn } from '../catalog/depends.ts';
import { sha256 } from '../cache/cache.ts';
import type { Session } from '../database/session.ts';
import type { Target } from '../database/url.ts';
import { failure } from '../errors.ts';
import { comparePrisma, NO_HINTS, type Comparison } from '../diff/compare.ts';
import { asDeployed } from '../history/history.ts';
import { loadParser } from '../parse/parse.ts';
import { parsedExpressions } from '../source/compare.ts';
import type { HazardCode } from '../plan/hazards.ts';
import { makePlan, type Planned, type PlanOptions } from '../plan/plan.ts';
import { FORMAT, renderScripts, type Script } from '../plan/script.ts';
import type { Facts } from '../plan/types.ts';
import { checkOn, hintsOf, namingOf, type Checked } from './check.ts';
import { madeBy } from './history.ts';
import { answerNeeds } from './preflight.ts';
import { askKnown } from './known.ts';
import { NOT_REHEARSED, rehearseOrThrow, type Rehearsal } from './rehearse.ts';
import { readAllowed, readFills, readRenames } from './statements.ts';
import type { Workspace } from './workspace.ts';

export interface RepairOptions {
  readonly allow: readonly string[];
  readonly fill: readonly string[];
  readonly rename: readonly string[];
  readonly rehearse: boolean;
  readonly format: 'block' | 'statements';
  /** Also what schema and database have and no migration makes, for the migrations directory. */
  readonly record?: boolean;
  readonly progress: (words: string) => void;
}

export interface Repair extends Checked {
  readonly scripts: readonly Script[];
  readonly rehearsal: Rehearsal;
  /** Fingerprint of the live catalog the plan is bound to. */
  readonly fingerprint: string;
  /** The project keeps a history, and this is not in it: as a migration it reaches every database. */
  readonly newToHistory: boolean;
  /** Keys of differences left to unapplied migrations. */
  readonly left: ReadonlySet<string>;
  /** For the history alone: what the database has already. They come first. */
  readonly record: readonly Script[];
}

/** Throws REHEARSAL_FAILED when the scratch server does not end where the plan says. */
export async function planRepair(session: Session, target: Target, workspace: Workspace, options: RepairOptions): Promise<Repair> {
  options.progress('reading the database');
  const checked = await checkOn(session, target, workspace, { hints: hintsOf(workspace, readRenames(options.rename)), useCache: false });
  refuseUnknownRenames(options.rename, checked.comparison);
  // Over tables without a ledger nothing can be deployed yet, so nothing is left to migrations.
  const awaited = checked.diagnosis?.baselined?.blocked === true ? new Set<string>() : checked.pending;
  const { comparison, left } = withoutAwaited(checked.comparison, awaited);
  options.progress('counting rows where they decide');
  const settings = await planSettings(checked, options);
  const facts = await collectFacts(session, comparison, settings);
  const known = options.rehearse ? { known: await askKnown(workspace, comparison, facts, settings, Math.floor(checked.serverVersion / 10000)) } : {};
  const plan = makePlan(comparison, facts, { ...settings, ...known });
  const scripts = plan.steps.length === 0 ? [] : renderScripts(plan.steps, { naming: settings.naming, format: options.format, header: header(checked, plan), desired: comparison.desired.objects.values() });
  options.progress('rehearsing on a scratch server');
  const rehearsal = options.rehearse && scripts.length > 0 ? await rehearsed({ ...checked, comparison }, plan, scripts, options.format, left) : NOT_REHEARSED;
  const newToHistory = plan.steps.some(({ ref }) => checked.unrecorded.has(keyOf(ref)));
  const record = options.record ? await recordScripts(checked, settings, options) : [];
  return { ...checked, plan, scripts, rehearsal, fingerprint: sha256(canonicalText(comparison.live)), newToHistory, left, record };
}

/** What is missing in the history and not in the database: nothing to do here, and something on every new database. */
async function recordScripts({ comparison, unrecorded, history, target }: Checked, { naming }: PlanOptions, options: RepairOptions): Promise<readonly Script[]> {
  const differing = new Set(comparison.changes.map(({ ref }) => keyOf(ref)));
  if ([...unrecorded].every((key) => differing.has(key))) return [];
  const { made } = await madeBy(asDeployed(history), target.schema);
  const whole = comparePrisma(made, comparison.desired, NO_HINTS, await parsedExpressions(comparison.desired));
  const lacking = { ...whole, changes: whole.changes.filter(({ ref }) => !differing.has(keyOf(ref))) };
  const plan = makePlan(lacking, new Map(), { naming, blind: true });
  if (plan.steps.length === 0) return [];
  const words = [`prisma-mend repair, format ${FORMAT}.`, 'What the schema says and no migration made. Where it is there already this changes nothing.'];
  const scripts = renderScripts(plan.steps, { naming, blind: true, format: options.format, header: words, desired: comparison.desired.objects.values() });
  return scripts.map((script) => ({ ...script, suffix: ['recorded', script.suffix].filter((part) => part !== '').join('_') }));
}

/** What unapplied migrations will make is theirs, and so is what stands on it: deploy comes first, and a second repair then mends the rest. */
function withoutAwaited(comparison: Comparison, pending: ReadonlySet<string>): { readonly comparison: Comparison; readonly left: ReadonlySet<string> } {
  if (pending.size === 0) return { comparison, left: pending };
  const parts = byTable(comparison.desired.objects.values());
  const waits = (change: Comparison['changes'][number]) => pending.has(keyOf(change.ref)) || standsOn(change.after, comparison.desired.home, (schema, table) => parts.get(tableKey(schema, table)) ?? []).some((key) => pending.has(key));
  const left = new Set(comparison.changes.filter(waits).map(({ ref }) => keyOf(ref)));
  return { comparison: { ...comparison, changes: comparison.changes.filter((change) => !waits(change)) }, left };
}

/** A stated rename is one the comparison made, or one that is done already. */
function refuseUnknownRenames(given: readonly string[], { renames, live }: Comparison): void {
  for (const [at, { table, column, to }] of readRenames(given).entries()) {
    const made = renames.some((rename) => rename.to === to && rename.from === (column ?? table));
    const done = [...live.objects.values()].some(({ ref }) => (column === null ? ref.kind === 'table' && ref.name === to : ref.kind === 'column' && ref.table === table && ref.name === to));
    if (!made && !done) throw failure('RENAME_INVALID', { given: given[at] ?? '', problem: `the database has no ${column === null ? `table ${table}` : `column ${table}.${column}`} for it, or the schema no ${to} that fits` });
  }
}

async function planSettings({ workspace, target, comparison }: Checked, options: RepairOptions): Promise<PlanOptions & { readonly allowed: ReadonlySet<HazardCode> }> {
  const fills = options.fill.length === 0 ? new Map() : readFills(options.fill, comparison.desired, workspace.names, await loadParser());
  return { naming: namingOf(target.schema, workspace), allowed: readAllowed(options.allow), fills };
}

const ROUNDS = 4;

/** Answers lead to new questions: a column that may be filled is one a unique index asks about. */
async function collectFacts(session: Session, comparison: Comparison, settings: PlanOptions): Promise<Facts> {
  const filled = new Set<string>();
  for (const object of comparison.desired.objects.values()) {
    if (isKind(object, 'column') && (settings.fills?.has(keyOf(object.ref)) || object.def.default !== null)) filled.add(`${object.ref.schema}\0${object.ref.table}\0${object.ref.name}`);
  }
  let facts: Facts = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const { needs } = makePlan(comparison, facts, settings);
    if (needs.length === 0) break;
    facts = new Map([...facts, ...(await answerNeeds(session.run, needs, comparison, filled))]);
  }
  return facts;
}

function header({ workspace, comparison }: Checked, plan: Planned): readonly string[] {
  const schema = workspace.project.display(workspace.project.schema.path);
  return [
    `prisma-mend repair, format ${FORMAT}.`,
    `Brings the database to ${schema}. Safe to run again: when all is in place it changes nothing, and what it cannot bring about it says and undoes.`,
    ...plan.withheld.filter(({ harmless }) => !harmless).map(({ title, reason }) => `Held back: ${title} ${reason}`),
    ...(comparison.extras.length === 0 ? [] : ['Kept: everything the schema does not know of.']),
  ];
}

async function rehearsed({ workspace, serverVersion, comparison }: Checked, plan: Planned, scripts: readonly Script[], format: RepairOptions['format'], left: ReadonlySet<string>): Promise<Rehearsal> {
  const major = Math.floor(serverVersion / 10000);
  const extensions = [...ofKind(comparison.live, 'extension'), ...ofKind(comparison.desired, 'extension')].map(({ ref }) => ref.name);
  const scratch = await workspace.scratch(major, [...new Set(extensions)]);
  return await rehearseOrThrow(scratch, { comparison, plan, scripts, schemas: workspace.schemas, major, format, left });
}
