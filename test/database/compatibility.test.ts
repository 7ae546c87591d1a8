// Prisma's own reading and ours, held against each other in both directions: it accepts the rows we write, and we say of its rows
// and files what it says. The judge is Prisma's engine; where an error code is wanted, the real command line of Prisma 6 and 7.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { loadModule, parsePlPgSQLSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalText } from '../../src/catalog/catalog.ts';
import { checkedFindings } from '../../src/cli/views.ts';
import { connect, type Session } from '../../src/database/session.ts';
import { failure } from '../../src/errors.ts';
import { NOTHING_STATED, type Stated } from '../../src/history/resolve.ts';
import { readHistory, type HistoryFacts } from '../../src/history/history.ts';
import { introspect } from '../../src/introspect/introspect.ts';
import { LEDGERS, readLedger } from '../../src/introspect/ledger.ts';
import { readSnapshot } from '../../src/introspect/snapshot.ts';
import { loadParser, type Parser } from '../../src/parse/parse.ts';
import { schemaDdl } from '../../src/prisma/ddl.ts';
import { readLock, readMigrations } from '../../src/prisma/migrations.ts';
import { applyScripts, fingerprint } from '../../src/run/apply.ts';
import { makeBaseline } from '../../src/run/baseline.ts';
import { checkOn, hintsOf, type Checked } from '../../src/run/check.ts';
import { ledgerDdl, ledgerStatements } from '../../src/run/ledger.ts';
import { settle, type Settled } from '../../src/run/settle.ts';
import { openWorkspace } from '../../src/run/workspace.ts';
import { MAJORS, NEWEST, withDatabase, type TestDatabase } from '../support/database.ts';
import { DAMAGES } from '../support/damage.ts';
import { devDiagnostic, engineDeploy, engineDiagnosis, engineDiff, engineResolve } from '../support/oracle.ts';
import { apply, buildFromEngine, plan, ROOT, SCHEMAS, workspaceFor } from '../support/project.ts';
import { inPlace, LOCK, schemaOf, writeBytes, type Place } from '../support/scenario.ts';

const USER_MODEL = 'model User {\n  id   Int     @id\n  name String?\n}';
const USER = 'CREATE TABLE "User" (\n    "id" INTEGER NOT NULL,\n    "name" TEXT,\n\n    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n';

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the database and the files are to this program. */
async function look({ app, database }: Place, stated: Partial<Stated> = {}): Promise<Checked> {
  const workspace = await openWorkspace({ cwd: app.path, environment: {}, url: database.url });
  return await checkOn(database.session, database.target, workspace, { hints: hintsOf(workspace, []), useCache: false, stated: { ...NOTHING_STATED, ...stated } });
}

async function resolve(place: Place, stated: Partial<Stated> = {}): Promise<Settled> {
  const whole = { ...NOTHING_STATED, ...stated };
  return await settle(place.database.session, await look(place, whole), { cwd: place.app.path, environment: {}, via: 'mend', stated: whole, files: 'all', signal: new AbortController().signal, progress: () => undefined });
}

async function factsOf({ app, database: { session, target } }: Place): Promise<HistoryFacts> {
  const [found = []] = await session.run(LEDGERS);
  const ledger = await readLedger(session.run, target.schema, [], found.map(([name]) => String(name)));
  return readHistory({ files: readMigrations(app.migrations), lock: readLock(app.migrations), ledger });
}

function codes(checked: Checked): readonly string[] {
  return checkedFindings(checked).filter(({ code }) => code.startsWith('HISTORY.')).map(({ code }) => code);
}

/** `ok`, or Prisma's code of the error, or its words where it has none. */
async function outcome(work: Promise<unknown>): Promise<string> {
  return await work.then(() => 'ok', (error: { readonly code?: unknown; readonly message?: unknown }) => String(error.code ?? error.message));
}

/** Every column that is no id and no time, and what the times say of each other. */
async function rows({ database }: Place): Promise<readonly unknown[]> {
  return (await database.run(`SELECT json_build_object('name', migration_name, 'checksum', checksum, 'logs', logs, 'steps', applied_steps_count, 'finished', finished_at IS NOT NULL, 'back', rolled_back_at IS NOT NULL,
    'at once', started_at = finished_at, 'id', id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')::text FROM _prisma_migrations ORDER BY started_at, id`)).map(([json]) => JSON.parse(String(json)));
}

describe.each(MAJORS)('C1 the ledger, PostgreSQL %i', (major) => {
  const SHAPE = `SELECT a.attnum::int4, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attstorage::text, a.attcollation::int4, a.attidentity::text, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '_prisma_migrations'::regclass AND a.attnum > 0 ORDER BY 1`;
  const REST = `SELECT c.relkind::text, c.relpersistence::text, (SELECT string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid), '; ' ORDER BY k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid), (SELECT string_agg(pg_get_indexdef(i.indexrelid), '; ') FROM pg_index i WHERE i.indrelid = c.oid) FROM pg_class c WHERE c.oid = '_prisma_migrations'::regclass`;
  const catalogOf = async ({ run, session }: TestDatabase) => [await run(SHAPE), await run(REST), canonicalText(await introspect(session, { home: 'public' }))];

  test('our table is the engine\'s', async () => {
    await inPlace(schemaOf(USER_MODEL), {}, async (place) => {
      expect(await engineDeploy(place.database.url, place.app.migrations)).toEqual([]);
      const theirs = await catalogOf(place.database);
      await withDatabase(major, async (other) => {
        await other.run(ledgerDdl('"public"._prisma_migrations'));
        expect(await catalogOf(other)).toEqual(theirs);
      });
      expect(await factsOf(place)).toMatchObject({ history: { ledger: { state: 'present', rows: [], shape: [] } } });
    }, { major });
  });

  test('with an empty ledger of ours deploy begins', async () => {
    await inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (place) => {
      await place.database.run('CREATE TABLE others (id int)');
      expect(await outcome(engineDeploy(place.database.url, place.app.migrations))).toBe('P3005');
      for (const statement of ledgerStatements([{ as: 'createLedger', because: '' }], 'public', false)) await place.database.run(statement);
      expect(await engineDeploy(place.database.url, place.app.migrations)).toEqual(['1_user']);
    }, { major });
  });
});

