// The wiring of platforms: files as texts in, texts out. What is not understood stays; outside of what is put in, no byte changes.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MendError } from '../../src/errors.ts';
import { calledScripts, PREDEPLOY, rewire } from '../../src/wiring/command.ts';
import { unifiedDiff } from '../../src/wiring/diff.ts';
import { planWiring, type Platform } from '../../src/wiring/wire.ts';
import type { Wiring } from '../../src/wiring/types.ts';

type Texts = Readonly<Record<string, string>>;

const READY = '{ "dependencies": { "prisma": "6.19.0", "prisma-mend": "0.1.0" } }';

async function plan(platform: Platform, texts: Texts, service: string | null = null): Promise<Wiring> {
  const all: Texts = { 'package.json': READY, ...texts };
  return await planWiring(platform, { read: (path) => all[path] ?? null, list: (folder) => Object.keys(all).filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)) }, { service });
}

/** Wires, and wires again: the second run has nothing to do. */
async function wired(platform: Platform, texts: Texts, service: string | null = null): Promise<string> {
  const { edit, obstacle } = await plan(platform, texts, service);
  expect(obstacle).toBe(null);
  const after = edit?.after ?? '';
  const again = await plan(platform, { ...texts, [edit?.path ?? '']: after }, service);
  expect([again.edit, again.obstacle]).toEqual([null, null]);
  return after;
}

async function stands(platform: Platform, texts: Texts): Promise<readonly [string, number, string]> {
  const { edit, obstacle } = await plan(platform, texts);
  expect(edit).toBe(null);
  return [obstacle?.path ?? '', obstacle?.line ?? 0, obstacle?.found ?? ''];
}

async function invalid(platform: Platform, texts: Texts): Promise<string> {
  const error: unknown = await plan(platform, texts).catch((thrown: unknown) => thrown);
  return error instanceof MendError ? `${error.code} ${error.message}` : String(error);
}

/** What was taken out and what was put in, when all before and after it is the same. */
function change(before: string, after: string): { readonly out: string; readonly in: string } {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { out: before.slice(head, before.length - tail), in: after.slice(head, after.length - tail) };
}

describe('command lines', () => {
  test.each([
    ['prisma migrate deploy', PREDEPLOY],
    ['npx prisma migrate deploy', PREDEPLOY],
    ['npx --no-install prisma migrate deploy', PREDEPLOY],
    ['npx -y prisma@6.19.0 migrate deploy', PREDEPLOY],
    ['npm exec prisma migrate deploy', PREDEPLOY],
    ['npm exec --no -- prisma migrate deploy', PREDEPLOY],
    ['npx prisma generate && npx prisma migrate deploy', `npx prisma generate && ${PREDEPLOY}`],
    ['npx prisma migrate deploy  &&  node seed.js', `${PREDEPLOY}  &&  node seed.js`],
    ['echo "hello" && npx prisma migrate deploy', `echo "hello" && ${PREDEPLOY}`],
  ])('%s', (line, command) => expect(rewire(line)).toEqual({ kind: 'replaced', command }));

  test.each([
    'npx prisma migrate deploy || true', 'npx prisma migrate deploy || echo ok', 'npx prisma migrate deploy; node x', 'npx prisma migrate deploy &', 'node migrate.js', 'npx prisma db push',
    'npx prisma migrate deploy --schema db/schema.prisma', 'pnpm prisma migrate deploy', 'npx prisma migrate deploy > log', 'sh -c "npx prisma migrate deploy"', 'echo "a && prisma migrate deploy && b"',
    '(npx prisma migrate deploy)', 'npx prisma migrate deploy && npx prisma migrate deploy', 'npx prisma migrate deploy &&', `${PREDEPLOY} || true`, 'npx prisma migrate deploy # later', 'DATABASE_URL=$X npx prisma migrate deploy',
  ])('%s is not understood', (line) => expect(rewire(line).kind).toBe('foreign'));

  test.each([PREDEPLOY, `${PREDEPLOY} --repair safe --wait 60s`, 'prisma generate && prisma-mend predeploy', 'npx prisma-mend predeploy'])('%s is wired', (line) => expect(rewire(line).kind).toBe('done'));
  test('a chain is none where no shell runs it', () => expect(rewire('npx prisma generate && npx prisma migrate deploy', { shell: false, script: false }).kind).toBe('foreign'));
  test('called scripts', () => expect(calledScripts('npm run setup && npm start && pnpm run a:b && node x && npm run -s')).toEqual(['setup', 'start', 'a:b']));
});

