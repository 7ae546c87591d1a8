// Other people's schemas, hit several times at once and mended.

import { describe, expect, test } from 'vitest';
import { schemaDdl } from '../../src/prisma/ddl.ts';
import { openWorkspace } from '../../src/run/workspace.ts';
import { adminUrl, MAJORS, withDatabase } from '../support/database.ts';
import { build, CASES } from '../support/corpus.ts';
import { ROOT } from '../support/project.ts';
import { wreckAndMend } from '../support/wreck.ts';

const ROUNDS = Number(process.env['MEND_ROUNDS'] ?? 1);
const RUNS = CASES.flatMap((one) => Array.from({ length: ROUNDS }, (_, round) => ({ ...one, round })));

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  let hits = 0;
  test.each(RUNS)('$name $round', async ({ name, path, round }) => {
    await withDatabase(major, async (database) => {
      const workspace = await openWorkspace({ cwd: ROOT, environment: {}, schema: path, url: database.url, scratchUrl: adminUrl(major) });
      if ((await build(database, await schemaDdl(workspace.project))) === null) hits += await wreckAndMend(database, workspace, `${name} ${round} ${major}`);
    });
  });

  test('damage was done', () => {
    expect(hits).toBeGreaterThan(CASES.length);
  });
});