describe('C2 applied', () => {
  /** As the engine leaves it, and as we do: the same rows. */
  async function both(prepare: (place: Place) => Promise<void>, work: (place: Place) => Promise<void>, files: Readonly<Record<string, string>>, name: string): Promise<void> {
    const ledgers: (readonly unknown[])[] = [];
    for (const by of ['engine', 'mend'] as const) {
      await inPlace(schemaOf(USER_MODEL), files, async (place) => {
        await prepare(place);
        if (by === 'engine') await engineResolve(place.database.url, place.app.migrations, 'applied', name);
        else expect((await resolve(place, { applied: [name] })).undecided).toEqual([]);
        ledgers.push(await rows(place));
        await work(place);
      });
    }
    expect(ledgers[1]).toEqual(ledgers[0]);
    expect(ledgers[0]!.length).toBeGreaterThan(0);
  }

  /** Deploy has nothing to do, the diagnosis is clean, and each Prisma refuses to do it again. */
  async function accepted(place: Place, name: string): Promise<void> {
    const { app: { migrations }, database: { url } } = place;
    expect(await engineDeploy(url, migrations)).toEqual([]);
    const { drift = null, history = null, errorInUnappliedMigration = null, failedMigrationNames, editedMigrationNames } = await engineDiagnosis(url, migrations);
    expect({ drift, history, errorInUnappliedMigration, failedMigrationNames, editedMigrationNames }).toEqual({ drift: null, history: null, errorInUnappliedMigration: null, failedMigrationNames: [], editedMigrationNames: [] });
    expect((await devDiagnostic(url, migrations)).action).toEqual({ tag: 'createMigration' });
    expect(await outcome(engineResolve(url, migrations, 'applied', name))).toBe('P3008');
    // The other direction: what is written there is to us what it is to Prisma.
    expect((await factsOf(place)).entries).toMatchObject([{ name, state: 'applied', edited: false }]);
    expect([(await resolve(place)).done, codes(await look(place))]).toEqual([[], []]);
  }

  test('where the objects are there and no ledger is', () => both(({ database }) => database.run(USER).then(() => undefined), (place) => accepted(place, '1_user'), { '1_user': USER }, '1_user'));

  test('after it failed', () => both(async ({ app, database }) => {
    await database.run(USER);
    await database.run(ledgerDdl('_prisma_migrations'));
    expect(await outcome(engineDeploy(database.url, app.migrations))).not.toBe('ok');
  }, (place) => accepted(place, '1_user'), { '1_user': USER }, '1_user'));

  test('after it failed twice and was rolled back once', () => both(async ({ app, database }) => {
    await database.run(USER);
    await database.run(ledgerDdl('_prisma_migrations'));
    for (let time = 0; time < 2; time++) {
      expect(await outcome(engineDeploy(database.url, app.migrations))).not.toBe('ok');
      if (time === 0) await engineResolve(database.url, app.migrations, 'rolledBack', '1_user');
    }
  }, (place) => accepted(place, '1_user'), { '1_user': USER }, '1_user'));

  test('Prisma 7 says P3008 over our row as well', () =>
    inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (place) => {
      await place.database.run(USER);
      await resolve(place);
      expect((await place.prisma('migrate', 'resolve', '--applied', '1_user')).all).toContain('P3008');
      expect(await place.prisma('migrate', 'deploy')).toMatchObject({ code: 0, all: expect.stringContaining('No pending migrations') });
    }, { prisma: 7 }));
});

describe('C3 rolled back', () => {
  const BAD = 'CREATE TABLE "User" ("id" INTEGER NOT NULL);\nSELECT 1 / 0;\n';

  test('the same row as the engine\'s, and again changes nothing', async () => {
    const ledgers: (readonly unknown[])[] = [];
    for (const by of ['engine', 'mend'] as const) {
      await inPlace(schemaOf(USER_MODEL), { '1_user': BAD }, async (place) => {
        const { app, database } = place;
        expect(await outcome(engineDeploy(database.url, app.migrations))).not.toBe('ok');
        expect((await factsOf(place)).failed).toMatchObject([{ name: '1_user', steps: 0, finishedAt: null, logs: expect.stringContaining('division by zero') }]);
        expect(await outcome(engineDeploy(database.url, app.migrations))).toBe('P3009');
        if (by === 'engine') await engineResolve(database.url, app.migrations, 'rolledBack', '1_user');
        else expect((await resolve(place, { rolledBack: ['1_user'] })).done).toMatchObject([{ as: 'rolledBack', name: '1_user' }]);
        ledgers.push(await rows(place));
        const text = 'SELECT l::text FROM _prisma_migrations l';
        const once = await database.run(text);
        // Both may be told again.
        await engineResolve(database.url, app.migrations, 'rolledBack', '1_user');
        expect((await resolve(place, { rolledBack: ['1_user'] })).done).toEqual([]);
        expect(await database.run(text)).toEqual(once);
        expect((await engineDiagnosis(database.url, app.migrations, false))).toMatchObject({ failedMigrationNames: [], editedMigrationNames: [], history: { diagnostic: 'databaseIsBehind', unappliedMigrationNames: ['1_user'] } });
        expect(await factsOf(place)).toMatchObject({ pending: ['1_user'], failed: [] });
        place.migration('1_user', USER);
        expect(await engineDeploy(database.url, app.migrations)).toEqual(['1_user']);
        expect(codes(await look(place))).toEqual([]);
      });
    }
    expect(ledgers[1]).toEqual(ledgers[0]);
  });

  test.each([6, 7] as const)('what Prisma %i refuses', (prisma) =>
    inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (place) => {
      const { app: { migrations }, database } = place;
      expect(await outcome(engineResolve(database.url, migrations, 'rolledBack', '1_user'))).toMatch(/Invariant violation/);
      await database.run(USER);
      await resolve(place);
      expect((await place.prisma('migrate', 'resolve', '--rolled-back', '1_user')).all).toContain('P3012');
      expect(await outcome(engineResolve(database.url, migrations, 'rolledBack', '2_none'))).toBe('P3011');
      expect(await outcome(engineResolve(database.url, migrations, 'applied', '2_none'))).toBe('P3017');
      // Nor is it ever ours to do.
      expect((await resolve(place, { rolledBack: ['1_user'] })).done).toEqual([]);
    }, { prisma }));
});

describe('C4 checksums', () => {
  const LF = '-- a comment: ä\nSELECT 1;\n\nSELECT \'x\';\n';
  const TEXTS: Readonly<Record<string, string | Buffer>> = {
    'LF': LF, 'CRLF': LF.replaceAll('\n', '\r\n'), 'lone CR': LF.replaceAll('\n', '\r'), 'mixed': LF.replace('\n', '\r\n'), 'CR before CRLF': LF.replaceAll('\n', '\r\r\n'), 'byte order mark': `\uFEFF${LF}`, 'byte order mark, CRLF': `\uFEFF${LF.replaceAll('\n', '\r\n')}`,
    'no last line end': LF.trimEnd(), 'two last line ends': `${LF}\n`, 'comment at the end': `${LF}-- more\n`, 'comment at the start': `-- more\n${LF}`, 'spaces at a line\'s end': LF.replace(';', '; '), 'empty': '', 'a line end alone': '\n', 'upper case': LF.toUpperCase(), 'composed': 'SELECT \'é\';', 'decomposed': 'SELECT \'e\u0301\';',
    'Latin-1 bytes': Buffer.from('SELECT \'\xE4\';', 'latin1'), 'NUL': 'SELECT 1;\0', 'one file with an unpadded form': 'SELECT 7;', 'UTF-16': Buffer.from('\uFEFFSELECT 1;', 'utf16le'),
  };
  const unpadded = (text: string | Buffer) => [...createHash('sha256').update(text).digest()].map((byte) => byte.toString(16)).join('');
  const asRead = (text: string | Buffer) => (typeof text === 'string' ? text : text.toString('utf8'));
  const CHECKSUMS: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(TEXTS).flatMap(([name, text]) => [[name, sha256(asRead(text))], [`${name}, unpadded`, unpadded(asRead(text))], [`${name}, its bytes`, sha256(text)]])),
    'upper-case hex': sha256(LF).toUpperCase(), 'none': '', 'a space': ' ', 'cut': sha256(LF).slice(0, 63), 'another algorithm': createHash('sha1').update(LF).digest('hex'), 'zeros': '0'.repeat(64), 'unpadded, upper case': unpadded(LF).toUpperCase(),
  };

  test('every file under every checksum', () =>
    inPlace(schemaOf(USER_MODEL), {}, async (place) => {
      expect(unpadded(LF).length).toBeLessThan(64);
      await place.database.run(ledgerDdl('_prisma_migrations'));
      const cases = Object.keys(TEXTS).flatMap((text) => Object.keys(CHECKSUMS).map((checksum) => ({ text, checksum })));
      const named = new Map(cases.map((one, at) => [String(at).padStart(6, '0'), one]));
      for (const [name, { text }] of named) writeBytes(place, name, Buffer.from(TEXTS[text]!));
      await place.database.run(`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at) VALUES ${[...named].map(([name, { checksum }]) => `('${name}', '${CHECKSUMS[checksum]}', '${name}', 'epoch'::timestamptz + interval '1s' * ${Number(name)}, now())`).join(', ')}`);
      const { editedMigrationNames } = await engineDiagnosis(place.database.url, place.app.migrations, false);
      const { entries } = await factsOf(place);
      const words = (names: readonly string[]) => names.map((name) => `${named.get(name)?.text} / ${named.get(name)?.checksum}`);
      expect(words(entries.filter(({ edited }) => edited).map(({ name }) => name))).toEqual(words(editedMigrationNames));
      const takes = (text: string, checksum: string) => !words(editedMigrationNames).includes(`${text} / ${checksum}`);
      expect([takes('LF', 'CRLF'), takes('CRLF', 'LF'), takes('LF', 'LF, unpadded'), takes('empty', 'empty')]).toEqual([true, true, true, true]);
      expect([takes('LF', 'lone CR'), takes('lone CR', 'LF'), takes('LF', 'byte order mark'), takes('LF', 'no last line end'), takes('LF', 'comment at the end'), takes('LF', 'upper-case hex'), takes('LF', 'none')]).toEqual(Array.from({ length: 7 }, () => false));
    }));
});

