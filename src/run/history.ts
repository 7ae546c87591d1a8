// The history of one database: files, ledger and catalog held against each other, and what follows for the ledger.

import { buildCatalog, canonicalText, keyOf, ofKind, type Catalog } from '../catalog/catalog.ts';
import { readCache, sha256, writeCache } from '../cache/cache.ts';
import type { Session } from '../database/session.ts';
import { errorCode } from '../database/refusals.ts';
import { comparePrisma, NO_HINTS } from '../diff/compare.ts';
import type { SameField } from '../diff/diff.ts';
import { prismaSame, type SameExpression } from '../diff/equivalences.ts';
import { spelledSame } from '../effects/same.ts';
import { emptyState, stateOf, type State } from '../effects/types.ts';
import { disorderOf, type Diagnosis, type Edit } from '../history/diagnosis.ts';
import { collisionsOf, withCollisions } from '../history/collisions.ts';
import { evidenceOf, tableId, type EmptyTables, type Evidence } from '../history/evidence.ts';
import { asDeployed, asPostgresql, canSwitch, readHistory, rowState, type HistoryFacts, type MigrationFile } from '../history/history.ts';
import { fileProblem } from '../history/problems.ts';
import { refusalOf } from '../history/refusal.ts';
import { NOTHING_STATED, resolveHistory, type Resolution, type ResolutionPlan, type Stated } from '../history/resolve.ts';
import { nearestCut, advance, copyOf, stateAt, traceFiles, type Cut, type Equalities, type Trace, type Traced } from '../history/trace.ts';
import { residueOf } from '../history/residue.ts';
import { loadReader } from '../parse/script.ts';
import { parsedExpressions } from '../source/compare.ts';
import { quoteName } from '../sql/quote.ts';
import { findTexts } from './edited.ts';
import { findElsewhere } from './elsewhere.ts';

export interface DiagnosisInput {
  readonly session: Session;
  readonly live: Catalog;
  readonly facts: HistoryFacts;
  readonly stated?: Stated;
  /** Also looks for what the ledger calls applied. */
  readonly full?: boolean;
  /** Prisma commits each statement by itself (from 7.4 on). */
  readonly alone?: boolean;
}

/** Only reads. Files of SQLite are judged as what they will be; where that leaves something open, as what they are. */
export async function diagnoseHistory(input: DiagnosisInput): Promise<Diagnosis> {
  const { facts, stated = NOTHING_STATED } = input;
  const named = facts.foreign.some(({ file }) => stated.applied.includes(file.name));
  if (!canSwitch(facts) || stated.archive || named) return await diagnoseFiles(input, facts.history.untranslated ?? null);
  const files = asPostgresql(facts);
  const ahead = await diagnoseFiles({ ...input, facts: readHistory({ ...facts.history, files }) }, null);
  const refused = [...ahead.refusals.values()].find(({ over }) => over === 'text');
  const open = ahead.undecided.map(({ name, why }) => `${name}: ${why}`)[0] ?? (refused === undefined ? null : `${refused.name}: ${refused.words}`);
  if (open !== null) return await diagnoseFiles(input, `their translation does not fit this database (${open})`);
  const changed = files.filter(({ name, sql }) => facts.history.files.some((file) => file.name === name && file.sql !== sql));
  const because = `written for ${facts.foreign[0]?.flavour.database ?? ''}: PostgreSQL can never run ${facts.foreign.length === 1 ? 'it' : 'them'}, and none of it was ever applied here; the same migration${changed.length === 1 ? '' : 's'} in PostgreSQL's words take${changed.length === 1 ? 's its' : ' their'} place`;
  return { ...ahead, facts, resolutions: [{ as: 'translate', files: changed, because }, ...ahead.resolutions] };
}

