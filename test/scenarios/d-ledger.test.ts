// Files, ledger and database that say different things: which of them is right, and what sets the others straight.

import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acceptedByPrisma, everythingOf, filesOf, followed, inPlace, onlyShows, schemaOf, writeBytes, type Place } from '../support/scenario.ts';

const SCHEMA = schemaOf('model User {\n  id    Int     @id @default(autoincrement())\n  email String  @unique\n  name  String?\n}');
const INIT = '-- CreateTable\nCREATE TABLE "User" (\n    "id" SERIAL NOT NULL,\n    "email" TEXT NOT NULL,\n\n    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n';
const NAME = 'ALTER TABLE "User" ADD COLUMN "name" TEXT;\n';
const UNIQUE = 'CREATE UNIQUE INDEX "User_email_key" ON "User"("email");\n';
const HISTORY = { '1_init': INIT, '2_name': NAME, '3_unique': UNIQUE };
const ALL = ['1_init applied', '2_name applied', '3_unique applied'];

const RESOLVE = 'npx prisma-mend resolve --apply';
const DEPLOY = 'npx prisma migrate deploy';
const REPAIR = 'npx prisma-mend repair';

const ROWS = `INSERT INTO "User" (email) VALUES ('a@x'), ('b@x')`;
const kept = async ({ database }: Place) => expect(await database.run('SELECT email FROM "User" ORDER BY id')).toEqual([['a@x'], ['b@x']]);
const folder = ({ app }: Place, name: string) => join(app.migrations, name);
/** The command of a step that a person decides on. */
const chosen = (step = '') => step.replace(/ +#.*$/, '');
const git = ({ app }: Place, ...words: readonly string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: app.path, stdio: 'pipe' });

/** The history of three, deployed by Prisma, with rows. */
async function deployed(place: Place): Promise<void> {
  const ran = await place.prisma('migrate', 'deploy');
  expect([ran.code, ran.all]).toEqual([0, ran.all]);
  await place.database.run(ROWS);
}

test('S34 a comment was added to an applied file, and git has the applied text', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    git(place, 'init', '-q');
    git(place, 'add', 'prisma');
    git(place, 'commit', '-qm', 'first');
    place.migration('2_name', `-- asked for by support\n${NAME}`);
    expect((await place.prisma('migrate', 'status')).all).toContain('up to date');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([2, ['HISTORY.EDITED'], [RESOLVE]]);
    expect(messages[0]).toMatch(/2_name was edited after it was applied: only comments or spaces differ from the applied text \(git \w+\)/);
    await onlyShows(place);
    await followed(place);
    await onlyShows(place, 'resolve --apply');
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S34 a column was added to an applied file: the applied text comes back from git, and the column by a repair', () =>
  inPlace(SCHEMA.replace('name  String?', 'name  String?\n  age   Int?'), HISTORY, async (place) => {
    await deployed(place);
    git(place, 'init', '-q');
    git(place, 'add', 'prisma');
    git(place, 'commit', '-qm', 'first');
    place.migration('2_name', `${NAME}ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n`);
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes]).toEqual([3, ['HISTORY.EDITED', 'COLUMN.MISSING']]);
    expect(messages[0]).toMatch(/its statements differ from those that were applied \(git \w+\)/);
    expect(next).toEqual([REPAIR, expect.stringMatching(/^git checkout \w+ -- prisma\/migrations\/2_name\/migration.sql {3}# brings the applied text back/), `${RESOLVE} --accept-edited 2_name   # if the file is right as it is`]);
    execFileSync('bash', ['-c', next[1] ?? ''], { cwd: place.app.path });
    expect((await place.checked()).codes).toEqual(['COLUMN.MISSING']);
    await followed(place);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S34 nobody knows what was applied: the file is taken as it is, when a person says so', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    place.migration('2_name', `-- asked for by support\n${NAME}`);
    const { exitCode, messages, next } = await place.checked();
    expect([exitCode, next]).toEqual([3, [`${RESOLVE} --accept-edited 2_name   # if the file is right as it is`]]);
    expect(messages[0]).toContain('the applied text is not known');
    await onlyShows(place, 'resolve --apply');
    await followed(place, [chosen(next[0])]);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S35 the bytes of an applied file changed, and nothing that PostgreSQL reads', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    for (const [words, text] of [['', INIT.replaceAll('\n', '\r\n')], ['a byte order mark', `\uFEFF${INIT}`], ['the line ends', INIT.replaceAll('\n', '\r')], ['the last line end', INIT.trimEnd()], ['the last line end', `${INIT}\n`]] as const) {
      place.migration('1_init', text);
      const { exitCode, messages, next } = await place.checked();
      if (words === '') expect([exitCode, next]).toEqual([0, []]);
      else expect([exitCode, next, messages[0]]).toEqual([2, [RESOLVE], expect.stringContaining(`only ${words} differ`)]);
    }
    await onlyShows(place);
    await followed(place);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S36 files in UTF-16 and with a byte order mark, before they were ever applied', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    writeBytes(place, '1_init', Buffer.from(`\uFEFF${INIT}`, 'utf16le'));
    writeBytes(place, '2_name', Buffer.from(`\uFEFF${NAME}`, 'utf8'));
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes.slice(0, 3), next.slice(0, 2)]).toEqual([2, ['HISTORY.FAILED', 'HISTORY.BAD_FILE', 'HISTORY.BAD_FILE'], [RESOLVE, DEPLOY]]);
    expect(messages.slice(1, 3)).toEqual([expect.stringContaining('is UTF-16'), expect.stringContaining('byte order mark')]);
    await onlyShows(place);
    await followed(place, [RESOLVE, DEPLOY]);
    expect(filesOf(place)).toMatchObject({ '1_init/migration.sql': INIT, '2_name/migration.sql': NAME });
    await onlyShows(place, 'resolve --apply');
    await acceptedByPrisma(place);
  }));

