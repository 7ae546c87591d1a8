// F. Environments and providers: the one true reason, its words and its next step; nothing is changed on the way to it.

import { createServer } from 'node:net';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../src/database/session.ts';
import { urlOf, NEWEST } from '../support/database.ts';
import { startPooler } from '../support/pooler.ts';
import { acceptedByPrisma, everythingOf, followed, inPlace, onlyShows, schemaOf, type Place, type PlaceOptions } from '../support/scenario.ts';

const A = 'model A {\n  id   Int     @id\n  name String?\n}';
const A_SQL = 'CREATE TABLE "A" ("id" INTEGER NOT NULL, "name" TEXT, CONSTRAINT "A_pkey" PRIMARY KEY ("id"));\n';
const INIT = { '20250101000000_init': A_SQL };

function app(work: (place: Place) => Promise<void>, options: PlaceOptions = {}, migrations: Readonly<Record<string, string>> = INIT): Promise<void> {
  return inPlace(schemaOf(A), migrations, work, options);
}

/** Deployed by Prisma as it should be. */
function deployed(work: (place: Place) => Promise<void>, migrations: Readonly<Record<string, string>> = INIT): Promise<void> {
  return app(async (place) => {
    const ran = await place.prisma('migrate', 'deploy');
    expect([ran.code, ran.all], ran.all).toEqual([0, ran.all]);
    await work(place);
  }, {}, migrations);
}

/** The command cannot do its job, and says why and what to do. */
async function refused(place: Place, command: string, url: string, code: string, why: RegExp, next: RegExp): Promise<void> {
  const ran = await place.mend(command, { DATABASE_URL: url });
  expect([ran.code, ran.all], ran.all).toEqual([1, expect.stringContaining(code)]);
  expect(ran.all).toMatch(why);
  expect(/\nNext: (.*)\n/.exec(ran.all)?.[1]).toMatch(next);
  expect(ran.all).not.toContain('hunter2');
}

/** A role of its own for this database, gone afterwards. */
async function asRole(place: Place, name: string, work: (url: string) => Promise<void>): Promise<void> {
  await place.database.run(`CREATE ROLE ${name} LOGIN`);
  try {
    await work(urlOf(NEWEST, place.database.target.database, {}, name));
  } finally {
    await place.database.run(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`);
  }
}

test('S61 a private host while the image is built (here: a name that does not resolve)', () => app(async (place) => {
  const url = 'postgresql://postgres:hunter2@postgres.railway.internal:5432/railway';
  for (const command of ['check', 'repair --apply', 'predeploy --wait 1s']) await refused(place, command, url, 'UNREACHABLE', /P1001[\s\S]*only reachable inside of Railway, by a service that runs: not while it is built/, /init railway/);
  await refused(place, 'check', 'postgresql://u:hunter2@db:5432/app', 'UNREACHABLE', /private network \(a service of Docker Compose/, /inside of that network/);
}));

test('S61 a server that starts up is waited for', () => app(async (place) => {
  const starting = createServer((socket) => socket.on('error', () => undefined).once('data', (first) => {
    const text = 'SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0';
    const answer = () => socket.end(Buffer.concat([Buffer.from([0x45, 0, 0, 0, 4 + text.length]), Buffer.from(text)]));
    if ((first as Buffer).readInt32BE(4) !== 80877103) answer();
    else socket.once('data', answer).write('N');
  })).listen(0, '127.0.0.1');
  await new Promise((resolve) => starting.once('listening', resolve));
  const { port } = starting.address() as { port: number };
  const url = `postgresql://u:hunter2@127.0.0.1:${port}/d`;
  await refused(place, 'check', url, 'UNREACHABLE', /starting up[\s\S]*takes no connections yet/, /predeploy waits/);
  const began = Date.now();
  await refused(place, 'predeploy --wait 3s', url, 'UNREACHABLE', /waiting for the database/, /predeploy waits/);
  expect(Date.now() - began).toBeGreaterThan(3000);
  starting.close();
}));

