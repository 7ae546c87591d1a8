// MissingSessionTableError has nine causes behind one message. Each is brought about on a database, met by Shopify's real session
// storage, named by doctor, and gone once the next command was carried out.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { followed, inPlace, type Place } from '../support/scenario.ts';
import { asked, generate, rewriteSchema, SESSION_MODEL, SESSION_TABLE, shopSchema, startShop, works } from '../support/shopify.ts';

const SCHEMA = shopSchema(SESSION_MODEL);
const INIT = '20240530213853_create_session_table';
const ERROR = /^MissingSessionTableError: /;

/** The table is in the way the application meets it: as MissingSessionTableError, whatever is behind it. */
async function fails(place: Place, behind: RegExp, url = place.database.url): Promise<void> {
  const met = await startShop(place, url);
  expect(met.error ?? `ready ${met.ready}, ${met.storeError ?? ''}`).toMatch(ERROR);
  expect(met.cause).toMatch(behind);
}

async function deployed(place: Place): Promise<void> {
  const ran = await place.prisma('migrate', 'deploy');
  expect([ran.code, ran.all]).toEqual([0, ran.all]);
}

/** A role of the server, gone afterwards. */
async function withRole(place: Place, work: (role: string, url: string) => Promise<void>): Promise<void> {
  const role = `app_${randomBytes(4).toString('hex')}`;
  await place.database.run(`CREATE ROLE ${role} LOGIN`);
  const url = new URL(place.database.url);
  url.username = role;
  try {
    await work(role, url.href);
  } finally {
    await place.database.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
}

function urlWith(place: Place, change: (url: URL) => void): string {
  const url = new URL(place.database.url);
  change(url);
  return url.href;
}

test('1 the database cannot be reached, and refuses', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    await deployed(place);
    const cases = [
      { url: urlWith(place, (url) => (url.port = '1')), behind: /ECONNREFUSED|P1001|reach/, code: 'UNREACHABLE', next: /host and port/ },
      { url: urlWith(place, (url) => (url.username = 'nobody_knows')), behind: /nobody_knows|denied|P1000|P1010/, code: 'AUTH_FAILED', next: /user and password/ },
      { url: urlWith(place, (url) => (url.pathname = '/not_there')), behind: /not_there|P1003/, code: 'NO_DATABASE', next: /createdb not_there/ },
      { url: urlWith(place, (url) => url.searchParams.set('sslmode', 'require')), behind: /SSL|TLS/, code: 'TLS_FAILED', next: /sslmode/ },
    ];
    for (const { url, behind, code, next } of cases) {
      await fails(place, behind, url);
      const told = await asked(place, 'doctor', url);
      expect([told.exitCode, told.first.code]).toEqual([1, code]);
      expect(told.first.message).toMatch(/^MissingSessionTableError hides this: /);
      expect(told.next.join()).toMatch(next);
    }
    // The words are carried out: the URL is put right.
    await works(place);
  }));

test('2 the URL leads to another schema', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    await deployed(place);
    const own = place.database.url;
    const other = urlWith(place, (url) => url.searchParams.set('schema', 'shop'));
    await fails(place, /shop\.Session/, other);
    const { exitCode, first, next } = await asked(place, 'doctor', other);
    expect([exitCode, first.code, next.length]).toEqual([3, 'CAUSE.OTHER_SCHEMA', 1]);
    expect(first.message).toContain('it is in the schema public, and the URL leads to shop');
    expect(next[0]).toMatch(/^set \?schema=public in the URL/);
    await works(place, own);
  }));

test('2 the URL leads to another database', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    await deployed(place);
    const name = `empty_${randomBytes(4).toString('hex')}`;
    await place.database.run(`CREATE DATABASE ${name}`);
    try {
      const other = urlWith(place, (url) => (url.pathname = `/${name}`));
      await fails(place, /public\.Session/, other);
      const { exitCode, first, next } = await asked(place, 'doctor', other);
      expect([exitCode, first.code, next.length]).toEqual([3, 'CAUSE.OTHER_DATABASE', 1]);
      expect(next[0]).toContain(`set the URL's database to ${place.database.target.database}`);
    } finally {
      await place.database.run(`DROP DATABASE ${name}`);
    }
    await works(place);
  }));