test('S37 an applied directory is gone: git brings it back', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    git(place, 'init', '-q');
    git(place, 'add', 'prisma');
    git(place, 'commit', '-qm', 'first');
    git(place, 'rm', '-rq', 'prisma/migrations/2_name');
    git(place, 'commit', '-qm', 'oops');
    expect((await place.prisma('migrate', 'status')).all).toContain('up to date');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, messages]).toEqual([3, ['HISTORY.NO_FILE'], ['migration 2_name is applied by the ledger, and its directory is missing: migrate dev wants to reset the database']]);
    expect(next).toEqual([expect.stringMatching(/^git checkout \w+ -- prisma\/migrations\/2_name {3}# brings 2_name back/), `${RESOLVE} --forget-missing   # if 2_name will not come back`]);
    await onlyShows(place, 'resolve --apply');
    execFileSync('bash', ['-c', next[0] ?? ''], { cwd: place.app.path });
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S37 it does not come back, and what it made is in another file', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    rmSync(folder(place, '2_name'), { recursive: true });
    const { next } = await place.checked();
    expect(next).toEqual([`${RESOLVE} --forget-missing   # if 2_name will not come back`]);
    await onlyShows(place, 'resolve --forget-missing');
    await followed(place, [chosen(next[0])]);
    await onlyShows(place, 'resolve --apply');
    place.migration('4_name_again', NAME.replace('COLUMN', 'COLUMN IF NOT EXISTS'));
    await followed(place);
    expect(await place.ledger()).toEqual(['1_init applied', '2_name rolled back', '3_unique applied', '4_name_again applied']);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S38 another branch was deployed here: one of its migrations is not in the files, and one of the files is not deployed', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    renameSync(folder(place, '3_unique'), join(place.app.path, 'kept'));
    place.migration('4_trim', 'UPDATE "User" SET "email" = trim("email");\n');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes]).toEqual([3, ['HISTORY.NO_FILE', 'HISTORY.PENDING']]);
    expect(messages).toEqual([expect.stringContaining('3_unique is applied by the ledger, and its directory is missing'), 'migration 4_trim is not deployed yet']);
    expect(next).toEqual([DEPLOY, `${RESOLVE} --forget-missing   # if 3_unique will not come back`]);
    await onlyShows(place, 'resolve --apply');
    await followed(place, [DEPLOY]);
    // The other branch is merged.
    renameSync(join(place.app.path, 'kept'), folder(place, '3_unique'));
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S39 an older migration arrives late', () =>
  inPlace(SCHEMA, { '1_init': INIT, '3_unique': UNIQUE }, async (place) => {
    await deployed(place);
    place.migration('2_name', NAME);
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([0, ['HISTORY.PENDING', 'HISTORY.LATE', 'COLUMN.MISSING'], [DEPLOY]]);
    expect(messages[1]).toBe('migration 2_name is older than 3_unique, which is applied already: deploy will run it out of order');
    await onlyShows(place);
    await followed(place);
    expect(await place.ledger()).toEqual(['1_init applied', '3_unique applied', '2_name applied']);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S40 an applied directory was renamed', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    renameSync(folder(place, '1_init'), folder(place, '0_init'));
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([2, ['HISTORY.RENAMED'], [RESOLVE]]);
    expect(messages[0]).toContain('1_init was renamed to 0_init');
    await onlyShows(place);
    await followed(place);
    expect(await place.ledger()).toEqual(['0_init applied', ...ALL.slice(1)]);
    await onlyShows(place, 'resolve --apply');
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S41 init sorts after every timestamp: said before the deploy, and after it failed', () =>
  inPlace(SCHEMA, { init: INIT, '20250101000000_name': NAME, '20250102000000_unique': UNIQUE }, async (place) => {
    const RENAME = 'rename the directory init to 0_init: it then sorts before 20250101000000_name';
    const before = await place.checked();
    expect([before.exitCode, before.next[0], before.next.includes(DEPLOY)]).toEqual([3, RENAME, false]);
    expect(before.messages[0]).toContain('alters the table User, which init creates, and that sorts after it');
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    const { exitCode, codes, next } = await place.checked();
    expect([exitCode, codes[0], next.slice(0, 2)]).toEqual([3, 'HISTORY.FAILED', [RESOLVE, RENAME]]);
    renameSync(folder(place, 'init'), folder(place, '0_init'));
    expect(await followed(place)).toEqual([RESOLVE, DEPLOY]);
    await acceptedByPrisma(place);
  }));

test('S41 the same where init was deployed before the others came: the directory is renamed, and the ledger follows', () =>
  inPlace(SCHEMA, { init: INIT }, async (place) => {
    await deployed(place);
    place.migration('20250101000000_name', `${NAME}${UNIQUE}`);
    expect((await place.checked()).messages).toEqual(expect.arrayContaining([expect.stringContaining('on an empty database the history fails')]));
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    renameSync(folder(place, 'init'), folder(place, '0_init'));
    expect(await followed(place)).toEqual([RESOLVE]);
    expect(await place.ledger()).toEqual(['0_init applied', '20250101000000_name applied']);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S42 a directory without its file', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    mkdirSync(folder(place, '2_wip'));
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3015');
    expect(await place.ledger()).toEqual(ALL.slice(0, 2));
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes[0], next]).toEqual([3, 'HISTORY.BAD_FILE', ['remove the empty directory 2_wip, or restore its migration.sql']]);
    expect(messages[0]).toContain('2_wip: its directory has no migration.sql: deploy stops there with P3015');
    await onlyShows(place, 'resolve --apply', 3);
    rmSync(folder(place, '2_wip'), { recursive: true });
    expect(await followed(place)).toEqual([DEPLOY]);
    await acceptedByPrisma(place);
  }));

