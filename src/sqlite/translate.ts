// A SQLite history, file by file, as the PostgreSQL history that does the same. Files may change their dialect midway.

import type { Reader } from '../history/script.ts';
import { dialectOf, type Neighbours, type Verdict } from './dialect/dialect.ts';
import { dancesOf } from './fold.ts';
import { patchHalf } from './dialect/half.ts';
import { writeMigration } from './migration.ts';
import { query } from './expression/query.ts';
import { newShaper, type Shaper } from './model.ts';
import { isJoinTable } from './naming.ts';
import { record, Refusal, type Player, type Recording, type Step } from './record.ts';
import { catalogAfter, resetSql } from './dialect/rehydrate.ts';
import { lower, NOTHING, stateReader } from './state.ts';
import { newTimeline, type Timeline } from './timeline.ts';
import type { Environment } from './work.ts';
import { Untranslatable, type Grammar, type PgType, type SourceFile, type SqliteDatabase, type TranslatedFile, type TranslateOptions, type Translation } from './types.ts';

export interface Tools {
  readonly grammar: Grammar;
  readonly reader: Reader;
  /** Empty, and left in the state the history ends in. */
  readonly database: SqliteDatabase;
}

/** What files SQLite alone understands are told by, and by what stands beside them where a file could be either. */
export function translateHistory(files: readonly SourceFile[], tools: Tools, options: TranslateOptions): Translation {
  const verdicts = verdictsOf(files, tools);
  const player: Player = { database: tools.database, grammar: tools.grammar, read: stateReader(tools.grammar), virtual: new Set(), time: 0, keysOff: false };
  const done: TranslatedFile[] = [];
  const enums = new Set<string>();
  try {
    for (let at = 0; at < files.length; ) {
      const run = lengthOfRun(verdicts, at);
      const part = files.slice(at, at + run);
      if (verdicts[at]?.dialect === 'sqlite') done.push(...translateRun(part, player, options, { enums, last: files.findLast((_, n) => verdicts[n]?.dialect === 'sqlite')?.name ?? '' }));
      else {
        for (const [n, file] of part.entries()) done.push(asItIs(file, verdicts[at + n], tools, options));
        if (at + run < files.length) rehydrate(done, run, tools);
      }
      at += run;
    }
    return { ok: true, files: done };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, refused: error.refused };
    throw error;
  }
}

/** A file that could be either is what the file before it is for certain, else the one after it; where none is certain, SQLite's. */
function verdictsOf(files: readonly SourceFile[], tools: Tools): readonly Verdict[] {
  const readings = files.map(({ sql }) => (['sqlite', 'postgresql'] satisfies Neighbours[]).map((neighbours) => dialectOf(sql, tools, neighbours)));
  const certain = readings.map(([a, b]) => (a?.dialect === b?.dialect && a?.dialect !== 'empty' ? (a?.dialect === 'sqlite' ? 'sqlite' : 'postgresql') : null));
  return readings.map(([a, b], at) => {
    const near = certain.slice(0, at + 1).findLast((one) => one !== null) ?? certain.slice(at).find((one) => one !== null) ?? 'sqlite';
    return (near === 'sqlite' ? a : b) ?? { dialect: 'empty', marks: [], weak: [], problem: null };
  });
}

/** Files that are played in one go: empty ones go with what they stand among. */
function lengthOfRun(verdicts: readonly Verdict[], from: number): number {
  const sqlite = verdicts[from]?.dialect === 'sqlite';
  let length = 1;
  while (from + length < verdicts.length && (verdicts[from + length]?.dialect === 'sqlite' || verdicts[from + length]?.dialect === 'empty') === sqlite) length++;
  return length;
}

function asItIs({ name, sql }: SourceFile, verdict: Verdict | undefined, tools: Tools, { target }: TranslateOptions): TranslatedFile {
  if (verdict?.dialect === 'half') return { name, was: 'half', ...patchHalf(sql, tools, target) };
  if (verdict?.dialect === 'neither') throw new Refusal({ name, message: verdict.problem?.message ?? 'neither SQLite nor PostgreSQL can read this', offset: verdict.problem?.offset ?? 0 });
  return { name, sql, was: verdict?.dialect === 'empty' ? 'empty' : 'postgresql', notes: [] };
}

