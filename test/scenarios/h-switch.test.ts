// From a SQLite history to a PostgreSQL database with `predeploy --repair safe`, as a platform's hook runs it: once, and again in
// another container that has the old files.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foreignFlavour } from '../../src/history/flavour.ts';
import { ROOT } from '../support/project.ts';
import { acceptedByPrisma, everythingOf, filesOf, followed, inPlace, LOCK, schemaOf, type Place } from '../support/scenario.ts';
import { asked, generate, SESSION_MODEL, shopSchema, works } from '../support/shopify.ts';
import { PUBLISHED } from '../support/template.ts';

const HOOK = 'predeploy --repair safe';
const SQLITE_LOCK = LOCK.replace('postgresql', 'sqlite');
const kept = (place: Place) => join(place.app.path, 'prisma', 'migrations_sqlite');
const sqlOf = (place: Place) => Object.entries(filesOf(place)).filter(([path]) => path.endsWith('.sql')).map(([, sql]) => sql);

async function hooked(place: Place, code = 0): Promise<string> {
  const ran = await place.mend(HOOK);
  expect([ran.code, ran.all], ran.all).toEqual([code, ran.all]);
  return ran.all;
}

/** The files as they are in the repository: what a run wrote is gone with its container. */
function inNextContainer(place: Place, work: () => Promise<void>): Promise<void> {
  const before = join(place.app.path, 'repository');
  cpSync(place.app.migrations, before, { recursive: true });
  return work().then(() => {
    rmSync(place.app.migrations, { recursive: true });
    rmSync(kept(place), { recursive: true, force: true });
    cpSync(before, place.app.migrations, { recursive: true });
  });
}

