import type { CommandModule } from 'yargs';
import { ofKind } from '../../catalog/catalog.ts';
import { describeTarget } from '../../database/url.ts';
import { asFailure } from '../failures.ts';
import { makeOutput } from '../output.ts';
import { report, reporterFlags, type ReporterFlags } from '../reporters.ts';
import { repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import { nextSteps } from '../next.ts';
import { checkedFindings, viewOf } from '../views.ts';
import type { Examined } from '../../report/doctor.ts';
import type { Checked } from '../../run/check.ts';
import type { DoctorFacts } from '../../run/doctor.ts';

interface Flags extends SharedFlags, ReporterFlags {
  probe?: boolean | undefined;
}

export const doctorCommand: CommandModule<object, Flags> = {
  command: 'doctor',
  describe: 'The true cause of a failing deploy or of MissingSessionTableError (read-only)',
  builder: (argv) =>
    reporterFlags(sharedFlags(argv))
      .option('probe', { type: 'boolean', group: 'What to do:', describe: 'also ask the application\'s own Prisma client for one row of every model' })
      .example('$0 doctor', 'each probe, the cause first, the next command last')
      .epilogue('Exit codes: 0 nothing in the way; 1 could not tell; 2 what resolve or repair mends; 3 something needs a person.'),
  async handler(flags) {
    const output = makeOutput(flags.color);
    const { consult } = await import('../../run/consult.ts');
    output.progress('examining the database, the history and the application');
    const { checked, facts } = await consult(workspaceOptions(flags), process.cwd()).catch(async (error: unknown) => {
      throw (await import('../../run/application.ts')).behindTheStorage(asFailure(error), process.cwd());
    });
    const { judgeDoctor, probeLines } = await import('../../report/doctor.ts');
    const { failedBlocks } = await import('../../report/failed.ts');
    const verdict = judgeDoctor(examinedOf(checked, facts, nextSteps(checked, repeatFlags(flags)), repeatFlags(flags)));
    const probed = flags.probe ? await (await import('../probe.ts')).probeFindings(checked) : [];
    output.progress('');
    const findings = [...verdict.causes, ...probed, ...checkedFindings(checked)];
    const details = [probeLines(verdict.probes), ...(checked.diagnosis === null ? [] : failedBlocks(checked.diagnosis))];
    const view = viewOf('doctor', checked, { findings, next: verdict.next, details });
    await report(view, flags, output, { verbose: flags.verbose, agreement: `Nothing is in the way: ${view.target?.database ?? ''} on ${view.target?.host ?? ''} agrees with the schema, and its history is whole.`, extra: { probes: verdict.probes } });
    process.exitCode = view.exitCode;
  },
};

function examinedOf({ comparison, target, diagnosis, pending }: Checked, facts: DoctorFacts, next: readonly string[], flags: string): Examined {
  const missing = comparison.changes.flatMap((change) => (change.op === 'create' && change.after.kind === 'table' ? [{ schema: change.after.ref.schema, name: change.after.ref.name }] : []));
  const session = facts.shopify?.table ?? null;
  const present = session !== null && [...ofKind(comparison.live, 'table')].some(({ ref }) => ref.schema === session.schema && ref.name === session.name);
  const sessionColumns = comparison.changes.flatMap((change) => (present && change.op === 'create' && change.after.kind === 'column' && change.after.ref.schema === session.schema && change.after.ref.table === session.name ? [change.after.ref.name] : []));
  return {
    session, missing, pending, diagnosis, next, flags, sessionColumns,
    renames: comparison.renames.flatMap(({ kind, schema, from, to }) => (kind === 'table' ? [{ schema, name: to, from }] : [])),
    storageWithoutModel: facts.shopify !== null && facts.shopify.model === null,
    storageVersion: facts.shopify?.version ?? null,
    storageLacks: facts.shopify?.lacking ?? [],
    elsewhere: facts.elsewhere,
    otherDatabase: facts.otherDatabase,
    rights: facts.rights,
    client: facts.client,
    user: facts.user,
    home: target.schema,
    lock: facts.lock,
    where: `${describeTarget(target)}  (${target.source})`,
  };
}
