// No false alarm: what Prisma's engine builds is reported clean, whoever looks and however the database came about.

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { elaborate } from '../../src/source/ddl.ts';
import { introspect } from '../../src/introspect/introspect.ts';
import { schemaDdl } from '../../src/prisma/engine.ts';
import { equalField } from '../../src/diff/diff.ts';
import { freshDatabase, MAJORS, urlOf, withDatabase, type TestDatabase } from '../support/database.ts';
import { engineDiff } from '../support/oracle.ts';
import { buildFromEngine, look, SCHEMAS, words, workspaceFor } from '../support/project.ts';
import type { Workspace } from '../../src/run/workspace.ts';

/**
 * Where Prisma's own engine never stops finding differences against what it built itself: computed defaults, raw operator
 * classes, names PostgreSQL truncates, upper-case UUIDs. Its verdict says nothing there.
 */
const ENGINE_NOISE = /^(generated|indexes|extensions|names|types)$/;

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  describe.each(SCHEMAS)('$name', ({ name, path }) => {
    let database: TestDatabase;
    let workspace: Workspace;

    beforeAll(async () => {
      database = await freshDatabase(major);
      workspace = await workspaceFor(path, database.url);
      await buildFromEngine(database, workspace);
    });
    afterAll(() => database.drop());

    test('is clean', async () => {
      const checked = await look(database, workspace);
      expect(words(checked)).toEqual([]);
      expect(checked.comparison.extras.filter(({ kind }) => kind !== 'extension')).toEqual([]);
      expect(checked.comparison.desired.objects.size).toBeGreaterThan(5);
    });

    test.skipIf(ENGINE_NOISE.test(name))('Prisma says so too', async () => {
      expect(await engineDiff(database.url, workspace.project.schema.files)).toBe('');
    });

    test('for a role without any right', async () => {
      const role = `nobody_${name}`;
      await database.run(`DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN; REVOKE ALL ON SCHEMA public FROM public`);
      const session = await connect(parseUrl(urlOf(major, database.target.database, {}, role), 'test'));
      try {
        expect(words(await look({ session, target: database.target }, workspace))).toEqual([]);
      } finally {
        await session.close();
        await database.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    });

    test('the DDL read directly is what the server shows', async () => {
      const read = elaborate(await schemaDdl(workspace.project), 'public');
      const live = await introspect(database.session.run, { home: 'public', schemas: workspace.schemas });
      if (!('catalog' in read)) throw new Error(read.outside);
      for (const [key, object] of read.catalog.objects) {
        const shown = live.objects.get(key);
        if (shown === undefined) throw new Error(`${key} is not there`);
        // Texts of defaults and predicates, and operator classes that are a type's default, are compared by meaning elsewhere.
        const fields = Object.keys(object.def).filter((field) => !['default', 'predicate', 'keys', 'version', 'schema'].includes(field));
        expect([key, fields.filter((field) => !equalField(field, shown, object))]).toEqual([key, []]);
      }
    });

    test.skipIf(!canDump(major))('on a dumped and restored copy', async () => {
      await withDatabase(major, async (copy) => {
        const dump = execFileSync('pg_dump', ['--schema-only', '--no-owner', '--no-privileges', '-d', database.url], { maxBuffer: 64 << 20 }).toString();
        await copy.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        await copy.session.run(dump.split('\n').filter((line) => !/^(\\|SET transaction_timeout|CREATE SCHEMA public|COMMENT ON SCHEMA public)/.test(line)).join('\n'));
        const session = await connect(copy.target);
        try {
          expect(words(await look({ session, target: copy.target }, await workspaceFor(path, copy.url)))).toEqual([]);
        } finally {
          await session.close();
        }
      });
    });
  });
});

/** pg_dump refuses servers newer than itself. */
function canDump(major: number): boolean {
  try {
    return Number(/(\d+)/.exec(execFileSync('pg_dump', ['--version']).toString())?.[1]) >= major;
  } catch {
    return false;
  }
}

test('the whole of it works in a schema of another name', async () => {
  for (const major of MAJORS) {
    await withDatabase(
      major,
      async (database) => {
        await database.run('CREATE SCHEMA tenant');
        const workspace = await workspaceFor(SCHEMAS[0]!.path, database.url);
        await buildFromEngine(database, workspace);
        expect(words(await look(database, workspace))).toEqual([]);
      },
      { schema: 'tenant' },
    );
  }
});