function translateRun(files: readonly SourceFile[], player: Player, options: TranslateOptions, shared: Pick<Environment, 'enums' | 'last'>): readonly TranslatedFile[] {
  const timeline = newTimeline();
  const joined = new Set<string>();
  const recordings = files.map((file) => record(file, player));
  for (const recording of recordings) {
    chart(recording, timeline);
    for (const { node, after } of recording.steps) {
      if (node.type === 'CreateTableStmt' && hasJoinKey(recording, node.tblName.objName.text)) joined.add(lower(node.tblName.objName.text));
      if (node.type !== 'AlterTableStmt' || node.body.type !== 'RenameToAlterTableBody' || !joined.has(lower(node.tblName.objName.text))) continue;
      const table = after.tables.get(lower(node.body.name.text));
      if (table !== undefined && isJoinTable(table.name, table.columns.map((column) => column.name))) joined.add(lower(table.name));
    }
  }
  const made = new Map<string, readonly (PgType | null)[]>();
  const environment: Environment = { shaper: newShaper({ timeline, end: recordings.at(-1)?.end ?? NOTHING, joined, made }, options), timeline, sequences: new Map(), options, said: new Set(), ...shared };
  for (const recording of recordings) for (const step of recording.steps) queriedTypes(step, recording.sql, environment.shaper, made);
  return recordings.map((recording) => ({ name: recording.name, was: recording.steps.length === 0 ? 'empty' as const : 'sqlite' as const, ...written(recording, environment) }));
}

/** What the query of CREATE TABLE AS gives, before SQLite keeps no more of it than NUM or INT. */
function queriedTypes({ node, before, after, time }: Step, text: string, shaper: Shaper, made: Map<string, readonly (PgType | null)[]>): void {
  if (node.type !== 'CreateTableStmt' || node.body.type !== 'AsSelectCreateTableBody') return;
  const kept = after.tables.get(lower(node.tblName.objName.text))?.sql;
  const { relation, server } = shaper(before, time);
  try {
    if (kept !== undefined) made.set(kept, query(node.body.select, { text, relation, server, note: () => undefined }, null, null).columns.map(({ type }) => type));
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
  }
}

function written(recording: Recording, environment: Environment): Pick<TranslatedFile, 'sql' | 'notes'> {
  return recording.steps.length === 0 ? { sql: recording.sql, notes: [] } : writeMigration(recording, environment);
}

/** What is renamed when. */
function chart(recording: Recording, timeline: Timeline): void {
  const { folded } = dancesOf(recording);
  recording.steps.forEach(({ node, time, before, after, apart }, at) => {
    if (apart !== null || node.type !== 'AlterTableStmt') return;
    const table = before.tables.get(lower(node.tblName.objName.text))?.name ?? node.tblName.objName.text;
    if (node.body.type === 'RenameToAlterTableBody') {
      timeline.add(time, { table, to: after.tables.get(lower(node.body.name.text))?.name ?? node.body.name.text });
      for (const { after: made, origins, renamed } of folded) {
        if (renamed === at) for (const [to, origin] of origins) if (origin.kind === 'column' && origin.name !== to) timeline.add(time, { table: made.name, column: origin.name, to });
      }
    }
    if (node.body.type === 'RenameColumnAlterTableBody') timeline.add(time, { table, column: node.body.old.text, to: node.body.new.text });
  });
}

/** Prisma makes a many-to-many table and its unique index in one migration. */
function hasJoinKey({ end }: Recording, name: string): boolean {
  const table = end.tables.get(lower(name));
  if (table === undefined || !isJoinTable(table.name, table.columns.map((column) => column.name))) return false;
  return [...end.indexes.values()].some(({ table: on, node }) => lower(on) === lower(name) && node.unique && node.whereClause === undefined && node.columns.length === 2);
}

/** After files for PostgreSQL the embedded SQLite must hold what they made, for the SQLite files that follow. */
function rehydrate(done: readonly TranslatedFile[], latest: number, { reader, database }: Tools): void {
  const { catalog, touched } = catalogAfter(done.map(({ sql }) => sql), { reader });
  const changed = new Set(touched.slice(done.length - latest).flatMap((names) => [...names]));
  for (const sql of resetSql(database.schema(), catalog, changed)) database.run(sql);
}
