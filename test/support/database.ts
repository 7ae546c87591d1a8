import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connect, type Row, type Session } from '../../src/database/session.ts';
import { parseUrl, type Target } from '../../src/database/url.ts';

export const MAJORS: readonly number[] = Object.keys(inject('servers')).map(Number);
export const NEWEST: number = Math.max(...MAJORS);
export const OLDEST: number = Math.min(...MAJORS);

export interface TestDatabase {
  readonly url: string;
  readonly target: Target;
  readonly session: Session;
  /** Rows of the last statement. */
  readonly run: (sql: string) => Promise<readonly Row[]>;
  readonly drop: () => Promise<void>;
}

export function adminUrl(major: number): string {
  const url = inject('servers')[major];
  if (url === undefined) throw new Error(`no server of major version ${major}`);
  return url;
}

export function urlOf(major: number, database: string, parameters: Readonly<Record<string, string>> = {}, user?: string): string {
  const url = new URL(adminUrl(major));
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

export async function freshDatabase(major: number, parameters: Readonly<Record<string, string>> = {}): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = await connect(parseUrl(adminUrl(major), 'test'));
  await admin.run(`CREATE DATABASE ${name}`);
  const target = parseUrl(urlOf(major, name, parameters), 'test');
  const session = await connect(target);
  return {
    url: target.url,
    target,
    session,
    run: async (sql) => (await session.run(sql)).at(-1) ?? [],
    async drop() {
      await session.close();
      await admin.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'; `);
      await admin.run(`DROP DATABASE ${name}`).finally(() => admin.close());
    },
  };
}

export async function withDatabase<T>(major: number, work: (database: TestDatabase) => Promise<T>, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
  const database = await freshDatabase(major, parameters);
  try {
    return await work(database);
  } finally {
    await database.drop();
  }
}
