// The one table of planning rules: a kind of the catalog without a row here does not compile.

import type { Kind } from '../catalog/kinds.ts';
import type { Change as CatalogChange } from '../diff/diff.ts';
import type { Outcome, Rule, RuleContext } from './rule.ts';
import { column } from './rules/column.ts';
import { comment } from './rules/comment.ts';
import { enumeration } from './rules/enum.ts';
import { extension } from './rules/extension.ts';
import { foreignKey } from './rules/foreignKey.ts';
import { index } from './rules/index.ts';
import { primaryKey } from './rules/primaryKey.ts';
import { schema } from './rules/schema.ts';
import { sequence } from './rules/sequence.ts';
import { table } from './rules/table.ts';

const RULES: { readonly [K in Kind]: Rule<K> } = { schema, extension, enum: enumeration, sequence, table, column, primaryKey, index, foreignKey, comment };

export function outcomes(change: Exclude<CatalogChange, { op: 'drop' }>, context: RuleContext): readonly Outcome[] {
  // Both sides are of the change's kind, whose rule takes them; TypeScript cannot follow that through the table.
  const rule = RULES[change.kind] as unknown as Rule<never>;
  if (change.op === 'create') return rule.create(change.after as never, context);
  return rule.alter({ before: change.before as never, after: change.after as never, fields: change.fields }, context);
}