test('3 the migrations were never applied', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    await fails(place, /public\.Session/);
    const { exitCode, first, next } = await asked(place, 'doctor');
    expect(first.message).toContain('nothing was ever deployed here');
    expect([exitCode, first.code, next]).toEqual([2, 'CAUSE.ABSENT', ['npx prisma migrate deploy']]);
    await followed(place, next);
    await works(place);
    expect((await asked(place, 'doctor')).exitCode).toBe(0);
  }));

test('4 the history says applied, and the table is not there', async () => {
  // Declared as applied; dropped by hand; and a migration that does nothing on a database where it should.
  const ways = [
    { files: { [INIT]: SESSION_TABLE }, wreck: async (place: Place) => void (await place.prisma('migrate', 'resolve', '--applied', INIT)), says: 'which creates it, is applied' },
    { files: { [INIT]: SESSION_TABLE }, wreck: async (place: Place) => { await deployed(place); await place.database.run('DROP TABLE "Session"'); }, says: 'which creates it, is applied' },
    { files: { [INIT]: 'SELECT 1 AS baseline_complete;\n' }, wreck: deployed, says: 'no migration creates it' },
  ];
  for (const { files, wreck, says } of ways) {
    await inPlace(SCHEMA, files, async (place) => {
      await generate(place);
      await wreck(place);
      await deployed(place);
      await fails(place, /public\.Session/);
      const { exitCode, first, next } = await asked(place, 'doctor');
      expect(first.message).toContain(says);
      expect([exitCode, first.code, next]).toEqual([2, 'CAUSE.ABSENT', ['npx prisma-mend repair']]);
      await followed(place, next);
      await followed(place, (await asked(place, 'doctor')).next);
      await works(place);
      expect((await asked(place, 'doctor')).exitCode).toBe(0);
    });
  }
});

const SQLITE = SESSION_TABLE.replaceAll('TIMESTAMP(3)', 'DATETIME');

test('5 the migration is SQLite\'s, and a real deploy fails over it', () =>
  inPlace(SCHEMA, { [INIT]: SQLITE }, async (place) => {
    await generate(place);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3018');
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');
    await fails(place, /public\.Session/);
    const { exitCode, first, next, findings } = await asked(place, 'doctor');
    expect([exitCode, first.code, next]).toEqual([3, 'CAUSE.ABSENT', ['npx prisma-mend resolve --apply', 'npx prisma migrate deploy']]);
    expect(first.message).toContain('is written for SQLite and can never run on PostgreSQL');
    expect(findings.find(({ code }) => code === 'HISTORY.FAILED')?.message).toMatch(/: ERROR: type "datetime" does not exist$/);
    const shown = await place.mend('doctor');
    expect(shown.all).toContain('  | ERROR: type "datetime" does not exist\n');
    expect(shown.all).not.toMatch(/connector|migration_name=|schema-engine|querying/);
    await followed(place, next);
    await works(place);
  }, { lock: null }));

test('5 the database has tables of others, and deploy stops with P3005', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await place.database.run('CREATE TABLE wp_posts (id int PRIMARY KEY); INSERT INTO wp_posts VALUES (1)');
    await generate(place);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3005');
    await fails(place, /public\.Session/);
    const { exitCode, first, next } = await asked(place, 'doctor');
    expect([exitCode, first.code, next]).toEqual([2, 'CAUSE.ABSENT', ['npx prisma-mend resolve --apply', 'npx prisma migrate deploy']]);
    expect(first.message).toContain('P3005');
    await followed(place, next);
    await works(place);
    expect(await place.database.run('SELECT id FROM wp_posts')).toEqual([[1]]);
  }));

test('5 the lock file is SQLite\'s, and deploy stops with P3019', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3019');
    await fails(place, /public\.Session/);
    const { first, next } = await asked(place, 'doctor');
    expect([first.code, next]).toEqual(['CAUSE.ABSENT', ['npx prisma-mend resolve --apply', 'npx prisma migrate deploy']]);
    expect(first.message).toContain('P3019');
    await followed(place, next);
    await works(place);
  }, { lock: 'provider = "sqlite"\n' }));

