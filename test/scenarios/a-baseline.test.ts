// Databases that were there before their history: what of it they hold is found out, and only that is declared as done.

import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acceptedByPrisma, everythingOf, filesOf, followed, inPlace, onlyShows, schemaOf, type Place } from '../support/scenario.ts';

const RESOLVE = 'npx prisma-mend resolve --apply';
const DEPLOY = 'npx prisma migrate deploy';
const REPAIR = ['npx prisma-mend repair', 'npx prisma-mend repair --apply'];

const USER = 'CREATE TABLE "User" (\n    "id" INTEGER NOT NULL,\n    "name" TEXT,\n\n    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n';
const userModel = (more = '') => `model User {\n  id   Int     @id\n  name String?\n${more}}`;

/** Done again it says so, and changes nothing. */
async function nothingLeft(place: Place): Promise<void> {
  await onlyShows(place, 'resolve --apply');
}

test('S01 tables of the schema, and a first deploy', () =>
  inPlace(schemaOf(userModel()), { '0_init': USER }, async (place) => {
    await place.database.run(`${USER}; INSERT INTO "User" VALUES (1, 'Ann')`);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3005');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([2, ['HISTORY.NO_LEDGER'], [RESOLVE]]);
    expect(messages[0]).toMatch(/P3005; it stands after migration 0_init$/);
    expect((await onlyShows(place)).all).toContain('by hand: npx prisma migrate resolve --applied 0_init');
    await followed(place);
    expect(await place.ledger()).toEqual(['0_init applied']);
    await nothingLeft(place);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT name FROM "User"')).toEqual([['Ann']]);
  }));

test('S01 what only the database has is kept, and named', () =>
  inPlace(schemaOf(userModel()), { '0_init': USER }, async (place) => {
    await place.database.run(`${USER}; CREATE TABLE audit (id int); INSERT INTO audit VALUES (1)`);
    expect((await place.checked()).codes).toEqual(['HISTORY.NO_LEDGER', 'TABLE.EXTRA']);
    expect(await followed(place)).toEqual([RESOLVE]);
    // A table that no migration makes is drift to `migrate dev`, whoever made it.
    await acceptedByPrisma(place, { devObjects: /Drift detected/ });
    expect(await place.database.run('SELECT id FROM audit')).toEqual([[1]]);
  }));

test('S02 a baseline that says what is not there', () =>
  inPlace(schemaOf(userModel()), { '0_init': USER }, async (place) => {
    await place.database.run('CREATE TABLE "User" ("id" INTEGER NOT NULL, "legacy" TEXT, CONSTRAINT "User_pkey" PRIMARY KEY ("id")); INSERT INTO "User" VALUES (1, \'old\')');
    expect((await place.prisma('migrate', 'resolve', '--applied', '0_init')).code).toBe(0);
    expect((await place.prisma('migrate', 'status')).all).toContain('up to date');
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages, next]).toEqual([2, ['column User.name is missing', 'column User.legacy is only in the database'], [REPAIR[0]]]);
    expect(await followed(place)).toEqual(REPAIR);
    await acceptedByPrisma(place, { devObjects: /Drift detected/ }); // legacy, which is never dropped
    expect(await place.database.run('SELECT id, legacy, name FROM "User"')).toEqual([[1, 'old', null]]);
  }));

