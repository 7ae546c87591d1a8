#!/usr/bin/env node
// Stands for Prisma's native schema-engine program, which no npm package carries: the same command line and JSON-RPC, answered
// by the same engine compiled to WebAssembly. With it the real Prisma CLI runs against the test servers.
// MEND_SPLIT=1: run a script as Prisma from 7.4 on does, statement by statement, each committing by itself, where sqlparser
// can read it; otherwise as one message, as Prisma up to 7.3 does.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from '../../dist/database/session.js';
import { parseUrl } from '../../dist/database/url.js';
import { engineAdapter } from '../../dist/prisma/adapter.js';
import { readPsl } from '../../dist/prisma/psl.js';
import { splitAsPrisma } from './prisma-split.mjs';

const require = createRequire(import.meta.url);
const words = process.argv.slice(2);
const value = (name) => words.flatMap((word, at) => (word === name ? [words[at + 1]] : []));

if (words.includes('--version')) {
  process.stdout.write('schema-engine-cli 0edf323efd1d98336f3f0a68684b56f689b900d3\n');
} else {
  await main();
}

async function main() {
  const given = value('--datasource')[0];
  const datamodels = value('--datamodels').flatMap((path) => path.split(',')).map((path) => [path, readFileSync(path, 'utf8')]);
  const url = given === undefined ? urlOf(datamodels) : given.trimStart().startsWith('{') ? JSON.parse(given).url : given;
  if (words.includes('cli')) await cli(url);
  else serve(url, datamodels);
}

/** Prisma 6 leaves the URL in the schema. */
function urlOf(files) {
  for (const [path, text] of files) {
    const block = readPsl(path, text).blocks.find(({ kind }) => kind === 'datasource');
    const property = block?.properties.find(({ key }) => key === 'directUrl') ?? block?.properties.find(({ key }) => key === 'url');
    if (property) return property.env === null ? property.strings[0]?.value : process.env[property.env];
  }
  return undefined;
}

function log(level, fields) {
  process.stderr.write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' })}\n`);
}

async function cli(url) {
  log('INFO', { message: 'Starting schema engine CLI' });
  try {
    const session = await connect(parseUrl(url, 'the CLI'));
    await session.close();
    log('INFO', { message: 'Connection successful' });
  } catch (error) {
    log('ERROR', { is_panic: false, error_code: error.code === 'NO_DATABASE' ? 'P1003' : 'P1001', message: error.message });
    process.exitCode = 1;
  }
}

async function startEngine(url) {
  const path = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = await import(path);
  const { instance } = await WebAssembly.instantiate(readFileSync(join(dirname(path), 'schema_engine_bg.wasm')), { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const target = parseUrl(url, 'the CLI');
  const session = await connect(target);
  await session.run(`SET search_path TO "${target.schema}"`);
  const run = process.env.MEND_SPLIT === '1' ? async (script) => { for (const statement of splitAsPrisma(script)) await session.run(statement); } : session.run;
  return { engine: await glue.SchemaEngine.new({ datamodels: undefined }, () => undefined, engineAdapter({ ...session, run }, target.schema)), session };
}

/** The native engine says which migration failed, and with which code (P3018); the one in WebAssembly only what the database said. */
async function asNative(error, starting) {
  const { session } = await starting.catch(() => ({}));
  const [[row] = []] = (await session?.run('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL ORDER BY started_at DESC LIMIT 1').catch(() => [])) ?? [];
  if (row === undefined) return error;
  const said = String(error?.message ?? error).replace(/^external connector error\n/, '').replace(/^Error querying the database: /, '');
  return { code: 'P3018', meta: { migration_name: row[0] }, message: `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\nMigration name: ${row[0]}\n\nDatabase error:\n${said}\n` };
}

function serve(url, datamodels) {
  let starting;
  let busy = 0;
  let closed = false;
  const finish = () => {
    if (closed && busy === 0) process.exit();
  };
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  process.on('SIGTERM', () => process.exit());
  lines.on('close', () => {
    closed = true;
    finish();
  });
  lines.on('line', async (line) => {
    if (line.trim() === '') return;
    const { id, method, params } = JSON.parse(line);
    if (method === undefined) return;
    busy++;
    try {
      starting ??= startEngine(url);
      const { engine } = await starting;
      const result = method === 'getDatabaseVersion' ? await engine.version(params ?? undefined) : await engine[method](params);
      send({ result: result ?? {}, id });
    } catch (caught) {
      const error = method === 'applyMigrations' && caught?.code === undefined ? await asNative(caught, starting) : caught;
      send({ error: { code: 4466, message: 'An error happened. Check the data field for details.', data: { is_panic: false, message: error?.message ?? String(error), meta: error?.meta ?? null, ...(error?.code === undefined ? {} : { error_code: error.code }) } }, id });
    }
    busy--;
    finish();
  });
  void datamodels;
}