async function diagnoseFiles({ session, live, facts, stated = NOTHING_STATED, full = false, alone = false }: DiagnosisInput, untranslated: string | null): Promise<Diagnosis> {
  const read = await loadReader();
  const equal = equalities(await parsedExpressions(live));
  const liveState = stateOf(live);
  const files = asDeployed(facts);
  const trace = traceFiles(files, read, liveState, emptyState(live.home));
  const open = new Set(facts.entries.filter(({ file, state }) => file !== null && state !== 'applied').map(({ name }) => name));
  const problems = new Map(files.filter(({ name }) => open.has(name) && !facts.foreign.some(({ file }) => file.name === name)).flatMap((file) => {
    const problem = fileProblem(file, read, alone);
    return problem === null ? [] : [[file.name, problem] as const];
  }));
  for (const entry of facts.entries.filter(({ name, state }) => state === 'failed' && !problems.has(name))) {
    const problem = await findElsewhere(session, entry, live.home);
    if (problem !== null) problems.set(entry.name, problem);
  }
  const empty = await emptyTables(session, trace.steps.filter(({ file }) => open.has(file.name)), live);
  const { evidence, baselined } = judgeFiles({ facts, trace, live: liveState, equal, empty, open, catalog: live });
  const { edits, lost } = await findTexts(facts, read);
  const equalText = new Map([...edits.values()].flatMap((edit) => (edit.equal || (edit.provable && isThere(edit, trace, liveState, equal, empty)) ? [[edit.name, edit.equal ? edit.words : `${edit.words}; all it says now is there`] as const] : [])));
  const disorder = disorderOf(trace);
  const decided = resolveHistory({ facts, evidence, problems, baselined, disorder, equalText, stated, role: session.server.user, untranslated });
  const halves = decided.resolutions.flatMap((one) => (one.as === 'applied' && one.complete.length > 0 ? [{ ...one.file, sql: one.complete.map(({ text }) => text).join(';\n') }] : []));
  const plan = withCollisions(decided, collisionsOf(traceFiles([...halves, ...decided.deployable], read, liveState, liveState), liveState));
  const refusals = refusalsOf(facts, plan, evidence);
  const coming = plan.deployable.filter(({ name }) => refusals.get(name)?.over !== 'rows').map((file) => asPutRight(file, plan.resolutions));
  const ahead = traceFiles([...halves, ...coming], read, liveState, liveState);
  const applied = full ? appliedEvidence(facts, trace, liveState, equal, empty) : new Map<string, Evidence>();
  return { ...plan, facts, trace, evidence, applied, problems, edits, lost, baselined, disorder, refusals, predicted: ahead.state, uncertain: uncertainWords(ahead) };
}

/** What rows stand against, a repair can mend where the catalog shows all of the migration; of the others the file has to change. */
function refusalsOf({ entries }: HistoryFacts, { deployable, resolutions }: ResolutionPlan, evidence: ReadonlyMap<string, Evidence>): Diagnosis['refusals'] {
  const names = new Set(deployable.map(({ name }) => name).filter((name) => !resolutions.some((one) => one.as === 'file' && one.file.name === name)));
  return new Map(entries.filter(({ name }) => names.has(name)).flatMap((entry) => {
    const refusal = refusalOf(entry);
    const visible = evidence.get(entry.name)?.statements.every(({ verdict }) => verdict !== 'unknown') ?? false;
    if (refusal === null) return [];
    const over = visible ? refusal.over : 'text';
    // A file that runs before it, and had not when it was refused, changes what it stands on.
    return over === 'text' && entry.name !== deployable[0]?.name ? [] : [[entry.name, { ...refusal, over }] as const];
  }));
}

function asPutRight(file: MigrationFile, resolutions: readonly Resolution[]): MigrationFile {
  const right = resolutions.find((one) => one.as === 'file' && one.file.name === file.name);
  return right?.as === 'file' ? { ...file, sql: right.parts.join('\n') } : file;
}

/** Prisma passes over enum values that only the database has; a history that adds them does not. */
export function equalities(expressions: SameExpression): Equalities {
  const [prisma, strict] = [prismaSame(expressions), spelledSame(expressions)];
  const same: SameField = (field, before, after) => {
    const rule = strict(field, before, after) || prisma(field, before, after);
    return rule === 'enum-extra-values' ? false : rule;
  };
  return { same, strict };
}

