// `init` on real folders with the built command line: what is printed is what is written, and git takes it as a patch.

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PREDEPLOY } from '../../src/wiring/command.ts';
import { mend } from '../support/prisma-cli.ts';

const made: string[] = [];
afterAll(() => made.forEach((path) => rmSync(path, { recursive: true, force: true })));

const PACKAGE = '{\n  "scripts": {\n    "docker-start": "npm run setup && npm run start",\n    "setup": "prisma generate && prisma migrate deploy",\n    "start": "node ."\n  },\n  "dependencies": {\n    "prisma": "6.19.0"\n  }\n}\n';

function folder(texts: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mend-init-'));
  made.push(root);
  for (const [path, text] of Object.entries({ 'package.json': PACKAGE, ...texts })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function contents(root: string): Readonly<Record<string, string>> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => !path.startsWith('.git/') && existsSync(join(root, path)));
  return Object.fromEntries(files.flatMap((path) => (path.endsWith('.git') || path.endsWith('workflows') || path.endsWith('.github') ? [] : [[path, readFileSync(join(root, path), 'utf8')]])));
}

const CASES: readonly (readonly [string, Readonly<Record<string, string>>, string, string])[] = [
  ['railway', {}, 'railway.json', `"preDeployCommand": ["${PREDEPLOY}"]`],
  ['railway', { 'railway.toml': '[build]\r\nbuilder = "RAILPACK"' }, 'railway.toml', `preDeployCommand = ["${PREDEPLOY}"]`],
  ['render', { 'render.yaml': 'services:\n  - type: web\n    name: shop\n    runtime: node # 22\n    envVars: []' }, 'render.yaml', `    preDeployCommand: ${PREDEPLOY}`],
  ['fly', { 'fly.toml': 'app = "shop"\r\n\r\n[deploy]\r\n  strategy = "rolling"\r\n' }, 'fly.toml', `  release_command = "${PREDEPLOY}"`],
  ['heroku', { Procfile: 'web: npm start' }, 'Procfile', `release: ${PREDEPLOY}`],
  ['github', {}, '.github/workflows/prisma-mend.yml', '- run: npx --no-install prisma-mend check'],
  ['docker', { Dockerfile: 'FROM node:22\nCMD npx prisma migrate deploy && node .\n' }, 'Dockerfile', `CMD ${PREDEPLOY} && node .`],
  ['shopify', {}, 'package.json', '"setup": "prisma generate && prisma-mend predeploy"'],
];

describe.each(CASES)('%s %j', (platform, texts, path, line) => {
  test('shows, writes, and has nothing left to do', async () => {
    const root = folder(texts);
    const before = contents(root);
    const shown = await mend(['init', platform, '--dry-run'], root);
    expect([shown.code, contents(root)]).toEqual([0, before]);
    expect(shown.stderr).toContain('--dry-run wrote nothing');

    const patched = folder({});
    rmSync(patched, { recursive: true });
    cpSync(root, patched, { recursive: true });
    execFileSync('git', ['init', '--quiet'], { cwd: patched });
    execFileSync('git', ['-c', 'core.autocrlf=false', 'apply', '--whitespace=nowarn', '-'], { cwd: patched, input: shown.stdout });

    const ran = await mend(['init', platform], root);
    expect([ran.code, ran.stdout]).toEqual([0, shown.stdout]);
    expect(ran.stderr).toContain(path);
    expect(ran.stderr).toContain('Next: npm install prisma-mend');
    const after = contents(root);
    expect(after[path]).toContain(line);
    expect(contents(patched)).toEqual(after);
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([path]);

    const again = await mend(['init', platform], root);
    expect([again.code, again.stdout, contents(root)]).toEqual([0, '', after]);
    expect(again.stderr).toContain('Nothing to do');
  });
});

test('a line in the way stays, is named, and says what to put there', async () => {
  const root = folder({ 'fly.toml': '[deploy]\n  release_command = "npx prisma migrate deploy || true"\n' });
  const before = contents(root);
  const ran = await mend(['init', 'fly'], root);
  expect([ran.code, ran.stdout, contents(root)]).toEqual([3, '', before]);
  expect(ran.stderr).toContain('fly.toml:2');
  expect(ran.stderr).toContain('release_command = "npx prisma migrate deploy || true"');
  expect(ran.stderr).toContain(`release_command = "${PREDEPLOY}"`);
  const json = JSON.parse((await mend(['init', 'fly', '--json'], root)).stdout) as Record<string, unknown>;
  expect(json).toMatchObject({ ok: false, exitCode: 3, command: 'init', platform: 'fly', change: null, written: false, obstacle: { path: 'fly.toml', line: 2 } });
});

test('a password in a line that is in the way is not printed', async () => {
  const root = folder({ Procfile: 'release: DATABASE_URL=postgresql://u:hunter2secret@h/d npx prisma migrate deploy\n' });
  const ran = await mend(['init', 'heroku'], root);
  expect([ran.code, ran.all.includes('Procfile:1'), ran.all.includes('hunter2secret')]).toEqual([3, true, false]);
});

test('a broken file, no file, no platform, an unknown one: exit 1, nothing changed', async () => {
  const root = folder({ 'railway.json': '{\n  "deploy": {\n    // why\n  }\n}\n' });
  const before = contents(root);
  for (const [args, words] of [
    [['railway'], /railway\.json:3:5 is not valid JSON[\s\S]*FILE_INVALID[\s\S]*no comments/],
    [['render'], /NO_PLATFORM_FILE[\s\S]*Pre-Deploy Command/],
    [[], /USAGE/],
    [['vercel'], /vercel[\s\S]*railway[\s\S]*USAGE/],
  ] as const) {
    const ran = await mend(['init', ...args], root);
    expect([args, ran.code, ran.stdout]).toEqual([args, 1, '']);
    expect(ran.stderr).toMatch(words);
  }
  writeFileSync(join(root, 'Procfile'), Buffer.from([0xff, 0xfe, 0x41, 0x00]));
  expect((await mend(['init', 'heroku'], root)).stderr).toContain('UTF-8');
  rmSync(join(root, 'Procfile'));
  expect(contents(root)).toEqual(before);
});

test('JSON says what was changed, and a folder that may not be written is said', async () => {
  const root = folder({});
  const json = JSON.parse((await mend(['init', 'railway', '--json'], root)).stdout) as { change: { diff: string }; written: boolean };
  expect([json.written, json.change.diff.startsWith('--- /dev/null\n+++ b/railway.json\n')]).toEqual([true, true]);
  const other = folder({ Procfile: 'web: x\n', '.github': 'a file where a folder belongs' });
  chmodSync(join(other, 'Procfile'), 0o755);
  expect((await mend(['init', 'heroku'], other)).code).toBe(0);
  expect((await mend(['init', 'github'], other)).stderr).toContain('FILE_UNWRITABLE');
});
