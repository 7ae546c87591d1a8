// Flags that several commands share, and the words for them.

import type { Argv } from 'yargs';
import type { WorkspaceOptions } from '../run/workspace.ts';

export interface SharedFlags {
  schema?: string | undefined;
  config?: string | undefined;
  url?: string | undefined;
  schemas?: string | undefined;
  provider?: string | undefined;
  'scratch-url'?: string | undefined;
  json?: boolean | undefined;
  verbose?: boolean | undefined;
  color?: boolean | undefined;
}

export function sharedFlags<T>(argv: Argv<T>): Argv<T & SharedFlags> {
  return argv
    .option('schema', { type: 'string', group: 'Input:', describe: 'Prisma schema: a file or a folder' })
    .option('config', { type: 'string', group: 'Input:', describe: 'Prisma config file' })
    .option('url', { type: 'string', group: 'Input:', describe: 'database URL; else as Prisma finds it' })
    .option('schemas', { type: 'string', group: 'Input:', describe: 'database schemas to look at, comma-separated' })
    .option('provider', { type: 'string', group: 'Input:', describe: 'postgresql: read a schema that still says sqlite as PostgreSQL' })
    .option('scratch-url', { type: 'string', group: 'Input:', describe: 'a server to rehearse on, instead of an embedded one' })
    .option('json', { type: 'boolean', group: 'Output:', describe: 'one JSON object on stdout' })
    .option('verbose', { type: 'boolean', group: 'Output:', describe: 'name everything, also what is left out' })
    .option('color', { type: 'boolean', group: 'Output:', describe: 'force colours on or off (--no-color)' }) as Argv<T & SharedFlags>;
}

export function workspaceOptions(flags: SharedFlags): WorkspaceOptions {
  return {
    cwd: process.cwd(),
    environment: process.env,
    schema: flags.schema,
    config: flags.config,
    url: flags.url,
    provider: flags.provider,
    scratchUrl: flags['scratch-url'],
    schemas: flags.schemas?.split(',').map((name) => name.trim()).filter((name) => name !== ''),
  };
}

/** The input flags again, for a command that is to be run next. The URL stays out: it may hold a password. */
export function repeatFlags(flags: SharedFlags): string {
  const words = (['schema', 'config', 'schemas', 'provider'] as const).flatMap((name) => (flags[name] === undefined ? [] : [` --${name} ${quote(flags[name])}`]));
  return words.join('') + (flags.url === undefined ? '' : ' --url <the same>');
}

function quote(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
