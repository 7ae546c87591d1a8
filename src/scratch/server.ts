// A throwaway PostgreSQL server on those programs: a data folder copied from a template, a socket, gone afterwards.

import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, realpathSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stageBinaries, type ServerPackage } from './binaries.ts';

export interface Server {
  readonly major: number;
  /** URL of a database on the socket, as the superuser. */
  readonly url: (database?: string) => string;
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  /** Listen on 127.0.0.1 too; a scratch server for rehearsals never does. */
  readonly tcp?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Data is thrown away, so nothing is made durable. */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '32MB', max_wal_size: '1GB', autovacuum: 'off', jit: 'off',
  max_worker_processes: '0', logging_collector: 'off', lc_messages: 'C', timezone: 'UTC',
};

const NEEDED_BYTES = 256 * 1024 * 1024;
const TEMPLATE = 'template-data';

export async function startServer(package_: ServerPackage, options: ServerOptions = {}): Promise<Server> {
  const bin = stageBinaries(package_);
  const user = unprivileged();
  const root = mkdtempSync(join(scratchFolder(), 'prisma-mend-'));
  if (user) chownSync(root, user.uid, user.gid);
  const data = join(root, 'data');
  copyTemplate(bin, user, data);
  for (let attempt = 1; ; attempt++) {
    const port = options.tcp ? await freePort() : 5432;
    const child = spawn(join(bin, 'postgres'), serverArguments(root, data, port, options), { ...asUser(user), cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
    const log = await readiness(child);
    if (log === null) return running(package_.major, child, root, port, options.tcp === true);
    if (attempt < 5 && log.includes('Address already in use')) continue;
    rmSync(root, { recursive: true, force: true });
    throw new Error(`PostgreSQL ${package_.major} did not start: ${log.trim()}`);
  }
}

function running(major: number, child: ChildProcess, root: string, port: number, tcp: boolean): Server {
  const quit = () => void child.kill('SIGQUIT');
  process.once('exit', quit);
  child.unref();
  const host = tcp ? `127.0.0.1:${port}` : 'localhost';
  const socket = tcp ? '' : `?host=${encodeURIComponent(root)}&port=${port}`;
  return {
    major,
    url: (database = 'postgres') => `postgresql://postgres@${host}/${database}${socket}`,
    async stop() {
      process.removeListener('exit', quit);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      // Nothing else may be left to keep the process waiting for it.
      child.ref();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        await gone;
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function serverArguments(root: string, data: string, port: number, { tcp = false, settings = {} }: ServerOptions): string[] {
  const all = { ...SETTINGS, listen_addresses: tcp ? '127.0.0.1' : '', unix_socket_directories: root, unix_socket_permissions: '0777', ...settings };
  return ['-D', data, '-p', String(port), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** `null` when the server takes connections, else what it said before it ended. */
function readiness(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (!log.includes('ready to accept connections')) return;
      child.stderr?.removeAllListeners('data').resume();
      resolve(null);
    });
    child.once('exit', () => resolve(log));
    child.once('error', (error) => resolve(`${log}${error.message}`));
  });
}

/** initdb takes half a second; its result is kept beside the programs and copied. */
function copyTemplate(bin: string, user: User | null, data: string): void {
  const template = join(dirname(dirname(bin)), `${TEMPLATE}-${user?.uid ?? 'own'}`);
  if (!existsSync(template)) {
    const building = `${data}-template`;
    const args = ['-D', building, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync', '--wal-segsize=1'];
    execFileSync(join(bin, 'initdb'), args, { ...asUser(user), stdio: ['ignore', 'ignore', 'pipe'], cwd: dirname(data) });
    keepTemplate(building, template);
  }
  execFileSync('cp', ['-Rp', existsSync(template) ? template : `${data}-template`, data]);
}

function keepTemplate(building: string, template: string): void {
  const copy = `${template}.${process.pid}`;
  execFileSync('cp', ['-Rp', building, copy]);
  try {
    renameSync(copy, template);
  } catch {
    // Another process was first.
    rmSync(copy, { recursive: true, force: true });
  }
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root runs it as somebody who exists. */
function unprivileged(): User | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user: the next one.
    }
  }
  throw new Error('running as root, and neither user postgres nor nobody exists to run PostgreSQL as');
}

function asUser(user: User | null): SpawnOptions {
  return { env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', HOME: tmpdir() }, ...(user && { uid: user.uid, gid: user.gid }) };
}

/** Memory-backed where there is enough of it: containers often give /dev/shm 64 MB. */
function scratchFolder(): string {
  const memory = '/dev/shm';
  if (existsSync(memory)) {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize >= NEEDED_BYTES) return memory;
  }
  return realpathSync(tmpdir());
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

