// The user's own Prisma CLI, as a child process. Prisma's lock is never held while it runs: the child would wait for us.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Project } from './project.ts';

export interface PrismaCli {
  readonly script: string;
  readonly version: string;
}

export interface CliRun {
  readonly code: number | null;
  /** Both streams, as a terminal shows them. */
  readonly output: string;
}

/** `null` where the project has no `prisma` package. */
export function findPrismaCli(cwd: string): PrismaCli | null {
  try {
    const path = createRequire(join(cwd, 'package.json')).resolve('prisma/package.json');
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const version = typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '';
    const script = join(dirname(path), 'build', 'index.js');
    return existsSync(script) ? { script, version } : null;
  } catch {
    return null;
  }
}

/** `migrate deploy`, `migrate resolve …` on the schema and config that this program found. Ends with the process group of the child. */
export function runPrisma({ script }: PrismaCli, words: readonly string[], { schema, configPath }: Pick<Project, 'schema' | 'configPath'>, cwd: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<CliRun> {
  const stated = configPath === null ? ['--schema', schema.path] : ['--config', configPath];
  return new Promise((resolve, reject) => {
    const quiet = { CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
    const child = spawn(process.execPath, [script, ...words, ...stated], { cwd, env: { ...environment, ...quiet }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => void (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve({ code, output });
    });
  });
}

/** `P3018`, `P1002`: the code in what the CLI said. */
export function prismaCode(output: string): string | null {
  return /\b(P\d{4})\b/.exec(output)?.[1] ?? null;
}
