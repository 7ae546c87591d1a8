// Schema and database agree, and the history does not know of it: `db push` after migrations.

import { expect, test } from 'vitest';
import { acceptedByPrisma, inPlace, schemaOf } from '../support/scenario.ts';

const A = 'CREATE TABLE "A" (\n    "id" SERIAL NOT NULL,\n\n    CONSTRAINT "A_pkey" PRIMARY KEY ("id")\n);\n';
const MODELS = 'model A {\n  id   Int     @id @default(autoincrement())\n  name String\n\n  @@index([name])\n}\n\nmodel B {\n  id Int @id\n}\n';
const PUSHED = 'ALTER TABLE "A" ADD name text NOT NULL; CREATE INDEX "A_name_idx" ON "A"(name); CREATE TABLE "B" (id int, CONSTRAINT "B_pkey" PRIMARY KEY (id)); INSERT INTO "A" (name) VALUES (\'a row\')';

test('what was pushed after the migrations is recorded in one', async () => {
  await inPlace(schemaOf(MODELS), { '1_a': A }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await place.database.run(PUSHED);
    const found = await place.checked();
    expect([found.exitCode, found.codes]).toEqual([0, ['HISTORY.UNRECORDED']]);
    expect(found.messages[0]).toMatch(/column A\.name, table B.*migrate dev wants to reset \(npx prisma-mend repair --write\)/);
    const written = await place.mend('repair --write');
    expect([written.code, written.all], written.all).toEqual([0, expect.stringContaining('Next: npx prisma migrate deploy')]);
    expect((await place.checked()).codes).toEqual(['HISTORY.PENDING']);
    await acceptedByPrisma(place);
    expect(await place.database.run('SELECT name FROM "A"')).toEqual([['a row']]);
  });
});

test('a column whose enum an unapplied migration makes waits for it, and is repaired afterwards', async () => {
  const models = 'enum Role {\n  USER\n  ADMIN\n}\n\nmodel A {\n  id   Int   @id @default(autoincrement())\n  role Role?\n}\n';
  await inPlace(schemaOf(models), { '1_a': A }, async (place) => {
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    place.migration('2_role', `CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');\n`);
    const first = await place.mend('repair --apply');
    expect([first.code, first.all], first.all).toEqual([0, expect.stringContaining('2 differences are left to what deploy will run: 2_role')]);
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    expect((await place.mend('repair --write')).code).toBe(0);
    expect((await place.prisma('migrate', 'deploy')).code).toBe(0);
    await acceptedByPrisma(place);
  });
});
