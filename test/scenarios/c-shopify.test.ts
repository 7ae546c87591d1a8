// SQLite's SQL on PostgreSQL, and what Shopify's app template does to a history.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/project.ts';
import { acceptedByPrisma, everythingOf, filesOf, followed, inPlace, LOCK, onlyShows, schemaOf, type Place } from '../support/scenario.ts';

const USER_FIELDS = ['firstName     String?', 'lastName      String?', 'email         String?', 'accountOwner  Boolean   @default(false)', 'locale        String?', 'collaborator  Boolean?  @default(false)', 'emailVerified Boolean?  @default(false)'];
const REFRESH_FIELDS = ['refreshToken        String?', 'refreshTokenExpires DateTime?'];
const sessionModel = (...fields: readonly string[]) => `model Session {\n  id          String    @id\n  shop        String\n  state       String\n  isOnline    Boolean   @default(false)\n  scope       String?\n  expires     DateTime?\n  accessToken String\n  userId      BigInt?\n${fields.map((field) => `  ${field}\n`).join('')}}`;

const USER_COLUMNS = ['"firstName" TEXT', '"lastName" TEXT', '"email" TEXT', '"accountOwner" BOOLEAN NOT NULL DEFAULT false', '"locale" TEXT', '"collaborator" BOOLEAN DEFAULT false', '"emailVerified" BOOLEAN DEFAULT false'];
const sessionTable = (datetime: string, ...columns: readonly string[]) => `-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" ${datetime},
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT${columns.map((column) => `,\n    ${column}`).join('')}
);
`;
const REFRESH_COLUMNS = (datetime: string) => ['"refreshToken" TEXT', `"refreshTokenExpires" ${datetime}`];
const TEMPLATE = '20240530213853_create_session_table';
const ROWS = `INSERT INTO "Session" (id, shop, state, "accessToken") VALUES ('offline_a', 'a.myshopify.com', '', 'shpat_1'), ('offline_b', 'b.myshopify.com', '', 'shpat_2')`;
const kept = async ({ database }: Place) => expect((await database.run('SELECT id, "accessToken" FROM "Session" ORDER BY id'))).toEqual([['offline_a', 'shpat_1'], ['offline_b', 'shpat_2']]);

/** The command of a step that a person decides on. */
const chosen = (step = '') => step.replace(/ +#.*$/, '');

const RESOLVE = 'npx prisma-mend resolve --apply';
const DEPLOY = 'npx prisma migrate deploy';

/** As SQLite's migrations change a table: a new one, the rows, the old name. Here it gets its column "scope". */
const REDEFINED = `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
${sessionTable('DATETIME').replace('-- CreateTable\n', '').replace('"Session"', '"new_Session"')}INSERT INTO "new_Session" ("accessToken", "expires", "id", "isOnline", "shop", "state", "userId") SELECT "accessToken", "expires", "id", "isOnline", "shop", "state", "userId" FROM "Session";
DROP TABLE "Session";
ALTER TABLE "new_Session" RENAME TO "Session";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
`;

test('S26 a Shopify app on PostgreSQL with the template\'s SQLite migrations and no lock file', () =>
  inPlace(schemaOf(sessionModel()), { [TEMPLATE]: sessionTable('DATETIME').replace('    "scope" TEXT,\n', ''), '20240601000000_redefine': REDEFINED }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).all).toContain('type "datetime" does not exist');
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([3, ['HISTORY.FOREIGN_SQL', 'HISTORY.FAILED', 'TABLE.MISSING'], [RESOLVE, DEPLOY]]);
    expect(messages[0]).toMatch(/is written for SQLite \(DATETIME\): it can never run on PostgreSQL, and 1 more migration like it; npx prisma-mend translate --in-place makes them PostgreSQL's/);
    expect((await onlyShows(place)).all).toMatch(/2 migrations: translated in place, the originals kept beside/);
    await followed(place);
    expect(await place.ledger()).toEqual([`${TEMPLATE} rolled back`, `${TEMPLATE} applied`, '20240601000000_redefine applied']);
    expect(existsSync(join(place.app.path, 'prisma', 'migrations_sqlite', TEMPLATE, 'migration.sql'))).toBe(true);
    expect(filesOf(place)['20240601000000_redefine/migration.sql']).toMatch(/^ALTER TABLE "Session" ADD COLUMN {5}"scope" TEXT;$/m);
    expect(filesOf(place)['migration_lock.toml']).toBe(LOCK);
    await onlyShows(place, 'resolve --apply');
    await acceptedByPrisma(place);
  }, { lock: null }));

