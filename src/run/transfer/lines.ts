// A table's rows as COPY takes them, in chunks; those of the next table are begun while PostgreSQL is at work on this one.

import { setImmediate as turn } from 'node:timers/promises';
import { ahead, type Ahead, type Lines } from './ahead.ts';
import { putRow } from './look.ts';
import type { TablePair } from './plan.ts';
import { Refusal, type Work } from './work.ts';
import { newWriter, putByte } from './writer.ts';

/** Those that are made already, where nothing is left out of them. `postponed`: columns that are NULL in them. */
export function linesFor(work: Work, pair: TablePair, postponed: readonly string[]): Ahead {
  const { begun } = work;
  if (begun?.pair !== pair || postponed.length > 0) return ahead(linesOf(work, pair, new Set(postponed)));
  work.begun = null;
  return begun.lines;
}

/** While PostgreSQL is at work on what it has. */
export async function beginNext(work: Work): Promise<void> {
  await stopNext(work);
  if (work.upcoming !== null) work.begun = { pair: work.upcoming, lines: ahead(linesOf(work, work.upcoming, new Set())) };
}

export async function stopNext(work: Work): Promise<void> {
  const { begun } = work;
  work.begun = null;
  await begun?.lines.stop();
}

export async function* sent(work: Work, pair: TablePair, { lines }: Ahead): AsyncGenerator<Uint8Array> {
  const all = work.contents.get(pair.target.name)?.rows ?? 0;
  let said = 0;
  for await (const { bytes, rows } of lines()) {
    work.assertGoing();
    if (rows - said > 50_000) {
      said = rows;
      work.progress(`copying "${pair.target.name}": ${rows} of ${all} rows`);
    }
    yield bytes;
  }
}

const CHUNK = 65_536;
const NEWLINE = 10;

async function* linesOf(work: Work, pair: TablePair, skipped: ReadonlySet<string>): AsyncGenerator<Lines> {
  const writer = newWriter(CHUNK * 2);
  let rows = 0;
  for (const row of work.file.rows(pair.query)) {
    const misfit = putRow(pair.columns, row, writer, 'copy', skipped);
    if (misfit !== null) throw new Refusal(pair.target.name, `column "${misfit.column}" has ${misfit.problem}`);
    putByte(writer, NEWLINE);
    rows++;
    if (writer.at < CHUNK) continue;
    yield { bytes: writer.bytes.subarray(0, writer.at), rows };
    writer.at = 0;
    await turn();
  }
  if (writer.at > 0) yield { bytes: writer.bytes.subarray(0, writer.at), rows };
}
