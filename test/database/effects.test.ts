// What a statement does to a catalog, as read from its syntax tree, is what a server shows after running it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalText } from '../../src/catalog/catalog.ts';
import { emptyState, stateOf, type Effect } from '../../src/effects/types.ts';
import { introspect } from '../../src/introspect/introspect.ts';
import { applyScript, disagreements, loadReader, type Reader } from '../support/effects.ts';
import { freshDatabase, MAJORS, type TestDatabase } from '../support/database.ts';
import { BASE, CASES, type EffectCase } from '../support/effectCases.ts';

const SCHEMAS = ['public', 'app'];
const options = { home: 'public', schemas: ['app'] };

async function outcome(work: Promise<unknown>): Promise<string | null> {
  return await work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

function said(effects: readonly Effect[]): string {
  return effects.flatMap(({ opaque }) => opaque.map((one) => ('why' in one ? one.why : one.verb))).join('; ');
}

test('there are enough of them, none twice', () => {
  expect(new Set(CASES.map(({ sql, setup }) => `${setup}${sql}`)).size).toBe(CASES.length);
  expect(CASES.length).toBeGreaterThanOrEqual(120);
});

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let reader: Reader;

  beforeAll(async () => {
    [database, reader] = await Promise.all([freshDatabase(major), loadReader()]);
  });
  afterAll(() => database.drop());

  async function prepare(setup: string): Promise<void> {
    await database.run('DISCARD ALL');
    await database.run('ROLLBACK; RESET ALL; DROP SCHEMA IF EXISTS public CASCADE; DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA IF EXISTS moved CASCADE; DROP EXTENSION IF EXISTS citext; DROP PUBLICATION IF EXISTS pub; CREATE SCHEMA public');
    await database.run(BASE);
    if (setup !== '') await database.run(setup);
  }

  const cases = CASES.filter(({ since = 0 }) => since <= major).map((one): readonly [string, EffectCase] => [one.sql, one]);
  test.each(cases)('%s', async (sql, { setup = '', opaque = false, cautious = false, historyOnly = false, schemas = SCHEMAS }) => {
    await prepare(setup);
    const introspected = { ...options, schemas };
    const before = await introspect(database.session, introspected);
    const fromLive = stateOf(before);
    const fromHistory = emptyState('public');
    applyScript(reader, `${BASE}; ${setup}`, fromHistory);
    const effects = applyScript(reader, sql, fromLive);
    const historical = applyScript(reader, sql, fromHistory);
    await database.run(sql);
    await database.run('RESET search_path');
    const after = await introspect(database.session, introspected);
    if (!opaque) {
      expect(said(historical)).toBe('');
      expect(disagreements(reader, after, fromHistory, schemas).join('\n')).toBe('');
      if (!historyOnly) {
        expect(said(effects)).toBe('');
        expect(disagreements(reader, after, fromLive, schemas).join('\n')).toBe('');
      }
    } else expect(said(effects)).not.toBe('');
    // What is called repeatable does nothing the second time; what is not fails or changes something.
    const failed = await outcome(database.run(sql));
    await database.run('ROLLBACK; RESET search_path').catch(() => undefined);
    const again = canonicalText(await introspect(database.session, introspected)) === canonicalText(after) && failed === null;
    if (historical.every(({ repeatable }) => repeatable)) expect([failed, again]).toEqual([null, true]);
    else if (effects.length === 1 && !opaque && !cautious) expect(again).toBe(false);
  });
});