describe('C5 the lock file', () => {
  const TEXTS: Readonly<Record<string, string>> = {
    'what Prisma writes': LOCK, 'CRLF': LOCK.replaceAll('\n', '\r\n'), 'CR': LOCK.replaceAll('\n', '\r'), 'no last line end': LOCK.trimEnd(), 'bare': 'provider = "postgresql"', 'bare, CR at the end': 'provider = "postgresql"\r', 'byte order mark': `\uFEFF${LOCK}`, 'byte order mark, bare': '\uFEFFprovider = "postgresql"',
    'empty': '', 'only comments': '# provider = "postgresql"\n', 'another': LOCK.replace('postgresql', 'sqlite'), 'mysql': LOCK.replace('postgresql', 'mysql'), 'cockroachdb': LOCK.replace('postgresql', 'cockroachdb'), 'postgres': LOCK.replace('postgresql', 'postgres'), 'upper case': LOCK.replace('postgresql', 'PostgreSQL'),
    'no spaces': 'provider="postgresql"\n', 'space before': 'provider ="postgresql"\n', 'space after': 'provider= "postgresql"\n', 'two spaces': 'provider =  "postgresql"\n', 'tab': 'provider\t=\t"postgresql"\n', 'single quotes': "provider = 'postgresql'\n", 'no quotes': 'provider = postgresql\n', 'one quote': 'provider = "postgresql\n', 'more quotes': 'provider = ""postgresql""\n',
    'indented': '  provider = "postgresql"\n', 'space at the end': 'provider = "postgresql" \n', 'comment at the end': 'provider = "postgresql" # ours\n', 'first of two counts': 'provider = "sqlite"\nprovider = "postgresql"\n', 'first of two counts, right': 'provider = "postgresql"\nprovider = "sqlite"\n',
    'a longer word before': 'provider_version = "3"\nprovider = "postgresql"\n', 'twice in one line': 'provider = provider = "postgresql"\n', 'word alone': 'provider\n', 'without a value': 'provider = \n', 'empty value': 'provider = ""\n', 'form feed': 'x\fprovider = "postgresql"\n', 'line separator': '#\u2028provider = "postgresql"\n', 'vertical tab': '#\vprovider = "postgresql"\n', 'next line': '#\u0085provider = "postgresql"\n', 'CR CR LF': 'provider = "postgresql"\r\r\n', 'quotes within': 'provider = "post"gresql"\n',
  };

  test('ours to judge as the engine does', () =>
    inPlace(schemaOf(USER_MODEL), {}, async (place) => {
      const verdict = async (text: string | null): Promise<readonly [string, string]> => {
        if (text === null) rmSync(`${place.app.migrations}/migration_lock.toml`);
        else place.app.write('prisma/migrations/migration_lock.toml', text);
        const engine = await outcome(engineDeploy(place.database.url, place.app.migrations));
        return [(await factsOf(place)).wrongLock === null ? 'ok' : 'P3019', engine];
      };
      const found: (readonly [string, string, string])[] = [];
      for (const [name, text] of Object.entries(TEXTS)) found.push([name, ...(await verdict(text))]);
      expect(found.map(([name, ours]) => [name, ours])).toEqual(found.map(([name, , engine]) => [name, engine]));
      expect(found.filter(([, , engine]) => engine === 'ok').length).toBeGreaterThan(4);
      await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('provider', ' ', '=', ' = ', '"', 'postgresql', 'sqlite', '\n', '\r\n', '#', "'"), { maxLength: 9 }), async (parts) => {
        const [ours, engine] = await verdict(parts.join(''));
        expect(ours).toBe(engine);
      }), { numRuns: 60, examples: [[['provider', ' = ', '"', 'postgresql', '"']]] });
      expect(await verdict(null)).toEqual(['ok', 'ok']);
    }, { lock: null }));

  test.each([6, 7] as const)('Prisma %i says so, and we before it', (prisma) =>
    inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (place) => {
      expect((await place.prisma('migrate', 'deploy')).all).toContain('P3019');
      expect(codes(await look(place))).toContain('HISTORY.LOCK_FILE');
      expect((await resolve(place)).done).toMatchObject([{ as: 'lockFile' }]);
      expect(await place.prisma('migrate', 'deploy')).toMatchObject({ code: 0 });
    }, { prisma, lock: 'provider="postgresql"\n' }));
});

/** What is in a database before its first deploy. */
interface Before {
  readonly name: string;
  readonly sql: string;
  /** Schemas the datasource lists. */
  readonly listed?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly deploys: boolean;
}