test('S26 the same where Prisma committed what PostgreSQL took of the file', () =>
  inPlace(schemaOf(`${sessionModel()}\n\nmodel Shop {\n  id   String @id\n  name String\n}`), { [TEMPLATE]: `CREATE TABLE "Shop" ("id" TEXT NOT NULL PRIMARY KEY);\n${sessionTable('DATETIME')}` }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    await place.database.run(`INSERT INTO "Shop" VALUES ('a')`);
    expect((await place.checked()).codes).toEqual(['HISTORY.FOREIGN_SQL', 'HISTORY.FAILED', 'TABLE.MISSING', 'COLUMN.MISSING']);
    await place.database.run(`DELETE FROM "Shop"`);
    await followed(place);
    await acceptedByPrisma(place);
  }, { lock: null, prisma: 7 }));

test('S27 the lock file still says sqlite', () =>
  inPlace(schemaOf(sessionModel()), { [TEMPLATE]: sessionTable('DATETIME') }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3019');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([3, ['HISTORY.FOREIGN_SQL', 'HISTORY.LOCK_FILE', 'TABLE.MISSING'], [RESOLVE, DEPLOY]]);
    expect(messages[1]).toBe('migration_lock.toml says provider "sqlite": deploy stops with P3019');
    await onlyShows(place);
    await followed(place);
    expect(filesOf(place)['migration_lock.toml']).toBe(LOCK);
    await onlyShows(place, 'resolve --apply');
    await acceptedByPrisma(place);
  }, { lock: LOCK.replace('postgresql', 'sqlite') }));

test('S27 with the tables and their rows there already, by db push', () =>
  inPlace(schemaOf(sessionModel()), { [TEMPLATE]: sessionTable('DATETIME') }, async (place) => {
    expect((await place.prisma('db', 'push')).code).toBe(0);
    await place.database.run(ROWS);
    await followed(place);
    await kept(place);
    await acceptedByPrisma(place);
  }, { lock: LOCK.replace('postgresql', 'sqlite'), prisma: 7 }));

test('S28 a lock file that means postgresql and is not read as that', () =>
  inPlace(schemaOf(sessionModel()), { [TEMPLATE]: sessionTable('TIMESTAMP(3)') }, async (place) => {
    for (const text of ['provider="postgresql"\n', "provider = 'postgresql'\n", 'provider = "postgresql" # or sqlite\n', 'provider = "postgres"\n', ' provider = "postgresql"\n', 'provider = "postgresql" \n']) {
      place.app.write('prisma/migrations/migration_lock.toml', text);
      const { codes, messages, next } = await place.checked();
      expect([text, codes[0], next[0]]).toEqual([text, 'HISTORY.LOCK_FILE', RESOLVE]);
      expect(messages[0]).toContain('in a form Prisma does not read: deploy stops with P3019');
    }
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3019');
    await onlyShows(place);
    await followed(place);
    expect(filesOf(place)['migration_lock.toml']).toBe(LOCK);
    await acceptedByPrisma(place);
  }));

test('S29 SQL of SQLite that PostgreSQL takes, with other types than the schema means', () =>
  inPlace(schemaOf('model Product {\n  id    Int      @id @default(autoincrement())\n  price Float\n  at    DateTime @default(now())\n  done  Boolean  @default(false)\n}'), {
    '20250101000000_init': 'CREATE TABLE "Product" ("id" INTEGER NOT NULL PRIMARY KEY, "price" REAL NOT NULL, "at" TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, "done" INTEGER NOT NULL DEFAULT 0);\n',
  }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(`INSERT INTO "Product" VALUES (1, 1.5, '2025-01-01 10:00:00', 1), (2, 0.25, '2025-01-02 10:00:00', 0)`);
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, next]).toEqual([3, ['npx prisma-mend repair']]);
    expect(messages.join('\n')).toMatch(/Product\.id has no sequence behind it[^]*price is REAL, and the schema says DOUBLE PRECISION[^]*at is TEXT, and the schema says TIMESTAMP\(3\)[^]*done is INTEGER, and the schema says BOOLEAN/);
    // What loses nothing is repaired; converting a text into a time is written by a person, who knows what is in it.
    expect((await place.mend('repair --write')).code).toBe(3);
    place.migration('99990101000000_types', `ALTER TABLE "Product" ALTER COLUMN "price" TYPE DOUBLE PRECISION, ALTER COLUMN "at" DROP DEFAULT, ALTER COLUMN "at" TYPE TIMESTAMP(3) USING "at"::timestamp, ALTER COLUMN "at" SET DEFAULT CURRENT_TIMESTAMP, ALTER COLUMN "done" DROP DEFAULT, ALTER COLUMN "done" TYPE BOOLEAN USING "done" <> 0, ALTER COLUMN "done" SET DEFAULT false;\n`);
    await followed(place);
    await place.database.run('INSERT INTO "Product" (price) VALUES (3)');
    expect(await place.database.run('SELECT id, price, done FROM "Product" ORDER BY id')).toEqual([[1, 1.5, true], [2, 0.25, false], [3, 3, false]]);
    await acceptedByPrisma(place);
  }));

