// Schema files: one file, or a folder read the way Prisma reads it (every *.prisma below it, links followed once).

import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { failure } from '../errors.ts';
import { readPsl, type PslFile } from './psl.ts';

export interface SchemaFiles {
  /** What was named: a file or a folder. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly files: readonly PslFile[];
}

interface Wanted {
  readonly flag: string | null;
  readonly config: string | null;
  /** Where relative defaults are looked for. */
  readonly root: string;
  /** Prisma 7 no longer reads `prisma.schema` in package.json. */
  readonly readPackageJson: boolean;
}

/** Finds and reads the schema in Prisma's order: flag, config, package.json, ./schema.prisma, ./prisma/schema.prisma. */
export function findSchema({ flag, config, root, readPackageJson }: Wanted): SchemaFiles {
  if (flag !== null) return readSchema(resolve(root, flag), [`${resolve(root, flag)} (--schema)`]);
  if (config !== null) return readSchema(config, [`${config} (config file)`]);
  const named = readPackageJson ? packageSchema(root) : null;
  if (named !== null) return readSchema(named, [`${named} (package.json)`]);
  const defaults = [join(root, 'schema.prisma'), join(root, 'prisma', 'schema.prisma')];
  const found = defaults.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (found !== undefined) return readSchema(found, defaults);
  throw failure('NO_SCHEMA', { looked: defaults });
}

function readSchema(path: string, looked: readonly string[]): SchemaFiles {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw failure('NO_SCHEMA', { looked });
  const paths = stat.isDirectory() ? folderFiles(path) : [path];
  const files = paths.map((file) => readPsl(file, readText(file)));
  if (files.length === 0) throw failure('NO_SCHEMA', { looked: [`${path}/**/*.prisma`] });
  return { path, isFolder: stat.isDirectory(), files };
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes[0] === 0xff && bytes[1] === 0xfe) throw new Error('It is UTF-16; save it as UTF-8.');
    return bytes.toString('utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw failure('SCHEMA_UNREADABLE', { file, detail: error instanceof Error ? error.message : String(error) }, error);
  }
}

function folderFiles(folder: string, visited = new Set<string>()): string[] {
  const real = realpathSync(folder);
  if (visited.has(real)) return [];
  visited.add(real);
  return readdirSync(folder).sort().flatMap((name) => entryFiles(join(folder, name), visited));
}

function entryFiles(path: string, visited: Set<string>): string[] {
  const link = lstatSync(path);
  const target = link.isSymbolicLink() ? realOrNull(path) : path;
  if (target === null) return [];
  const stat = statSync(target);
  if (stat.isDirectory()) return folderFiles(target, visited);
  return stat.isFile() && extname(target) === '.prisma' ? [target] : [];
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** `prisma.schema` of the nearest package.json, as Prisma 6 reads it. */
function packageSchema(root: string): string | null {
  for (let folder = root; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const json = readJson(path);
    if (json !== null) {
      const prisma = json['prisma'];
      const schema = typeof prisma === 'object' && prisma !== null && 'schema' in prisma ? prisma.schema : null;
      return typeof schema === 'string' ? resolve(folder, schema) : null;
    }
    if (folder === dirname(folder)) return null;
  }
}

function readJson(path: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Version of the Prisma CLI (else the client) installed in the user's project, `null` where none is. */
export function installedPrisma(root: string): string | null {
  const require = createRequire(join(root, 'package.json'));
  for (const name of ['prisma/package.json', '@prisma/client/package.json']) {
    try {
      const json = readJson(require.resolve(name));
      if (typeof json?.['version'] === 'string') return json['version'];
    } catch {
      // Not installed: the next one, or none.
    }
  }
  return null;
}
