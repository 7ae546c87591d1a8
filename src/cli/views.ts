// From what a command found to what it says.

import { ofKind, type Provided } from '../catalog/catalog.ts';
import { ledgerOwner } from '../catalog/provided.ts';
import type { Comparison } from '../diff/compare.ts';
import { describeTarget } from '../database/url.ts';
import { positionOf } from '../prisma/psl.ts';
import { findings, type Finding, type ReportInput } from '../report/findings.ts';
import { exitCodeOf, versionWords, type FailOn, type Source, type View } from '../report/view.ts';
import type { Checked } from '../run/check.ts';

export function checkedFindings({ comparison, plan, history, workspace }: Checked): readonly Finding[] {
  const input: ReportInput = { comparison, plan, history, locate: workspace.names.locate, position: (path, text, offset) => ({ ...positionOf({ path, text }, offset), file: workspace.project.display(path) }) };
  return findings(input);
}

function sourcesOf({ workspace: { project, schemas, stated }, target }: Checked): readonly Source[] {
  const version = project.prismaVersion === null ? '' : `, Prisma ${project.prismaVersion}`;
  return [
    { what: 'schema', value: project.display(project.schema.path), from: `${project.schema.files.length === 1 ? 'one file' : `${project.schema.files.length} files`}${version}` },
    ...(project.configPath === null ? [] : [{ what: 'config', value: project.display(project.configPath), from: 'found where Prisma looks' }]),
    { what: 'database', value: describeTarget(target), from: target.source },
    ...(schemas.length === 0 ? [] : [{ what: 'schemas', value: schemas.join(', '), from: stated.length > 0 ? '--schemas' : 'datasource' }]),
  ];
}

export function viewOf(command: string, checked: Checked, options: { readonly findings: readonly Finding[]; readonly next: readonly string[]; readonly failOn?: FailOn }): View {
  const { comparison, serverVersion, target, workspace } = checked;
  return {
    command,
    sources: sourcesOf(checked),
    server: `PostgreSQL ${versionWords(serverVersion)}`,
    target: { host: target.host, port: target.port, database: target.database, schemas: [target.schema, ...workspace.schemas.filter((name) => name !== target.schema)] },
    tables: [...ofKind(comparison.desired, 'table')].length,
    findings: options.findings,
    unmodeled: comparison.live.unmodeled,
    provided: [...comparison.live.provided, ...ledgers(comparison)],
    exitCode: exitCodeOf(options.findings, options.failOn),
    next: options.next,
  };
}

/** Histories of other tools: recognised, not counted among the extra tables. */
function ledgers({ extras }: Comparison): readonly Provided[] {
  return extras.flatMap((object): Provided[] => {
    const owner = object.kind === 'table' ? ledgerOwner(object.ref.name) : null;
    return owner === null || object.kind !== 'table' ? [] : [{ owner: `history of ${owner}`, what: `table ${object.ref.name}` }];
  });
}

/** `migrate deploy` begins: there is a history, or nothing it could refuse to touch (P3005). */
export function canDeploy({ history: { begun }, comparison: { live } }: Checked): boolean {
  return begun || (live.unmodeled.length === 0 && [...ofKind(live, 'table')].every(({ ref }) => ledgerOwner(ref.name) !== null));
}

/** What is missing may be what pending migrations are about to make; where nothing keeps them from running, they come first. */
export function deployFirst(checked: Checked): boolean {
  const { pending, foreign, failed, wrongLock } = checked.history;
  return pending.length > 0 && foreign.length === 0 && failed.length === 0 && wrongLock === null && canDeploy(checked);
}

/** Prisma answers every command with P3019 before. */
export const CORRECT_LOCK = 'npx prisma-mend repair --write   # corrects migration_lock.toml';

/** What sets the ledger straight once the tables are there, in Prisma's own commands. */
export function resolveCommands({ history }: Checked): readonly string[] {
  return [...(history.wrongLock === null ? [] : [CORRECT_LOCK]), ...history.foreign.map(({ file }) => resolveApplied(file.name))];
}

/** Once the database agrees with the schema, what pending migrations would make is there, and they would fail over it. */
export function pendingCommands({ history }: Checked): readonly string[] {
  return history.pending.map((name) => `${resolveApplied(name)}   # unless it also changes rows, or what Prisma's schema cannot say`);
}

export function resolveApplied(name: string): string {
  return `npx prisma migrate resolve --applied ${name}`;
}