test('S30 the template was merged again: its one migration has two columns more', () =>
  inPlace(schemaOf(sessionModel(...USER_FIELDS, ...REFRESH_FIELDS)), { [TEMPLATE]: sessionTable('TIMESTAMP(3)', ...USER_COLUMNS) }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(ROWS);
    place.migration(TEMPLATE, sessionTable('TIMESTAMP(3)', ...USER_COLUMNS, ...REFRESH_COLUMNS('TIMESTAMP(3)')));
    expect((await place.prisma('migrate', 'deploy')).all).toContain('No pending migrations');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes]).toEqual([3, ['HISTORY.EDITED', 'COLUMN.MISSING', 'COLUMN.MISSING']]);
    expect(messages.join('\n')).toMatch(/was edited after it was applied[^]*Session\.refreshToken is missing[^]*Session\.refreshTokenExpires is missing/);
    expect(next).toEqual(['npx prisma-mend repair', expect.stringMatching(/^npx prisma-mend resolve --apply --accept-edited 20240530213853_create_session_table {3}# if/)]);
    await onlyShows(place);
    await followed(place, ['npx prisma-mend repair', DEPLOY, chosen(next[1])]);
    await kept(place);
    await acceptedByPrisma(place);
  }));

const CORPUS = join(process.env['MEND_CORPUS'] ?? join(ROOT, '..', 'shared', 'corpus'), 'projects', 'shopify-template-rr');
const [NOW, MODEL] = [join(CORPUS, 'migrations', TEMPLATE, 'migration.sql'), join(CORPUS, 'schema.prisma')].map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''));

test.skipIf(!NOW)(`S30 the same with the published texts, recorded as applied over tables that were pushed${NOW ? '' : ' (here: not without the corpus)'}`, () =>
  inPlace(schemaOf((MODEL ?? '').replace(/^[^]*?(?=model )/, '')), {}, async (place) => {
    const [now, before] = [NOW ?? '', (NOW ?? '').replace(/,\n {4}"refreshToken" TEXT,\n {4}"refreshTokenExpires" DATETIME/, '')];
    await place.database.run(before.replaceAll('DATETIME', 'TIMESTAMP(3)'));
    await place.database.run(ROWS);
    place.migration(TEMPLATE, before);
    expect((await place.prisma('migrate', 'resolve', '--applied', TEMPLATE)).code).toBe(0);
    expect(await place.database.run('SELECT checksum FROM _prisma_migrations')).toEqual([['6dda377f29061cd87d8ff7475239634f43487b670ce351e14330f314713b1e2b']]);
    place.migration(TEMPLATE, now);
    const { exitCode, codes, messages } = await place.checked();
    expect([exitCode, codes]).toEqual([3, ['HISTORY.FOREIGN_APPLIED', 'HISTORY.EDITED', 'COLUMN.MISSING', 'COLUMN.MISSING']]);
    expect(messages[0]).toContain('is written for SQLite (DATETIME) and recorded as applied');
    expect(messages[1]).toContain('Shopify changed this file of its template in place: it now also has refreshToken and refreshTokenExpires');
    expect((await place.mend('repair --write')).code).toBe(0);
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    // Now that the columns are there, the new text is right, and that is proven.
    expect(await followed(place)).toEqual([RESOLVE]);
    expect(await place.checked()).toMatchObject({ exitCode: 0, codes: ['HISTORY.FOREIGN_APPLIED'], next: [] });
    // `migrate dev` replays the SQLite file, and cannot: acceptedByPrisma would say so.
    await kept(place);
    expect((await place.prisma('migrate', 'status')).all).toContain('up to date');
  }));