test('5 an earlier migration failed for its own reasons, and nothing is deployed after it', () =>
  inPlace(shopSchema(`${SESSION_MODEL}\nmodel Tea {\n  id   Int    @id\n  name String @unique\n}`), { '1_tea': 'CREATE TABLE "Tea" ("id" INTEGER NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "Tea_pkey" PRIMARY KEY ("id"));\n' }, async (place) => {
    await generate(place);
    await deployed(place);
    await place.database.run("INSERT INTO \"Tea\" VALUES (1, 'mint'), (2, 'mint')");
    place.migration('2_unique', 'CREATE UNIQUE INDEX "Tea_name_key" ON "Tea"("name");\n');
    place.migration('3_session', SESSION_TABLE);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3018');
    await fails(place, /public\.Session/);
    const { first, findings } = await asked(place, 'doctor');
    expect(first.message).toContain('migration 2_unique failed, and nothing is deployed after it (P3009)');
    expect(findings.find(({ code }) => code === 'HISTORY.FAILED')?.message).toMatch(/could not create unique index|Unique constraint/);
    await place.database.run('DELETE FROM "Tea" WHERE id = 2');
    await followed(place, (await asked(place, 'doctor')).next);
    await works(place);
  }));

test('6 the table is there under another name', async () => {
  const ways = [
    { sql: SESSION_TABLE.replace('"Session"', 'session'), next: 'npx prisma-mend repair' },
    { sql: SESSION_TABLE.replace('"Session"', 'sessions'), next: 'npx prisma-mend repair --rename sessions=Session' },
    { sql: SESSION_TABLE.replace('"Session"', '"shopify_logins"'), next: 'npx prisma-mend repair --rename shopify_logins=Session' },
    { sql: SESSION_TABLE.replaceAll('"', ''), next: 'npx prisma-mend repair' },
  ];
  for (const { sql, next: wanted } of ways) {
    await inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
      await generate(place);
      await deployed(place);
      await place.database.run('DROP TABLE "Session"');
      await place.database.run(sql);
      const [[name] = []] = await place.database.run("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'");
      await place.database.run(`INSERT INTO "${String(name)}" VALUES ('old', 'tea.myshopify.com', 's', false, NULL, NULL, 'kept')`);
      await fails(place, /public\.Session/);
      const { first, next } = await asked(place, 'doctor');
      expect([first.code, next[0]]).toEqual(['CAUSE.OTHER_NAME', wanted]);
      expect(first.message).toContain(`there is a table "${String(name)}" instead`);
      await followed(place, [`${wanted} --apply`]);
      await works(place);
      expect(await place.database.run('SELECT "accessToken" FROM "Session" WHERE id = \'old\'')).toEqual([['kept']]);
      expect((await asked(place, 'doctor')).exitCode).toBe(0);
    });
  }
});

test('6 the other name is kept: the model is mapped', () =>
  inPlace(SCHEMA, {}, async (place) => {
    await generate(place);
    await place.database.run(SESSION_TABLE.replace('"Session"', 'sessions'));
    await fails(place, /public\.Session/);
    const { next } = await asked(place, 'doctor');
    expect(next[1]).toBe('or keep its name: @@map("sessions") in the model, then npx prisma generate');
    rewriteSchema(place, shopSchema(SESSION_MODEL.replace(/\}$/, '\n  @@map("sessions")\n}')));
    await generate(place);
    await works(place);
  }));

test('6 the application gives the storage another table name', () =>
  inPlace(shopSchema(SESSION_MODEL.replace('model Session', 'model ShopLogin')), { [INIT]: SESSION_TABLE.replaceAll('Session', 'ShopLogin') }, async (place) => {
    await generate(place);
    expect((await startShop(place, place.database.url, 'shopLogin')).error).toMatch(ERROR);
    const { first, next } = await asked(place, 'doctor');
    expect(first.message).toContain('the table "ShopLogin" is not there');
    expect(first.message).toMatch(ERROR);
    await followed(place, next);
    expect((await startShop(place, place.database.url, 'shopLogin')).stored).toBe('tea-token');
  }));

test('7 the role may not use the schema, not read, not write', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    await deployed(place);
    await withRole(place, async (role, url) => {
      await place.database.run('REVOKE ALL ON SCHEMA public FROM PUBLIC');
      for (const [given, words] of [['', 'may not use the schema of'], [`GRANT USAGE ON SCHEMA public TO ${role}`, 'may not read']] as const) {
        if (given !== '') await place.database.run(`REVOKE ALL ON "Session" FROM ${role}; REVOKE ALL ON SCHEMA public FROM ${role}; ${given}`);
        await fails(place, /denied/, url);
        const { exitCode, first, next } = await asked(place, 'doctor', url);
        expect([exitCode, first.code]).toEqual([3, 'CAUSE.NO_RIGHTS']);
        expect(first.message).toContain(words);
        expect(next.every((step) => step.startsWith('GRANT '))).toBe(true);
        for (const step of next) await place.database.run(step);
        await works(place, url);
      }
      await place.database.run(`REVOKE INSERT ON "Session" FROM ${role}`);
      expect(await startShop(place, url)).toMatchObject({ ready: true, storeError: expect.stringMatching(/denied/) });
      const { first, next } = await asked(place, 'doctor', url);
      expect(first.message).toContain(`the role ${role} has no INSERT on "Session"`);
      for (const step of next) await place.database.run(step);
      await works(place, url);
    });
  }));

