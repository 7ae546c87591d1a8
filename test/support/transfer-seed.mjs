// A SQLite file as an application would have it, made by SQLite itself, and the tables PostgreSQL has for it. Twenty tables: foreign
// keys, one circle of two tables and one of three that are NOT NULL, self references, blobs, text of all kinds, NULL, times in every form.

import sqlite from 'node-sqlite3-wasm';

export const TABLES = Array.from({ length: 20 }, (_, at) => `T${String(at + 1).padStart(2, '0')}`);

/** What each refers to beside itself: T01 and T02 each other, T03 to T05 in a ring, T06 and later the one before. */
const REFERS = Object.fromEntries(TABLES.map((name, at) => [name, at === 0 ? 'T02' : at === 1 ? 'T01' : at < 5 ? TABLES[at === 4 ? 2 : at + 1] : TABLES[at - 1]]));
const mayBeNull = (name) => name === 'T01' || Number(name.slice(1)) > 5;

const COLUMNS = [
  ['n', 'INTEGER', 'INTEGER', "CASE WHEN i % 11 = 0 THEN NULL ELSE i * 37 - 1000 END"],
  ['big', 'BIGINT', 'BIGINT', '9007199254740993 + i'],
  ['score', 'REAL', 'DOUBLE PRECISION', 'i * 1.1 / 7'],
  ['price', 'DECIMAL', 'DECIMAL(65,30)', 'i / 100.0'],
  ['active', 'BOOLEAN', 'BOOLEAN', 'i % 2'],
  ['name', 'TEXT', 'TEXT', "CASE i % 7 WHEN 0 THEN '' WHEN 1 THEN 'tab' || char(9) || 'line' || char(10) || 'back\\slash ' || i WHEN 2 THEN 'Grüße, Ωmega ' || char(128512) || i WHEN 3 THEN NULL ELSE 'row number ' || i || ' of many' END"],
  ['createdAt', 'DATETIME', 'TIMESTAMP(3)', "CASE i % 4 WHEN 0 THEN 1696625465526 + i * 1001 WHEN 1 THEN strftime('%Y-%m-%dT%H:%M:%S', 1696625465 + i, 'unixepoch') || '.' || substr('00' || (i % 1000), -3) || '+00:00' WHEN 2 THEN datetime(1696625465 + i, 'unixepoch') ELSE 1696625465526.0 + i END"],
  ['meta', 'JSONB', 'JSONB', "CASE WHEN i % 5 = 0 THEN '{\"b\": [1, 2.50, null], \"a\":\"x' || i || '\"}' END"],
  ['data', 'BLOB', 'BYTEA', "CASE WHEN i % 6 = 0 THEN x'00ff10' || CAST(i AS BLOB) WHEN i % 6 = 1 THEN x'' END"],
];

export function postgresDdl() {
  const tables = TABLES.map((name) => `CREATE TABLE "${name}" ("id" SERIAL NOT NULL, "otherId" INTEGER${mayBeNull(name) ? '' : ' NOT NULL'}, "selfId" INTEGER, ${COLUMNS.map(([column, , type]) => `"${column}" ${type}`).join(', ')}, CONSTRAINT "${name}_pkey" PRIMARY KEY ("id"))`);
  const keys = TABLES.flatMap((name) => [['otherId', REFERS[name]], ['selfId', name]].map(([column, target]) => `ALTER TABLE "${name}" ADD CONSTRAINT "${name}_${column}_fkey" FOREIGN KEY ("${column}") REFERENCES "${target}"("id") ON DELETE ${column === 'selfId' ? 'SET NULL' : 'CASCADE'} ON UPDATE CASCADE`));
  return [...tables, ...keys].join(';\n');
}

/** `rows` in each of the twenty tables. Self references go forwards too, to rows that come later. */
export function makeSqlite(path, rows) {
  const database = new sqlite.Database(path);
  database.exec('PRAGMA foreign_keys=OFF; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN');
  for (const name of TABLES) {
    database.exec(`CREATE TABLE "${name}" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, ${COLUMNS.map(([column, type]) => `"${column}" ${type}`).join(', ')}, "otherId" INTEGER REFERENCES "${REFERS[name]}"("id"), "selfId" INTEGER REFERENCES "${name}"("id"))`);
    database.exec(`WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${rows}) INSERT INTO "${name}" SELECT i, ${COLUMNS.map(([, , , value]) => value).join(', ')}, ${mayBeNull(name) ? `CASE WHEN i % 3 = 0 THEN NULL ELSE ${rows} + 1 - i END` : `${rows} + 1 - i`}, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN i ELSE ${rows} + 1 - i END FROM s`);
  }
  database.exec('COMMIT');
  database.close();
}
