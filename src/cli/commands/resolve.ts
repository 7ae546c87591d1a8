import type { CommandModule } from 'yargs';
import { makeOutput, type Output } from '../output.ts';
import { quote, repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import { nextSteps } from '../next.ts';
import { prismaWords, type Resolution, type Stated, type Undecided } from '../../history/resolve.ts';
import type { Session } from '../../database/session.ts';
import type { Checked } from '../../run/check.ts';
import type { Settled, Via } from '../../run/settle.ts';

interface Flags extends SharedFlags {
  apply?: boolean | undefined;
  via: Via;
  applied?: string[] | undefined;
  'rolled-back'?: string[] | undefined;
  'forget-missing'?: boolean | undefined;
  'accept-edited'?: string[] | undefined;
  archive?: boolean | undefined;
  confirm?: string | undefined;
}

const VIA: readonly Via[] = ['auto', 'prisma', 'mend'];

export const resolveCommand: CommandModule<object, Flags> = {
  command: 'resolve',
  describe: 'Set the migration ledger straight, by what the database shows (shows it; --apply does it)',
  builder: (argv) =>
    sharedFlags(argv)
      .option('apply', { type: 'boolean', group: 'What to do:', describe: 'do it; without, only show it' })
      .option('via', { choices: VIA, default: 'auto' as const, group: 'What to do:', describe: 'prisma: by your own Prisma CLI; mend: directly, in one transaction' })
      .option('applied', { type: 'string', array: true, nargs: 1, group: 'Decisions:', describe: 'this migration is applied, where the database cannot show it' })
      .option('rolled-back', { type: 'string', array: true, nargs: 1, group: 'Decisions:', describe: 'this failed migration is to run again' })
      .option('accept-edited', { type: 'string', array: true, nargs: 1, group: 'Decisions:', describe: 'the edited file is right: take its checksum' })
      .option('forget-missing', { type: 'boolean', group: 'Decisions:', describe: 'rows without a directory count no more (squashed histories)' })
      .option('archive', { type: 'boolean', group: 'Decisions:', describe: 'archive migrations of SQLite and write a baseline, instead of translating them' })
      .option('confirm', { type: 'string', group: 'Decisions:', describe: 'name of the database: record --applied against what it shows' })
      .example('$0 resolve', 'each decision with its evidence; nothing is changed')
      .example('$0 resolve --apply', 'carry them out')
      .epilogue('Exit codes: 0 nothing to do, shown, or done; 1 could not; 3 something needs a person.'),
  handler: resolveHandler,
};

async function resolveHandler(flags: Flags): Promise<void> {
  const output = makeOutput(flags.color);
  const [{ openWorkspace }, { checkOn, hintsOf }, { connect }] = await Promise.all([import('../../run/workspace.ts'), import('../../run/check.ts'), import('../../database/session.ts')]);
  const workspace = await openWorkspace(workspaceOptions(flags));
  const target = workspace.project.target();
  const session = await connect(target);
  try {
    const stated = await statedBy(flags, target.database);
    output.progress('reading the database and the history');
    const checked = await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: true, stated });
    output.progress('');
    await refuseUnknown(flags, checked);
    const settled = flags.apply ? await carryOut(session, checked, stated, flags, output) : null;
    await conclude(checked, settled, flags, output);
  } finally {
    await session.close();
  }
}

async function statedBy(flags: Flags, database: string): Promise<Stated> {
  if (flags.confirm !== undefined && flags.confirm !== database) {
    const { failure } = await import('../../errors.ts');
    throw failure('USAGE', { problem: `--confirm ${flags.confirm}: the database is called ${database}.`, command: 'resolve' });
  }
  return { applied: flags.applied ?? [], rolledBack: flags['rolled-back'] ?? [], forgetMissing: flags['forget-missing'] ?? false, acceptEdited: flags['accept-edited'] ?? [], confirmed: flags.confirm !== undefined, archive: flags.archive ?? false };
}

/** Prisma's P3011 and P3017, with the names that there are. */
async function refuseUnknown(flags: Flags, { history: { entries } }: Checked): Promise<void> {
  const { failure } = await import('../../errors.ts');
  for (const name of [...(flags.applied ?? []), ...(flags['rolled-back'] ?? []), ...(flags['accept-edited'] ?? [])]) {
    if (entries.some((entry) => entry.name === name)) continue;
    const near = entries.filter((entry) => entry.name.includes(name)).map((entry) => entry.name);
    throw failure('USAGE', { problem: `No migration is called ${name}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`, command: 'resolve' });
  }
}

