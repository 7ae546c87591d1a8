// A SQLite database file, read page by page and never written to. The only file that loads `node-sqlite3-wasm`.
//
// That SQLite knows no lock of the system: it makes a folder `x.lock` beside the file, which a killed process leaves behind, and it
// has no shared memory for the write-ahead log. So the file is opened through a link in a folder of our own, with a copy of the log
// beside it, and alone; whether somebody else writes meanwhile is seen by the file itself.

import { closeSync, copyFileSync, mkdtempSync, openSync, readSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database, Statement } from 'node-sqlite3-wasm';
import { failure } from '../errors.ts';
import { messageOf } from './refusals.ts';

export type SqliteCell = number | bigint | string | Uint8Array | null;
export type SqliteRow = Readonly<Record<string, SqliteCell>>;

export interface SqliteFile {
  readonly path: string;
  /** Rows one by one; to be read to the end or left by `break`. Throws SQLITE_UNREADABLE. */
  readonly rows: (sql: string, values?: readonly string[]) => IterableIterator<SqliteRow>;
  /** Throws SQLITE_BUSY when somebody wrote to the file since it was opened. */
  readonly assertUnchanged: () => void;
  readonly close: () => void;
}

/** Throws SQLITE_MISSING, SQLITE_UNREADABLE or SQLITE_BUSY. `given`: a path, or a URL as Prisma has it. */
export async function openSqliteFile(given: string, cwd = process.cwd()): Promise<SqliteFile> {
  const path = locate(given, cwd);
  const stamp = stampOf(path);
  assertNoJournal(path);
  assertReadable(path);
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'prisma-mend-sqlite-'));
  try {
    const database = new sqlite.Database(viewOf(path, folder), { readOnly: true });
    return wrap(database, path, folder, stamp);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw unreadable(path, messageOf(error), error);
  }
}

function wrap(database: Database, path: string, folder: string, stamp: string): SqliteFile {
  const file: SqliteFile = {
    path,
    rows: (sql, values = []) => rowsOf(database, sql, values, (error) => unreadable(path, messageOf(error), error)),
    assertUnchanged() {
      if (stampOf(path) !== stamp) throw failure('SQLITE_BUSY', { file: path, detail: 'It was written to while its rows were read.' });
      assertNoJournal(path);
    },
    close() {
      try {
        database.close();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
  database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-4000');
  // The first look at a page tells whether it is a database.
  database.get('SELECT count(*) FROM sqlite_schema');
  return file;
}

/** Not a generator around a generator: that costs a tenth of all reading. */
function rowsOf(database: Database, sql: string, values: readonly string[], refused: (error: unknown) => Error): IterableIterator<SqliteRow> {
  let open: { readonly rows: Iterator<SqliteRow>; readonly finalize: () => void } | undefined;
  let over = false;
  const end = (): IteratorResult<SqliteRow> => {
    if (!over) open?.finalize();
    over = true;
    return { done: true, value: undefined };
  };
  return {
    [Symbol.iterator]() {
      return this;
    },
    next() {
      if (over) return end();
      try {
        open ??= start(database.prepare(sql), values);
        const step = open.rows.next();
        return step.done === true ? end() : step;
      } catch (error) {
        over = true;
        throw refused(error);
      }
    },
    return: end,
  };
}

function start(statement: Statement, values: readonly string[]): { readonly rows: Iterator<SqliteRow>; readonly finalize: () => void } {
  return { rows: statement.iterate([...values]) as Iterator<SqliteRow>, finalize: () => statement.finalize() };
}

/** Prisma 6 reads `file:./dev.db` from the schema's folder. */
function locate(given: string, cwd: string): string {
  const bare = given.startsWith('file://') ? fileURLToPath(given.replace(/\?.*$/, '')) : given.startsWith('file:') ? given.slice(5).replace(/\?.*$/, '') : given;
  const looked = [resolve(cwd, bare), ...(given.startsWith('file:') ? [resolve(cwd, 'prisma', bare)] : [])];
  const found = looked.find((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  if (found === undefined) throw failure('SQLITE_MISSING', { file: given, looked });
  return realpathSync(found);
}

/** A link where the system lets us make one, else a copy. */
function viewOf(path: string, folder: string): string {
  const view = join(folder, 'view.db');
  try {
    symlinkSync(path, view);
  } catch {
    copyFileSync(path, view);
  }
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) copyFileSync(`${path}-wal`, `${view}-wal`);
  return view;
}

function stampOf(path: string): string {
  return [path, `${path}-wal`].map((file) => {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    // An empty log and none are the same.
    return found === undefined || (file !== path && found.size === 0n) ? '-' : `${found.ino} ${found.size} ${found.mtimeNs}`;
  }).join(', ');
}

/** A journal is a transaction that is under way, or that a crash has left to be undone; one that is kept for the next has a header of zeros. */
function assertNoJournal(path: string): void {
  const journal = `${path}-journal`;
  if ((statSync(journal, { throwIfNoEntry: false })?.size ?? 0) === 0 || firstBytes(journal, 28).every((byte) => byte === 0)) return;
  throw failure('SQLITE_BUSY', { file: path, detail: `${journal} holds a transaction: one that is under way, or one that a crash has left half done.` });
}

function firstBytes(path: string, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  const handle = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(handle, bytes, 0, count, 0));
  } finally {
    closeSync(handle);
  }
}

const MAGIC = 'SQLite format 3\0';

function assertReadable(path: string): void {
  let header: Uint8Array;
  try {
    header = firstBytes(path, 100);
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
  // A file of no bytes is a database without tables.
  if (header.length === 0) return;
  if (Buffer.from(header.subarray(0, 16)).toString('latin1') !== MAGIC) throw unreadable(path, 'It does not begin as a SQLite database does: it is something else, or it is encrypted (SQLCipher, SEE, libSQL).');
  if ((header[59] ?? 1) > 1) throw unreadable(path, 'Its texts are UTF-16; only UTF-8 is read.');
}

function unreadable(file: string, detail: string, cause?: unknown): Error {
  return failure('SQLITE_UNREADABLE', { file, detail }, cause);
}
