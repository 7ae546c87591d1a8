// A Shopify application at its start: the real session storage on a generated client. Says on stdout what it met, as JSON.
// session-app.mjs <generated client>; the database is DATABASE_URL.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const said = [];
const print = console.log;
console.log = (...words) => void said.push(words.join(' '));
const answer = { ready: false, error: null, cause: null, stored: null, storeError: null };
const load = (name) => require(name);
let client;
try {
  load('@shopify/shopify-api/adapters/node');
  const { Session } = require('@shopify/shopify-api');
  const { PrismaSessionStorage } = require('@shopify/shopify-app-session-storage-prisma');
  const { PrismaPg } = require('@prisma/adapter-pg');
  const { PrismaClient } = require(process.argv[2]);
  const url = process.env.DATABASE_URL;
  const schema = new URL(url).searchParams.get('schema') ?? undefined;
  client = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }, { schema }), log: [] });
  const storage = new PrismaSessionStorage(client, { connectionRetries: 1, connectionRetryIntervalMs: 1, tableName: process.argv[3] });
  answer.ready = await storage.ready;
  try {
    const session = new Session({ id: 'offline_tea.myshopify.com', shop: 'tea.myshopify.com', state: 's', isOnline: false, scope: 'read_products', accessToken: 'tea-token', expires: new Date(Date.now() + 3_600_000) });
    await storage.storeSession(session);
    answer.stored = (await storage.loadSession(session.id))?.accessToken ?? null;
  } catch (error) {
    answer.storeError = `${error.code ?? error.name} ${error.message.split('\n').filter((line) => line.length < 500).join('\n')}`;
  }
} catch (error) {
  answer.error = `${error.constructor.name}: ${error.message}`;
  answer.cause = said.join('\n').split('\n').filter((line) => line.length < 500).join('\n');
}
print(JSON.stringify(answer));
await client?.$disconnect();