test.each([
  ['', 'NO_URL', /set and empty counts as not set/],
  ['${{Postgres.DATABASE_URL}}', 'URL_INVALID', /the reference \$\{\{Postgres\.DATABASE_URL\}\}, which nobody resolved/],
  ['$DATABASE_URL', 'URL_INVALID', /which nobody resolved/],
  ['undefined', 'URL_INVALID', /the word undefined/],
  ['<your-database-url>', 'URL_INVALID', /placeholder/],
  ['postgresql://johndoe:randompassword@localhost:5432/mydb?schema=public', 'URL_INVALID', /example that prisma init writes/],
  ['postgresql://user:hunter2@host:5432/database', 'UNREACHABLE', /host is the placeholder of an example/],
  ['postgresql://app:hunter2@localhost:1/app', 'UNREACHABLE', /Nothing listens there[\s\S]*localhost is that machine itself/],
  ['file:./dev.db', 'URL_INVALID', /SQLite file/],
])('S62 DATABASE_URL is %s', (url, code, why) => app((place) => refused(place, 'check', url, code, why, /./)));

test('S63 Prisma 7: the variable of the config is not there, and .env is not read', () => app(async (place) => {
  await refused(place, 'check', '', 'NO_URL', /datasource\.url in prisma\.config\.ts \(environment variable DATABASE_URL is not set\)/, /--url/);
  place.app.write('.env', `DATABASE_URL="${place.database.url}"\n`);
  await refused(place, 'predeploy --wait 1s', '', 'NO_URL', /with a config file Prisma does not load \.env: add import 'dotenv\/config' to prisma\.config\.ts/, /--url/);
  place.app.write('prisma.config.ts', `import { loadEnvFile } from 'node:process';\nimport { defineConfig, env } from 'prisma/config';\n\nloadEnvFile();\n\nexport default defineConfig({ schema: 'prisma/schema.prisma', datasource: { url: env('DATABASE_URL') } });\n`);
  await place.mend('predeploy', { DATABASE_URL: '' });
  await acceptedByPrisma(place);
}, { prisma: 7 }));

test('S63 Prisma 7: without its config file, deploy says that datasource.url is required', () => app(async (place) => {
  rmSync(join(place.app.path, 'prisma.config.ts'));
  const { all } = await place.prisma('migrate', 'deploy');
  expect(all).toMatch(/datasource\.url|datasource property is required/);
  // The variable is taken here all the same, so the failure shows where Prisma's own CLI is started.
  const ran = await place.mend('predeploy');
  expect([ran.code, ran.all]).toEqual([1, expect.stringMatching(/DEPLOY_FAILED[\s\S]*datasource/)]);
  expect((await place.mend('predeploy --engine mend')).code).toBe(0);
}, { prisma: 7 }));

test('S64 a transaction pooler is read through, and nothing is changed through it (here: a pooler of our own)', () => deployed(async (place) => {
  await place.database.run('ALTER TABLE "A" DROP COLUMN name');
  const direct = new URL(place.database.url);
  const pooler = await startPooler(Number(direct.port));
  const pooled = place.database.url.replace(`:${direct.port}/`, `:${pooler.port}/`);
  const before = await everythingOf(place);
  expect((await place.mend('check', { DATABASE_URL: pooled })).code).toBe(2);
  for (const command of ['repair --apply', 'predeploy', 'predeploy --engine mend']) await refused(place, command, pooled, 'POOLER', /server process changed between connecting/, /6543.*-pooler.*directUrl.*prisma\.config\.ts/);
  expect(await everythingOf(place)).toEqual(before);
  // With directUrl beside it the direct way is taken.
  place.app.write('prisma/schema.prisma', schemaOf(A, '  url = env("DATABASE_URL")\n  directUrl = env("DIRECT_URL")\n'));
  expect((await place.mend('repair --apply', { DATABASE_URL: pooled, DIRECT_URL: place.database.url })).code).toBe(0);
  place.app.write('prisma/schema.prisma', schemaOf(A, '  url = env("DATABASE_URL")\n'));
  await acceptedByPrisma(place);
  await pooler.close();
}));

test('S65 the advisory lock is stuck: its holder is named, and not killed', () => deployed(async (place) => {
  await place.database.run('ALTER TABLE "A" DROP COLUMN name');
  const holder = await connect(place.database.target);
  const [[pid = []] = []] = await holder.run('BEGIN; SELECT pg_advisory_lock(72707369); SELECT pg_backend_pid()::int4').then((all) => all.slice(-1));
  const deploy = await place.prisma('migrate', 'deploy');
  expect([deploy.code, deploy.all]).toEqual([1, expect.stringMatching(/P1002[\s\S]*advisory lock/)]);
  expect((await place.mend('check')).code).toBe(2);
  await refused(place, 'repair --apply', place.database.url, 'BUSY', new RegExp(`Held by process ${String(pid[0])} \\(prisma-mend\\), idle in transaction for .*pg_terminate_backend\\(${String(pid[0])}\\)`), /Run the same command again/);
  expect(await holder.run('SELECT 1')).toEqual([[[1]]]);
  await holder.close();
  await followed(place);
  await acceptedByPrisma(place);
}));

