// predeploy, killed at any moment and run again: it finishes. Two kinds of death: the connection is cut before a message is sent or
// before its answer comes, message by message until it runs through; and the built command is killed with the Prisma CLI as its child.

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalText } from '../../src/catalog/catalog.ts';
import { checkedFindings } from '../../src/cli/views.ts';
import type { Checked } from '../../src/run/check.ts';
import { connect, type Session } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { introspect } from '../../src/introspect/introspect.ts';
import { ledgerDdl } from '../../src/run/ledger.ts';
import { predeploy, type Predeployed, type PredeployOptions } from '../../src/run/predeploy.ts';
import { openWorkspace } from '../../src/run/workspace.ts';
import { adminUrl, NEWEST, urlOf } from '../support/database.ts';
import { engineDiagnosis } from '../support/oracle.ts';
import { appFolder, type AppFolder } from '../support/prisma-cli.ts';
import { ROOT } from '../support/project.ts';
import { LOCK, schemaOf } from '../support/scenario.ts';

const SCHEMA = schemaOf('model User {\n  id    Int     @id\n  name  String?\n  email String?\n  posts Post[]\n\n  @@index([name])\n}\n\nmodel Post {\n  id     Int    @id\n  userId Int\n  body   String @default("")\n  user   User   @relation(fields: [userId], references: [id])\n  tags   Tag[]\n\n  @@index([body])\n}\n\nmodel Tag {\n  id     Int    @id\n  word   String @unique\n  postId Int\n  post   Post   @relation(fields: [postId], references: [id])\n}');
const USERS = 'CREATE TABLE "User" (\n    "id" INTEGER NOT NULL,\n    "name" TEXT,\n\n    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n';
const POSTS = ['CREATE TABLE "Post" (\n    "id" INTEGER NOT NULL,\n    "userId" INTEGER NOT NULL,\n    "body" TEXT NOT NULL DEFAULT \'\',\n\n    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")\n)', 'CREATE INDEX "Post_body_idx" ON "Post"("body")', 'ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE'] as const;
const MIGRATIONS: Readonly<Record<string, string>> = {
  '1_users': USERS,
  '2_posts': `${POSTS.join(';\n')};\n`,
  '3_tags': 'CREATE TABLE "Tag" ("id" INTEGER NOT NULL, "word" TEXT NOT NULL, "postId" INTEGER NOT NULL, CONSTRAINT "Tag_pkey" PRIMARY KEY ("id"));\nCREATE UNIQUE INDEX "Tag_word_key" ON "Tag"("word");\n',
  '4_keys': 'ALTER TABLE "Tag" ADD CONSTRAINT "Tag_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post"("id") ON DELETE RESTRICT ON UPDATE CASCADE;\n',
};
/** The users' table lacks a column and an index; of the second migration its table is there, and rows are. */
const HALF = `${USERS}; ${POSTS[0]}; INSERT INTO "User" VALUES (1, 'Ann'), (2, 'Bob'); INSERT INTO "Post" VALUES (1, 1, 'x'), (2, 2, 'y')`;

const STATES = {
  'half a migration, a failed row, drift and what is to come': `${ledgerDdl('_prisma_migrations')}; ${HALF}; INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, logs, applied_steps_count) VALUES ('a', (SELECT encode(sha256('${USERS.replaceAll("'", "''")}'), 'hex')), '1_users', '2024-01-01', '2024-01-01', NULL, 1), ('b', 'x', '2_posts', '2024-01-02', NULL, 'ERROR: gone', 0)`,
  'the same without a ledger': HALF,
} as const;
type State = keyof typeof STATES;

let app: AppFolder;
const templates = new Map<State, string>();
const made: string[] = [];
/** Of a run that nobody disturbed. */
const ends = new Map<State, End>();
const THOROUGH = process.env['MEND_KILLS'] === 'all';
const LIMIT = THOROUGH ? 1_200_000 : 120_000;