describe('railway', () => {
  test('a new file', async () => expect(JSON.parse(await wired('railway', {}))).toEqual({ $schema: 'https://railway.com/railway.schema.json', deploy: { preDeployCommand: [PREDEPLOY] } }));

  test('no deploy yet: after $schema', async () => {
    const before = '{\n\t"$schema": "https://railway.com/railway.schema.json",\n\t"build": { "builder": "RAILPACK" }\n}';
    expect(await wired('railway', { 'railway.json': before })).toBe(before.replace('schema.json",', `schema.json",\n\t"deploy": {\n\t\t"preDeployCommand": ["${PREDEPLOY}"]\n\t},`));
  });
  test.each([
    ['{}', `{ "deploy": { "preDeployCommand": ["${PREDEPLOY}"] } }`],
    ['{"deploy":{"a":1}}', `{"deploy":{"preDeployCommand": ["${PREDEPLOY}"], "a":1}}`],
    ['{\r\n  "deploy": {\r\n    "a": 1\r\n  }\r\n}\r\n', `{\r\n  "deploy": {\r\n    "preDeployCommand": ["${PREDEPLOY}"],\r\n    "a": 1\r\n  }\r\n}\r\n`],
    ['{"deploy":{"a":1},"deploy":{"b":1}}', `{"deploy":{"a":1},"deploy":{"preDeployCommand": ["${PREDEPLOY}"], "b":1}}`],
    ['{\n  "deploy": {}\n}', `{\n  "deploy": {\n    "preDeployCommand": ["${PREDEPLOY}"]\n  }\n}`],
    ['{ "deploy": { "preDeployCommand": [ "npx prisma migrate deploy" ] } }', `{ "deploy": { "preDeployCommand": [ "${PREDEPLOY}" ] } }`],
    ['{ "deploy": { "preDeployCommand": "npx prisma migrate deploy" } }', `{ "deploy": { "preDeployCommand": "${PREDEPLOY}" } }`],
    ['{ "deploy": { "preDeployCommand": [] } }', `{ "deploy": { "preDeployCommand": ["${PREDEPLOY}"] } }`],
    ['{ "deploy": { "preDeployCommand": null } }', `{ "deploy": { "preDeployCommand": ["${PREDEPLOY}"] } }`],
    ['\ufeff{ "deploy": { "x": "}" } }', `\ufeff{ "deploy": { "preDeployCommand": ["${PREDEPLOY}"], "x": "}" } }`],
  ])('%j', async (before, after) => expect(await wired('railway', { 'railway.json': before })).toBe(after));

  test.each([
    ['{\n  "deploy": {\n    "preDeployCommand": ["node migrate.js"]\n  }\n}', 3, '"preDeployCommand": ["node migrate.js"]'],
    ['{ "deploy": { "preDeployCommand": ["npx prisma migrate deploy", "node seed.js"] } }', 1, '{ "deploy": { "preDeployCommand": ["npx prisma migrate deploy", "node seed.js"] } }'],
    ['{\n  "deploy": null\n}', 2, '"deploy": null'],
    ['{ "deploy": { "preDeployCommand": ["npx prisma migrate deploy || true"] } }', 1, '{ "deploy": { "preDeployCommand": ["npx prisma migrate deploy || true"] } }'],
  ])('%j stays', async (text, line, found) => expect(await stands('railway', { 'railway.json': text })).toEqual(['railway.json', line, found]));

  test('two config files, and one in code', async () => {
    expect((await stands('railway', { 'railway.json': '{}', 'railway.toml': '' }))[0]).toBe('railway.toml');
    expect((await stands('railway', { '.railway/railway.ts': 'export default {};' }))[0]).toBe('.railway/railway.ts');
  });

  test.each([
    ['{\n  "deploy": {,}\n}', '2:14'], ['{\n  // why\n}', '2:3'], ['{ "a": 1', '1:9'], ['{ "a": "x\ny" }', '1:8'], ['{} {}', '1:4'], ['', '1:1'], ['{ "a": 01 }', '1:8'], ["{ 'a': 1 }", '1:3'], ['{ "a": 1, }', '1:11'],
  ])('%j is no JSON', async (text, place) => expect(await invalid('railway', { 'railway.json': text })).toBe(`FILE_INVALID railway.json:${place} is not valid JSON; nothing was changed.`));

  test.each([
    ['', `[deploy]\npreDeployCommand = ["${PREDEPLOY}"]\n`],
    ['[build]\nbuilder = "x" # why', `[build]\nbuilder = "x" # why\n\n[deploy]\npreDeployCommand = ["${PREDEPLOY}"]`],
    ['# [deploy]\r\n[deploy] # here\r\n\r\n  # healthy\r\n  healthcheckPath = "/"\r\n', `# [deploy]\r\n[deploy] # here\r\n  preDeployCommand = ["${PREDEPLOY}"]\r\n\r\n  # healthy\r\n  healthcheckPath = "/"\r\n`],
    ['note = """\n[deploy]\n"""\n[deploy]\na = 1\n', `note = """\n[deploy]\n"""\n[deploy]\npreDeployCommand = ["${PREDEPLOY}"]\na = 1\n`],
    ['deploy.a = 1\n[build]\n', `deploy.preDeployCommand = ["${PREDEPLOY}"]\ndeploy.a = 1\n[build]\n`],
    ["[deploy]\npreDeployCommand = ['npx prisma migrate deploy'] # db\n", `[deploy]\npreDeployCommand = ["${PREDEPLOY}"] # db\n`],
    ['[environments.pr.deploy]\npreDeployCommand = ["true"]\n[deploy]\npreDeployCommand = "npx prisma migrate deploy"\n', `[environments.pr.deploy]\npreDeployCommand = ["true"]\n[deploy]\npreDeployCommand = "${PREDEPLOY}"\n`],
  ])('toml %j', async (before, after) => expect(await wired('railway', { 'railway.toml': before })).toBe(after));
  test('toml that stays', async () => {
    expect(await stands('railway', { 'railway.toml': '[deploy]\npreDeployCommand = ["node x"]\n' })).toEqual(['railway.toml', 2, 'preDeployCommand = ["node x"]']);
    expect((await stands('railway', { 'railway.toml': 'deploy = { a = 1 }\n' }))[0]).toBe('railway.toml');
    expect((await stands('railway', { 'railway.toml': '[deploy]\npreDeployCommand = [\n  "npx prisma migrate deploy"\n]\n' }))[1]).toBe(2);
    expect(await invalid('railway', { 'railway.toml': '[deploy]\na = \n' })).toMatch(/^FILE_INVALID railway\.toml:2:\d+ is not valid TOML/);
  });
});

