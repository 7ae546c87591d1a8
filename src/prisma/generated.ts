// The client that `prisma generate` wrote: where it is, and the schema it was written from.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readPsl, type PslBlock, type PslFile } from './psl.ts';

export interface Generated {
  /** What an application imports: a file of the generator's output, or what `@prisma/client` resolves to. */
  readonly module: string;
  /** The file that holds the schema as it was at that time. */
  readonly path: string;
  readonly schema: PslFile;
}

/** `null`: nothing was generated, or not where this can look. */
export function findGenerated(files: readonly PslFile[], cwd: string): Generated | null {
  const [stated] = files.flatMap((file) => file.blocks.filter(isClient).map((block) => ({ output: text(block, 'output'), folder: dirname(file.path) })));
  if (stated?.output !== undefined) return inFolder(resolve(stated.folder, stated.output));
  const require = createRequire(join(cwd, 'package.json'));
  try {
    // Beside the package as it really lies, which is where @prisma/client itself looks.
    const found = inFolder(join(dirname(require.resolve('@prisma/client/package.json')), '..', '..', '.prisma', 'client'));
    return found === null ? null : { ...found, module: require.resolve('@prisma/client') };
  } catch {
    return null;
  }
}

function isClient(block: PslBlock): boolean {
  return block.kind === 'generator' && /^prisma-client(-js)?$/.test(text(block, 'provider') ?? '');
}

function text({ properties }: PslBlock, key: string): string | undefined {
  return properties.find((property) => property.key === key)?.strings[0]?.value;
}

const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'] as const;

/** `prisma-client-js` leaves the schema as a file, `prisma-client` as a text in its code. */
function inFolder(folder: string): Generated | null {
  const own = join(folder, 'schema.prisma');
  if (existsSync(own)) return { module: folder, path: own, schema: readPsl(own, readFileSync(own, 'utf8')) };
  for (const extension of EXTENSIONS) {
    const [module, holder] = [join(folder, `client.${extension}`), join(folder, 'internal', `class.${extension}`)];
    if (!isFile(module) || !isFile(holder)) continue;
    const inline = /"inlineSchema": ("(?:[^"\\]|\\.)*")/.exec(readFileSync(holder, 'utf8'))?.[1];
    if (inline !== undefined) return { module, path: holder, schema: readPsl(holder, String(JSON.parse(inline))) };
  }
  return null;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