test('S66 replicas that migrate at once: one deploys, the others find it done', () => app(async (place) => {
  const runs = await Promise.all([place.mend('predeploy'), place.mend('predeploy'), place.mend('predeploy --engine mend')]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(runs.filter(({ all }) => all.includes('deployed 2 migrations'))).toHaveLength(1);
  expect(await place.ledger()).toEqual(['20250101000000_init applied', '20250102000000_slow applied']);
}, {}, { ...INIT, '20250102000000_slow': 'SELECT pg_sleep(1);\n' }));

/** Roles belong to the whole server, and may be there from elsewhere. */
async function withSupabaseRoles(place: Place, work: () => Promise<void>): Promise<void> {
  const roles = ['anon', 'authenticated', 'service_role'];
  for (const role of roles) await place.database.run(`DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
  try {
    await work();
  } finally {
    for (const role of roles) await place.database.run(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`).catch(() => undefined);
  }
}

test('S67 a schema that was dropped and made again: everything is deployed anew (here: Supabase played by hand)', () => deployed((place) => withSupabaseRoles(place, async () => {
  await place.database.run('GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role; DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  expect(await place.checked()).toMatchObject({ exitCode: 0, next: ['npx prisma migrate deploy'] });
  await followed(place);
  await acceptedByPrisma(place);
})));

// Rights are no part of the catalog: nothing says yet that Supabase's roles lost theirs with the schema.
test.fails('S67 the rights that Supabase\'s roles lost are named', () => deployed((place) => withSupabaseRoles(place, async () => {
  await place.database.run('GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role; DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  const { code, all } = await place.mend('check --verbose');
  expect([code, all]).toEqual([3, expect.stringMatching(/GRANT USAGE ON SCHEMA "?public"? TO anon/)]);
})));

test('S68 not the owner, and no right to create: refused whole, with the right that is missing', () => app((place) => asRole(place, 'mend_s68', async (url) => {
  const as = { DATABASE_URL: url };
  await place.database.run('CREATE TABLE "A" ("id" INTEGER NOT NULL CONSTRAINT "A_pkey" PRIMARY KEY); INSERT INTO "A" VALUES (1)');
  const before = await everythingOf(place);
  await refused(place, 'resolve --apply', url, 'NO_RIGHTS', /permission denied for schema public/, /^GRANT USAGE, CREATE ON SCHEMA "public" TO "mend_s68";/);
  await refused(place, 'repair --apply', url, 'NO_RIGHTS', /must be owner of table A. The database is as it was/, /Connect as the owner of the tables/);
  expect(await everythingOf(place)).toEqual(before);
  await place.database.run('GRANT USAGE, CREATE ON SCHEMA public TO mend_s68; ALTER TABLE "A" OWNER TO mend_s68');
  expect((await place.mend('resolve --apply', as)).code).toBe(0);
  expect((await place.mend('repair --apply', as)).code).toBe(0);
  expect(await place.database.run('SELECT id, name FROM "A"')).toEqual([[1, null]]);
  await acceptedByPrisma(place);
  await place.database.run('REASSIGN OWNED BY mend_s68 TO CURRENT_USER');
})));

test('S68 deploy without the right to create', () => app((place) => asRole(place, 'mend_s68b', async (url) => {
  await refused(place, 'predeploy', url, 'DEPLOY_FAILED', /permission denied for schema public/, /prisma-mend doctor/);
  await refused(place, 'predeploy --engine mend', url, 'DEPLOY_FAILED', /permission denied for schema public/, /prisma-mend doctor/);
})));

test('S69 a ledger that may not be read is not an empty one', () => deployed((place) => asRole(place, 'mend_s69', async (url) => {
  const as = { DATABASE_URL: url };
  const before = await everythingOf(place);
  for (const command of ['check', 'resolve', 'resolve --apply', 'predeploy', 'predeploy --repair safe --engine mend']) {
    const { code, all } = await place.mend(command, as);
    expect([command, code, all], all).toEqual([command, 3, expect.stringContaining('GRANT SELECT, INSERT, UPDATE ON _prisma_migrations TO "mend_s69";')]);
    expect(all).toMatch(/may not read the ledger|cannot be read by this role/);
    expect(all).not.toContain('deploy will stop over it');
  }
  expect(await everythingOf(place)).toEqual(before);
  await place.database.run('GRANT SELECT, INSERT, UPDATE ON _prisma_migrations TO mend_s69');
  expect((await place.mend('check', as)).code).toBe(0);
  expect((await place.mend('predeploy', as)).code).toBe(0);
})));

test('S70 a role that may create no database needs no shadow here', () => deployed((place) => asRole(place, 'mend_s70', async (url) => {
  await place.database.run('GRANT ALL ON SCHEMA public TO mend_s70; ALTER TABLE "A" OWNER TO mend_s70; ALTER TABLE _prisma_migrations OWNER TO mend_s70; ALTER TABLE "A" DROP COLUMN name');
  expect((await place.mend('repair --apply', { DATABASE_URL: url })).all).toMatch(/Rehearsed on .*ends as promised/);
  await place.database.run('REASSIGN OWNED BY mend_s70 TO CURRENT_USER');
  await acceptedByPrisma(place);
})));

test('S71 migrations that stand on what a platform provides (here: Supabase played by hand)', () => app((place) => withSupabaseRoles(place, async () => {
  await place.database.run('CREATE SCHEMA auth; CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS \'SELECT NULL::uuid\'; GRANT USAGE ON SCHEMA auth TO anon');
  expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
  await place.database.run('ALTER TABLE "A" DROP COLUMN name');
  expect(await place.checked()).toMatchObject({ exitCode: 2, codes: ['COLUMN.MISSING'], next: ['npx prisma-mend repair'] });
  await followed(place);
  // `migrate dev` cannot replay this history into its shadow database, which has no auth (P3006): only deploy is asked.
  const status = await place.prisma('migrate', 'status');
  expect([status.code, (await place.mend('check')).code]).toEqual([0, 0]);
}), {}, { ...INIT, '20250102000000_policies': 'ALTER TABLE "A" ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON "A" TO anon USING (auth.uid() IS NOT NULL);\n' }));

const UUID = 'model A {\n  id   String  @id @default(dbgenerated("uuid_generate_v4()")) @db.Uuid\n  name String?\n}';
const UUID_SQL = 'CREATE TABLE "A" ("id" UUID NOT NULL DEFAULT uuid_generate_v4(), "name" TEXT, CONSTRAINT "A_pkey" PRIMARY KEY ("id"));\n';

test.each(['move the extension', 'write its schema'])('S72 an extension outside of the search path: %s', (way) => inPlace(schemaOf(UUID), { '20250101000000_init': UUID_SQL }, async (place) => {
  await place.database.run('CREATE SCHEMA extensions; CREATE EXTENSION "uuid-ossp" SCHEMA extensions');
  const deploy = await place.prisma('migrate', 'deploy');
  expect([deploy.code, deploy.all]).toEqual([1, expect.stringContaining('function uuid_generate_v4() does not exist')]);
  const { exitCode, messages } = await place.checked();
  expect([exitCode, messages.join('\n')]).toEqual([3, expect.stringMatching(/uuid_generate_v4 is in the schema "extensions" \(extension uuid-ossp\), and Prisma's connection looks into "public"/)]);
  await onlyShows(place, 'resolve --apply', 3);
  if (way === 'move the extension') await place.database.run('ALTER EXTENSION "uuid-ossp" SET SCHEMA "public"');
  else place.migration('20250101000000_init', UUID_SQL.replace('uuid_generate_v4()', '"extensions".uuid_generate_v4()'));
  expect((await place.mend('resolve --apply')).code).toBe(0);
  expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
  expect((await place.checked()).exitCode).toBe(0);
}));

test('S73 a foreign key into a schema that is not listed does not stop the reading (here: P4002 itself takes the native engine)', () => deployed(async (place) => {
  await place.database.run('CREATE SCHEMA auth; CREATE TABLE auth.users (id int PRIMARY KEY); INSERT INTO auth.users VALUES (1); INSERT INTO "A" VALUES (1, \'x\'); ALTER TABLE "A" ADD CONSTRAINT a_user FOREIGN KEY (id) REFERENCES auth.users (id), DROP COLUMN name');
  const { exitCode, codes } = await place.checked();
  expect([exitCode, [...codes].sort()]).toEqual([2, ['COLUMN.MISSING', 'FOREIGN_KEY.EXTRA']]);
  await followed(place);
  expect((await place.mend('check --verbose')).all).toMatch(/foreign key A\.a_user[\s\S]*schema auth is left out \(Supabase\)/);
  // The key is in no migration, and so is drift to `migrate dev`, which may not get as far as to say so.
  expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
}));

test('S74 what a platform changes in its own schemas is no drift (here: Supabase played by hand)', () => deployed(async (place) => {
  await place.database.run(`CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY); CREATE SCHEMA storage; CREATE TABLE storage.objects (id uuid PRIMARY KEY); CREATE SCHEMA extensions; CREATE EXTENSION pgcrypto SCHEMA extensions; CREATE SCHEMA vault; CREATE SCHEMA realtime; CREATE TYPE auth.factor AS ENUM ('a')`);
  expect(await place.checked()).toMatchObject({ exitCode: 0, codes: [], next: [] });
  await onlyShows(place, 'predeploy --repair safe --engine mend');
  await acceptedByPrisma(place);
}));

const IN_APP = schemaOf('model A {\n  id Int @id\n\n  @@schema("app")\n}', '  schemas = ["public", "app"]\n');
const IN_APP_INIT = { '20250101000000_init': 'CREATE SCHEMA IF NOT EXISTS "app";\nCREATE TABLE "app"."A" ("id" INTEGER NOT NULL, CONSTRAINT "A_pkey" PRIMARY KEY ("id"));\n' };

test('S75 the ledger is in another schema than Prisma looks into', () => inPlace(IN_APP, IN_APP_INIT, async (place) => {
  await place.prisma('migrate', 'deploy');
  await place.database.run('INSERT INTO app."A" VALUES (1); ALTER TABLE _prisma_migrations SET SCHEMA app');
  const { exitCode, codes, messages, next } = await place.checked();
  expect([exitCode, codes, next]).toEqual([2, ['HISTORY.LEDGER_ELSEWHERE'], ['npx prisma-mend resolve --apply']]);
  expect(messages.join()).toMatch(/the ledger is in the schema app, and Prisma looks for it in another/);
  await onlyShows(place);
  await followed(place);
  expect(await place.ledger()).toEqual(['20250101000000_init applied']);
  expect(await place.database.run('SELECT id FROM app."A"')).toEqual([[1]]);
  await acceptedByPrisma(place);
}));

test('S75 no ledger, and the only table is in a listed schema', () => inPlace(IN_APP, IN_APP_INIT, async (place) => {
  await place.database.run('CREATE SCHEMA app; CREATE TABLE app."A" ("id" INTEGER NOT NULL, CONSTRAINT "A_pkey" PRIMARY KEY ("id"))');
  expect(await place.checked()).toMatchObject({ exitCode: 2, codes: ['HISTORY.NO_LEDGER'], next: ['npx prisma-mend resolve --apply'] });
  await followed(place);
  await acceptedByPrisma(place);
}));

test('S76 two applications share a database and its ledger', () => deployed(async (place) => {
  await place.database.run(`CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1);
    INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, logs, started_at, applied_steps_count) VALUES ('shop', repeat('a', 64), now(), '20240101000000_shop', NULL, now(), 1)`);
  const { exitCode, codes, next } = await place.checked();
  expect([exitCode, [...codes].sort()]).toEqual([3, ['HISTORY.NO_FILE', 'TABLE.EXTRA']]);
  expect(next.join()).toContain('--forget-missing');
  await onlyShows(place);
  // It stops no deploy, and nothing of the other's is touched.
  await onlyShows(place, 'predeploy --repair safe');
  expect(await place.database.run('SELECT count(*)::int4 FROM orders')).toEqual([[1]]);
  expect(await place.ledger()).toContain('20240101000000_shop applied');
  await acceptedByPrisma(place, { checkExit: 3, devObjects: /missing from the local migrations directory|drift/i });
}));
