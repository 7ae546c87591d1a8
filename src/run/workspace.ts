// What check, repair and baseline share: the user's project, the schema's catalog, and a scratch server when one is wanted.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../catalog/catalog.ts';
import { openProject, type Project, type ProjectOptions } from '../prisma/project.ts';
import { schemaNames, type SchemaNames } from '../prisma/names.ts';
import { openScratch, type Scratch } from '../scratch/scratch.ts';
import { desiredCatalog, prepareScratch } from '../source/desired.ts';
import { withExtensions } from '../source/extensions.ts';
import { schemaDdl } from '../prisma/engine.ts';
import { ofKind } from '../catalog/catalog.ts';

export interface WorkspaceOptions extends ProjectOptions {
  readonly scratchUrl?: string | undefined;
  /** Narrows or widens the schemas in scope. */
  readonly schemas?: readonly string[] | undefined;
}

export interface Workspace {
  readonly project: Project;
  readonly names: SchemaNames;
  /** Schemas in scope beside the home schema. */
  readonly schemas: readonly string[];
  /** Those of them that the user named on the command line: they have to exist. */
  readonly stated: readonly string[];
  readonly desired: (home: string, serverVersion: number, useCache: boolean) => Promise<Catalog>;
  /** An empty scratch server for this major version. */
  readonly scratch: (major: number, extensions: readonly string[]) => Promise<Scratch>;
  /** A scratch server that holds the schema's tables. */
  readonly builtScratch: (home: string, desired: Catalog, major: number) => Promise<Scratch>;
}

export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const project = await openProject(options);
  const scratch: Workspace['scratch'] = (major, extensions) => openScratch({ url: options.scratchUrl, major, from: [options.cwd, dirname(fileURLToPath(import.meta.url))], extensions });
  return {
    project,
    names: schemaNames(project),
    schemas: options.schemas ?? project.schemas,
    stated: options.schemas ?? [],
    scratch,
    async desired(home, serverVersion, useCache) {
      const major = Math.floor(serverVersion / 10000);
      const catalog = await desiredCatalog(project, { home, useCache, scratch: (extensions) => scratch(major, extensions) });
      return withExtensions(catalog, serverVersion);
    },
    async builtScratch(home, desired, major) {
      const extensions = [...ofKind(desired, 'extension')].map(({ ref }) => ref.name);
      const built = await scratch(major, extensions);
      try {
        await prepareScratch(built, home, extensions, project.schemas);
        await built.session.run(await schemaDdl(project));
        return built;
      } catch (error) {
        await built.close();
        throw error;
      }
    },
  };
}
