// The real Prisma CLI, 6 and 7, in a project folder of its own; its native engine is stood in for (schema-engine.mjs).

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './project.ts';

export type PrismaMajor = 6 | 7;

export interface AppFolder {
  readonly path: string;
  readonly migrations: string;
  readonly write: (path: string, text: string) => void;
  readonly remove: () => void;
}

/** A project with this schema text: Prisma 6 has the URL in the schema, Prisma 7 in its config file. */
export function appFolder(schema: string, prisma: PrismaMajor = 6): AppFolder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'mend-app-'));
  mkdirSync(join(path, 'prisma'));
  if (prisma === 6) symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  else {
    mkdirSync(join(path, 'node_modules'));
    symlinkSync(join(ROOT, 'node_modules', 'prisma7'), join(path, 'node_modules', 'prisma'));
  }
  const write = (name: string, text: string) => {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  };
  const withoutUrl = schema.replace(/^\s*url\s*=.*\n/m, '');
  write('prisma/schema.prisma', prisma === 6 ? withoutUrl.replace(/(datasource \w+ \{\n)/, '$1  url = env("DATABASE_URL")\n') : withoutUrl);
  write('package.json', '{ "name": "app", "private": true }\n');
  if (prisma === 7) write('prisma.config.ts', `import { defineConfig, env } from 'prisma/config';\n\nexport default defineConfig({ schema: 'prisma/schema.prisma', datasource: { url: env('DATABASE_URL') } });\n`);
  return { path, migrations: join(path, 'prisma', 'migrations'), write, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function copyMigrations(from: string, app: AppFolder): void {
  cpSync(from, app.migrations, { recursive: true });
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a terminal shows them. */
  readonly all: string;
}

export function runNode(script: string, args: readonly string[], cwd: string, environment: Readonly<Record<string, string | undefined>>, input?: string): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { cwd, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr, all] = ['', '', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      all += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      all += chunk.toString();
    });
    child.once('close', (code) => resolve({ code, stdout, stderr, all }));
    child.stdin.end(input ?? '');
  });
}

/** Runs `prisma <args>`. `split`: as its engine does from 7.4 on. */
export async function prisma(major: PrismaMajor, args: readonly string[], app: AppFolder, url: string, split = major === 7): Promise<Ran> {
  const environment = {
    PATH: process.env['PATH'],
    HOME: app.path,
    DATABASE_URL: url,
    PRISMA_SCHEMA_ENGINE_BINARY: join(ROOT, 'test', 'support', 'schema-engine.mjs'),
    PRISMA_QUERY_ENGINE_LIBRARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CI: '1',
    NO_COLOR: '1',
    MEND_SPLIT: split ? '1' : '0',
  };
  return await runNode(join(ROOT, 'node_modules', major === 6 ? 'prisma' : 'prisma7', 'build', 'index.js'), args, app.path, environment);
}

/** Runs the built command line. */
export async function mend(args: readonly string[], cwd: string, environment: Readonly<Record<string, string | undefined>> = {}): Promise<Ran> {
  return await runNode(join(ROOT, 'dist', 'cli', 'main.js'), args, cwd, { PATH: process.env['PATH'], HOME: process.env['HOME'], CI: 'true', ...environment });
}
