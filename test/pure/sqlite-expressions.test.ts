// The texts that SQLite's expressions and data statements become, and what is refused. That they mean the same is shown against both
// databases, in test/database.

import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/parse/parse.ts';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { converted, needsUsing } from '../../src/sqlite/expression/coerce.ts';
import { dataStatement } from '../../src/sqlite/expression/data.ts';
import { columnDefault, condition, expression } from '../../src/sqlite/expression/expression.ts';
import { query } from '../../src/sqlite/expression/query.ts';
import { relationScope } from '../../src/sqlite/expression/scope.ts';
import { Untranslatable, type Grammar, type PgType, type Relation } from '../../src/sqlite/types.ts';
import { contextOf, ITEM, relation, relationColumn, TYPES, USER, WORLD, type Said } from '../support/sqliteWorld.ts';
import { DATA, EXPRESSIONS, QUERIES } from '../support/sqliteCases.ts';

let grammar: Grammar;
let parses: (sql: string) => unknown;

beforeAll(async () => {
  grammar = await loadGrammar();
  const parser = await loadParser();
  parses = (sql) => parser.statements(sql);
});

const X = relation('X', [relationColumn('uid', TYPES.text), relationColumn('n', TYPES.integer)]);
const NEW = { ...USER, name: 'new_User', as: 'new_User', columns: [...USER.columns, relationColumn('n', TYPES.integer)] };
const ALL: readonly Relation[] = [...WORLD, USER, X, NEW];

function data(sql: string, said: Said[] = []): readonly string[] {
  const node = grammar.statements(sql)[0]?.node;
  if (node?.type !== 'InsertStmt' && node?.type !== 'UpdateStmt' && node?.type !== 'DeleteStmt' && node?.type !== 'SelectStmt') throw new Error(`no data statement: ${sql}`);
  return dataStatement(node, contextOf(sql, ALL, said));
}

function parsed(sql: string) {
  const text = `SELECT ${sql}\n`;
  const select = grammar.statements(text)[0]?.node;
  const column = select?.type === 'SelectStmt' && select.body.select.type === 'SelectFrom' ? select.body.select.columns[0] : undefined;
  if (column?.type !== 'ExprResultColumn') throw new Error(`no expression: ${sql}`);
  return { text, expr: column.expr };
}

function value(sql: string, want: PgType | null = null, said: Said[] = [], of: Relation = ITEM): string {
  const { text, expr } = parsed(sql);
  return expression(expr, relationScope(of), contextOf(text, ALL, said), want).sql;
}

function truth(sql: string): string {
  const { text, expr } = parsed(sql);
  return condition(expr, relationScope(ITEM), contextOf(text, ALL));
}

function fallback(sql: string, type: PgType): string | null {
  const { text, expr } = parsed(sql);
  return columnDefault(expr, type, contextOf(text, ALL));
}

