// From what a command found to what it says.

import { ofKind, type Provided } from '../catalog/catalog.ts';
import { ledgerOwner } from '../catalog/provided.ts';
import type { Comparison } from '../diff/compare.ts';
import { describeTarget } from '../database/url.ts';
import { positionOf } from '../prisma/psl.ts';
import { findings, type Finding, type ReportInput } from '../report/findings.ts';
import { exitCodeOf, versionWords, type FailOn, type Source, type View } from '../report/view.ts';
import type { Checked } from '../run/check.ts';

export function checkedFindings({ comparison, plan, history, diagnosis, pending, unrecorded, workspace }: Checked): readonly Finding[] {
  const input: ReportInput = { comparison, plan, history, diagnosis, pending, unrecorded, locate: workspace.names.locate, position: (path, text, offset) => ({ ...positionOf({ path, text }, offset), file: workspace.project.display(path) }) };
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

export function viewOf(command: string, checked: Checked, options: { readonly findings: readonly Finding[]; readonly next: readonly string[]; readonly failOn?: FailOn; readonly details?: readonly string[] }): View {
  const { comparison, serverVersion, target, workspace } = checked;
  return {
    command,
    sources: sourcesOf(checked),
    server: `PostgreSQL ${versionWords(serverVersion)}`,
    target: { host: target.host, port: target.port, database: target.database, schemas: [target.schema, ...workspace.schemas.filter((name) => name !== target.schema)] },
    tables: [...ofKind(comparison.desired, 'table')].length,
    findings: options.findings,
    details: options.details ?? [],
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
