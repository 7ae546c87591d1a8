// The product's own functions against a test database, as its commands call them.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { connect, type Session } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { schemaDdl } from '../../src/prisma/engine.ts';
import { applyScripts } from '../../src/run/apply.ts';
import { checkOn, hintsOf, type Checked } from '../../src/run/check.ts';
import { planRepair, type Repair, type RepairOptions } from '../../src/run/repair.ts';
import { openWorkspace, type Workspace } from '../../src/run/workspace.ts';
import type { TestDatabase } from './database.ts';

export const ROOT = new URL('../..', import.meta.url).pathname;

export interface SchemaCase {
  readonly name: string;
  readonly path: string;
}

/** The sample app's schema and every schema of the fixtures. */
export const SCHEMAS: readonly SchemaCase[] = [
  { name: 'shop', path: join(ROOT, 'prisma', 'schema.prisma') },
  ...readdirSync(join(ROOT, 'fixtures', 'schemas')).filter((file) => file.endsWith('.prisma')).map((file) => ({ name: basename(file, '.prisma'), path: join(ROOT, 'fixtures', 'schemas', file) })),
];

export function schemaPath(name: string): string {
  const found = SCHEMAS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no schema ${name}`);
  return found.path;
}

export async function workspaceFor(path: string, url: string): Promise<Workspace> {
  return await openWorkspace({ cwd: ROOT, environment: {}, schema: path, url });
}

const EXTENSIONS = ['citext', 'pg_trgm', 'uuid-ossp', 'pgcrypto'];

/** Builds what Prisma's engine says the schema is. */
export async function buildFromEngine(database: TestDatabase, workspace: Workspace): Promise<void> {
  const ddl = await schemaDdl(workspace.project);
  if (/citext|uuid_generate|trgm/i.test(ddl)) for (const name of EXTENSIONS) await database.run(`CREATE EXTENSION IF NOT EXISTS "${name}"`);
  else if (/gen_random_uuid/.test(ddl)) await database.run('CREATE EXTENSION IF NOT EXISTS pgcrypto');
  await database.run(`SET search_path TO "${database.target.schema}"; ${ddl}`);
}

export async function look(database: Pick<TestDatabase, 'session' | 'target'>, workspace: Workspace): Promise<Checked> {
  return await checkOn(database.session, database.target, workspace, { hints: hintsOf(workspace, []), useCache: false });
}

const DEFAULTS: RepairOptions = { allow: [], fill: [], rename: [], rehearse: true, format: 'block', progress: () => undefined };

export async function plan(database: TestDatabase, workspace: Workspace, options: Partial<RepairOptions> = {}): Promise<Repair> {
  return await planRepair(database.session, database.target, workspace, { ...DEFAULTS, ...options });
}

export async function apply(database: TestDatabase, workspace: Workspace, { scripts, fingerprint }: Pick<Repair, 'scripts' | 'fingerprint'>, session: Session = database.session, signal = new AbortController().signal): Promise<void> {
  await applyScripts(session, {
    scripts,
    home: database.target.schema,
    schemas: workspace.schemas,
    expected: fingerprint,
    signal,
    reconnect: () => connect(parseUrl(database.url, 'test')),
    progress: () => undefined,
  });
}

/** Differences in words, for expectations that read. */
export function words({ comparison }: Checked): readonly string[] {
  return comparison.changes.map((change) => `${change.op} ${change.kind} ${'table' in change.ref ? `${change.ref.table}.` : ''}${'name' in change.ref ? change.ref.name : ''}${change.op === 'alter' ? ` ${change.fields.join(',')}` : ''}`);
}