const SIBLING = 'CREATE TABLE sibling (id int);';
const BEFORE: readonly Before[] = [
  { name: 'nothing', sql: '', deploys: true },
  { name: 'a table', sql: SIBLING, deploys: false },
  { name: 'an unlogged table', sql: 'CREATE UNLOGGED TABLE t (id int)', deploys: false },
  { name: 'a table without columns', sql: 'CREATE TABLE t ()', deploys: false },
  { name: 'a typed table', sql: 'CREATE TYPE kind AS (id int); CREATE TABLE t OF kind', deploys: false },
  { name: 'a temporary table', sql: 'CREATE TEMP TABLE t (id int)', deploys: true },
  { name: 'a view', sql: 'CREATE VIEW v AS SELECT 1 AS one', deploys: true },
  { name: 'a materialized view', sql: 'CREATE MATERIALIZED VIEW v AS SELECT 1 AS one', deploys: true },
  { name: 'a sequence', sql: 'CREATE SEQUENCE s', deploys: true },
  { name: 'an enum', sql: `CREATE TYPE mood AS ENUM ('ok')`, deploys: true },
  { name: 'a composite type and a domain', sql: 'CREATE TYPE pair AS (a int, b int); CREATE DOMAIN age AS int', deploys: true },
  { name: 'a function', sql: `CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'`, deploys: true },
  { name: 'an extension', sql: 'CREATE EXTENSION citext', deploys: true },
  { name: 'a table of an extension', sql: `CREATE EXTENSION citext; ${SIBLING} ALTER EXTENSION citext ADD TABLE sibling`, deploys: false },
  { name: 'a partitioned table', sql: 'CREATE TABLE p (id int) PARTITION BY RANGE (id)', deploys: true },
  { name: 'a partitioned table with a partition', sql: 'CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9)', deploys: false },
  { name: 'a partition that is partitioned, without any', sql: 'CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9) PARTITION BY RANGE (id)', deploys: true },
  { name: 'a partitioned table whose partition is elsewhere', sql: 'CREATE SCHEMA other; CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE other.p1 PARTITION OF p FOR VALUES FROM (0) TO (9)', deploys: true },
  { name: 'a partition of a table elsewhere', sql: 'CREATE SCHEMA other; CREATE TABLE other.p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF other.p FOR VALUES FROM (0) TO (9)', deploys: false },
  { name: 'a partition that is a foreign table', sql: 'CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE FOREIGN TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9) SERVER s', deploys: true },
  { name: 'a table that inherits', sql: 'CREATE SCHEMA other; CREATE TABLE other.parent (id int); CREATE TABLE child () INHERITS (other.parent)', deploys: false },
  { name: 'a foreign table', sql: 'CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (id int) SERVER s', deploys: true },
  { name: 'PostGIS\' table', sql: 'CREATE TABLE spatial_ref_sys (srid int)', deploys: true },
  { name: 'PostGIS\' table and another', sql: `CREATE TABLE spatial_ref_sys (srid int); ${SIBLING}`, deploys: false },
  { name: 'a table of another tool\'s history', sql: 'CREATE TABLE schema_migrations (version text)', deploys: false },
  { name: 'a table named nearly like the ledger', sql: 'CREATE TABLE "_Prisma_migrations" (id int)', deploys: false },
  { name: 'a table in a schema that is not listed', sql: 'CREATE SCHEMA drizzle; CREATE TABLE drizzle.t (id int)', deploys: true },
  { name: 'a table in a listed schema', sql: 'CREATE SCHEMA other; CREATE TABLE other.t (id int)', listed: ['public', 'other'], deploys: false },
  { name: 'a partitioned table in a listed schema', sql: 'CREATE SCHEMA other; CREATE TABLE other.p (id int) PARTITION BY RANGE (id)', listed: ['public', 'other'], deploys: true },
  { name: 'a table in neither of the listed', sql: 'CREATE SCHEMA auth; CREATE TABLE auth.t (id int)', listed: ['public', 'other'], deploys: true },
  { name: 'a table in public, where the connection works elsewhere', sql: `${SIBLING} CREATE SCHEMA app`, parameters: { schema: 'app' }, deploys: true },
  { name: 'a table where the connection works', sql: 'CREATE SCHEMA app; CREATE TABLE app.t (id int)', parameters: { schema: 'app' }, deploys: false },
];

describe.each(MAJORS)('C6 what is not empty, PostgreSQL %i', (major) => {
  test.each(BEFORE)('$name', ({ sql, listed, parameters = {}, deploys }) => {
    const model = listed === undefined ? USER_MODEL : USER_MODEL.replace('\n}', '\n\n  @@schema("public")\n}');
    const schema = schemaOf(model, listed === undefined ? '' : `  schemas  = ${JSON.stringify(listed)}\n`);
    return inPlace(schema, { '1_user': USER }, async (place) => {
      const { database: { run, session, url, target }, app: { migrations } } = place;
      if (sql !== '') await run(sql);
      const { ledger } = await readSnapshot(session, { home: target.schema, schemas: listed ?? [] });
      const before = codes(await look(place));
      const engine = await outcome(engineDeploy(url, migrations, { schema: listed === undefined ? undefined : schema }));
      expect([ledger.state, engine]).toEqual(['absent', deploys ? 'ok' : 'P3005']);
      expect([ledger.blocked, before.includes('HISTORY.NO_LEDGER')]).toEqual([!deploys, !deploys]);
    }, { major, parameters });
  });

  test('what was unblocked deploys', () =>
    inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (place) => {
      await place.database.run(SIBLING);
      expect((await resolve(place)).done).toMatchObject([{ as: 'createLedger' }]);
      expect(await engineDeploy(place.database.url, place.app.migrations)).toEqual(['1_user']);
    }, { major }));
});

describe('C7 the order of migrations', () => {
  const NAMES = ['1_a', '10_b', '2_c', '1-a', '1a', '1 a', 'init', 'Init', 'INIT', '_x', '-x', '.hidden', 'a.b', 'a', 'A', 'ä', 'Ä', 'z', 'Z', 'ß', 'ss', 'é', 'e\u0301', 'I', 'ı', 'İ', 'i', 'ﬁ', 'fi', '日本', '中文', 'Ω', 'я', '😀', '20240101000000_init', '20240101000000_Init', '20240101000000-init', '0_init', '٣', 'a\'b', 'a"b', 'a\\b', 'a$b', '%s', '~', '(x)', 'x'.repeat(200)];

  test.each([6, 7] as const)('Prisma %i deploys in ours', (prisma) =>
    inPlace(schemaOf(''), Object.fromEntries([...NAMES].reverse().map((name) => [name, 'SELECT 1;\n'])), async (place) => {
      place.app.write('prisma/migrations/a file.sql', 'SELECT 1 / 0;');
      const ours = readMigrations(place.app.migrations).map(({ name }) => name);
      expect([...ours].sort()).toEqual([...NAMES].sort());
      expect((await factsOf(place)).pending).toEqual(ours);
      const deployed = await place.prisma('migrate', 'deploy');
      expect([deployed.code, deployed.all], deployed.all).toEqual([0, deployed.all]);
      expect((await place.database.run('SELECT migration_name FROM _prisma_migrations ORDER BY started_at')).flat()).toEqual(ours);
      expect((await factsOf(place)).pending).toEqual([]);
    }, { prisma }));

  test('a directory without its file stops deploy where it stands', () =>
    inPlace(schemaOf(''), { '1_a': 'SELECT 1;\n', '3_c': 'SELECT 1;\n' }, async (place) => {
      place.app.write('prisma/migrations/2_b/Migration.sql', 'SELECT 1;\n');
      expect((await factsOf(place)).entries).toMatchObject([{ name: '1_a' }, { name: '2_b', file: { missing: true } }, { name: '3_c' }]);
      expect((await place.prisma('migrate', 'deploy')).all).toContain('P3015');
      expect(await place.ledger()).toEqual(['1_a applied']);
      expect(codes(await look(place))).toContain('HISTORY.BAD_FILE');
    }));
});

