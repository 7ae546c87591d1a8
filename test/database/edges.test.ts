// Databases that come together badly: what the plan makes of each, rehearsed and applied.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Checked } from '../../src/run/check.ts';
import type { RepairOptions } from '../../src/run/repair.ts';
import { openWorkspace } from '../../src/run/workspace.ts';
import { adminUrl, MAJORS, withDatabase } from '../support/database.ts';
import { apply, look, plan, ROOT, words } from '../support/project.ts';

interface Edge {
  readonly name: string;
  readonly schema: string;
  readonly sql: string;
  readonly options?: Partial<RepairOptions>;
  /** Hazards of what is held back, harmless ones left out. */
  readonly held?: readonly string[];
  readonly outcome?: 'converged' | 'gaps' | 'notRun';
  readonly leaves?: readonly string[];
  readonly since?: number;
}

const EDGES: readonly Edge[] = [
  {
    name: 'a table and a column under old names, and an index and a key on the column missing',
    schema: 'model User {\n id Int @id\n lastName String\n bossId Int?\n boss User? @relation("b", fields: [bossId], references: [id])\n subs User[] @relation("b")\n @@index([lastName])\n}',
    sql: 'CREATE TABLE "user" (id int PRIMARY KEY, lastname text NOT NULL, bossid int)',
  },
  {
    name: 'a foreign key into a schema whose name needs quotes',
    schema: 'model U {\n id Int @id\n ps P[]\n @@schema("My-Auth")\n}\nmodel P {\n id Int @id\n uId Int\n u U @relation(fields: [uId], references: [id])\n @@schema("public")\n}',
    sql: 'SELECT 1',
  },
  { name: 'the name of the primary key belongs to a renamed table', schema: 'model Post {\n id Int @id\n title String\n}', sql: 'CREATE TABLE posts_2019 (id int CONSTRAINT "Post_pkey" PRIMARY KEY, body text)', held: ['NAME_TAKEN'], outcome: 'notRun', leaves: ['create table Post', 'create column Post.id', 'create column Post.title', 'create primaryKey Post.'] },
  { name: 'a view has the name a table is to be renamed to', schema: 'model User {\n id Int @id\n email String\n}', sql: 'CREATE TABLE "user" (id int CONSTRAINT "User_pkey" PRIMARY KEY, email text NOT NULL); CREATE VIEW "User" AS SELECT 1 AS one', held: ['NAME_TAKEN'], outcome: 'notRun' },
  { name: 'a narrower column that a generated column reads', schema: 'model A {\n id Int @id\n e String @db.VarChar(50)\n n String?\n}', sql: `CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY, e varchar(10) NOT NULL, l text GENERATED ALWAYS AS (lower(e)) STORED)`, held: ['IN_USE'], leaves: ['alter column A.e type'] },
  { name: 'a default by a function of the user, beside a missing column', schema: 'model A {\n id Int @id\n own Int @default(dbgenerated("f()"))\n n String?\n}', sql: 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY, own int NOT NULL DEFAULT f())', outcome: 'gaps' },
  { name: 'a computed default that PostgreSQL prints otherwise, beside a missing column', schema: `model A {\n id Int @id\n exp DateTime @default(dbgenerated("now() + interval '1 hour'"))\n n String?\n}`, sql: `CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY, exp timestamp(3) NOT NULL DEFAULT now() + interval '1 hour')` },
  { name: 'a generated column as introspection writes it, beside a default to print', schema: `model A {\n id Int @id\n g Int? @default(dbgenerated("(id * 2)"))\n exp DateTime @default(dbgenerated("now() + interval '1 hour'"))\n}`, sql: 'CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY, g int GENERATED ALWAYS AS (id * 2) STORED)' },
  { name: 'a fill from a table the schema does not know', schema: 'model A {\n id Int @id\n n String\n}', sql: `CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY); INSERT INTO "A" VALUES (1); CREATE TABLE legacy (aid int, v text); INSERT INTO legacy VALUES (1, 'x')`, options: { fill: ['A.n=(SELECT v FROM legacy l WHERE l.aid = "A".id)'] }, outcome: 'gaps' },
  { name: 'a fill with an enum value that is new itself', schema: 'enum R {\n A\n B\n}\nmodel T {\n id Int @id\n r R\n}', sql: `CREATE TYPE "R" AS ENUM ('A'); CREATE TABLE "T" (id int CONSTRAINT "T_pkey" PRIMARY KEY); INSERT INTO "T" VALUES (1)`, options: { fill: ["T.r='B'"] } },
  { name: 'a primary key held back for NULLs, and a key that leans on it', schema: 'model A {\n id Int @id\n bs B[]\n}\nmodel B {\n id Int @id\n aId Int\n a A @relation(fields: [aId], references: [id])\n}', sql: 'CREATE TABLE "A" (id int); INSERT INTO "A" VALUES (NULL); CREATE TABLE "B" (id int CONSTRAINT "B_pkey" PRIMARY KEY, "aId" int NOT NULL)', held: ['NULLS_PRESENT', 'NULLS_PRESENT', 'NULLS_PRESENT'], outcome: 'notRun' },
  { name: 'a required column of a partitioned table with rows', schema: 'model P {\n id Int @id\n n String\n}', sql: 'CREATE TABLE "P" (id int CONSTRAINT "P_pkey" PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF "P" DEFAULT; INSERT INTO "P" VALUES (1)', held: ['REQUIRED_COLUMN'], outcome: 'notRun', leaves: ['create column P.n'] },
  { name: 'a sequence only a default names, which Prisma leaves to the user', schema: 'model S {\n id Int @id @default(dbgenerated("nextval(\'\\"S_SEQ\\"\')"))\n n String?\n}', sql: 'SELECT 1' },
  { name: 'the name of its sequence belongs to another table', schema: 'model C {\n id Int @id @default(autoincrement())\n}', sql: 'CREATE TABLE "C" (id int CONSTRAINT "C_pkey" PRIMARY KEY); CREATE TABLE backup (id int PRIMARY KEY); CREATE SEQUENCE "C_id_seq" OWNED BY backup.id; ALTER TABLE backup ALTER id SET DEFAULT nextval(\'"C_id_seq"\')', held: ['NAME_TAKEN'], outcome: 'notRun', leaves: ['alter column C.id autoincrement,sequence'] },
  { name: 'an index that takes NULLs for equal', schema: 'model A {\n id Int @id\n k Int? @unique\n}', sql: 'CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY, k int); CREATE UNIQUE INDEX "A_k_key" ON "A" (k) NULLS NOT DISTINCT', options: { allow: ['INDEX_REPLACED'] }, since: 15 },
  { name: 'an expression default added by hand', schema: 'model A {\n id Int @id\n at DateTime\n}', sql: `CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY, at timestamp(3) NOT NULL DEFAULT now() + interval '1 day')`, options: { allow: ['DEFAULT_ADDED_BY_HAND'] } },
  { name: 'a stated rename beside a table that is like it too', schema: 'model User {\n id Int @id\n email String\n}', sql: 'CREATE TABLE users (id int CONSTRAINT "User_pkey" PRIMARY KEY, email text NOT NULL); CREATE TABLE "user" (id int PRIMARY KEY, email text NOT NULL)', options: { rename: ['users=User'] } },
];

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test.each(EDGES.filter(({ since = 0 }) => major >= since))('$name', async ({ schema, sql, options = {}, held = [], outcome = 'converged', leaves }) => {
    const folder = mkdtempSync(join(tmpdir(), 'mend-edge-'));
    try {
      await withDatabase(major, async (database) => {
        const path = join(folder, 'schema.prisma');
        const schemas = schema.includes('@@schema') ? '\n  schemas = ["public", "My-Auth"]' : '';
        writeFileSync(path, `datasource db {\n  provider = "postgresql"${schemas}\n}\n${schema}\n`);
        await database.run(sql);
        const workspace = await openWorkspace({ cwd: ROOT, environment: {}, schema: path, url: database.url, scratchUrl: adminUrl(major) });
        const catalogTells = ({ withheld }: Checked['plan']) => withheld.map(({ hazard }) => hazard).filter((hazard) => ['REQUIRED_COLUMN', 'IN_USE', 'NAME_TAKEN'].includes(hazard));
        if (held.length > 0) expect(catalogTells((await look(database, workspace)).plan)).toEqual(catalogTells((await plan(database, workspace, { ...options, rehearse: false })).plan));
        const repair = await plan(database, workspace, options);
        expect(repair.plan.withheld.filter(({ harmless }) => !harmless).map(({ hazard }) => hazard)).toEqual(held);
        expect([repair.rehearsal.outcome, repair.rehearsal.remaining]).toEqual([outcome, []]);
        await apply(database, workspace, repair);
        const left = words(await look(database, workspace));
        if (leaves !== undefined || held.length === 0) expect(left).toEqual(leaves ?? []);
        for (const { sql: text } of repair.scripts) expect((await database.session.run(`BEGIN;\n${text}\nSELECT txid_current_if_assigned(); COMMIT`)).at(-2)).toEqual([[null]]);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a schema the user leaves out is not missing', async () => {
    await withDatabase(major, async (database) => {
      const folder = mkdtempSync(join(tmpdir(), 'mend-edge-'));
      const path = join(folder, 'schema.prisma');
      writeFileSync(path, 'datasource db {\n  provider = "postgresql"\n  schemas = ["app", "billing"]\n}\nmodel A {\n  id Int @id\n  @@schema("app")\n}\nmodel B {\n  id Int @id\n  @@schema("billing")\n}\n');
      await database.run('CREATE SCHEMA app; CREATE TABLE app."A" (id int CONSTRAINT "A_pkey" PRIMARY KEY); DROP SCHEMA public');
      const differences = async (schemas?: readonly string[]) => words(await look(database, await openWorkspace({ cwd: ROOT, environment: {}, schema: path, url: database.url, ...(schemas && { schemas }) })));
      expect(await differences(['app'])).toEqual([]);
      expect(await differences()).toContain('create schema billing');
      expect(await differences()).not.toContain('create schema public');
      rmSync(folder, { recursive: true, force: true });
    });
  });

  test('printed SQL refuses another schema than the one it was planned for', async () => {
    await withDatabase(major, async (database) => {
      await database.run('CREATE TABLE "A" (id int CONSTRAINT "A_pkey" PRIMARY KEY); CREATE SCHEMA other; CREATE TABLE other."A" (id int CONSTRAINT "A_pkey" PRIMARY KEY)');
      const folder = mkdtempSync(join(tmpdir(), 'mend-edge-'));
      writeFileSync(join(folder, 'schema.prisma'), 'datasource db {\n  provider = "postgresql"\n}\nmodel A {\n  id Int @id\n  name String?\n}\n');
      const workspace = await openWorkspace({ cwd: ROOT, environment: {}, schema: join(folder, 'schema.prisma'), url: database.url });
      for (const format of ['block', 'statements'] as const) {
        const { scripts } = await plan(database, workspace, { rehearse: false, format });
        await database.run('SET search_path TO other, public');
        await expect(database.run(scripts[0]!.sql)).rejects.toThrow('made for schema "public", and the connection works in "other"');
        await database.run('RESET search_path');
      }
      rmSync(folder, { recursive: true, force: true });
    });
  });
});
