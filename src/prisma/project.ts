// Everything a command needs to know of the user's project, each value with where it came from.

import { dirname, join, relative, resolve } from 'node:path';
import { failure } from '../errors.ts';
import { parseUrl, type Target } from '../database/url.ts';
import { findConfig, loadConfig, type PrismaConfig } from './config.ts';
import { lookUp, readEnvFiles, type EnvFile } from './env.ts';
import { findSchema, installedPrisma, type SchemaFiles } from './files.ts';
import type { PslBlock, PslFile, PslProperty } from './psl.ts';

export interface ProjectOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly schema?: string | undefined;
  readonly config?: string | undefined;
  readonly url?: string | undefined;
  /** Where the schema is going, when its datasource still says sqlite. */
  readonly provider?: string | undefined;
}

export interface Project {
  readonly schema: SchemaFiles;
  readonly configPath: string | null;
  readonly prismaVersion: string | null;
  readonly externalTables: readonly string[];
  readonly externalEnums: readonly string[];
  /** `schemas` of the datasource; empty without multi-schema. */
  readonly schemas: readonly string[];
  readonly migrationsDir: string;
  /** What the datasource says today: `sqlite` in a schema that is read as PostgreSQL. */
  readonly provider: string;
  /** The database, or why there is none: callers that can do without call `target` only when they need it. */
  readonly target: () => Target;
  /** Path for people, relative to where the command runs. */
  readonly display: (path: string) => string;
}

const INSTEAD: Readonly<Record<string, string>> = {
  sqlite: 'Say where it is going: --provider postgresql reads the same models as PostgreSQL.',
  mysql: 'For MySQL use Prisma\'s own `prisma migrate diff` and `prisma migrate resolve`.',
  sqlserver: 'For SQL Server use Prisma\'s own `prisma migrate diff` and `prisma migrate resolve`.',
  mongodb: 'MongoDB has no migrations; Prisma\'s own `prisma db push` keeps its indexes.',
  cockroachdb: 'For CockroachDB use Prisma\'s own `prisma migrate diff` and `prisma migrate resolve`.',
};

/** Reads config and schema. Throws NO_SCHEMA, SCHEMA_INVALID, CONFIG_INVALID, PROVIDER_UNSUPPORTED or PRISMA_8. */
export async function openProject(options: ProjectOptions): Promise<Project> {
  const { cwd } = options;
  const prismaVersion = installedPrisma(cwd);
  const configPath = options.config === undefined ? findConfig(cwd) : resolve(cwd, options.config);
  const config = configPath === null ? null : await loadConfig(configPath);
  if (prismaVersion !== null && Number.parseInt(prismaVersion, 10) >= 8 && !/prisma7\.config/.test(configPath ?? '')) {
    throw failure('PRISMA_8', { evidence: `Prisma ${prismaVersion} is installed` });
  }
  const root = options.config === undefined ? cwd : dirname(resolve(cwd, options.config));
  const readPackageJson = prismaVersion === null || Number.parseInt(prismaVersion, 10) < 7;
  const schema = findSchema({ flag: options.schema === undefined ? null : resolve(cwd, options.schema), config: config?.schema ?? null, root, readPackageJson });
  const datasource = findDatasource(schema);
  const provider = datasource.block.properties.find((property) => property.key === 'provider')?.strings[0]?.value ?? '';
  refuseProvider(provider, options.provider);
  return {
    schema,
    provider,
    configPath,
    prismaVersion,
    externalTables: config?.externalTables ?? [],
    externalEnums: config?.externalEnums ?? [],
    schemas: datasource.block.properties.find((property) => property.key === 'schemas')?.strings.map((string) => string.value) ?? [],
    migrationsDir: config?.migrations ?? defaultMigrations(schema, datasource.file, prismaVersion),
    target: () => findTarget(options, schema, datasource.block, config),
    display: (path) => relative(cwd, path) || path,
  };
}

