// What no server is needed for: the order of files, and texts told apart.

import { expect, test } from 'vitest';
import { comparePrisma, NO_HINTS } from '../../src/diff/compare.ts';
import { readLiteral } from '../../src/catalog/literals.ts';
import { foreignFlavour } from '../../src/history/flavour.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { renderScripts } from '../../src/plan/script.ts';
import { needKey } from '../../src/plan/types.ts';
import { catalog, column, foreignKey, index, table } from '../support/catalogs.ts';

test('a foreign key comes after the unique index it leans on, also where that is built outside of the transaction', () => {
  const tables = [table('A'), column('A', 'k', { type: 'text' }), table('B'), column('B', 'k', { type: 'text' })];
  const desired = catalog(...tables, index('A', ['k'], 'A_k_key', { unique: true }), foreignKey('B', ['k'], 'A', 'B_k_fkey', { targetColumns: ['k'] }));
  const naming = { home: 'public', qualified: false };
  const facts = new Map([[needKey({ ask: 'bytes', schema: 'public', table: 'A' }), { count: 1e9, sample: [] }]]);
  const { steps } = makePlan(comparePrisma(catalog(...tables), desired, NO_HINTS, () => false), facts, { naming });
  const scripts = renderScripts(steps, { naming, format: 'block', header: [], desired: desired.objects.values() });
  expect(scripts.map(({ suffix, transaction }) => [suffix, transaction])).toEqual([['index_A_k_key', 'outside'], ['foreign_keys', 'inside']]);
});

test.each(['ALTER TABLE t DROP COLUMN IF EXISTS datetime', 'ALTER TABLE t RENAME COLUMN x TO datetime', 'CREATE DOMAIN datetime AS timestamp', 'SELECT a AS blob'])('%s is PostgreSQL', (sql) => {
  expect(foreignFlavour(sql)).toBeNull();
});

test('CREATE TABLE t ("at" DATETIME) is SQLite', () => {
  expect(foreignFlavour('CREATE TABLE t ("at" DATETIME)')).toMatchObject({ database: 'SQLite', word: 'DATETIME' });
});

test('a cast that makes another value of a constant is no constant', () => {
  expect(['now()::date', 'CURRENT_TIMESTAMP::time', '1.5::integer'].map(readLiteral)).toEqual([null, null, null]);
  expect(['now()::timestamp', "'x'::text", '1.5::numeric'].map(readLiteral)).toEqual([{ now: true }, { text: 'x' }, { text: '1.5' }]);
});
