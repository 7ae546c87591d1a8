// What has to be written into the ledger, and why: every decision carries what the catalog shows. Nothing is taken from the ledger alone.

import type { Disorder } from './diagnosis.ts';
import type { Evidence } from './evidence.ts';
import { rowState, type Entry, type HistoryFacts, type LedgerRow, type MigrationFile, type ShapeProblem } from './history.ts';
import type { FileProblem } from './problems.ts';
import type { Residue } from './residue.ts';
import type { Statement } from './script.ts';
import { quoteName } from '../sql/quote.ts';

export type Resolution =
  | { readonly as: 'shape'; readonly problems: readonly ShapeProblem[]; readonly because: string }
  | { readonly as: 'moveLedger'; readonly from: string; readonly because: string }
  | { readonly as: 'createLedger'; readonly because: string }
  | { readonly as: 'rolledBack'; readonly name: string; readonly ids: readonly string[]; readonly because: string }
  /** `complete`: statements of the file that have to run before it is true. */
  | { readonly as: 'applied'; readonly file: MigrationFile; readonly complete: readonly Statement[]; readonly because: string }
  | { readonly as: 'renamed'; readonly from: string; readonly file: MigrationFile; readonly because: string }
  | { readonly as: 'checksum'; readonly file: MigrationFile; readonly ids: readonly string[]; readonly because: string }
  /** Behind a flag: the rows stay, and count no more. */
  | { readonly as: 'forget'; readonly name: string; readonly ids: readonly string[]; readonly because: string }
  | { readonly as: 'lockFile'; readonly because: string }
  /** The whole directory, in place; what it was is kept beside it. `files`: those whose text changes, as they will be. */
  | { readonly as: 'translate'; readonly files: readonly MigrationFile[]; readonly because: string }
  | { readonly as: 'file'; readonly file: MigrationFile; readonly parts: readonly string[]; readonly because: string }
  | { readonly as: 'archive'; readonly names: readonly string[]; readonly because: string };

/** What only a person can decide. */
export interface Undecided {
  readonly name: string;
  readonly why: string;
  /** What they may do: a command, or advice. */
  readonly next: readonly string[];
}

export interface ResolutionPlan {
  readonly resolutions: readonly Resolution[];
  readonly undecided: readonly Undecided[];
  /** What `migrate deploy` will run after all that, in its order. */
  readonly deployable: readonly MigrationFile[];
}

export interface Judged {
  readonly facts: HistoryFacts;
  /** Of every file that is not applied and can be read, in order. */
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly problems: ReadonlyMap<string, FileProblem>;
  /** The ledger is empty or absent, and the database is not: names of the files up to the point it stands at. `null` otherwise. */
  readonly baselined: Baselined | null;
  readonly disorder: readonly Disorder[];
  /** Names whose file differs from the applied one in nothing that PostgreSQL reads. */
  readonly equalText: ReadonlyMap<string, string>;
  /** What the user decided. */
  readonly stated: Stated;
  /** Whom the database knows this connection as. */
  readonly role: string;
  /** Why files of another database are not translated. */
  readonly untranslated: string | null;
}

export interface Baselined {
  readonly names: ReadonlySet<string>;
  /** What differs from that point, in both directions. */
  readonly residue: readonly Residue[];
  /** Deploy would stop with P3005. */
  readonly blocked: boolean;
  /** The database has nothing of this history. */
  readonly unrelated: boolean;
}

export interface Stated {
  readonly applied: readonly string[];
  readonly rolledBack: readonly string[];
  readonly forgetMissing: boolean;
  readonly acceptEdited: readonly string[];
  /** The user named the database: then also what is not there is recorded as applied. */
  readonly confirmed: boolean;
  /** Files of another database are archived, also where they could be translated. */
  readonly archive: boolean;
}

export const NOTHING_STATED: Stated = { applied: [], rolledBack: [], forgetMissing: false, acceptEdited: [], confirmed: false, archive: false };

