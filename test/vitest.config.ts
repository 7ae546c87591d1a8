import { defineConfig } from 'vitest/config';

const database = ['./test/support/servers.ts'];

/** vitest takes the pattern for a project too; its types do not say so. */
const DOZEN = String.raw`S01 tables|S03 several migrations, and a database at the third of five$|S05 |S11 |S12 |S13 half of it is there, statement|S18 |S26 .*lock|S40 |S45 |S49 |S75 the ledger`;
const dozen: object = { testNamePattern: new RegExp(`^(${DOZEN})`) };

/** Where `npm test` ran just before, as in .ci/run, what it ran of them is not run again. */
const scenarios: object = process.env['MEND_DOZEN_RAN'] === undefined ? {} : { testNamePattern: new RegExp(`^(?!${DOZEN})`) };

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/pure/**/*.test.ts', 'test/guard/**/*.test.ts'] } },
      { extends: true, test: { name: 'database', include: ['test/database/**/*.test.ts'], globalSetup: database, testTimeout: 120_000, hookTimeout: 120_000 } },
      { extends: true, test: { name: 'cli', include: ['test/cli/**/*.test.ts'], globalSetup: [...database, './test/support/client.ts'], testTimeout: 180_000, hookTimeout: 180_000 } },
      { extends: true, test: { name: 'scenarios', include: ['test/scenarios/**/*.test.ts'], ...scenarios, globalSetup: [...database, './test/support/client.ts'], testTimeout: 180_000, hookTimeout: 180_000 } },
      // These stand for the whole catalogue of situations in the daily run.
      { extends: true, test: { name: 'dozen', include: ['test/scenarios/**/*.test.ts'], ...dozen, globalSetup: database, testTimeout: 180_000, hookTimeout: 180_000 } },
      { extends: true, test: { name: 'corpus', include: ['test/corpus/**/*.test.ts'], globalSetup: database, testTimeout: 300_000, hookTimeout: 120_000 } },
    ],
    // Two cores, and each database test has a server to share: more workers only wait.
    maxWorkers: 2,
    passWithNoTests: false,
    allowOnly: false,
  },
});
