import { describe, expect, test } from 'vitest';
import { comparePrisma, NO_HINTS } from '../../src/diff/compare.ts';
import { EQUIVALENCES } from '../../src/diff/equivalences.ts';
import { sameExpression } from '../../src/diff/expression.ts';
import type { CatalogObject } from '../../src/catalog/kinds.ts';
import { loadParser } from '../../src/parse/parse.ts';
import { catalog, column, enumeration, extension, foreignKey, index, primaryKey, table } from '../support/catalogs.ts';

type Pair = readonly [live: CatalogObject, wanted: CatalogObject];

const sequence = { schema: 'public', name: 's' };
const named = (opclass: string | null, opclassIsDefault = false) => ({ keys: [{ column: 'a', opclass, opclassIsDefault, descending: false, nullsFirst: false, collation: null }] });

/** For each rule a pair it makes equal, and the nearest pair that stays different. */
const RULES: Readonly<Record<string, { readonly same: readonly Pair[]; readonly different: readonly Pair[] }>> = {
  'extension-anywhere': { same: [[extension('citext', { schema: 'public', version: '1.6' }), extension('citext')]], different: [[extension('citext', { schema: 'public', version: '1.6' }), extension('citext', { version: '1.5' })]] },
  'enum-order': { same: [[enumeration('E', 'A', 'B'), enumeration('E', 'B', 'A')]], different: [[enumeration('E', 'A'), enumeration('E', 'A', 'B')]] },
  'enum-extra-values': { same: [[enumeration('E', 'A', 'B'), enumeration('E', 'A')]], different: [[enumeration('E', 'B'), enumeration('E', 'A')]] },
  'table-storage': { same: [[table('t', { partitioned: true }), table('t')], [table('t', { unlogged: true }), table('t')]], different: [] },
  'type-spelling': {
    same: [[column('t', 'c', { type: 'timestamp(6) without time zone' }), column('t', 'c', { type: 'timestamp without time zone' })], [column('t', 'c', { type: '"my_domain"' }), column('t', 'c', { type: 'my_domain' })], [column('t', 'c', { type: 'extensions.citext' }), column('t', 'c', { type: 'citext' })]],
    different: [[column('t', 'c', { type: 'timestamp(3) without time zone' }), column('t', 'c', { type: 'timestamp(6) without time zone' })], [column('t', 'c', { type: 'text' }), column('t', 'c', { type: 'text[]' })], [column('t', 'c', { type: '"app"."Role"' }), column('t', 'c', { type: '"Role"' })]],
  },
  'default-spelling': {
    same: [
      [column('t', 'c', { default: "'x'::text" }), column('t', 'c', { default: "'x'" })],
      [column('t', 'c', { type: 'timestamp(3) without time zone', default: 'now()' }), column('t', 'c', { type: 'timestamp(3) without time zone', default: 'CURRENT_TIMESTAMP' })],
      [column('t', 'c', { type: 'integer', default: "'-5'::integer" }), column('t', 'c', { type: 'integer', default: '-5' })],
      [column('t', 'c', { type: 'numeric', default: '1.50' }), column('t', 'c', { type: 'numeric', default: '1.5' })],
      [column('t', 'c', { type: 'jsonb', default: `'{"a": 1, "b": [2]}'::jsonb` }), column('t', 'c', { type: 'jsonb', default: `'{"b":[2],"a":1}'` })],
      [column('t', 'c', { type: 'text[]', default: "'{a,\"b c\"}'::text[]" }), column('t', 'c', { type: 'text[]', default: "ARRAY['a', 'b c']::TEXT[]" })],
      [column('t', 'c', { type: 'text', default: 'lower((md5((random())::text))::text)' }), column('t', 'c', { type: 'text', default: 'lower((md5((random())::text))::text)' })],
    ],
    different: [
      [column('t', 'c', { default: "'x'::text" }), column('t', 'c', { default: "'X'" })],
      [column('t', 'c', { type: 'integer', default: '5' }), column('t', 'c', { type: 'integer', default: '-5' })],
      [column('t', 'c', { default: null }), column('t', 'c', { default: "''" })],
      [column('t', 'c', { type: 'jsonb', default: `'{"a": 1}'::jsonb` }), column('t', 'c', { type: 'jsonb', default: `'{"a": 2}'` })],
    ],
  },
  'serial-or-identity': { same: [[column('t', 'c', { autoincrement: true, identity: 'BY DEFAULT' }), column('t', 'c', { autoincrement: true, sequence })]], different: [[column('t', 'c', { type: 'integer' }), column('t', 'c', { type: 'integer', autoincrement: true, sequence })]] },
  generated: { same: [[column('t', 'c', { generated: 'lower(a)' }), column('t', 'c')], [column('t', 'c', { generated: 'lower(a)' }), column('t', 'c', { default: 'lower(a)' })]], different: [[column('t', 'c', { generated: 'lower(a)' }), column('t', 'c', { default: 'upper(a)' })]] },
  collation: { same: [[column('t', 'c', { collation: 'C' }), column('t', 'c')]], different: [] },
  deferrable: { same: [[foreignKey('t', ['a'], 'u', 'k', { deferrable: true, match: 'FULL' }), foreignKey('t', ['a'], 'u', 'k')]], different: [[index('t', ['a'], 'i', { unique: true, deferrable: true }), index('t', ['a'], 'i', { unique: true })]] },
  'constraint-or-index': { same: [[index('t', ['a'], 'i', { unique: true, constraint: true }), index('t', ['a'], 'i', { unique: true })]], different: [[index('t', ['a'], 'i'), index('t', ['a'], 'i', { unique: true })]] },
  'operator-class': { same: [[index('t', ['a'], 'i', named('text_ops', true)), index('t', ['a'], 'i')], [index('t', ['a'], 'i', named('text_ops', true)), index('t', ['a'], 'i', named('text_ops'))]], different: [[index('t', ['a'], 'i', named('text_pattern_ops')), index('t', ['a'], 'i')]] },
  'included-columns': { same: [[index('t', ['a'], 'i', { include: ['b'] }), index('t', ['a'], 'i')]], different: [] },
  'predicate-spelling': { same: [[index('t', ['a'], 'i', { predicate: '(b > 0)' }), index('t', ['a'], 'i', { predicate: '(b > 0)' })]], different: [[index('t', ['a'], 'i', { predicate: '(b > 0)' }), index('t', ['a'], 'i')]] },
};