export function resolveHistory(judged: Judged): ResolutionPlan {
  const { facts } = judged;
  if (facts.unreadable) return { ...unreadable(judged), deployable: [] };
  const table = ofTable(judged);
  // What the ledger says is known once it stands where Prisma looks for it.
  if (table.resolutions.some(({ as }) => as === 'moveLedger')) return { ...table, deployable: [] };
  const parts = [table, ofFiles(judged), ...facts.entries.map((entry) => ofEntry(entry, judged))];
  const resolutions = parts.flatMap((part) => part.resolutions);
  const undecided = parts.flatMap((part) => part.undecided);
  const done = new Set(resolutions.flatMap((one) => (one.as === 'applied' ? [one.file.name] : one.as === 'renamed' ? [one.file.name] : one.as === 'archive' ? one.names : one.as === 'file' && isThere(one.file.name, judged) ? [one.file.name] : [])));
  const stuck = new Set(undecided.map(({ name }) => name));
  const deployable = facts.entries.flatMap(({ file, rows, name }) => (file !== null && rows.every((row) => rowState(row) !== 'applied') && !done.has(name) && !stuck.has(name) ? [file] : []));
  return { resolutions, undecided, deployable };
}

/** Once it is put right it is applied or completed, and not deployed. */
function isThere(name: string, { evidence }: Judged): boolean {
  const standing = evidence.get(name)?.standing;
  return standing === 'done' || standing === 'part';
}

type Part = Pick<ResolutionPlan, 'resolutions' | 'undecided'>;

const NOTHING: Part = { resolutions: [], undecided: [] };

function will(...resolutions: readonly Resolution[]): Part {
  return { resolutions, undecided: [] };
}

function person(name: string, why: string, next: readonly string[]): Part {
  return { resolutions: [], undecided: [{ name, why, next }] };
}

/** It is there, and what it says is not known: nothing is decided, neither as if it were empty nor as if all were applied. */
function unreadable({ role }: Judged): Part {
  return person('_prisma_migrations', `the role ${role} may not read the ledger, so what is applied is not known`, [`GRANT SELECT, INSERT, UPDATE ON _prisma_migrations TO ${quoteName(role)};   -- as the ledger's owner`]);
}

/** The table itself: where it is, and what it lacks. */
function ofTable({ facts, baselined }: Judged): Part {
  const { ledger, files } = facts.history;
  if (ledger.state === 'present' && ledger.shape.length > 0) return will({ as: 'shape', problems: ledger.shape, because: `the ledger lacks what Prisma reads from it (${ledger.shape.map(({ column, problem }) => `${column} ${problem === 'null' ? 'is NULL' : 'is missing'}`).join(', ')})` });
  const [from, ...others] = ledger.elsewhere;
  if (ledger.state === 'absent' && from !== undefined && others.length === 0 && files.length > 0) return will({ as: 'moveLedger', from, because: `Prisma looks for its ledger in the schema its connection works in, and it is in "${from}"` });
  if (ledger.state === 'absent' && baselined !== null && baselined.blocked && baselined.unrelated && files.length > 0) return will({ as: 'createLedger', because: 'the tables that are there are none of this history; with an empty ledger deploy begins (else P3005)' });
  return NOTHING;
}

function ofFiles({ facts, problems, untranslated }: Judged): Part {
  const { wrongLock, foreign } = facts;
  const lock: readonly Resolution[] = wrongLock === null ? [] : [{ as: 'lockFile', because: wrongLock.meant === 'postgresql' ? 'migration_lock.toml means postgresql and says it in a form Prisma does not read' : `migration_lock.toml says ${JSON.stringify(wrongLock.provider)}, the schema postgresql` }];
  // Where nothing was ever applied, what builds on the foreign files goes with them: the baseline has all of the schema.
  const names = facts.entries.some(({ state }) => state === 'applied') ? foreign.map(({ file }) => file.name) : facts.history.files.map(({ name }) => name);
  const because = `written for ${foreign[0]?.flavour.database ?? ''}: PostgreSQL can never run ${foreign.length === 1 ? 'it' : 'them'}${untranslated === null ? '' : `, and ${untranslated}`}; a baseline takes ${foreign.length === 1 ? 'its' : 'their'} place`;
  const archive: readonly Resolution[] = foreign.length === 0 ? [] : [{ as: 'archive', names, because }];
  const files = facts.entries.flatMap(({ file, state }): readonly Resolution[] => {
    const problem = file === null || state === 'applied' ? undefined : problems.get(file.name);
    if (file === null || problem === undefined || !problem.fails || problem.parts === null) return [];
    return [{ as: 'file', file, parts: problem.parts, because: problem.message }];
  });
  return will(...archive, ...lock, ...files);
}

