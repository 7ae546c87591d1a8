// SQLite's expressions, queries and data statements against what they are translated to: both databases hold the same rows and have
// to say the same.

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../../src/parse/sqlite.ts';
import { openSqlite } from '../../src/scratch/sqlite.ts';
import { dataStatement } from '../../src/sqlite/expression/data.ts';
import { expression } from '../../src/sqlite/expression/expression.ts';
import { query } from '../../src/sqlite/expression/query.ts';
import { relationScope } from '../../src/sqlite/expression/scope.ts';
import type { Grammar, SqliteDatabase } from '../../src/sqlite/types.ts';
import { freshDatabase, MAJORS, type TestDatabase } from '../support/database.ts';
import { alike, contextOf, fillPostgres, fillSqlite, ITEM, WORLD } from '../support/sqliteWorld.ts';
import { DATA, EXPRESSIONS, QUERIES } from '../support/sqliteCases.ts';

const RUNS = Number(process.env['MEND_RUNS'] ?? 300);

let grammar: Grammar;
let sqlite: SqliteDatabase;
const postgres = new Map<number, TestDatabase>();

beforeAll(async () => {
  [grammar, sqlite] = await Promise.all([loadGrammar(), openSqlite()]);
  fillSqlite(sqlite);
  for (const major of MAJORS) {
    const database = await freshDatabase(major);
    await fillPostgres(database.session);
    postgres.set(major, database);
  }
});

afterAll(async () => {
  sqlite.close();
  for (const database of postgres.values()) await database.drop();
});

function on(major: number): TestDatabase {
  const database = postgres.get(major);
  if (database === undefined) throw new Error(`no PostgreSQL ${major}`);
  return database;
}

function translated(sql: string): string {
  const text = `SELECT ${sql}\n`;
  const [statement] = grammar.statements(text);
  const select = statement?.node.type === 'SelectStmt' ? statement.node.body.select : undefined;
  const column = select?.type === 'SelectFrom' ? select.columns[0] : undefined;
  if (column?.type !== 'ExprResultColumn') throw new Error(`no expression: ${sql}`);
  return expression(column.expr, relationScope(ITEM), contextOf(text, WORLD), null).sql;
}

function translatedQuery(sql: string): string {
  const node = grammar.statements(sql)[0]?.node;
  if (node?.type !== 'SelectStmt') throw new Error(`no query: ${sql}`);
  return query(node.body, contextOf(sql, WORLD), null, null).sql;
}

function translatedData(sql: string): readonly string[] {
  const node = grammar.statements(sql)[0]?.node;
  if (node?.type !== 'InsertStmt' && node?.type !== 'UpdateStmt' && node?.type !== 'DeleteStmt') throw new Error(`no data statement: ${sql}`);
  return dataStatement(node, contextOf(sql, WORLD));
}

interface Both {
  readonly postgres: readonly string[];
  readonly sqlite: readonly string[];
}

/** Both answers as text, row by row; `loose`: whatever order. */
async function answers(major: number, sql: string, original: string, loose: boolean): Promise<Both> {
  const answer = await on(major).session.query({ sql, args: [] });
  const rows = sqlite.rows(original);
  // A row is normalised with the types of PostgreSQL's columns and a partner of the same number; sorted ones need no partner for that.
  const mine = answer.rows.map((row) => JSON.stringify(row.map((cell, index) => alike(cell, answer.fields[index]?.oid ?? 0, sample(cell, answer.fields[index]?.oid ?? 0))[0])));
  const theirs = rows.map((row) => JSON.stringify(row.map((cell, index) => alike(fill(answer.fields[index]?.oid ?? 0), answer.fields[index]?.oid ?? 0, cell)[1])));
  return loose ? { postgres: mine.sort(), sqlite: theirs.sort() } : { postgres: mine, sqlite: theirs };
}