describe('render', () => {
  const file = (service: string) => `# blueprint\nservices:\n  - type: web\n    name: shop\n    runtime: node\n${service}databases:\n  - name: db\n`;
  test('below buildCommand, with its comment', async () => {
    const before = file('    buildCommand: npm ci && npm run build # all of it\n    # starts\n    startCommand: npm start\n');
    expect(change(before, await wired('render', { 'render.yaml': before }))).toEqual({ out: '', in: `preDeployCommand: ${PREDEPLOY}\n    ` });
    expect(await wired('render', { 'render.yaml': before })).toContain(`# all of it\n    preDeployCommand: ${PREDEPLOY}\n    # starts\n`);
  });
  test.each(['npx prisma migrate deploy', '"npx prisma migrate deploy"', "'npx prisma migrate deploy'"])('%s replaced', async (written) => {
    const after = await wired('render', { 'render.yaml': file(`    preDeployCommand: ${written}   # db\r\n`) });
    expect(after).toBe(file(`    preDeployCommand: ${written.replace('npx prisma migrate deploy', PREDEPLOY)}   # db\r\n`));
  });
  test.each(['npx prisma generate && npx prisma migrate deploy', './migrate.sh', '|\n      npx prisma migrate deploy', '[a]'])('%j stays', async (written) => {
    expect((await stands('render', { 'render.yaml': file(`    preDeployCommand: ${written}\n`) })).slice(0, 2)).toEqual(['render.yaml', 6]);
  });
  test('which service', async () => {
    const two = file('').replace('databases:', '  - {type: worker, name: jobs, runtime: node}\n  - type: cron\n    name: nightly\n    runtime: node\n  - type: web\n    name: site\n    runtime: static\ndatabases:');
    expect(await wired('render', { 'render.yaml': two })).toContain(`    runtime: node\n    preDeployCommand: ${PREDEPLOY}\n  - {type`);
    const webs = file('').replace('databases:', '  - type: web\n    name: admin\n    runtime: docker\ndatabases:');
    expect((await plan('render', { 'render.yaml': webs })).obstacle?.why).toContain('shop, admin');
    expect(await wired('render', { 'render.yaml': webs }, 'admin')).toContain(`runtime: docker\n    preDeployCommand: ${PREDEPLOY}\n`);
    expect((await plan('render', { 'render.yaml': webs }, 'none')).obstacle?.why).toContain('none');
    expect((await plan('render', { 'render.yaml': two }, 'jobs')).obstacle?.why).toContain('precisely');
    expect((await plan('render', { 'render.yaml': file('    plan: free\n') })).next.join()).toContain('paid');
  });
  test('projects, anchors and a byte order mark', async () => {
    expect(await wired('render', { 'render.yaml': '\ufeffprojects:\n  - name: p\n    environments:\n      - name: e\n        services:\n          - type: web\n            name: a' })).toMatch(/ {12}name: a\n {12}preDeployCommand: .*$/);
    expect((await stands('render', { 'render.yaml': 'x: &x\n  preDeployCommand: node x\nservices:\n  - <<: *x\n    type: web\n' }))[1]).toBe(4);
  });
  test('no file, or no YAML', async () => {
    expect(await invalid('render', {})).toMatch(/^NO_PLATFORM_FILE/);
    expect(await invalid('render', { 'render.yaml': 'services:\n  - type: web\n   name: x\n' })).toMatch(/^FILE_INVALID render\.yaml:3:\d+ is not valid YAML/);
  });
});

