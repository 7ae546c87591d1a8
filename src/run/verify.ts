// `--verify`: both histories run side by side, with rows, and after every migration both judges are asked: Prisma's engine, whether
// the schemas are one, and the rows themselves.

import { failure } from '../errors.ts';
import { openSqlite } from '../scratch/sqlite.ts';
import type { SourceFile, TranslatedFile } from '../sqlite/types.ts';
import { judged, runAlone } from './verify/step.ts';
import { sqliteTables, type SqliteTables } from './verify/tables.ts';
import { NO_ROWS, type History, type VerifiedMigration, type VerifyOptions } from './verify/types.ts';

export type { VerifiedMigration, VerifyOptions } from './verify/types.ts';

export interface Verification {
  readonly judge: string;
  readonly migrations: readonly VerifiedMigration[];
}

export async function verifyTranslation(sources: readonly SourceFile[], translated: readonly TranslatedFile[], options: VerifyOptions): Promise<Verification> {
  const history: History = { sources, translated, shapes: await shapesOf(sources, translated), options, ...counter() };
  // A zone with half an hour in it: what leans on the session's zone shows.
  await options.scratch.session.run("SET timezone = 'Asia/Kolkata'");
  let live = await openSqlite();
  const migrations: VerifiedMigration[] = [];
  const said = new Set<string>();
  let unjudged: string | null = null;
  for (const [at, source] of sources.entries()) {
    if (options.signal.aborted) throw failure('INTERRUPTED', { state: 'Nothing was written.' });
    options.progress(`${source.name} (${at + 1} of ${sources.length})`);
    unjudged ??= obstacle(history, at);
    const file = translated[at];
    if (unjudged !== null || file === undefined) {
      const failed = await runAlone(options, file?.sql ?? '');
      migrations.push({ name: source.name, catalogs: 'notCompared', rows: NO_ROWS, gaps: [`not judged: ${unjudged ?? 'it was not translated'}`], refusedBy: null, failed });
      continue;
    }
    const step = await judged(history, at, live);
    live = step.live;
    migrations.push({ ...step.verified, gaps: step.verified.gaps.filter((gap) => !said.has(gap)) });
    for (const gap of step.verified.gaps) said.add(gap);
    if (step.verified.failed !== null) unjudged = `${source.name} does not run`;
  }
  live.close();
  return { judge: options.scratch.judge, migrations };
}

/** What keeps a migration from being what it should be; gaps and foretold refusals do not. */
export function problemsOf({ catalogs, rows, refusedBy, failed }: VerifiedMigration): readonly string[] {
  const refusal = refusedBy === null || refusedBy.foretold ? [] : [`refused by ${refusedBy.by} alone: ${refusedBy.words}`];
  return [...(failed === null ? [] : [`does not run: ${failed}`]), ...refusal, ...(typeof catalogs === 'string' ? [] : catalogs.map((sql) => `still differs: ${sql}`)), ...rows.different];
}

function counter(): Pick<History, 'next'> {
  let n = 0;
  return { next: () => ++n };
}

async function shapesOf(sources: readonly SourceFile[], translated: readonly TranslatedFile[]): Promise<readonly SqliteTables[]> {
  const database = await openSqlite();
  const shapes = [sqliteTables(database)];
  try {
    for (const [at, { sql }] of sources.entries()) {
      if (translated[at]?.was === 'postgresql' || translated[at]?.was === 'half') break;
      database.run(sql);
      shapes.push(sqliteTables(database));
    }
  } catch {
    // Where SQLite stops, so do the shapes; the migration itself says why.
  } finally {
    database.close();
  }
  return shapes;
}

/** Why a migration and all after it have nothing to be held against. */
function obstacle({ translated, shapes }: History, at: number): string | null {
  const file = translated[at];
  if (file === undefined) return 'it was not translated';
  if (file.was === 'postgresql' || file.was === 'half') return `${file.name} is no SQLite`;
  if (file.notes.some(({ kind }) => kind === 'manual')) return `${file.name} has parts to be translated by hand`;
  return at + 1 < shapes.length ? null : `the embedded SQLite does not run ${file.name}`;
}
