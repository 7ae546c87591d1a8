// A database dumped and restored, as moves between hosts do it: names, order and spellings are then pg_dump's.

import { execFileSync } from 'node:child_process';
import type { TestDatabase } from './database.ts';

/** pg_dump refuses servers newer than itself. */
export function canDump(major: number): boolean {
  try {
    return Number(/(\d+)/.exec(execFileSync('pg_dump', ['--version']).toString())?.[1]) >= major;
  } catch {
    return false;
  }
}

/** The copy keeps its connection's settings: pg_dump's own are taken back. */
export async function restoreInto(copy: TestDatabase, url: string): Promise<void> {
  const dump = execFileSync('pg_dump', ['--schema-only', '--no-owner', '--no-privileges', '-d', url], { maxBuffer: 64 << 20 }).toString();
  await copy.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await copy.session.run(dump.split('\n').filter((line) => !/^(\\|SET transaction_timeout|CREATE SCHEMA public|COMMENT ON SCHEMA public)/.test(line)).join('\n'));
  await copy.session.run('RESET ALL');
}