describe('data statements', () => {
  test('names in every spelling, and texts in double quotes', () => {
    const said: Said[] = [];
    expect(data('UPDATE user SET `meta` = "x", [age] = 3 WHERE EMAIL == "a@b"', said)).toEqual([`UPDATE "User" SET "meta" = 'x', "age" = 3 WHERE "email" = 'a@b'`]);
    expect(said).toEqual([{ code: 'DOUBLE_QUOTED_TEXT', message: `"x" is not a column here: SQLite read it as the string 'x'` }, { code: 'DOUBLE_QUOTED_TEXT', message: `"a@b" is not a column here: SQLite read it as the string 'a@b'` }]);
  });

  test('an INSERT without columns, milliseconds, 0 and 1', () => {
    const said: Said[] = [];
    expect(data("INSERT INTO User VALUES('u1','e1',1,0,NULL,1696625465526),('u2','e2',NULL,1,'m','2023-10-06T20:51:05.526Z')", said)).toEqual([
      `INSERT INTO "User" ("id", "email", "age", "used", "meta", "createdAt") VALUES ('u1', 'e1', 1, false, NULL, '2023-10-06 20:51:05.526'), ('u2', 'e2', NULL, true, 'm', '2023-10-06T20:51:05.526Z')`,
    ]);
    expect(said).toEqual([{ code: 'COLUMNS_WRITTEN_OUT', message: "INSERT INTO User had no column list: SQLite's column order written out" }]);
  });

  test('OR IGNORE', () => {
    const said: Said[] = [];
    expect(data(`INSERT OR IGNORE INTO "User" ("id","email") VALUES ('a','b')`, said)).toEqual([`INSERT INTO "User" ("id", "email") VALUES ('a', 'b') ON CONFLICT DO NOTHING`]);
    expect(said).toEqual([{ code: 'CONFLICT_CLAUSE', message: 'INSERT OR IGNORE: only unique conflicts are ignored in PostgreSQL' }]);
  });

  test('a copy through a join', () => {
    expect(data('INSERT INTO "new_User" ("id","email","age","used","meta","createdAt", "n") SELECT u.id,u.email,u.age,u.used,u.meta,u.createdAt, x.n FROM "User" u LEFT JOIN X x ON x.uid = u.id')).toEqual([
      `INSERT INTO "new_User" ("id", "email", "age", "used", "meta", "createdAt", "n") SELECT "u"."id", "u"."email", "u"."age", "u"."used", "u"."meta", "u"."createdAt", "x"."n" FROM "User" AS "u" LEFT JOIN "X" AS "x" ON "x"."uid" = "u"."id"`,
    ]);
  });

  test('an expression of a copy', () => {
    expect(value(`iif("User".used, 'u-' || id, "anon")`, TYPES.text, [], USER)).toBe(`CASE WHEN "User"."used" THEN 'u-' || "id" ELSE 'anon' END`);
  });

  test('numbers given to a sequence', () => {
    expect(data("INSERT INTO Log (id, label) VALUES (5, 'x')")).toEqual([`INSERT INTO "Log" ("id", "label") VALUES (5, 'x')`, `SELECT setval(pg_get_serial_sequence('"Log"', 'id'), GREATEST(COALESCE(MAX("id"), 0), 0) + 1, false) FROM "Log"`]);
    expect(data("INSERT INTO Log (id, label) VALUES (NULL, 'x')")).toEqual([`INSERT INTO "Log" ("id", "label") VALUES (DEFAULT, 'x')`]);
  });

  test.each([
    ['INSERT OR REPLACE INTO Pair (a, b, c) VALUES (\'x\', 1, \'n\')', `INSERT INTO "Pair" ("a", "b", "c") VALUES ('x', 1, 'n') ON CONFLICT ("a", "b") DO UPDATE SET "c" = EXCLUDED."c", "on" = DEFAULT`],
    ['UPDATE Item SET at = datetime(\'now\'), used = 1', `UPDATE "Item" SET "at" = (CURRENT_TIMESTAMP AT TIME ZONE 'UTC'), "used" = true`],
    ['UPDATE Item SET at = CURRENT_TIMESTAMP', `UPDATE "Item" SET "at" = (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')`],
    ["UPDATE Item SET at = datetime('now', '-7 days')", `UPDATE "Item" SET "at" = ((CURRENT_TIMESTAMP AT TIME ZONE 'UTC') - INTERVAL '7 days')`],
    ['UPDATE Item SET at = unixepoch() * 1000', `UPDATE "Item" SET "at" = (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')`],
    ["UPDATE Item SET at = CAST(strftime('%s', 'now') AS INTEGER) * 1000", `UPDATE "Item" SET "at" = (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')`],
    ["UPDATE Item SET name = lower(hex(randomblob(16)))", `UPDATE "Item" SET "name" = replace(gen_random_uuid()::text, '-', '')`],
    ["UPDATE Item SET n = abs(random()) % 10", `UPDATE "Item" SET "n" = floor(random() * 10)::int`],
    ["UPDATE Item SET name = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))", `UPDATE "Item" SET "name" = gen_random_uuid()::text`],
    ["UPDATE Item SET name = lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', abs(random()) % 4 + 1, 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6)))", `UPDATE "Item" SET "name" = gen_random_uuid()::text`],
    ['DELETE FROM main.Item WHERE used', `DELETE FROM "Item" WHERE "used"`],
  ])('%s', (sql, pg) => {
    expect(data(sql)).toEqual([pg]);
  });

  test('a query that nobody reads is left out', () => {
    const said: Said[] = [];
    expect(data('SELECT * FROM Item', said)).toEqual([]);
    expect(said.map(({ code }) => code)).toEqual(['DROPPED_STATEMENT']);
  });

  test.each([
    ['UPDATE Item SET n = n * 1.5', ['a value of n is computed with a fraction, and rounded into INTEGER: SQLite keeps the fraction']], ['UPDATE Item SET (n, big) = (f, f / 2)', [expect.stringContaining('n is computed'), expect.stringContaining('big is computed')]],
    ['INSERT INTO Log (count) SELECT f FROM Item', [expect.stringContaining('count is computed')]], ['INSERT INTO Pair (b) VALUES (1 * 2.5)', [expect.stringContaining('b is computed')]], ['INSERT INTO Log (count) SELECT avg(n) FROM Item', [expect.stringContaining('count is computed')]],
    ['UPDATE Item SET n = round(f)', []], ['UPDATE Item SET n = floor(f), big = CAST(f AS INTEGER)', []], ['UPDATE Item SET f = n * 1.5, n = 2.0, big = n / 2', []],
  ])('%s, a fraction in a column of whole numbers', (sql, messages) => {
    const said: Said[] = [];
    data(sql, said);
    expect(said.filter(({ code }) => code === 'FUNCTION_DIFFERS').map(({ message }) => message)).toEqual(messages);
  });

  test('the table and its columns have the names of the moment', () => {
    const moved: Relation = { ...relation('T', [relationColumn('Old', TYPES.boolean, { as: 'new' }), relationColumn('id', TYPES.text)]), as: 'T_now' };
    const sql = 'UPDATE t SET old = 1 WHERE T.OLD = 0 AND id IN (SELECT id FROM t)';
    const node = grammar.statements(sql)[0]?.node;
    expect(node?.type === 'UpdateStmt' ? dataStatement(node, contextOf(sql, [moved])) : []).toEqual([`UPDATE "T_now" SET "new" = true WHERE "T_now"."new" = false AND "id" IN (SELECT "id" FROM "T_now")`]);
  });
});