async function carryOut(session: Session, checked: Checked, stated: Stated, flags: Flags, output: Output): Promise<Settled> {
  const [{ settle }, { withInterrupt }] = await Promise.all([import('../../run/settle.ts'), import('../interrupt.ts')]);
  const settled = await withInterrupt((signal) => settle(session, checked, { cwd: process.cwd(), environment: process.env, via: flags.via, stated, files: 'all', signal, progress: output.progress }));
  output.progress('');
  return settled;
}

async function conclude(checked: Checked, settled: Settled | null, flags: Flags, output: Output): Promise<void> {
  const resolutions = settled?.done ?? checked.diagnosis?.resolutions ?? [];
  const undecided = settled?.undecided ?? checked.diagnosis?.undecided ?? [];
  const next = nextWords(checked, settled, flags);
  const exitCode = undecided.length > 0 ? 3 : 0;
  process.exitCode = exitCode;
  if (flags.json) {
    const { resolutionTitle } = await import('../../report/resolutions.ts');
    const { redact } = await import('../../database/url.ts');
    const document = {
      schemaVersion: 1, ok: exitCode === 0, exitCode, command: 'resolve', applied: settled !== null,
      resolutions: resolutions.map((one) => ({ as: one.as, title: resolutionTitle(one), because: one.because, prisma: prismaWords(one)?.join(' ') ?? null })),
      undecided, written: settled?.said ?? [], findings: [], nextActions: next.map((text) => (text.startsWith('npx ') ? { kind: 'run-command', command: text } : { kind: 'advice', text })),
    };
    output.data(`${JSON.stringify(document, (_, value: unknown) => (typeof value === 'string' ? redact(value) : value), 2)}\n`);
    return;
  }
  output.data(await textOf(checked, resolutions, undecided, settled, output));
  if (next.length > 0) output.data(`\n${next.map((text, at) => `${at === 0 ? 'Next: ' : 'Then: '}${output.paint('cyan', text)}`).join('\n')}\n`);
}

function nextWords(checked: Checked, settled: Settled | null, flags: Flags): readonly string[] {
  const again = repeatFlags(flags);
  if (settled !== null) return nextSteps(settled.after, again);
  const decisions = [...(flags.applied ?? []).map((one) => ` --applied ${quote(one)}`), ...(flags['rolled-back'] ?? []).map((one) => ` --rolled-back ${quote(one)}`), ...(flags['accept-edited'] ?? []).map((one) => ` --accept-edited ${quote(one)}`), ...(flags['forget-missing'] ? [' --forget-missing'] : []), ...(flags.archive ? [' --archive'] : []), ...(flags.confirm === undefined ? [] : [` --confirm ${quote(flags.confirm)}`])].join('');
  return (checked.diagnosis?.resolutions.length ?? 0) > 0 ? [`npx prisma-mend resolve --apply${again}${decisions}`] : nextSteps(checked, again);
}

async function textOf({ target }: Checked, resolutions: readonly Resolution[], undecided: readonly Undecided[], settled: Settled | null, { paint }: Output): Promise<string> {
  const { resolutionTitle } = await import('../../report/resolutions.ts');
  const where = `${target.database} on ${target.host}`;
  const head = resolutions.length === 0 && undecided.length === 0 ? `${paint('green', '✔')} Nothing to set straight in the history of ${where}.`
    : undecided.length > 0 && resolutions.length === 0 ? `${paint('red', '✖')} ${paint('bold', `Nothing can be resolved without you: ${undecided[0]?.name ?? ''}: ${undecided[0]?.why ?? ''}.`)}`
    : settled === null ? `${paint('yellow', '!')} ${paint('bold', `${resolutions.length} thing${resolutions.length === 1 ? '' : 's'} to set straight in the history of ${where}.`)}`
    : `${paint('green', '✔')} Done: ${resolutions.length} thing${resolutions.length === 1 ? '' : 's'} set straight in the history of ${where}.`;
  const decided = resolutions.flatMap((one) => {
    const command = prismaWords(one);
    return [`  ${paint('green', '✔')} ${resolutionTitle(one)}`, `      ${paint('dim', one.because)}`, ...(command === null || settled !== null ? [] : [`      ${paint('dim', `by hand: npx prisma ${command.join(' ')}`)}`])];
  });
  const open = undecided.flatMap(({ name, why, next }) => [`  ${paint('yellow', '?')} ${name}: ${why}`, ...next.map((text) => `      ${paint('cyan', text)}`)]);
  const said = (settled?.said ?? []).map((line) => `  ${line}`);
  return `${[[head], decided, said, open].filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