function changes([live, wanted]: Pair): number {
  return comparePrisma(catalog(live), catalog(wanted), NO_HINTS, () => false).changes.length;
}

describe('equivalences', () => {
  const rules = [...new Set(Object.values(EQUIVALENCES).flatMap((rows) => rows.map(({ rule }) => rule)))];
  test('each rule has its cases here, and a reason', () => {
    expect(Object.keys(RULES).sort()).toEqual([...rules].sort());
    for (const rows of Object.values(EQUIVALENCES)) for (const { reason } of rows) expect(reason.length).toBeGreaterThan(20);
  });
  test.each(Object.entries(RULES))('%s', (_, { same, different }) => {
    for (const pair of same) expect([pair, changes(pair)]).toEqual([pair, 0]);
    for (const pair of different) expect([pair, changes(pair)]).toEqual([pair, 1]);
  });
});

describe('join tables', () => {
  const join = [table('_AToB'), column('_AToB', 'A', { type: 'integer', notNull: true }), column('_AToB', 'B', { type: 'integer', notNull: true })];
  const ofFive = catalog(...join, index('_AToB', ['A', 'B'], '_AToB_AB_unique', { unique: true }), index('_AToB', ['B'], '_AToB_B_index'));
  const ofSix = catalog(...join, primaryKey('_AToB', ['A', 'B'], '_AToB_AB_pkey'), index('_AToB', ['B'], '_AToB_B_index'));

  test('Prisma 5\'s form is no difference, and said', () => {
    const { changes: found, extras, notes } = comparePrisma(ofFive, ofSix, NO_HINTS, () => false);
    expect([found, extras, notes.map(({ rule }) => rule)]).toEqual([[], [], ['join-table-form']]);
  });
  test('without the unique index the key is missing', () => {
    expect(comparePrisma(catalog(...join, index('_AToB', ['B'], '_AToB_B_index')), ofSix, NO_HINTS, () => false).changes).toHaveLength(1);
  });
});

