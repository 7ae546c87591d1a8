// The types and names a PostgreSQL schema asks of a translated history.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project } from '../prisma/project.ts';
import { openScratch } from '../scratch/scratch.ts';
import { targetOf } from '../sqlite/target.ts';
import type { Target } from '../sqlite/types.ts';
import { desiredCatalog } from '../source/desired.ts';

/** A scratch server is started only where the schema's DDL goes beyond what is read directly. */
export async function targetFromSchema(project: Project, cwd: string): Promise<Target> {
  const from = [cwd, dirname(fileURLToPath(import.meta.url))];
  return targetOf(await desiredCatalog(project, { home: 'public', useCache: false, scratch: (extensions) => openScratch({ major: 17, from, extensions }) }));
}