function findDatasource(schema: SchemaFiles): { file: PslFile; block: PslBlock } {
  for (const file of schema.files) {
    const block = file.blocks.find((candidate) => candidate.kind === 'datasource');
    if (block) return { file, block };
  }
  throw failure('SCHEMA_INVALID', { file: schema.path, detail: 'It has no datasource block.' });
}

function refuseProvider(provider: string, going: string | undefined): void {
  if (going !== undefined && going !== 'postgresql' && going !== 'postgres') {
    throw failure('USAGE', { problem: `--provider ${going}: the only target is postgresql.`, command: '' });
  }
  if (provider === 'postgresql' || provider === 'postgres') return;
  if (provider === 'sqlite' && going !== undefined) return;
  throw failure('PROVIDER_UNSUPPORTED', { provider, instead: INSTEAD[provider] ?? 'Set provider = "postgresql" in the datasource block.' });
}

/** Prisma 6: next to the file with the datasource block. Prisma 7: inside the folder, or next to the file. */
function defaultMigrations(schema: SchemaFiles, datasourceFile: PslFile, version: string | null): string {
  const inFolder = schema.isFolder && version !== null && Number.parseInt(version, 10) >= 7;
  return join(inFolder ? schema.path : dirname(datasourceFile.path), 'migrations');
}

function findTarget(options: ProjectOptions, schema: SchemaFiles, block: PslBlock, config: PrismaConfig | null): Target {
  const { cwd, environment } = options;
  if (options.url !== undefined) return parseUrl(options.url, '--url');
  if (config?.url) return parseUrl(config.url, `datasource of ${relative(cwd, config.path)}`);
  const files = readEnvFiles([join(cwd, '.env'), join(dirname(schema.path), '.env'), join(cwd, 'prisma', '.env')]);
  const visible = config === null ? files : [];
  const looked: string[] = ['--url'];
  if (config !== null) looked.push(`datasource.url in ${relative(cwd, config.path)}${config.missingVariable === null ? '' : ` (environment variable ${config.missingVariable} is not set)`}`);
  for (const key of ['directUrl', 'url']) {
    const property = block.properties.find((candidate) => candidate.key === key);
    const found = property === undefined ? null : fromProperty(property, visible, environment, looked);
    if (found !== null) return parseUrl(found.value, found.source);
  }
  // Where a URL is named, Prisma takes that one or stops: another one would be another database.
  const named = (config !== null && config.missingVariable !== null) || looked.some((place) => place.endsWith(' in the schema)'));
  const fallback = named ? null : lookUp('DATABASE_URL', visible, environment);
  if (fallback !== null) return parseUrl(fallback.value, fallback.source);
  if (!named) looked.push('environment variable DATABASE_URL');
  throw failure('NO_URL', { looked, hint: hintFor(files, config, cwd) });
}

function fromProperty(property: PslProperty, files: readonly EnvFile[], environment: ProjectOptions['environment'], looked: string[]) {
  if (property.env === null) {
    const value = property.strings[0]?.value;
    // A schema on its way from SQLite still carries its file; that is not where it is going.
    if (value === undefined || value.startsWith('file:')) return null;
    return { value, source: `${property.key} in the schema` };
  }
  const found = lookUp(property.env, files, environment);
  if (found === null) looked.push(`environment variable ${property.env} (${property.key} in the schema)`);
  else if (found.value.startsWith('file:') && property.env !== 'DATABASE_URL') return null;
  return found;
}

function hintFor(files: readonly EnvFile[], config: PrismaConfig | null, cwd: string): string {
  const holder = files.find((file) => 'DATABASE_URL' in file.values || (config?.missingVariable ?? '') in file.values);
  if (holder === undefined || config === null) return '';
  const path = relative(cwd, holder.path);
  return `${path} has it, but with a config file Prisma does not load .env: add import 'dotenv/config' to ${relative(cwd, config.path)}, or run: node --env-file=${path} node_modules/.bin/prisma-mend check`;
}