test('7 row-level security hides every row', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    await deployed(place);
    await withRole(place, async (role, url) => {
      await place.database.run(`GRANT USAGE ON SCHEMA public TO ${role}; GRANT SELECT ON _prisma_migrations TO ${role}; GRANT SELECT, INSERT, UPDATE, DELETE ON "Session" TO ${role}; ALTER TABLE "Session" ENABLE ROW LEVEL SECURITY`);
      expect(await startShop(place, url)).toMatchObject({ ready: true, storeError: expect.stringMatching(/row-level security/) });
      const { exitCode, first, next } = await asked(place, 'doctor', url);
      expect([exitCode, first.code]).toEqual([3, 'CAUSE.HIDDEN_ROWS']);
      for (const step of next) await place.database.run(step);
      await works(place, url);
      expect((await asked(place, 'doctor', url)).exitCode).toBe(0);
    });
  }));

test('8 the table has fewer columns than the session storage writes', () =>
  inPlace(SCHEMA, { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    await deployed(place);
    await place.database.run('ALTER TABLE "Session" DROP COLUMN "refreshToken", DROP COLUMN "refreshTokenExpires"');
    expect(await startShop(place)).toMatchObject({ ready: true, storeError: expect.stringMatching(/P2022/) });
    const { exitCode, first, next } = await asked(place, 'doctor');
    expect([exitCode, first.code, next]).toEqual([2, 'CAUSE.COLUMNS_BEHIND', ['npx prisma-mend repair']]);
    expect(first.message).toContain('refreshToken, refreshTokenExpires');
    await followed(place, next);
    await works(place);
  }));

