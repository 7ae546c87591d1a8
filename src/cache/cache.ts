// Files worth keeping between runs, in a folder only their owner can read or write. Losing or refusing one costs time, never truth.

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const KEPT_FILES = 64;

/** Names this program gives; whatever else is in the folder is somebody's. */
const OWN = /^(catalog|history|pglite)-[\w.-]+$/;

/** `null` where there is no safe place: no home, not ours, or open to others. */
function folder(environment: NodeJS.ProcessEnv): string | null {
  if (environment['PRISMA_MEND_CACHE'] === 'off') return null;
  const base = environment['PRISMA_MEND_CACHE'] || join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'prisma-mend');
  try {
    mkdirSync(base, { recursive: true, mode: 0o700 });
    const stat = lstatSync(base);
    const ours = process.getuid === undefined || stat.uid === process.getuid();
    return stat.isDirectory() && ours && (stat.mode & 0o077) === 0 ? base : null;
  } catch {
    return null;
  }
}

/** A folder for another package's cache, `null` where there is no safe place. */
export function cacheFolder(name: string, environment = process.env): string | null {
  const base = folder(environment);
  return base === null ? null : join(base, name);
}

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(String(part.length)).update(':').update(part);
  return hash.digest('hex');
}

const DIGEST = 64;

/** Content stored under the key, `null` when there is none or it is not what was stored. */
export function readCache(key: string, environment = process.env): Buffer | null {
  const base = folder(environment);
  if (base === null) return null;
  try {
    const path = join(base, key);
    const stat = lstatSync(path);
    if (!stat.isFile() || (process.getuid !== undefined && stat.uid !== process.getuid())) return null;
    const bytes = readFileSync(path);
    const content = bytes.subarray(DIGEST);
    return bytes.subarray(0, DIGEST).toString('latin1') === sha256(key, content) ? content : null;
  } catch {
    return null;
  }
}

/** Stores content under the key; a reader sees all of it or nothing. */
export function writeCache(key: string, content: string | Uint8Array, environment = process.env): void {
  const base = folder(environment);
  if (base === null) return;
  const bytes = Buffer.from(content);
  const temporary = join(base, `${key}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, Buffer.concat([Buffer.from(sha256(key, bytes), 'latin1'), bytes]), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, join(base, key));
    forgetOldest(base);
  } catch {
    // A full disk or a read-only home only means that the next run is slower.
  }
}

function forgetOldest(base: string): void {
  const names = readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isFile() && OWN.test(entry.name)).map(({ name }) => name);
  const files = names.map((name) => ({ path: join(base, name), time: statSync(join(base, name)).mtimeMs }));
  files.sort((a, b) => b.time - a.time);
  for (const { path } of files.slice(KEPT_FILES)) unlinkSync(path);
}