describe('renames', () => {
  const user = (name: string, columns: readonly string[] = ['id', 'email', 'name']) => [table(name), ...columns.map((one) => column(name, one)), primaryKey(name, ['id'])];
  const compare = (live: readonly CatalogObject[], wanted: readonly CatalogObject[], unmapped: (schema: string, table: string, column: string | null) => string | null = () => null, stated: { table: string; column: string | null; to: string }[] = []) =>
    comparePrisma(catalog(...live), catalog(...wanted), { unmapped, stated }, () => false);

  test('letter case: certain when the columns agree', () => {
    const { renames, changes: left, extras } = compare(user('user'), user('User'));
    expect(renames.map(({ kind, from, to }) => [kind, from, to])).toEqual([['table', 'user', 'User']]);
    expect([left.map(({ kind }) => kind), extras]).toEqual([['primaryKey'], []]);
  });
  test('not when another table of the exact name is there, nor when the columns are other ones', () => {
    expect(compare([...user('user'), ...user('User')], user('User')).renames).toEqual([]);
    expect(compare(user('user', ['x', 'y', 'z']), user('User')).renames).toEqual([]);
  });
  test('the unmapped name is certain, a similar one only suspected, a stated one done', () => {
    expect(compare(user('User'), user('people'), (_, name) => (name === 'people' ? 'User' : null)).renames).toHaveLength(1);
    expect(compare(user('users'), user('User'))).toMatchObject({ renames: [], suspects: [{ from: 'users', to: 'User' }] });
    expect(compare(user('persons'), user('User'), () => null, [{ table: 'persons', column: null, to: 'User' }]).renames).toHaveLength(1);
  });
  test('columns: certain by case and type, suspected by likeness, never over another type', () => {
    const live = (name: string, type = 'text') => [table('t'), column('t', name, { type })];
    expect(compare(live('createdat'), live('createdAt')).renames).toHaveLength(1);
    expect(compare(live('created_at'), live('createdAt'))).toMatchObject({ renames: [], suspects: [{ kind: 'column' }] });
    expect(compare(live('createdat', 'integer'), live('createdAt'))).toMatchObject({ renames: [], suspects: [] });
  });
  test('two candidates make none certain', () => {
    expect(compare([...user('USER'), ...user('user')], user('User'))).toMatchObject({ renames: [], suspects: [{ from: 'USER' }, { from: 'user' }] });
  });
  test('indexes and foreign keys that are equal but for the name, each used once', () => {
    const part = (name: string, key: string) => [table('t'), column('t', 'a'), index('t', ['a'], name), foreignKey('t', ['a'], 't', key)];
    expect(compare(part('old', 'oldk'), part('new', 'newk')).renames.map(({ from, to }) => [from, to])).toEqual([['old', 'new'], ['oldk', 'newk']]);
    expect(compare([table('t'), column('t', 'a'), index('t', ['a'], 'old')], [table('t'), column('t', 'a'), index('t', ['a'], 'one'), index('t', ['a'], 'two')]).changes).toHaveLength(1);
  });
});

describe('expressions', () => {
  const types: Readonly<Record<string, string>> = { v: 'character varying(50)', t: 'text', i: 'integer' };
  const PAIRS: readonly (readonly [string, string])[] = [
    ["(now() AT TIME ZONE 'utc')", "timezone('utc'::text, now())"],
    ["v IN ('a', 'b')", "((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"],
    ['i BETWEEN 1 AND 10', '((i >= 1) AND (i <= 10))'],
    ["t LIKE 'a%'", "(t ~~ 'a%'::text)"],
    ["t NOT LIKE 'a%'", "(t !~~ 'a%'::text)"],
    ['extract(year from now())', "date_part('year'::text, now())"],
    ['NOT (t IS NULL)', '(t IS NOT NULL)'],
    ['i > 0 AND (i < 5 AND i <> 3)', '((i > 0) AND (i < 5) AND (i <> 3))'],
    ["coalesce(current_setting('a.b', true), 'x')", "COALESCE(current_setting('a.b'::text, true), 'x'::text)"],
    ['CURRENT_TIMESTAMP', 'now()'],
    ['uuid_generate_v4()', 'extensions.uuid_generate_v4()'],
    ["'{a,b}'::text[]", "ARRAY['a'::text, 'b'::text]"],
    ["now() + interval '30 days'", "(now() + '30 days'::interval)"],
  ];
  const UNLIKE: readonly (readonly [string, string])[] = [['i > 0', 'i >= 0'], ['i::text', 'i'], ["lower(t)", 'upper(t)'], ['i = 1 OR i = 2', 'i = 1 AND i = 2'], ["'a'", "'b'"], ['i', 'count(*)']];

  test('spellings of one meaning, and none of another', async () => {
    const parser = await loadParser();
    const same = ([a, b]: readonly [string, string]) => sameExpression(a, b, parser.expression, { columnType: (name) => types[name] });
    for (const pair of PAIRS) expect([pair, same(pair)]).toEqual([pair, true]);
    for (const pair of UNLIKE) expect([pair, same(pair)]).toEqual([pair, false]);
    expect(same(['not ( an expression', 'not ( an expression'])).toBe(false);
  });
});
