// GitHub Actions: a workflow of its own. On pull requests the migrations are judged on an empty PostgreSQL, daily the database is.

import { blocked, edited, nothingToDo, type Files, type Wiring } from './types.ts';

const FOLDER = '.github/workflows';
const PATH = `${FOLDER}/prisma-mend.yml`;
const SECRET = 'PROD_READONLY_URL';

export async function github(files: Files): Promise<Wiring> {
  const workflows = files.list(FOLDER).filter((name) => /\.ya?ml$/.test(name)).map((name) => ({ path: `${FOLDER}/${name}`, text: files.read(`${FOLDER}/${name}`) ?? '' }));
  if (workflows.some(({ text }) => /^[^#\n]*\bprisma-mend check\b/m.test(text))) return nothingToDo;
  const [taken] = workflows.filter(({ path }) => path === PATH);
  if (taken !== undefined) return blocked({ path: PATH, line: 1, found: taken.text.split(/\r?\n/)[0] ?? '', why: 'The file is there, and does not run prisma-mend check.', put: '- run: npx --no-install prisma-mend check' });
  return edited(PATH, null, workflow(variables(files), installSteps(files)), [`gh secret set ${SECRET}   # the database the daily check looks at; a role that may only read is enough`]);
}

/** The environment variables the project reads its URL from. */
function variables(files: Files): readonly string[] {
  const texts = ['prisma/schema.prisma', 'schema.prisma', 'prisma.config.ts', 'prisma7.config.ts'].map((path) => files.read(path) ?? '');
  const named = texts.flatMap((text) => [...text.matchAll(/^[^/\n]*\b(?:[uU]rl|directUrl)\b[^\n]*?\benv(?:\(\s*["'](\w+)["']\s*\)|\.(\w+)|\[["'](\w+)["']\])/gm)].map(([, call, dot, key]) => call ?? dot ?? key ?? ''));
  const found = [...new Set(named.filter((name) => name !== ''))];
  return found.length === 0 ? ['DATABASE_URL'] : found;
}

function installSteps(files: Files): readonly string[] {
  const has = (path: string) => files.read(path) !== null;
  const node = (cache: string) => ['- uses: actions/checkout@v5', '- uses: actions/setup-node@v5', '  with:', '    node-version: 22', ...(cache === '' ? [] : [`    cache: ${cache}`])];
  if (has('pnpm-lock.yaml')) return [...node(''), '- run: corepack enable && pnpm install --frozen-lockfile'];
  if (has('yarn.lock')) return has('.yarnrc.yml') ? [...node(''), '- run: corepack enable && yarn install --immutable'] : [...node('yarn'), '- run: yarn install --frozen-lockfile'];
  return has('package-lock.json') ? [...node('npm'), '- run: npm ci'] : [...node(''), '- run: npm install'];
}

function workflow(names: readonly string[], install: readonly string[]): string {
  const env = (indent: string, value: string) => names.map((name) => `${indent}${name}: ${value}`).join('\n');
  const steps = install.map((line) => `      ${line}`).join('\n');
  return `name: prisma-mend

on:
  pull_request:
  schedule:
    - cron: "17 5 * * *"
  workflow_dispatch:

permissions:
  contents: read

jobs:
  # Do the migrations make what the schema says? On an empty PostgreSQL, without a secret.
  migrations:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 15
    services:
      postgres:
        image: postgres:17
        env:
          POSTGRES_PASSWORD: postgres
        ports:
          - 5432:5432
        options: --health-cmd pg_isready --health-interval 2s --health-timeout 5s --health-retries 15
    env:
${env('      ', 'postgresql://postgres:postgres@localhost:5432/postgres')}
    steps:
${steps}
      - run: npx --no-install prisma migrate deploy
      - run: npx --no-install prisma-mend check

  # Has the database drifted from the schema? Reads it, and changes nothing.
  database:
    if: github.event_name != 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
${steps}
      - run: npx --no-install prisma-mend check
        env:
${env('          ', `\${{ secrets.${SECRET} }}`)}
`;
}