describe('C8 the lock', () => {
  const LOCKED = 'SELECT pg_advisory_lock(72707369)';
  async function also<T>({ target }: TestDatabase, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await connect(target);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }
  /** Runs it while the lock is held for a second; how long it took. */
  async function waited(holder: Session, work: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    const release = pause(1000).then(() => holder.run('SELECT pg_advisory_unlock(72707369)'));
    await work();
    const took = performance.now() - began;
    await release;
    return took;
  }

  test('we wait for who holds it', () =>
    inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (place) => {
      const { database } = place;
      await database.run(USER);
      await also(database, async (holder) => {
        await holder.run(LOCKED);
        expect(await waited(holder, () => resolve(place))).toBeGreaterThan(950);
        expect(await place.ledger()).toEqual(['1_user applied']);
        await holder.run(LOCKED);
        const script = { suffix: '', sql: 'CREATE TABLE late (id int)', transaction: 'inside', steps: [] } as const;
        const input = { scripts: [script], home: 'public', schemas: [], expected: await fingerprint(database.session, 'public', []), signal: new AbortController().signal, reconnect: () => connect(database.target), progress: () => undefined };
        expect(await waited(holder, () => applyScripts(database.session, input))).toBeGreaterThan(950);
      });
    }));

  test('Prisma waits for us', () =>
    inPlace(schemaOf(USER_MODEL), { '1_user': USER, '2_more': 'SELECT 1;\n' }, async (place) => {
      const { app, database } = place;
      await database.run(`${USER}; ${ledgerDdl('_prisma_migrations')}`);
      await engineResolve(database.url, app.migrations, 'applied', '1_user');
      const script = { suffix: '', sql: 'CREATE TABLE late (id int); SELECT pg_sleep(1.2)', transaction: 'inside', steps: [] } as const;
      const input = { scripts: [script], home: 'public', schemas: [], expected: await fingerprint(database.session, 'public', []), signal: new AbortController().signal, reconnect: () => connect(database.target), progress: () => undefined };
      const order: string[] = [];
      const ours = applyScripts(database.session, input).then(() => order.push('ours'));
      await also(database, async (watch) => {
        while ((await watch.run('SELECT 1 FROM pg_locks WHERE objid = 72707369 AND granted'))[0]?.length !== 1) await pause(5);
      });
      const theirs = engineDeploy(database.url, app.migrations).then(() => order.push('theirs'));
      await Promise.all([ours, theirs]);
      expect(order).toEqual(['ours', 'theirs']);
    }));

  test('held for too long: each says so, and in another database of the cluster nobody is in the way', () =>
    inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (place) => {
      const { app, database } = place;
      await database.run(USER);
      await also(database, async (holder) => {
        const [[pid] = []] = await holder.run(`SELECT pg_backend_pid()::int4; ${LOCKED}`);
        const ours = resolve(place).then(() => 'ok', (error: { readonly code: string; readonly why: string }) => [error.code, error.why]);
        const theirs = outcome(engineDeploy(database.url, app.migrations));
        await inPlace(schemaOf(USER_MODEL), { '1_user': USER }, async (other) => {
          const began = performance.now();
          await other.database.run(USER);
          await resolve(other);
          expect(await engineDeploy(other.database.url, other.app.migrations)).toEqual([]);
          expect(performance.now() - began).toBeLessThan(5000);
        });
        expect(await ours).toEqual([failure('BUSY', { what: '', holder: '' }).code, expect.stringContaining(`process ${String(pid?.[0])}`)]);
        expect(await theirs).toMatch(/P1002/);
      });
    }));
});

describe('C9 any history', () => {
  const NAMES = ['1_a', '2_b', '3_c', '10_d', 'init'];
  const TEXTS = ['SELECT 1;\n', 'SELECT 2;\r\n', 'SELECT 3;\r', ''];
  const STATES = ['applied', 'failed', 'rolledBack', 'rolledBackFinished'] as const;
  const row = fc.record({ name: fc.constantFrom(...NAMES), state: fc.constantFrom(...STATES), checksum: fc.constantFrom(...TEXTS.map(sha256), sha256('SELECT 2;\n'), '', 'elsewhere'), steps: fc.constantFrom(0, 1) });
  const history = fc.record({ files: fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), text: fc.constantFrom(...TEXTS) }), { selector: ({ name }) => name, maxLength: 5 }), rows: fc.array(row, { maxLength: 8 }) });

  function rowsSql(given: readonly { readonly name: string; readonly state: (typeof STATES)[number]; readonly checksum: string; readonly steps: number }[]): string {
    const values = given.map(({ name, state, checksum, steps }, at) => `('${at}', '${checksum}', '${name}', timestamptz '2024-01-01' + interval '1 min' * ${at}, ${state === 'applied' || state === 'rolledBackFinished' ? 'now()' : 'NULL'}, ${state.startsWith('rolledBack') ? 'now()' : 'NULL'}, ${steps})`);
    return `TRUNCATE _prisma_migrations${values.length === 0 ? '' : `; INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, rolled_back_at, applied_steps_count) VALUES ${values.join(', ')}`}`;
  }

  test('what we say of it is what the engine says, and what deploy does', () =>
    inPlace(schemaOf(''), {}, async (place) => {
      const { app, database } = place;
      await database.run(ledgerDdl('_prisma_migrations'));
      const seen = new Set<string>();
      await fc.assert(fc.asyncProperty(history, async ({ files, rows: given }) => {
        rmSync(app.migrations, { recursive: true });
        app.write('prisma/migrations/migration_lock.toml', LOCK);
        for (const { name, text } of files) place.migration(name, text);
        await database.run(rowsSql(given));
        const engine = await engineDiagnosis(database.url, app.migrations, false);
        const facts = await factsOf(place);
        const missing = facts.entries.filter(({ file }) => file === null).map(({ name }) => name);
        const { diagnostic, unappliedMigrationNames = [], unpersistedMigrationNames = [] } = (engine.history ?? { diagnostic: null }) as { diagnostic: string | null; unappliedMigrationNames?: readonly string[]; unpersistedMigrationNames?: readonly string[] };
        seen.add(diagnostic ?? 'none');
        // A file that was put right after it failed is edited to the engine as well; to us that is how it is mended.
        const standing = (name: string) => !given.some((one) => one.name === name && one.state === 'failed');
        expect({ failed: new Set(facts.failed.map(({ name }) => name)), edited: facts.entries.filter(({ name, edited }) => edited && standing(name)).map(({ name }) => name) })
          .toEqual({ failed: new Set(engine.failedMigrationNames), edited: engine.editedMigrationNames.filter(standing) });
        expect({ pending: facts.pending, missing: new Set(missing), behind: facts.pending.length > 0, diverged: facts.pending.length > 0 && missing.length > 0 })
          .toEqual({ pending: unappliedMigrationNames, missing: new Set(unpersistedMigrationNames), behind: diagnostic === 'databaseIsBehind' || diagnostic === 'historiesDiverge', diverged: diagnostic === 'historiesDiverge' });
        const deployed = await engineDeploy(database.url, app.migrations).catch((error: { readonly code: string }) => error.code);
        expect(deployed).toEqual(facts.failed.length > 0 ? 'P3009' : facts.pending);
        if (facts.failed.length === 0) expect((await factsOf(place)).pending).toEqual([]);
      }), { numRuns: Number(process.env['MEND_RUNS'] ?? 80),
        examples: [[{ files: [{ name: '1_a', text: TEXTS[0]! }], rows: [{ name: '1_a', state: 'applied', checksum: 'elsewhere', steps: 1 }, { name: '1_a', state: 'applied', checksum: sha256(TEXTS[0]!), steps: 1 }] }]],
      });
      expect([...seen].sort()).toEqual(['databaseIsBehind', 'historiesDiverge', 'migrationsDirectoryIsBehind', 'none']);
    }));
});

