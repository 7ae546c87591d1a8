// Bad input: one clear error with code, why and next step; nothing is changed, no secret is shown, and it never looks like success.

import { createServer } from 'node:net';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/database/session.ts';
import { parseUrl } from '../../src/database/url.ts';
import { fingerprint } from '../../src/run/apply.ts';
import { adminUrl, freshDatabase, NEWEST, urlOf, type TestDatabase } from '../support/database.ts';
import { appFolder, mend, type AppFolder } from '../support/prisma-cli.ts';
import { ROOT } from '../support/project.ts';

const SCHEMA = readFileSync(join(ROOT, 'fixtures', 'damage', 'schema.prisma'), 'utf8');
const SECRET = 'hunter2secret';
let app: AppFolder;
let database: TestDatabase;

beforeAll(async () => {
  app = appFolder(SCHEMA, 6);
  database = await freshDatabase(NEWEST);
});
afterAll(async () => {
  app.remove();
  await database.drop();
});

const COMMANDS = [['check'], ['repair'], ['repair', '--apply'], ['repair', '--write']];

async function refused(args: readonly string[], code: string, text: RegExp, environment: Readonly<Record<string, string>> = {}, cwd = app.path): Promise<void> {
  const ran = await mend(args, cwd, environment);
  expect([args, ran.code, ran.stdout]).toEqual([args, 1, '']);
  expect(ran.stderr).toContain(code);
  expect(ran.stderr).toMatch(text);
  expect(ran.stderr).toMatch(/\nNext: /);
  expect(ran.all).not.toContain(SECRET);
  const json = await mend([...args, '--json'], cwd, environment);
  const document = JSON.parse(json.stdout) as { ok: boolean; exitCode: number; error: { code: string } };
  expect([json.code, document.ok, document.exitCode, document.error.code]).toEqual([1, false, 1, code]);
  expect(json.all).not.toContain(SECRET);
}

describe('the URL and what answers there', () => {
  const at = (port: number) => `postgresql://u:${SECRET}@127.0.0.1:${port}/d`;

  test.each(COMMANDS)('%s %s without one', async (...args) => refused(args, 'NO_URL', /DATABASE_URL/));
  test('malformed', () => refused(['check', '--url', `postgresql://u:${SECRET}#x@h/d`], 'URL_INVALID', /percent-encoded/));
  test('nobody listens', () => refused(['check'], 'UNREACHABLE', /P1001[\s\S]*Nothing listens/, { DATABASE_URL: at(1) }));
  test('no such host', () => refused(['check'], 'UNREACHABLE', /does not resolve/, { DATABASE_URL: `postgresql://u:${SECRET}@no-such-host.invalid/d` }));
  test('no such database', () => refused(['check'], 'NO_DATABASE', /P1003/, { DATABASE_URL: urlOf(NEWEST, 'absent') }));
  test('a server that wants no TLS', () => refused(['check'], 'TLS_FAILED', /sslmode/, { DATABASE_URL: urlOf(NEWEST, 'postgres', { sslmode: 'require' }) }));
  test('an sslmode nobody knows', () => refused(['check'], 'URL_INVALID', /none of disable/, { DATABASE_URL: urlOf(NEWEST, 'postgres', { sslmode: 'maybe' }) }));

  test('a password the server refuses', async () => {
    const admin = await connect(parseUrl(adminUrl(NEWEST), 'test'));
    await admin.run(`DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'other'`);
    // The test servers trust everybody; a server that answers as one that does not is played here.
    const server = createServer((socket) => {
      socket.once('data', (first) => {
        const startup = () => socket.write(message('E', 'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0'));
        if (first.readInt32BE(4) === 80877103) {
          socket.write('N');
          socket.once('data', startup);
        } else startup();
      });
    }).listen(0);
    const { port } = server.address() as { port: number };
    await refused(['check'], 'AUTH_FAILED', /P1000/, { DATABASE_URL: at(port) });
    server.close();
    await admin.run('DROP ROLE locked');
    await admin.close();
  });

  test('no right to connect', async () => {
    const role = 'uninvited';
    await database.run(`DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN; REVOKE CONNECT ON DATABASE ${database.target.database} FROM public`);
    await refused(['check'], 'NO_RIGHTS', /GRANT CONNECT/, { DATABASE_URL: urlOf(NEWEST, database.target.database, {}, role) });
    await database.run(`GRANT CONNECT ON DATABASE ${database.target.database} TO public; DROP ROLE ${role}`);
  });

  test('a server older than 12, and one that is not PostgreSQL', async () => {
    await playing('PostgreSQL 11.22 on x86_64', 110022, (url) => refused(['check'], 'SERVER_TOO_OLD', /11\.22/, { DATABASE_URL: url }));
    await playing('CockroachDB CCL v25.1', 130000, (url) => refused(['check'], 'NOT_POSTGRESQL', /Cockroach/, { DATABASE_URL: url }));
  });

  test('a pooler in transaction mode is not applied through', async () => {
    const { port } = parseUrl(adminUrl(NEWEST), 'test');
    // What PgBouncer does at the start of a session: it answers itself, with a process number of its own.
    const net = await import('node:net');
    const pooler = createServer((client) => {
      const server = net.connect(port, '127.0.0.1');
      let seen = Buffer.alloc(0);
      let patched = false;
      server.on('data', (chunk) => {
        seen = Buffer.concat([seen, chunk]);
        const at = patched ? -1 : seen.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
        if (at >= 0) {
          seen.writeInt32BE(7, at + 5);
          patched = true;
        }
        if (patched || seen.length > 4096 || seen[0] !== 0x52) {
          client.write(seen);
          seen = Buffer.alloc(0);
        }
      });
      client.on('data', (chunk) => server.write(chunk));
      for (const [one, other] of [[client, server], [server, client]] as const) one.on('close', () => other.destroy()).on('error', () => other.destroy());
    }).listen(0);
    const url = new URL(database.url);
    url.port = String((pooler.address() as { port: number }).port);
    url.searchParams.set('sslmode', 'disable');
    await database.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const ran = await mend(['repair', '--apply'], app.path, { DATABASE_URL: url.href });
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('POOLER')]);
    expect((await mend(['check'], app.path, { DATABASE_URL: url.href })).code).toBe(2);
    pooler.close();
  });
});