const POSTS = 'CREATE TABLE "Post" (\n    "id" INTEGER NOT NULL,\n    "userId" INTEGER NOT NULL,\n\n    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")\n);\nALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;\n';
const FIVE = { '1_users': USER, '2_names': 'CREATE INDEX "User_name_idx" ON "User"("name");\n', '3_emails': 'ALTER TABLE "User" ADD COLUMN "email" TEXT;\n', '4_posts': POSTS, '5_age': 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n' };
const FIVE_SCHEMA = schemaOf(`${userModel('  email String?\n  age Int?\n  posts Post[]\n\n  @@index([name])\n')}\nmodel Post {\n  id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n}\n`);

for (const [what, made, applied] of [
  ['at the third of five', FIVE['1_users'] + FIVE['2_names'] + FIVE['3_emails'], ['1_users', '2_names', '3_emails']],
  ['at the third of five, without what the second made', FIVE['1_users'] + FIVE['3_emails'], ['1_users', '3_emails']],
] as const) {
  test(`S03 several migrations, and a database ${what}`, () =>
    inPlace(FIVE_SCHEMA, FIVE, async (place) => {
      await place.database.run(`${made}; INSERT INTO "User" VALUES (1)`);
      expect((await place.prisma('migrate', 'deploy')).all).toContain('P3005');
      const { exitCode, codes, next } = await place.checked();
      expect([exitCode, next]).toEqual([2, [RESOLVE, DEPLOY]]);
      expect(codes).toEqual(expect.arrayContaining(['HISTORY.NO_LEDGER', 'HISTORY.PENDING']));
      await followed(place, [RESOLVE]);
      expect(await place.ledger()).toEqual(applied.map((name) => `${name} applied`));
      await followed(place);
      await acceptedByPrisma(place);
      expect(await place.database.run('SELECT id, age FROM "User"')).toEqual([[1, null]]);
    }));
}

test('S04 db push in production, then migrate', () =>
  inPlace(schemaOf(userModel()), {}, async (place) => {
    expect((await place.prisma('db', 'push')).code).toBe(0);
    await place.database.run("INSERT INTO \"User\" VALUES (1, 'Ann'); CREATE VIEW names AS SELECT name FROM \"User\"");
    expect((await place.checked()).exitCode).toBe(0);
    expect((await place.mend('baseline --write')).code).toBe(0);
    const { messages, next } = await place.checked();
    expect([messages[0], next]).toEqual([expect.stringMatching(/P3005; it stands after migration \d+_postgresql_baseline/), [RESOLVE]]);
    await followed(place);
    expect(await place.ledger()).toEqual([expect.stringMatching(/^\d+_postgresql_baseline applied$/)]);
    expect(filesOf(place)['migration_lock.toml']).toContain('provider = "postgresql"\n');
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT name FROM names')).toEqual([['Ann']]);
  }, { lock: null, prisma: 7 }));

for (const [what, pushed, code] of [['all', 'ADD COLUMN "age" INTEGER, ADD COLUMN "city" TEXT', 'HISTORY.ALREADY_THERE'], ['a part', 'ADD COLUMN "age" INTEGER', 'HISTORY.HALF_APPLIED']] as const) {
  test(`S05 db push after migrations, ${what} of the next one`, () =>
    inPlace(schemaOf(userModel('  age Int?\n  city String?\n')), { '1_users': USER }, async (place) => {
      expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
      await place.database.run(`INSERT INTO "User" VALUES (1); ALTER TABLE "User" ${pushed}; UPDATE "User" SET "age" = 7`);
      place.migration('2_age', '-- AlterTable\nALTER TABLE "User" ADD COLUMN     "age" INTEGER,\nADD COLUMN     "city" TEXT;\n');
      const { exitCode, codes, next } = await place.checked();
      expect([exitCode, codes[0], next]).toEqual([2, code, [RESOLVE]]);
      await onlyShows(place);
      await followed(place);
      expect(await place.ledger()).toEqual(['1_users applied', '2_age applied']);
      await nothingLeft(place);
      await acceptedByPrisma(place);
      expect(await place.database.run('SELECT age, city FROM "User"')).toEqual([[7, null]]);
    }));
}

test('S06 a hotfix on production, and its migration afterwards', () =>
  inPlace(schemaOf(userModel('\n  @@index([name])\n')), { '1_users': USER }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run('CREATE INDEX "User_name_idx" ON "User"("name")');
    place.migration('2_names', '-- CreateIndex\nCREATE INDEX "User_name_idx" ON "User"("name");\n');
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, messages, next]).toEqual([2, ['migration 2_names is not applied by the ledger, and all of it is there: deploy will stop over it'], [RESOLVE]]);
    await followed(place);
    await acceptedByPrisma(place);
  }));

const DUMP = `--\n-- PostgreSQL database dump\n--\n\n\\restrict x7Yf\n\nSET statement_timeout = 0;\nSET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\nSET default_table_access_method = heap;\n
CREATE TABLE public."User" (\n    id integer NOT NULL,\n    name text\n);\n\n\nALTER TABLE public."User" OWNER TO postgres;\n
--\n-- Name: User User_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres\n--\n\nALTER TABLE ONLY public."User"\n    ADD CONSTRAINT "User_pkey" PRIMARY KEY (id);\n\n\n\\unrestrict x7Yf\n`;

