import { beforeAll, describe, expect, test } from 'vitest';
import { emptyCatalog } from '../../src/catalog/catalog.ts';
import type { CatalogObject } from '../../src/catalog/kinds.ts';
import { prismaSame } from '../../src/diff/equivalences.ts';
import { effectsOf } from '../../src/effects/effects.ts';
import { spelledSame } from '../../src/effects/same.ts';
import { apply, emptyState, otherKey, stateOf, type Effect, type State } from '../../src/effects/types.ts';
import { holds, verdictOf } from '../../src/effects/verdict.ts';
import type { Parser } from '../../src/parse/parse.ts';
import { catalog, column, enumeration, index, primaryKey, table } from '../support/catalogs.ts';
import { applyScript, loadReader, type Reader } from '../support/effects.ts';

let reader: Reader;
let parser: Parser;
beforeAll(async () => {
  reader = await loadReader();
  parser = reader.parser;
});

const same = prismaSame((a, b) => a === b);

function only(sql: string, state: State = emptyState('public'), live: State | null = null): Effect {
  const [effect] = reader.scripts.script(sql).statements.map((statement) => effectsOf(statement, state, live, parser.block));
  if (effect === undefined) throw new Error('no statement');
  return effect;
}

function stateWith(...objects: readonly CatalogObject[]): State {
  return stateOf(catalog(...objects));
}

const keys = ({ deltas }: Effect) => deltas.map(({ key }) => key);
const whys = ({ opaque }: Effect) => opaque.map((one) => ('why' in one ? one.why : one.verb));

describe('a DO block', () => {
  const block = (body: string, declare = '') => parser.block(`DO $$ ${declare} BEGIN ${body} END $$`);

  test('gives its plain statements, guarded under a condition on the catalog or a caught error', () => {
    const found = block(`CREATE TABLE a (x int); IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 't') THEN CREATE TYPE t AS ENUM ('x'); END IF;
      BEGIN CREATE TABLE b (x int); EXCEPTION WHEN duplicate_table THEN RAISE NOTICE 'there'; END; EXECUTE 'CREATE TABLE c (x int); CREATE TABLE "ä" (x int)';`);
    expect(found?.statements.map(({ text, guarded }) => [text.trim(), guarded])).toEqual([
      ['CREATE TABLE a (x int)', false], ["CREATE TYPE t AS ENUM ('x')", true], ['CREATE TABLE b (x int)', true], ['CREATE TABLE c (x int)', false], ['CREATE TABLE "ä" (x int)', false],
    ]);
    expect(found?.dynamic).toEqual([]);
  });

  test.each([
    ["EXECUTE 'DROP TABLE ' || quote_ident('x');", /^EXECUTE of a computed text/],
    ['FOR i IN 1..3 LOOP CREATE TABLE x (a int); END LOOP;', /^a loop/],
    ['IF (SELECT count(*) FROM "User") = 0 THEN CREATE TABLE x (a int); END IF;', /^a part under a condition/],
    ['IF EXISTS (SELECT FROM pg_class) THEN CREATE TABLE x (a int); ELSE CREATE TABLE y (a int); END IF;', /^a part under a condition/],
    ['IF to_regclass(\'x\') IS NULL THEN RETURN; END IF; CREATE TABLE x (a int);', /^it may end early/],
    ['BEGIN CREATE TABLE x (a int); EXCEPTION WHEN others THEN DROP TABLE x; END;', /^what it does after an error/],
    ['CALL p();', /^a CALL/],
  ])('says what it cannot read: %s', (body, expected) => {
    expect(block(body)?.dynamic.join()).toMatch(expected);
    expect(only(`DO $$ BEGIN ${body} END $$`).repeatable).toBe(false);
  });

  test('in another language is code', () => {
    expect(parser.block("DO LANGUAGE sql 'SELECT 1'")).toBeNull();
    expect(whys(only("DO LANGUAGE sql 'SELECT 1'"))).toEqual(['a DO block in another language']);
  });

  test('is repeatable when everything in it is', () => {
    expect(only('DO $$ BEGIN CREATE TABLE IF NOT EXISTS a (x int); END $$').repeatable).toBe(true);
    expect(only('DO $$ BEGIN CREATE TABLE a (x int); END $$').repeatable).toBe(false);
    expect(only('DO $$ BEGIN BEGIN CREATE TABLE a (x int); EXCEPTION WHEN others THEN NULL; END; END $$').repeatable).toBe(true);
    expect(only('DO $$ BEGIN PERFORM f(); END $$').repeatable).toBe(false);
  });

  test('does not do again under a guard what is done', () => {
    const sql = 'DO $$ BEGIN ALTER TABLE t ADD COLUMN a int; EXCEPTION WHEN duplicate_column THEN NULL; END $$';
    expect(keys(only(sql, stateWith(table('t'))))).toEqual(['column "public"."t"."a"']);
    expect(only(sql, stateWith(table('t'), column('t', 'a')))).toMatchObject({ deltas: [], opaque: [], repeatable: true });
  });
});