describe('values', () => {
  test.each<readonly [string, PgType | null, string]>([
    ['1', TYPES.boolean, 'true'], ['0', TYPES.boolean, 'false'], ['true', TYPES.integer, '1'], ['1', TYPES.text, "'1'"], ['1.50', TYPES.text, "'1.5'"], ["'12'", TYPES.integer, '12'], ["'1'", TYPES.boolean, 'true'], ['0x1F', null, '31'], ['1696625465526', TYPES.datetime, "'2023-10-06 20:51:05.526'"], ["'1696625465526'", TYPES.datetime, "'2023-10-06 20:51:05.526'"],
    ["'2020-01-01T10:00:00+02:00'", TYPES.datetime, "'2020-01-01 08:00:00'"], ['NULL', TYPES.datetime, 'NULL'], ["X'6869'", TYPES.bytes, "'\\x6869'"], ["'back\\slash'", TYPES.text, "E'back\\\\slash'"], ['used', TYPES.text, `CASE WHEN "used" THEN '1' WHEN NOT "used" THEN '0' END`], ['n', TYPES.text, '"n"::text'], ['used', TYPES.integer, '"used"::integer'], ['n + 1', TYPES.boolean, '"n" + 1 <> 0'], ['ms', TYPES.bigint, '(extract(epoch FROM "ms") * 1000)::bigint'], ['coalesce(used, 0)', null, 'COALESCE("used", false)'], ["meta ->> '$.a.b'", null, `"meta"::jsonb #>> '{a,b}'`], ["datetime('now')", TYPES.text, `to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')`], ['name = \'a\' COLLATE NOCASE', null, `lower("name") = lower('a')`], ['max(n, 1)', null, 'GREATEST("n", 1)'], ['name IS email', null, '"name" IS NOT DISTINCT FROM "email"'],
  ])('%s as %o', (sql, want, pg) => {
    expect(value(sql, want)).toBe(pg);
  });

  test.each([['used', '"used"'], ['n', '"n" <> 0'], ['1', 'true'], ['NOT n', 'NOT "n" <> 0'], ['used AND n', '"used" AND "n" <> 0'], ['(n OR used) AND 1', '("n" <> 0 OR "used") AND true']])('%s as a condition', (sql, pg) => {
    expect(truth(sql)).toBe(pg);
  });

  test.each<readonly [string, PgType, string | null]>([
    ["'it''s'", TYPES.text, "'it''s'"], ['"str"', TYPES.text, "'str'"], ['word', TYPES.text, "'word'"], ['NULL', TYPES.text, null], ['1', TYPES.boolean, 'true'], ['false', TYPES.boolean, 'false'], ['-1', TYPES.integer, '-1'], ['1.10', TYPES.decimal, '1.10'], ['(1)', TYPES.text, "'1'"], ["'5'", TYPES.integer, '5'], ['CURRENT_TIMESTAMP', TYPES.datetime, 'CURRENT_TIMESTAMP'], ["(datetime('now'))", TYPES.datetime, 'CURRENT_TIMESTAMP'], ["(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", TYPES.datetime, 'CURRENT_TIMESTAMP'], ['(unixepoch() * 1000)', TYPES.datetime, 'CURRENT_TIMESTAMP'], ['(unixepoch())', TYPES.integer, 'floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint'], ["(strftime('%s', 'now'))", TYPES.integer, 'floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint'], ['CURRENT_TIMESTAMP', TYPES.text, `to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')`],
    ["'2020-01-01 00:00:00 +00:00'", TYPES.datetime, "'2020-01-01 00:00:00 +00:00'"], ["'{\"a\":1}'", TYPES.json, "'{\"a\":1}'"], ["'68656c6c6f'", TYPES.bytes, "'\\x68656c6c6f'"], ["X'00ff'", TYPES.bytes, "'\\x00ff'"], ['(lower(hex(randomblob(16))))', TYPES.text, "replace(gen_random_uuid()::text, '-', '')"], ['(1 + 2)', TYPES.integer, '(1 + 2)'], ["'USER'", { family: 'enum', sql: '"Role"' }, "'USER'"],
  ])('DEFAULT %s for %o', (sql, type, pg) => {
    const text = fallback(sql, type);
    expect(text).toBe(pg);
    if (text !== null) expect(() => parses(`CREATE TABLE t (c text DEFAULT ${text})`)).not.toThrow();
  });
});

