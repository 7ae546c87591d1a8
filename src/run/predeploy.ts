// One command for a platform's hook: wait, keep others out, resolve what is proven, repair what is safe, deploy, look again. Each
// part leaves a state from which the whole can be run again, so a run that is killed anywhere is finished by the next one.

import { connect, type Session } from '../database/session.ts';
import { errorCode, messageOf } from '../database/refusals.ts';
import type { Target } from '../database/url.ts';
import { failure, MendError } from '../errors.ts';
import { NOTHING_STATED, type Resolution } from '../history/resolve.ts';
import { findPrismaCli, prismaCode, runPrisma } from '../prisma/cli.ts';
import { deployMigrations } from '../prisma/engine.ts';
import { quoteName } from '../sql/quote.ts';
import { applyScripts, heldBy, lockHolder } from './apply.ts';
import { checkOn, hintsOf, type Checked } from './check.ts';
import { planRepair } from './repair.ts';
import { isInDatabase } from './resolve.ts';
import { settle } from './settle.ts';
import type { Workspace } from './workspace.ts';

export type Level = 'info' | 'warn' | 'error';

export interface PredeployOptions {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Seconds to wait for a server that does not answer yet. */
  readonly wait: number;
  readonly repair: 'none' | 'safe';
  readonly engine: 'prisma' | 'mend';
  readonly signal: AbortSignal;
  readonly say: (level: Level, words: string) => void;
}

export interface Predeployed {
  readonly checked: Checked;
  readonly deployed: readonly string[];
}

/** Throws what stops it; what needs a person is in the findings of `checked`. */
export async function predeploy(workspace: Workspace, options: PredeployOptions): Promise<Predeployed> {
  const target = workspace.project.target();
  const session = await connectPatiently(target, options);
  try {
    if (session.server.pooler !== null) throw failure('POOLER', { evidence: session.server.pooler });
    await keepOthersOut(session, options);
    return await again(options, () => inOrder(session, target, workspace, options));
  } finally {
    await session.close();
  }
}

/** A database that sleeps, starts, or is not in the network yet. */
async function connectPatiently(target: Target, { wait, signal, say }: PredeployOptions): Promise<Session> {
  for (let [tries, end] = [0, Date.now() + wait * 1000]; ; tries++) {
    try {
      return await connect(target);
    } catch (error) {
      const patient = error instanceof MendError && error.code === 'UNREACHABLE';
      if (!patient || signal.aborted || Date.now() > end) throw error;
      if (tries % 5 === 0) say('info', `waiting for the database at ${target.host}:${target.port}`);
      await pause(2000, signal);
    }
  }
}

/** A key of our own, for as long as the connection lives. Prisma's key is another one, so its CLI is not kept waiting. */
const OWN_LOCK = 1835363940;

async function keepOthersOut(session: Session, { signal, say }: PredeployOptions): Promise<void> {
  for (let tries = 0; ; tries++) {
    const [[row] = []] = await session.run(`SELECT pg_catalog.pg_try_advisory_lock(${OWN_LOCK})`);
    if (row?.[0] === true) return;
    const holder = await lockHolder(session, OWN_LOCK);
    if (signal.aborted) throw failure('BUSY', { what: 'the place of the one predeploy', holder });
    if (tries % 20 === 0) say('info', `another predeploy is running: waiting. ${holder}`);
    await pause(500, signal);
  }
}

/** Whoever migrates now is waited for before anything is written, by name: Prisma's commands give up after ten seconds, and name nobody. */
async function lockFree(session: Session, { signal, say }: PredeployOptions): Promise<void> {
  for (let tries = 0; ; tries++) {
    const holder = await heldBy(session);
    if (holder === null) return;
    if (signal.aborted) throw failure('BUSY', { what: 'Prisma\'s migration lock', holder });
    if (tries % 20 === 0) say('info', `another migration is running: waiting. ${holder}`);
    await pause(500, signal);
  }
}

const TRIES = 5;

/** Somebody else migrated meanwhile, or still does: then everything is looked at anew. */
async function again<T>(options: PredeployOptions, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const changed = error instanceof MendError && (error.code === 'SERVER_CHANGED' || error.code === 'BUSY' || error.code === 'UNSETTLED');
      if (!changed || attempt === TRIES || options.signal.aborted) throw error;
      options.say('info', `${error.message} Looking again.`);
    }
  }
}

async function inOrder(session: Session, target: Target, workspace: Workspace, options: PredeployOptions): Promise<Predeployed> {
  let checked = await look(session, target, workspace);
  checked = await resolved(session, checked, options);
  if (blocked(checked)) return { checked, deployed: [] };
  // A migration that failed over its rows may now be there.
  if (await repaired(session, checked, options)) checked = await resolved(session, await look(session, target, workspace), options);
  const deployed = await deploy(session, target, checked, options);
  if (deployed.length > 0) {
    checked = await look(session, target, workspace);
    if (await repaired(session, checked, options)) checked = await look(session, target, workspace);
  }
  return { checked, deployed };
}

async function look(session: Session, target: Target, workspace: Workspace): Promise<Checked> {
  return await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: true });
}

/** What is still to change in files is for the repository. */
function blocked({ diagnosis }: Checked): boolean {
  return diagnosis !== null && (diagnosis.undecided.length > 0 || diagnosis.resolutions.some(({ as }) => as === 'file' || as === 'archive' || as === 'translate' || as === 'lockFile'));
}

