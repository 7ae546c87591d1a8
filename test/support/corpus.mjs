// npm run corpus [-- <folder>]: runs test/corpus against a folder of other people's schemas and histories, which stay where they are.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? process.env.MEND_CORPUS ?? '../shared/corpus');
if (!existsSync(folder)) {
  process.stderr.write(`No corpus at ${folder}. Usage: npm run corpus -- <folder>\n`);
  process.exitCode = 1;
} else {
  // One more worker than elsewhere: these wait for servers much of the time, and none of them looks at the clock.
  const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/vitest.config.ts', '--project', 'corpus', '--maxWorkers', '3'], { stdio: 'inherit', env: { ...process.env, MEND_CORPUS: folder } });
  process.exitCode = status ?? 1;
}
