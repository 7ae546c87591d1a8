// E. Drift, and objects that Prisma cannot model: nothing that holds data is dropped, what is missing comes back, what only a person
// can decide is named.

import { expect, test } from 'vitest';
import { acceptedByPrisma, everythingOf, followed, inPlace, onlyShows, schemaOf, type Place } from '../support/scenario.ts';

const USER = `model User {
  id        Int       @id @default(autoincrement())
  email     String    @unique
  name      String?
  deletedAt DateTime?
  posts     Post[]
}`;
const POST = `model Post {
  id       Int    @id @default(autoincrement())
  title    String
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])

  @@index([title])
}`;
const BLOG = schemaOf(`${USER}\n\n${POST}`);
const INIT = {
  '20250101000000_init': `CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, "name" TEXT, "deletedAt" TIMESTAMP(3), CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Post" ("id" SERIAL NOT NULL, "title" TEXT NOT NULL, "authorId" INTEGER NOT NULL, CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "Post_title_idx" ON "Post"("title");
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
`,
};

/** The blog as Prisma deployed it, with rows in it, and then what somebody did to it. */
function damaged(sql: string, work: (place: Place) => Promise<void>, schema = BLOG): Promise<void> {
  return inPlace(schema, INIT, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(`INSERT INTO "User" (email, name) VALUES ('a@x', 'A'), ('b@x', 'B'); INSERT INTO "Post" (title, "authorId") VALUES ('p', 1); ${sql}`);
    await work(place);
  });
}

/** Prisma's status sees nothing of it. */
async function unseenByPrisma({ prisma }: Place): Promise<void> {
  const status = await prisma('migrate', 'status');
  expect([status.code, status.all], status.all).toEqual([0, expect.stringContaining('up to date')]);
}

test('S49 a column, an index and a table are missing', () => damaged('ALTER TABLE "User" DROP COLUMN name; DROP INDEX "User_email_key"; DROP TABLE "Post"', async (place) => {
  await unseenByPrisma(place);
  const { exitCode, codes, messages, next } = await place.checked();
  expect([exitCode, codes, next]).toEqual([2, ['TABLE.MISSING', 'COLUMN.MISSING', 'FOREIGN_KEY.MISSING', 'INDEX.MISSING', 'INDEX.MISSING'].filter((code) => codes.includes(code)), ['npx prisma-mend repair']]);
  expect(messages).toEqual(expect.arrayContaining(['column User.name is missing', 'table Post is missing']));
  await onlyShows(place);
  expect(await followed(place)).toContain('npx prisma-mend repair --apply');
  expect(await place.database.run('SELECT email, name FROM "User" ORDER BY id')).toEqual([['a@x', null], ['b@x', null]]);
  expect((await onlyShows(place, 'repair --apply')).all).toContain('Nothing to repair');
  await acceptedByPrisma(place);
}));

test('S50 a table, a column and an enum that only the database has stay', () => damaged(`CREATE TABLE legacy (id int PRIMARY KEY, what text); INSERT INTO legacy VALUES (1, 'x'); ALTER TABLE "User" ADD COLUMN old text DEFAULT 'o'; CREATE TYPE mood AS ENUM ('a')`, async (place) => {
  const { exitCode, codes, next } = await place.checked();
  expect([exitCode, [...codes].sort(), next]).toEqual([0, ['COLUMN.EXTRA', 'ENUM.EXTRA', 'TABLE.EXTRA'], []]);
  await onlyShows(place, 'repair --apply');
  await onlyShows(place, 'predeploy --repair safe');
  expect(await place.database.run('SELECT what, old FROM legacy, "User" LIMIT 1')).toEqual([['x', 'o']]);
  // What no migration makes is drift to `migrate dev`, until it is in the schema or among the external tables.
  await acceptedByPrisma(place, { devObjects: /drift/i });
}));

test('S50 a required column that the schema does not know breaks every insert', () => damaged('ALTER TABLE "User" ADD COLUMN tenant text NOT NULL DEFAULT \'t\'; ALTER TABLE "User" ALTER tenant DROP DEFAULT', async (place) => {
  const { exitCode, codes, messages } = await place.checked();
  expect([exitCode, codes, messages]).toEqual([3, ['COLUMN.EXTRA_REQUIRED'], [expect.stringContaining('every insert by the application fails')]]);
}));

