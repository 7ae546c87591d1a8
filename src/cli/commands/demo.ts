import type { CommandModule } from 'yargs';
import { makeOutput } from '../output.ts';
import { nextSteps } from '../next.ts';
import { checkedFindings, viewOf } from '../views.ts';

interface Flags {
  color?: boolean | undefined;
}

export const demoCommand: CommandModule<object, Flags> = {
  command: 'demo',
  describe: 'A Shopify app fails as in production, is diagnosed, repaired, and works (embedded PostgreSQL)',
  builder: (argv) => argv.option('color', { type: 'boolean', describe: 'force colours on or off (--no-color)' }) as never,
  async handler(flags) {
    const output = makeOutput(flags.color);
    const [{ runDemo }, { toText }] = await Promise.all([import('../../run/demo/demo.ts'), import('../../report/text.ts')]);
    const began = performance.now();
    let number = 0;
    await runDemo({
      step: (words) => output.data(`\n${output.paint('bold', `${++number}. ${words}`)}\n`),
      say: (words) => output.data(`   ${words}\n`),
      checked(checked) {
        const found = checkedFindings(checked);
        const view = viewOf('check', checked, { findings: found, next: nextSteps(checked, '') });
        output.data(toText({ ...view, sources: [] }, output.paint, false, '').replace(/^(?=.)/gm, '   '));
      },
    });
    output.data(`\n${output.paint('green', '✔')} Done in ${((performance.now() - began) / 1000).toFixed(1)} s; the server and its files are gone.\n`);
    output.data(`${output.paint('cyan', 'Next: npx prisma-mend check')} in your own project.\n`);
  },
};
