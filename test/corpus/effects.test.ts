// Other people's migrations: after each, the catalog told from its statements is what the server shows.

import { afterAll, expect, test } from 'vitest';
import { emptyState, stateOf, type Effect } from '../../src/effects/types.ts';
import { introspect } from '../../src/introspect/introspect.ts';
import { flatProjects, pairs, projects, runHistory } from '../support/corpus.ts';
import { NEWEST, withDatabase } from '../support/database.ts';
import { applyScript, disagreements, loadReader } from '../support/effects.ts';

const PROJECTS = [...projects().filter(({ migrations }) => migrations.length > 0), ...flatProjects()];

interface Counts {
  exact: number;
  wrong: number;
  /** PostgreSQL refuses it, so what it does cannot be compared. */
  failed: number;
  /** It says itself that it does what no catalog shows. */
  opaque: number;
}

const total: Counts = { exact: 0, wrong: 0, failed: 0, opaque: 0 };

function isOpaque({ opaque }: Effect): boolean {
  return opaque.some(({ kind }) => kind !== 'rows');
}

test.each(PROJECTS)('$name', async ({ name, migrations }) => {
  const reader = await loadReader();
  await withDatabase(NEWEST, async (database) => {
    const counts: Counts = { exact: 0, wrong: 0, failed: 0, opaque: 0 };
    const lines: string[] = [];
    let state = emptyState('public');
    for (const migration of migrations) {
      const effects = reader.scripts.script(migration.sql).problem === null ? applyScript(reader, migration.sql, state) : null;
      state.home = 'public';
      const failed = await runHistory(database, [migration]);
      const schemas = [...state.objects.values()].flatMap(({ ref }) => (ref.kind === 'schema' ? [ref.name] : []));
      const live = await introspect(database.session, { home: 'public', schemas });
      const wrong = disagreements(reader, live, state, ['public', ...schemas]);
      const outcome = failed.length > 0 || effects === null ? 'failed' : effects.some(isOpaque) ? 'opaque' : wrong.length > 0 ? 'wrong' : 'exact';
      counts[outcome]++;
      total[outcome]++;
      if (outcome === 'opaque') process.stdout.write(`  ${migration.name}: ${effects?.flatMap((effect) => effect.opaque.map((one) => ('why' in one ? one.why : one.verb))).join('; ')}${wrong.length > 0 ? ` (${wrong.length} not told)` : ''}\n`);
      if (outcome === 'wrong') lines.push(...wrong.map((line) => `${migration.name}: ${line}`));
      // Each migration is judged alone.
      if (outcome !== 'exact') state = stateOf(live);
    }
    process.stdout.write(`${name}: ${migrations.length} migrations, ${JSON.stringify(counts)}\n`);
    expect(lines.join('\n')).toBe('');
  });
});

/** Scripts of the test suites of other tools: a database, another one, and the way from one to the other. */
test.each(pairs())('$name', async ({ name, scripts }) => {
  const reader = await loadReader();
  const counts: Counts = { exact: 0, wrong: 0, failed: 0, opaque: 0 };
  const lines: string[] = [];
  await withDatabase(NEWEST, async (database) => {
    for (const { id, before, sql } of scripts) {
      await database.run(RESET).catch(() => undefined);
      if (before !== '' && (await database.session.run(before).then(() => false, () => true))) continue;
      if (reader.scripts.script(sql).problem !== null) continue;
      const schemas = async () => (await database.run("SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')")).map(([schema]) => String(schema));
      const state = stateOf(await introspect(database.session, { home: 'public', schemas: await schemas() }));
      const fresh = emptyState('public');
      const prepared = before === '' || reader.scripts.script(before).problem !== null ? [] : applyScript(reader, before, fresh);
      fresh.home = 'public';
      const known = before !== '' && !prepared.some(isOpaque) ? fresh : state;
      const effects = applyScript(reader, sql, known);
      const failed = await database.session.run(sql).then(() => false, () => true);
      await database.session.run('ROLLBACK; RESET search_path').catch(() => undefined);
      const scope = await schemas();
      const wrong = failed ? [] : disagreements(reader, await introspect(database.session, { home: 'public', schemas: scope }), known, ['public', ...scope]);
      const outcome = failed ? 'failed' : effects.some(isOpaque) ? 'opaque' : wrong.length > 0 ? 'wrong' : 'exact';
      counts[outcome]++;
      if (outcome === 'opaque' && process.env['MEND_VERBOSE']) process.stdout.write(`  ${id}: ${effects.flatMap((effect) => effect.opaque.map((one) => ('why' in one ? one.why : one.verb))).join('; ')}\n`);
      if (outcome === 'wrong') lines.push(...wrong.filter((line) => !EXPLAINED.test(line)).map((line) => `${id}: ${line}`));
    }
  });
  process.stdout.write(`${name}: ${JSON.stringify(counts)}\n`);
  expect(lines.join('\n')).toBe('');
});

/** Money is printed with the sign of the server's locale; the functions of a multirange type exist from PostgreSQL 14 on. */
const EXPLAINED = /default: live "'\$|only live \["function","\w*","","\w*multirange"\]/;

const RESET = `ROLLBACK; RESET ALL; DO $$ DECLARE s text; BEGIN
  FOR s IN SELECT e.extname FROM pg_extension e WHERE e.extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', s); END LOOP;
  FOR s IN SELECT n.nspname FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP;
  FOR s IN SELECT p.pubname FROM pg_publication p LOOP EXECUTE format('DROP PUBLICATION %I', s); END LOOP;
  FOR s IN SELECT t.evtname FROM pg_event_trigger t LOOP EXECUTE format('DROP EVENT TRIGGER %I', s); END LOOP;
  FOR s IN SELECT t.srvname FROM pg_foreign_server t LOOP EXECUTE format('DROP SERVER %I CASCADE', s); END LOOP;
END $$; CREATE SCHEMA public`;

afterAll(() => {
  process.stdout.write(`all: ${JSON.stringify(total)}\n`);
  expect(total.exact).toBeGreaterThan(300);
  expect(total.opaque).toBeLessThan(total.exact / 20);
});
