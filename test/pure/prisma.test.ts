// Discovery and reading of Prisma projects, judged by Prisma's own packages.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import internals from '@prisma/internals';
import { CONFIG_CANDIDATES, findConfig, loadConfig } from '../../src/prisma/config.ts';
import { engineFiles, engineVersion, schemaDdl } from '../../src/prisma/engine.ts';
import { openProject } from '../../src/prisma/project.ts';
import { schemaNames } from '../../src/prisma/names.ts';
import { positionOf, readPsl } from '../../src/prisma/psl.ts';
import { SCHEMAS } from '../support/project.ts';

const require = createRequire(import.meta.url);
let folder = '';
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const POSTGRES = 'datasource db {\n  provider = "postgresql"\n}\n';
const MODEL = `${POSTGRES}\nmodel A {\n  id Int @id\n}\n`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mend-project-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (options: Partial<Parameters<typeof openProject>[0]> = {}) => openProject({ cwd: folder, environment: {}, ...options });

describe('the engine', () => {
  test('is the one @prisma/internals pins', () => {
    const pinned = JSON.parse(readFileSync(require.resolve('@prisma/internals/package.json'), 'utf8')) as { dependencies: Record<string, string> };
    expect(engineVersion()).toBe(pinned.dependencies['@prisma/schema-engine-wasm']);
  });

  test('reads what Prisma 6 wrote: the properties we blank are those Prisma 7 objects to', async () => {
    const text = `// url = "no"\ndatasource db {\n  provider = "postgresql" // provider = "mysql"\n  url = env("DATABASE_URL")\n  directUrl = env(\n    "DIRECT_URL"\n  )\n  shadowDatabaseUrl = "postgres://ü😀"\n  schemas = ["public"]\n}\n`;
    const file = readPsl('s.prisma', text);
    const [block] = file.blocks;
    const ours = block?.properties.filter(({ key }) => /url/i.test(key)).map(({ start, end }) => [start, end]);
    const theirs = await internals.lintSchema({ schemas: [['s.prisma', text]] });
    const refused = theirs.filter((one) => /url/i.test(one.text)).map(({ start, end }) => [start, end]);
    expect(refused.length).toBeGreaterThan(0);
    expect(ours).toEqual(expect.arrayContaining(refused));
    expect(engineFiles([file])[0]?.content).toHaveLength(text.length);
  });

  test('an unknown preview feature is no obstacle, a broken schema is Prisma\'s own error with file and line', async () => {
    write('schema.prisma', `generator client {\n  provider = "prisma-client-js"\n  previewFeatures = ["metrics", "nonsense"]\n}\n${MODEL}`);
    expect(await schemaDdl(await open())).toContain('CREATE TABLE "A"');
    write('schema.prisma', `${POSTGRES}model A {\n  id Int @id\n  b  Strin\n}\n`);
    await expect(schemaDdl(await open())).rejects.toMatchObject({ code: 'SCHEMA_INVALID', why: expect.stringMatching(/Type "Strin".*[\s\S]*schema\.prisma:6/) });
  });

  test('SQLite models become PostgreSQL only when told to', async () => {
    write('schema.prisma', MODEL.replace('postgresql', 'sqlite').replace('}\n\n', '  url = "file:dev.db"\n}\n\n'));
    await expect(open()).rejects.toMatchObject({ code: 'PROVIDER_UNSUPPORTED', next: expect.stringContaining('--provider postgresql') });
    expect(await schemaDdl(await open({ provider: 'postgresql' }))).toContain('CREATE TABLE "A"');
  });

  test.each(['mysql', 'sqlserver', 'mongodb', 'cockroachdb'])('%s is refused with what to use instead', async (provider) => {
    write('schema.prisma', MODEL.replace('postgresql', provider));
    await expect(open({ provider: 'postgresql' })).rejects.toMatchObject({ code: 'PROVIDER_UNSUPPORTED', why: expect.stringMatching(/Prisma's own/) });
  });
});

describe('finding things', () => {
  test.each(CONFIG_CANDIDATES.map((path, at) => [path, at] as const))('the config %s', async (path) => {
    write(path, 'export default {};\n');
    const { findPrismaConfigFile } = require(join(dirname(require.resolve('@prisma/internals/package.json')), '..', 'config')) as { findPrismaConfigFile: (root: string) => string | null };
    expect(findConfig(folder)).toBe(join(folder, path));
    expect(findPrismaConfigFile(folder)).toBe(join(folder, path));
  });

  test('the order of configs is Prisma\'s', () => {
    for (const path of [...CONFIG_CANDIDATES].reverse()) write(path, '');
    expect(findConfig(folder)).toBe(join(folder, 'prisma7.config.js'));
  });

  test('a TypeScript config without Prisma installed, its prints kept off stdout', async () => {
    write('prisma.config.ts', `import { defineConfig, env } from 'prisma/config';\nconsole.log('banner');\nexport default defineConfig({ schema: 'db', migrations: { path: 'db/history' }, datasource: { url: env('SOME_URL') }, tables: { external: ['public.Legacy'] }, experimental: { externalTables: true } });\n`);
    write('db/a.prisma', POSTGRES);
    write('db/deep/b.prisma', 'model Legacy {\n  id Int @id\n}\nmodel B {\n  id Int @id\n}\n');
    process.env['SOME_URL'] = 'postgresql://u:secret@host/db';
    try {
      const project = await open();
      expect(project.schema.files.map(({ path }) => path)).toEqual([join(folder, 'db/a.prisma'), join(folder, 'db/deep/b.prisma')]);
      expect(project.migrationsDir).toBe(join(folder, 'db/history'));
      expect(project.target()).toMatchObject({ host: 'host', source: 'datasource of prisma.config.ts' });
      expect(await schemaDdl(project)).not.toContain('Legacy');
    } finally {
      delete process.env['SOME_URL'];
    }
  });

  test('an unset variable in the config is only missed by those who need the URL', async () => {
    write('prisma.config.ts', `import { defineConfig, env } from 'prisma/config';\nexport default defineConfig({ datasource: { url: env('NOT_SET_ANYWHERE') } });\n`);
    write('.env', 'NOT_SET_ANYWHERE=postgresql://u@h/d\n');
    write('prisma/schema.prisma', MODEL);
    const project = await open();
    expect(await schemaDdl(project)).toContain('"A"');
    expect(() => project.target()).toThrow(expect.objectContaining({ code: 'NO_URL', why: expect.stringMatching(/NOT_SET_ANYWHERE is not set[\s\S]*does not load \.env/) }));
  });

  test('a Prisma 8 config is named', async () => {
    write('prisma.config.ts', 'export default { orm: {} };\n');
    await expect(loadConfig(join(folder, 'prisma.config.ts'))).rejects.toMatchObject({ code: 'PRISMA_8' });
  });

  test('a broken config says which, without what it holds', async () => {
    write('prisma.config.ts', `throw new Error('cannot connect to postgresql://u:hunter2@h/d');\n`);
    await expect(loadConfig(join(folder, 'prisma.config.ts'))).rejects.toMatchObject({ code: 'CONFIG_INVALID', why: expect.not.stringContaining('hunter2') });
  });

  test('the schema in Prisma\'s order, and where it looked when there is none', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'NO_SCHEMA', why: expect.stringContaining(join('prisma', 'schema.prisma')) });
    write('prisma/schema.prisma', MODEL);
    expect((await open()).schema.path).toBe(join(folder, 'prisma', 'schema.prisma'));
    write('package.json', '{ "prisma": { "schema": "elsewhere.prisma" } }');
    write('elsewhere.prisma', MODEL);
    expect((await open()).schema.path).toBe(join(folder, 'elsewhere.prisma'));
    expect((await open({ schema: 'prisma/schema.prisma' })).schema.path).toBe(join(folder, 'prisma', 'schema.prisma'));
  });

  test('the URL: flag, directUrl, url, .env with expansion, DATABASE_URL', async () => {
    write('schema.prisma', MODEL.replace('}\n\n', '  url = env("POOLED")\n  directUrl = env("DIRECT")\n}\n\n'));
    write('.env', 'HOST=from-file\nDIRECT="postgresql://u:p@${HOST}:5433/d?schema=app"\nPOOLED=postgresql://pool/d\n');
    expect((await open()).target()).toMatchObject({ host: 'from-file', port: 5433, schema: 'app', source: expect.stringContaining('DIRECT in') });
    expect((await open({ environment: { DIRECT: 'postgresql://env/d' } })).target()).toMatchObject({ host: 'env', source: 'environment variable DIRECT' });
    expect((await open({ url: 'postgres://flag/d' })).target()).toMatchObject({ host: 'flag', source: '--url' });
    write('schema.prisma', MODEL);
    expect((await open({ environment: { DATABASE_URL: 'postgresql://only/d' } })).target()).toMatchObject({ host: 'only' });
  });

  test.each([
    ['', /empty/],
    ['mysql://h/d', /begins with mysql/],
    ['file:./dev.db', /SQLite file/],
    ['prisma+postgres://accelerate/?api_key=x', /direct postgresql/],
    ['postgresql://u:p#w@h/d', /percent-encoded/],
    ['postgresql://u:%zz@h/%zz', /hexadecimal/],
    ['localhost:5432/db', /postgresql:\/\//],
  ])('the URL %j is refused without being shown', async (url, why) => {
    write('schema.prisma', MODEL);
    const project = await open({ url: url === '' ? ' ' : url });
    expect(() => project.target()).toThrow(expect.objectContaining({ code: 'URL_INVALID', why: expect.stringMatching(why) }));
  });
});

test('models and fields are found by the database\'s names, with file and line', async () => {
  const project = await openProject({ cwd: folder, environment: {}, schema: SCHEMAS.find(({ name }) => name === 'names')!.path });
  const names = schemaNames(project);
  expect(names.locate('public', 'user', 'user id')).toMatchObject({ words: 'User.id', where: { column: 3 } });
  expect(names.unmapped('public', 'user', 'snake_case')).toBe('snake');
  expect(names.unmapped('public', 'user', null)).toBe('User');
  expect(names.locate('public', 'no such', null)).toBeNull();
});

test('positions count characters', () => {
  const file = readPsl('x', '// ü😀\nmodel 😀 {}\nmodel A {\n  ü Int\n}\n');
  const field = file.blocks.find(({ name }) => name === 'A')?.fields[0];
  expect(positionOf(file, field?.at ?? 0)).toEqual({ file: 'x', line: 4, column: 3 });
});
