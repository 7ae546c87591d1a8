// What the application itself would meet, as findings.

import { tableOf } from '../catalog/catalog.ts';
import { probeModels } from '../prisma/client.ts';
import { positionOf, type PslBlock } from '../prisma/psl.ts';
import { redact } from '../database/url.ts';
import type { Finding, Where } from '../report/findings.ts';
import type { Checked } from '../run/check.ts';

const BASE = { object: null, group: 'application', hazard: null, flag: null } as const;

export async function probeFindings(checked: Checked): Promise<readonly Finding[]> {
  const { workspace: { project }, target } = checked;
  const { models, problem } = await probeModels(project, target, process.cwd(), process.env);
  if (problem !== null) return [{ ...BASE, code: 'APPLICATION.NOT_ASKED', severity: 'warning', mending: 'none', model: null, where: null, message: `the application's Prisma client could not be asked: ${redact(problem)}` }];
  return models.flatMap(({ model, code, message }): readonly Finding[] => {
    if (code === null) return [];
    const { block, where } = placeOf(model, checked);
    return [{ ...BASE, code: 'APPLICATION.FAILS', severity: 'error', mending: isMended(block, code, checked) ? 'safe' : 'withheld', model, where, message: `the application cannot read ${model} (${code}): ${redact(named(message, block, checked))}` }];
  });
}

function placeOf(model: string, { workspace: { project } }: Checked): { readonly block: PslBlock | null; readonly where: Where | null } {
  for (const file of project.schema.files) {
    const block = file.blocks.find(({ kind, name }) => (kind === 'model' || kind === 'view') && name === model);
    if (block !== undefined) return { block, where: { ...positionOf(file, block.at), file: project.display(file.path) } };
  }
  return { block: null, where: null };
}

/** A table or column is missing (P2021, P2022), and a repair would add to this table. */
function isMended(block: PslBlock | null, code: string, { plan }: Checked): boolean {
  const table = block?.map ?? block?.name;
  return (code === 'P2021' || code === 'P2022') && plan.steps.some(({ ref }) => tableOf(ref)?.table === table);
}

/** The adapter of Prisma 6 does not say which column it misses; the comparison does. */
function named(message: string, block: PslBlock | null, { plan }: Checked): string {
  const table = block?.map ?? block?.name;
  const columns = [...plan.steps, ...plan.withheld].flatMap(({ ref, state }) => (ref.kind === 'column' && ref.table === table && state === 'missing' ? [ref.name] : []));
  return columns.length === 0 ? message : message.replace('(not available)', columns.join(', '));
}