describe('changes of type', () => {
  const column = (name: string, type: PgType) => ({ sql: `"${name}"`, type });

  test.each<readonly [PgType, PgType, string]>([
    [TYPES.integer, TYPES.boolean, '"c" <> 0'], [TYPES.integer, TYPES.datetime, `to_timestamp("c" / 1000.0) AT TIME ZONE 'UTC'`], [TYPES.boolean, TYPES.integer, '"c"::integer'], [TYPES.text, TYPES.json, '"c"::jsonb'], [TYPES.text, TYPES.integer, '"c"::integer'], [TYPES.boolean, TYPES.text, `CASE WHEN "c" THEN '1' WHEN NOT "c" THEN '0' END`], [TYPES.datetime, TYPES.bigint, '(extract(epoch FROM "c") * 1000)::bigint'], [TYPES.text, TYPES.datetime, '"c"::timestamp(3)'], [TYPES.text, { family: 'enum', sql: '"Role"' }, '"c"::"Role"'], [TYPES.text, TYPES.bytes, `convert_to("c", 'UTF8')`], [TYPES.bytes, TYPES.text, `convert_from("c", 'UTF8')`], [TYPES.datetime, TYPES.text, `to_char("c", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`],
  ])('%o to %o', (from, to, pg) => {
    expect(converted(column('c', from), to)).toBe(pg);
    expect(needsUsing(from, to)).toBe(true);
    expect(() => parses(`ALTER TABLE t ALTER COLUMN c SET DATA TYPE ${to.sql} USING (${pg})`)).not.toThrow();
  });

  test.each<readonly [PgType, PgType]>([[TYPES.integer, TYPES.bigint], [TYPES.integer, TYPES.text], [TYPES.bigint, TYPES.float], [TYPES.float, TYPES.text], [TYPES.text, { family: 'text', sql: 'VARCHAR(19)' }], [TYPES.integer, TYPES.decimal]])('%o to %o by itself', (from, to) => {
    expect(needsUsing(from, to)).toBe(false);
    expect(converted(column('c', from), to)).toBe('"c"');
  });
});