test('S51 a trigram index made by hand, and the migration that would drop it', () => damaged('CREATE EXTENSION pg_trgm; CREATE INDEX users_name_trgm ON "User" USING gin (name gin_trgm_ops)', async (place) => {
  expect(await place.checked()).toMatchObject({ exitCode: 0, codes: ['INDEX.EXTRA'], next: [] });
  // What `migrate dev` writes beside the change that was wanted.
  place.migration('20250201000000_body', 'DROP INDEX "users_name_trgm";\n\nALTER TABLE "Post" ALTER COLUMN "title" SET NOT NULL;\n');
  const { exitCode, codes, messages } = await place.checked();
  expect([exitCode, codes]).toEqual([0, expect.arrayContaining(['HISTORY.DROPS', 'HISTORY.PENDING', 'INDEX.EXTRA'])]);
  expect(messages[codes.indexOf('HISTORY.DROPS')]).toMatch(/20250201000000_body drops index User\.users_name_trgm.*delete that DROP from the file/);
  // The statement is deleted, and the index is given to the schema and to the history.
  place.migration('20250201000000_body', 'ALTER TABLE "Post" ALTER COLUMN "title" SET NOT NULL;\n');
  place.migration('20250301000000_trgm', 'CREATE EXTENSION IF NOT EXISTS "pg_trgm";\nCREATE INDEX "users_name_trgm" ON "User" USING GIN ("name" gin_trgm_ops);\n');
  expect((await place.checked()).codes).not.toContain('HISTORY.DROPS');
  await followed(place);
  await acceptedByPrisma(place);
}));

test('S52 a partial unique index under the name of a full one', () => damaged('DROP INDEX "User_email_key"; CREATE UNIQUE INDEX "User_email_key" ON "User"(email) WHERE "deletedAt" IS NULL', async (place) => {
  const { exitCode, codes, messages } = await place.checked();
  expect([exitCode, codes, messages]).toEqual([3, ['INDEX.DIFFERS'], [expect.stringMatching(/covers only rows WHERE \("deletedAt" IS NULL\), which guarantees less/)]]);
  expect((await onlyShows(place, 'repair --apply', 3)).all).toContain('npx prisma-mend repair --apply --allow INDEX_REPLACED');
  // Meant so: without @unique the schema says what is there, and the index is the user's own. Prisma 7 does not see it at all.
  place.app.write('prisma/schema.prisma', BLOG.replace('String    @unique', 'String').replace('provider = "postgresql"\n', 'provider = "postgresql"\n  url = env("DATABASE_URL")\n'));
  expect(await place.checked()).toMatchObject({ exitCode: 0, codes: ['INDEX.EXTRA'] });
  // Not meant so: it is replaced in one transaction.
  place.app.write('prisma/schema.prisma', BLOG.replace('provider = "postgresql"\n', 'provider = "postgresql"\n  url = env("DATABASE_URL")\n'));
  expect((await place.mend('repair --apply --allow INDEX_REPLACED')).code).toBe(0);
  await acceptedByPrisma(place);
}));

const INVISIBLE = `CREATE VIEW v AS SELECT * FROM "User"; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER TABLE "User" ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON "User" USING (true);
  ALTER TABLE "Post" ADD CONSTRAINT titled CHECK (title <> ''); CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER tr BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION t()`;

test('S53 views, functions, triggers, policies and checks are kept, named, and said to be left out of a baseline', () => damaged(INVISIBLE, async (place) => {
  const named = (await place.mend('check --verbose')).all;
  for (const line of ['view public.v', 'function public.f()', 'policy public.User.p', 'row level security', 'check constraint public.Post.titled', 'trigger public.User.tr']) expect(named).toContain(line);
  const baseline = await onlyShows(place, 'baseline --from database', 3);
  expect(baseline.all).toMatch(/Not in it, because Prisma cannot express it: 1 check constraint, 2 functions, 1 policy, 1 row level security, 1 trigger, 1 view\. Keep those in a migration of your own/);
  await acceptedByPrisma(place);
}));

test('S54 a view has the name of a model, an expression index that of an @@index', () => damaged('CREATE VIEW "Stats" AS SELECT 1 AS id, 2 AS n; DROP INDEX "Post_title_idx"; CREATE INDEX "Post_title_idx" ON "Post" (lower(title))', async (place) => {
  place.migration('20250201000000_stats', 'CREATE TABLE "Stats" ("id" INTEGER NOT NULL, "n" INTEGER NOT NULL, CONSTRAINT "Stats_pkey" PRIMARY KEY ("id"));\n');
  const before = await place.checked();
  expect([before.exitCode, before.messages]).toEqual([3, expect.arrayContaining([expect.stringMatching(/table Stats is missing, and a view has its name/), expect.stringMatching(/Post_title_idx is btree \(lower\(title\)\)/)])]);
  const deployed = await place.prisma('migrate', 'deploy');
  expect([deployed.code, deployed.all]).toEqual([1, expect.stringContaining('already exists')]);
  const { codes, messages, next } = await place.checked();
  expect(codes).toEqual(expect.arrayContaining(['HISTORY.FAILED', 'HISTORY.UNDECIDED', 'TABLE.MISSING']));
  expect(messages.join()).toMatch(/20250201000000_stats: it makes the table "Stats", and a view has that name/);
  expect(next).toEqual(['npx prisma-mend resolve --apply', expect.stringMatching(/rename or drop the view/), 'npx prisma-mend repair']);
  await place.database.run('ALTER VIEW "Stats" RENAME TO stats_view');
  expect((await place.mend('resolve --apply')).code).toBe(0);
  expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
  expect((await place.mend('repair --apply --allow INDEX_REPLACED')).code).toBe(0);
  await acceptedByPrisma(place);
}, schemaOf(`${USER}\n\n${POST}\n\nmodel Stats {\n  id Int @id\n  n  Int\n}`)));