describe('C10 a repair as a migration', () => {
  const MODELS = 'model User {\n  id Int @id\n  name String?\n  posts Post[]\n\n  @@index([name])\n}\n\nmodel Post {\n  id Int @id\n  userId Int\n  body String?\n  user User @relation(fields: [userId], references: [id])\n}';

  test.each([6, 7] as const)('deployed by Prisma %i: all or nothing, and its words are kept', (prisma) =>
    inPlace(schemaOf(MODELS), {}, async (place) => {
      const { app, database } = place;
      const workspace = await openWorkspace({ cwd: app.path, environment: {}, url: database.url });
      place.migration('1_init', await schemaDdl(workspace.project));
      expect(await engineDeploy(database.url, app.migrations)).toEqual(['1_init']);
      await database.run(`INSERT INTO "User" VALUES (1, 'Ann'); INSERT INTO "Post" VALUES (1, 1, 'x'); ALTER TABLE "Post" DROP COLUMN body; DROP INDEX "User_name_idx"; ALTER TABLE "Post" DROP CONSTRAINT "Post_userId_fkey"`);
      const repair = await plan(database, workspace, { rehearse: false });
      expect([repair.plan.steps.length, repair.scripts.length]).toEqual([3, 1]);
      place.migration('2_repair', repair.scripts[0]!.sql);
      await database.run(`CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected'; END $$; CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION refuse()`);
      const before = await fingerprint(database.session, 'public', []);
      expect(await place.prisma('migrate', 'deploy')).toMatchObject({ code: 1, all: expect.stringContaining('injected') });
      expect(await fingerprint(database.session, 'public', [])).toBe(before);
      expect(await place.ledger()).toEqual(['1_init applied', '2_repair failed']);
      expect(await database.run(`SELECT logs ~ 'injected' FROM _prisma_migrations WHERE finished_at IS NULL`)).toEqual([[true]]);
      expect(checkedFindings(await look(place)).find(({ code }) => code === 'HISTORY.FAILED')?.message).toMatch(/\(P3009\).*injected/);
      await database.run('DROP EVENT TRIGGER refuse; DROP FUNCTION refuse');
      expect((await resolve(place)).done).toMatchObject([{ as: 'rolledBack', name: '2_repair' }]);
      expect(await place.prisma('migrate', 'deploy')).toMatchObject({ code: 0 });
      const whole = await fingerprint(database.session, 'public', []);
      expect([codes(await look(place)), (await look(place)).comparison.changes]).toEqual([[], []]);
      // By hand, once more: nothing is left to do, and nothing is done.
      expect((await database.session.run(`BEGIN;\n${repair.scripts[0]!.sql}\nSELECT txid_current_if_assigned()::text; COMMIT`)).at(-2)).toEqual([[null]]);
      expect(await fingerprint(database.session, 'public', [])).toBe(whole);
      expect(await engineDiff(database.url, workspace.project.schema.files)).toBe('');
      expect(await database.run('SELECT p.id, u.name FROM "Post" p JOIN "User" u ON u.id = "userId"')).toEqual([[1, 'Ann']]);
    }, { prisma }));
});

test('C11 the ledger set straight, and once more', () =>
  inPlace(schemaOf(USER_MODEL), { '1_user': USER, '2_x': 'SELECT 1;\n', '3_y': 'SELECT 2;\n' }, async (place) => {
    const { database } = place;
    await database.run(`${USER}; ${ledgerDdl('_prisma_migrations')}; INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at) VALUES ('1', '${sha256('SELECT 1;')}', '2_x', '2024-01-01', '2024-01-01'), ('2', 'elsewhere', '3_y', '2024-01-02', '2024-01-02'), ('3', '${sha256('SELECT 2;\n')}', '3_y', '2024-01-03', '2024-01-03'), ('4', 'x', '0_gone', '2024-01-04', NULL)`);
    expect((await resolve(place)).done.map(({ as }) => as).sort()).toEqual(['applied', 'checksum', 'checksum', 'rolledBack']);
    const ledger = 'SELECT l::text, ctid::text FROM _prisma_migrations l ORDER BY id';
    const once = await database.run(ledger);
    expect([(await resolve(place)).done, await database.run(ledger)]).toEqual([[], once]);
    expect(await engineDiagnosis(database.url, place.app.migrations, false)).toMatchObject({ failedMigrationNames: [], editedMigrationNames: [] });
    expect(await engineDeploy(database.url, place.app.migrations)).toEqual([]);
  }));

describe('C13 what no script of ours does', () => {
  let parser: Parser;
  beforeAll(async () => {
    await loadModule();
    parser = await loadParser();
  });

  /** Every object with one key that begins in upper case is a node of a syntax tree. */
  function* nodes(value: unknown): Generator<readonly [string, any]> {
    if (Array.isArray(value)) for (const item of value) yield* nodes(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (/^[A-Z]/.test(key)) yield [key, inner];
        yield* nodes(inner);
      }
    }
  }

  /** Statements of a script, those inside of its blocks as well; a text that is run must be a constant or a lock. */
  function statementsOf(sql: string): readonly unknown[] {
    const bytes = Buffer.from(sql);
    return parser.statements(sql).flatMap(({ node, start, length }): readonly unknown[] => {
      if (!('DoStmt' in node)) return [node];
      return [...nodes(parsePlPgSQLSync(bytes.subarray(start, length === 0 ? undefined : start + length).toString()))].flatMap(([key, inner]): readonly unknown[] => {
        if (key === 'PLpgSQL_stmt_dynexecute') expect(inner.query.PLpgSQL_expr.query).toMatch(/^pg_catalog\.concat\('LOCK TABLE '/);
        if (key === 'PLpgSQL_stmt_perform') return parser.statements(inner.expr.PLpgSQL_expr.query).map((one) => one.node);
        return key === 'PLpgSQL_stmt_execsql' ? parser.statements(inner.sqlstmt.PLpgSQL_expr.query).map((one) => one.node) : [];
      });
    });
  }

  /** What is lost, by name; an index or a constraint that is made again under its name is not. */
  function losses(sql: string): readonly string[] {
    const all = [...nodes(statementsOf(sql))];
    const made = new Set(all.flatMap(([key, node]) => (key === 'IndexStmt' ? [String(node.idxname)] : key === 'Constraint' && node.conname ? [String(node.conname)] : [])));
    return all.flatMap(([key, node]): readonly string[] => {
      if (key === 'TruncateStmt' || key === 'DeleteStmt' || key === 'DropdbStmt' || key === 'DropOwnedStmt') return [key];
      if (key === 'DropStmt') return (node.objects as any[]).map((one) => String(one.List?.items.at(-1)?.String?.sval)).filter((name) => !(node.removeType === 'OBJECT_INDEX' && made.has(name))).map((name) => `${node.removeType} ${name}`);
      if (key === 'AlterTableCmd' && /^AT_Drop(Column|Constraint|Identity|Inherit)/.test(node.subtype)) return node.subtype === 'AT_DropConstraint' && made.has(node.name) ? [] : [`${node.subtype} ${node.name}`];
      return [];
    });
  }

  test('the reader sees what it is there to see', () => {
    expect(losses('DROP TABLE a; DO $$ BEGIN IF true THEN TRUNCATE b; DELETE FROM c; ALTER TABLE d DROP COLUMN e; DROP INDEX f; END IF; END $$; DROP INDEX g; CREATE INDEX g ON h (i)')).toEqual(['OBJECT_TABLE a', 'TruncateStmt', 'DeleteStmt', 'AT_DropColumn e', 'OBJECT_INDEX f']);
    expect(() => losses(`DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'a'; END $$`)).toThrow();
  });

  test.each(['block', 'statements'] as const)('repairs, as %s', async (format) => {
    let scripts = 0;
    await withDatabase(NEWEST, async (database) => {
      const workspace = await workspaceFor(join(ROOT, 'fixtures', 'damage', 'schema.prisma'), database.url);
      for (const { name, sql, with: allowed = {} } of DAMAGES) {
        await database.run('DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; SET search_path TO public');
        await buildFromEngine(database, workspace);
        await database.run(readFileSync(join(ROOT, 'fixtures', 'damage', 'seed.sql'), 'utf8'));
        await database.run(sql);
        for (const { sql: script } of (await plan(database, workspace, { rehearse: false, format, ...allowed })).scripts) {
          expect([name, losses(script)]).toEqual([name, []]);
          scripts++;
        }
      }
    });
    expect(scripts).toBeGreaterThan(30);
  });

  test.each(SCHEMAS)('baselines of $name, and the ledger', async ({ path }) => {
    const workspace = await workspaceFor(path, 'postgresql://x@localhost/y');
    for (const format of ['block', 'statements'] as const) {
      const { scripts } = await makeBaseline(workspace, { from: 'schema', fill: [], rehearse: false, format, progress: () => undefined });
      for (const { sql } of scripts) expect(losses(sql)).toEqual([]);
    }
    const file = { name: 'x', path: '', sql: '', checksum: 'c', accepted: [], utf16: null, missing: false };
    const statements = ledgerStatements([{ as: 'moveLedger', from: 'y', because: '' }, { as: 'shape', problems: [{ column: 'logs', problem: 'missing' }, { column: 'id', problem: 'null' }], because: '' }, { as: 'applied', file, complete: [], because: '' }, { as: 'rolledBack', name: 'x', ids: ['1'], because: '' }, { as: 'forget', name: 'x', ids: ['1'], because: '' }, { as: 'renamed', from: 'y', file, because: '' }, { as: 'checksum', file, ids: ['1'], because: '' }], 'public', false);
    expect(losses(statements.join(';\n'))).toEqual([]);
  });
});

