// npm run test:scenarios: every situation of the catalogue from broken to mended, judged by Prisma; counts which ones were reproduced.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ALL = Array.from({ length: 76 }, (_, at) => `S${String(at + 1).padStart(2, '0')}`);
const LEAST = 65;

const folder = mkdtempSync(join(tmpdir(), 'mend-scenarios-'));
const report = join(folder, 'report.json');
try {
  const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/vitest.config.ts', '--project', 'scenarios', '--reporter', 'default', '--reporter', 'json', `--outputFile.json=${report}`], { stdio: 'inherit' });
  const tests = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults);
  // What npm test ran just before is left out here.
  const counts = (status) => status === 'passed' || (status !== 'failed' && process.env.MEND_DOZEN_RAN !== undefined);
  const passed = tests.filter(({ status }) => counts(status)).map(({ title }) => title);
  const ids = (titles) => new Set(titles.flatMap((title) => title.match(/\bS\d\d\b/g) ?? []));
  // A title that says "(here: …)" tests what can be of a provider's own service.
  const [whole, any] = [ids(passed.filter((title) => !title.includes('(here:'))), ids(passed)];
  const partly = [...any].filter((id) => !whole.has(id));
  const missing = ALL.filter((id) => !any.has(id));
  process.stdout.write(`\nReproduced: ${ALL.filter((id) => whole.has(id)).length} of ${ALL.length} scenarios; in part: ${partly.sort().join(', ') || 'none'}; not: ${missing.join(', ') || 'none'}.\n`);
  process.exitCode = status !== 0 || ALL.filter((id) => whole.has(id)).length < LEAST ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