function ofEntry(entry: Entry, judged: Judged): Part {
  const { file, name, state } = entry;
  const { stated, facts } = judged;
  const failed = failedRows(entry);
  if (stated.rolledBack.includes(name) && failed.length > 0) return will({ as: 'rolledBack', name, ids: failed, because: 'you said so' });
  if (stated.applied.includes(name) && file !== null && state !== 'applied') return statedApplied(file, judged);
  if (stated.rolledBack.includes(name) && state === 'applied' && entry.rows.every((row) => rowState(row) !== 'rolledBack')) return person(name, 'it is recorded as applied, and only a failed attempt can be rolled back (P3012)', ['npx prisma-mend check   # names what of it is missing', 'npx prisma-mend repair']);
  if (file === null) return withoutFile(entry, judged);
  if (isArchived(name, facts)) return failed.length > 0 ? will({ as: 'rolledBack', name, ids: failed, because: 'its file is archived, and never runs again' }) : NOTHING;
  if (state === 'applied') return ofApplied(entry, file, judged);
  if (state === 'failed' && entry.rows.some((row) => rowState(row) === 'applied')) return will({ as: 'rolledBack', name, ids: failed, because: 'another row of it says that it was applied; only the failed attempt is in the way' });
  const renamed = orphanOf(file, facts);
  if (state === 'unapplied' && renamed !== null) return will({ as: 'renamed', from: renamed, file, because: `the ledger knows the same file as ${renamed}` });
  return ofUnapplied(entry, file, judged);
}

/** What a person says is taken where the catalog does not say otherwise. */
function statedApplied(file: MigrationFile, { evidence, stated, facts }: Judged): Part {
  const found = evidence.get(file.name);
  const foreign = facts.foreign.some((one) => one.file.name === file.name);
  const contradicted = found !== undefined && ['absent', 'part', 'conflict'].includes(found.standing);
  if (stated.confirmed || foreign || !contradicted) return will({ as: 'applied', file, complete: [], because: 'you said so' });
  const lacking = found.statements.filter(({ verdict }) => verdict !== 'satisfied' && verdict !== 'none' && verdict !== 'unknown').map(({ title, differences }) => [title, ...differences.slice(0, 1)].join(': '));
  return person(file.name, `it is not there, so it is not recorded as applied: ${lacking.slice(0, 3).join('; ')}`, [`npx prisma-mend resolve --applied ${file.name} --confirm <database>   # to record it all the same`]);
}

function isArchived(name: string, { foreign, entries }: HistoryFacts): boolean {
  return foreign.length > 0 && (foreign.some(({ file }) => file.name === name) || !entries.some(({ state }) => state === 'applied'));
}

function failedRows({ rows }: Entry): readonly string[] {
  return rows.filter((row) => rowState(row) === 'failed').map(({ id }) => id);
}

/** A row whose file is gone and whose checksum is this file's. */
function orphanOf({ accepted }: MigrationFile, { entries }: HistoryFacts): string | null {
  const orphans = entries.filter(({ file, state }) => file === null && state === 'applied');
  return orphans.find(({ rows }) => rows.some((row: LedgerRow) => rowState(row) === 'applied' && accepted.includes(row.checksum)))?.name ?? null;
}

function withoutFile(entry: Entry, { facts, stated }: Judged): Part {
  const { name, state, rows } = entry;
  if (state === 'failed') return will({ as: 'rolledBack', name, ids: failedRows(entry), because: 'its file is gone, so it can never be run again' });
  const renamedTo = facts.entries.find(({ file, state: other }) => file !== null && other === 'unapplied' && orphanOf(file, facts) === name);
  if (renamedTo !== undefined) return NOTHING;
  if (stated.forgetMissing) return will({ as: 'forget', name, ids: rows.filter((row) => rowState(row) === 'applied').map(({ id }) => id), because: 'its file is gone, and you said it is not missed' });
  return NOTHING;
}

function ofApplied({ name, edited, rows }: Entry, file: MigrationFile, { equalText, stated }: Judged): Part {
  if (!edited) return NOTHING;
  const because = equalText.get(name) ?? (stated.acceptEdited.includes(name) ? 'you said that the file is right as it is' : null);
  return because === null ? NOTHING : will({ as: 'checksum', file, ids: rows.filter((row) => rowState(row) === 'applied').map(({ id }) => id), because });
}

