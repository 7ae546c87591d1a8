// Carries out what was decided about a history, again until nothing is left to decide: a file that was cut is judged by its parts.

import { ofKind } from '../catalog/catalog.ts';
import { messageOf } from '../database/refusals.ts';
import type { Session } from '../database/session.ts';
import { failure, MendError } from '../errors.ts';
import { asPostgresql } from '../history/history.ts';
import { prismaWords, type Resolution, type Stated, type Undecided } from '../history/resolve.ts';
import { findPrismaCli, runPrisma, type PrismaCli } from '../prisma/cli.ts';
import { connect } from '../database/session.ts';
import { checkOn, hintsOf, type Checked } from './check.ts';
import { isInDatabase, writeLedger } from './resolve.ts';
import { rewriteFiles } from './rewrite.ts';
import { prepareScratch } from '../source/desired.ts';

export type Via = 'auto' | 'prisma' | 'mend';

export interface SettleOptions {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly via: Via;
  readonly stated: Stated;
  /** `switch`: those of another database alone, and the lock file; `none`: where nobody asked for it, as in a deploy's container. */
  readonly files: 'all' | 'switch' | 'none';
  readonly signal: AbortSignal;
  readonly progress: (words: string) => void;
}

export interface Settled {
  readonly done: readonly Resolution[];
  readonly undecided: readonly Undecided[];
  /** Files written and moved, and what Prisma's CLI could not. */
  readonly said: readonly string[];
  readonly after: Checked;
}

const ROUNDS = 4;

/** Throws what {@link writeLedger} and {@link rewriteFiles} throw, and PRISMA_FAILED with `via: 'prisma'`. */
export async function settle(session: Session, first: Checked, options: SettleOptions): Promise<Settled> {
  const done: Resolution[] = [];
  const said: string[] = [];
  let checked = first;
  let { stated } = options;
  for (let round = 0; round < ROUNDS; round++) {
    let resolutions = chosen(checked, options);
    const refusal = resolutions.some(({ as }) => as === 'translate') ? await refusalOnScratch(checked, options.progress) : null;
    if (refusal !== null) {
      said.push(`not translated, because PostgreSQL refuses it on a scratch server: ${refusal}`);
      stated = { ...stated, archive: true };
      checked = await lookAgain(session, checked, stated);
      resolutions = chosen(checked, options);
    }
    if (resolutions.length === 0 || checked.diagnosis === null) break;
    // Files first: where they cannot be written, the ledger says nothing of them either.
    options.progress('writing the migrations');
    said.push(...(await rewriteFiles(resolutions.filter((one) => !isInDatabase(one)), checked.workspace, options.progress)));
    options.progress('writing the ledger');
    said.push(...(await inDatabase(session, checked, resolutions.filter(isInDatabase), options)));
    done.push(...resolutions);
    options.progress('looking again');
    checked = await lookAgain(session, checked, stated);
  }
  return { done, said, undecided: checked.diagnosis?.undecided ?? [], after: checked };
}

const SWITCH: readonly Resolution['as'][] = ['translate', 'archive', 'lockFile'];

/** Where the files wait for a person, so does what the ledger would say of them. */
function chosen({ diagnosis }: Checked, { files }: SettleOptions): readonly Resolution[] {
  const all = diagnosis?.resolutions ?? [];
  if (files === 'none' && all.some(({ as }) => as === 'translate')) return [];
  return all.filter((one) => files === 'all' || isInDatabase(one) || (files === 'switch' && SWITCH.includes(one.as)));
}

async function lookAgain(session: Session, { target, workspace }: Checked, stated: Stated): Promise<Checked> {
  return await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: false, stated });
}

/** What PostgreSQL says of the first translated file it does not run; `null` where it runs them, or another file is the one it does not. */
async function refusalOnScratch({ history, comparison, workspace, target, serverVersion }: Checked, progress: (words: string) => void): Promise<string | null> {
  progress('running the translation on a scratch server');
  const extensions = [...ofKind(comparison.desired, 'extension')].map(({ ref }) => ref.name);
  const scratch = await workspace.scratch(Math.floor(serverVersion / 10000), extensions).catch((error: unknown) => {
    // Without a judge the deploy is the first to run it, and undoes what fails.
    if (error instanceof MendError && error.code === 'NO_SCRATCH') return null;
    throw error;
  });
  if (scratch === null) return null;
  try {
    await prepareScratch(scratch, target.schema, extensions);
    for (const file of asPostgresql(history)) {
      const refusal = await scratch.session.run(file.sql).then(() => null, (error: unknown) => messageOf(error));
      if (refusal !== null) return history.history.files.some(({ name, sql }) => name === file.name && sql !== file.sql) ? `${file.name}: ${refusal}` : null;
    }
    return null;
  } finally {
    await scratch.close();
  }
}

async function inDatabase(session: Session, checked: Checked, resolutions: readonly Resolution[], options: SettleOptions): Promise<readonly string[]> {
  const { diagnosis, comparison, target, workspace } = checked;
  if (diagnosis === null || resolutions.length === 0) return [];
  const cli = chosenCli(resolutions, checked, options);
  const said = cli === null ? null : await throughPrisma(cli, resolutions, checked, options);
  if (said === 'done') return [];
  await writeLedger(session, {
    diagnosis: { ...diagnosis, resolutions },
    live: comparison.live,
    home: target.schema,
    schemas: workspace.schemas,
    signal: options.signal,
    reconnect: () => connect(target),
    display: workspace.project.display,
  });
  return said === null ? [] : [said];
}

/** More than these are written directly, in one transaction, instead of one process each. */
const FEW = 3;

function chosenCli(resolutions: readonly Resolution[], { target }: Checked, { via, cwd }: SettleOptions): PrismaCli | null {
  if (via === 'mend') return null;
  const cli = findPrismaCli(cwd);
  const possible = resolutions.every((one) => prismaWords(one) !== null);
  if (via === 'prisma') {
    if (cli === null) throw failure('MISSING_PACKAGE', { name: 'prisma', purpose: 'for --via prisma' });
    if (!possible) throw failure('PRISMA_FAILED', { command: 'migrate resolve', detail: `Prisma's own commands cannot do all of it: ${resolutions.filter((one) => prismaWords(one) === null).map(({ as }) => as).join(', ')}.` });
    return cli;
  }
  // With --url Prisma would work on another database than this program.
  return possible && resolutions.length <= FEW && target.source !== '--url' ? cli : null;
}

/** `done`, or why the rest is written directly. */
async function throughPrisma(cli: PrismaCli, resolutions: readonly Resolution[], { workspace }: Checked, { cwd, environment, signal, via }: SettleOptions): Promise<'done' | string> {
  for (const resolution of resolutions) {
    const words = prismaWords(resolution) ?? [];
    const { code, output } = await runPrisma(cli, words, workspace.project, cwd, environment, signal);
    if (code === 0) continue;
    if (signal.aborted) throw failure('INTERRUPTED', { state: 'What was resolved before stays; running the same command again goes on.' });
    if (via === 'prisma' || resolution !== resolutions[0]) throw failure('PRISMA_FAILED', { command: words.join(' '), detail: output.trim().slice(-1500) });
    return `Prisma's CLI (${cli.version}) could not: ${output.trim().split('\n').find((line) => /error/i.test(line)) ?? `exit ${code ?? 'by signal'}`}. The ledger was written directly instead.`;
  }
  return 'done';
}
