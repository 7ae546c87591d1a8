import type { CommandModule } from 'yargs';
import { makeOutput } from '../output.ts';
import { logFormat, makeLog, type Log, type LogFormat } from '../log.ts';
import { repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import { nextSteps } from '../next.ts';
import { checkedFindings, viewOf } from '../views.ts';
import type { Finding } from '../../report/findings.ts';
import { FOR_DEVELOPMENT } from '../../report/history.ts';
import type { Checked } from '../../run/check.ts';
import type { Predeployed } from '../../run/predeploy.ts';

interface Flags extends SharedFlags {
  wait: string;
  timeout: string;
  repair: 'none' | 'safe';
  engine: 'prisma' | 'mend';
  'log-format'?: LogFormat | undefined;
  'only-if'?: string | undefined;
}

export const predeployCommand: CommandModule<object, Flags> = {
  command: 'predeploy',
  describe: 'For a platform\'s hook: wait, resolve what is proven, repair what is safe if asked, migrate deploy, check',
  builder: (argv) =>
    sharedFlags(argv)
      .option('wait', { type: 'string', default: '60s', group: 'What to do:', describe: 'how long to wait for the database to answer' })
      .option('timeout', { type: 'string', default: '240s', group: 'What to do:', describe: 'for all of it; Fly stops a release after 300 s' })
      .option('repair', { choices: ['none', 'safe'] as const, default: 'none' as const, group: 'What to do:', describe: 'safe: also add what is missing, and switch migrations of SQLite, where nothing can be lost' })
      .option('engine', { choices: ['prisma', 'mend'] as const, default: 'prisma' as const, group: 'What to do:', describe: 'who deploys: your own Prisma CLI, or its engine in this process' })
      .option('only-if', { type: 'string', group: 'What to do:', describe: 'NAME=value: else do nothing (VERCEL_ENV=production)' })
      .option('log-format', { choices: ['text', 'json'] as const, group: 'Output:', describe: 'json: one object a line (by itself on Railway)' })
      .example('$0 predeploy', 'in railway.json, render.yaml, fly.toml, a Procfile')
      .example('$0 predeploy --repair safe', 'add what the schema lacks; switch migrations of SQLite')
      .epilogue('Exit codes: 0 deployed, or nothing to do; 1 could not; 2 the database differs in what repair mends; 3 something needs a person.'),
  async handler(flags) {
    const output = makeOutput(flags.color);
    const log = makeLog(flags.json ? 'json' : logFormat(flags['log-format'], process.env, process.stdout.isTTY === true), output);
    if (flags['only-if'] !== undefined && !holds(flags['only-if'])) {
      log.say('info', `nothing to do: ${flags['only-if']} does not hold here`);
      return;
    }
    const [wait, timeout] = [await seconds('wait', flags.wait), await seconds('timeout', flags.timeout)];
    const done = await run(flags, log, wait, timeout);
    conclude(done, flags, log);
  },
};

function holds(condition: string): boolean {
  const at = condition.indexOf('=');
  return at === -1 ? Boolean(process.env[condition]) : process.env[condition.slice(0, at)] === condition.slice(at + 1);
}

/** `90`, `90s`, `2m` */
async function seconds(name: string, text: string): Promise<number> {
  const [, count, unit] = /^(\d+)(s|m)?$/.exec(text.trim()) ?? [];
  if (count !== undefined) return Number(count) * (unit === 'm' ? 60 : 1);
  const { failure } = await import('../../errors.ts');
  throw failure('USAGE', { problem: `--${name} ${text}: a time is 90s or 2m.`, command: 'predeploy' });
}

async function run(flags: Flags, log: Log, wait: number, timeout: number): Promise<Predeployed> {
  const [{ openWorkspace }, { predeploy }, { withInterrupt }] = await Promise.all([import('../../run/workspace.ts'), import('../../run/predeploy.ts'), import('../interrupt.ts')]);
  return await withInterrupt(async (signal) => {
    const limit = AbortSignal.timeout(timeout * 1000);
    limit.addEventListener('abort', () => log.say('warn', `the limit of ${timeout} s is reached (--timeout)`));
    const workspace = await openWorkspace(workspaceOptions(flags));
    return await predeploy(workspace, { cwd: process.cwd(), environment: process.env, wait: Math.min(wait, timeout), repair: flags.repair, engine: flags.engine, signal: AbortSignal.any([signal, limit]), say: log.say });
  });
}

/** What stops no deploy is said, and is not in its way. */
function conclude({ checked, deployed }: Predeployed, flags: Flags, log: Log): void {
  const found = checkedFindings(checked);
  const next = switching(checked, flags) ?? nextSteps(checked, repeatFlags(flags)).map((step) => (step === `npx prisma-mend repair${repeatFlags(flags)}` && flags.repair === 'none' ? 'npx prisma-mend predeploy --repair safe' : step));
  const view = viewOf('predeploy', checked, { findings: found.filter((one) => !stopsNoDeploy(one)), next });
  for (const one of found) if (one.mending !== 'none' || stopsNoDeploy(one)) log.say(one.mending === 'none' || stopsNoDeploy(one) ? 'warn' : one.severity === 'error' ? 'error' : 'warn', `${one.message}${one.where === null ? '' : ` (${one.where.file}:${one.where.line})`}`, one.code);
  const { database, host } = view.target ?? { database: '', host: '' };
  if (view.exitCode === 0) log.say('info', `${deployed.length === 0 ? 'nothing to deploy' : `deployed ${deployed.length} migration${deployed.length === 1 ? '' : 's'}`}: ${database} on ${host} agrees with the schema`);
  else for (const step of next) log.say('error', `next: ${step}`);
  process.exitCode = view.exitCode;
}

/** Files of another database: the hook does it where it is asked to. */
function switching({ diagnosis }: Checked, flags: Flags): readonly string[] | null {
  const asked = diagnosis?.resolutions.find(({ as }) => as === 'translate' || as === 'archive');
  if (asked === undefined || flags.repair === 'safe') return null;
  const inRepository = asked.as === 'translate' ? 'npx prisma-mend translate --in-place' : `npx prisma-mend resolve --apply${repeatFlags(flags)}`;
  return [`${inRepository}   # in the repository, then commit`, `npx prisma-mend predeploy --repair safe${repeatFlags(flags)}   # or here, at each deploy`];
}

function stopsNoDeploy({ code }: Finding): boolean {
  return FOR_DEVELOPMENT.includes(code);
}
