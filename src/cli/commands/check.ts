import type { CommandModule } from 'yargs';
import { makeOutput } from '../output.ts';
import { report, reporterFlags, type ReporterFlags } from '../reporters.ts';
import { repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import { canDeploy, checkedFindings, deployFirst, pendingCommands, resolveCommands, viewOf } from '../views.ts';
import type { FailOn } from '../../report/view.ts';
import { counted } from '../../plan/naming.ts';
import type { Checked } from '../../run/check.ts';
import type { Finding } from '../../report/findings.ts';

interface Flags extends SharedFlags, ReporterFlags {
  'fail-on': FailOn;
}

const FAIL_ON: readonly FailOn[] = ['drift', 'unsafe', 'none'];

export const checkCommand: CommandModule<object, Flags> = {
  command: ['check', '$0'],
  describe: 'Does the database agree with the Prisma schema? (read-only)',
  builder: (argv) =>
    reporterFlags(sharedFlags(argv))
      .option('fail-on', { choices: FAIL_ON, default: 'drift' as const, group: 'Output:', describe: 'which findings make the exit code other than 0' })
      .example('$0', 'compare the schema with the database Prisma would use')
      .example('$0 --url "$PROD_URL" --json', 'another database, for a script')
      .epilogue('Exit codes: 0 agrees; 1 could not tell; 2 differences that repair mends; 3 something needs a person.'),
  async handler(flags) {
    const output = makeOutput(flags.color);
    const { check } = await import('../../run/check.ts');
    output.progress('reading the database and the schema');
    const checked = await check(workspaceOptions(flags));
    output.progress('');
    const found = checkedFindings(checked);
    const view = viewOf('check', checked, { findings: found, next: nextSteps(found, checked, repeatFlags(flags)), failOn: flags['fail-on'] });
    await report(view, flags, output, { verbose: flags.verbose, agreement: agreement(checked) });
    process.exitCode = view.exitCode;
  },
};

function agreement({ comparison, target }: Checked): string {
  const tables = [...comparison.desired.objects.values()].filter(({ kind }) => kind === 'table').length;
  return `${target.database} on ${target.host} agrees with the schema: ${counted(tables, 'table')}, nothing missing, nothing different.`;
}

function nextSteps(found: readonly Finding[], checked: Checked, flags: string): readonly string[] {
  const differs = found.some(({ mending, group }) => mending !== 'none' && group !== 'migrations');
  if (differs && deployFirst(checked)) return ['npx prisma migrate deploy', `npx prisma-mend check${flags}`];
  if (found.every(({ mending }) => mending === 'none') && checked.history.pending.length > 0) return canDeploy(checked) ? ['npx prisma migrate deploy'] : pendingCommands(checked);
  const resolve = resolveCommands(checked);
  const failed = checked.history.failed.filter(({ name }) => !checked.history.foreign.some(({ file }) => file.name === name));
  return [
    ...(differs ? [`npx prisma-mend repair${flags}`] : []),
    ...(differs && resolve.length > 0 ? [`npx prisma-mend repair --apply${flags}`] : []),
    ...resolve,
    ...(resolve.length === 0 && failed.length > 0 ? failed.map(({ name }) => `npx prisma migrate resolve --rolled-back ${name}  (if none of it is there; --applied if all of it is)`) : []),
  ];
}