describe('an effect', () => {
  test('leaves the state as it is until it is applied', () => {
    const state = stateWith(table('t'), column('t', 'a'));
    const before = [...state.objects];
    const effect = only('ALTER TABLE t DROP COLUMN a, ADD COLUMN b int', state);
    expect([...state.objects]).toEqual(before);
    apply(state, effect);
    expect([...state.objects.keys()]).toEqual(['schema "public"', 'table "public"."t"', 'column "public"."t"."b"']);
  });

  test('looks up in the live catalog what the history never made, but a creation has no past there', () => {
    const live = stateWith(table('t'), column('t', 'a'));
    expect(only('ALTER TABLE t ALTER COLUMN a SET NOT NULL', emptyState('public'), live).deltas).toMatchObject([{ before: { def: { notNull: false } }, after: { def: { notNull: true } } }]);
    expect(only('ALTER TABLE t RENAME TO u', emptyState('public'), live).deltas).toHaveLength(4);
    expect(only('DROP TABLE IF EXISTS t', emptyState('public'), live).deltas).toHaveLength(2);
    expect(only('CREATE TABLE IF NOT EXISTS t (a int)', emptyState('public'), live).deltas.map(({ before }) => before)).toEqual([null, null]);
    expect(whys(only('ALTER TABLE t ADD COLUMN b int'))).toEqual(['the table "t" is not known']);
  });

  test('of a creation over what is there says what was there', () => {
    const [delta] = only("CREATE TYPE t AS ENUM ('b')", stateWith(enumeration('t', 'a'))).deltas;
    expect(delta).toMatchObject({ before: { def: { labels: ['a'] } }, after: { def: { labels: ['b'] } } });
  });

  test('tells sessions, rows, code and the unknown apart', () => {
    expect(only('BEGIN')).toMatchObject({ control: 'begin', deltas: [], opaque: [] });
    const state = emptyState('public');
    applyScript(reader, 'CREATE SCHEMA app', state);
    expect(only('SET search_path = "$user", app, public', state)).toMatchObject({ control: 'set', home: 'app' });
    expect(only('SET search_path = elsewhere, public', state)).toMatchObject({ control: 'set', home: null });
    expect(only("SELECT set_config('search_path', '', false)")).toMatchObject({ control: 'set', home: null });
    expect(only('UPDATE t SET a = 1').opaque).toEqual([{ kind: 'rows', verb: 'UPDATE', tables: [{ schema: 'public', name: 't' }], onEmpty: false }]);
    expect(only('WITH x AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM x').opaque).toHaveLength(2);
    expect(only('SELECT 1')).toMatchObject({ deltas: [], opaque: [], repeatable: true });
    expect(only('SELECT app.lower(1)').opaque).toEqual([{ kind: 'code', why: 'it calls app.lower' }]);
    expect(only('CREATE COLLATION c FROM "C"').opaque).toMatchObject([{ kind: 'unread' }]);
  });

  test('has a title', () => {
    expect(only('alter table "User" add "name" text, drop column x, alter y set not null, add constraint k check (true)', stateWith(table('User'))).title).toBe('ALTER TABLE "User" ADD COLUMN "name", DROP COLUMN "x" and 2 more');
    expect(only('create unique index concurrently i on app.t (a)').title).toBe('CREATE UNIQUE INDEX "i" ON "app"."t"');
  });

  test('in a script keeps texts relative to the first home', () => {
    const state = stateWith(enumeration('e', 'a'));
    applyScript(reader, 'CREATE SCHEMA app; SET search_path = app, public; CREATE TABLE t (a e)', state);
    expect(state.objects.get('column "app"."t"."a"')).toMatchObject({ def: { type: '"e"' } });
    expect(state.home).toBe('app');
  });
});