for (const prisma of [6, 7] as const) {
  for (const [what, text, failed] of [['deployed', DUMP.replaceAll(/^\\.*\n/gm, ''), true], ['with \\restrict, over tables that are there', DUMP, false]] as const) {
    test(`S07 a pg_dump as baseline, ${what}, Prisma ${prisma}`, () =>
      inPlace(schemaOf(userModel()), { '0_init': text }, async (place) => {
        if (failed) expect((await place.prisma('migrate', 'deploy')).all).toContain('P1014');
        else await place.database.run(USER);
        const { exitCode, codes, messages, next } = await place.checked();
        // What a file says that cannot be read yet is judged after it was put right.
        expect([exitCode, next]).toEqual([2, failed ? [RESOLVE] : [RESOLVE, DEPLOY]]);
        expect(codes).toEqual(failed ? ['HISTORY.FAILED', 'HISTORY.BAD_FILE'] : expect.arrayContaining(['HISTORY.BAD_FILE']));
        expect(messages.join('\n')).toMatch(failed ? /search_path .* \(P1014\), and the objects stay/ : /\\restrict is a command of psql/);
        await onlyShows(place);
        await followed(place);
        expect(await place.ledger()).toEqual([...(failed ? ['0_init rolled back'] : []), '0_init applied']);
        expect(filesOf(place)['0_init/migration.sql']).not.toMatch(/\bSET|set_config|OWNER TO|restrict/);
        await acceptedByPrisma(place);
      }, { prisma }));
  }
}

test('S08 partitioned tables and views alone', () =>
  inPlace(schemaOf('model Event {\n  id Int @id\n}'), { '0_init': 'CREATE TABLE "Event" ("id" INTEGER NOT NULL, CONSTRAINT "Event_pkey" PRIMARY KEY ("id"));\n', '1_view': 'CREATE VIEW "Ids" AS SELECT "id" FROM "Event";\n' }, async (place) => {
    await place.database.run('CREATE TABLE "Event" ("id" INTEGER NOT NULL, CONSTRAINT "Event_pkey" PRIMARY KEY ("id")) PARTITION BY RANGE ("id"); CREATE VIEW "Ids" AS SELECT "id" FROM "Event"');
    const before = await everythingOf(place);
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, next]).toEqual([2, [RESOLVE]]);
    expect(messages).toEqual([expect.stringMatching(/Prisma takes it for empty, and deploy stops over what is there; it stands after migration 1_view/)]);
    expect(await everythingOf(place)).toEqual(before);
    await followed(place);
    expect(await place.ledger()).toEqual(['0_init applied', '1_view applied']);
    await acceptedByPrisma(place);
  }));

test('S09 ledgers of other tools', () =>
  inPlace(schemaOf(userModel()), { '0_init': USER }, async (place) => {
    await place.database.run('CREATE TABLE schema_migrations (version varchar PRIMARY KEY); CREATE TABLE ar_internal_metadata (key varchar PRIMARY KEY); CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255)); CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY); CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)');
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3005');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([2, ['HISTORY.NO_LEDGER', 'HISTORY.PENDING', 'TABLE.MISSING'], [RESOLVE, DEPLOY]]);
    expect(messages[0]).toContain('tables of others');
    expect((await place.mend('check --verbose')).all).toMatch(/history of Flyway[\s\S]*history of Knex|history of Knex[\s\S]*history of Flyway/i);
    await followed(place);
    await acceptedByPrisma(place, { devObjects: /Drift detected/ }); // the tables of the others
  }));

test('S10 a squashed history', () =>
  inPlace(schemaOf(userModel('  age Int?\n')), { '1_users': USER.replace('name', 'nick'), '2_names': 'ALTER TABLE "User" RENAME COLUMN "nick" TO "name";\n', '3_age': 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n' }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    mkdirSync(join(place.app.path, 'old'));
    for (const name of ['1_users', '2_names', '3_age']) renameSync(join(place.app.migrations, name), join(place.app.path, 'old', name));
    place.migration('000_squashed', USER.replace('"name" TEXT', '"name" TEXT,\n    "age" INTEGER'));
    const { exitCode, codes, next } = await place.checked();
    expect([exitCode, codes]).toEqual([3, ['HISTORY.ALREADY_THERE', 'HISTORY.NO_FILE', 'HISTORY.NO_FILE', 'HISTORY.NO_FILE']]);
    expect([next[0], next.at(-1)]).toEqual([RESOLVE, expect.stringContaining('resolve --apply --forget-missing   # if the 3 missing directories will not come back')]);
    await onlyShows(place);
    await onlyShows(place, 'resolve --forget-missing');
    await followed(place);
    // Deploy is content by now; that the old directories are not missed is for a person to say.
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    expect((await place.mend('resolve --apply --forget-missing')).code).toBe(0);
    expect(await place.ledger()).toEqual(['1_users rolled back', '2_names rolled back', '3_age rolled back', '000_squashed applied']);
    await acceptedByPrisma(place);
  }));
