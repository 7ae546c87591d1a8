// The table of differences between Prisma's engine and us, with the reason of each. A row judges by what the catalogs say.

import type { CatalogObject } from '../../src/catalog/kinds.ts';
import { readLiteral } from '../../src/catalog/literals.ts';
import type { Checked } from '../../src/run/check.ts';

interface Explanation {
  readonly reason: string;
  readonly applies: (line: string, checked: Checked) => boolean;
}

function liveIndex(line: string, { comparison }: Checked): CatalogObject<'index'> | undefined {
  const name = line.replace(/^ours: (extra )?index /, '');
  for (const object of comparison.live.objects.values()) if (object.kind === 'index' && object.ref.name === name) return object;
  return undefined;
}

function changedFields(line: string, { comparison }: Checked): readonly string[] {
  const name = line.replace(/^ours: (index|foreign key) /, '');
  return comparison.changes.flatMap((change) => (change.op === 'alter' && 'name' in change.ref && change.ref.name === name ? change.fields : []));
}

export const EXPLAINED: readonly Explanation[] = [
  {
    reason: 'Prisma 6 wants a primary key on join tables where Prisma 5 made a unique index; both are right, and we say so without calling it a difference.',
    applies: (line, { comparison }) => /^engine: (primary key|extra index) _.*_AB_(pkey|unique)$/.test(line) && comparison.notes.some(({ rule, ref }) => rule === 'join-table-form' && 'table' in ref && line.includes(ref.table)),
  },
  {
    reason: 'A unique index that is deferrable, partial, invalid or takes NULLs for equal guarantees something else than @@unique says; the engine takes it for the same.',
    applies: (line, checked) => line.startsWith('ours: index ') && changedFields(line, checked).length > 0 && changedFields(line, checked).every((field) => ['deferrable', 'predicate', 'valid', 'nullsNotDistinct'].includes(field)),
  },
  {
    reason: 'Indexes on expressions and partial ones are only in the database; the engine does not see them, we name them and keep them.',
    applies: (line, checked) => line.startsWith('ours: extra index ') && (liveIndex(line, checked)?.def.predicate !== null || liveIndex(line, checked)?.def.keys.some(({ expression }) => expression !== undefined) === true),
  },
  {
    reason: 'A foreign key that was never validated is a difference to us; the engine does not look.',
    applies: (line, checked) => line.startsWith('ours: foreign key ') && changedFields(line, checked).join() === 'validated',
  },
  {
    reason: 'The engine compares computed defaults as text and changes them for ever; a server prints both alike.',
    applies: (line, { comparison }) =>
      [...comparison.desired.objects.values()].some((object) => object.kind === 'column' && line === `engine: column ${object.ref.table}.${object.ref.name}` && (object.def.autoincrement || (object.def.default !== null && readLiteral(object.def.default) === null))),
  },
  {
    reason: 'The engine compares raw operator classes as text and re-creates such indexes for ever.',
    applies: (line, { comparison }) => [...comparison.desired.objects.values()].some((object) => object.kind === 'index' && (line === `engine: index ${object.ref.name}` || line === `engine: extra index ${object.ref.name}`) && object.def.keys.some(({ opclass }) => opclass !== null)),
  },
];