function ofUnapplied(entry: Entry, file: MigrationFile, judged: Judged): Part {
  const { name } = entry;
  const found = judged.evidence.get(name);
  const problem = judged.problems.get(name);
  const failed = failedRows(entry);
  const retry = (because: string): Part => (failed.length === 0 ? NOTHING : will({ as: 'rolledBack', name, ids: failed, because }));
  // A file that cannot run as it is gets cut or cleaned first; its parts are judged one by one afterwards.
  if (problem?.fails === true && problem.parts !== null) return retry('its file is put right, and then judged again');
  if (judged.baselined?.names.has(name)) return will({ as: 'applied', file, complete: [], because: found?.standing === 'done' ? seen(found) : 'the database stands at a later point of the history' });
  if (found === undefined || found.standing === 'unread') {
    return person(name, problem?.message ?? found?.unread ?? 'it cannot be read', [problem?.code === 'NO_FILE' ? `remove the empty directory ${name}, or restore its migration.sql` : 'mend the file, then run prisma-mend resolve again']);
  }
  switch (found.standing) {
    case 'done':
      if (found.rerunnable && failed.length === 0 && judged.facts.begun) return NOTHING;
      return will({ as: 'applied', file, complete: [], because: seen(found) });
    case 'absent':
    case 'empty': {
      const early = judged.disorder.find((one) => one.name === name && judged.evidence.get(one.creator)?.standing !== 'done');
      if (early !== undefined && isOpen(early.creator, judged.facts)) return { ...retry('nothing of it is there'), ...tooEarly(early) };
      if (problem?.fails === true && problem.parts === null) return person(name, problem.message, ['mend the file, then run prisma-mend resolve again']);
      return retry(found.standing === 'absent' ? `nothing of it is there (${counted(found.statements.length)} looked for)` : 'it changes nothing that a catalog shows');
    }
    case 'part':
      return will({ as: 'applied', file, complete: found.rest, because: `${seen(found)}; the rest of its own statements completes it` });
    case 'conflict':
      return person(name, `something of it is there and is other: ${found.statements.flatMap(({ differences }) => differences).slice(0, 3).join('; ')}`, ['npx prisma-mend repair', 'npx prisma-mend resolve --apply', `npx prisma-mend resolve --applied ${name} --confirm <database>   # if what is there is right`]);
    case 'unseen':
      return ofUnseen(name, found, failed, retry);
  }
}

function isOpen(name: string, { entries }: HistoryFacts): boolean {
  return entries.some((entry) => entry.name === name && entry.rows.every((row) => rowState(row) !== 'applied'));
}

/** Which of two directories has to go by another name is for those who keep the files; the first of them is a good guess. */
function tooEarly({ name, creator, table }: Disorder): Pick<Part, 'undecided'> {
  const first = `0_${creator}`;
  const rename = first.localeCompare(name) < 0 ? `rename the directory ${creator} to ${first}: it then sorts before ${name}` : `rename the directory ${creator} so that it sorts before ${name}`;
  return { undecided: [{ name, why: `it alters the table ${table}, which ${creator} creates, and that sorts after it: deploy fails there`, next: [rename] }] };
}

/** Rows and code leave no trace in a catalog. Where nothing visible is there either, it has not run. */
function ofUnseen(name: string, found: Evidence, failed: readonly string[], retry: (because: string) => Part): Part {
  const dark = found.statements.filter(({ verdict }) => verdict === 'unknown');
  const visible = found.statements.some(({ verdict }) => verdict === 'satisfied');
  const words = dark.map(({ title }) => title).slice(0, 3).join(', ');
  if (!visible && found.statements.some(({ verdict }) => verdict === 'unsatisfied')) return retry('nothing of it is there');
  // Never begun, and nothing in its way: what deploy is for.
  if (!visible && failed.length === 0) return NOTHING;
  return person(name, `${visible ? 'what can be seen of it is there, but ' : ''}whether ${words} ran, no catalog shows`, [`npx prisma-mend resolve --applied ${name}   # if it ran`, `npx prisma-mend resolve --rolled-back ${name}   # if it did not${visible ? ', and the file can run over what is there' : ': deploy runs it again'}`]);
}

function seen({ statements }: Evidence): string {
  const [all, there] = [statements.filter(({ verdict }) => verdict !== 'none').length, statements.filter(({ verdict }) => verdict === 'satisfied').length];
  return all === there ? `all of it is there (${counted(all)})` : `${there} of ${counted(all)} are there`;
}

function counted(count: number): string {
  return `${count} statement${count === 1 ? '' : 's'}`;
}

/** What `prisma migrate` can do of it; `null` where its own commands cannot. */
export function prismaWords(resolution: Resolution): readonly string[] | null {
  if (resolution.as === 'applied' && resolution.complete.length === 0) return ['migrate', 'resolve', '--applied', resolution.file.name];
  if (resolution.as === 'rolledBack') return ['migrate', 'resolve', '--rolled-back', resolution.name];
  return null;
}
