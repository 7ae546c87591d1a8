import type { CommandModule } from 'yargs';
import { makeOutput } from '../output.ts';
import { report, reporterFlags, type ReporterFlags } from '../reporters.ts';
import { repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import { nextSteps } from '../next.ts';
import { checkedFindings, viewOf } from '../views.ts';
import type { FailOn } from '../../report/view.ts';
import { counted } from '../../plan/naming.ts';
import type { Checked } from '../../run/check.ts';

interface Flags extends SharedFlags, ReporterFlags {
  'fail-on': FailOn;
  probe?: boolean | undefined;
}

const FAIL_ON: readonly FailOn[] = ['drift', 'unsafe', 'none'];

export const checkCommand: CommandModule<object, Flags> = {
  command: ['check', '$0'],
  describe: 'Does the database agree with the Prisma schema? (read-only)',
  builder: (argv) =>
    reporterFlags(sharedFlags(argv))
      .option('fail-on', { choices: FAIL_ON, default: 'drift' as const, group: 'Output:', describe: 'which findings make the exit code other than 0' })
      .option('probe', { type: 'boolean', group: 'What to do:', describe: 'also ask the application\'s own Prisma client for one row of every model' })
      .example('$0', 'compare the schema with the database Prisma would use')
      .example('$0 --url "$PROD_URL" --json', 'another database, for a script')
      .example('$0 --reporter pretty --reporter markdown:drift.md', 'the report, and a file for a pull request')
      .epilogue('Exit codes: 0 agrees; 1 could not tell; 2 differences that repair mends; 3 something needs a person.'),
  async handler(flags) {
    const output = makeOutput(flags.color);
    const { check } = await import('../../run/check.ts');
    output.progress('reading the database and the schema');
    const checked = await check(workspaceOptions(flags));
    const probed = flags.probe ? await (await import('../probe.ts')).probeFindings(checked) : [];
    output.progress('');
    const found = [...probed, ...checkedFindings(checked)];
    const view = viewOf('check', checked, { findings: found, next: nextSteps(checked, repeatFlags(flags)), failOn: flags['fail-on'] });
    await report(view, flags, output, { verbose: flags.verbose, agreement: agreement(checked) });
    process.exitCode = view.exitCode;
  },
};

function agreement({ comparison, target, pending, diagnosis }: Checked): string {
  const tables = [...comparison.desired.objects.values()].filter(({ kind }) => kind === 'table').length;
  const coming = diagnosis?.deployable ?? [];
  if (pending.size > 0) return `${target.database} on ${target.host} agrees with the schema once ${coming.length === 1 ? `migration ${coming[0]?.name ?? ''} is` : `${counted(coming.length, 'migration')} are`} deployed: nothing else is missing or different.`;
  return `${target.database} on ${target.host} agrees with the schema: ${counted(tables, 'table')}, nothing missing, nothing different.`;
}
