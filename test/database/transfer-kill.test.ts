// Copying, killed at any moment and run again: each table is there whole or not at all, and the end is that of a run nobody disturbed. As
// processes of their own, which also tells their memory.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TransferReport } from '../../src/run/transfer/transfer.ts';
import { NEWEST, withDatabase, type TestDatabase } from '../support/database.ts';
import { ROOT } from '../support/project.ts';
import { makeSqlite, postgresDdl, TABLES } from '../support/transfer-seed.mjs';

const ROWS = 1500;
/** MEND_TRANSFER=1000000 copies so many rows; the speed is asserted for a million. */
const MANY = Number(process.env['MEND_TRANSFER'] ?? 100_000);
let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mend-transfer-'));
  file = join(folder, 'seed.db');
  makeSqlite(file, ROWS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended extends TransferReport {
  readonly megabytes: number;
}

/** `null` when it was killed, which happens when `when` says so of a line it printed. */
async function run(url: string, path: string, when: (words: string) => boolean = () => false, delay = 0): Promise<Ended | null> {
  const child = spawn(process.execPath, [join(ROOT, 'test/support/transfer-child.mjs'), url, path], { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').some(when)) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => void child.once('close', (...ended) => resolve(ended)));
  if (signal === 'SIGKILL') return null;
  if (code !== 0) throw new Error(said);
  return JSON.parse(out) as Ended;
}

/** Rows, and all of them in a number that changes with any. */
async function contents(database: TestDatabase): Promise<readonly (readonly [string, number, string])[]> {
  const found: [string, number, string][] = [];
  for (const name of TABLES) {
    const [row] = await database.run(`SELECT count(*)::int, coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM "${name}" t`);
    found.push([name, Number(row?.[0]), String(row?.[1])]);
  }
  return found;
}

const keys = async (database: TestDatabase) => (await database.run("SELECT count(*)::int FROM pg_constraint WHERE contype = 'f' AND convalidated AND NOT condeferrable"))[0];

async function quiet(database: TestDatabase): Promise<void> {
  while ((await database.run("SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'prisma-mend'")).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('killed while it looks, in the midst of a table, in a circle, and near the end', async () => {
  const undisturbed = await withDatabase(NEWEST, async (database) => {
    await database.run(postgresDdl());
    expect((await run(database.url, file))?.copied).toBe(20 * ROWS);
    return await contents(database);
  });
  const moments = [['looking at "T11"', 0], ['copying "T01"', 0], ['copying "T04"', 15], ['copying "T08"', 3], ['copying "T12"', 25], ['copying "T20"', 10]] as const;
  let killed = 0;
  for (const [words, delay] of moments) {
    await withDatabase(NEWEST, async (database) => {
      await database.run(postgresDdl());
      killed += (await run(database.url, file, (line) => line.startsWith(words), delay)) === null ? 1 : 0;
      await quiet(database);
      expect(await keys(database)).toEqual([40]);
      for (const [at, [name, rows, sum]] of (await contents(database)).entries()) expect([name, rows, sum]).toEqual(rows === 0 ? [name, 0, '0'] : undisturbed[at]);
      const ended = await run(database.url, file);
      expect([words, new Set(ended?.tables.map(({ state }) => state === 'refused' || state === 'ready'))]).toEqual([words, new Set([false])]);
      expect(await contents(database)).toEqual(undisturbed);
      expect(await keys(database)).toEqual([40]);
    });
  }
  expect(killed).toBeGreaterThan(3);
});

test('killed again and again, it comes to an end', async () => {
  await withDatabase(NEWEST, async (database) => {
    await database.run(postgresDdl());
    const ends: (number | null)[] = [];
    for (const table of ['T02', 'T07', 'T07', 'T13', 'T19']) ends.push((await run(database.url, file, (line) => line.startsWith(`copying "${table}"`)))?.copied ?? null);
    expect(ends.filter((end) => end === null).length).toBeGreaterThan(2);
    const last = await run(database.url, file);
    expect([last?.tables.every(({ state }) => state === 'copied' || state === 'already'), (await contents(database)).every(([, rows]) => rows === ROWS)]).toEqual([true, true]);
  });
});

test('blobs of 240 MB in flat memory: no more is read than the server takes', async () => {
  const blobs = join(folder, 'blobs.db');
  const database = new sqlite.Database(blobs);
  database.exec('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE b (id INTEGER PRIMARY KEY, x BLOB); WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 240) INSERT INTO b SELECT i, randomblob(1000000) FROM s');
  database.close();
  await withDatabase(NEWEST, async ({ run: ask, url }) => {
    await ask('CREATE TABLE b (id int PRIMARY KEY, x bytea)');
    const ended = await run(url, blobs);
    expect([ended?.copied, (ended?.megabytes ?? Infinity) < 300, await ask('SELECT count(*)::int, sum(length(x))::int FROM b')]).toEqual([240, true, [[240, 240_000_000]]]);
  });
  rmSync(blobs);
});

test(`${MANY} rows in flat memory, and one changed value among them`, async () => {
  const many = join(folder, 'many.db');
  makeSqlite(many, MANY / 20);
  await withDatabase(NEWEST, async (database) => {
    await database.run(postgresDdl());
    const ended = await run(database.url, many);
    const { copied = 0, megabytes = Infinity, seconds = { look: 0, copy: 0, compare: 0, total: 0 } } = ended ?? {};
    const speed = Math.round(copied / seconds.total);
    console.log(`${copied} rows: ${speed} rows/s, ${JSON.stringify(seconds)} s, ${megabytes.toFixed(0)} MB`);
    expect([copied, megabytes < 300, MANY < 1_000_000 || speed > 50_000]).toEqual([MANY, true, true]);
    await database.run('UPDATE "T17" SET score = score + 0.0000000001 WHERE id = 1717');
    const again = await run(database.url, many);
    expect([again?.copied, again?.tables.filter(({ state }) => state !== 'already').map(({ name, state }) => [name, state])]).toEqual([0, [['T17', 'refused']]]);
  });
}, 600_000);
