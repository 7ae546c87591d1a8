// The schemas of this project, hit several times at once and mended: what single damages cannot show.

import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src/run/workspace.ts';
import { adminUrl, MAJORS, withDatabase } from '../support/database.ts';
import { buildFromEngine, ROOT, SCHEMAS } from '../support/project.ts';
import { wreckAndMend } from '../support/wreck.ts';

const ROUNDS = 4;
const RUNS = SCHEMAS.flatMap((one) => Array.from({ length: ROUNDS }, (_, round) => ({ ...one, round })));

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  let hits = 0;

  test.each(RUNS)('$name $round', async ({ name, path, round }) => {
    await withDatabase(major, async (database) => {
      const workspace = await openWorkspace({ cwd: ROOT, environment: {}, schema: path, url: database.url, scratchUrl: adminUrl(major) });
      await buildFromEngine(database, workspace);
      hits += await wreckAndMend(database, workspace, `${name} ${round} ${major}`);
    });
  });

  test('damage was done', () => {
    expect(hits).toBeGreaterThan(RUNS.length);
  });
});
