// Real PostgreSQL for the tests: one server a major version, from npm, started once and shared.

import type { TestProject } from 'vitest/node';
import { findServerPackages } from '../../src/scratch/binaries.ts';
import { startServer, type Server } from '../../src/scratch/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the database `postgres` by major version, as superuser. */
    servers: Readonly<Record<number, string>>;
  }
}

let running: Server[] = [];

/** The oldest and the newest supported version; `MEND_MAJORS=12,13,…` asks for others that are installed. */
function wanted(installed: readonly number[]): readonly number[] {
  const asked = process.env['MEND_MAJORS']?.split(',').map(Number);
  const majors = asked ?? [Math.min(...installed), Math.max(...installed)];
  const missing = majors.filter((major) => !installed.includes(major));
  if (missing.length > 0) throw new Error(`PostgreSQL ${missing.join(', ')} not installed; run: npm run test:matrix`);
  return majors;
}

export async function setup(project: TestProject): Promise<void> {
  const packages = findServerPackages(process.cwd());
  if (!packages.some(({ major }) => major === 12) || packages.length < 2) throw new Error('the tests need PostgreSQL 12 and a newer one from npm; run npm ci');
  const majors = wanted(packages.map(({ major }) => major));
  // Defaults of a real server where they matter: room for locks is not enlarged.
  running = await Promise.all(majors.map((major) => startServer(packages.find((one) => one.major === major) ?? packages[0]!, { tcp: true, settings: { max_worker_processes: '4' } })));
  project.provide('servers', Object.fromEntries(running.map((server) => [server.major, server.url()])));
}

export async function teardown(): Promise<void> {
  await Promise.all(running.map((server) => server.stop()));
}