describe('fly', () => {
  const FLY = `# fly.toml app configuration file\n\napp = 'shop'\nprimary_region = 'ams'\n\n[build]\n\n[http_service]\n  internal_port = 3000\n`;
  test('as fly launch writes it', async () => expect(await wired('fly', { 'fly.toml': FLY })).toBe(`${FLY}\n[deploy]\n  release_command = "${PREDEPLOY}"\n`));
  test('a section that is there', async () => expect(await wired('fly', { 'fly.toml': `${FLY}\n[deploy]\n  strategy = "rolling"\n` })).toBe(`${FLY}\n[deploy]\n  release_command = "${PREDEPLOY}"\n  strategy = "rolling"\n`));
  test('replaced, comment kept', async () => expect(await wired('fly', { 'fly.toml': `[deploy]\n  release_command = 'npx prisma migrate deploy' # db` })).toBe(`[deploy]\n  release_command = "${PREDEPLOY}" # db`));
  test('what stays', async () => {
    expect(await stands('fly', { 'fly.toml': '[deploy]\n  release_command = "npx prisma generate && npx prisma migrate deploy"\n' })).toEqual(['fly.toml', 2, 'release_command = "npx prisma generate && npx prisma migrate deploy"']);
    expect((await stands('fly', { 'fly.toml': '[deploy]\n  release_command = ["a"]\n' }))[1]).toBe(2);
    expect(await invalid('fly', {})).toMatch(/^NO_PLATFORM_FILE/);
    expect(await invalid('fly', { 'fly.toml': 'app = shop\n' })).toMatch(/^FILE_INVALID fly\.toml:1:\d+/);
  });
});

