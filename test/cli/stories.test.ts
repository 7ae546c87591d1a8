// Two projects from broken to working, with the real Prisma CLI, generated client and session storage.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { mend } from '../support/prisma-cli.ts';
import { followed, inPlace, type Place } from '../support/scenario.ts';
import { asked, generate, SESSION_MODEL, SESSION_TABLE, shopSchema, startShop, works } from '../support/shopify.ts';

const SHOP_MODELS = `${SESSION_MODEL}

model Merchant {
  id        String    @id @default(cuid())
  shop      String    @unique
  plan      String    @default("free")
  openedAt  DateTime  @default(now())
  dialogues Dialogue[]
}

model Dialogue {
  id         Int       @id @default(autoincrement())
  merchantId String
  merchant   Merchant  @relation(fields: [merchantId], references: [id], onDelete: Cascade)
  visitor    String
  mood       Float     @default(0)
  closedAt   DateTime?
  lines      Line[]

  @@index([merchantId, closedAt])
}

model Line {
  id         Int      @id @default(autoincrement())
  dialogueId Int
  dialogue   Dialogue @relation(fields: [dialogueId], references: [id], onDelete: Cascade)
  words      String
  saidAt     DateTime @default(now())
}
`;

/** As they were written while the app ran on SQLite. */
const SQLITE = {
  '20240530213853_create_session_table': SESSION_TABLE.replaceAll('TIMESTAMP(3)', 'DATETIME'),
  '20240911080000_dialogues': `-- CreateTable
CREATE TABLE "Merchant" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shop" TEXT NOT NULL,
    "openedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Dialogue" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "merchantId" TEXT NOT NULL,
    "visitor" TEXT NOT NULL,
    "mood" REAL NOT NULL DEFAULT 0,
    "closedAt" DATETIME,
    CONSTRAINT "Dialogue_merchantId_fkey" FOREIGN KEY ("merchantId") REFERENCES "Merchant" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Merchant_shop_key" ON "Merchant"("shop");
`,
  '20250103120000_plans': 'ALTER TABLE "Merchant" ADD COLUMN "plan" TEXT NOT NULL DEFAULT \'free\';\n',
};

async function failsAsInProduction(place: Place): Promise<void> {
  const first = await place.prisma('migrate', 'deploy');
  expect([first.code, first.all]).toEqual([1, expect.stringContaining('P3018')]);
  expect(first.all).toContain('type "datetime" does not exist');
  expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');
}