async function resolved(session: Session, checked: Checked, options: PredeployOptions): Promise<Checked> {
  const { cwd, environment, repair, signal, say } = options;
  if (checked.diagnosis === null || checked.diagnosis.resolutions.length === 0) return checked;
  await lockFree(session, options);
  const { done, said, after } = await settle(session, checked, { cwd, environment, via: 'mend', stated: NOTHING_STATED, files: repair === 'safe' ? 'switch' : 'none', signal, progress: () => undefined });
  for (const one of done) say('info', `resolved: ${subject(one)} (${one.as}): ${one.because}`);
  for (const line of said) say('info', line);
  if (done.some((one) => !isInDatabase(one))) say('warn', `the files in ${checked.workspace.project.display(checked.workspace.project.migrationsDir)} were changed in this working directory: commit them. ${NOT_KEPT} ${done.some(({ as }) => as === 'translate') ? 'translate --in-place' : 'resolve --apply'}`);
  return after;
}

const NOT_KEPT = 'A deploy does not keep its files, so until then every deploy does the same again, and ends the same. In the repository: npx prisma-mend';

function subject(one: Resolution): string {
  if ('file' in one) return one.file.name;
  if ('name' in one) return one.name;
  if (one.as === 'lockFile') return 'migration_lock.toml';
  const names = one.as === 'archive' ? one.names : one.as === 'translate' ? one.files.map(({ name }) => name) : [];
  return names.length === 0 ? 'the ledger' : names.length > 3 ? `${names.length} migrations` : names.join(', ');
}

/** `true` when something was changed. What is held back stays for the last look to say. */
async function repaired(session: Session, checked: Checked, options: PredeployOptions): Promise<boolean> {
  const { repair, signal, say } = options;
  if (repair === 'none' || checked.plan.steps.length === 0) return false;
  const { workspace, target } = checked;
  const planned = await planRepair(session, target, workspace, { allow: [], fill: [], rename: [], rehearse: true, format: 'block', progress: () => undefined });
  if (planned.scripts.length === 0) return false;
  await lockFree(session, options);
  await applyScripts(session, { scripts: planned.scripts, home: target.schema, schemas: workspace.schemas, expected: planned.fingerprint, signal, reconnect: () => connect(target), progress: () => undefined });
  for (const { title, because } of planned.plan.steps) say('info', `repaired: ${title} ${because}`);
  return true;
}

/** Names of what was deployed. The CLI is not started where there is nothing for it to do. */
async function deploy(session: Session, target: Target, checked: Checked, options: PredeployOptions): Promise<readonly string[]> {
  const files = checked.diagnosis?.deployable ?? [];
  if (files.length === 0) return [];
  options.say('info', `deploying ${files.length} migration${files.length === 1 ? '' : 's'}: ${files.map(({ name }) => name).join(', ')}`);
  await lockFree(session, options);
  if (options.signal.aborted) throw failure('INTERRUPTED', { state: 'Nothing was deployed.' });
  await (options.engine === 'mend' ? byEngine(target, checked, options) : byCli(checked, options)).catch(async (error: unknown) => {
    // Somebody was quicker after all.
    if (error instanceof MendError && error.code === 'DEPLOY_FAILED' && /\bP1002\b|advisory lock/.test(`${error.message} ${error.why}`)) throw failure('BUSY', { what: 'Prisma\'s migration lock', holder: await lockHolder(session) }, error);
    throw error;
  });
  return files.map(({ name }) => name);
}

async function byCli({ workspace: { project }, target }: Checked, { cwd, environment, signal, say }: PredeployOptions): Promise<void> {
  const cli = findPrismaCli(cwd);
  if (cli === null) throw failure('MISSING_PACKAGE', { name: 'prisma', purpose: 'for migrate deploy; or deploy without it: npx prisma-mend predeploy --engine mend' });
  if (target.source === '--url') throw failure('USAGE', { problem: '--url and the Prisma CLI: it takes the URL from the schema or the config. Add --engine mend.', command: 'predeploy' });
  const { code, output } = await runPrisma(cli, ['migrate', 'deploy'], project, cwd, environment, signal);
  for (const line of output.split('\n').filter((one) => one.trim() !== '')) say('info', `prisma: ${line}`);
  if (signal.aborted) throw failure('INTERRUPTED', { state: 'prisma migrate deploy was stopped; running predeploy again finishes it.' });
  if (code !== 0) throw failure('DEPLOY_FAILED', { code: prismaCode(output) ?? `exit ${code ?? 'by signal'}`, detail: databaseWords(output) });
}

/** The database's own error in what the CLI said. */
function databaseWords(output: string): string {
  const lines = output.split('\n').map((line) => line.trim()).filter(Boolean);
  const at = lines.findIndex((line) => /^(Database error|ERROR:|Error:)/.test(line));
  return (at === -1 ? lines.slice(-8) : lines.slice(at, at + 8)).join('\n');
}

/** On a connection of its own: the engine keeps its lock until that ends. */
async function byEngine(target: Target, { diagnosis, workspace: { project } }: Checked, { signal }: PredeployOptions): Promise<void> {
  const session = await connect(target);
  const cancel = () => void session.cancel().catch(() => undefined);
  signal.addEventListener('abort', cancel);
  try {
    await session.run(`SET search_path TO ${quoteName(target.schema)}`);
    await deployMigrations(session, target.schema, diagnosis?.facts.history.files ?? [], project.migrationsDir);
  } catch (error) {
    if (signal.aborted) throw failure('INTERRUPTED', { state: 'The deploy was stopped; running predeploy again finishes it.' }, error);
    const code = prismaCode(messageOf(error)) ?? prismaCode(errorCode(error));
    throw failure('DEPLOY_FAILED', { code: code ?? 'P3018', detail: messageOf(error) }, error);
  } finally {
    signal.removeEventListener('abort', cancel);
    await session.close();
  }
}

/** Ends early when the run is to end. Node warns of listeners that pile up on a signal. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
