// Histories nobody wrote: Prisma's own engine writes the SQLite migrations between schemas made by chance; their translations are
// judged with rows in both databases after every step. MEND_PAIRS sets how many steps, MEND_SEED where to begin.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, NEWEST, OLDEST, type TestDatabase } from '../support/database.ts';
import { readPsl } from '../../src/prisma/psl.ts';
import { engineDiff } from '../support/oracle.ts';
import { complaints, postgresDdl, sqliteMigration, targetFrom, translated, verify } from '../support/sqlite.ts';
import { prismaText, randomChain, smaller, withRenames, type RandomSchema } from '../support/sqliteSchemas.ts';
import type { SourceFile } from '../../src/sqlite/types.ts';

const PAIRS = Number(process.env['MEND_PAIRS'] ?? 40);
const FIRST = Number(process.env['MEND_SEED'] ?? 1);
/** How many smaller schemas are tried after a failure. */
const SHRINKS = 80;
const MOST = Number(process.env['MEND_FAILURES'] ?? 3);

let databases: readonly TestDatabase[] = [];

beforeAll(async () => {
  databases = await Promise.all([...new Set([NEWEST, OLDEST])].map((major) => freshDatabase(major)));
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
});

/** Schemas the engine refuses are left out. */
async function historyOf(chain: readonly RandomSchema[]): Promise<{ readonly files: readonly SourceFile[]; readonly end: string | null }> {
  const files: SourceFile[] = [];
  let before: string | null = null;
  let last: RandomSchema | null = null;
  for (const [at, schema] of chain.entries()) {
    const after = prismaText(schema);
    const sql = await sqliteMigration(before, after).catch((error: unknown) => {
      if (process.env['MEND_SAY'] !== undefined) process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return null;
    });
    if (sql === null || sql.trim() === '') continue;
    files.push({ name: `2024010100000${at}_step`, sql: last === null ? sql : withRenames(sql, last, schema) });
    before = after;
    last = schema;
  }
  return { files, end: before };
}

/** `guide`: the schema the history ends in says the types. */
async function wrong(files: readonly SourceFile[], database: TestDatabase, guide: string | null): Promise<{ readonly problems: readonly string[]; readonly output: readonly SourceFile[]; readonly rows: number; readonly gaps: readonly string[] }> {
  let output: readonly SourceFile[] = [];
  try {
    const target = guide === null ? null : await targetFrom(await postgresDdl(guide));
    const result = await translated(files, { target, prisma: 7 });
    output = result;
    const manual = result.flatMap(({ notes }) => notes.filter(({ kind }) => kind === 'manual').map(({ message }) => `left to be done by hand: ${message}`));
    const verification = await verify(database.session, files, result, target);
    const left = guide === null ? '' : await engineDiff(database.url, [readPsl('schema.prisma', guide)]);
    return { problems: [...manual, ...complaints(verification), ...(left === '' ? [] : [`the end: Prisma would still run ${left}`])], output, rows: verification.migrations.reduce((sum, { rows }) => sum + rows.rows, 0), gaps: verification.migrations.flatMap(({ gaps }) => gaps) };
  } catch (error) {
    return { problems: [`thrown: ${error instanceof Error ? error.message : String(error)}`], output, rows: 0, gaps: [] };
  }
}

/** The kind of failure, without names. */
function kindOf([first = '']: readonly string[]): string {
  return first.replace(/^\S+: /, '').split(/[:"(]/)[0] ?? '';
}

async function shrunk(chain: readonly RandomSchema[], database: TestDatabase, kind: string, guided: boolean): Promise<readonly RandomSchema[]> {
  let best = chain;
  const budget = { left: SHRINKS };
  const fails = async (candidate: readonly RandomSchema[]) => {
    budget.left--;
    const { files, end } = await historyOf(candidate);
    return files.length > 0 && kindOf((await wrong(files, database, guided ? end : null)).problems) === kind;
  };
  for (let at = best.length - 1; at >= 0 && budget.left > 0; at--) {
    const shorter = best.filter((_, index) => index !== at);
    if (shorter.length > 0 && (await fails(shorter))) best = shorter;
  }
  for (let again = true; again && budget.left > 0; ) {
    again = false;
    for (const cut of best.flatMap(smaller)) {
      if (budget.left <= 0) break;
      const candidate = best.map(cut);
      if (JSON.stringify(candidate) === JSON.stringify(best) || !(await fails(candidate))) continue;
      best = candidate;
      again = true;
    }
  }
  return best;
}

async function report(seed: number, chain: readonly RandomSchema[], database: TestDatabase, problems: readonly string[], guided: boolean): Promise<string> {
  const least = await shrunk(chain, database, kindOf(problems), guided);
  const { files, end } = await historyOf(least);
  const { problems: left, output } = await wrong(files, database, guided ? end : null);
  const pages = files.map(({ name, sql }, at) => `-- ${name}, SQLite\n${sql}\n-- ${name}, PostgreSQL\n${output[at]?.sql ?? ''}`);
  return [`seed ${seed} (MEND_SEED=${seed} MEND_PAIRS=1)`, ...problems.slice(0, 5), '', 'the smallest found:', ...left.slice(0, 5), '', ...(process.env['MEND_SAY'] === undefined ? [] : least.map(prismaText)), ...pages].join('\n');
}

async function judgeChains(pairs: number, guided: boolean): Promise<void> {
  let [steps, rows, seed] = [0, 0, FIRST];
  const failures: string[] = [];
  const gaps: string[] = [];
  for (; steps < pairs && failures.length < MOST; seed++) {
    const chain = randomChain(seed);
    const { files, end } = await historyOf(chain);
    const database = databases[seed % databases.length];
    if (files.length === 0 || database === undefined) continue;
    const result = await wrong(files, database, guided ? end : null);
    steps += Math.max(1, files.length - 1);
    rows += result.rows;
    gaps.push(...result.gaps);
    if (result.problems.length > 0) failures.push(await report(seed, chain, database, result.problems, guided));
  }
  process.stdout.write(`${steps} steps from ${seed - FIRST} seeds, ${rows} rows compared, ${gaps.length} gaps${process.env['MEND_SAY'] === undefined ? '' : `\n${[...new Set(gaps)].join('\n')}`}\n`);
  expect(failures.join('\n\n')).toBe('');
  expect(steps).toBeGreaterThanOrEqual(pairs);
  expect(rows).toBeGreaterThan(pairs);
}

test(`${PAIRS} steps between random schemas`, { timeout: 3_600_000 }, () => judgeChains(PAIRS, false));

test(`${Math.ceil(PAIRS / 2)} steps, the last schema saying the types`, { timeout: 3_600_000 }, () => judgeChains(Math.ceil(PAIRS / 2), true));
