// The application's own generated Prisma client, in a process of its own: one row of every model, read and thrown away.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Target } from '../database/url.ts';
import { findGenerated } from './generated.ts';
import type { Project } from './project.ts';

export interface ModelProbe {
  readonly model: string;
  /** `null`: it could be read. */
  readonly code: string | null;
  readonly message: string;
}

export interface ClientProbe {
  readonly models: readonly ModelProbe[];
  /** Why the client could not be asked at all. */
  readonly problem: string | null;
}

const SECONDS = 60;

/** Reads only: the connection is set to refuse writes, and every question is a findFirst. */
export async function probeModels({ schema }: Project, target: Target, cwd: string, environment: NodeJS.ProcessEnv): Promise<ClientProbe> {
  const generated = findGenerated(schema.files, cwd);
  if (generated === null) return { models: [], problem: 'there is none: npx prisma generate' };
  const models = schema.files.flatMap(({ blocks }) => blocks.filter(({ kind, fields }) => (kind === 'model' || kind === 'view') && fields.length > 0).map(({ name }) => name));
  const input = JSON.stringify({ client: generated.module, models, url: readOnly(target.url), cwd, jiti: createRequire(import.meta.url).resolve('jiti') });
  const { output, errors } = await runScript(input, cwd, environment);
  const line = output.split('\n').find((one) => one.startsWith(MARK));
  if (line !== undefined) return JSON.parse(line.slice(MARK.length)) as ClientProbe;
  return { models: [], problem: errors.trim().split('\n').slice(-3).join(' ') || `it gave no answer within ${SECONDS} s` };
}

function runScript(input: string, cwd: string, environment: NodeJS.ProcessEnv): Promise<{ readonly output: string; readonly errors: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', SCRIPT], { cwd, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (errors += chunk.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
    const finish = (problem: string) => {
      clearTimeout(timer);
      resolve({ output, errors: errors + problem });
    };
    child.once('error', (error) => finish(error.message));
    child.once('close', () => finish(''));
    // A child that ends early takes no input; its own words say why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const MARK = 'prisma-mend-probe ';

function readOnly(url: string): string {
  const own = new URL(url);
  own.searchParams.set('options', [own.searchParams.get('options'), '-c default_transaction_read_only=on'].filter(Boolean).join(' '));
  return own.href;
}

/**
 * Prisma 6 may bring an engine of its own; Prisma 7, and a client without one, want the adapter that the application uses. A client
 * that cannot start, or cannot connect, says so once and not for every model.
 */
const SCRIPT = `
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
let text = '';
for await (const chunk of process.stdin) text += chunk;
const { client: path, models, url, cwd, jiti } = JSON.parse(text);
const require = createRequire(join(cwd, 'package.json'));
const say = (answer) => process.stdout.write('\\n${MARK}' + JSON.stringify(answer) + '\\n', () => process.kill(process.pid, 'SIGKILL'));
console.log = () => undefined;
const last = (error) => String(error?.message ?? error).split('\\n').map((line) => line.trim()).filter(Boolean).at(-1) ?? '';
const load = async () => {
  if (/\\.[cm]?ts$/.test(path)) return await (await import(pathToFileURL(jiti).href)).createJiti(join(cwd, 'package.json')).import(path);
  try { return require(path); } catch (error) {
    if (error?.code !== 'ERR_REQUIRE_ESM') throw error;
    return await import(pathToFileURL(path).href);
  }
};
const open = ({ PrismaClient }) => {
  if (typeof PrismaClient !== 'function') throw new Error('there is no PrismaClient in ' + path);
  try {
    return new PrismaClient({ datasourceUrl: url, log: [], errorFormat: 'minimal' });
  } catch (refused) {
    let adapter;
    try { adapter = require('@prisma/adapter-pg'); } catch { throw new Error('it wants a driver adapter, and @prisma/adapter-pg is not installed'); }
    const schema = new URL(url).searchParams.get('schema');
    return new PrismaClient({ adapter: new adapter.PrismaPg({ connectionString: url }, schema ? { schema } : undefined), log: [], errorFormat: 'minimal' });
  }
};
const CONNECTION = /^P10(0\\d|1[01])$/;
try {
  const client = open(await load());
  const results = [];
  for (const model of models) {
    const delegate = client[model.charAt(0).toLowerCase() + model.slice(1)];
    if (delegate === undefined) { results.push({ model, code: 'NO_MODEL', message: 'the generated client does not know the model' }); continue; }
    try {
      await delegate.findFirst();
      results.push({ model, code: null, message: '' });
    } catch (error) {
      const code = String(error?.code ?? error?.errorCode ?? '');
      if (error?.name === 'PrismaClientInitializationError' || error?.name === 'PrismaClientRustPanicError' || CONNECTION.test(code)) throw error;
      results.push({ model, code: code || String(error?.name ?? 'Error'), message: last(error) });
    }
  }
  say({ models: results, problem: null });
} catch (error) {
  say({ models: [], problem: last(error) });
}
`;
