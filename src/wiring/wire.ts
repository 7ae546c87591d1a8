// The table of platforms, and the edge: the project's files read, and one of them written.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../errors.ts';
import { docker } from './docker.ts';
import { fly } from './fly.ts';
import { github } from './github.ts';
import { heroku } from './heroku.ts';
import { missingPackages } from './packages.ts';
import { railway } from './railway.ts';
import { render } from './render.ts';
import { shopify } from './shopify.ts';
import type { Choice, Edit, Files, Wire, Wiring } from './types.ts';

interface Row {
  readonly wire: Wire;
  /** Does its image lack devDependencies? */
  readonly omitsDev: boolean;
}

const TABLE = {
  railway: { wire: railway, omitsDev: true },
  render: { wire: render, omitsDev: true },
  fly: { wire: fly, omitsDev: true },
  heroku: { wire: heroku, omitsDev: true },
  github: { wire: github, omitsDev: false },
  docker: { wire: docker, omitsDev: true },
  shopify: { wire: shopify, omitsDev: true },
} satisfies Readonly<Record<string, Row>>;

export type Platform = keyof typeof TABLE;

/** What wiring a platform would change, with all that remains to be done by hand. */
export async function planWiring(platform: Platform, files: Files, choice: Choice = { service: null }): Promise<Wiring> {
  const { wire, omitsDev } = TABLE[platform];
  const wiring = await wire(files, choice);
  return { ...wiring, next: [...missingPackages(files, omitsDev), ...wiring.next] };
}

export function filesIn(root: string): Files {
  return {
    read(path) {
      const full = join(root, path);
      if (!statSync(full, { throwIfNoEntry: false })?.isFile()) return null;
      const bytes = readFileSync(full);
      const text = bytes.toString('utf8');
      // What does not come back as it was cannot be written back as it was.
      if (!Buffer.from(text, 'utf8').equals(bytes)) throw failure('FILE_INVALID', { path, format: 'UTF-8 text', line: 1, column: 1, detail: 'Save it as UTF-8 first.' });
      return text;
    },
    list: (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : []),
  };
}

export function writeEdit(root: string, { path, before, after }: Edit): void {
  const full = join(root, path);
  try {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, after, { flag: before === null ? 'wx' : 'w' });
  } catch (error) {
    throw failure('FILE_UNWRITABLE', { path, detail: error instanceof Error ? error.message : String(error) }, error);
  }
}