test('a Shopify app whose SQLite migrations failed on PostgreSQL', () =>
  inPlace(shopSchema(SHOP_MODELS), SQLITE, async (place) => {
    await generate(place);
    await failsAsInProduction(place);
    expect((await startShop(place)).error).toMatch(/^MissingSessionTableError: /);
    const { first, next } = await asked(place, 'doctor');
    expect(first.message).toMatch(/^MissingSessionTableError: the table "Session" is not there: migration 20240530213853_create_session_table is written for SQLite/);
    // The schema has a model more than the history.
    expect(next).toEqual(['npx prisma-mend resolve --apply', 'npx prisma migrate deploy', 'npx prisma-mend repair']);

    // A container does not keep files, so a deploy hook does it where it is asked to, and says what has to be done in the repository.
    const hook = await place.mend('predeploy');
    expect([hook.code, hook.all], hook.all).toEqual([3, expect.stringMatching(/next: npx prisma-mend translate --in-place +# in the repository[^]*next: npx prisma-mend predeploy --repair safe/)]);

    await followed(place, next);
    expect((await place.mend('check')).code).toBe(0);
    // What the schema has beyond the history is a migration of its own.
    await followed(place);
    await works(place);
    const before = join(place.app.path, 'prisma', 'migrations_sqlite');
    expect(readdirSync(before).filter((name) => name !== 'migration_lock.toml').sort()).toEqual(Object.keys(SQLITE));
    expect(await place.ledger()).toEqual(['20240530213853_create_session_table rolled back', ...Object.keys(SQLITE).map((name) => `${name} applied`), expect.stringMatching(/_mend applied$/)]);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('No pending migrations');
    expect((await asked(place, 'doctor')).exitCode).toBe(0);
  }, { lock: null }));

/** Pasted into an SQL editor meanwhile: half of it, and customers have used it since. */
const PASTED = `
CREATE TABLE "Session" ("id" TEXT NOT NULL, "shop" TEXT NOT NULL, "state" TEXT NOT NULL, "isOnline" BOOLEAN NOT NULL DEFAULT false, "scope" TEXT, "expires" TIMESTAMP(3), "accessToken" TEXT NOT NULL, "userId" BIGINT, CONSTRAINT "Session_pkey" PRIMARY KEY ("id"));
INSERT INTO "Session" ("id", "shop", "state", "accessToken") VALUES ('offline_cocoa.myshopify.com', 'cocoa.myshopify.com', 's', 'cocoa-token');
CREATE TABLE "Merchant" ("id" TEXT NOT NULL, "shop" TEXT NOT NULL, "openedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "Merchant_pkey" PRIMARY KEY ("id"));
INSERT INTO "Merchant" ("id", "shop") VALUES ('m1', 'cocoa.myshopify.com'), ('m2', 'tea.myshopify.com');
CREATE TABLE "Dialogue" ("id" SERIAL NOT NULL, "merchantId" TEXT NOT NULL, "visitor" TEXT NOT NULL, "mood" DOUBLE PRECISION NOT NULL DEFAULT 0, CONSTRAINT "Dialogue_pkey" PRIMARY KEY ("id"));
INSERT INTO "Dialogue" ("merchantId", "visitor") VALUES ('m1', 'v1'), ('m2', 'v2'), ('m2', 'v3');`;

const PASTED_ROWS = 'SELECT (SELECT string_agg("accessToken", \',\') FROM "Session" WHERE id LIKE \'%cocoa%\'), (SELECT string_agg(id || shop, \',\' ORDER BY id) FROM "Merchant"), (SELECT string_agg(id || "merchantId" || visitor, \',\' ORDER BY id) FROM "Dialogue")';

for (const hook of [false, true]) {
  test(`the same over half-built tables with rows${hook ? ', by the deploy hook once the files are right' : ''}`, () =>
    inPlace(shopSchema(SHOP_MODELS), SQLITE, async (place) => {
      await generate(place);
      await failsAsInProduction(place);
      await place.database.run(PASTED);
      const rows = await place.database.run(PASTED_ROWS);
      // The storage counts its rows at the start, finds the table, and fails at the first login.
      expect(await startShop(place)).toMatchObject({ ready: true, storeError: expect.stringContaining('P2022') });
      const { first, next } = await asked(place, 'doctor');
      expect(first.code).toBe('CAUSE.ABSENT');
      expect(next.slice(0, 2)).toEqual(['npx prisma-mend resolve --apply', 'npx prisma migrate deploy']);
      if (hook) {
        await followed(place, ['npx prisma-mend resolve --apply']);
        const deployed = await place.mend('predeploy --repair safe');
        expect([deployed.code, deployed.all], deployed.all).toEqual([0, deployed.all]);
      } else await followed(place, next);
      expect((await place.mend('check')).code).toBe(0);
      await works(place);
      expect(await place.database.run(PASTED_ROWS)).toEqual(rows);
    }, { lock: null }));
}

const STUDIO_MODELS = `model users {
  id         String    @id @db.VarChar
  email      String    @unique @db.VarChar
  password   String
  first_name String?   @db.VarChar
  created_at DateTime? @default(now()) @db.Timestamp(6)
  projects   projects[]
  content    content[]
}

model projects {
  id      Int       @id @default(autoincrement())
  user_id String    @db.VarChar
  owner   users     @relation(fields: [user_id], references: [id], onDelete: Cascade)
  name    String
  content content[]

  @@index([user_id])
}

model content {
  id            Int       @id @default(autoincrement())
  user_id       String    @db.VarChar
  author        users     @relation(fields: [user_id], references: [id], onDelete: Cascade)
  project_id    Int?
  project       projects? @relation(fields: [project_id], references: [id], onDelete: SetNull)
  platform      String
  title         String
  day_number    Int?
  is_paused     Boolean   @default(false)
  can_publish   Boolean   @default(true)
  metadata      Json?
  published_at  DateTime? @db.Timestamp(6)
  variants      ai_variants[]

  @@index([user_id])
  @@index([project_id])
}

model ai_variants {
  id         Int     @id @default(autoincrement())
  content_id Int
  content    content @relation(fields: [content_id], references: [id], onDelete: Cascade)
  body       String
  score      Decimal @default(0) @db.Decimal(5, 2)
  tags       String[]
}
`;

/** The first says what has long been there; the others came later and never ran. */
const STUDIO = {
  '0000_first': `CREATE TABLE "users" (
    "id" VARCHAR NOT NULL,
    "email" VARCHAR NOT NULL,
    "password" TEXT NOT NULL,
    "first_name" VARCHAR,
    "created_at" TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "content" (
    "id" SERIAL NOT NULL,
    "user_id" VARCHAR NOT NULL,
    "platform" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "metadata" JSONB,
    "published_at" TIMESTAMP(6),

    CONSTRAINT "content_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
ALTER TABLE "content" ADD CONSTRAINT "content_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
`,
  '0001_projects': `CREATE TABLE "projects" (
    "id" SERIAL NOT NULL,
    "user_id" VARCHAR NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "content" ADD COLUMN "project_id" INTEGER;
ALTER TABLE "projects" ADD CONSTRAINT "projects_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "content" ADD CONSTRAINT "content_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "projects_user_id_idx" ON "projects"("user_id");
`,
  '0010_content': `ALTER TABLE "content" ADD COLUMN "day_number" INTEGER,
ADD COLUMN "is_paused" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "can_publish" BOOLEAN NOT NULL DEFAULT true;
CREATE TABLE "ai_variants" (
    "id" SERIAL NOT NULL,
    "content_id" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "score" DECIMAL(5,2) NOT NULL DEFAULT 0,
    "tags" TEXT[],

    CONSTRAINT "ai_variants_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "ai_variants" ADD CONSTRAINT "ai_variants_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "content"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "content_user_id_idx" ON "content"("user_id");
CREATE INDEX "content_project_id_idx" ON "content"("project_id");
`,
};

/** What Drizzle built, with its own names for constraints, and its ledger. */
const DRIZZLE = `
CREATE TABLE "users" ("id" varchar PRIMARY KEY NOT NULL, "email" varchar NOT NULL, "first_name" varchar, "created_at" timestamp DEFAULT now(), CONSTRAINT "users_email_unique" UNIQUE("email"));
CREATE TABLE "content" ("id" serial PRIMARY KEY NOT NULL, "user_id" varchar NOT NULL, "platform" text NOT NULL, "title" text NOT NULL, "metadata" jsonb, "published_at" timestamp);
ALTER TABLE "content" ADD CONSTRAINT "content_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade ON UPDATE no action;
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('c0ffee', 1735689600000);
INSERT INTO users (id, email, first_name) VALUES ('u1', 'ann@example.com', 'Ann'), ('u2', 'bob@example.com', NULL);
INSERT INTO content (user_id, platform, title, metadata) SELECT 'u' || 1 + n % 2, 'video', 'Take ' || n, '{"n": 1}' FROM generate_series(1, 40) n;`;

const STUDIO_ROWS = "SELECT (SELECT string_agg(id || email || coalesce(first_name, '-'), ',' ORDER BY id) FROM users), (SELECT md5(string_agg(id || user_id || platform || title || metadata, ',' ORDER BY id)) FROM content)";

/** The application: signs in, and keeps a take with its variant in a project. With the first argument it registers a user too. */
const STUDIO_APP = `
const { PrismaClient } = require(process.argv[1]);
const { PrismaPg } = require('@prisma/adapter-pg');
const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }), log: [], errorFormat: 'minimal' });
(async () => {
  const ann = await client.users.findUniqueOrThrow({ where: { email: 'ann@example.com' } });
  const project = await client.projects.create({ data: { name: 'Spring', owner: { connect: { id: ann.id } } } });
  const take = await client.content.create({ data: { user_id: ann.id, platform: 'video', title: 'New take', project_id: project.id, variants: { create: { body: 'Shorter', score: '4.50', tags: ['a', 'b'] } } }, include: { variants: true } });
  await client.users.create({ data: { id: 'u3', email: 'cleo@example.com', password: 'chosen-by-cleo' } });
  const old = await client.content.findMany({ where: { user_id: ann.id, project_id: null }, orderBy: { id: 'asc' } });
  console.log(JSON.stringify({ password: ann.password, takes: old.length, paused: old[0].is_paused, tags: take.variants[0].tags, score: take.variants[0].score.toString(), last: take.id }));
})().catch((error) => console.log(JSON.stringify({ error: error.code + ' ' + error.message }))).finally(() => client.$disconnect());
`;

async function studio(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', STUDIO_APP, join(place.app.path, 'generated')], { cwd: place.app.path, env: { PATH: process.env['PATH'], DATABASE_URL: place.database.url } });
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

/** What Prisma's own CREATE TABLE says; there since a deploy that was begun before. */
const LEDGER = 'CREATE TABLE "_prisma_migrations" ("id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ, "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ, "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)';

const OWN_HASH = `CASE id WHEN 'u1' THEN 'scrypt$reset-for-ann' ELSE 'scrypt$reset-for-' || id END`;

for (const begun of [false, true]) {
  test(`a Drizzle app turned Prisma: its tables are there, a column every user needs is not${begun ? '; the first deploy failed over a table that is there (42P07)' : ' (P3005)'}`, () =>
    inPlace(shopSchema(STUDIO_MODELS), STUDIO, async (place) => {
      await generate(place);
      await place.database.run(`${DRIZZLE} ${begun ? LEDGER : ''}`);
      const rows = await place.database.run(STUDIO_ROWS);
      const deploy = await place.prisma('migrate', 'deploy');
      expect(deploy.all).toMatch(begun ? /P3018[^]*relation "users" already exists/ : /P3005/);
      if (begun) expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');
      expect(await studio(place)).toEqual({ error: expect.stringMatching(/P2022/) });

      // Named, and not done by itself: nothing may say what anybody's password is.
      const checked = await asked(place, 'check');
      expect(checked.exitCode).toBe(3);
      expect(checked.findings.find(({ object }) => object === 'column "public"."users"."password"')).toMatchObject({ code: 'COLUMN.MISSING', mending: 'withheld', hazard: 'REQUIRED_COLUMN', flag: '--fill "users.password=<sql expression>"' });
      expect((await asked(place, 'doctor')).first.message).toMatch(begun ? /migration 0000_first failed, and nothing is deployed after it \(P3009\)/ : /has tables and no ledger, so deploy stops \(P3005\)/);
      const hook = await place.mend('predeploy --repair safe');
      expect([hook.code, hook.all], hook.all).toEqual([3, hook.all]);
      expect(await passwords(place)).toEqual([]);

      const done = await mended(place);
      expect(done.at(0)).toBe('npx prisma-mend repair --apply');
      expect(await passwords(place)).toEqual([]);
      const held = (await asked(place, 'check')).findings.filter(({ mending, object }) => mending !== 'none' && object !== null);
      expect(held).toMatchObject([{ object: 'column "public"."users"."password"', flag: '--fill "users.password=<sql expression>"' }]);

      // Stated by a person, an own value for each row.
      const filled = await mend(['repair', '--apply', '--fill', `users.password=${OWN_HASH}`], place.app.path, { DATABASE_URL: place.database.url });
      expect([filled.code, filled.all], filled.all).toEqual([0, filled.all]);
      // From here on the deploy hook does the rest by itself.
      const rest = await place.mend('predeploy --repair safe');
      expect([rest.code, rest.all], rest.all).toEqual([0, rest.all]);
      expect((await place.mend('check')).code).toBe(0);
      expect((await place.prisma('migrate', 'deploy')).all).toContain('No pending migrations');
      expect(await place.ledger()).toEqual(Object.keys(STUDIO).sort().flatMap((name) => (begun && name === '0000_first' ? [`${name} rolled back`, `${name} applied`] : [`${name} applied`])));
      expect(await studio(place)).toEqual({ password: 'scrypt$reset-for-ann', takes: 20, paused: false, tags: ['a', 'b'], score: '4.5', last: 41 });
      await place.database.run("DELETE FROM users WHERE id = 'u3'; DELETE FROM content WHERE id > 40");
      expect(await place.database.run(STUDIO_ROWS)).toEqual(rows);
      expect(await place.database.run('SELECT count(*)::int FROM drizzle.__drizzle_migrations')).toEqual([[1]]);
    }));
}

/** Those that differ from each other and from nothing: none where the column is not there. */
async function passwords(place: Place): Promise<readonly unknown[]> {
  const [[there] = []] = await place.database.run("SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'password' AND NOT attisdropped");
  return there === 0 ? [] : await place.database.run('SELECT DISTINCT password FROM users');
}

/** Does what it says until what is left is for a person to state. */
async function mended(place: Place): Promise<readonly string[]> {
  const done: string[] = [];
  for (let round = 0; round < 6; round++) {
    const [step] = (await asked(place, 'check')).next.filter((one) => !one.includes(' # '));
    const command = step === 'npx prisma-mend repair' ? `${step} --apply` : step;
    if (command === undefined || done.includes(command)) break;
    const ran = command.startsWith('npx prisma ') ? await place.prisma(...command.split(' ').slice(2)) : await place.mend(command.split(' ').slice(2).join(' '));
    // 3: done, and something is held back.
    expect([0, 3], `${command}\n${ran.all}`).toContain(ran.code);
    done.push(command);
  }
  return done;
}