test('S43 a ledger made by hand', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await place.database.run(`${INIT}${NAME}${UNIQUE}${ROWS};
      CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, started_at timestamptz, applied_steps_count integer);
      INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ('1', '', now(), '1_init'), ('2', 'manual', now(), '2_name')`);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('column "logs" does not exist');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, [...codes].sort(), next]).toEqual([2, ['HISTORY.ALREADY_THERE', 'HISTORY.EDITED', 'HISTORY.EDITED', 'HISTORY.LEDGER_SHAPE'], [RESOLVE]]);
    expect(messages.join('\n')).toMatch(/logs is missing, rolled_back_at is missing, started_at is NULL, applied_steps_count is NULL/);
    expect(messages.join('\n')).toContain('its row was made by hand, with a checksum that is none');
    await onlyShows(place);
    await followed(place);
    expect([...(await place.ledger())].sort()).toEqual(ALL);
    await onlyShows(place, 'resolve --apply');
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S44 an applied row, and a failed one of the same name', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    await place.database.run(`INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) SELECT 'again', checksum, migration_name, 'ERROR: column "name" of relation "User" already exists' FROM _prisma_migrations WHERE migration_name = '2_name'`);
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([2, ['HISTORY.FAILED'], [RESOLVE]]);
    expect(messages[0]).toMatch(/2_name failed and blocks every later deploy \(P3009\).*already exists/);
    await onlyShows(place);
    await followed(place);
    expect(await place.ledger()).toEqual([...ALL, '2_name rolled back']);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S45 the ledger says applied, and the table is gone', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    await place.database.run('DROP TABLE "User"');
    expect((await place.prisma('migrate', 'status')).all).toContain('up to date');
    expect((await place.prisma('migrate', 'deploy')).all).toContain('No pending migrations');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes, next]).toEqual([2, ['TABLE.MISSING', 'INDEX.MISSING'], [REPAIR]]);
    expect(messages[0]).toContain('table User is missing');
    await onlyShows(place, 'resolve --apply');
    // The history makes the table as it should be, so nothing is added to it: only this database lacks it.
    expect(await followed(place)).toContain('npx prisma-mend repair --apply');
    await onlyShows(place, 'repair --apply');
    await place.database.run(ROWS);
    await acceptedByPrisma(place);
  }));