test('S31 the template of 2024 over the one of 2023: another directory, with more columns', () =>
  inPlace(schemaOf(sessionModel(...USER_FIELDS)), { '20230615155147_create_session_table': sessionTable('TIMESTAMP(3)') }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(ROWS);
    rmSync(join(place.app.migrations, '20230615155147_create_session_table'), { recursive: true });
    place.migration(TEMPLATE, sessionTable('TIMESTAMP(3)', ...USER_COLUMNS));
    expect((await place.prisma('migrate', 'deploy')).all).toContain('relation "Session" already exists');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes.slice(0, 3), codes.slice(3).every((code) => code === 'COLUMN.MISSING'), next[0]]).toEqual([3, ['HISTORY.FAILED', 'HISTORY.UNDECIDED', 'HISTORY.NO_FILE'], true, 'npx prisma-mend repair']);
    expect(messages[1]).toMatch(/firstName/);
    await onlyShows(place, 'resolve', 3);
    // The columns first; with them all of the new file is there, and resolve records it by itself.
    expect(next.at(-1)).toMatch(/^npx prisma-mend resolve --apply --forget-missing {3}# if 20230615155147_create_session_table will not come back/);
    await followed(place, ['npx prisma-mend repair', RESOLVE, chosen(next.at(-1))]);
    expect(await place.ledger()).toEqual(['20230615155147_create_session_table rolled back', `${TEMPLATE} rolled back`, `${TEMPLATE} applied`]);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S32 a table that is called missing: what check tells apart (here: of the causes, those in URL and catalog)', () =>
  inPlace(schemaOf(sessionModel()), { [TEMPLATE]: sessionTable('TIMESTAMP(3)') }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(`CREATE SCHEMA other; ${ROWS}`);
    const at = (change: (url: URL) => void) => {
      const url = new URL(place.database.url);
      change(url);
      return place.checked(`check --url ${url.href}`);
    };
    expect(await at((url) => void (url.port = '1'))).toMatchObject({ exitCode: 1, codes: ['UNREACHABLE'] });
    expect(await at((url) => void (url.pathname = '/nowhere'))).toMatchObject({ exitCode: 1, codes: ['NO_DATABASE'] });
    expect(await at((url) => void (url.username = 'nobody_here'))).toMatchObject({ exitCode: 1, codes: ['AUTH_FAILED'] });
    expect((await at((url) => url.searchParams.set('schema', 'other'))).codes).toEqual(expect.arrayContaining(['HISTORY.LEDGER_ELSEWHERE', 'TABLE.MISSING']));
    expect((await place.checked()).exitCode).toBe(0);
    await place.database.run('ALTER TABLE "Session" RENAME TO session');
    expect((await place.checked()).messages.join('\n')).toMatch(/[Ss]ession/);
    await place.database.run('ALTER TABLE session RENAME TO "Session"; ALTER TABLE "Session" DROP COLUMN "userId"');
    expect((await place.checked()).messages).toEqual(['column Session.userId is missing']);
    await followed(place);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S33 SQLite in a container: told where to go, and led there', () =>
  inPlace(schemaOf(sessionModel()), { [TEMPLATE]: sessionTable('DATETIME') }, async (place) => {
    const postgresql = readFileSync(join(place.app.path, 'prisma', 'schema.prisma'), 'utf8');
    place.app.write('prisma/schema.prisma', postgresql.replace('provider = "postgresql"', 'provider = "sqlite"').replace('env("DATABASE_URL")', '"file:dev.sqlite"'));
    const before = await everythingOf(place);
    const refused = await place.mend('check');
    expect([refused.code, refused.all]).toEqual([1, expect.stringMatching(/datasource is "sqlite"[^]*Next: npx prisma-mend check --provider postgresql/)]);
    expect((await place.checked(`check --provider postgresql --url ${place.database.url}`)).codes).toEqual(expect.arrayContaining(['HISTORY.FOREIGN_SQL', 'TABLE.MISSING']));
    expect(await everythingOf(place)).toEqual(before);
    place.app.write('prisma/schema.prisma', postgresql);
    await followed(place);
    await acceptedByPrisma(place);
  }, { lock: LOCK.replace('postgresql', 'sqlite') }));
