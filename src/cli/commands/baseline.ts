import type { CommandModule } from 'yargs';
import { makeOutput, type Output } from '../output.ts';
import { repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import type { Baseline } from '../../run/baseline.ts';
import type { Workspace } from '../../run/workspace.ts';

interface Flags extends SharedFlags {
  from: 'schema' | 'database';
  write?: boolean | undefined;
  fill?: string[] | undefined;
  rehearse: boolean;
  format: 'block' | 'statements';
}

const FROM = ['schema', 'database'] as const;
const FORMATS = ['block', 'statements'] as const;

export const baselineCommand: CommandModule<object, Flags> = {
  command: 'baseline',
  describe: 'A complete idempotent baseline of the schema (or of the database)',
  builder: (argv) =>
    sharedFlags(argv)
      .option('from', { choices: FROM, default: 'schema' as const, group: 'What to do:', describe: 'what is described' })
      .option('write', { type: 'boolean', group: 'What to do:', describe: 'write it as <timestamp>_postgresql_baseline' })
      .option('format', { choices: FORMATS, default: 'block' as const, group: 'What to do:', describe: 'one atomic DO block, or plain statements for an SQL editor' })
      .option('rehearse', { type: 'boolean', default: true, group: 'What to do:', describe: 'prove it on a scratch server first (--no-rehearse)' })
      .option('fill', { type: 'string', array: true, nargs: 1, group: 'Decisions:', describe: 'Table.column=<sql expression> for rows that need a value' })
      .example('$0 baseline > baseline.sql', 'print it')
      .example('$0 baseline --write', 'make it a migration')
      .epilogue('Exit codes: 0 whole; 1 could not; 3 the database has objects the baseline leaves out.'),
  async handler(flags) {
    const output = makeOutput(flags.color);
    const [{ openWorkspace }, { makeBaseline }] = await Promise.all([import('../../run/workspace.ts'), import('../../run/baseline.ts')]);
    const workspace = await openWorkspace(workspaceOptions(flags));
    const baseline = await makeBaseline(workspace, { from: flags.from, fill: flags.fill ?? [], rehearse: flags.rehearse, format: flags.format, progress: output.progress });
    output.progress('');
    const written = flags.write ? await write(workspace, baseline) : [];
    await conclude(baseline, written, flags, output);
  },
};

async function write({ project }: Workspace, { scripts }: Baseline): Promise<readonly string[]> {
  const { readMigrations, timestamps, writeMigrations } = await import('../../prisma/migrations.ts');
  const stamps = timestamps(scripts.length, new Date(), readMigrations(project.migrationsDir).map((file) => file.name));
  return writeMigrations(project.migrationsDir, scripts.map(({ suffix, sql }, at) => ({ name: `${stamps[at]}_postgresql_baseline${suffix === '' ? '' : `_${suffix}`}`, sql }))).map(project.display);
}

/** Prisma refuses to deploy onto tables without a history (P3005); resolve records the baseline where it is there, and has nothing to do elsewhere. */
const AFTER_WRITING: readonly string[] = ['npx prisma-mend resolve --apply', 'npx prisma migrate deploy'];

async function conclude({ scripts, rehearsal, tables, leftOut }: Baseline, written: readonly string[], flags: Flags, output: Output): Promise<void> {
  const { countUnmodeled } = await import('../../report/counts.ts');
  const exitCode = leftOut.length > 0 ? 3 : 0;
  const next = written.length === 0 ? [`npx prisma-mend baseline --write${flags.from === 'database' ? ' --from database' : ''}${repeatFlags(flags)}`] : AFTER_WRITING;
  process.exitCode = exitCode;
  if (flags.json) {
    const document = { schemaVersion: 1, ok: exitCode === 0, exitCode, command: 'baseline', findings: [], leftOut, rehearsal, written, scripts: scripts.map(({ suffix, sql, transaction }) => ({ suffix, transaction, sql })), nextActions: next.map((command) => ({ kind: 'run-command', command })) };
    output.data(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  if (written.length === 0) for (const [at, { sql }] of scripts.entries()) output.data(`${at === 0 ? '' : '\n'}${sql}`);
  const { paintTalk: paint } = output;
  output.talk(`${paint('green', '✔')} Baseline of ${tables} table${tables === 1 ? '' : 's'}${rehearsal.outcome === 'notRun' ? ', not rehearsed (--no-rehearse)' : `, rehearsed on ${rehearsal.judge}${rehearsal.outcome === 'gaps' ? ' with gaps' : ': ends as promised, and a second run changes nothing'}`}.\n`);
  for (const gap of rehearsal.gaps) output.talk(`  gap: ${gap}\n`);
  if (leftOut.length > 0) output.talk(`${paint('yellow', '!')} Not in it, because Prisma cannot express it: ${countUnmodeled(leftOut)}. Keep those in a migration of your own.\n`);
  if (written.length > 0) output.talk(`${paint('green', '✔')} Written: ${written.join(', ')}\n`);
  output.talk(`${next.map((text, at) => `${at === 0 ? 'Next: ' : 'Then: '}${paint('cyan', text)}`).join('\n')}\n`);
}
