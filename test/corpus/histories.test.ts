// Other people's histories: after all their migrations, what we find different of what Prisma models is what Prisma's own engine
// finds. Where the two differ, the reason is one of these, each a fact about the engine or a decision of ours.

import { describe, expect, test } from 'vitest';
import { loadParser } from '../../src/parse/parse.ts';
import { checkedFindings } from '../../src/cli/views.ts';
import type { Checked } from '../../src/run/check.ts';
import { NEWEST, withDatabase } from '../support/database.ts';
import { projects, runHistory } from '../support/corpus.ts';
import { engineDiff } from '../support/oracle.ts';
import { look, workspaceFor } from '../support/project.ts';
import { engineWords, ourWords } from '../support/vocabulary.ts';
import { EXPLAINED } from './explained.ts';

const PROJECTS = projects().filter(({ migrations }) => migrations.length > 0);

test('the corpus has histories', () => {
  expect(PROJECTS.length).toBeGreaterThan(5);
});

describe('after the whole history', () => {
  test.each(PROJECTS)('$name', async ({ name, schema, migrations }) => {
    await withDatabase(NEWEST, async (database) => {
      const failed = await runHistory(database, migrations);
      const workspace = await workspaceFor(schema, database.url);
      const checked = await look(database, workspace);
      const parser = await loadParser();
      const engine = engineWords(parser.statements(await engineDiff(database.url, workspace.project.schema.files)));
      const ours = ourWords(checked.comparison);
      const onlyEngine = [...engine].filter((word) => !ours.has(word));
      const onlyOurs = [...ours].filter((word) => !engine.has(word));
      const unexplained = [...onlyEngine.map((word) => `engine: ${word}`), ...onlyOurs.map((word) => `ours: ${word}`)].filter((line) => !explained(line, checked));
      process.stdout.write(`${name}: ${migrations.length} migrations${failed.length > 0 ? ` (${failed.length} not whole)` : ''}, ${engine.size} by the engine, ${ours.size} by us, ${onlyEngine.length + onlyOurs.length} explained, ${checkedFindings(checked).length} findings\n`);
      expect(unexplained).toEqual([]);
      // What the whole history made is in the history.
      if (failed.length === 0) expect(checkedFindings(checked).filter(({ code }) => code === 'HISTORY.UNRECORDED').map(({ message }) => message)).toEqual([]);
    });
  });
});

function explained(line: string, checked: Checked): boolean {
  return EXPLAINED.some(({ applies }) => applies(line, checked));
}
