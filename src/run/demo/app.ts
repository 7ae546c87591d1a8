// The sample app's own eyes: Shopify's real session storage on Prisma's real client, generated from the sample schema.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { failure } from '../../errors.ts';

export interface StoredSession {
  readonly id: string;
  readonly shop: string;
  readonly accessToken?: string | undefined;
}

export interface SessionStorage {
  /** Resolves when the storage finds its table; rejects with MissingSessionTableError. */
  readonly ready: Promise<boolean>;
  readonly storeAndLoad: () => Promise<StoredSession>;
}

export interface App {
  readonly openStorage: () => SessionStorage;
  readonly close: () => Promise<void>;
}

interface Client {
  $disconnect(): Promise<void>;
}

interface Storage {
  readonly ready: Promise<boolean>;
  storeSession(session: unknown): Promise<boolean>;
  loadSession(id: string): Promise<StoredSession | undefined>;
}

/** `connection` is what `pg.Pool` takes. Throws MISSING_PACKAGE where the app's packages are not installed. */
export async function startApp(root: string, connection: object): Promise<App> {
  const require = createRequire(join(root, 'package.json'));
  await generateClient(root, require);
  await load(require, '@shopify/shopify-api/adapters/node');
  const { Session } = (await load(require, '@shopify/shopify-api')) as { Session: new (fields: object) => StoredSession };
  const { PrismaSessionStorage } = (await load(require, '@shopify/shopify-app-session-storage-prisma')) as { PrismaSessionStorage: new (client: Client, options: object) => Storage };
  const { PrismaPg } = (await load(require, '@prisma/adapter-pg')) as { PrismaPg: new (connection: object) => unknown };
  const { PrismaClient } = (await load(require, '@prisma/client')) as { PrismaClient: new (options: object) => Client };
  const client = new PrismaClient({ adapter: new PrismaPg(connection), log: [] });
  return {
    openStorage() {
      const storage = new PrismaSessionStorage(client, { connectionRetries: 1, connectionRetryIntervalMs: 1 });
      return { ready: quietly(storage.ready), storeAndLoad: () => storeAndLoad(storage, Session) };
    },
    close: () => client.$disconnect(),
  };
}

async function storeAndLoad(storage: Storage, Session: new (fields: object) => StoredSession): Promise<StoredSession> {
  const session = new Session({ id: 'offline_demo.myshopify.com', shop: 'demo.myshopify.com', state: 'demo', isOnline: false, scope: 'read_products', accessToken: 'demo-token', expires: new Date(Date.now() + 3_600_000) });
  await storage.storeSession(session);
  const loaded = await storage.loadSession(session.id);
  if (loaded === undefined) throw new Error('the session that was stored is not there');
  return loaded;
}

/** The storage logs the database's error on stdout before it throws; here the caller tells it. */
async function quietly<T>(work: Promise<T>): Promise<T> {
  const log = console.log;
  console.log = () => undefined;
  try {
    return await work;
  } finally {
    console.log = log;
  }
}

async function load(require: NodeJS.Require, name: string): Promise<unknown> {
  try {
    return require(name);
  } catch (error) {
    throw failure('MISSING_PACKAGE', { name: name.split('/').slice(0, 2).join('/'), purpose: 'for the sample app of the demo' }, error);
  }
}

/** Generates the client where it is not there or not of this schema. The engines Prisma would download are not needed for it. */
export async function generateClient(root: string, require = createRequire(join(root, 'package.json'))): Promise<void> {
  const schema = join(root, 'prisma', 'schema.prisma');
  const generated = join(root, 'node_modules', '.prisma', 'client', 'schema.prisma');
  if (existsSync(generated) && readFileSync(generated, 'utf8') === readFileSync(schema, 'utf8')) return;
  const cli = locate(require, 'prisma/package.json').replace(/package\.json$/, 'build/index.js');
  const environment = { ...process.env, PRISMA_QUERY_ENGINE_LIBRARY: process.execPath, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  await promisify(execFile)(process.execPath, [cli, 'generate', '--schema', schema, '--no-hints'], { cwd: root, env: environment });
}

function locate(require: NodeJS.Require, path: string): string {
  try {
    return require.resolve(path);
  } catch (error) {
    throw failure('MISSING_PACKAGE', { name: 'prisma', purpose: 'for the sample app of the demo' }, error);
  }
}
