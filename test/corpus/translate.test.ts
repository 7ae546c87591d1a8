// Other people's SQLite histories: translated whole, run on every version of PostgreSQL, and judged after each migration by Prisma's
// engine and by the rows.

import { describe, expect, test } from 'vitest';
import { readPsl } from '../../src/prisma/psl.ts';
import { MAJORS, NEWEST, withDatabase } from '../support/database.ts';
import { engineDiff } from '../support/oracle.ts';
import { complaints, sqliteProjects, targetFrom, translated, verify } from '../support/sqlite.ts';

const PROJECTS = sqliteProjects();

test('the corpus has SQLite histories', () => {
  expect(PROJECTS.length).toBeGreaterThan(3);
  expect(PROJECTS.every(({ files }) => files.length > 0)).toBe(true);
});

describe.each(MAJORS)('on PostgreSQL %s', (major) => {
  test.each(PROJECTS)('$name', async ({ name, files }) => {
    const output = await translated(files);
    expect(output.flatMap(({ notes }) => notes.filter(({ kind }) => kind === 'manual').map(({ message }) => message))).toEqual([]);
    expect(output.map((file) => file.name)).toEqual(files.map((file) => file.name));
    const verification = await withDatabase(major, ({ session }) => verify(session, files, output));
    expect(complaints(verification)).toEqual([]);
    const gaps = verification.migrations.flatMap(({ gaps }) => gaps);
    const rows = verification.migrations.reduce((sum, one) => sum + one.rows.rows, 0);
    process.stdout.write(`${name} on ${major}: ${files.length} migrations, ${rows} rows compared, ${output.flatMap(({ notes }) => notes).length} notes, ${gaps.length} gaps\n${[...new Set(gaps)].map((gap) => `  ${gap}\n`).join('')}`);
    expect(rows).toBeGreaterThan(0);
    expect(verification.migrations.filter(({ catalogs }) => catalogs === 'notCompared')).toEqual([]);
  });
});

describe('with the project\'s own schema, said to be PostgreSQL\'s, as a guide: nothing is left for Prisma to do', () => {
  test.each(PROJECTS)('$name', async ({ files, schema, expected }) => {
    const target = await targetFrom(expected ?? '');
    const output = await translated(files, { target, prisma: 7 });
    await withDatabase(NEWEST, async ({ session, url }) => {
      expect(complaints(await verify(session, files, output, target))).toEqual([]);
      expect(await engineDiff(url, [readPsl('schema.prisma', schema ?? '')])).toBe('');
    });
  });
});
