// Histories with hands in them: expressions in copies, quotes of every kind, rows moved, keys and types changed. The rows in both
// databases must come out the same, and what PostgreSQL alone refuses must have been said.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, MAJORS, NEWEST, withDatabase, type TestDatabase } from '../support/database.ts';
import { complaints, OPTIONS, translated, verify } from '../support/sqlite.ts';
import { HISTORIES } from '../support/sqliteHistories.ts';
import { MIGRATIONS, TABLES } from '../support/sqliteStatements.ts';

describe.each(MAJORS)('on PostgreSQL %s', (major) => {
  test.each(HISTORIES)('$name', async ({ name, files }) => {
    const output = await translated(files, { ...OPTIONS, server: major });
    expect(output.flatMap(({ notes }) => notes.filter(({ kind }) => kind === 'manual').map(({ message }) => message))).toEqual([]);
    const { migrations } = await withDatabase(major, ({ session }) => verify(session, files, output));
    if (process.env['MEND_SAY'] !== undefined) process.stdout.write(`${output.map(({ name, sql, notes }) => `-- ${name}\n${sql}\n${notes.map(({ code, message }) => `-- ${code}: ${message}\n`).join('')}`).join('\n')}${migrations.map((one) => `${JSON.stringify(one)}\n`).join('')}`);
    expect(complaints({ judge: '', migrations })).toEqual([]);
    // Where the schema goes beyond what Prisma knows, it is not all that is judged.
    if (name !== 'beyond Prisma') expect(migrations.flatMap(({ gaps }) => gaps)).toEqual([]);
    // Before the first there is no table.
    expect(migrations.slice(1).map(({ rows }) => rows.rows > 0)).toEqual(files.slice(1).map(() => true));
  });
});

describe('one migration, with rows', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase(NEWEST);
  });
  afterAll(() => database.drop());

  test.each(MIGRATIONS)('%s', async (name, sql) => {
    const files = [{ name: 'tables', sql: TABLES }, { name, sql }];
    const output = await translated(files);
    expect(output.flatMap(({ notes }) => notes.filter(({ kind }) => kind === 'manual').map(({ message }) => message))).toEqual([]);
    const verification = await verify(database.session, files, output);
    expect(complaints(verification).map((problem) => `${problem}\n${output[1]?.sql ?? ''}`)).toEqual([]);
    expect(verification.migrations[1]?.rows.rows).toBeGreaterThan(0);
  });
});
