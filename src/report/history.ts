// What files, ledger and catalog say of each other, as findings.

import { straysOf, type Diagnosis } from '../history/diagnosis.ts';
import { foreignFlavour } from '../history/flavour.ts';
import { rowState, type Entry, type HistoryFacts, type LedgerRow, type MigrationFile } from '../history/history.ts';
import { residueWords } from '../history/residue.ts';
import { refusalWords } from '../history/refusal.ts';
import type { Finding, ReportInput, Where } from './findings.ts';

export interface HistoryInput {
  readonly facts: HistoryFacts;
  /** `null` where nothing is open: then the facts are all there is to say. */
  readonly diagnosis: Diagnosis | null;
  readonly position: ReportInput['position'];
  /** Keys of what schema and database have and no migration makes. */
  readonly unrecorded: readonly string[];
}

/** Findings that stop no deploy: they matter to `migrate dev`, which wants to reset the database over them. */
export const FOR_DEVELOPMENT: readonly string[] = ['HISTORY.EDITED', 'HISTORY.NO_FILE', 'HISTORY.RENAMED', 'HISTORY.ORDER', 'HISTORY.LATE', 'HISTORY.FOREIGN_APPLIED', 'HISTORY.UNCOMMITTED', 'HISTORY.UNRECORDED'];

export function historyFindings(input: HistoryInput): readonly Finding[] {
  const { facts, diagnosis } = input;
  return [
    ...ofForeign(input),
    ...facts.failed.filter(({ name }, at, rows) => rows.findIndex((row) => row.name === name) === at).map((row) => ofFailed(row, input)),
    ...(diagnosis === null ? [] : ofDiagnosis(diagnosis, input)),
    ...ofLedger(input),
    ...facts.entries.flatMap((entry) => ofApplied(entry, input)),
    ...ofUncommitted(input),
    ...ofPending(input),
    ...ofUnrecorded(input),
  ];
}

function finding(code: string, severity: Finding['severity'], mending: Finding['mending'], message: string, where: Where | null = null): Finding {
  return { code: `HISTORY.${code}`, severity, mending, message, where, object: null, group: 'migrations', hazard: null, flag: null, model: null };
}

function ofForeign({ facts: { foreign, history }, diagnosis, position }: HistoryInput): readonly Finding[] {
  const [first] = foreign;
  if (first === undefined) return [];
  const translated = diagnosis?.resolutions.some(({ as }) => as === 'translate') ?? false;
  const remedy = translated ? `; npx prisma-mend translate --in-place makes ${foreign.length === 1 ? 'it' : 'them'} PostgreSQL's` : typeof history.untranslated === 'string' ? `; ${history.untranslated}` : '';
  const more = foreign.length > 1 ? `, and ${foreign.length - 1} more migration${foreign.length > 2 ? 's' : ''} like it` : '';
  return [finding('FOREIGN_SQL', 'error', 'withheld', `migration ${first.file.name} is written for ${first.flavour.database} (${first.flavour.word}): it can never run on PostgreSQL${more}${remedy}`, position(first.file.path, first.file.sql, first.flavour.offset))];
}

function ofFailed({ name, logs }: LedgerRow, { facts, diagnosis, position }: HistoryInput): Finding {
  const file = facts.entries.find((entry) => entry.name === name)?.file ?? null;
  const shown = diagnosis?.evidence.get(name);
  const state = file === null ? '; its file is gone' : shown === undefined ? '' : STANDING[shown.standing] ?? '';
  const decided = diagnosis?.resolutions.some((one) => (one.as === 'applied' && one.file.name === name) || (one.as === 'rolledBack' && one.name === name)) ?? false;
  const foreign = facts.foreign.some((one) => one.file.name === name);
  const stuck = diagnosis?.refusals.get(name)?.over === 'text';
  return finding('FAILED', 'error', decided && !foreign && !stuck ? 'safe' : 'withheld', `migration ${name} failed and blocks every later deploy (P3009)${state}${reason(logs)}`, file === null ? null : position(file.path, file.sql, failedOffset(logs, file)));
}

const STANDING: Readonly<Record<string, string>> = {
  done: '; all of it is there', absent: '; nothing of it is there', part: '; a part of it is there', conflict: '; something of it is there and is other', unseen: '; not all of it can be seen in a catalog', empty: '; it changes nothing a catalog shows',
};

/** The database's own words, which Prisma keeps in the ledger and never shows. */
function reason(logs: string | null): string {
  const words = refusalWords(logs);
  return words === '' ? '' : `: ${words}`;
}

/** The engine says `Position:` and the line, in characters of the script it sent. */
function failedOffset(logs: string | null, { sql }: MigrationFile): number {
  const position = /\bposition: (?:Some\(Original\((\d+)\)\)|(\d+))/i.exec(logs ?? '');
  const at = Number(position?.[1] ?? position?.[2] ?? 0);
  return at > 0 && at <= sql.length ? at - 1 : 0;
}

