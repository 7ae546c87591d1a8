import type { CommandModule } from 'yargs';
import { makeOutput } from '../output.ts';
import { report, reporterFlags, type ReporterFlags } from '../reporters.ts';
import { repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import { nextSteps } from '../next.ts';
import { checkedFindings, viewOf } from '../views.ts';
import type { FailOn } from '../../report/view.ts';

interface Flags extends SharedFlags, ReporterFlags {
  'fail-on': FailOn;
}

export const statusCommand: CommandModule<object, Flags> = {
  command: 'status',
  describe: 'Migration files, ledger and database side by side (read-only)',
  builder: (argv) =>
    reporterFlags(sharedFlags(argv))
      .option('fail-on', { choices: ['drift', 'unsafe', 'none'] as const, default: 'drift' as const, group: 'Output:', describe: 'which findings make the exit code other than 0' })
      .example('$0 status', 'what prisma migrate status cannot see')
      .epilogue('Exit codes: 0 all three agree, or the rest will be deployed; 1 could not tell; 2 what resolve or repair mends; 3 something needs a person.'),
  async handler(flags) {
    const output = makeOutput(flags.color);
    const [{ check }, { statusRows, statusTable }] = await Promise.all([import('../../run/check.ts'), import('../../report/status.ts')]);
    output.progress('reading the database and the history');
    const checked = await check(workspaceOptions(flags), true);
    output.progress('');
    const found = checkedFindings(checked).filter(({ group }) => group === 'migrations');
    const rows = checked.diagnosis === null ? [] : statusRows(checked.diagnosis);
    const table = rows.length === 0 ? 'There are no migrations.' : statusTable(rows);
    const view = viewOf('status', checked, { findings: found, details: [table], next: nextSteps(checked, repeatFlags(flags)), failOn: flags['fail-on'] });
    const agreement = `${view.target?.database ?? ''} on ${view.target?.host ?? ''}: files, ledger and database agree.`;
    await report(view, flags, output, { verbose: flags.verbose, agreement, extra: { migrations: rows } });
    process.exitCode = view.exitCode;
  },
};