test('8 the model has fewer fields than the session storage writes', () =>
  inPlace(shopSchema(SESSION_MODEL.replace(/ {2}refreshToken.*\n/g, '')), { [INIT]: SESSION_TABLE.replace(/ {4}"refreshToken.*\n/g, '') }, async (place) => {
    await generate(place);
    await deployed(place);
    expect(await startShop(place)).toMatchObject({ ready: true, storeError: expect.stringMatching(/refreshToken/) });
    const { exitCode, first, next } = await asked(place, 'doctor');
    expect([exitCode, first.code, next]).toEqual([3, 'CAUSE.SCHEMA_BEHIND', ['add to model Session: refreshToken String?, refreshTokenExpires DateTime?; then npx prisma migrate dev']]);
    rewriteSchema(place, SCHEMA);
    place.migration('2_tokens', 'ALTER TABLE "Session" ADD COLUMN "refreshToken" TEXT, ADD COLUMN "refreshTokenExpires" TIMESTAMP(3);\n');
    await generate(place);
    await deployed(place);
    await works(place);
  }));

test('9 the generated client is older than the schema', () =>
  inPlace(shopSchema('model Tea {\n  id Int @id\n}'), { [INIT]: SESSION_TABLE, '2_tea': 'CREATE TABLE "Tea" ("id" INTEGER NOT NULL, CONSTRAINT "Tea_pkey" PRIMARY KEY ("id"));\n' }, async (place) => {
    await generate(place);
    rewriteSchema(place, shopSchema(`${SESSION_MODEL}\nmodel Tea {\n  id Int @id\n}`));
    await deployed(place);
    expect((await startShop(place)).error).toContain('PrismaClient does not have a session table');
    const { exitCode, first, next } = await asked(place, 'doctor');
    expect([exitCode, first.code, next]).toEqual([3, 'CAUSE.CLIENT_BEHIND', ['npx prisma generate']]);
    await generate(place);
    await works(place);
  }));

test('9 the generated client is SQLite\'s, and then the schema too', () =>
  inPlace(shopSchema(SESSION_MODEL, 'sqlite'), { [INIT]: SESSION_TABLE }, async (place) => {
    await generate(place);
    const told = await asked(place, 'doctor');
    expect([told.exitCode, told.first.code]).toEqual([1, 'PROVIDER_UNSUPPORTED']);
    expect(told.first.message).toMatch(/^MissingSessionTableError hides this: .*"sqlite"/);
    rewriteSchema(place, SCHEMA);
    await deployed(place);
    expect((await startShop(place)).error).toMatch(/not compatible with the provider `?sqlite/);
    const { exitCode, first, next } = await asked(place, 'doctor');
    expect([exitCode, first.code, next]).toEqual([3, 'CAUSE.CLIENT_PROVIDER', ['npx prisma generate']]);
    await generate(place);
    await works(place);
  }));

test('an application that is none of Shopify\'s: the cause of its missing tables', () =>
  inPlace(shopSchema('model Tea {\n  id Int @id\n}\nmodel Cup {\n  id Int @id\n}'), { '1_tea': 'CREATE TABLE "Tea" ("id" INTEGER NOT NULL, "brewed" DATETIME, CONSTRAINT "Tea_pkey" PRIMARY KEY ("id"));\n' }, async (place) => {
    await generate(place);
    const told = await asked(place, 'doctor');
    expect([told.first.code, told.first.message]).toEqual(['CAUSE.ABSENT', 'the table "Tea" is not there: migration 1_tea is written for SQLite and can never run on PostgreSQL']);
    await followed(place, told.next);
    // What the schema has beyond the history is a migration of its own.
    await followed(place);
    expect((await asked(place, 'doctor')).exitCode).toBe(0);
    await place.database.run('ALTER TABLE "Cup" RENAME TO cups');
    expect((await asked(place, 'doctor')).first.message).toBe('the table "Cup" is not there: there is a table "cups" instead');
    await place.database.run('DROP TABLE cups; CREATE SCHEMA kitchen; CREATE TABLE kitchen."Cup" (id integer PRIMARY KEY)');
    expect((await asked(place, 'doctor')).first.message).toBe('the table "Cup" is not there: it is in the schema kitchen, and the URL leads to public');
    // A table of another tool that is called alike is not the one.
    await place.database.run('DROP TABLE kitchen."Cup"; CREATE TABLE cups (sid text PRIMARY KEY)');
    expect((await asked(place, 'doctor')).first.message).toMatch(/^the table "Cup" is not there: the ledger says that migration .*_mend/);
  }));

/** What a deploy hook mends by itself, with one command, and where it stops because a person has to say more. */
const ALONE: Readonly<Record<string, { readonly code: number; readonly wreck: (place: Place) => Promise<unknown>; readonly sql?: string; readonly lock?: string }>> = {
  'never deployed': { code: 0, wreck: async () => undefined },
  'dropped': { code: 0, wreck: async (place) => { await deployed(place); await place.database.run('DROP TABLE "Session"'); } },
  'columns dropped': { code: 0, wreck: async (place) => { await deployed(place); await place.database.run('ALTER TABLE "Session" DROP COLUMN "refreshToken"'); } },
  'tables of others (P3005)': { code: 0, wreck: (place) => place.database.run('CREATE TABLE wp_posts (id int PRIMARY KEY)') },
  'lower-cased': { code: 0, wreck: async (place) => { await deployed(place); await place.database.run('ALTER TABLE "Session" RENAME TO session'); } },
  'a name that is alike': { code: 3, wreck: async (place) => { await deployed(place); await place.database.run('ALTER TABLE "Session" RENAME TO sessions'); } },
  'SQLite (P3018)': { code: 0, wreck: (place) => place.prisma('migrate', 'deploy'), sql: SQLITE },
  'lock file (P3019)': { code: 0, wreck: async () => undefined, lock: 'provider = "sqlite"\n' },
};

for (const [title, { code, wreck, sql, lock }] of Object.entries(ALONE)) {
  test(`predeploy --repair safe alone: ${title}`, () =>
    inPlace(SCHEMA, { [INIT]: sql ?? SESSION_TABLE }, async (place) => {
      await generate(place);
      await wreck(place);
      const ran = await place.mend('predeploy --repair safe');
      expect([ran.code, ran.all], ran.all).toEqual([code, ran.all]);
      if (code === 0) await works(place);
      else expect(ran.all).toContain('next: npx prisma-mend ');
    }, lock === undefined ? {} : { lock }));
}