async function create(from?: string): Promise<string> {
  const name = `kill_${randomBytes(6).toString('hex')}`;
  await on('postgres', (session) => session.run(`CREATE DATABASE ${name}${from === undefined ? '' : ` TEMPLATE ${from}`}`));
  made.push(name);
  return name;
}

async function drop(name: string): Promise<void> {
  await on('postgres', async (session) => {
    await session.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'; `);
    await session.run(`DROP DATABASE IF EXISTS ${name}`);
  });
}

async function on<T>(name: string, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await connect(parseUrl(urlOf(NEWEST, name), 'test'));
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

beforeAll(async () => {
  app = appFolder(SCHEMA, 6);
  app.write('prisma/migrations/migration_lock.toml', LOCK);
  for (const [name, sql] of Object.entries(MIGRATIONS)) app.write(`prisma/migrations/${name}/migration.sql`, sql);
  for (const state of Object.keys(STATES) as State[]) {
    const name = await create();
    await on(name, (session) => session.run(STATES[state]));
    templates.set(state, name);
  }
});

afterAll(async () => {
  for (const name of made) await drop(name);
  app.remove();
});

async function run(url: string, options: Partial<PredeployOptions> = {}): Promise<Predeployed> {
  const workspace = await openWorkspace({ cwd: app.path, environment: {}, url, scratchUrl: adminUrl(NEWEST) });
  return await predeploy(workspace, { cwd: app.path, environment: {}, wait: 0, repair: 'safe', engine: 'mend', signal: new AbortController().signal, say: () => undefined, ...options });
}

interface End {
  readonly catalog: string;
  readonly ledger: readonly unknown[];
  readonly rows: unknown;
}

async function endOf(name: string): Promise<End> {
  return await on(name, async (session) => ({
    catalog: canonicalText(await introspect(session, { home: 'public' })),
    ledger: (await session.run('SELECT migration_name, finished_at IS NOT NULL FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY 1'))[0] ?? [],
    rows: await session.run('SELECT id, name FROM "User" ORDER BY 1; SELECT id, "userId", body FROM "Post" ORDER BY 1'),
  }));
}

/** The drift that a run repairs here is in no migration, and that is said to the end. */
function saidOf(checked: Checked): ReturnType<typeof checkedFindings> {
  return checkedFindings(checked).filter(({ code }) => code !== 'HISTORY.UNRECORDED');
}

function endFor(state: State): End {
  const end = ends.get(state);
  if (end === undefined) throw new Error(`the undisturbed run of ${state} comes first`);
  return end;
}

/** Run again it finishes, and the end is that of a run nobody disturbed. */
async function finishes(name: string, end: End): Promise<void> {
  const { checked } = await run(urlOf(NEWEST, name));
  expect(saidOf(checked).map(({ message }) => message)).toEqual([]);
  expect(await endOf(name)).toEqual(end);
}

/** Between a client and the server. After so many of the client's messages it breaks every connection and takes no further one. */
async function cutter(limit: number, deliver: boolean): Promise<{ readonly port: number; readonly sent: () => number; readonly close: () => Promise<void> }> {
  const port = Number(new URL(adminUrl(NEWEST)).port);
  const sockets = new Set<Socket>();
  let sent = 0;
  const dead = () => sent >= limit;
  const server = createServer((client) => {
    if (dead()) return void client.destroy();
    const upstream = dial(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.setNoDelay(true);
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (chunk) => { if (!dead()) client.write(chunk); });
    let started = false;
    let open: Buffer = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      open = Buffer.concat([open, chunk]);
      for (;;) {
        const length = started ? (open.length < 5 ? Infinity : open.readInt32BE(1) + 1) : open.length < 4 ? Infinity : open.readInt32BE(0);
        if (open.length < length || dead()) return;
        const message = open.subarray(0, length);
        open = open.subarray(length);
        // What the server acts upon: the start, a query, the end of a parameterised one.
        const counts = !started || message[0] === 0x51 || message[0] === 0x53;
        started = true;
        if (counts) sent++;
        if (!dead() || deliver) upstream.write(message);
        if (dead()) return void setTimeout(() => { for (const socket of sockets) socket.destroy(); }, deliver ? 3 : 0);
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sent: () => sent,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
}

function through(name: string, port: number): string {
  const url = new URL(urlOf(NEWEST, name));
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
}

/** Some at a time: a run waits more than it works. */
async function each<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(Array.from({ length: width }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  }));
}

describe.each(Object.keys(STATES) as State[])('%s', (state) => {
  let messages = 0;

  test('undisturbed', async () => {
    const name = await create(templates.get(state));
    const proxy = await cutter(Infinity, true);
    const { checked, deployed } = await run(through(name, proxy.port));
    messages = proxy.sent();
    await proxy.close();
    expect([saidOf(checked), deployed]).toEqual([[], ['3_tags', '4_keys']]);
    const end = await endOf(name);
    ends.set(state, end);
    expect(end.ledger).toEqual(Object.keys(MIGRATIONS).map((one) => [one, true]));
    const { failedMigrationNames, editedMigrationNames, history = null, errorInUnappliedMigration = null } = await engineDiagnosis(urlOf(NEWEST, name), app.migrations);
    expect([failedMigrationNames, editedMigrationNames, history, errorInUnappliedMigration]).toEqual([[], [], null, null]);
    await finishes(name, end);
  });

  test('cut at every message, and run again', async () => {
    expect(messages).toBeGreaterThan(40);
    // Half of the messages in each of the states, lost and unanswered by turns; MEND_KILLS=all does all of both in both.
    const parity = Object.keys(STATES).indexOf(state) % 2;
    const all = Array.from({ length: messages }, (_, at) => at + 1).flatMap((at) => [{ at, deliver: false }, { at, deliver: true }]);
    const kills = THOROUGH ? all : all.filter(({ at, deliver }) => at % 2 === parity && (at % 4 < 2) === deliver);
    const died: string[] = [];
    await each(kills, 6, async ({ at, deliver }) => {
      const name = await create(templates.get(state));
      const proxy = await cutter(at, deliver);
      const outcome = await Promise.race([run(through(name, proxy.port)).then(() => 'finished', (error: { readonly code?: string }) => error.code ?? String(error)), new Promise<string>((resolve) => { setTimeout(() => resolve('hangs'), 40_000).unref(); })]);
      await proxy.close();
      died.push(outcome);
      expect([at, deliver, outcome]).toEqual([at, deliver, expect.not.stringMatching(/^hangs$/)]);
      await finishes(name, endFor(state)).catch((error: unknown) => { throw new Error(`cut at message ${at}, ${deliver ? 'delivered' : 'lost'} (${outcome}): ${error instanceof Error ? error.stack : String(error)}`); });
      await drop(name);
    });
    expect(died.filter((one) => one !== 'finished').length).toBeGreaterThan(kills.length * 0.9);
  }, LIMIT);
});

const BOTH_BROKEN = Object.keys(STATES) as State[];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** The built command with Prisma's CLI as its child. `kill`: after so long, the process alone or all that it started as well. */
function command(name: string, words: readonly string[], kill?: { readonly after: number; readonly signal: NodeJS.Signals; readonly all: boolean }): Promise<Ended> {
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], CI: 'true', DATABASE_URL: urlOf(NEWEST, name), PRISMA_SCHEMA_ENGINE_BINARY: join(ROOT, 'test', 'support', 'schema-engine.mjs'), PRISMA_QUERY_ENGINE_LIBRARY: process.execPath, MEND_SPLIT: '1' };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli', 'main.js'), 'predeploy', '--repair', 'safe', '--scratch-url', adminUrl(NEWEST), ...words], { cwd: app.path, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    const timer = kill === undefined || child.pid === undefined ? undefined : setTimeout(() => {
      try {
        process.kill(kill.all ? -(child.pid ?? 0) : (child.pid ?? 0), kill.signal);
      } catch {
        // It had ended.
      }
    }, kill.after);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      // Its own child may live on, and holds the pipes.
      setTimeout(() => resolve({ code, signal, output }), 20);
    });
  });
}

