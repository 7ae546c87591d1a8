// The built command line on a damaged database, told to several readers at once.

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase, NEWEST, withDatabase, type TestDatabase } from '../support/database.ts';
import { appFolder, mend, type AppFolder } from '../support/prisma-cli.ts';
import { buildFromEngine, ROOT, workspaceFor } from '../support/project.ts';

const SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');
const SECRET = 'hunter2secret';
const LEDGER = 'CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)';

const ANNOTATIONS = `::error file=prisma/schema.prisma,line=16,col=3,title=prisma-mend COLUMN.MISSING::column User.name is missing%0Aa repair mends it: npx prisma-mend repair
::warning file=prisma/schema.prisma,line=24,col=7,title=prisma-mend INDEX.MISSING::index Post.Post_createdAt_idx is missing%0Aa repair mends it: npx prisma-mend repair
::notice title=prisma-mend TABLE.EXTRA::table legacy is only in the database
`;

let app: AppFolder;
let database: TestDatabase;
let pretty: string;

beforeAll(async () => {
  database = await freshDatabase(NEWEST);
  await buildFromEngine(database, await workspaceFor(SCHEMA, database.url));
  await database.run('ALTER TABLE "User" DROP COLUMN name; DROP INDEX "Post_createdAt_idx"; CREATE TABLE legacy (id int)');
  const plain = appFolder(readFileSync(SCHEMA, 'utf8'));
  pretty = (await mend(['check'], plain.path, { DATABASE_URL: database.url })).stdout;
  plain.remove();
});
afterAll(() => database.drop());
beforeEach(() => {
  app = appFolder(readFileSync(SCHEMA, 'utf8'));
  return () => app.remove();
});

const check = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => mend(['check', ...args], app.path, { DATABASE_URL: database.url, ...environment });
const read = (name: string) => readFileSync(join(app.path, name), 'utf8');
const escapes = '\u001b';

