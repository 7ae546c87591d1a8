import { defineConfig } from 'vitest/config';

const database = ['./test/support/servers.ts'];

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/pure/**/*.test.ts', 'test/golden/**/*.test.ts', 'test/guard/**/*.test.ts'] } },
      { extends: true, test: { name: 'database', include: ['test/database/**/*.test.ts'], globalSetup: database, testTimeout: 120_000, hookTimeout: 120_000 } },
      { extends: true, test: { name: 'cli', include: ['test/cli/**/*.test.ts'], globalSetup: database, testTimeout: 180_000, hookTimeout: 180_000 } },
      { extends: true, test: { name: 'corpus', include: ['test/corpus/**/*.test.ts'], globalSetup: database, testTimeout: 300_000, hookTimeout: 120_000 } },
    ],
    // Two cores, and each database test has a server to share: more workers only wait.
    maxWorkers: 2,
    passWithNoTests: false,
    allowOnly: false,
  },
});
