import { isKind } from '../../catalog/catalog.ts';
import type { CatalogObject } from '../../catalog/kinds.ts';
import { quoteName, quoteNames } from '../../sql/quote.ts';
import { nameOf } from '../naming.ts';
import { promise } from '../promises.ts';
import { step, what, withhold, type Rule, type RuleContext } from '../rule.ts';
import { ORDER } from '../types.ts';
import { columnSql } from './column.ts';

export const table: Rule<'table'> = {
  create: (object, context) => {
    const { ref } = object;
    const title = what(context, 'table', ref.schema, ref.name);
    const taken = context.blind ? null : context.taken(ref.schema, ref.name);
    if (taken !== null) return [withhold({ ref, what: title, hazard: 'NAME_TAKEN', reason: `is missing, and a ${taken} has its name`, flag: null })];
    return [
      step({
        ref,
        what: title,
        because: 'is missing',
        statements: [createTable(object, context)],
        promises: [promise('table', { schema: ref.schema, table: ref.name, name: '' }, 'table')],
        order: ORDER.table,
        repeatable: true,
      }),
    ];
  },
  alter: () => [],
};

/** With its columns and primary key, as Prisma writes it; what else belongs to it has steps of its own. */
function createTable({ ref }: CatalogObject<'table'>, context: RuleContext): string {
  const parts = context.parts(ref.schema, ref.name);
  const lines = parts.filter((part) => isKind(part, 'column')).map((column) => columnSql(column, context));
  const key = parts.find((part) => isKind(part, 'primaryKey'));
  if (key !== undefined) lines.push('', `CONSTRAINT ${quoteName(key.def.name)} PRIMARY KEY (${quoteNames(key.def.columns)})`);
  const body = lines.map((line, at) => (line === '' ? '' : `    ${line}${at < lines.length - 1 ? ',' : ''}`)).join('\n');
  return `CREATE TABLE IF NOT EXISTS ${nameOf(context.naming, ref.schema, ref.name)} (\n${body}\n)`;
}