interface Judging {
  readonly facts: HistoryFacts;
  readonly trace: Trace;
  readonly live: State;
  readonly equal: Equalities;
  readonly empty: EmptyTables;
  /** Names of files that the ledger does not call applied. */
  readonly open: ReadonlySet<string>;
  readonly catalog: Catalog;
}

/** Files up to the point at which the database stands are looked at as they are there, the others as they would be at their end. */
function judgeFiles(judging: Judging): { evidence: ReadonlyMap<string, Evidence>; baselined: Diagnosis['baselined'] } {
  const { facts, trace, live, equal, empty, open, catalog } = judging;
  const steps = trace.steps.filter(({ file }) => open.has(file.name));
  const cut = nearestCut(steps, live, equal);
  const past = new Set(steps.slice(0, cut.files).map(({ file }) => file.name));
  const stands = (step: Traced) => past.has(step.file.name) || !open.has(step.file.name);
  const start = emptyState(catalog.home);
  // Of what never ran, only what is otherwise than where the database stands tells anything.
  const standing = stateAt(trace.steps.filter(stands), { files: trace.steps.length, statements: 0 }, start);
  const failed = new Set(facts.failed.map(({ name }) => name));
  const running = copyOf(start);
  const evidence = new Map(trace.steps.flatMap((step, at) => {
    const order = steps.indexOf(step);
    if (order === -1) return advance(running, step), [];
    const before = past.has(step.file.name) ? running : standing;
    const shown = evidenceOf(step, { live, ...equal, empty, before, later: trace.steps.slice(at + 1).filter(stands) });
    advance(running, step);
    // What only looks like a part of a migration that is not next in turn is somebody's change by hand.
    const chance = order > cut.files && !failed.has(step.file.name) && (shown.standing === 'part' || shown.standing === 'conflict');
    return [[step.file.name, chance ? { ...shown, standing: 'absent' as const } : shown] as const];
  }));
  return { evidence, baselined: baselinedAt(facts, cut, steps, catalog.home, live, equal.same) };
}

/** What is there of the migrations that the ledger calls applied, as later ones left it. */
function appliedEvidence({ entries }: HistoryFacts, { steps }: Trace, live: State, equal: Equalities, empty: EmptyTables): ReadonlyMap<string, Evidence> {
  const applied = new Set(entries.filter(({ state }) => state === 'applied').map(({ name }) => name));
  const own = steps.filter(({ file }) => applied.has(file.name));
  const running = copyOf(emptyState(live.home));
  return new Map(own.map((step, at) => {
    const shown = evidenceOf(step, { live, ...equal, empty, before: running, later: own.slice(at + 1) });
    advance(running, step);
    return [step.file.name, shown];
  }));
}

/** More than half of what the history makes is not as it says at the nearest point: then the database is at no point of it. */
const MOST_WRONG = 0.5;

function baselinedAt(facts: HistoryFacts, cut: Cut, steps: readonly Traced[], home: string, live: State, same: SameField): Diagnosis['baselined'] {
  if (facts.history.ledger.state === 'unreadable' || facts.history.ledger.rows.some((row) => rowState(row) !== 'rolledBack')) return null;
  const touched = new Set(steps.slice(0, cut.files + 1).flatMap(({ statements }) => statements.flatMap(({ effect }) => effect.deltas.map(({ key }) => key))));
  const wrong = cut.wrong.filter((key) => touched.has(key));
  const atAll = (cut.files > 0 || cut.statements > 0) && wrong.length <= touched.size * MOST_WRONG;
  const names = new Set(atAll ? steps.slice(0, cut.files).map(({ file }) => file.name) : []);
  const makes = steps.some(({ statements }) => statements.some(({ effect }) => effect.deltas.length > 0));
  const unrelated = makes && cut.files === 0 && cut.statements === 0 && cut.wrong.length === 0;
  // A file that is there in part is going to be completed, so what differs is told from its end.
  const end = { files: cut.statements > 0 ? cut.files + 1 : cut.files, statements: 0 };
  const residue = atAll ? residueOf(stateAt(steps, end, emptyState(home)), live, same) : [];
  return { names, residue, blocked: facts.history.ledger.blocked, unrelated, cut };
}

