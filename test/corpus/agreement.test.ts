// Other people's schemas: what Prisma's engine builds of them is clean, to anybody, and described completely by a baseline.

import { describe, expect, test } from 'vitest';
import { connect } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { makeBaseline } from '../../src/run/baseline.ts';
import { schemaDdl } from '../../src/prisma/ddl.ts';
import { MAJORS, urlOf, withDatabase } from '../support/database.ts';
import { build, CASES } from '../support/corpus.ts';
import { canDump, restoreInto } from '../support/dump.ts';
import { look, words, workspaceFor } from '../support/project.ts';

test('the corpus is there', () => {
  expect(CASES.length).toBeGreaterThan(100);
});

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

      if (canDump(major)) {
        await withDatabase(major, async (copy) => {
          await restoreInto(copy, database.url);
          // pg_dump leaves an extension's version out; that another one is there is said, and harmless.
          expect(words(await look(copy, workspace)).filter((line) => !/^alter extension \S+ version$/.test(line))).toEqual([]);
        });
      }

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