describe('heroku', () => {
  test.each([
    ['web: npm start', `release: ${PREDEPLOY}\nweb: npm start`],
    ['web: npm start\r\n', `release: ${PREDEPLOY}\r\nweb: npm start\r\n`],
    ['web: npm start\nrelease:  npx prisma generate && npx prisma migrate deploy\n', `web: npm start\nrelease:  npx prisma generate && ${PREDEPLOY}\n`],
    ['release:\n', `release: ${PREDEPLOY}\n`],
  ])('%j', async (before, after) => expect(await wired('heroku', { Procfile: before })).toBe(after));
  test('a new one says what Heroku would start', async () => {
    expect(await wired('heroku', {})).toBe(`release: ${PREDEPLOY}\n`);
    expect(await wired('heroku', { 'package.json': '{ "scripts": { "start": "node ." } }' })).toBe(`release: ${PREDEPLOY}\nweb: npm start\n`);
  });
  test('what stays', async () => {
    expect(await stands('heroku', { Procfile: 'web: x\nrelease: node migrate.js\n' })).toEqual(['Procfile', 2, 'release: node migrate.js']);
    expect((await stands('heroku', { Procfile: 'release: prisma migrate deploy\nrelease: x\n' }))[1]).toBe(2);
  });
});

describe('github', () => {
  test('npm, with the variables the schema reads', async () => {
    const text = await wired('github', { 'package-lock.json': '{}', 'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("SHOP_URL")\n  directUrl = env("SHOP_DIRECT_URL")\n}\n' });
    const { parse } = await import('yaml');
    const { jobs } = parse(text) as { jobs: Record<string, { env: Record<string, string>; steps: { run?: string; env?: Record<string, string> }[] }> };
    expect(Object.keys(jobs['migrations']?.env ?? {})).toEqual(['SHOP_URL', 'SHOP_DIRECT_URL']);
    expect(jobs['migrations']?.steps.flatMap(({ run }) => run ?? [])).toEqual(['npm ci', 'npx --no-install prisma migrate deploy', 'npx --no-install prisma-mend check']);
    expect(jobs['database']?.steps.at(-1)?.env).toEqual({ SHOP_URL: '${{ secrets.PROD_READONLY_URL }}', SHOP_DIRECT_URL: '${{ secrets.PROD_READONLY_URL }}' });
  });
  test.each([['pnpm-lock.yaml', 'pnpm install --frozen-lockfile'], ['yarn.lock', 'yarn install --frozen-lockfile'], ['none', 'npm install']])('%s', async (lock, install) => expect(await wired('github', { [lock]: '' })).toContain(install));
  test('one that checks is enough, one of that name is not', async () => {
    expect(await plan('github', { '.github/workflows/ci.yaml': 'jobs:\n  a:\n    steps:\n      - run: npx prisma-mend check\n' })).toEqual({ edit: null, obstacle: null, next: [] });
    expect((await stands('github', { '.github/workflows/prisma-mend.yml': 'name: x\n# prisma-mend check\n' }))[0]).toBe('.github/workflows/prisma-mend.yml');
  });
});

const TEMPLATE = `{
  "name": "app",
  "scripts": {
    "build": "remix vite:build",
    "start": "remix-serve ./build/server/index.js",
    "docker-start": "npm run setup && npm run start",
    "setup": "prisma generate && prisma migrate deploy",
    "prisma": "prisma"
  },
  "dependencies": {
    "prisma": "^6.2.1"
  }
}
`;
const SETUP = TEMPLATE.replace('prisma migrate deploy', 'prisma-mend predeploy');

describe('shopify', () => {
  test('the template, as it comes', async () => {
    expect(await wired('shopify', { 'package.json': TEMPLATE })).toBe(SETUP);
    expect(await wired('shopify', { 'package.json': TEMPLATE.replaceAll('\n', '\r\n') })).toBe(SETUP.replaceAll('\n', '\r\n'));
    expect((await plan('shopify', { 'package.json': TEMPLATE })).next).toEqual(['npm install prisma-mend']);
  });
  test('packages only developers have', async () => {
    const text = TEMPLATE.replace('"dependencies"', '"devDependencies"').replace('"prisma": "^6.2.1"', '"prisma": "^6.2.1", "prisma-mend": "0.1.0"');
    expect((await plan('shopify', { 'package.json': text })).next).toEqual([`npm install --save-prod prisma-mend 'prisma@^6.2.1'`]);
    expect((await plan('github', { 'package.json': text })).next).toHaveLength(1);
  });
  test('no setup yet', async () => expect(await wired('shopify', { 'package.json': '{\n  "scripts": {\n    "start": "x"\n  }\n}\n' })).toBe('{\n  "scripts": {\n    "setup": "prisma generate && prisma-mend predeploy",\n    "start": "x"\n  }\n}\n'));
  test('what stays', async () => {
    expect(await stands('shopify', { 'package.json': TEMPLATE.replace('migrate deploy', 'db push') })).toEqual(['package.json', 7, '"setup": "prisma generate && prisma db push",']);
    expect((await stands('shopify', { 'package.json': TEMPLATE.replace('migrate deploy', 'migrate deploy || true') }))[1]).toBe(7);
    expect(await invalid('shopify', { 'package.json': '{ "scripts": }' })).toMatch(/^FILE_INVALID package\.json:1:14/);
  });
});

