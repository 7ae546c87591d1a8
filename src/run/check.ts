// Does the database agree with the schema? Read-only; one snapshot; the rows are only asked about keys nobody ever validated.

import { buildCatalog, keyOf, ofKind } from '../catalog/catalog.ts';
import { connect, type Session } from '../database/session.ts';
import type { Target } from '../database/url.ts';
import { failure } from '../errors.ts';
import { comparePrisma, NO_HINTS, type Comparison } from '../diff/compare.ts';
import type { RenameHints } from '../diff/renames.ts';
import type { Diagnosis } from '../history/diagnosis.ts';
import { asDeployed, type HistoryFacts } from '../history/history.ts';
import { readSnapshot, type LiveSnapshot } from '../introspect/snapshot.ts';
import { makePlan, type Planned } from '../plan/plan.ts';
import { needKey, type Fact, type Facts, type Need } from '../plan/types.ts';
import { readLock, readMigrations } from '../prisma/migrations.ts';
import type { Stated } from '../history/resolve.ts';
import { compareCatalogs, parsedExpressions } from '../source/compare.ts';
import { diagnoseHistory, unrecorded } from './history.ts';
import { answerNeeds } from './preflight.ts';
import { withTranslations } from './switch.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';

export interface Checked {
  readonly workspace: Workspace;
  readonly target: Target;
  /** `server_version_num` */
  readonly serverVersion: number;
  readonly comparison: Comparison;
  readonly plan: Planned;
  readonly history: HistoryFacts;
  /** `null` where files and ledger leave nothing open. */
  readonly diagnosis: Diagnosis | null;
  /** Keys of differences that the unapplied migrations will make. */
  readonly pending: ReadonlySet<string>;
  /** Keys of what will differ from the schema once they have run, and does not differ now: parts of what they make. */
  readonly outgrown: ReadonlySet<string>;
  /** Keys of what the schema wants and no migration makes, whether the database has it or not; empty without a history. */
  readonly unrecorded: ReadonlySet<string>;
}

/** Reads what Prisma's commands would find. Throws what keeps it from reading. */
export async function check(options: WorkspaceOptions, full = false): Promise<Checked> {
  const workspace = await openWorkspace(options);
  const target = workspace.project.target();
  const session = await connect(target);
  try {
    return await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: true, full });
  } finally {
    await session.close();
  }
}

export interface CheckOptions {
  /** What the user decided about the history. */
  readonly stated?: Stated;
  /** Looks at the whole history, also where nothing is open. */
  readonly full?: boolean;
  readonly hints: RenameHints;
  readonly useCache: boolean;
}

export async function checkOn(session: Session, target: Target, workspace: Workspace, { hints, useCache, stated, full = false }: CheckOptions): Promise<Checked> {
  const home = target.schema;
  const major = Math.floor(session.server.version / 10000);
  // The query is on its way before the engine starts to compute; the answer waits in the socket meanwhile.
  const reading = readLive(session, home, workspace);
  const desired = await Promise.all([workspace.desired(home, session.server.version, useCache), reading]).then(([catalog]) => catalog);
  const { live, ledger } = await reading;
  const comparison = await compareCatalogs(live, desired, { hints, scratch: () => workspace.builtScratch(home, desired, major) });
  const { migrationsDir } = workspace.project;
  const history = await withTranslations({ files: readMigrations(migrationsDir), lock: readLock(migrationsDir), ledger }, workspace.project, major);
  const naming = namingOf(home, workspace);
  const quick = makePlan(comparison, new Map(), { naming });
  const plan = quick.needs.length === 0 ? quick : makePlan(comparison, await sizes(session, quick, comparison), { naming });
  const diagnosis = full || leavesOpen(history) ? await diagnoseHistory({ session, live, facts: history, full, alone: commitsAlone(workspace.project.prismaVersion), ...(stated === undefined ? {} : { stated }) }) : null;
  const { pending, outgrown } = diagnosis === null ? NOTHING_AWAITED : await awaitedKeys(comparison, diagnosis);
  const files = asDeployed(history);
  const unrecordedKeys = files.length === 0 || history.foreign.length > 0 ? null : await unrecorded(files, desired, home);
  return { workspace, target, serverVersion: session.server.version, comparison, plan, history, diagnosis, pending, outgrown, unrecorded: unrecordedKeys ?? new Set() };
}