describe('the command line', () => {
  let takes = 0;

  test('undisturbed', async () => {
    const name = await create(templates.get(BOTH_BROKEN[0]!));
    const began = performance.now();
    const ended = await command(name, []);
    takes = performance.now() - began;
    expect([ended.code, ended.output], ended.output).toEqual([0, expect.stringContaining('deployed 2 migrations')]);
    expect(await endOf(name)).toEqual(endFor(BOTH_BROKEN[0]!));
  });

  test('killed sooner and later, and run again', async () => {
    const count = THOROUGH ? 48 : 6;
    const kills = Array.from({ length: count }, (_, at) => ({ at, after: (takes * (at + 1)) / (count + 1), signal: at % 2 === 0 ? 'SIGKILL' as const : 'SIGTERM' as const, all: at % 4 < 2 }));
    await each(kills, 3, async ({ at, ...kill }) => {
      const state = BOTH_BROKEN[at % BOTH_BROKEN.length]!;
      const name = await create(templates.get(state));
      const ended = await command(name, [], kill);
      expect([kill, ended.code ?? ended.signal, ended.output]).toEqual([kill, kill.signal === 'SIGKILL' ? expect.toSatisfy((end) => end === 'SIGKILL' || end === 0) : expect.toSatisfy((end) => end === 143 || end === 'SIGTERM' || end === 0), ended.output]);
      if (at % 3 === 2) expect(await command(name, [])).toMatchObject({ code: 0 });
      await finishes(name, endFor(state)).catch((error: unknown) => { throw new Error(`${kill.signal} after ${Math.round(kill.after)} ms: ${error instanceof Error ? error.stack : String(error)}\n${ended.output}`); });
    });
  }, LIMIT);

  test.each([[2, 'prisma'], [3, 'mend']] as const)('%i at once, by %s', async (count, engine) => {
    for (const state of THOROUGH ? BOTH_BROKEN : BOTH_BROKEN.slice(count % 2, count % 2 + 1)) {
      const name = await create(templates.get(state));
      const all = await Promise.all(Array.from({ length: count }, () => command(name, ['--engine', engine])));
      expect(all.map(({ code, output }) => [code, output])).toEqual(all.map(({ output }) => [0, output]));
      const { output } = all.find((one) => one.output.includes('another predeploy is running')) ?? { output: '' };
      if (output !== '') expect(output).toMatch(/Held by process \d+ \(prisma-mend\)/);
      expect(all.filter((one) => one.output.includes('nothing to deploy')).length).toBe(count - 1);
      expect(await endOf(name)).toEqual(endFor(state));
    }
  });
});

