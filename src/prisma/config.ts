// Prisma's config file: where it may stand (packages/config of Prisma 7.10) and what of it matters here.

import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { failure } from '../errors.ts';
import { redact } from '../database/url.ts';

const EXTENSIONS = ['.js', '.ts', '.mjs', '.cjs', '.mts', '.cts'];
const VERSIONED = ['prisma7.config', join('.config', 'prisma7')];
const LEGACY = ['prisma.config', join('.config', 'prisma'), join('.config', 'prisma.config')];

/** Every path Prisma looks at, in its order. */
export const CONFIG_CANDIDATES: readonly string[] = [
  ...VERSIONED.flatMap((base) => EXTENSIONS.map((extension) => base + extension)),
  ...LEGACY.flatMap((base) => [...EXTENSIONS.map((extension) => base + extension), ...EXTENSIONS.map((extension) => join(base, `index${extension}`))]),
];

export interface PrismaConfig {
  readonly path: string;
  readonly schema: string | null;
  readonly migrations: string | null;
  readonly url: string | null;
  /** Why the config gives no URL although it wants to: an environment variable that is not set. */
  readonly missingVariable: string | null;
  readonly externalTables: readonly string[];
  readonly externalEnums: readonly string[];
}

export function findConfig(root: string): string | null {
  for (const candidate of CONFIG_CANDIDATES) {
    const path = resolve(root, candidate);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  }
  return null;
}

/** Loads the config file with `prisma/config` replaced by a stub. Paths in the result are absolute. */
export async function loadConfig(path: string): Promise<PrismaConfig> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw failure('CONFIG_INVALID', { file: path, detail: 'There is no such file.' });
  const { config, missingVariable } = await evaluate(path);
  if (!isRecord(config)) throw failure('CONFIG_INVALID', { file: path, detail: 'Its default export is not an object.' });
  if ('orm' in config || 'contract' in config) throw failure('PRISMA_8', { evidence: `${path} has a key only Prisma 8 knows` });
  const at = (value: unknown) => (typeof value === 'string' && value !== '' ? resolve(dirname(path), value) : null);
  const datasource = isRecord(config['datasource']) ? config['datasource'] : {};
  return {
    path,
    schema: at(config['schema']),
    migrations: at(isRecord(config['migrations']) ? config['migrations']['path'] : null),
    url: text(datasource['directUrl']) ?? text(datasource['url']),
    missingVariable,
    externalTables: external(config['tables']),
    externalEnums: external(config['enums']),
  };
}

interface Evaluated {
  readonly config: unknown;
  readonly missingVariable: string | null;
}

/** A variable that `env()` does not find is set to nothing for a second try, because most commands need more than the URL. */
async function evaluate(path: string, blanked: readonly string[] = []): Promise<Evaluated> {
  const restore = blanked.map((name) => [name, process.env[name]] as const);
  for (const name of blanked) process.env[name] = PLACEHOLDER;
  try {
    const config = withoutPlaceholders(await importQuietly(path));
    return { config, missingVariable: blanked[0] ?? null };
  } catch (error) {
    const variable = isRecord(error) && error['name'] === 'PrismaConfigEnvError' ? text(error['variable']) : null;
    if (variable !== null && !blanked.includes(variable)) return await evaluate(path, [...blanked, variable]);
    throw failure('CONFIG_INVALID', { file: path, detail: redact(error instanceof Error ? error.message : String(error)) }, error);
  } finally {
    for (const [name, value] of restore) if (value === undefined) delete process.env[name];
  }
}

const PLACEHOLDER = 'prisma-mend:variable-not-set';

function withoutPlaceholders(value: unknown): unknown {
  if (typeof value === 'string') return value.includes(PLACEHOLDER) ? null : value;
  if (Array.isArray(value)) return value.map(withoutPlaceholders);
  if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutPlaceholders(entry)]));
}

/** What a config file prints on stdout (dotenv's banner, say) goes to stderr: stdout is for data. */
async function importQuietly(path: string): Promise<unknown> {
  const write = process.stdout.write;
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  try {
    const { createJiti } = await import('jiti');
    const stub = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './config-stub.ts' : './config-stub.js', import.meta.url));
    const jiti = createJiti(pathToFileURL(path).href, {
      interopDefault: true,
      moduleCache: false,
      fsCache: false,
      alias: { 'prisma/config': stub, '@prisma/config': stub, '@prisma/prisma7/config': stub },
    });
    return await jiti.import(path, { default: true });
  } finally {
    process.stdout.write = write;
  }
}

function external(section: unknown): readonly string[] {
  const names = isRecord(section) ? section['external'] : null;
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
