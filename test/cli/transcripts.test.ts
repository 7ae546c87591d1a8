// What people see: the built command line on databases in known states, written down whole. Read the files; they are the manual.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NEWEST, withDatabase } from '../support/database.ts';
import { appFolder, mend } from '../support/prisma-cli.ts';
import { buildFromEngine, ROOT, workspaceFor } from '../support/project.ts';

interface Case {
  readonly name: string;
  readonly schema: string;
  /** `null`: an empty database; else run over the healthy one. */
  readonly damage: string | null;
  readonly commands: readonly string[];
}

const DAMAGE_SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');
const SHOP = join(ROOT, 'prisma', 'schema.prisma');

const CASES: readonly Case[] = [
  { name: 'in-sync', schema: DAMAGE_SCHEMA, damage: '', commands: ['check', 'repair'] },
  { name: 'empty-database', schema: SHOP, damage: null, commands: ['check', 'repair --apply', 'check'] },
  { name: 'lost-column-index-key', schema: DAMAGE_SCHEMA, damage: 'ALTER TABLE "User" DROP COLUMN name; DROP INDEX "Post_createdAt_idx"; ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"', commands: ['check', 'repair', 'repair --apply', 'check'] },
  { name: 'held-back', schema: DAMAGE_SCHEMA, damage: `INSERT INTO "User" (email, slug) VALUES ('a', 'a'); ALTER TABLE "User" DROP COLUMN slug; ALTER TABLE "Post" ALTER title TYPE varchar(500)`, commands: ['check', 'repair --apply', `repair --apply --fill User.slug=lower(email)`] },
  { name: 'more-than-the-schema', schema: DAMAGE_SCHEMA, damage: 'CREATE TABLE legacy (id int PRIMARY KEY); CREATE VIEW v AS SELECT 1 AS one; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; ALTER TABLE "Post" ADD note text, ADD CHECK (title <> \'\'); CREATE INDEX extra ON "Post" (body); CREATE TABLE flyway_schema_history (id int)', commands: ['check', 'check --verbose', 'check --json'] },
];

test.each(CASES)('$name', async ({ name, schema, damage, commands }) => {
  const app = appFolder(readFileSync(schema, 'utf8'));
  try {
    await withDatabase(NEWEST, async (database) => {
      if (damage !== null) {
        await buildFromEngine(database, await workspaceFor(schema, database.url));
        if (damage !== '') await database.run(damage);
      }
      const parts: string[] = [];
      for (const command of commands) {
        const ran = await mend(command.split(' '), app.path, { DATABASE_URL: database.url });
        parts.push(`$ prisma-mend ${command}\n${section('stdout', ran.stdout)}${section('stderr', ran.stderr)}exit ${ran.code}\n`);
      }
      const steady = parts.join('\n').replaceAll(database.target.database, 'shop').replaceAll(`127.0.0.1:${database.target.port}`, 'localhost:5432').replaceAll(/"port": \d+/g, '"port": 5432').replaceAll(/PostgreSQL \d+\.\d+/g, 'PostgreSQL XX');
      await expect(steady).toMatchFileSnapshot(join(ROOT, 'fixtures', 'transcripts', `${name}.txt`));
    });
  } finally {
    app.remove();
  }
});

function section(name: string, text: string): string {
  return text === '' ? '' : `--- ${name}\n${text.endsWith('\n') ? text : `${text}\n`}`;
}