/** Something that is not NULL, so that the other side is made into the form that is compared. */
function fill(oid: number): string {
  return oid === 3802 || oid === 114 ? '1' : oid === 1114 ? '2000-01-01 00:00:00' : '1';
}

function sample(cell: string | null, oid: number): unknown {
  return cell === null ? null : oid === 1114 ? '2000-01-01 00:00:00' : '1';
}

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  const known = ({ since = 12 }: { readonly since?: number }) => since <= major;

  test.each(EXPRESSIONS.map((one) => (typeof one === 'string' ? { sql: one } : one)).filter(known))('expression: $sql', async ({ sql }) => {
    const pg = translated(sql);
    const both = await answers(major, `SELECT ${pg} FROM "Item" ORDER BY "Item"."id"`, `SELECT ${sql} FROM Item ORDER BY Item.id`, false).catch((error: unknown) => { throw new Error(`${pg}: ${String(error)}`, { cause: error }); });
    expect(both.postgres, pg).toEqual(both.sqlite);
  });

  test.each(QUERIES.map((one) => (typeof one === 'string' ? { sql: one, ordered: false } : one)).filter(known))('query: $sql', async ({ sql, ordered }) => {
    const pg = translatedQuery(sql);
    const both = await answers(major, pg, sql, ordered !== true).catch((error: unknown) => { throw new Error(`${pg}: ${String(error)}`, { cause: error }); });
    expect(both.postgres, pg).toEqual(both.sqlite);
  });

  test.each(DATA.map((one) => (typeof one === 'string' ? { sql: one } : one)).filter(known))('data: $sql', async ({ sql }) => {
    const statements = translatedData(sql);
    const { session } = on(major);
    sqlite.run('SAVEPOINT one');
    await session.run('BEGIN; ALTER SEQUENCE "Item_id_seq" RESTART WITH 7; ALTER SEQUENCE "Log_id_seq" RESTART');
    try {
      sqlite.run(sql);
      await session.run(statements.join(';\n')).catch((error: unknown) => { throw new Error(`${statements.join('; ')}: ${String(error)}`, { cause: error }); });
      for (const table of WORLD) {
        const columns = table.columns.map(({ name }) => `"${name}"`).join(', ');
        const both = await answers(major, `SELECT ${columns} FROM "${table.name}"`, `SELECT ${columns} FROM "${table.name}"`, true);
        expect(both.postgres, statements.join('; ')).toEqual(both.sqlite);
      }
    } finally {
      await session.run('ROLLBACK');
      sqlite.run('ROLLBACK TO one');
      sqlite.run('RELEASE one');
    }
  });

  test(`${RUNS} expressions made at random`, async () => {
    const samples = fc.sample(fc.oneof(whole(4), truth(4), words(4)), { numRuns: RUNS, seed: Number(process.env['MEND_SEED'] ?? 11) });
    const pairs = samples.map((sql) => {
      try {
        return { sql, pg: translated(sql) };
      } catch (error) {
        throw new Error(`${sql}: ${String(error)}`, { cause: error });
      }
    });
    for (let at = 0; at < pairs.length; at += 50) {
      const some = pairs.slice(at, at + 50);
      const ask = (asked: typeof pairs) => answers(major, `SELECT ${asked.map(({ pg }) => pg).join(', ')} FROM "Item" ORDER BY "Item"."id"`, `SELECT ${asked.map(({ sql }) => sql).join(', ')} FROM Item ORDER BY Item.id`, false);
      const both = await ask(some).catch(async (error: unknown) => {
        for (const one of some) await ask([one]).catch((why: unknown) => { throw new Error(`${one.sql}\n  ${one.pg}: ${String(why)}`, { cause: why }); });
        throw error;
      });
      const differing = some.filter((_, index) => both.postgres.some((row, line) => JSON.stringify((JSON.parse(row) as unknown[])[index]) !== JSON.stringify((JSON.parse(both.sqlite[line] ?? '[]') as unknown[])[index])));
      expect(differing).toEqual([]);
    }
  });
});