for (const { year, name, sql, checksum } of PUBLISHED) {
  // Each form with Prisma 6, which the template has; the newest with both.
  for (const major of year === '2025' ? ([6, 7] as const) : ([6] as const)) {
    test(`the Shopify template of ${year}, from a failed deploy to a stored session in one run (Prisma ${major})`, () =>
      inPlace(shopSchema(SESSION_MODEL), { [name]: sql }, async (place) => {
        expect(createHash('sha256').update(sql).digest('hex')).toBe(checksum);
        if (major === 6) await generate(place);
        expect((await place.prisma('migrate', 'deploy')).all).toContain('type "datetime" does not exist');
        expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');

        // Unasked it changes no file, and names what does.
        const before = await everythingOf(place);
        const plain = await place.mend('predeploy');
        expect([plain.code, plain.all], plain.all).toEqual([3, expect.stringMatching(/next: npx prisma-mend translate --in-place {3}# in the repository, then commit\n[^]*next: npx prisma-mend predeploy --repair safe {3}# or here/)]);
        expect(await everythingOf(place)).toEqual(before);

        const said = await hooked(place);
        expect(said).toMatch(/the files in prisma\/migrations were changed in this working directory: commit them\./);
        expect(await place.ledger()).toEqual([`${name} rolled back`, `${name} applied`]);
        expect(readFileSync(join(kept(place), name, 'migration.sql'), 'utf8')).toBe(sql);
        expect(sqlOf(place).map(foreignFlavour)).toEqual([null]);
        expect(filesOf(place)['migration_lock.toml']).toBe(LOCK);
        if (major === 6) await works(place);
        expect(await hooked(place)).toMatch(/nothing to deploy: \w+ on [\d.]+ agrees with the schema/);
        await acceptedByPrisma(place, year === '2025' ? {} : { devObjects: /drift/i, alone: true });
      }, { lock: null, prisma: major }));
  }
}

test('another container with the old files has nothing to do, and says what to commit', () =>
  inPlace(shopSchema(SESSION_MODEL), Object.fromEntries(PUBLISHED.slice(2).map(({ name, sql }) => [name, sql])), async (place) => {
    await generate(place);
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    await inNextContainer(place, async () => void (await hooked(place)));
    await works(place);
    const before = await everythingOf(place);
    const said = await hooked(place);
    expect(said).toMatch(/was deployed as its translation, and the file here is still SQLite's: commit what npx prisma-mend translate --in-place writes/);
    expect(said).toMatch(/nothing to deploy/);
    expect(await everythingOf(place)).toEqual(before);
    // Without being asked to repair it is as right.
    expect((await place.mend('predeploy')).code).toBe(0);
    expect(await place.checked()).toMatchObject({ exitCode: 0, codes: ['HISTORY.UNCOMMITTED'] });
    expect((await place.prisma('migrate', 'deploy')).all).toContain('No pending migrations');
    // In the repository the text that was deployed is written, and that is allowed.
    const ran = await place.mend('translate --in-place');
    expect([ran.code, ran.all], ran.all).toEqual([0, ran.all]);
    expect(await place.checked()).toMatchObject({ exitCode: 0, codes: [] });
    await acceptedByPrisma(place, { alone: true });
  }, { lock: null }));

test('the same where the first container was stopped between two migrations', () =>
  inPlace(schemaOf(BLOG_MODELS), BLOG, async (place) => {
    await inNextContainer(place, async () => {
      expect((await place.mend('translate --in-place')).code).toBe(0);
      const [first = ''] = Object.keys(BLOG);
      const text = filesOf(place)[`${first}/migration.sql`] ?? '';
      await place.database.run(text);
      expect((await place.prisma('migrate', 'resolve', '--applied', first)).code).toBe(0);
    });
    expect((await place.checked()).next[0]).toBe('npx prisma-mend resolve --apply');
    await hooked(place);
    expect(await place.ledger()).toEqual(Object.keys(BLOG).map((name) => `${name} applied`));
    await acceptedByPrisma(place, { alone: true });
  }, { lock: SQLITE_LOCK }));

const BLOG_MODELS = `model Author {
  id        Int      @id @default(autoincrement())
  email     String   @unique
  name      String   @default("nobody")
  verified  Boolean  @default(false)
  createdAt DateTime @default(now())
  posts     Post[]
}

model Post {
  id       String  @id
  title    String
  body     String?
  rating   Float   @default(0)
  views    BigInt  @default(0)
  authorId Int
  author   Author  @relation(fields: [authorId], references: [id], onDelete: Cascade)
  tags     Tag[]

  @@index([authorId, title])
}

model Tag {
  id    Int    @id @default(autoincrement())
  label String @unique
  posts Post[]
}`;

/** As Prisma wrote them for SQLite; two of them redefine tables, and one brings rows. */
const BLOG = {
  '20240101000000_init': `-- CreateTable
CREATE TABLE "Author" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Post" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "title" TEXT NOT NULL,
    "authorId" INTEGER NOT NULL,
    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "Author" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Author_email_key" ON "Author"("email");
`,
  '20240201000000_names': `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Author" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT 'nobody',
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "new_Author" ("createdAt", "email", "id") SELECT "createdAt", "email", "id" FROM "Author";
DROP TABLE "Author";
ALTER TABLE "new_Author" RENAME TO "Author";
CREATE UNIQUE INDEX "Author_email_key" ON "Author"("email");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
`,
  '20240301000000_tags': `-- CreateTable
CREATE TABLE "Tag" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "label" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "_PostToTag" (
    "A" TEXT NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Post" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Tag_label_key" ON "Tag"("label");

-- CreateIndex
CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B");

-- CreateIndex
CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B");

INSERT INTO "Tag" ("id", "label") VALUES (1, 'news'), (2, 'tea');
`,
  '20240401000000_posts': `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Post" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "title" TEXT NOT NULL,
    "body" TEXT,
    "rating" REAL NOT NULL DEFAULT 0,
    "views" BIGINT NOT NULL DEFAULT 0,
    "authorId" INTEGER NOT NULL,
    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "Author" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_Post" ("authorId", "id", "title") SELECT "authorId", "id", "title" FROM "Post";
DROP TABLE "Post";
ALTER TABLE "new_Post" RENAME TO "Post";
CREATE INDEX "Post_authorId_title_idx" ON "Post"("authorId", "title");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
`,
};

const TAGS = 'SELECT id, label FROM "Tag" ORDER BY id';

for (const [lock, words] of [[null, 'no lock file'], [SQLITE_LOCK, 'the lock file of SQLite']] as const) {
  test(`a larger history with two redefined tables under a PostgreSQL datasource, ${words}`, () =>
    inPlace(schemaOf(BLOG_MODELS), BLOG, async (place) => {
      expect((await place.prisma('migrate', 'deploy')).all).toContain(lock === null ? 'syntax error at or near "AUTOINCREMENT"' : 'P3019');
      await hooked(place);
      expect((await place.ledger()).filter((row) => row.endsWith('applied'))).toEqual(Object.keys(BLOG).map((name) => `${name} applied`));
      // The rows of the history came along, and what is inserted next goes on after them.
      await place.database.run(`INSERT INTO "Tag" (label) VALUES ('cocoa')`);
      expect(await place.database.run(TAGS)).toEqual([[1, 'news'], [2, 'tea'], [3, 'cocoa']]);
      expect(readdirSync(kept(place)).filter((name) => name !== 'migration_lock.toml').sort()).toEqual(Object.keys(BLOG));
      await acceptedByPrisma(place);
    }, { lock }));
}

test('SQLite files first, PostgreSQL files after them, none of them ever deployed', () =>
  inPlace(schemaOf(`${BLOG_MODELS}\n\nmodel Audit {\n  id   Int      @id @default(autoincrement())\n  at   DateTime @default(now()) @db.Timestamptz(6)\n  what Json\n}`), {
    ...BLOG,
    '20240501000000_audit': 'CREATE TABLE "Audit" (\n    "id" SERIAL NOT NULL,\n    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n    "what" JSONB NOT NULL,\n\n    CONSTRAINT "Audit_pkey" PRIMARY KEY ("id")\n);\n',
  }, async (place) => {
    const own = filesOf(place)['20240501000000_audit/migration.sql'];
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    await hooked(place);
    expect(filesOf(place)['20240501000000_audit/migration.sql']).toBe(own);
    expect((await place.ledger()).filter((row) => row.endsWith('applied'))).toHaveLength(5);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: null }));

test('a file with words of SQLite in a history of PostgreSQL that is deployed: that file alone changes', () =>
  inPlace(schemaOf('model Note {\n  id   String    @id\n  at   DateTime?\n  mood Float     @default(0)\n}'), { '20240101000000_init': 'CREATE TABLE "Note" (\n    "id" TEXT NOT NULL,\n\n    CONSTRAINT "Note_pkey" PRIMARY KEY ("id")\n);\n' }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(`INSERT INTO "Note" VALUES ('n')`);
    const own = filesOf(place)['20240101000000_init/migration.sql'];
    place.migration('20240201000000_at', 'ALTER TABLE "Note" ADD COLUMN "at" DATETIME, ADD COLUMN "mood" DOUBLE PRECISION NOT NULL DEFAULT 0;\n');
    expect((await place.prisma('migrate', 'deploy')).all).toContain('type "datetime" does not exist');
    await hooked(place);
    expect([filesOf(place)['20240101000000_init/migration.sql'], filesOf(place)['20240201000000_at/migration.sql']]).toEqual([own, expect.stringContaining('"at" TIMESTAMP(3)')]);
    expect(await place.database.run('SELECT id, mood FROM "Note"')).toEqual([['n', 0]]);
    await acceptedByPrisma(place, { alone: true });
  }));

const ROWS = `INSERT INTO "Author" (email) VALUES ('a@b.c'); INSERT INTO "Post" (id, title, "authorId") VALUES ('p1', 'Tea', 1)`;
const COUNTED = 'SELECT (SELECT count(*)::int FROM "Author"), (SELECT count(*)::int FROM "Post"), (SELECT min(title) FROM "Post")';

test('all of the tables are there already, by db push, with rows', () =>
  inPlace(schemaOf(BLOG_MODELS), BLOG, async (place) => {
    expect((await place.prisma('db', 'push')).code).toBe(0);
    await place.database.run(ROWS);
    await hooked(place);
    expect(await place.ledger()).toEqual(Object.keys(BLOG).map((name) => `${name} applied`));
    expect(await place.database.run(COUNTED)).toEqual([[1, 1, 'Tea']]);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: SQLITE_LOCK, prisma: 7 }));

test('the tables stand where the second of four migrations leaves them, with rows', () =>
  inPlace(schemaOf(BLOG_MODELS), BLOG, async (place) => {
    const earlier = `model Author {\n  id        Int      @id @default(autoincrement())\n  email     String   @unique\n  name      String   @default("nobody")\n  verified  Boolean  @default(false)\n  createdAt DateTime @default(now())\n  posts     Post[]\n}\n\nmodel Post {\n  id       String @id\n  title    String\n  authorId Int\n  author   Author @relation(fields: [authorId], references: [id])\n}`;
    place.app.write('prisma/schema.prisma', schemaOf(earlier));
    expect((await place.prisma('db', 'push')).code).toBe(0);
    await place.database.run(ROWS);
    place.app.write('prisma/schema.prisma', schemaOf(BLOG_MODELS));
    await hooked(place);
    expect(await place.ledger()).toEqual(Object.keys(BLOG).map((name) => `${name} applied`));
    expect(await place.database.run(COUNTED)).toEqual([[1, 1, 'Tea']]);
    expect(await place.database.run(TAGS)).toEqual([[1, 'news'], [2, 'tea']]);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: SQLITE_LOCK, prisma: 7 }));

test('half-built tables with rows, which no translation runs over: archived, and a baseline adds what is missing', () =>
  inPlace(schemaOf(BLOG_MODELS), BLOG, async (place) => {
    await place.database.run(`CREATE TABLE "Author" ("id" SERIAL PRIMARY KEY, "email" TEXT NOT NULL); CREATE TABLE "Post" ("id" TEXT PRIMARY KEY, "title" TEXT NOT NULL, "authorId" INTEGER NOT NULL, "rating" DOUBLE PRECISION NOT NULL DEFAULT 0); ${ROWS}`);
    const { messages, next } = await place.checked();
    expect(next[0]).toBe('npx prisma-mend resolve --apply');
    expect(messages.join('\n')).not.toContain('translate --in-place');
    await inNextContainer(place, async () => {
      await hooked(place);
      expect(existsSync(join(place.app.path, 'prisma', 'migrations_archive', '20240101000000_init', 'migration.sql'))).toBe(true);
      expect(existsSync(kept(place))).toBe(false);
      expect(await place.database.run(COUNTED)).toEqual([[1, 1, 'Tea']]);
      rmSync(join(place.app.path, 'prisma', 'migrations_archive'), { recursive: true });
    });
    // To the next one all that the files make is there, so it records them; the one after that has nothing to do.
    expect(await place.ledger()).toEqual(['20240401000001_postgresql_baseline applied']);
    await inNextContainer(place, async () => void (await hooked(place)));
    expect((await place.ledger()).slice(1)).toEqual(Object.keys(BLOG).map((name) => `${name} applied`));
    expect(await hooked(place)).toMatch(/nothing to deploy/);
    await place.mend('translate --in-place');
    expect(await place.database.run(COUNTED)).toEqual([[1, 1, 'Tea']]);
    await followed(place, ['npx prisma-mend resolve --apply --forget-missing']);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: SQLITE_LOCK }));

test('a file that was recorded as applied as it is stays as it is, and what is missing is repaired', () =>
  inPlace(schemaOf(BLOG_MODELS), BLOG, async (place) => {
    for (const name of Object.keys(BLOG)) expect((await place.prisma('migrate', 'resolve', '--applied', name)).code).toBe(0);
    const before = filesOf(place);
    const refused = await place.mend('translate --in-place');
    expect([refused.code, refused.all], refused.all).toEqual([1, expect.stringMatching(/4 migrations are recorded as applied in [^]*an applied migration is not edited[^]*Next: npx prisma-mend translate$/m)]);
    await hooked(place);
    expect(filesOf(place)).toEqual(before);
    expect(await place.checked()).toMatchObject({ exitCode: 0, codes: Object.keys(BLOG).map(() => 'HISTORY.FOREIGN_APPLIED') });
  }, { lock: null }));

test('a trigger has no translation: archived, and a baseline in its place, as it was before', () =>
  inPlace(schemaOf(SESSION_MODEL), { [PUBLISHED[2]?.name ?? '']: `${PUBLISHED[2]?.sql ?? ''}\nCREATE TRIGGER "touch" AFTER INSERT ON "Session" BEGIN UPDATE "Session" SET "state" = 'x' WHERE "id" = NEW."id"; END;\n` }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    const said = await hooked(place);
    expect(said).toMatch(/one statement has no translation \(npx prisma-mend translate shows it\)/);
    expect(existsSync(join(place.app.path, 'prisma', 'migrations_archive'))).toBe(true);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: null }));

test('resolve --archive does so unasked for', () =>
  inPlace(schemaOf(SESSION_MODEL), { [PUBLISHED[2]?.name ?? '']: PUBLISHED[2]?.sql ?? '' }, async (place) => {
    const ran = await place.mend('resolve --apply --archive');
    expect([ran.code, ran.all], ran.all).toEqual([0, expect.stringMatching(/archived, and a baseline written/)]);
    expect(existsSync(kept(place))).toBe(false);
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: null }));

test('repair leaves to the translated migrations what they will make', () =>
  inPlace(shopSchema(SESSION_MODEL), { [PUBLISHED[2]?.name ?? '']: PUBLISHED[2]?.sql ?? '' }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    const { next } = await asked(place, 'doctor');
    expect(next).toEqual(['npx prisma-mend resolve --apply', 'npx prisma migrate deploy']);
    const shown = await place.mend('repair');
    expect([shown.code, shown.stdout], shown.all).toEqual([0, '']);
    await followed(place);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: null }));

test('a directory that cannot be written: said, and nothing is half done', () =>
  inPlace(schemaOf(BLOG_MODELS), BLOG, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    const before = await everythingOf(place);
    chmodSync(place.app.path, 0o755);
    chmodSync(join(place.app.path, 'prisma'), 0o555);
    const ran = await asNobody(place, HOOK);
    chmodSync(join(place.app.path, 'prisma'), 0o755);
    expect([ran.code, ran.all], ran.all).toEqual([1, expect.stringMatching(/NOT_SWITCHED[^]*Next: npx prisma-mend translate --in-place/)]);
    expect(await everythingOf(place)).toEqual(before);
    expect(readdirSync(join(place.app.path, 'prisma')).sort()).toEqual(['migrations', 'schema.prisma']);
    await hooked(place);
    await acceptedByPrisma(place, { alone: true });
  }, { lock: null }));

/** Rights do not bind root. */
function asNobody(place: Place, command: string): Promise<{ readonly code: number | null; readonly all: string }> {
  const words = [join(ROOT, 'dist', 'cli', 'main.js'), ...command.split(' ')];
  const root = process.getuid?.() === 0;
  return new Promise((resolve) => {
    execFile(root ? 'setpriv' : process.execPath, root ? ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, ...words] : words, { cwd: place.app.path, env: { PATH: process.env['PATH'], HOME: '/nonexistent', CI: 'true', DATABASE_URL: place.database.url } }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, all: stdout + stderr }));
  });
}