test('S46 the ledger is gone, and the tables are there', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    await place.database.run('DROP TABLE _prisma_migrations; DROP INDEX "User_email_key"');
    expect((await place.prisma('migrate', 'deploy')).all).toContain('P3005');
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes[0], next]).toEqual([2, 'HISTORY.NO_LEDGER', [RESOLVE, DEPLOY]]);
    expect(messages[0]).toContain('stops with P3005; it stands after migration 2_name');
    await onlyShows(place);
    await followed(place);
    expect(await place.ledger()).toEqual(ALL);
    expect(await place.database.run('SELECT applied_steps_count FROM _prisma_migrations ORDER BY started_at')).toEqual([[0], [0], [1]]);
    await kept(place);
    await acceptedByPrisma(place);
  }));

test('S47 resolve asked for what it cannot do: the answer names the way', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    place.migration('4_age', 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n');
    // P3008, by Prisma: it is applied already.
    expect((await onlyShows(place, 'resolve --applied 1_init')).all).toContain('Nothing to set straight');
    // P3017: no such directory.
    expect((await onlyShows(place, 'resolve --applied init', 1)).all).toContain('No migration is called init. Did you mean 1_init?');
    expect((await onlyShows(place, 'resolve --rolled-back nothing', 1)).all).toContain('No migration is called nothing.');
    // P3012: it did not fail.
    expect((await onlyShows(place, 'resolve --rolled-back 1_init --apply', 3)).all).toMatch(/1_init: it is recorded as applied, and only a failed attempt can be rolled back \(P3012\)/);
    // What is not there is not recorded, but by one who names the database.
    const refused = await onlyShows(place, 'resolve --applied 4_age --apply', 3);
    expect(refused.all).toMatch(/4_age: it is not there, so it is not recorded as applied: ALTER TABLE "User" ADD COLUMN "age"[^]*--applied 4_age --confirm /);
    expect((await onlyShows(place, 'resolve --applied 4_age --confirm elsewhere --apply', 1)).all).toContain('the database is called');
    expect(await followed(place)).toEqual([DEPLOY]);
    await kept(place);
    // The column is one the schema does not know.
    await acceptedByPrisma(place);
  }));

test('S48 status says up to date, and it is not', () =>
  inPlace(SCHEMA, HISTORY, async (place) => {
    await deployed(place);
    const upToDate = async () => expect((await place.prisma('migrate', 'status')).all).toContain('up to date');
    await place.database.run('ALTER TABLE "User" DROP COLUMN "name"');
    await upToDate();
    expect(await place.checked()).toMatchObject({ exitCode: 2, codes: ['COLUMN.MISSING'], next: [REPAIR] });
    place.migration('3_unique', `-- edited\n${UNIQUE}`);
    await upToDate();
    expect((await place.checked()).codes).toEqual(['HISTORY.EDITED', 'COLUMN.MISSING']);
    rmSync(folder(place, '2_name'), { recursive: true });
    await upToDate();
    expect((await place.checked()).codes).toEqual(['HISTORY.EDITED', 'HISTORY.NO_FILE', 'COLUMN.MISSING']);
    await place.database.run(`UPDATE _prisma_migrations SET finished_at = NULL, logs = 'ERROR: killed' WHERE migration_name = '1_init'`);
    place.migration('4_more', 'CREATE INDEX "User_name_idx" ON "User"("name");\n');
    expect((await place.prisma('migrate', 'status')).all).not.toMatch(/failed|1_init/);
    const { exitCode, codes } = await place.checked();
    expect([exitCode, codes[0]]).toEqual([3, 'HISTORY.FAILED']);
    await kept(place);
  }));

test('S48 a migration that was rolled back and never run again is not up to date', () =>
  inPlace(SCHEMA, { '1_init': INIT, '2_name': NAME.replace('TEXT', 'TEXTT'), '3_unique': UNIQUE }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(1);
    expect((await place.prisma('migrate', 'resolve', '--rolled-back', '2_name')).code).toBe(0);
    place.migration('2_name', NAME);
    const { exitCode, codes, messages, next } = await place.checked();
    expect([exitCode, codes[0], next]).toEqual([0, 'HISTORY.PENDING', [DEPLOY]]);
    expect(messages[0]).toMatch(/2 migrations are not deployed yet \(2_name: rolled back, and never run again\)/);
    const before = await everythingOf(place);
    expect((await place.mend('resolve --apply')).code).toBe(0);
    expect(await everythingOf(place)).toEqual(before);
    await followed(place);
    await acceptedByPrisma(place);
  }));
