// No miss: every kind of damage is found, and repaired or held back with its reason; no seeded row is lost; a second run does
// nothing; Prisma's own engine agrees wherever the repair was whole.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/database/session.ts';
import { checkedFindings } from '../../src/cli/views.ts';
import { DAMAGES, type Damage } from '../support/damage.ts';
import { MAJORS, withDatabase, type TestDatabase } from '../support/database.ts';
import { engineDiff } from '../support/oracle.ts';
import { apply, buildFromEngine, look, plan, ROOT, words, workspaceFor } from '../support/project.ts';

const SCHEMA = join(ROOT, 'fixtures', 'damage', 'schema.prisma');
const SEED = readFileSync(join(ROOT, 'fixtures', 'damage', 'seed.sql'), 'utf8');
const TABLES = ['User', 'Post', 'Badge', '_BadgeToUser'];

/** Prisma's engine re-creates a computed default for ever. */
const ENGINE_NOISE = /^-- AlterTable\nALTER TABLE "Post" ALTER COLUMN "day" SET DEFAULT \(now\(\) AT TIME ZONE 'utc'\);$/;

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test.each(DAMAGES)('$name', async (damage) => {
    await withDatabase(major, async (database) => {
      const workspace = await workspaceFor(SCHEMA, database.url);
      await buildFromEngine(database, workspace);
      await database.run(SEED);
      const rows = await contents(database.session);
      await database.run(damage.sql);

      const repair = await plan(database, workspace);
      expectPlanned(damage, repair.plan.steps.map(({ title }) => title), repair.plan.withheld.map(({ hazard }) => hazard));
      if (damage.finding) expect(checkedFindings(repair).map(({ code }) => code)).toContain(damage.finding);
      if (repair.scripts.length > 0) expect(repair.rehearsal).toMatchObject({ outcome: 'converged', gaps: [] });
      await apply(database, workspace, repair);

      const decided = damage.with ? await plan(database, workspace, { fill: [], allow: [], rename: [], ...damage.with }) : null;
      if (decided) {
        expect(decided.plan.steps.length).toBeGreaterThan(0);
        expect(decided.rehearsal.outcome).toBe('converged');
        await apply(database, workspace, decided);
      }

      const whole = damage.hazard === undefined || damage.with !== undefined;
      const after = await look(database, workspace);
      if (whole) expect(words(after)).toEqual(damage.leaves ?? []);
      else expect(words(after).length).toBeGreaterThan(0);
      if (!damage.engineDiffers) expect((await engineDiff(database.url, workspace.project.schema.files)).replace(ENGINE_NOISE, '')).toBe('');
      expectKept(rows, await contents(database.session), damage);
      await expectQuiet(database, [...repair.scripts, ...(decided?.scripts ?? [])]);
    });
  });
});

function expectPlanned(damage: Damage, steps: readonly string[], hazards: readonly string[]): void {
  if (damage.repaired) expect([steps.length > 0, hazards]).toEqual([true, []]);
  else if (damage.hazard) expect(hazards).toContain(damage.hazard);
  else expect([steps, hazards]).toEqual([[], []]);
}

type Contents = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Rows of every seeded table that is there, by column. */
async function contents(session: Session): Promise<Contents> {
  const found: Record<string, readonly Readonly<Record<string, unknown>>[]> = {};
  for (const table of TABLES) {
    const [[kind] = []] = await session.run(`SELECT (SELECT relkind FROM pg_class WHERE oid = to_regclass('"${table}"'))::text`);
    if (kind?.[0] !== 'r') continue;
    const [rows = []] = await session.run(`SELECT to_json(t)::text FROM "${table}" t`);
    found[table] = rows.map(([json]) => JSON.parse(String(json)) as Record<string, unknown>).sort((a, b) => (JSON.stringify(a['id'] ?? a['A']) < JSON.stringify(b['id'] ?? b['A']) ? -1 : 1));
  }
  return found;
}

function expectKept(before: Contents, after: Contents, { loses = [], emptied = [] }: Damage): void {
  for (const [table, rows] of Object.entries(before)) {
    if (emptied.includes(table)) continue;
    const strip = (row: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(row).filter(([column]) => column in (rows[0] ?? {}) && !loses.includes(`${table}.${column}`)));
    // A type that was changed may print its values otherwise; that they are all there is counted.
    expect([table, after[table]?.length]).toEqual([table, rows.length]);
    expect(after[table]?.map(strip).map(withoutZone)).toEqual(rows.map(strip).map(withoutZone));
  }
}

function withoutZone(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, typeof value === 'string' ? value.replace(/(\d\d:\d\d:\d\d(\.\d+)?)\+00:00$/, '$1') : value]));
}

/** Run again, the scripts write nothing and take no lock above ACCESS SHARE. */
async function expectQuiet({ session }: TestDatabase, scripts: readonly { readonly sql: string; readonly transaction: string }[]): Promise<void> {
  for (const { sql, transaction } of scripts) {
    if (transaction === 'outside') continue;
    const results = await session.run(`BEGIN;\n${sql}\nSELECT txid_current_if_assigned()::text, (SELECT string_agg(DISTINCT mode, ', ') FROM pg_locks WHERE pid = pg_backend_pid() AND locktype IN ('relation', 'advisory') AND mode <> 'AccessShareLock'); COMMIT`);
    expect(results.at(-2)).toEqual([[null, null]]);
  }
}