function ofDiagnosis({ undecided, evidence, problems, resolutions, disorder, baselined, trace, deployable }: Diagnosis, { facts, position }: HistoryInput): readonly Finding[] {
  if (facts.unreadable || resolutions.some(({ as }) => as === 'moveLedger')) return [];
  const failed = new Set(facts.failed.map(({ name }) => name));
  const bad = trace.steps.flatMap(({ file }) => {
    const problem = problems.get(file.name);
    if (problem === undefined || (!problem.fails && !failed.has(file.name))) return [];
    return [finding('BAD_FILE', problem.fails ? 'error' : 'info', !problem.fails ? 'none' : problem.parts === null ? 'withheld' : 'safe', `migration ${file.name}: ${problem.message}`, position(file.path, file.sql, problem.offset))];
  });
  const open = facts.entries.filter(({ name, state }) => state === 'unapplied' && !problems.get(name)?.fails && !baselined?.names.has(name));
  const there = open.flatMap(({ name, file }) => {
    const standing = evidence.get(name)?.standing;
    const renamed = resolutions.some((one) => one.as === 'renamed' && one.file.name === name);
    const harmless = standing === 'done' && !resolutions.some((one) => one.as === 'applied' && one.file.name === name);
    if (file === null || renamed || harmless || (standing !== 'done' && standing !== 'part')) return [];
    return [finding(standing === 'done' ? 'ALREADY_THERE' : 'HALF_APPLIED', 'error', 'safe', `migration ${name} is not applied by the ledger, and ${standing === 'done' ? 'all' : 'a part'} of it is there: deploy will stop over it`, position(file.path, file.sql, 0))];
  });
  const person = undecided.filter(({ name }) => !problems.get(name)?.fails).map(({ name, why }) => finding('UNDECIDED', 'error', 'withheld', `migration ${name}: ${why}`));
  const order = disorder.map(({ name, creator, table }) => finding('ORDER', 'warning', 'none', `migration ${name} alters the table ${table}, which ${creator} creates, and that sorts after it: on an empty database the history fails`));
  const drops = straysOf({ trace, deployable }).map(({ name, what }) => finding('DROPS', 'warning', 'none', `migration ${name} drops ${what}, which no migration made and the schema does not know: if it is to stay, delete that DROP from the file`));
  return [...bad, ...person, ...there, ...order, ...drops];
}

function ofLedger({ facts, diagnosis }: HistoryInput): readonly Finding[] {
  const { ledger, files } = facts.history;
  const found: Finding[] = [];
  if (facts.unreadable) found.push(finding('UNREADABLE', 'error', 'withheld', 'the ledger _prisma_migrations cannot be read by this role, so what is applied is not known, and deploy stops: it lacks a right, not its history (GRANT SELECT, INSERT, UPDATE ON _prisma_migrations)'));
  if (ledger.shape.length > 0) found.push(finding('LEDGER_SHAPE', 'error', 'safe', `the ledger lacks what Prisma reads from it: ${ledger.shape.map(({ column, problem }) => `${column} ${problem === 'null' ? 'is NULL' : 'is missing'}`).join(', ')}`));
  if (ledger.state === 'absent' && ledger.elsewhere.length > 0) found.push(finding('LEDGER_ELSEWHERE', 'error', ledger.elsewhere.length === 1 && files.length > 0 ? 'safe' : 'withheld', `the ledger is in the schema ${ledger.elsewhere.join(', ')}, and Prisma looks for it in another: deploy stops`));
  const baselined = diagnosis?.baselined ?? null;
  if (baselined !== null && (baselined.blocked || baselined.names.size > 0) && ledger.elsewhere.length === 0 && files.length > facts.foreign.length) found.push(ofBaseline(baselined, ledger.state, diagnosis?.resolutions.some(({ as }) => as === 'file') ?? false));
  if (facts.wrongLock !== null) found.push(finding('LOCK_FILE', 'warning', 'safe', `migration_lock.toml says provider ${JSON.stringify(facts.wrongLock.provider)}${facts.wrongLock.meant === 'postgresql' ? ', in a form Prisma does not read' : ''}: deploy stops with P3019`));
  return found;
}

function ofBaseline({ names, unrelated, residue, blocked }: NonNullable<Diagnosis['baselined']>, ledger: 'absent' | 'present' | 'unreadable', unread: boolean): Finding {
  const last = [...names].at(-1);
  const why = blocked ? 'the database has tables and no ledger, so deploy stops with P3005' : `the ${ledger === 'absent' ? 'database has no ledger and no ordinary table: Prisma takes it for empty' : 'ledger has nothing'}, and deploy stops over what is there`;
  if (last !== undefined) return finding('NO_LEDGER', 'error', 'safe', `${why}; it stands after migration ${last}${residue.length === 0 ? '' : `, but for ${residue.length} difference${residue.length === 1 ? '' : 's'}: ${residue.slice(0, 3).map(residueWords).join('; ')}${residue.length > 3 ? ' …' : ''}`}`);
  if (unrelated) return finding('NO_LEDGER', 'error', 'safe', 'the database has tables of others and no ledger, so deploy stops with P3005; nothing of the history is there');
  if (unread) return finding('NO_LEDGER', 'error', 'safe', 'the database has tables and no ledger, so deploy stops with P3005; where it stands is judged once the files can be read');
  return finding('NO_LEDGER', 'error', 'withheld', 'the database has tables and no ledger, so deploy stops with P3005; it stands at no point of the history');
}

