// A complete, idempotent description of a schema, made for a database nobody has looked at: right on an empty one, on a
// healthy one, and on any half-built one.

import { buildCatalog, emptyCatalog, isKind, keyOf, ofKind, type Catalog, type Unmodeled } from '../catalog/catalog.ts';
import { ledgerOwner } from '../catalog/provided.ts';
import { connect } from '../database/session.ts';
import { comparePrisma, NO_HINTS, type Comparison } from '../diff/compare.ts';
import { introspect } from '../introspect/introspect.ts';
import { loadParser } from '../parse/parse.ts';
import { makePlan, type Planned, type PlanOptions } from '../plan/plan.ts';
import { FORMAT, renderScripts, type Script } from '../plan/script.ts';
import { namingOf } from './check.ts';
import { askKnown, expressionOf } from './known.ts';
import { NOT_REHEARSED, rehearseOrThrow, type Rehearsal } from './rehearse.ts';
import { readFills } from './statements.ts';
import type { Workspace } from './workspace.ts';

export interface BaselineOptions {
  readonly from: 'schema' | 'database';
  readonly fill: readonly string[];
  readonly rehearse: boolean;
  readonly format: 'block' | 'statements';
  readonly progress: (words: string) => void;
}

export interface Baseline {
  readonly scripts: readonly Script[];
  readonly rehearsal: Rehearsal;
  readonly tables: number;
  /** In the database, but nothing this catalog models: not in the baseline. */
  readonly leftOut: readonly Unmodeled[];
}

/** The newest PostgreSQL stands for a database that is not there to be asked. */
const NEWEST = 180000;

export async function makeBaseline(workspace: Workspace, options: BaselineOptions): Promise<Baseline> {
  options.progress(`reading the ${options.from}`);
  const { catalog, serverVersion, leftOut } = options.from === 'schema' ? await fromSchema(workspace) : await fromDatabase(workspace);
  const major = Math.floor(serverVersion / 10000);
  const comparison = comparePrisma(emptyCatalog(catalog.home), catalog, NO_HINTS, () => false);
  const fills = options.fill.length === 0 ? new Map() : readFills(options.fill, catalog, workspace.names, await loadParser());
  const settings: PlanOptions = { naming: namingOf(catalog.home, workspace), blind: true, fills };
  const plan = makePlan(comparison, new Map(), { ...settings, ...(await knownTexts(workspace, comparison, settings, major, options)) });
  const scripts = renderScripts(plan.steps, { naming: settings.naming, blind: true, format: options.format, header: header(workspace, options), desired: catalog.objects.values() });
  options.progress('rehearsing on a scratch server');
  const rehearsal = options.rehearse ? await rehearsed(workspace, comparison, plan, scripts, major, options.format) : NOT_REHEARSED;
  return { scripts, rehearsal, tables: [...ofKind(catalog, 'table')].length, leftOut };
}

interface Source {
  readonly catalog: Catalog;
  readonly serverVersion: number;
  readonly leftOut: readonly Unmodeled[];
}

/** Needs no database; where the URL names a schema, that is the one. */
async function fromSchema(workspace: Workspace): Promise<Source> {
  return { catalog: await workspace.desired(homeOf(workspace), NEWEST, false), serverVersion: NEWEST, leftOut: [] };
}

function homeOf({ project }: Workspace): string {
  try {
    return project.target().schema;
  } catch {
    return 'public';
  }
}

async function fromDatabase(workspace: Workspace): Promise<Source> {
  const target = workspace.project.target();
  const session = await connect(target);
  try {
    const live = await introspect(session.run, { home: target.schema, schemas: workspace.schemas });
    const ledgers = new Set([...ofKind(live, 'table')].filter(({ ref }) => ledgerOwner(ref.name) !== null).map(({ ref }) => ref.name));
    const objects = [...live.objects.values()].filter((object) => {
      const table = object.ref.kind === 'table' ? object.ref.name : 'table' in object.ref ? object.ref.table : '';
      return !ledgers.has(table) && !isKind(object, 'comment') && !(isKind(object, 'index') && !object.def.valid);
    });
    return { catalog: buildCatalog({ ...live, objects }), serverVersion: session.server.version, leftOut: live.unmodeled };
  } finally {
    await session.close();
  }
}

function header({ project }: Workspace, { from }: BaselineOptions): readonly string[] {
  return [
    `prisma-mend baseline, format ${FORMAT}, from ${from === 'schema' ? project.display(project.schema.path) : 'the database'}.`,
    'Complete and additive: creates what is missing, drops nothing, and is right on an empty, a healthy and a half-built database.',
    'Safe to run again: when all is in place it changes nothing, and what it cannot bring about it says and undoes.',
  ];
}

/** A text the database printed is one that it prints; for the schema's own a server is asked. */
async function knownTexts(workspace: Workspace, comparison: Comparison, settings: PlanOptions, major: number, { from, rehearse }: BaselineOptions): Promise<Pick<PlanOptions, 'known'>> {
  if (from === 'schema') return rehearse ? { known: await askKnown(workspace, comparison, new Map(), settings, major) } : {};
  return {
    known(ref) {
      const text = expressionOf(comparison.desired.objects.get(keyOf(ref)));
      return text === null ? null : [text];
    },
  };
}

async function rehearsed(workspace: Workspace, comparison: Comparison, plan: Planned, scripts: readonly Script[], major: number, format: BaselineOptions['format']): Promise<Rehearsal> {
  const scratch = await workspace.scratch(major, [...ofKind(comparison.desired, 'extension')].map(({ ref }) => ref.name));
  // Made for no version in particular, so none is missed.
  return await rehearseOrThrow(scratch, { comparison, plan, scripts, schemas: workspace.schemas, major: scratch.major, format });
}
