import type { CommandModule } from 'yargs';
import { redact } from '../../database/url.ts';
import { makeOutput, type Output } from '../output.ts';
import type { Platform } from '../../wiring/wire.ts';
import type { Wiring } from '../../wiring/types.ts';

interface Flags {
  platform: Platform;
  'dry-run'?: boolean | undefined;
  service?: string | undefined;
  json?: boolean | undefined;
  color?: boolean | undefined;
}

const PLATFORMS: readonly Platform[] = ['railway', 'render', 'fly', 'heroku', 'github', 'docker', 'shopify'];

export const initCommand: CommandModule<object, Flags> = {
  command: 'init <platform>',
  describe: 'Wire a platform so that each deploy runs prisma-mend predeploy first',
  builder: (argv) =>
    argv
      .positional('platform', { choices: PLATFORMS, demandOption: true, describe: 'where it is deployed' })
      .option('dry-run', { type: 'boolean', group: 'What to do:', describe: 'show the change, write nothing' })
      .option('service', { type: 'string', group: 'What to do:', describe: 'the service in render.yaml, where there are several' })
      .option('json', { type: 'boolean', group: 'Output:', describe: 'one JSON object on stdout' })
      .option('color', { type: 'boolean', group: 'Output:', describe: 'force colours on or off (--no-color)' })
      .example('$0 init railway --dry-run', 'see the change')
      .example('$0 init shopify', 'the app template\'s setup script')
      .epilogue('Exit codes: 0 written, shown, or nothing to do; 1 could not; 3 a line is in the way that is not understood, and stays.') as never,
  async handler(flags) {
    const output = makeOutput(flags.color);
    const { filesIn, planWiring, writeEdit } = await import('../../wiring/wire.ts');
    const { unifiedDiff } = await import('../../wiring/diff.ts');
    const root = process.cwd();
    const planned = await planWiring(flags.platform, filesIn(root), { service: flags.service ?? null });
    // A line in the way may hold a URL with its password, and this output ends up in logs.
    const wiring = { ...planned, obstacle: planned.obstacle === null ? null : { ...planned.obstacle, found: redact(planned.obstacle.found), put: redact(planned.obstacle.put) } };
    const diff = wiring.edit === null ? '' : unifiedDiff(wiring.edit);
    const written = wiring.edit !== null && flags['dry-run'] !== true;
    if (wiring.edit !== null && written) writeEdit(root, wiring.edit);
    process.exitCode = wiring.obstacle === null ? 0 : 3;
    if (flags.json) output.data(toJson(flags.platform, wiring, diff, written));
    else say(output, wiring, diff, written);
  },
};

function toJson(platform: Platform, { edit, obstacle, next }: Wiring, diff: string, written: boolean): string {
  const exitCode = obstacle === null ? 0 : 3;
  const document = { schemaVersion: 1, ok: exitCode === 0, exitCode, command: 'init', platform, change: edit === null ? null : { path: edit.path, diff }, written, obstacle, findings: [], nextActions: next.map((text) => ({ kind: 'advice', text })) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function say({ data, talk, paint, paintTalk }: Output, { edit, obstacle, next }: Wiring, diff: string, written: boolean): void {
  if (obstacle !== null) {
    talk(`${paintTalk('yellow', '!')} ${obstacle.path}:${obstacle.line} is in the way, and stays:\n    ${obstacle.found}\n  ${obstacle.why}\n  Put there:\n    ${obstacle.put}\n`);
  } else if (edit === null) talk(`${paintTalk('green', '✔')} Nothing to do: predeploy is wired.\n`);
  else {
    data(diff.replace(/^([-+])(?!\1\1 ).*$/gm, (line, sign: string) => paint(sign === '+' ? 'green' : 'red', line)));
    talk(`${paintTalk('green', '✔')} ${written ? `${edit.before === null ? 'Written' : 'Changed'}: ${edit.path}` : `Would ${edit.before === null ? 'write' : 'change'} ${edit.path}; --dry-run wrote nothing.`}\n`);
  }
  if (next.length > 0) talk(`${next.map((text, at) => `${at === 0 ? 'Next: ' : 'Then: '}${paintTalk('cyan', text)}`).join('\n')}\n`);
}