// Well-typed expressions. Numbers stay small enough for 64 bits, and comparisons are of one kind or of a column with a constant.

const join = (...parts: readonly (fc.Arbitrary<string> | string)[]) => fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''));

function whole(depth: number): fc.Arbitrary<string> {
  const leaf = fc.oneof(fc.constantFrom('id', 'Item.id', '"Order"', 'n % 1000', '[id]', '`Order`'), fc.integer({ min: -50, max: 50 }).map(String), fc.constantFrom('0x1F', 'nullif(id, id)'));
  if (depth === 0) return leaf;
  const [a, b] = [whole(depth - 1), whole(depth - 1)];
  return fc.oneof(
    leaf, join('(', a, fc.constantFrom(' + ', ' - '), b, ')'), join('(', a, ' % 100 * ', b, ' % 100)'), join(a, fc.constantFrom(' / ', ' % '), fc.constantFrom('3', '7', 'n', '(id - 2)')), join('- (', a, ')'), join('(', a, fc.constantFrom(' & ', ' | '), b, ')'), join('~ (', a, ')'),
    join('coalesce(', a, ', ', b, ')'), join('abs(', a, ')'), join('iif(', truth(depth - 1), ', ', a, ', ', b, ')'), join('CASE ', a, ' WHEN ', b, ' THEN ', a, ' ELSE ', b, ' END'), join('length(', words(depth - 1), ')'), join('(', truth(depth - 1), ') + ', a), join('nullif(', a, ', ', b, ')'),
  );
}

function words(depth: number): fc.Arbitrary<string> {
  const leaf = fc.constantFrom('name', 'email', "'x'", "'it''s'", '"no column"', "''", 'coalesce(name, email)');
  if (depth === 0) return leaf;
  const [a, b] = [words(depth - 1), words(depth - 1)];
  return fc.oneof(leaf, join('(', a, ' || ', b, ')'), join('(', a, ' || (', whole(depth - 1), '))'), join('substr(', a, ', ', fc.constantFrom('1', '2', '-2'), ')'), join('replace(', a, ", 'a', ", b, ')'), join('trim(', a, ')'), join('ifnull(', a, ', ', b, ')'), join('CASE WHEN ', truth(depth - 1), ' THEN ', a, ' ELSE ', b, ' END'), join('iif(', truth(depth - 1), ', ', a, ', ', b, ')'), join('CAST((', whole(depth - 1), ') AS TEXT)'));
}

function truth(depth: number): fc.Arbitrary<string> {
  const leaf = fc.constantFrom('used', 'used = 1', 'used = 0', 'used <> true', 'name IS NULL', 'n > 5', "email LIKE '%@%'", 'used IS NOT 1', "at >= '2020-01-01 00:00:00'", 'ms > 1600000000000', '"used" == 0');
  if (depth === 0) return leaf;
  const [a, b] = [truth(depth - 1), truth(depth - 1)];
  return fc.oneof(
    leaf, join('(', a, fc.constantFrom(' AND ', ' OR '), b, ')'), join('NOT (', a, ')'), join('(', whole(depth - 1), fc.constantFrom(' = ', ' <> ', ' < ', ' >= ', ' IS ', ' IS NOT '), whole(depth - 1), ')'), join('(', words(depth - 1), fc.constantFrom(' = ', ' != ', ' IS '), words(depth - 1), ')'),
    join('(', whole(depth - 1), ' BETWEEN ', whole(depth - 1), ' AND ', whole(depth - 1), ')'), join('(', whole(depth - 1), fc.constantFrom(' IN (', ' NOT IN ('), whole(depth - 1), ', ', whole(depth - 1), '))'), join('((', a, ') = (', b, '))'), join('(', words(depth - 1), ' IS NULL)'), join('EXISTS (SELECT 1 FROM Pair q WHERE q.b = Item.id AND ', a, ')'),
  );
}
