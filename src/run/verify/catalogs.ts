// Prisma's own engine as judge: the SQLite schema as it reads it, said to be PostgreSQL's, and what PostgreSQL would still need.

import { loadReader } from '../../parse/script.ts';
import { loadGrammar } from '../../parse/sqlite.ts';
import { engineAdapter } from '../../prisma/adapter.ts';
import { engineFiles } from '../../prisma/ddl.ts';
import { panicked, startEngine, type SchemaEngine } from '../../prisma/engine.ts';
import { readPsl } from '../../prisma/psl.ts';
import { sqliteAdapter } from '../../prisma/sqlite-adapter.ts';
import type { Session } from '../../database/session.ts';
import { messageOf } from '../../database/refusals.ts';
import { openSqlite, type SqliteSession } from '../../scratch/sqlite.ts';
import type { Target } from '../../sqlite/types.ts';
import { guidedDifference } from './guided.ts';
import { excusing } from './excuses.ts';
import { readablePredicates, standIn, type StandIn } from './standin.ts';
import { sqliteTables } from './tables.ts';

export interface CatalogsCompared {
  /** Statements PostgreSQL would need; empty when the two are equal. */
  readonly remaining: readonly string[];
  readonly gaps: readonly string[];
}

const EMPTY_SCHEMA = 'generator client {\n  provider        = "prisma-client"\n  previewFeatures = ["partialIndexes"]\n}\n\ndatasource db {\n  provider = "sqlite"\n}\n';
const FILTERS = { externalTables: [], externalEnums: [] };

/** With a target its types are right, and the rest is as SQLite has it. */
export async function compareSchemas(sqlite: SqliteSession, session: Session, target: Target | null): Promise<CatalogsCompared> {
  const [grammar, reader] = [await loadGrammar(), await loadReader()];
  const tables = standIn(sqliteTables(sqlite), grammar);
  const predicates = readablePredicates(sqlite.schema(), grammar, (sql) => reader.script(`SELECT 1 WHERE (${sql})`).problem === null);
  const stand: StandIn = { ...tables, texts: new Map([...tables.texts, ...predicates]) };
  try {
    const schema = await readSqlite(sqlite, stand);
    if (target !== null) {
      const { remaining, gaps } = await guidedDifference(session, schema, target, stand.excused);
      return { remaining, gaps: [...stand.gaps, ...gaps] };
    }
    const { statements, problem } = reader.script(await postgresNeeds(session, schema));
    if (problem !== null) throw new Error(problem.message);
    const { remaining, gaps } = await excusing(statements, stand.excused, session);
    return { remaining: remaining.map(({ text }) => text.trim()), gaps: [...stand.gaps, ...gaps] };
  } catch (error) {
    return { remaining: [], gaps: [...stand.gaps, `Prisma's engine did not compare the schemas: ${messageOf(error)}`] };
  }
}

async function withEngine<T>(adapter: unknown, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const engine = await startEngine(adapter);
  try {
    return await Promise.race([work(engine), panicked()]);
  } finally {
    engine.free();
  }
}

async function readSqlite(sqlite: SqliteSession, stand: StandIn): Promise<string> {
  // Of an empty database the engine says no more than that.
  if (sqliteTables(sqlite).size === 0) return EMPTY_SCHEMA;
  const database = stand.texts.size === 0 ? sqlite : await copyOf(sqlite, stand);
  try {
    const request = { schema: { files: [{ path: 'schema.prisma', content: EMPTY_SCHEMA }] }, baseDirectoryPath: '/', force: true, compositeTypeDepth: -1, namespaces: null };
    const { schema } = await withEngine(sqliteAdapter(database), (engine) => engine.introspect(request));
    return withoutOwnNames(schema.files[0]?.content ?? '', new Set(sqlite.schema().flatMap(({ type, name, sql }) => (type === 'index' && sql === null ? [name] : []))));
  } finally {
    if (database !== sqlite) database.close();
  }
}

/** What SQLite calls the index of a UNIQUE inside of a table: Prisma takes the name for the user's, and has one of its own on PostgreSQL. */
function withoutOwnNames(schema: string, own: ReadonlySet<string>): string {
  return schema.replace(/\(map: "(\w[^"\\]*)"\)|, map: "(\w[^"\\]*)"|map: "(\w[^"\\]*)", /g, (text, alone: string | undefined, last: string | undefined, first: string | undefined) => (own.has(alone ?? last ?? first ?? '') ? '' : text));
}

/** Tables and indexes without rows. */
async function copyOf(sqlite: SqliteSession, { texts }: StandIn): Promise<SqliteSession> {
  const copy = await openSqlite();
  copy.run('PRAGMA foreign_keys=OFF');
  const objects = sqlite.schema().filter(({ type, temporary, sql }) => !temporary && sql !== null && !/^\s*create\s+virtual/i.test(sql) && (type === 'table' || type === 'index'));
  for (const { name, sql } of objects) copy.run(texts.get(name.toLowerCase()) ?? sql ?? '');
  return copy;
}

async function postgresNeeds(session: Session, schema: string): Promise<string> {
  const files = engineFiles([readPsl('schema.prisma', schema)]);
  const request = { from: { tag: 'schemaDatasource', files, configDir: '/' }, to: { tag: 'schemaDatamodel', files }, script: true, exitCode: true, shadowDatabaseUrl: null, filters: FILTERS };
  const { stdout } = await withEngine(engineAdapter(session, 'public'), (engine) => engine.diff(request));
  return stdout ?? '';
}
