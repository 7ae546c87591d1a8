// Indexes of a migration. SQLite drops a table's indexes with the table, so every dance creates them anew; in PostgreSQL those that come
// back the same have never been away.

import type { Dance } from './fold.ts';
import type { Shape, Shaper, ShapedIndex } from './model.ts';
import type { Recording } from './record.ts';
import { quoteName } from '../sql/quote.ts';
import { lower } from './state.ts';

export interface IndexPlan {
  /** Steps that are nothing in PostgreSQL. */
  readonly swallowed: ReadonlySet<number>;
  /** CREATE INDEX steps that give an old index a new name. */
  readonly renamed: ReadonlyMap<number, { readonly from: string; readonly to: string }>;
  /** By the step of a dance's RENAME. */
  readonly folds: ReadonlyMap<number, { readonly gone: readonly ShapedIndex[]; readonly renamed: readonly { readonly from: string; readonly to: string }[] }>;
}

export function indexPlan(recording: Recording, dances: readonly Dance[], shaper: Shaper): IndexPlan {
  const { steps } = recording;
  const swallowed = new Set<number>();
  const renamed = new Map<number, { from: string; to: string }>();
  const folds = new Map<number, { gone: ShapedIndex[]; renamed: { from: string; to: string }[] }>();
  const createdAt = (at: number): ShapedIndex | null => {
    const step = steps[at];
    if (step?.node.type !== 'CreateIndexStmt' || step.apart !== null) return null;
    return shaper(step.after, step.time + 1).indexes.get(lower(step.node.idxName.objName.text)) ?? null;
  };
  const laterCreated = (from: number, table: string) => {
    const next = dances.find(({ dropped, before }) => dropped > from && lower(before.name) === lower(table))?.dropped ?? steps.length;
    return steps.flatMap((_, at) => (at > from && at < next && !swallowed.has(at) ? (createdAt(at) === null ? [] : [{ at, index: createdAt(at) }]) : []));
  };
  for (const dance of dances.toSorted((a, b) => a.renamed - b.renamed)) {
    const drop = steps[dance.dropped];
    if (drop === undefined) continue;
    const had = indexesOf(shaper(drop.before, drop.time), dance.before.name);
    const later = laterCreated(dance.renamed, dance.before.name);
    const plan = { gone: [] as ShapedIndex[], renamed: [] as { from: string; to: string }[] };
    for (const index of had) {
      const said = moved(index, dance);
      const back = later.find(({ at, index: one }) => !swallowed.has(at) && one !== null && one.name === index.name && definition(one) === said) ?? later.find(({ at, index: one }) => !swallowed.has(at) && one !== null && definition(one) === said && !had.some(({ name }) => name === one.name));
      if (back?.index === undefined || back.index === null) plan.gone.push(index);
      else {
        swallowed.add(back.at);
        if (back.index.name !== index.name) plan.renamed.push({ from: index.name, to: back.index.name });
      }
    }
    folds.set(dance.renamed, plan);
  }
  steps.forEach((step, at) => {
    if (step.node.type !== 'DropIndexStmt' || step.apart !== null) return;
    const index = shaper(step.before, step.time).indexes.get(lower(step.node.idxName.objName.text));
    if (index === undefined || index.broken) return;
    const back = laterCreated(at, index.table).find(({ at: one, index: other }) => !renamed.has(one) && other !== null && definition(other) === definition(index));
    if (back?.index === undefined || back.index === null || steps.slice(at, back.at).some(({ node }) => node.type === 'DropTableStmt' || node.type === 'AlterTableStmt')) return;
    swallowed.add(at);
    if (back.index.name === index.name) swallowed.add(back.at);
    else renamed.set(back.at, { from: index.name, to: back.index.name });
  });
  return { swallowed, renamed, folds };
}

function indexesOf(shape: Shape, table: string): readonly ShapedIndex[] {
  return [...shape.indexes.values()].filter((one) => lower(one.table) === lower(table) && !one.broken);
}

const definition = ({ table, unique, parts, where }: ShapedIndex) => JSON.stringify([lower(table), unique, parts.map(({ sql }) => sql), where]);

/** As it is once the dance has renamed its columns. */
function moved(index: ShapedIndex, { origins }: Dance): string {
  const now = (column: string) => [...origins].find(([, origin]) => origin.kind === 'column' && lower(origin.name) === lower(column))?.[0] ?? column;
  return definition({ ...index, parts: index.parts.map((part) => (part.column === null ? part : { ...part, sql: part.sql.replace(quoteName(part.column), () => quoteName(now(part.column ?? ''))) })) });
}