test('S55 table users, model User: a rename that a person confirms', () => damaged('ALTER TABLE "User" RENAME TO users', async (place) => {
  const { exitCode, messages } = await place.checked();
  expect([exitCode, messages[0]]).toEqual([3, expect.stringMatching(/table User is missing, and users looks like it/)]);
  expect((await onlyShows(place, 'repair', 3)).all).toContain('npx prisma-mend repair --apply --rename "users=User"');
  expect((await place.mend('repair --apply --rename users=User')).code).toBe(0);
  expect(await place.database.run('SELECT count(*)::int4 FROM "User"')).toEqual([[2]]);
  await acceptedByPrisma(place);
}));

test('S55 names that differ in letter case alone are one', () => damaged('ALTER TABLE "User" RENAME TO "user"; ALTER TABLE "Post" RENAME COLUMN "authorId" TO authorid', async (place) => {
  expect(await place.checked()).toMatchObject({ exitCode: 2, next: ['npx prisma-mend repair'] });
  await followed(place);
  expect(await place.database.run('SELECT u.email, p."authorId" FROM "User" u JOIN "Post" p ON p."authorId" = u.id')).toEqual([['a@x', 1]]);
  await acceptedByPrisma(place);
}));

const THING = `enum Role {
  ADMIN
  USER
}

model Thing {
  id    Int      @id @default(autoincrement())
  role  Role     @default(USER)
  at    DateTime
  n     Int
  label String
}`;
const THING_SQL = `CREATE TYPE "Role" AS ENUM ('ADMIN', 'USER');
CREATE TABLE "Thing" ("id" SERIAL NOT NULL, "role" "Role" NOT NULL DEFAULT 'USER', "at" TIMESTAMP(3) NOT NULL, "n" INTEGER NOT NULL, "label" TEXT NOT NULL, CONSTRAINT "Thing_pkey" PRIMARY KEY ("id"));\n`;

function things(sql: string, work: (place: Place) => Promise<void>, schema = schemaOf(THING)): Promise<void> {
  return inPlace(schema, { '20250101000000_init': THING_SQL }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(sql);
    await work(place);
  });
}

test('S56 other types over data: Prisma would drop and add the columns, here they wait for a conversion by hand', () => things(`CREATE DOMAIN count AS integer; ALTER TABLE "Thing" ALTER role DROP DEFAULT, ALTER role TYPE text, ALTER role SET DEFAULT 'USER', ALTER at TYPE text, ALTER n TYPE count; INSERT INTO "Thing" (role, at, n, label) VALUES ('ADMIN', '2025-01-01 10:00', 1, 'x')`, async (place) => {
  await unseenByPrisma(place);
  const { exitCode, codes } = await place.checked();
  expect([exitCode, codes]).toEqual([3, ['COLUMN.DIFFERS', 'COLUMN.DIFFERS', 'COLUMN.DIFFERS']]);
  expect((await onlyShows(place, 'repair --apply', 3)).all).toMatch(/column Thing\.role is TEXT, and the schema says "Role"; converting could lose or reinterpret values[\s\S]*TYPE_CHANGED[\s\S]*write a migration by hand/);
  place.migration('20250201000000_types', `ALTER TABLE "Thing" ALTER "role" DROP DEFAULT, ALTER "role" TYPE "Role" USING "role"::text::"Role", ALTER "role" SET DEFAULT 'USER', ALTER "at" TYPE TIMESTAMP(3) USING "at"::timestamp, ALTER "n" TYPE INTEGER;\n`);
  expect(await place.checked()).toMatchObject({ exitCode: 0, next: ['npx prisma migrate deploy'] });
  await followed(place);
  expect(await place.database.run('SELECT role::text, at::text, n FROM "Thing"')).toEqual([['ADMIN', '2025-01-01 10:00:00', 1]]);
  await acceptedByPrisma(place);
}));

