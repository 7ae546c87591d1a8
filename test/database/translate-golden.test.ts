// Translations written down: SQLite in, PostgreSQL out, to the letter. Each is run on every version of PostgreSQL, without rows and with
// rows, and judged by Prisma's engine and by the rows. MEND_WRITE=1 exchanges what is expected for what came.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { translateFiles } from '../../src/run/translate.ts';
import { problemsOf, type VerifiedMigration } from '../../src/run/verify.ts';
import { compareRows } from '../../src/run/verify/compare.ts';
import { openSqlite } from '../../src/scratch/sqlite.ts';
import type { TranslatedFile } from '../../src/sqlite/types.ts';
import { freshDatabase, MAJORS, NEWEST, type TestDatabase } from '../support/database.ts';
import { translated, verify } from '../support/sqlite.ts';
import { goldens, refusedAs, rewrite, writtenAs, type Golden, type Written } from '../support/translate-golden.ts';

const WRITE = process.env['MEND_WRITE'] !== undefined && process.env['CI'] === undefined;
const GOLDENS = goldens();
const RUN = GOLDENS.filter(({ section }) => section('refused') === null);

async function written({ files, options }: Golden): Promise<Written> {
  const sql = files.at(-1)?.sql ?? '';
  const result = await translateFiles(files, options);
  if (!result.ok) return result.refused.name === files.at(-1)?.name ? refusedAs(sql, result.refused) : { out: null, notes: null, refused: `-- before: ${result.refused.message}\n` };
  const last = result.files.at(-1);
  if (last === undefined) throw new Error('nothing came of it');
  return writtenAs(sql, last);
}

test('there are cases, and each is whole', () => {
  expect(GOLDENS.length).toBeGreaterThan(150);
  for (const group of ['bad', 'dance', 'data', 'ddl', 'history']) expect(GOLDENS.filter(({ name }) => name.startsWith(`${group}-`)).length).toBeGreaterThan(1);
  for (const { name, section } of GOLDENS) expect([name, section('in') !== null, (section('out') === null) !== (section('refused') === null)]).toEqual([name, true, true]);
});

describe('to the letter', () => {
  test.each(GOLDENS)('$name', async (golden) => {
    const came = await written(golden);
    if (WRITE) return rewrite(golden, came);
    expect(came).toEqual({ out: golden.section('out'), notes: golden.section('notes'), refused: golden.section('refused') });
  });
});

describe.each(MAJORS)('on PostgreSQL %s', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase(major);
  });
  afterAll(async () => {
    await database.drop();
  });

  const here = RUN.filter(({ since }) => since <= major);

  test.each(here)('$name runs on empty tables, and to the same rows', async ({ files, options }) => {
    await database.session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const output = await translated(files, options);
    for (const { sql } of output) await database.session.run(sql);
    if (!isJudged(output)) return;
    const sqlite = await openSqlite();
    for (const { sql } of files) sqlite.run(sql);
    const { different } = await compareRows(sqlite, database.session, Date.now());
    sqlite.close();
    expect(different).toEqual([]);
  });

  // Schemas and refusals are the newest version's to judge; that the text runs, every version's.
  test.each(major === NEWEST ? here : [])('$name comes to the same schema and the same rows', async ({ name, files, withRows, options, section }) => {
    const sources = withRows ?? files;
    const output = await translated(sources, options);
    const { migrations } = await verify(database.session, sources, output);
    const last = migrations.at(-1) as VerifiedMigration;
    if (process.env['MEND_SAY'] !== undefined) process.stdout.write(`${name}: ${JSON.stringify(last)}\n`);
    const judged = isJudged(output);
    const [, ...differences] = lines(section('engine'));
    const problems = migrations.flatMap(problemsOf);
    expect(problems.toSorted()).toEqual(differences.toSorted());
    const gaps = judged ? last.gaps : [];
    if (section('engine') === null) expect(gaps).toEqual([]);
    else expect(gaps.length + problems.length).toBeGreaterThan(0);
    expect(last.refusedBy?.by ?? null).toBe(lines(section('rows refused'))[0] ?? null);
    expect(last.catalogs === 'notCompared').toBe(!judged);
  });
});

/** Of PostgreSQL's own statements, and of what is left to a person, nobody can say what SQLite would have made. */
function isJudged(output: readonly TranslatedFile[]): boolean {
  return output.every(({ was, notes }) => was !== 'postgresql' && was !== 'half' && notes.every(({ kind }) => kind === 'note'));
}

/** Of an `engine` section the first line says why the engine cannot judge, the others what it asks for all the same. */
function lines(section: string | null): readonly string[] {
  return section === null ? [] : section.trim().split('\n').map((line) => line.replace(/^-- /, ''));
}