function isThere({ name, adds }: Edit, trace: Trace, live: State, equal: Equalities, empty: EmptyTables): boolean {
  if (adds.length > 0) return adds.every(({ table, column }) => live.objects.has(keyOf({ kind: 'column', schema: live.home, table, name: column })));
  const at = trace.steps.findIndex(({ file }) => file.name === name);
  const step = trace.steps[at];
  return step !== undefined && evidenceOf(step, { live, ...equal, empty, before: stateAt(trace.steps, { files: at, statements: 0 }, emptyState(live.home)), later: trace.steps.slice(at + 1) }).standing === 'done';
}

/** Which of the tables whose rows these files write have none; one that this role may not read is not among them. */
async function emptyTables(session: Session, steps: readonly Traced[], live: Catalog): Promise<EmptyTables> {
  const wanted = new Map(steps.flatMap(({ statements }) => statements.flatMap(({ effect }) => effect.opaque.flatMap((one) => (one.kind === 'rows' ? one.tables.map((table) => [tableId(table), table] as const) : [])))));
  const empty = new Set<string>();
  const present = new Set([...ofKind(live, 'table')].map(({ ref }) => tableId(ref)));
  for (const [id, { schema, name }] of wanted) {
    // A table that is not there holds no row either.
    if (!present.has(id)) empty.add(id);
    if (!present.has(id)) continue;
    try {
      const results = await session.run(`BEGIN READ ONLY; SET LOCAL lock_timeout = '800ms'; SET LOCAL statement_timeout = '5s'; SET LOCAL row_security = off; SELECT EXISTS (SELECT FROM ${quoteName(schema)}.${quoteName(name)}); ROLLBACK`);
      if (results.at(-2)?.[0]?.[0] === false) empty.add(id);
    } catch (error) {
      await session.run('ROLLBACK').catch(() => undefined);
      if (errorCode(error) === '') throw error;
    }
  }
  return empty;
}

function uncertainWords({ steps }: Trace): readonly string[] {
  return steps.flatMap(({ file, statements, unread }) => [
    ...(unread === null ? [] : [`${file.name}: ${unread}`]),
    ...statements.flatMap(({ effect }) => effect.opaque.flatMap((one) => (one.kind === 'rows' ? [] : [`${file.name}: ${one.why}`]))),
  ]);
}

/** Keys of what the schema wants and the history does not make that way; `null` where what it makes cannot be told. */
export async function unrecorded(files: readonly MigrationFile[], desired: Catalog, home: string): Promise<ReadonlySet<string> | null> {
  const key = `history-${sha256(HISTORY_FORMAT, home, ...files.map(({ name, checksum }) => `${name} ${checksum}`), canonicalText(desired))}`;
  const kept = readCache(key);
  if (kept !== null) return parseKeys(kept.toString('utf8'));
  const { made, told } = await madeBy(files, home);
  const keys = told ? comparePrisma(made, desired, NO_HINTS, await parsedExpressions(desired)).changes.filter(({ kind }) => kind !== 'extension' && kind !== 'schema').map(({ ref }) => keyOf(ref)) : null;
  writeCache(key, JSON.stringify(keys));
  return keys === null ? null : new Set(keys);
}

/** The catalog that the files make from nothing, without running them; `told`: nothing of it is in doubt. */
export async function madeBy(files: readonly MigrationFile[], home: string): Promise<{ readonly made: Catalog; readonly told: boolean }> {
  const trace = traceFiles(files, await loadReader(), null, emptyState(home));
  const made = buildCatalog({ home, serverVersion: null, objects: trace.state.objects.values(), unmodeled: [], provided: [] });
  return { made, told: uncertainWords(trace).length === 0 };
}

/** Changes whenever effects are told otherwise. */
const HISTORY_FORMAT = '1';

function parseKeys(text: string): ReadonlySet<string> | null {
  const keys: unknown = JSON.parse(text);
  return Array.isArray(keys) ? new Set(keys.map(String)) : null;
}