describe('docker', () => {
  const FROM = 'FROM node:20-alpine AS build\nCMD npx prisma migrate deploy && node old.js\nFROM node:20-alpine\nRUN npm ci --omit=dev\n';
  test.each([
    ['CMD npx prisma migrate deploy && node server.js', `CMD ${PREDEPLOY} && node server.js`],
    ['CMD ["sh", "-c", "npx prisma migrate deploy && node server.js"]', `CMD ["sh", "-c", "${PREDEPLOY} && node server.js"]`],
    ['ENTRYPOINT ["npx", "prisma", "migrate", "deploy"]', 'ENTRYPOINT ["npx", "--no-install", "prisma-mend", "predeploy"]'],
    ['cmd  npx prisma migrate deploy\r\n', `cmd  ${PREDEPLOY}\r\n`],
  ])('%j', async (line, after) => expect(await wired('docker', { Dockerfile: FROM + line })).toBe(FROM + after));
  test('the script it runs', async () => {
    expect(await wired('docker', { Dockerfile: `${FROM}CMD ["npm", "run", "docker-start"]\n`, 'package.json': TEMPLATE })).toBe(SETUP);
    expect(await wired('docker', { 'package.json': TEMPLATE })).toBe(SETUP);
    const script = '#!/bin/sh\nset -e\n# prisma migrate deploy\necho "prisma migrate deploy"\n  npx prisma migrate deploy\nexec "$@"\n';
    const texts = { Dockerfile: `${FROM}COPY docker/entrypoint.sh /usr/local/bin/\nENTRYPOINT ["/usr/local/bin/entrypoint.sh"]\nCMD ["node", "server.js"]\n`, 'docker/entrypoint.sh': script };
    expect(await wired('docker', texts)).toBe(script.replace('  npx prisma migrate deploy', `  ${PREDEPLOY}`));
    expect((await plan('docker', texts)).next).toEqual([]);
    expect((await plan('docker', { ...texts, 'docker/entrypoint.sh': script.replace('set -e', '') })).next.join()).toContain('set -e');
  });
  test('what stays', async () => {
    expect(await stands('docker', { Dockerfile: `${FROM}CMD ["node", "server.js"]\n` })).toEqual(['Dockerfile', 5, 'CMD ["node", "server.js"]']);
    expect((await plan('docker', { Dockerfile: `${FROM}CMD ["node", "server.js"]\n` })).obstacle?.put).toBe(`CMD ["sh", "-c", "${PREDEPLOY} && exec node server.js"]`);
    expect(await stands('docker', { Dockerfile: `${FROM}CMD npx prisma migrate deploy ; node x\n` })).toEqual(['Dockerfile', 5, 'CMD npx prisma migrate deploy ; node x']);
    expect((await stands('docker', { Dockerfile: `${FROM}CMD npx prisma migrate deploy && \\\n  node x\n` }))[1]).toBe(5);
    expect((await stands('docker', { Dockerfile: `${FROM}CMD npm start\n`, 'package.json': TEMPLATE })).slice(0, 2)).toEqual(['package.json', 5]);
    expect((await stands('docker', { Dockerfile: 'FROM x\nRUN <<EOF\nCMD npx prisma migrate deploy\nEOF\n' }))[1]).toBe(4);
    expect((await stands('docker', { Dockerfile: `${FROM}ENTRYPOINT ./run.sh`, 'run.sh': 'npx prisma migrate deploy || true\n' })).slice(0, 2)).toEqual(['run.sh', 1]);
    expect(await invalid('docker', {})).toMatch(/^NO_PLATFORM_FILE/);
  });
});