const SHOPIFY = join(process.env['MEND_CORPUS'] ?? '', 'projects', 'shopify-template-rr');
const SESSION = '20240530213853_create_session_table';

describe.skipIf(!existsSync(join(SHOPIFY, 'migrations', SESSION)))('C14 the file that Shopify changed in place (MEND_CORPUS)', () => {
  const now = existsSync(SHOPIFY) ? readFileSync(join(SHOPIFY, 'migrations', SESSION, 'migration.sql'), 'utf8') : '';
  const earlier = now.replace(/,\n {4}"refreshToken" TEXT,\n {4}"refreshTokenExpires" DATETIME/, '');
  const schema = existsSync(SHOPIFY) ? readFileSync(join(SHOPIFY, 'schema.prisma'), 'utf8').replace('"sqlite"', '"postgresql"') : '';

  test('the two texts are the published ones', () => {
    expect([sha256(earlier), sha256(now)]).toEqual(['6dda377f29061cd87d8ff7475239634f43487b670ce351e14330f314713b1e2b', '8677da9a1a11ad0e28f15eb9537b4142aeb1a990893dd8fd9cc2d37385559ecb']);
  });

  test('an upgrade of the template over a live database', () =>
    inPlace(schema, { [SESSION]: earlier }, async (place) => {
      const { app, database } = place;
      await database.run(earlier.replaceAll('DATETIME', 'TIMESTAMP(3)').replace('TEXT NOT NULL PRIMARY KEY', 'TEXT NOT NULL').replace(/\n\);/, ',\n    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")\n);'));
      await database.run(`INSERT INTO "Session" (id, shop, state, "accessToken") VALUES ('1', 's', 'x', 't')`);
      await engineResolve(database.url, app.migrations, 'applied', SESSION);
      place.migration(SESSION, now);
      // Prisma: nothing to do, and in development a reset.
      expect(await engineDeploy(database.url, app.migrations)).toEqual([]);
      expect((await engineDiagnosis(database.url, app.migrations, false)).editedMigrationNames).toEqual([SESSION]);
      const checked = await look(place);
      expect(checkedFindings(checked).filter(({ mending }) => mending !== 'none').map(({ code, mending }) => `${code} ${mending}`)).toEqual(['HISTORY.EDITED withheld', 'COLUMN.MISSING safe', 'COLUMN.MISSING safe']);
      await apply(database, checked.workspace, await plan(database, checked.workspace, { rehearse: false }));
      expect((await resolve(place)).done).toMatchObject([{ as: 'checksum' }]);
      expect((await engineDiagnosis(database.url, app.migrations, false)).editedMigrationNames).toEqual([]);
      expect([checkedFindings(await look(place)).filter(({ mending }) => mending !== 'none'), await engineDiff(database.url, checked.workspace.project.schema.files)]).toEqual([[], '']);
      expect(await database.run('SELECT id, shop, "refreshToken" FROM "Session"')).toEqual([['1', 's', null]]);
    }));

  test('its SQLite history on PostgreSQL', () =>
    inPlace(schema, { [SESSION]: now }, async (place) => {
      expect((await place.prisma('migrate', 'deploy')).all).toMatch(/type "datetime" does not exist/);
      expect((await place.prisma('migrate', 'deploy')).all).toContain('P3009');
      expect(codes(await look(place)).slice(0, 2)).toEqual(['HISTORY.FOREIGN_SQL', 'HISTORY.FAILED']);
    }, { lock: null }));
});

/** A migration, and what is left after Prisma's engine ran it as one message. */
interface ScriptCase {
  readonly name: string;
  readonly sql: string | Buffer;
  readonly before?: string;
  /** Words of the error, `null` where deploy says that it went well. */
  readonly error: RegExp | null;
  readonly left: readonly string[];
  readonly ledger: readonly string[];
  /** What check says of it. */
  readonly says: readonly RegExp[];
  /** The same by Prisma from 7.4 on, statement by statement. */
  readonly split?: { readonly left: readonly string[]; readonly ledger: readonly string[]; readonly says: readonly RegExp[] };
}

const A = 'CREATE TABLE a (id int PRIMARY KEY);\n';
const LEFT_A = ['a', 'a_pkey'];
const LATER = ['later', 'later_pkey'];
const TABLE_T = 'CREATE TABLE t (id int, n int); INSERT INTO t VALUES (1, 1), (2, 1)';
const ENUM_E = `CREATE TYPE e AS ENUM ('x'); CREATE TABLE t (v e)`;
const FAILED = ['1_x failed'];
const BOTH = ['1_x applied', '2_y applied'];
const NOTHING_THERE = /^HISTORY\.FAILED migration 1_x failed and blocks every later deploy \(P3009\); nothing of it is there/;
const WAITING = /^HISTORY\.PENDING migration 2_y is not deployed yet/;
const badFile = (words: string) => new RegExp(`^HISTORY\\.BAD_FILE migration 1_x: .*${words}`);

