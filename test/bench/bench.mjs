// npm run bench [-- 100,1000,3000]: `check` on undamaged databases of so many models, cold (nothing cached) and warm, beside what
// else could answer the question. Runs are interleaved, so that a busy machine slows all of them alike.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../dist/database/session.js';
import { parseUrl } from '../../dist/database/url.js';
import { findServerPackages } from '../../dist/scratch/binaries.js';
import { startServer } from '../../dist/scratch/server.js';
import { measure, median } from './measure.mjs';
import { schemaOf } from './schema.mjs';
import { transferring } from './transfer.mjs';
import { translating } from './translate.mjs';

const ROOT = process.cwd();
const SIZES = (process.argv[2] ?? '100,1000,3000').split(',').map(Number);
const RUNS = Number(process.env.MEND_RUNS ?? 5);
const BARE = 'bare `pg` connection';
const CONFIG = `import { defineConfig, env } from 'prisma/config';

export default defineConfig({ schema: 'prisma/schema.prisma', datasource: { url: env('DATABASE_URL') } });
`;
const require = createRequire(import.meta.url);
const ENGINE = schemaEngine();
const PRISMA = join(ROOT, 'node_modules', 'prisma7', 'build', 'index.js');

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mend-bench-'));
const version = dumpMajor();
const packages = findServerPackages(ROOT).toSorted((a, b) => b.major - a.major);
const server = await startServer(packages.find(({ major }) => major <= version) ?? packages[0]);
try {
  process.stdout.write(`${cpus().length} cores, Node ${process.versions.node}, PostgreSQL ${server.major}; medians of ${RUNS} runs, whole processes\n\n`);
  process.stdout.write('| models | what | ms | × bare connection | peak MB |\n|---:|---|---:|---:|---:|\n');
  for (const size of SIZES) await benchmark(size);
  await lostLedger(300);
  await translating([25, 50, 100, 200], RUNS);
  await transferring(createDatabase, folder, Number(process.env.MEND_ROWS ?? 1_000_000));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function benchmark(size) {
  const app = await buildApp(size);
  const results = new Map(contenders(app).map((contender) => [contender, []]));
  for (const contender of results.keys()) await contender.run();
  for (let run = 0; run < RUNS; run++) for (const [contender, samples] of results) samples.push(await contender.run());
  const rows = [...results].map(([{ what }, samples]) => ({ what, ms: median(samples.map(({ ms }) => ms)), mb: samples[0].mb === null ? null : median(samples.map(({ mb }) => mb)) }));
  const bare = rows.find(({ what }) => what === BARE).ms;
  for (const { what, ms, mb } of rows) process.stdout.write(`| ${size} | ${what} | ${ms.toFixed(0)} | ${(ms / bare).toFixed(1)} | ${mb === null ? '' : mb.toFixed(0)} |\n`);
}

function contenders({ cwd, env, url }) {
  const mend = [process.execPath, join(ROOT, 'dist/cli/main.js')];
  const check = [...mend, 'check'];
  const cache = join(cwd, 'cache');
  const bare = `const { Client } = require(${JSON.stringify(require.resolve('pg'))}); const client = new Client(process.env.DATABASE_URL); client.connect().then(() => client.query('SELECT 1')).then(() => client.end());`;
  const plain = (what, command, more = {}) => ({ what, run: () => measure(command, { cwd, env: { ...env, ...more } }) });
  return [
    plain('`prisma-mend check`, cold', check, { PRISMA_MEND_CACHE: 'off' }),
    plain('`prisma-mend check`, warm', check, { PRISMA_MEND_CACHE: cache }),
    plain('`prisma-mend --help`', [...mend, '--help']),
    plain(`\`prisma migrate diff\`${ENGINE.native ? '' : ' (WASM engine)'}`, migrateDiff(), { PRISMA_SCHEMA_ENGINE_BINARY: ENGINE.path }),
    plain('`prisma-mend predeploy`, nothing to do', [...mend, 'predeploy'], { PRISMA_MEND_CACHE: cache }),
    plain('`prisma migrate deploy`, nothing to do', [process.execPath, PRISMA, 'migrate', 'deploy'], { PRISMA_SCHEMA_ENGINE_BINARY: ENGINE.path }),
    ...(version >= server.major ? [plain('`pg_dump --schema-only`', ['pg_dump', '--schema-only', '--dbname', url])] : []),
    plain(BARE, [process.execPath, '-e', bare]),
  ];
}

async function buildApp(size) {
  const cwd = join(folder, `app${size}`);
  mkdirSync(join(cwd, 'prisma'), { recursive: true });
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules', 'prisma7'), join(cwd, 'node_modules', 'prisma'));
  writeFileSync(join(cwd, 'prisma', 'schema.prisma'), schemaOf(size));
  writeFileSync(join(cwd, 'prisma.config.ts'), CONFIG);
  const url = await createDatabase(`bench${size}`);
  const env = { PATH: process.env.PATH, HOME: cwd, CI: 'true', DATABASE_URL: url, CHECKPOINT_DISABLE: '1' };
  for (const words of [['repair', '--apply', '--no-rehearse'], ['baseline', '--write', '--no-rehearse'], ['resolve', '--apply', '--via', 'mend']]) mend(words, cwd, env);
  return { cwd, env, url };
}

function mend(words, cwd, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...words], { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`prisma-mend ${words.join(' ')}: ${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}

/** A long history whose ledger is lost: finding the point at which the database stands. */
async function lostLedger(count) {
  const cwd = join(folder, 'history');
  mkdirSync(join(cwd, 'prisma', 'migrations'), { recursive: true });
  writeFileSync(join(cwd, 'prisma.config.ts'), CONFIG);
  const tables = Array.from({ length: count / 3 }, (_, at) => `T${at}`);
  writeFileSync(join(cwd, 'prisma', 'schema.prisma'), `datasource db {\n  provider = "postgresql"\n}\n\n${tables.map((name) => `model ${name} {\n  id Int @id\n  name String?\n\n  @@index([name])\n}\n`).join('\n')}`);
  const steps = tables.flatMap((name) => [`CREATE TABLE "${name}" ("id" INTEGER NOT NULL, CONSTRAINT "${name}_pkey" PRIMARY KEY ("id"));`, `ALTER TABLE "${name}" ADD COLUMN "name" TEXT;`, `CREATE INDEX "${name}_name_idx" ON "${name}"("name");`]);
  const url = await createDatabase('history');
  const session = await connect(parseUrl(url, 'the bench'));
  for (const [at, sql] of steps.entries()) {
    const path = join(cwd, 'prisma', 'migrations', `${20200101000000 + at}_step`);
    mkdirSync(path);
    writeFileSync(join(path, 'migration.sql'), `${sql}\n`);
    if (at < (count * 2) / 3) await session.run(sql);
  }
  await session.close();
  const env = { PATH: process.env.PATH, HOME: cwd, CI: 'true', DATABASE_URL: url, PRISMA_MEND_CACHE: join(cwd, 'cache') };
  const run = () => measure([process.execPath, join(ROOT, 'dist/cli/main.js'), 'resolve'], { cwd, env });
  await run();
  const samples = [];
  for (let at = 0; at < RUNS; at++) samples.push(await run());
  process.stdout.write(`\n\`prisma-mend resolve\`, ledger of ${count} migrations lost: ${median(samples.map(({ ms }) => ms)).toFixed(0)} ms, ${median(samples.map(({ mb }) => mb ?? 0)).toFixed(0)} MB\n`);
}

async function createDatabase(name) {
  const session = await connect(parseUrl(server.url(), 'the bench'));
  await session.run(`CREATE DATABASE ${name}`);
  await session.close();
  return server.url(name);
}

function migrateDiff() {
  return [process.execPath, PRISMA, 'migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema.prisma'];
}

/** Prisma's own program where one is installed, else the stand-in on the same engine as WebAssembly. */
function schemaEngine() {
  const folder = join(ROOT, 'node_modules', '@prisma', 'engines');
  const installed = readdirSync(folder).find((name) => name.startsWith('schema-engine-'));
  const path = process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? (installed && join(folder, installed));
  return path ? { path, native: true } : { path: join(ROOT, 'test', 'support', 'schema-engine.mjs'), native: false };
}

function dumpMajor() {
  const { stdout } = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' });
  return Number(/(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}