describe('properties', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const eol = fc.constantFrom('\n', '\r\n');
  const fields = fc.dictionary(name.map((key) => `k_${key}`), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())), { maxKeys: 4 });

  test('JSON of any layout: one insertion, and the values are those before and the command', async () => {
    await fc.assert(fc.asyncProperty(fields, fc.option(fields), fc.constantFrom('', ' ', '   ', '\t'), eol, fc.constantFrom('', '\n', ' '), async (root, deploy, indent, ending, last) => {
      const value = deploy === null ? root : { ...root, deploy };
      const before = JSON.stringify(value, null, indent).replaceAll('\n', ending) + last;
      const after = await wired('railway', { 'railway.json': before });
      expect(change(before, after).out.trim()).toBe('');
      expect(JSON.parse(after)).toEqual({ ...value, deploy: { ...deploy, preDeployCommand: [PREDEPLOY] } });
      if (ending === '\r\n' && before.includes('\r\n')) expect(after.replaceAll('\r\n', '').includes('\n')).toBe(last === '\n');
    }));
  });

  test('TOML with comments in any order: one insertion of one or two lines', async () => {
    const line = fc.oneof(name.map((key) => `# [deploy] ${key}`), fc.constant(''), fc.tuple(name, fc.integer()).map(([key, value]) => `  a_${key}_${value} = "${value} # [deploy]" # x`));
    await fc.assert(fc.asyncProperty(fc.uniqueArray(line), fc.uniqueArray(line), fc.boolean(), eol, fc.boolean(), async (one, two, section, ending, last) => {
      const before = ['app = "x"', '[build]', ...one, ...(section ? ['[deploy]', ...two] : [])].join(ending) + (last ? ending : '');
      const after = await wired('fly', { 'fly.toml': before });
      const { out, in: put } = change(before, after);
      expect([out, put.includes(PREDEPLOY)]).toEqual(['', true]);
      if (ending === '\r\n') expect(after.replaceAll('\r\n', '')).not.toContain('\n');
      expect(after.endsWith(ending)).toBe(before.endsWith(ending));
    }));
  });

  test('YAML with comments and any indentation: one insertion of one line', async () => {
    const comment = fc.constantFrom('', ' # startCommand: x', '   # why');
    await fc.assert(fc.asyncProperty(fc.constantFrom('', '  ', '    '), comment, comment, fc.boolean(), eol, fc.boolean(), async (indent, first, second, build, ending, last) => {
      const before = [`services:${first}`, '# one', `${indent}- type: web${second}`, `${indent}  name: shop${first}`, ...(build ? [`${indent}  buildCommand: 'npm ci'${second}`] : []), `${indent}  envVars:`, `${indent}    - key: A # b`, `${indent}      value: "1"`].join(ending) + (last ? ending : '');
      const after = await wired('render', { 'render.yaml': before });
      expect([change(before, after).out, change(before, after).in.split('\n').length]).toEqual(['', 2]);
      expect(after.endsWith(ending)).toBe(before.endsWith(ending));
      if (ending === '\r\n') expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    }));
  });

  test('no text of any kind crashes it, and what it writes it understands', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom<Platform>('railway', 'render', 'fly', 'heroku', 'docker', 'shopify'), fc.string({ unit: fc.constantFrom('{', '}', '"', ':', ',', '[', ']', 'deploy', 'release', '\n', ' ', '=', 'x', '#', 'CMD ', "'", '\\') }), async (platform, text) => {
      const path = { railway: 'railway.json', render: 'render.yaml', fly: 'fly.toml', heroku: 'Procfile', docker: 'Dockerfile', shopify: 'package.json', github: '' }[platform];
      const done = await plan(platform, { [path]: text }).catch((error: unknown) => error);
      if (done instanceof MendError) expect(done.code).toBe('FILE_INVALID');
      else expect(done).toHaveProperty('edit');
    }), { numRuns: 500 });
  });
});

test('a diff as git reads it', () => {
  expect(unifiedDiff({ path: 'a', before: null, after: 'x\n' })).toBe('--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n');
  expect(unifiedDiff({ path: 'a', before: '1\n2\n3\n4\n5', after: '1\n2\n3\n4\nx\n5' })).toBe('--- a/a\n+++ b/a\n@@ -2,4 +2,5 @@\n 2\n 3\n 4\n+x\n 5\n\\ No newline at end of file\n');
});
