// What goes with a translation when it is asked for: the proof that it does the same, and the rows of the SQLite file.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '../database/session.ts';
import { parseUrl } from '../database/url.ts';
import { failure } from '../errors.ts';
import { openScratch, type Scratch } from '../scratch/scratch.ts';
import { guideOf, sourceOf } from './switch.ts';
import type { TranslatedHistory, TranslationOptions } from './translation.ts';
import type { TransferReport } from './transfer/transfer.ts';
import type { Verification } from './verify.ts';

interface Watch {
  readonly signal: AbortSignal;
  readonly progress: (words: string) => void;
}

/** On a scratch server of the newest version there is. Throws NO_SCRATCH and INTERRUPTED. */
export async function verifyHistory({ files, translated, workspace, guided }: TranslatedHistory, { cwd, scratchUrl }: TranslationOptions, watch: Watch): Promise<Verification> {
  const { verifyTranslation } = await import('./verify.ts');
  const target = workspace !== null && guided ? await guideOf(workspace.project) : null;
  const scratch: Scratch = await openScratch({ url: scratchUrl, major: NEWEST, from: [cwd, dirname(fileURLToPath(import.meta.url))], extensions: [] });
  try {
    return await verifyTranslation(files.map(sourceOf), translated, { scratch, ...watch, now: Date.now(), target });
  } finally {
    await scratch.close();
  }
}

const NEWEST = 18;

/** Into the tables the project's database has. Throws NO_URL and what {@link transferData} throws. */
export async function copyRows({ workspace, withoutProject }: TranslatedHistory, { url }: TranslationOptions, file: string, watch: Watch): Promise<TransferReport> {
  if (workspace === null && url === undefined) throw failure('NO_URL', { looked: ['the project\'s schema and config', '--schema', '--url'], hint: withoutProject ?? '' });
  const { transferData } = await import('./transfer/transfer.ts');
  const target = workspace === null ? parseUrl(url ?? '', '--url') : workspace.project.target();
  const session = await connect(target);
  try {
    return await transferData(session, { file, schema: target.schema, ...watch, reconnect: () => connect(target) });
  } finally {
    await session.close();
  }
}