describe('asked for', () => {
  test('each file has its form, whole and without colours; stdout is what it is without files; the exit code stays', async () => {
    const ran = await check(['--reporter', 'markdown:drift.md', '--reporter=json:drift.json', '--reporter', 'github:notes.txt', '--reporter', 'pretty:drift.txt', '--reporter', 'pretty'], { FORCE_COLOR: '1' });
    expect([ran.code, ran.stderr]).toEqual([2, '']);
    expect(ran.stdout).toContain(escapes);
    expect(ran.stdout.replaceAll(/\u001b\[\d+m/g, '')).toBe(pretty); // oxlint-disable-line no-control-regex
    expect(read('drift.txt')).toBe(pretty);
    expect(read('notes.txt')).toBe(ANNOTATIONS);
    expect(JSON.parse(read('drift.json'))).toMatchObject({ schemaVersion: 1, ok: false, exitCode: 2, command: 'check' });
    expect(read('drift.md').replace(database.target.database, 'shop').replace(/:\d+, PostgreSQL [\d.]+/, ':5432, PostgreSQL XX')).toBe(`### ✖ prisma-mend check: 1 error, 1 warning

shop on 127.0.0.1:5432, PostgreSQL XX

| | code | finding | where | what to do |
|---|---|---|---|---|
| **error** | <code>COLUMN.MISSING</code> | column User.name is missing | <code>prisma/schema.prisma:16</code> | a repair mends it: <code>npx prisma-mend repair</code> |
| **warning** | <code>INDEX.MISSING</code> | index Post.Post_createdAt_idx is missing | <code>prisma/schema.prisma:24</code> | a repair mends it: <code>npx prisma-mend repair</code> |

Only in the database, and kept: 1 table.

Next:

\`\`\`sh
npx prisma-mend repair
\`\`\`
`);
    expect(readdirSync(app.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('one form on stdout is that form alone', async () => {
    const [json, flag, github, both] = await Promise.all([check(['--reporter', 'json']), check(['--json', '--reporter', 'markdown:a.md']), check(['--reporter', 'github', '--fail-on', 'none']), check(['--reporter', 'pretty', '--reporter', 'github'])]);
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(flag.stdout));
    expect(read('a.md')).toMatch(/^### ✖ /);
    expect([github.code, github.stdout]).toEqual([0, ANNOTATIONS]);
    expect(both.stdout).toBe(`${pretty}${ANNOTATIONS}`);
  });

  test('a file that is there is replaced, a link is followed', async () => {
    app.write('real.md', 'old '.repeat(10_000));
    symlinkSync(join(app.path, 'real.md'), join(app.path, 'link.md'));
    app.write('drift.md', 'old '.repeat(10_000));
    await check(['--reporter', 'markdown:drift.md']);
    await check(['--reporter', 'markdown:link.md']);
    expect(read('drift.md')).toMatch(/^### ✖ [^]*```\n$/);
    expect(read('real.md')).toBe(read('drift.md'));
  });

  test.each([
    ['USAGE', /Unknown reporter "html"\. Reporters: pretty, json, github, markdown\./, ['--reporter', 'html:drift.html']],
    ['USAGE', /json and github together on stdout would be no JSON/, ['--reporter', 'json', '--reporter', 'github']],
    ['USAGE', /Not enough arguments following: reporter/, ['--reporter']],
    ['UNWRITABLE', /Cannot write absent\/drift\.md/, ['--reporter', 'markdown:absent/drift.md']],
    ['UNWRITABLE', /Cannot write folder;/, ['--reporter', 'pretty', '--reporter', 'markdown:folder']],
  ])('%s %s', async (code, text, args) => {
    mkdirSync(join(app.path, 'folder'));
    // Nobody is asked in vain: a wrong option is told before the database is.
    const environment = code === 'USAGE' ? { DATABASE_URL: 'postgresql://u@127.0.0.1:1/d' } : {};
    const ran = await check(args, environment);
    expect(ran.code).toBe(1);
    if (args.includes('json')) expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, exitCode: 1, error: { code, message: expect.stringMatching(text) } });
    else expect([ran.stdout, ran.stderr]).toEqual(['', expect.stringMatching(new RegExp(`${text.source}[^]*  ${code}\n[^]*\nNext: `))]);
    expect(readdirSync(app.path).filter((name) => /drift|tmp/.test(name))).toEqual([]);
  });

  test('a failure is JSON where JSON was asked for', async () => {
    const ran = await check(['--reporter', 'json'], { DATABASE_URL: 'postgresql://u@127.0.0.1:1/d' });
    expect([ran.code, ran.stderr, JSON.parse(ran.stdout)]).toEqual([1, '', expect.objectContaining({ ok: false, exitCode: 1 })]);
  });
});

describe('in GitHub Actions', () => {
  const actions = () => ({ GITHUB_ACTIONS: 'true', NO_COLOR: '1', GITHUB_STEP_SUMMARY: join(app.path, 'summary.md') });

  test('unasked: the report, annotations, and the page of the step, which is added to', async () => {
    app.write('summary.md', 'Earlier words');
    const ran = await check([], actions());
    expect([ran.code, ran.stderr, ran.stdout]).toEqual([2, '', `${pretty}${ANNOTATIONS}`]);
    expect(read('summary.md')).toMatch(/^Earlier words\n\n### ✖ prisma-mend check: 1 error, 1 warning\n[^]*```\n$/);
    await check([], actions());
    expect(read('summary.md').match(/^### /gm)).toHaveLength(2);
  });

  test('coloured logs keep the annotations plain', async () => {
    const ran = await check([], { GITHUB_ACTIONS: 'true', FORCE_COLOR: '1' });
    expect(ran.stdout).toContain(escapes);
    expect(ran.stdout.endsWith(`\n${ANNOTATIONS}`)).toBe(true);
  });

  test('no page: nothing is written, and nothing fails', async () => {
    const ran = await check([], actions());
    expect([ran.code, ran.stdout, ran.stderr, existsSync(join(app.path, 'summary.md'))]).toEqual([2, `${pretty}${ANNOTATIONS}`, '', false]);
  });

  test('asked for something: that alone', async () => {
    app.write('summary.md', '');
    const json = await check(['--json'], actions());
    expect(JSON.parse(json.stdout)).toMatchObject({ exitCode: 2 });
    expect((await check(['--reporter', 'pretty'], actions())).stdout).toBe(pretty);
    expect(read('summary.md')).toBe('');
  });

  test('a name is never a command, in any form', async () => {
    const hostile = 'x\n::stop-commands::y\r::error::z ##[add-mask]*|`<b>\u001b[31m';
    await withDatabase(NEWEST, async (other) => {
      await buildFromEngine(other, await workspaceFor(SCHEMA, other.url));
      await other.run(`ALTER TABLE "Post" ADD "${hostile}" int NOT NULL`);
      app.write('summary.md', '');
      const ran = await check(['--verbose'], { ...actions(), DATABASE_URL: other.url });
      expect(ran.code).toBe(3);
      expect(ran.stdout.split(/[\r\n]/).filter((line) => /^\s*::/.test(line) || line.includes('##['))).toEqual([expect.stringMatching(/^::error file=[^:]*::column Post\.x%0A::stop-commands::y%0D::error::z ##\[add-mask\]/)]);
      expect(read('summary.md').split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
      expect(read('summary.md')).not.toContain(escapes);
      const json = await check(['--json', '--reporter', 'pretty:drift.txt'], { ...actions(), DATABASE_URL: other.url });
      expect(json.stdout).not.toContain('##[');
      expect(JSON.parse(json.stdout)).toMatchObject({ findings: [{ message: expect.stringContaining(hostile) }] });
      expect(read('drift.txt')).not.toContain(escapes);
    });
  });
});

test('what the database wrote into its log keeps its secrets, and a column named password its advice', async () => {
  app.write('prisma/schema.prisma', 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\nmodel User {\n  id Int @id\n  password String\n}\n');
  app.write('prisma/migrations/1_init/migration.sql', 'SELECT 1;\n');
  await withDatabase(NEWEST, async (other) => {
    await other.run(`CREATE TABLE "User" (id int PRIMARY KEY); INSERT INTO "User" VALUES (1); ${LEDGER}`);
    await other.run(`INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ('1', 'c', '1_init', 'ERROR: could not connect to postgresql://u:${SECRET}@h/d with password=${SECRET}')`);
    app.write('summary.md', '');
    const environment = { DATABASE_URL: other.url, GITHUB_ACTIONS: 'true', NO_COLOR: '1', GITHUB_STEP_SUMMARY: join(app.path, 'summary.md') };
    const [plain, files] = [await check([], environment), await check(['--json', '--reporter', 'markdown:d.md', '--reporter', 'github:d.txt', '--reporter', 'pretty:p.txt'], environment)];
    const all = [plain.all, files.all, ...['d.md', 'd.txt', 'p.txt', 'summary.md'].map(read)];
    for (const text of all) {
      expect(text).not.toContain(SECRET);
      expect(text).toContain('1_init failed');
      expect(text).toMatch(/--fill \\?"User\.password=(<|&lt;)sql expression/);
    }
  });
});