/** From 7.4 on the engine sends statement by statement. */
function commitsAlone(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > 7 || (major === 7 && minor >= 4);
}

/** There is something to decide, or something that will come. */
function leavesOpen({ entries, history: { files, ledger }, failed, wrongLock }: HistoryFacts): boolean {
  const open = entries.some(({ state, edited, file }) => state !== 'applied' || edited || file === null);
  return open || failed.length > 0 || wrongLock !== null || ledger.shape.length > 0 || (ledger.state === 'absent' && (ledger.elsewhere.length > 0 || (files.length > 0 && ledger.blocked)));
}

type Awaited = Pick<Checked, 'pending' | 'outgrown'>;

const NOTHING_AWAITED: Awaited = { pending: new Set(), outgrown: new Set() };

/** Differences that are gone once the unapplied migrations have run, and those that come with them. */
async function awaitedKeys({ changes, live, desired }: Comparison, { predicted }: Diagnosis): Promise<Awaited> {
  const after = buildCatalog({ ...live, objects: predicted.objects.values(), unmodeled: [...predicted.others.values()] });
  const left = new Set(comparePrisma(after, desired, NO_HINTS, await parsedExpressions(desired)).changes.map(({ ref }) => keyOf(ref)));
  const now = new Set(changes.map(({ ref }) => keyOf(ref)));
  return { pending: new Set([...now].filter((key) => !left.has(key))), outgrown: new Set([...left].filter((key) => !now.has(key))) };
}

async function readLive(session: Session, home: string, { schemas, stated }: Workspace): Promise<LiveSnapshot> {
  const snapshot = await readSnapshot(session, { home, schemas });
  const { live } = snapshot;
  const present = [...ofKind(live, 'schema')].map(({ ref }) => ref.name);
  const missing = stated.filter((name) => !present.includes(name));
  if (missing.length > 0) throw failure('NO_SUCH_SCHEMAS', { missing, present: [...present, ...live.provided.map(({ what }) => what.replace(/^schema /, ''))] });
  return snapshot;
}

/**
 * What the catalog alone can answer, and whether a key that is not validated can be.
 * A table whose file has not one block is empty; of any other a look at its size says only that it may have rows.
 */
async function sizes(session: Session, plan: Planned, comparison: Comparison): Promise<Facts> {
  const facts = new Map<string, Fact>();
  for (const need of plan.needs) {
    if (need.ask === 'dependents' || (need.ask === 'orphans' && isUnvalidated(need, comparison))) {
      for (const [key, fact] of await answerNeeds(session.run, [need], comparison, new Set())) if ('count' in fact) facts.set(key, fact);
    }
    if (need.ask !== 'rows' && need.ask !== 'bytes') continue;
    const bytes: Need = { ask: 'bytes', schema: need.schema, table: need.table };
    const [fact] = (await answerNeeds(session.run, [bytes], comparison, new Set())).values();
    if (fact === undefined) continue;
    const empty = 'count' in fact && fact.count === 0;
    facts.set(needKey(need), need.ask === 'bytes' || empty ? fact : { unknown: 'its file is not empty; repair counts them' });
  }
  return facts;
}

/** A key that was added NOT VALID over rows that break it stays so, and is no work for a repair. */
function isUnvalidated({ schema, table, columns }: Extract<Need, { ask: 'orphans' }>, { current }: Comparison): boolean {
  return [...ofKind(current, 'foreignKey')].some(({ ref, def }) => !def.validated && ref.schema === schema && ref.table === table && def.columns.join('\0') === columns.join('\0'));
}

export function namingOf(home: string, { project }: Workspace): { readonly home: string; readonly qualified: boolean } {
  return { home, qualified: project.schemas.length > 0 };
}

export function hintsOf({ names }: Workspace, stated: RenameHints['stated']): RenameHints {
  return { unmapped: names.unmapped, stated };
}
