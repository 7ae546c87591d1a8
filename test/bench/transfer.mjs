// The rows of a SQLite file into PostgreSQL: how many a second, in how much memory. As a process of its own, beside a bare COPY of the same
// lines, which is what PostgreSQL alone takes for them.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../dist/database/session.js';
import { openSqliteFile } from '../../dist/database/sqlite-file.js';
import { parseUrl } from '../../dist/database/url.js';
import { putRow } from '../../dist/run/transfer/look.js';
import { pairTables } from '../../dist/run/transfer/plan.js';
import { readTarget } from '../../dist/run/transfer/target.js';
import { newWriter, putByte } from '../../dist/run/transfer/writer.js';
import { makeSqlite, postgresDdl, TABLES } from '../support/transfer-seed.mjs';

const TABLE = 'T10';

/** `create` makes a database and returns its URL. */
export async function transferring(create, folder, rows) {
  const file = join(folder, 'rows.db');
  makeSqlite(file, rows / TABLES.length);
  const url = await create('transfer');
  const session = await connect(parseUrl(url, 'the bench'));
  await session.run(postgresDdl());
  const bare = await bareCopy(session, file);
  await session.close();
  const { copied, seconds, megabytes } = copyAsProcess(url, file);
  const again = copyAsProcess(url, file);
  rmSync(file);
  process.stdout.write(`\n\`prisma-mend translate --data\`, ${copied} rows in ${TABLES.length} tables: ${Math.round(copied / seconds.total)} rows/s from end to end, ${Math.round(copied / seconds.copy)} copied (bare COPY of one table: ${bare}), ${megabytes.toFixed(0)} MB; looked at ${seconds.look.toFixed(1)} s, copied ${seconds.copy.toFixed(1)} s, compared ${seconds.compare.toFixed(1)} s; again, with nothing to do: ${again.seconds.total.toFixed(1)} s\n`);
}

function copyAsProcess(url, file) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'test/support/transfer-child.mjs'), url, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr.slice(-2000));
  return JSON.parse(stdout);
}

/** Rows a second that PostgreSQL takes when the lines are there already; rolled back. */
async function bareCopy(session, path) {
  const file = await openSqliteFile(path);
  const pair = pairTables(file, await readTarget(session, 'public')).pairs.find(({ target }) => target.name === TABLE);
  const writer = newWriter(1 << 20);
  let rows = 0;
  for (const row of file.rows(pair.query)) {
    putRow(pair.columns, row, writer, 'copy');
    putByte(writer, 10);
    rows++;
  }
  file.close();
  const chunks = Array.from({ length: Math.ceil(writer.at / 65_536) }, (_, at) => writer.bytes.subarray(at * 65_536, Math.min((at + 1) * 65_536, writer.at)));
  // What it refers to is itself here, so that the keys are checked as in the whole run.
  await session.run(`BEGIN; ALTER TABLE "${TABLE}" DROP CONSTRAINT "${TABLE}_otherId_fkey"; ALTER TABLE "${TABLE}" ADD FOREIGN KEY ("otherId") REFERENCES "${TABLE}"("id")`);
  const started = performance.now();
  await session.copyIn(`COPY "${TABLE}" (${pair.columns.map(({ target }) => `"${target.name}"`).join(', ')}) FROM STDIN`, chunks);
  const speed = Math.round((rows / (performance.now() - started)) * 1000);
  await session.run('ROLLBACK');
  return speed;
}