/** A container switched its own files, and nobody those of the repository. */
function ofUncommitted({ facts: { entries } }: HistoryInput): readonly Finding[] {
  const names = entries.filter(({ translated }) => translated).map(({ name }) => name);
  if (names.length === 0) return [];
  return [finding('UNCOMMITTED', 'warning', 'none', `${names.length === 1 ? `migration ${names[0] ?? ''} was` : `${names.length} migrations were`} deployed as ${names.length === 1 ? 'its translation' : 'their translations'}, and the file${names.length === 1 ? ' here is' : 's here are'} still SQLite's: commit what npx prisma-mend translate --in-place writes`)];
}

function ofApplied({ name, file, rows, state, edited, translated }: Entry, { diagnosis, position }: HistoryInput): readonly Finding[] {
  if (file === null && state === 'applied') {
    const renamed = diagnosis?.resolutions.find((one) => one.as === 'renamed' && one.from === name);
    if (renamed?.as === 'renamed') return [finding('RENAMED', 'error', 'safe', `migration ${name} was renamed to ${renamed.file.name}: the ledger knows the old name, and deploy would run it again`)];
    return [finding('NO_FILE', 'warning', 'withheld', `migration ${name} is applied by the ledger, and its directory is missing: migrate dev wants to reset the database`)];
  }
  const foreign = file === null || state !== 'applied' || translated ? null : foreignFlavour(file.sql);
  const fresh = file === null || foreign === null ? [] : [finding('FOREIGN_APPLIED', 'warning', 'none', `migration ${name} is written for ${foreign.database} (${foreign.word}) and recorded as applied: this database is none the worse, and on a new one the history fails (P3006)`, position(file.path, file.sql, foreign.offset))];
  if (file === null || !edited) return fresh;
  const edit = diagnosis?.edits.get(name);
  const safe = diagnosis?.resolutions.some((one) => one.as === 'checksum' && one.file.name === name) ?? false;
  const applied = rows.some((row) => rowState(row) === 'applied');
  return [...fresh, ...(!applied ? [] : [finding('EDITED', 'warning', safe ? 'safe' : 'withheld', `migration ${name} was edited after it was applied${edit === undefined ? '' : `: ${edit.words}`}; migrate dev wants to reset the database`, position(file.path, file.sql, 0))])];
}

function ofPending({ facts, diagnosis }: HistoryInput): readonly Finding[] {
  const coming = diagnosis === null ? facts.pending : diagnosis.deployable.map(({ name }) => name).filter((name) => facts.pending.includes(name));
  const applied = facts.entries.filter(({ state, file }) => state === 'applied' && file !== null).map(({ name }) => name);
  const latest = applied.at(-1);
  const refused = [...(diagnosis?.refusals.values() ?? [])].filter(({ name }) => facts.pending.includes(name));
  const late = latest === undefined || diagnosis === null ? [] : coming.filter((name) => facts.entries.findIndex((entry) => entry.name === name) < facts.entries.findIndex((entry) => entry.name === latest));
  const back = coming.filter((name) => facts.entries.some((entry) => entry.name === name && entry.rows.length > 0));
  return [
    ...refused.map(({ name, over, words }) => finding('REFUSED', 'error', over === 'text' ? 'withheld' : 'safe', `migration ${name} is as it was when PostgreSQL refused it${over === 'rows' ? ' over the rows there are' : ''}: ${words}`)),
    ...(coming.length === 0 ? [] : [finding('PENDING', 'info', 'none', `${coming.length === 1 ? `migration ${coming[0] ?? ''} is` : `${coming.length} migrations are`} not deployed yet${back.length > 0 ? ` (${back.join(', ')}: rolled back, and never run again)` : ''}`)]),
    ...late.map((name) => finding('LATE', 'info', 'none', `migration ${name} is older than ${latest ?? ''}, which is applied already: deploy will run it out of order`)),
  ];
}

/** A deploy does not miss it here; every new database does, and `migrate dev` calls it drift. */
function ofUnrecorded({ unrecorded, facts }: HistoryInput): readonly Finding[] {
  // Where a directory is missing, it is what made them.
  if (unrecorded.length === 0 || facts.entries.some(({ file, state }) => file === null && state === 'applied')) return [];
  const names = unrecorded.map((key) => key.replaceAll('"', '').replace(/ public\./, ' '));
  return [finding('UNRECORDED', 'warning', 'none', `${unrecorded.length === 1 ? `${names[0] ?? ''} is` : `${unrecorded.length} objects are`} in the schema and in the database, and no migration makes ${unrecorded.length === 1 ? 'it' : `them (${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''})`}: a new database lacks ${unrecorded.length === 1 ? 'it' : 'them'}, and migrate dev wants to reset (npx prisma-mend repair --write)`)];
}
