// Whose SQL a migration is: SQLite's, PostgreSQL's, or PostgreSQL's with words of SQLite in it.

import { fromBytes, withoutMark } from './edits.ts';
import { marksOf, ownInSqlite, wordAt, type Mark, type Marks } from './marks.ts';
import { isEmpty, readBoth, readPieces, type Both, type Grammars, type Problem } from './readings.ts';
import type { Statement as SqliteStatement } from '../types.ts';

export type Dialect = 'sqlite' | 'half' | 'postgresql' | 'empty' | 'neither';

/** What the lock file or the files around it say. */
export type Neighbours = 'sqlite' | 'postgresql' | 'unknown';

export interface Verdict {
  readonly dialect: Dialect;
  /** What PostgreSQL would refuse, in order. */
  readonly marks: readonly Mark[];
  /** What Prisma writes for SQLite alone, though PostgreSQL understands it. */
  readonly weak: readonly Mark[];
  /** Why neither grammar reads it. */
  readonly problem: Problem | null;
}

export function dialectOf(sql: string, tools: Grammars, neighbours: Neighbours = 'unknown'): Verdict {
  const both = readBoth(sql, tools);
  if (isEmpty(both)) return { dialect: 'empty', marks: [], weak: [], problem: null };
  const text = withoutMark(sql);
  if (both.postgresql.problem === null) {
    const found = marksOf(both.postgresql.statements, text, fromBytes(text));
    const dialect = both.sqlite.problem === null ? ofBoth(found, isDance(both.sqlite.statements), neighbours) : found.sqlite.length > 0 ? 'half' : 'postgresql';
    return { dialect, marks: found.sqlite, weak: found.weak, problem: null };
  }
  return both.sqlite.problem === null ? onlySqlite(text, both, tools, neighbours) : byPieces(text, both, tools, neighbours);
}

/**
 * Both grammars read it. PostgreSQL's own words are lost on SQLite, so a file with marks of both is patched and not translated; but
 * a redefinition of a table only the translation can make sense of. `CONSTRAINT "A_pkey"` and TIMESTAMP(3) are right in either
 * reading: there the files around it decide, and where they are not known the patch, which changes less.
 */
function ofBoth({ sqlite, postgresql, weakPostgresql }: Marks, dance: boolean, neighbours: Neighbours): Dialect {
  if (sqlite.length > 0 && dance) return 'sqlite';
  if (postgresql.length > 0) return sqlite.length > 0 ? 'half' : 'postgresql';
  if (neighbours === 'sqlite') return 'sqlite';
  if (sqlite.length === 0) return 'postgresql';
  return weakPostgresql.length > 0 ? 'half' : 'sqlite';
}

/** A table that is dropped and another renamed to it. */
function isDance(statements: readonly SqliteStatement[]): boolean {
  const dropped = new Set(statements.flatMap(({ node }) => (node.type === 'DropTableStmt' ? [node.tblName.objName.text] : [])));
  return statements.some(({ node }) => node.type === 'AlterTableStmt' && node.body.type === 'RenameToAlterTableBody' && dropped.has(node.body.name.text));
}

const NONE: Marks = { sqlite: [], weak: [], postgresql: [], weakPostgresql: [] };

function join(all: readonly Marks[]): Marks {
  return all.reduce((a, b) => ({ sqlite: [...a.sqlite, ...b.sqlite], weak: [...a.weak, ...b.weak], postgresql: [...a.postgresql, ...b.postgresql], weakPostgresql: [...a.weakPostgresql, ...b.weakPostgresql] }), NONE);
}

/** Marks of a part of the text: by PostgreSQL's tree, or where it has none, the word it stumbles over. `from`: where the offsets of SQLite's tree begin. */
function marksOfPart(sql: string, start: number, { postgresql }: Pick<Both, 'postgresql'>, node: SqliteStatement['node'] | undefined, from = start): Marks {
  if (postgresql.problem !== null) {
    const offset = start + postgresql.problem.offset;
    return { ...NONE, ...(node === undefined ? {} : ownInSqlite(node, sql, from)), sqlite: [{ word: wordAt(sql, offset), offset }] };
  }
  const bytes = fromBytes(sql.slice(start));
  return marksOf(postgresql.statements, sql, (byte) => start + bytes(byte));
}

function onlySqlite(sql: string, { sqlite }: Both, { reader }: Grammars, neighbours: Neighbours): Verdict {
  const found = join(sqlite.statements.map(({ node, start, end }) => marksOfPart(sql, start, { postgresql: reader.script(sql.slice(start, end)) }, node, 0)));
  return { dialect: ofBoth(found, isDance(sqlite.statements), neighbours), marks: found.sqlite, weak: found.weak, problem: null };
}

function byPieces(sql: string, both: Both, tools: Grammars, neighbours: Neighbours): Verdict {
  const pieces = readPieces(sql, tools);
  const bad = pieces.find(({ postgresql, sqlite }) => postgresql.problem !== null && sqlite.problem !== null);
  if (bad !== undefined) return { dialect: 'neither', marks: [], weak: [], problem: better(bad, bad.start, neighbours) };
  const found = join(pieces.map((piece) => marksOfPart(sql, piece.start, piece, piece.sqlite.statements[0]?.node)));
  if (pieces.every(({ postgresql }) => postgresql.problem === null)) return { dialect: 'neither', marks: [], weak: [], problem: better(both, 0, neighbours) };
  return { dialect: 'half', marks: found.sqlite, weak: found.weak, problem: null };
}

/** Of the grammar that got further. */
function better({ postgresql, sqlite }: Both, start: number, neighbours: Neighbours): Problem {
  const [a, b] = [postgresql.problem, sqlite.problem];
  if (a === null || b === null) return { message: (a ?? b)?.message ?? 'syntax error', offset: start + ((a ?? b)?.offset ?? 0) };
  const one = a.offset === b.offset ? (neighbours === 'sqlite' ? b : a) : a.offset > b.offset ? a : b;
  return { message: one.message, offset: start + one.offset };
}
