// The story the demo tells, on both kinds of embedded server, and that it leaves nothing behind.

import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { runDemo } from '../../src/run/demo/demo.ts';
import { mend } from '../support/prisma-cli.ts';
import { ROOT } from '../support/project.ts';

const left = () => [...readdirSync(tmpdir()), ...(existsSync('/dev/shm') ? readdirSync('/dev/shm') : [])].filter((name) => name.startsWith('prisma-mend-demo-'));

test('npm run demo: fails as in production, is diagnosed, repaired, and works', async () => {
  const before = left();
  const ran = await mend(['demo'], ROOT);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  for (const words of ['type "datetime" does not exist', 'MissingSessionTableError', 'written for SQLite (DATETIME)', 'migration.sql:8:15', 'npx prisma-mend resolve --apply', 'Translated: ', 'Kept as it was: prisma/migrations_sqlite', 'stored and loaded', 'nothing is changed']) {
    expect(ran.stdout).toContain(words);
  }
  expect(left()).toEqual(before);
});

test('the same on PGlite, for where no server program runs', async () => {
  const told: string[] = [];
  await runDemo({ step: (words) => told.push(words), say: (words) => told.push(words), checked: () => told.push('checked') }, true);
  expect(told[0]).toContain('PGlite');
  expect(told.at(-1)).toContain('nothing is changed');
});
