// A value of SQLite as a value of PostgreSQL: what is written, and what is refused rather than changed.

import { describe, expect, test } from 'vitest';
import type { SqliteCell } from '../../src/database/sqlite-file.ts';
import { canonicalJson } from '../../src/run/transfer/json.ts';
import { parseDecimal, printDecimal, sameNumber } from '../../src/run/transfer/numbers.ts';
import { groupsOf, schemeOf } from '../../src/run/transfer/order.ts';
import type { TargetKey, TargetTable } from '../../src/run/transfer/target.ts';
import type { Form, ValueType } from '../../src/run/transfer/encoders.ts';
import { encoderOf } from '../../src/run/transfer/values.ts';
import { newWriter } from '../../src/run/transfer/writer.ts';

const type = (name: string, modifier = -1, labels: readonly string[] = []): ValueType => ({ name, modifier, labels });
const numeric = (precision: number, scale: number) => type('numeric', ((precision << 16) | scale) + 4);

/** A text is given as bytes, as SQLite is asked for it. */
function encoded(target: ValueType, value: SqliteCell, form: Form = 'copy'): string {
  const into = newWriter(4);
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  let problem = bytes === null ? 'null' : encoderOf(target)?.(bytes, into, 'compare');
  if (problem === null && form === 'copy' && bytes !== null) {
    into.at = 0;
    problem = encoderOf(target)?.(bytes, into, form);
  }
  return problem === null ? into.bytes.subarray(0, into.at).toString() : `! ${problem ?? 'no encoder'}`;
}