describe('what is refused', () => {
  test.each([
    'UPDATE Item SET nothere = 1', 'UPDATE Item SET n = nothere', 'UPDATE Item SET n = 3000000000', "UPDATE Item SET n = 'abc'", "UPDATE Item SET used = 'maybe'", "UPDATE Item SET at = 'soon'", "UPDATE Item SET doc = 'no json'", 'UPDATE OR IGNORE Item SET n = 1', 'DELETE FROM Nowhere', 'INSERT OR REPLACE INTO Item (id, email, n) VALUES (1, \'a\', 2)', 'INSERT OR REPLACE INTO Pair (a) VALUES (\'x\')', 'INSERT OR ROLLBACK INTO Log (label) VALUES (\'a\')', "INSERT INTO Pair (a, b) VALUES ('a', 1) ON CONFLICT (a) DO NOTHING ON CONFLICT (b) DO NOTHING",
    "UPDATE Item SET name = typeof(n)", "UPDATE Item SET name = printf('%d', n)", 'UPDATE Item SET n = last_insert_rowid()', "UPDATE Item SET name = substr(name, -3, 2)", "UPDATE Item SET n = 1 WHERE name MATCH 'x'", 'UPDATE Item SET n = 1 WHERE name COLLATE RTRIM = \'x\'', "UPDATE Item SET n = 1 WHERE substr(name, 1, 1) = 5", "UPDATE Item SET name = strftime('%w', at)", "UPDATE Item SET at = datetime(at, 'weekday 1')", "UPDATE Item SET n = 1 WHERE json_valid(meta)", 'UPDATE Item SET n = 1 WHERE name', 'UPDATE Item SET n = ?', 'UPDATE Owner SET itemId = rowid', "UPDATE Item SET name = (SELECT key FROM json_each(Item.meta))", 'UPDATE Item SET name = (SELECT atom FROM json_tree(Item.meta))', 'UPDATE Item SET n = 1 WHERE name GLOB email',
  ])('%s', (sql) => {
    expect(() => data(sql)).toThrow(Untranslatable);
  });

  test.each([
    ['SELECT name, count(*) FROM Item GROUP BY used', '"name" must stand in GROUP BY or in an aggregate: SQLite takes it from any row of the group', 7],
    ['SELECT name, max(n) FROM Item', '"name" must stand', 7], ['SELECT max(n) FROM Item ORDER BY name', '"name" must stand', 33], ['SELECT used FROM Item GROUP BY used HAVING n > 3', '"n" must stand', 43], ['SELECT count(*) FROM Item HAVING name = 1', '"name" must stand', 33],
    ['SELECT used, name FROM Item GROUP BY 1', '"name" must stand', 13], ['SELECT used AS u, lower(name) FROM Item GROUP BY u', '"name" must stand', 24], ['SELECT * FROM Item GROUP BY used', '"id" must stand', 6], ['SELECT o.name, i.name FROM Item i JOIN Owner o ON o.itemId = i.id GROUP BY i.id', '"name" must stand', 7],
    ['SELECT b, count(*) FROM Pair GROUP BY a', '"b" must stand', 7], ['SELECT name, lower(name) FROM Item GROUP BY lower(name)', '"name" must stand', 7], ['SELECT name FROM Item GROUP BY name COLLATE NOCASE', '"name" must stand', 7], ['SELECT used, sum(n) OVER () FROM Item GROUP BY used', '"n" must stand', 17],
    ['SELECT name AS x, count(*) FROM Item', '"name" must stand', 7], ['SELECT used FROM Item GROUP BY used ORDER BY max(n), name', '"name" must stand', 53], ['SELECT label FROM (SELECT id, name AS label FROM Item) GROUP BY id', '"label" must stand', 7],
    ['SELECT (SELECT max(score) FROM Owner o WHERE o.name = Item.name), count(*) FROM Item GROUP BY used', '"name" must stand', 54], ['SELECT used, EXISTS (SELECT 1 FROM Owner WHERE itemId = n) FROM Item GROUP BY used', '"n" must stand', 56],
    ['SELECT DISTINCT used FROM Item ORDER BY name', 'SELECT DISTINCT is ordered by name, which is not in its list', 40], ['SELECT DISTINCT name FROM Item ORDER BY lower(name)', 'SELECT DISTINCT is ordered by lower(name)', 40], ['SELECT DISTINCT name FROM Item ORDER BY name COLLATE NOCASE', 'SELECT DISTINCT is ordered by', 40],
    ['SELECT group_concat(DISTINCT name ORDER BY id) FROM Item', 'an aggregate of DISTINCT values', 43],
    ["SELECT 'a' || char(0)", 'char(0)', 19],
  ])('%s', (sql, words, offset) => {
    const node = grammar.statements(sql)[0]?.node;
    const thrown: unknown = (() => { try { return node?.type === 'SelectStmt' && query(node.body, contextOf(sql, ALL), null, null); } catch (error) { return error; } })();
    expect(thrown instanceof Untranslatable ? [thrown.message.slice(0, words.length), thrown.offset] : thrown).toEqual([words, offset]);
  });

  test.each([['2024-02-30 10:00:00'], ['2023-02-29'], ['0000-01-01'], ['2024-13-01']])('%s, which is no date', (text) => {
    expect(() => data(`UPDATE Item SET at = '${text}'`)).toThrow(`'${text}' is no date`);
    expect(() => data(`INSERT INTO Log (time) VALUES (datetime('${text}'))`)).toThrow(`'${text}' is no date`);
  });

  test.each(['UPDATE Item SET n = 1.5', "UPDATE Item SET n = '1.5'", 'UPDATE Item SET n = -0.25', 'INSERT INTO Log (id, count) SELECT 1, 2.5', 'UPDATE Item SET n = CASE WHEN used THEN 1.5 ELSE 1 END', `UPDATE Item SET doc = '{"a":"\\u0000"}'`])('%s', (sql) => {
    expect(() => data(sql)).toThrow(Untranslatable);
  });

  test('at the place where it stands', () => {
    const sql = 'UPDATE Item SET n = 1, name = typeof(n)';
    const thrown: unknown = (() => { try { return data(sql); } catch (error) { return error; } })();
    expect(thrown instanceof Untranslatable ? thrown.offset : -1).toBe(sql.indexOf('typeof'));
  });
});