const SCRIPTS: readonly ScriptCase[] = [
  { name: 'a statement that fails after one that went well', sql: `${A}CREATE TABLE b (id nosuchtype);\n`, error: /nosuchtype/, left: [], ledger: FAILED, says: [NOTHING_THERE, WAITING], split: { left: LEFT_A, ledger: FAILED, says: [/^HISTORY\.FAILED .*; a part of it is there/, WAITING] } },
  { name: 'a transaction of its own, and then a failure', sql: `BEGIN;\n${A}COMMIT;\nCREATE TABLE b (id nosuchtype);\n`, error: /nosuchtype/, left: LEFT_A, ledger: FAILED, says: [/^HISTORY\.FAILED .*; a part of it is there/, badFile('a transaction of its own'), WAITING], split: { left: LEFT_A, ledger: FAILED, says: [/; a part of it is there/, badFile('a transaction of its own'), WAITING] } },
  { name: 'a transaction that fails within', sql: `BEGIN;\n${A}CREATE TABLE b (id nosuchtype);\nCOMMIT;\n`, error: /current transaction is aborted|nosuchtype/, left: [], ledger: FAILED, says: [NOTHING_THERE, badFile('a transaction of its own'), WAITING] },
  { name: 'a transaction that nobody commits', sql: `BEGIN;\n${A}`, error: null, left: [], ledger: FAILED, says: [NOTHING_THERE, badFile('BEGIN without COMMIT'), WAITING] },
  { name: 'one index, concurrently', before: TABLE_T, sql: '-- before\nCREATE INDEX CONCURRENTLY i ON t (n); -- after\n/* and more */\n', error: null, left: ['i', ...LATER, 't'], ledger: BOTH, says: [] },
  { name: 'two indexes, concurrently', before: TABLE_T, sql: 'CREATE INDEX CONCURRENTLY i ON t (n);\nCREATE INDEX CONCURRENTLY j ON t (id);\n', error: /cannot (run inside|be executed)/, left: ['t'], ledger: FAILED, says: [NOTHING_THERE, badFile('25001'), WAITING], split: { left: ['i', 'j', ...LATER, 't'], ledger: BOTH, says: [] } },
  { name: 'an index concurrently, and more', before: TABLE_T, sql: `${A}CREATE INDEX CONCURRENTLY i ON t (n);\n`, error: /cannot (run inside|be executed)/, left: ['t'], ledger: FAILED, says: [NOTHING_THERE, badFile('25001'), WAITING] },
  { name: 'a unique index over duplicates, concurrently', before: TABLE_T, sql: 'CREATE UNIQUE INDEX CONCURRENTLY i ON t (n);\n', error: /Unique constraint/, left: ['i invalid', 't'], ledger: FAILED, says: [/^HISTORY\.FAILED .*; something of it is there and is other/, /^HISTORY\.UNDECIDED .*valid is false/, WAITING] },
  { name: 'an enum value and its use', before: ENUM_E, sql: `ALTER TYPE e ADD VALUE 'y';\nINSERT INTO t VALUES ('y');\n`, error: /unsafe use of new value/, left: ['t'], ledger: FAILED, says: [/^HISTORY\.FAILED/, badFile('55P04'), WAITING], split: { left: [...LATER, 't'], ledger: BOTH, says: [] } },
  { name: 'an enum value and its use, with a COMMIT between', before: ENUM_E, sql: `ALTER TYPE e ADD VALUE 'y';\nCOMMIT;\nINSERT INTO t VALUES ('y');\n`, error: null, left: [...LATER, 't'], ledger: BOTH, says: [] },
  { name: 'a dump that takes the search path away', sql: `SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (id int PRIMARY KEY);\n`, error: /`_prisma_migrations` does not exist/, left: LEFT_A, ledger: FAILED, says: [/^HISTORY\.FAILED .*; all of it is there/, badFile('P1014'), WAITING], split: { left: LEFT_A, ledger: FAILED, says: [/; all of it is there/, badFile('P1014'), WAITING] } },
  { name: 'a byte order mark', sql: `\uFEFF${A}`, error: /syntax error/, left: [], ledger: FAILED, says: [NOTHING_THERE, badFile('byte order mark'), WAITING] },
  { name: 'UTF-16', sql: Buffer.from(`\uFEFF${A}`, 'utf16le'), error: /invalid message format|invalid byte sequence/, left: [], ledger: FAILED, says: [/^HISTORY\.FAILED/, badFile('UTF-16'), WAITING] },
  { name: 'a meta-command of psql', sql: `\\restrict abc\n${A}\\unrestrict abc\n`, error: /syntax error/, left: [], ledger: FAILED, says: [/^HISTORY\.FAILED/, badFile('psql'), WAITING] },
  { name: 'a DO block', sql: `DO $$\nBEGIN\n  CREATE TABLE a (id int PRIMARY KEY);\n  PERFORM ';';\nEND $$;\n`, error: null, left: [...LEFT_A, ...LATER], ledger: BOTH, says: [] },
  { name: 'a DO block that fails', sql: `DO $$\nBEGIN\n  CREATE TABLE a (id int PRIMARY KEY);\n  PERFORM 1 / 0;\nEND $$;\n`, error: /division by zero/, left: [], ledger: FAILED, says: [NOTHING_THERE, WAITING], split: { left: [], ledger: FAILED, says: [NOTHING_THERE, WAITING] } },
  { name: 'the body of a function', sql: `CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END; $body$;\n${A}`, error: null, left: [...LEFT_A, ...LATER], ledger: BOTH, says: [] },
];

describe('C15 what a script leaves behind', () => {
  async function expectLeft(place: Place, { left, ledger, says }: Pick<ScriptCase, 'left' | 'ledger' | 'says'>): Promise<void> {
    const there = (await place.database.run(`SELECT c.relname || CASE WHEN NOT i.indisvalid THEN ' invalid' ELSE '' END FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i') AND c.relname !~ '^_prisma' ORDER BY 1`)).flat();
    expect([there, await place.ledger()]).toEqual([left, ledger]);
    const said = checkedFindings(await look(place)).filter(({ code }) => code.startsWith('HISTORY.')).map(({ code, message }) => `${code} ${message}`);
    expect(said).toEqual(says.map((one) => expect.stringMatching(one)));
  }

  async function begin(place: Place, { before = '', sql }: ScriptCase): Promise<void> {
    await place.database.run(`${ledgerDdl('_prisma_migrations')}; ${before}`);
    writeBytes(place, '1_x', Buffer.from(sql));
    place.migration('2_y', 'CREATE TABLE later (id int PRIMARY KEY);\n');
  }

  test.each(SCRIPTS)('$name', (one) =>
    inPlace(schemaOf(''), {}, async (place) => {
      await begin(place, one);
      const error = await engineDeploy(place.database.url, place.app.migrations).then(() => null, ({ message }: Error) => message);
      expect(error).toEqual(one.error === null ? null : expect.stringMatching(one.error));
      await expectLeft(place, one);
    }));

  test.each(SCRIPTS.filter(({ split }) => split))('$name, statement by statement', (one) =>
    inPlace(schemaOf(''), {}, async (place) => {
      await begin(place, one);
      expect(await outcome(engineDeploy(place.database.url, place.app.migrations, { split: true })).then((said) => said === 'ok')).toBe(one.split?.ledger === BOTH);
      await expectLeft(place, one.split ?? one);
    }));
});