describe('the verdict', () => {
  const judge = (sql: string, state: State, live: State) => verdictOf(only(sql, state, live).deltas, live, same);
  const base = () => stateWith(table('t'), column('t', 'a'));

  test.each<readonly [string, string, readonly CatalogObject[], string]>([
    ['there', 'ALTER TABLE t ADD COLUMN b int', [column('t', 'b', { type: 'integer' })], 'satisfied'],
    ['absent', 'ALTER TABLE t ADD COLUMN b int', [], 'unsatisfied'],
    ['other', 'ALTER TABLE t ADD COLUMN b int', [column('t', 'b', { type: 'text' })], 'conflicting'],
    ['half', 'ALTER TABLE t ADD COLUMN b int, ADD COLUMN c int', [column('t', 'b', { type: 'integer' })], 'partial'],
    ['dropped', 'ALTER TABLE t DROP COLUMN IF EXISTS z', [], 'none'],
    ['altered, and another field differs', 'ALTER TABLE t ALTER COLUMN a SET NOT NULL', [column('t', 'a', { notNull: true, type: 'uuid' })], 'satisfied'],
    ['not altered yet', 'ALTER TABLE t ALTER COLUMN a TYPE uuid', [], 'unsatisfied'],
    ['altered to something else', 'ALTER TABLE t ALTER COLUMN a TYPE uuid', [column('t', 'a', { type: 'integer' })], 'conflicting'],
  ])('%s: %s', (_, sql, objects, expected) => {
    const live = stateWith(table('t'), column('t', 'a'), ...objects);
    expect(judge(sql, base(), live).verdict).toBe(expected);
  });

  test('names field, wanted and found', () => {
    const live = stateWith(table('t'), column('t', 'a'), column('t', 'b', { type: 'text' }));
    expect(judge('ALTER TABLE t ADD COLUMN b int', base(), live).differences).toEqual(['column "public"."t"."b": type is "text", wanted "integer"']);
  });

  test('of a drop and of a rename', () => {
    expect(judge('DROP TABLE t', base(), stateOf(emptyCatalog('public')))).toMatchObject({ verdict: 'satisfied', holding: 2, of: 2 });
    expect(judge('DROP TABLE t', base(), base()).verdict).toBe('unsatisfied');
    const ix = index('t', ['a'], 'old');
    const renamed = only('ALTER INDEX old RENAME TO new', stateWith(table('t'), column('t', 'a'), ix)).deltas;
    expect(verdictOf(renamed, stateWith(ix), same).verdict).toBe('unsatisfied');
    expect(verdictOf(renamed, stateWith(index('t', ['a'], 'new')), same).verdict).toBe('satisfied');
  });

  test('finds an index under another name, and a view by its name alone', () => {
    const live = stateWith(table('t'), column('t', 'a'), index('t', ['a'], 'elsewhere'), primaryKey('t', ['a']));
    expect(judge('CREATE INDEX here ON t (a)', base(), live)).toMatchObject({ verdict: 'satisfied', renamed: [{ key: 'index "public"."t"."here"', liveKey: 'index "public"."t"."elsewhere"' }] });
    const view = { kind: 'view', schema: 'public', table: null, name: 'v' };
    live.others.set(otherKey(view), view);
    expect(judge('CREATE VIEW v AS SELECT 1', base(), live)).toMatchObject({ verdict: 'satisfied', byNameOnly: ['view v'] });
    expect(judge('CREATE VIEW w AS SELECT 1', base(), live).verdict).toBe('unsatisfied');
  });

  test('of what no catalog shows', () => {
    const { deltas, opaque } = only('INSERT INTO t VALUES (1)', base());
    expect(verdictOf(deltas, base(), same, opaque).verdict).toBe('unknown');
    expect(verdictOf([], base(), same).verdict).toBe('none');
  });

  test('of one delta', () => {
    const [delta] = only('ALTER TABLE t ADD COLUMN b int', base()).deltas;
    if (delta === undefined) throw new Error('no delta');
    expect([holds(delta, base(), same), holds(delta, stateWith(column('t', 'b', { type: 'integer' })), same)]).toEqual([false, true]);
  });

  test('by spelling alone is stricter than Prisma', () => {
    const spelled = spelledSame((a, b) => a === b);
    const live = stateWith(enumeration('e', 'b', 'a', 'c'));
    expect(verdictOf(only("CREATE TYPE e AS ENUM ('a', 'b')").deltas, live, same).verdict).toBe('satisfied');
    expect(verdictOf(only("CREATE TYPE e AS ENUM ('a', 'b')").deltas, live, spelled).verdict).toBe('conflicting');
  });
});