describe('queries', () => {
  const ask = (sql: string) => {
    const node = grammar.statements(sql)[0]?.node;
    if (node?.type !== 'SelectStmt') throw new Error(`no query: ${sql}`);
    return query(node.body, contextOf(sql, ALL), null, null);
  };

  test('columns with SQLite\'s names and their types, and what is read', () => {
    const found = ask('WITH o AS (SELECT * FROM Owner) SELECT i.ID, count(*) AS total, o.active FROM item i JOIN o ON o.itemId = i.id GROUP BY 1, o.active');
    expect(found.columns.map(({ name, type }) => [name, type?.sql])).toEqual([['id', 'INTEGER'], ['total', 'BIGINT'], ['active', 'BOOLEAN']]);
    expect([...found.reads].sort()).toEqual(['item', 'owner']);
  });

  test('the place of NULL is said where something hangs on the order', () => {
    expect(ask('SELECT id FROM Item ORDER BY n LIMIT 1').sql).toBe('SELECT "id" FROM "Item" ORDER BY "n" NULLS FIRST LIMIT 1');
    expect(ask('SELECT id FROM Item ORDER BY n DESC LIMIT 2, 3').sql).toBe('SELECT "id" FROM "Item" ORDER BY "n" DESC NULLS LAST LIMIT 3 OFFSET 2');
    expect(ask('SELECT id FROM Item ORDER BY n').sql).toBe('SELECT "id" FROM "Item" ORDER BY "n"');
  });
});

test('everything that is asked of both databases parses as PostgreSQL', () => {
  for (const one of EXPRESSIONS) expect(() => parses(`SELECT ${value(typeof one === 'string' ? one : one.sql)}`), JSON.stringify(one)).not.toThrow();
  for (const one of DATA) for (const statement of data(typeof one === 'string' ? one : one.sql)) expect(() => parses(statement), statement).not.toThrow();
  expect([EXPRESSIONS.length >= 150, QUERIES.length >= 40, DATA.length >= 60]).toEqual([true, true, true]);
});