const CASES: readonly (readonly [ValueType, SqliteCell, string])[] = [
  [type('int4'), 0, '0'], [type('int4'), -0, '0'], [type('int4'), -12, '-12'], [type('int4'), 999_999, '999999'], [type('int4'), 1_000_000, '1000000'], [type('int4'), '42', '42'], [type('int4'), 3.0, '3'],
  [type('int4'), 2_147_483_647, '2147483647'], [type('int4'), 2_147_483_648, '! a number out of the range of the column'], [type('int2'), -32_769, '! a number out of the range of the column'],
  [type('int4'), 'abc', '! a text that is no whole number'], [type('int4'), '', '! a text that is no whole number'], [type('int4'), ' 1', '! a text that is no whole number'], [type('int4'), 3.5, '! a number that is not whole'],
  [type('int8'), 9_007_199_254_740_993n, '9007199254740993'], [type('int8'), '9007199254740993', '9007199254740993'], [type('int8'), 1e18, '1000000000000000000'], [type('int8'), 1e19, '! a number out of the range of the column'], [type('int8'), Infinity, '! a number that is not whole'],
  [type('float8'), 0.1, '0.1'], [type('float8'), 1e21, '1e+21'], [type('float8'), -0, '-0'], [type('float8'), Infinity, 'Infinity'], [type('float8'), 'NaN', 'NaN'], [type('float8'), '-inf', '-Infinity'], [type('float8'), '1e999', '! a number that the column would round'],
  [type('float8'), 9_007_199_254_740_993n, '! a number that the column would round'], [type('float8'), 9_007_199_254_740_994n, '9007199254740994'], [type('float8'), '1.50', '1.5'], [type('float8'), 'x', '! a text that is no number'],
  [type('float4'), 0.1, '0.1'], [type('float4'), 0.123456789012, '! a number that the column would round'], [type('float4'), 1e300, '! a number that the column would round'],
  [type('numeric'), 1.1, '1.1'], [type('numeric'), '1.10', '1.10'], [type('numeric'), 100.0, '100'], [type('numeric'), 1e21, '1000000000000000000000'], [type('numeric'), 1e-7, '0.0000001'], [type('numeric'), 0.1 + 0.2, '0.30000000000000004'], [type('numeric'), 9_007_199_254_740_993n, '9007199254740993'],
  [numeric(10, 2), 1.5, '1.50'], [numeric(10, 2), -0.5, '-0.50'], [numeric(10, 2), '1.500', '1.50'], [numeric(10, 2), 1.005, '! a number with more digits behind the point than the column keeps'], [numeric(4, 2), 100, '! a number out of the range of the column'], [numeric(65, 30), 1, `1.${'0'.repeat(30)}`], [numeric(2, 2), 0.25, '0.25'],
  [type('numeric'), Infinity, '! a number that the column has no value for'], [type('numeric'), 'abc', '! a text that is no number'],
  [type('bool'), 0, 'f'], [type('bool'), 1, 't'], [type('bool'), 'true', 't'], [type('bool'), 'FALSE', 'f'], [type('bool'), '0', 'f'], [type('bool'), 2, '! a value that is neither true nor false'], [type('bool'), 'yes', '! a value that is neither true nor false'], [type('bool'), '', '! a value that is neither true nor false'],
  [type('text'), '', ''], [type('text'), 'a\tb\nc\rd\\e', 'a\\tb\\nc\\rd\\\\e'], [type('text'), 'Grüße 😀', 'Grüße 😀'], [type('text'), 'a\0b', '! a text with the character NUL, which PostgreSQL has no value for'], [type('text'), Buffer.from([0x61, 0xff]), '! a text that is not UTF-8'], [type('text'), Buffer.from([0xed, 0xa0, 0x80]), '! a text that is not UTF-8'],
  [type('varchar', 7), 'äöü', 'äöü'], [type('varchar', 7), 'äöüx', '! a text of more than 3 characters'], [type('varchar', 7), 'abc ', '! a text of more than 3 characters'], [type('bpchar', 7), 'ab   ', 'ab'], [type('varchar'), 'x'.repeat(70), 'x'.repeat(70)],
  [type('bytea'), Buffer.from([0, 255]), '\\\\x00ff'], [type('bytea'), 'ä', '\\\\xc3a4'], [type('bytea'), Buffer.alloc(0), '\\\\x'], [type('bytea'), 5, '! a number, where the column holds bytes'],
  [type('uuid'), 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], [type('uuid'), 'a0eebc999c0b4ef8bb6d6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], [type('uuid'), 'cl9ebqhxk00003b600tymydho', '! a value that is no UUID'],
  [type('enum', -1, ['ADMIN', 'ü']), 'ADMIN', 'ADMIN'], [type('enum', -1, ['ADMIN', 'ü']), 'ü', 'ü'], [type('enum', -1, ['ADMIN']), 'admin', '! a value that is no label of the enum'], [type('enum', -1, ['1']), 1, '! a value that is no label of the enum'],
  [type('timestamp', 3), 1_696_625_465_526, '2023-10-06 20:51:05.526'], [type('timestamp', 3), 1_696_625_465_000, '2023-10-06 20:51:05'], [type('timestamp', 3), 0, '1970-01-01 00:00:00'], [type('timestamp', 3), -1, '1969-12-31 23:59:59.999'], [type('timestamp', 3), 1_696_625_465_500.0, '2023-10-06 20:51:05.5'],
  [type('timestamp', 3), '2023-10-06T20:51:05.526Z', '2023-10-06 20:51:05.526'], [type('timestamp', 3), '2023-10-06T20:51:05.526+00:00', '2023-10-06 20:51:05.526'], [type('timestamp', 3), '2023-10-06 20:51:05', '2023-10-06 20:51:05'], [type('timestamp', 3), '2023-10-06', '2023-10-06 00:00:00'], [type('timestamp', 3), '2023-10-06T22:51:05+02:00', '2023-10-06 20:51:05'], [type('timestamp', 3), '2020-02-29 23:30:00.123 -0130', '2020-03-01 01:00:00.123'],
  [type('timestamp', 3), '2023-10-06 20:51:05.1234', '! a time that is finer than the column keeps'], [type('timestamp', 3), '2023-10-06 20:51:05.123000000', '2023-10-06 20:51:05.123'], [type('timestamp', 6), '2023-10-06 20:51:05.123456', '2023-10-06 20:51:05.123456'], [type('timestamp'), '2023-10-06 20:51:05.1234567', '! a time that is finer than the column keeps'], [type('timestamp', 3), 1.5, '! a time that is finer than the column keeps'], [type('timestamp', 6), 1.5, '1970-01-01 00:00:00.0015'],
  [type('timestamp', 3), '2023-02-29', '! a text that is no time'], [type('timestamp', 3), '2023-13-01', '! a text that is no time'], [type('timestamp', 3), '2023-10-06 24:00:00', '! a text that is no time'], [type('timestamp', 3), 'now', '! a text that is no time'], [type('timestamp', 3), '', '! a text that is no time'], [type('timestamp', 3), 10n ** 18n, '! a time that PostgreSQL has no value for'],
  [type('timestamp', 3), -62_135_596_800_001, '0001-12-31 23:59:59.999 BC'], [type('timestamp', 3), 253_402_300_800_000, '10000-01-01 00:00:00'],
  [type('timestamptz', 3), 1_696_625_465_526, '2023-10-06 20:51:05.526+00'], [type('timestamptz', 3), -62_135_596_800_001, '0001-12-31 23:59:59.999+00 BC'],
  [type('date'), '2023-10-06', '2023-10-06'], [type('date'), 1_696_550_400_000, '2023-10-06'], [type('date'), 1_696_550_400_001, '! a time of the day, where the column keeps the date alone'],
  [type('time', 3), '10:20', '10:20:00'], [type('time', 3), '10:20:30.5', '10:20:30.5'], [type('time', 3), '1970-01-01T10:20:30.000Z', '10:20:30'], [type('time', 3), 1000, '00:00:01'], [type('time', 3), '2023-10-06 10:00:00', '! a date, where the column keeps the time of the day alone'],
  [type('jsonb'), '{"a":1}', '{"a":1}'], [type('jsonb'), 5, '5'], [type('jsonb'), '{', '! a text that is no JSON'], [type('jsonb'), '"\\u0000"', '! JSON with the character NUL'], [type('json'), '"\\u0000"', '"\\\\u0000"'], [type('jsonb'), '{"a":01}', '! a text that is no JSON'], [type('jsonb'), '', '! a text that is no JSON'],
  [type('int4range'), 1, '! no encoder'],
];

test.each(CASES)('%o ← %o', (target, value, expected) => {
  expect(encoded(target, value)).toBe(expected);
});

test('a blob is told from a text where it has no meaning', () => {
  for (const name of ['int4', 'float8', 'numeric', 'bool', 'timestamp', 'text']) {
    const into = newWriter(8);
    expect([name, encoderOf(type(name))?.('blob', into, 'copy'), into.at]).toEqual([name, 'a blob, which the column has no value for', 0]);
  }
  const into = newWriter(8);
  expect(encoderOf(type('uuid'))?.('A0EEBC999C0B4EF8BB6D6BB9BD380A11', into, 'copy')).toBeNull();
  expect(encoderOf(type('uuid'))?.('A0EE', into, 'copy')).toBe('a blob that is not 16 bytes long');
});

describe('JSON as jsonb prints it', () => {
  test.each([
    ['{"b":1,"a":2,"aa":3}', '{"a": 2, "b": 1, "aa": 3}'],
    ['{"a":1,"a":[ ]}', '{"a": []}'],
    [' [1 , 2.50,1e2, -0, 1E-3, 123456789012345678901234567890.10]\n', '[1, 2.50, 100, 0, 0.001, 123456789012345678901234567890.10]'],
    ['"\\u00e4\\ud83d\\ude00\\/\\b\\u001f"', '"ä😀/\\b\\u001f"'],
    ['{"ä":1,"zz":2,"z":3}', '{"z": 3, "zz": 2, "ä": 1}'],
    ['null', 'null'],
  ])('%s', (given, expected) => expect(canonicalJson(given)).toEqual({ text: expected }));

  test.each(['nul', '[1,]', '{"a"}', '"a', '"\u0001"', '1 2', '{"a":1,}', '"\\x"', '"\\ud800"', '+1', '.5', 'NaN', '1e200000'])('%s is refused', (given) => expect(canonicalJson(given)).toHaveProperty('problem'));
});

test('decimals are read without a rounding', () => {
  const printed = (text: string) => printDecimal(parseDecimal(text) ?? { negative: false, digits: '', scale: 0 });
  expect(['1e3', '-1.5e-3', '.5', '5.', '0.00', '-0.0', '1.23e1', '0e5'].map(printed)).toEqual(['1000', '-0.0015', '0.5', '5', '0.00', '0.0', '12.3', '0']);
  expect([parseDecimal(''), parseDecimal('.'), parseDecimal('1e'), parseDecimal('0x1')]).toEqual([null, null, null, null]);
  expect([sameNumber('1.10', '1.1'), sameNumber('100', '1e2'), sameNumber('0', '-0.0'), sameNumber('1', '1.01'), sameNumber('10', '1')]).toEqual([true, true, true, false, false]);
});

describe('the order of tables', () => {
  const table = (name: string, more: Partial<TargetTable> = {}): TargetTable => ({ name, columns: [{ name: 'id', type: type('int4'), typeText: 'integer', notNull: true, filled: false, generated: false }, { name: 'x', type: type('int4'), typeText: 'integer', notNull: name.startsWith('hard'), filled: false, generated: false }], primaryKey: ['id'], owned: false, rowSecurity: false, mayInsert: true, maySelect: true, mayUpdate: true, mayLock: true, triggers: [], ...more });
  const key = (from: string, to: string, deferrable = false): TargetKey => ({ name: `${from}_${to}`, table: from, columns: ['x'], target: to, deferrable });

  test('what is referred to comes first, a circle comes as one', () => {
    expect(groupsOf(['a', 'b', 'c', 'd', 'e'], [{ from: 'a', to: 'b' }, { from: 'b', to: 'c' }, { from: 'c', to: 'b' }, { from: 'd', to: 'd' }, { from: 'c', to: 'e' }, { from: 'e', to: 'gone' }]).map((group) => [...group].sort())).toEqual([['e'], ['b', 'c'], ['a'], ['d']]);
  });

  test('a circle is opened by what is deferrable, what is owned, what may be NULL, and else not', () => {
    expect(schemeOf([table('a'), table('b')], [key('a', 'b', true), key('b', 'a')])).toMatchObject({ deferred: [{ name: 'a_b' }], altered: [], impossible: null, postponed: new Map([['b', ['x']]]) });
    expect(schemeOf([table('a', { owned: true }), table('hard')], [key('a', 'hard'), key('hard', 'a')])).toMatchObject({ altered: [{ name: 'a_hard' }], postponed: new Map(), impossible: null, order: ['a', 'hard'] });
    expect(schemeOf([table('hard'), table('a')], [key('a', 'hard'), key('hard', 'a')])).toMatchObject({ altered: [], postponed: new Map([['a', ['x']]]), order: ['a', 'hard'] });
    expect(schemeOf([table('hard'), table('hard2')], [key('hard', 'hard2'), key('hard2', 'hard')]).impossible).toMatch(/circle/);
    expect(schemeOf([table('hard')], [key('hard', 'hard')])).toMatchObject({ altered: [], postponed: new Map(), impossible: null });
  });
});