describe('somebody else migrates', () => {
  const LOCKED = "SET application_name TO 'somebody'; SELECT pg_advisory_lock(72707369)";

  /** A database of which all but the last migrations are deployed, and nothing else is open. */
  async function behind(): Promise<string> {
    const name = await create();
    await on(name, (session) => session.run(`${USERS}; ALTER TABLE "User" ADD COLUMN email text; CREATE INDEX "User_name_idx" ON "User"(name); ${POSTS.join('; ')}; ${ledgerDdl('_prisma_migrations')}; INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at) VALUES ${['1_users', '2_posts'].map((one) => `('${one}', '${createHash('sha256').update(MIGRATIONS[one]!).digest('hex')}', '${one}', now(), now())`).join(', ')}`));
    return name;
  }

  test.each(['half applied', 'only behind'])('who holds the lock is named and waited for: %s', async (how) => {
    const name = how === 'only behind' ? await behind() : await create(templates.get(BOTH_BROKEN[0]!));
    await on(name, async (holder) => {
      await holder.run(LOCKED);
      const said: string[] = [];
      const release = new Promise((resolve) => setTimeout(resolve, 2500)).then(() => holder.run('SELECT pg_advisory_unlock(72707369)'));
      const began = performance.now();
      const { deployed, checked } = await run(urlOf(NEWEST, name), { say: (_, words) => said.push(words) });
      await release;
      expect([deployed, saidOf(checked), performance.now() - began > 2000]).toEqual([['3_tags', '4_keys'], [], true]);
      expect(said).toContainEqual(expect.stringMatching(/another migration is running: waiting\. Held by process \d+ \(somebody\)/));
    });
  });

  test('longer than the limit: said by name, and nothing was done', async () => {
    const name = await behind();
    await on(name, async (holder) => {
      await holder.run(LOCKED);
      const before = await endOf(name);
      await expect(run(urlOf(NEWEST, name), { signal: AbortSignal.timeout(1500) })).rejects.toMatchObject({ code: 'BUSY', why: expect.stringContaining('(somebody)') });
      expect(await endOf(name)).toEqual(before);
      const ended = await command(name, ['--engine', 'prisma', '--timeout', '2s']);
      expect([ended.code, ended.output]).toEqual([1, expect.stringMatching(/\(somebody\)/)]);
    });
    expect((await run(urlOf(NEWEST, name))).deployed).toEqual(['3_tags', '4_keys']);
  });

  test('the limit ends a migration that waits, and the next run finishes it', async () => {
    const name = await behind();
    await on(name, async (reader) => {
      await reader.run('BEGIN; SELECT 1 FROM "Post"; LOCK TABLE "Post" IN ACCESS SHARE MODE; CREATE TABLE "Tag" (id int)');
      await expect(run(urlOf(NEWEST, name), { signal: AbortSignal.timeout(1500) })).rejects.toMatchObject({ code: 'INTERRUPTED' });
      await reader.run('ROLLBACK');
    });
    const { checked } = await run(urlOf(NEWEST, name));
    expect(saidOf(checked)).toEqual([]);
  });

  test('rows that a migration wrote, of which no catalog tells, are left to a person and never written twice', async () => {
    const name = await behind();
    await on(name, (session) => session.run(`${MIGRATIONS['3_tags']!} ${MIGRATIONS['4_keys']!}`));
    const data = appFolder(SCHEMA, 6);
    try {
      data.write('prisma/migrations/migration_lock.toml', LOCK);
      for (const [one, sql] of Object.entries({ ...MIGRATIONS, '5_rows': `INSERT INTO "User" VALUES (9, 'new', NULL);\n` })) data.write(`prisma/migrations/${one}/migration.sql`, sql);
      await run(urlOf(NEWEST, name));
      const url = urlOf(NEWEST, name);
      const workspace = () => openWorkspace({ cwd: data.path, environment: {}, url, scratchUrl: adminUrl(NEWEST) });
      // The process died after the script and before the ledger was told.
      await on(name, (session) => session.run(`INSERT INTO "User" VALUES (9, 'new', NULL); INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('z', 'z', '5_rows')`));
      const { checked, deployed } = await predeploy(await workspace(), { cwd: data.path, environment: {}, wait: 0, repair: 'safe', engine: 'mend', signal: new AbortController().signal, say: () => undefined });
      expect([deployed, saidOf(checked).map(({ code }) => code)]).toEqual([[], ['HISTORY.FAILED', 'HISTORY.UNDECIDED']]);
      expect(await on(name, (session) => session.run('SELECT count(*)::int4 FROM "User" WHERE id = 9'))).toEqual([[[1]]]);
    } finally {
      data.remove();
    }
  });
});