test('S57 timestamptz stays for a person to decide, varchar widens to text', () => things(`ALTER TABLE "Thing" ALTER at TYPE timestamptz(3), ALTER label TYPE varchar(255); INSERT INTO "Thing" (at, n, label) VALUES ('2025-01-01 10:00+00', 1, 'x')`, async (place) => {
  const { exitCode, messages } = await place.checked();
  expect([exitCode, [...messages].sort()]).toEqual([3, [expect.stringMatching(/Thing\.at is TIMESTAMPTZ\(3\), and the schema says TIMESTAMP\(3\)/), expect.stringMatching(/Thing\.label is VARCHAR\(255\), and the schema says TEXT/)]]);
  expect((await place.mend('repair --apply')).code).toBe(3);
  expect((await place.checked()).codes).toEqual(['COLUMN.DIFFERS']);
  // The schema takes the type that is there, and the migration Prisma writes for that runs over it without a change.
  place.app.write('prisma/schema.prisma', schemaOf(THING.replace('at    DateTime', 'at    DateTime @db.Timestamptz(3)'), '  url = env("DATABASE_URL")\n'));
  place.migration('20250201000000_at', 'ALTER TABLE "Thing" ALTER COLUMN "at" SET DATA TYPE TIMESTAMPTZ(3);\n');
  expect((await place.checked()).codes).toEqual(['HISTORY.PENDING']);
  await followed(place);
  await acceptedByPrisma(place);
}));

test('S58 constraints and indexes under other names are renamed, not rebuilt', () => damaged('ALTER TABLE "User" RENAME CONSTRAINT "User_pkey" TO pk_user; ALTER INDEX "User_email_key" RENAME TO uq_email; ALTER TABLE "Post" RENAME CONSTRAINT "Post_authorId_fkey" TO fk_user; ALTER INDEX "Post_title_idx" RENAME TO by_title', async (place) => {
  const shape = () => place.database.run('SELECT oid::text FROM pg_class WHERE relkind = \'i\' AND relnamespace = \'public\'::regnamespace ORDER BY oid');
  const before = await shape();
  const { exitCode, messages } = await place.checked();
  expect([exitCode, messages]).toEqual([2, expect.arrayContaining(['primary key of User is named pk_user, and the schema says User_pkey', expect.stringContaining('Post_authorId_fkey is present as fk_user')])]);
  await followed(place);
  expect(await shape()).toEqual(before);
  await acceptedByPrisma(place);
}));

test('S59 an enum value is missing, another one is kept', () => inPlace(schemaOf(THING), { '20250101000000_init': THING_SQL.replace("'ADMIN', 'USER'", "'USER', 'OLD'") }, async (place) => {
  await place.prisma('migrate', 'deploy');
  await place.database.run(`INSERT INTO "Thing" (role, at, n, label) VALUES ('OLD', now(), 1, 'x')`);
  const { exitCode, codes, messages, next } = await place.checked();
  expect([exitCode, codes, messages, next]).toEqual([2, ['ENUM.MISSING'], ['enum value Role.ADMIN is missing'], ['npx prisma-mend repair']]);
  expect((await onlyShows(place, 'repair')).all).toContain('npx prisma-mend repair --write');
  expect((await place.mend('repair --write')).all).toContain('npx prisma migrate deploy');
  expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
  expect(await place.checked()).toMatchObject({ exitCode: 0, codes: ['ENUM.EXTRA_VALUES'] });
  await place.database.run(`INSERT INTO "Thing" (role, at, n, label) VALUES ('ADMIN', now(), 1, 'x')`);
  await acceptedByPrisma(place);
}));

test('S60 several schemas beside a platform\'s own: what is left out is named (here: Supabase played by hand)', () => inPlace(
  schemaOf('model A {\n  id Int @id\n\n  @@schema("app")\n}', '  schemas = ["app", "public"]\n'),
  { '20250101000000_init': 'CREATE SCHEMA IF NOT EXISTS "app";\nCREATE TABLE "app"."A" ("id" INTEGER NOT NULL, CONSTRAINT "A_pkey" PRIMARY KEY ("id"));\n' },
  async (place) => {
    await place.prisma('migrate', 'deploy');
    await place.database.run(`CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY); CREATE SCHEMA extensions; CREATE EXTENSION pgcrypto SCHEMA extensions; CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
    const before = await everythingOf(place);
    const { code, all } = await place.mend('check --verbose');
    expect([code, all]).toEqual([0, expect.stringMatching(/function app\.f\(\)[\s\S]*schema auth is left out \(Supabase\)[\s\S]*schema extensions is left out/)]);
    expect((await place.mend('predeploy --engine mend')).code).toBe(0);
    expect(await everythingOf(place)).toEqual(before);
    await acceptedByPrisma(place);
  },
));