/** A server that gets as far as telling its version. */
async function playing(banner: string, version: number, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    let started = false;
    socket.on('data', (chunk) => {
      if (!started) {
        started = true;
        if (chunk.readInt32BE(4) === 80877103) {
          started = false;
          socket.write('N');
          return;
        }
        socket.write(Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')]));
        return;
      }
      const fields = ['a', 'b', 'c', 'd', 'e', 'f'];
      const description = Buffer.concat([int16(fields.length), ...fields.map((name) => Buffer.concat([Buffer.from(`${name}\0`), Buffer.from([0, 0, 0, 0, 0, 0]), int32(25), int16(-1), int32(-1), int16(0)]))]);
      const values = [banner, String(version), '1', 'u', 'f', 'off'];
      const row = Buffer.concat([int16(values.length), ...values.map((value) => Buffer.concat([int32(value.length), Buffer.from(value)]))]);
      socket.write(Buffer.concat([message('T', description), message('D', row), message('C', 'SELECT 1\0'), message('Z', 'I')]));
    });
    socket.on('error', () => socket.destroy());
  }).listen(0);
  await work(`postgresql://u:${SECRET}@127.0.0.1:${(server.address() as { port: number }).port}/d`);
  server.close();
}

const int16 = (value: number) => {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
};
const int32 = (value: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const message = (type: string, body: string | Buffer) => Buffer.concat([Buffer.from(type), int32(Buffer.byteLength(body) + 4), Buffer.from(body)]);

describe('the command line', () => {
  test('an unknown option is told the nearest', () => refused(['check', '--verbos'], 'USAGE', /--verbos\. Did you mean --verbose\?/));
  test('an unknown command', async () => {
    const ran = await mend(['repare'], app.path);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringMatching(/Unknown command repare\. Did you mean repair\?/)]);
  });
  test('a choice that is none', () => refused(['baseline', '--from', 'nowhere'], 'USAGE', /from/));
  test('help is data, quick and complete', async () => {
    const ran = await mend(['--help'], app.path);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    for (const word of ['check', 'repair', 'baseline', 'demo']) expect(ran.stdout).toContain(word);
  });
});

describe('the project', () => {
  test.each(COMMANDS)('%s %s without a schema says where it looked', async (...args) => {
    const empty = appFolder(SCHEMA);
    empty.remove();
    mkdirSync(empty.path);
    await refused(args, 'NO_SCHEMA', /schema\.prisma/, { DATABASE_URL: database.url }, empty.path);
    empty.remove();
  });
  test('an invalid schema: Prisma\'s own words, file and line', async () => {
    const broken = appFolder(`${SCHEMA}\nmodel Broken {\n  id Nope @id\n}\n`);
    await refused(['check'], 'SCHEMA_INVALID', /Nope[\s\S]*schema\.prisma:\d+/, { DATABASE_URL: database.url }, broken.path);
    broken.remove();
  });
  test('schemas that are not there', () => refused(['check', '--schemas', 'absent'], 'NO_SUCH_SCHEMAS', /present: /i, { DATABASE_URL: database.url }));
  test('a directory that cannot be written: nothing is', async () => {
    writeFileSync(app.migrations, 'a file where the directory should be');
    await refused(['baseline', '--write'], 'UNWRITABLE', /nothing was changed/i);
    chmodSync(app.migrations, 0o600);
    const { rmSync } = await import('node:fs');
    rmSync(app.migrations);
  });
});

describe('decisions', () => {
  const withUrl = () => ({ DATABASE_URL: database.url });
  test.each([
    ['User.slug', /no =/],
    ['User.nope=1', /no column User\.nope/],
    ['User.slug=1; DROP TABLE "User"', /semicolon/],
    ['User.slug=1 -- x', /comment/],
    ["User.slug='open", /unterminated/],
    ['User.slug=1, 2', /more than one/],
    ['User.slug=1 FROM x', /more than one/],
    ['User.slug=', /syntax error|more than one/],
  ])('--fill %s', (fill, text) => refused(['repair', '--fill', fill], 'FILL_INVALID', text, withUrl()));
  test('--allow of no hazard', () => refused(['repair', '--allow', 'EVERYTHING'], 'ALLOW_INVALID', /INDEX_REPLACED/, withUrl()));
  test('--rename of nothing', () => refused(['repair', '--rename', 'Ghost=User'], 'RENAME_INVALID', /no table Ghost/, withUrl()));
  test('after all of that the database is as it was', async () => {
    expect(await database.run("SELECT count(*)::int4 FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")).toEqual([[0]]);
    expect(await fingerprint(database.session, 'public', [])).toHaveLength(64);
  });
});

test('a large JSON document arrives whole through a pipe', async () => {
  const models = Array.from({ length: 700 }, (_, at) => `model M${at} {\n  id Int @id\n  name String @unique\n}\n`).join('\n');
  const large = appFolder(`datasource db {\n  provider = "postgresql"\n}\n${models}`);
  const ran = await mend(['check', '--json'], large.path, { DATABASE_URL: database.url });
  expect(ran.stdout.length).toBeGreaterThan(200_000);
  expect([ran.code, (JSON.parse(ran.stdout) as { findings: unknown[] }).findings.length]).toEqual([2, 1400]);
  large.remove();
});
