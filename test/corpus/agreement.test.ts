// Other people's schemas: what Prisma's engine builds of them is clean, to anybody, and described completely by a baseline.

import { describe, expect, test } from 'vitest';
import { connect } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { makeBaseline } from '../../src/run/baseline.ts';
import { schemaDdl } from '../../src/prisma/engine.ts';
import { MAJORS, urlOf, withDatabase, type TestDatabase } from '../support/database.ts';
import { projects, schemas } from '../support/corpus.ts';
import { look, words, workspaceFor } from '../support/project.ts';

const CASES = [...projects().map(({ name, schema }) => ({ name, path: schema })), ...schemas()];

test('the corpus is there', () => {
  expect(CASES.length).toBeGreaterThan(100);
});

/** Extensions every contrib package has; what a schema needs beyond them it cannot get here. */
const EXTENSIONS = ['citext', 'pg_trgm', 'uuid-ossp', 'pgcrypto', 'hstore', 'ltree', 'btree_gin', 'btree_gist'];

/** Builds the schema; a reason where this server or the engine's own DDL does not allow it. */
async function build(database: TestDatabase, ddl: string): Promise<string | null> {
  for (const name of EXTENSIONS) if (!new RegExp(`CREATE EXTENSION[^;]*"${name}"`).test(ddl)) await database.run(`CREATE EXTENSION IF NOT EXISTS "${name}"`);
  for (const [, name] of ddl.matchAll(/nextval\('"?([^'"]+)"?'/g)) await database.run(`CREATE SEQUENCE IF NOT EXISTS "${name}"`);
  for (const [, schema] of ddl.matchAll(/CREATE EXTENSION[^;]*WITH SCHEMA "([^"]+)"/g)) await database.run(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  try {
    await database.run(ddl);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  const skipped: string[] = [];

  test.each(CASES)('$name', async ({ name, path }) => {
    await withDatabase(major, async (database) => {
      const workspace = await workspaceFor(path, database.url);
      const refused = await build(database, await schemaDdl(workspace.project));
      if (refused !== null) {
        skipped.push(`${name}: ${refused}`);
        return;
      }
      expect(words(await look(database, workspace))).toEqual([]);

      await database.run('DROP ROLE IF EXISTS corpus_guest; CREATE ROLE corpus_guest LOGIN; REVOKE ALL ON SCHEMA public FROM public');
      const guest = await connect(parseUrl(urlOf(major, database.target.database, {}, 'corpus_guest'), 'test'));
      expect(words(await look({ session: guest, target: database.target }, workspace)).length).toBe(0);
      await guest.close();
      await database.run('DROP OWNED BY corpus_guest; DROP ROLE corpus_guest');

      const { scripts } = await makeBaseline(workspace, { from: 'schema', fill: [], rehearse: false, format: 'block', progress: () => undefined });
      for (const { sql } of scripts) {
        const results = await database.session.run(`BEGIN;\n${sql}\nSELECT txid_current_if_assigned(); COMMIT`);
        expect(results.at(-2)).toEqual([[null]]);
      }
    });
  });

  test('what could not be built is little, and each for a reason that is not ours', () => {
    process.stdout.write(`PostgreSQL ${major}: ${CASES.length - skipped.length} of ${CASES.length} built; not built:\n${skipped.map((line) => `  ${line}`).join('\n')}\n`);
    expect(skipped.filter((line) => !/operator class|extension|does not exist|does not accept data type/.test(line))).toEqual([]);
    expect(skipped.length).toBeLessThan(CASES.length / 10);
  });
});
