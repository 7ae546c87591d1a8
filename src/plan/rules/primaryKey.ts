import { quoteName, quoteNames } from '../../sql/quote.ts';
import { nameOf } from '../naming.ts';
import { primaryKeyForm, promise } from '../promises.ts';
import { evidence, step, what, withhold, type Rule } from '../rule.ts';
import { ORDER } from '../types.ts';

export const primaryKey: Rule<'primaryKey'> = {
  create: ({ ref, def }, context) => {
    const title = what(context, 'primary key of', ref.schema, ref.table);
    const place = { schema: ref.schema, table: ref.table };
    const duplicates = context.fact({ ask: 'duplicates', ...place, columns: def.columns, nullsEqual: false, predicate: null });
    if (duplicates !== undefined && ('unknown' in duplicates || duplicates.count > 0)) {
      return [withhold({ ref, what: title, hazard: 'DUPLICATES_PRESENT', reason: `is missing; ${evidence(duplicates, 'value')} not unique`, flag: null })];
    }
    const nulls = context.fact({ ask: 'nulls', ...place, columns: def.columns });
    if (nulls !== undefined && ('unknown' in nulls || nulls.count > 0)) {
      return [withhold({ ref, what: title, hazard: 'NULLS_PRESENT', reason: `is missing; ${evidence(nulls, 'row')} without a value`, flag: null })];
    }
    return [
      step({
        ref,
        what: title,
        because: 'is missing',
        statements: [`ALTER TABLE ${nameOf(context.naming, ref.schema, ref.table)} ADD CONSTRAINT ${quoteName(def.name)} PRIMARY KEY (${quoteNames(def.columns)})`],
        promises: [promise('primary key', { ...place, name: '' }, primaryKeyForm(def))],
        order: ORDER.key,
      }),
    ];
  },
  alter: ({ before, after, fields }, context) => {
    const { ref, def } = after;
    const title = what(context, 'primary key of', ref.schema, ref.table);
    if (fields.includes('columns')) {
      const reason = `is (${before.def.columns.join(', ')}), and the schema says (${def.columns.join(', ')})`;
      return [withhold({ ref, what: title, hazard: 'PRIMARY_KEY_CHANGED', reason, flag: null })];
    }
    if (!fields.includes('name')) return [];
    return [
      step({
        ref,
        what: title,
        because: `is named ${before.def.name}, and the schema says ${def.name}`,
        statements: [`ALTER TABLE ${nameOf(context.naming, ref.schema, ref.table)} RENAME CONSTRAINT ${quoteName(before.def.name)} TO ${quoteName(def.name)}`],
        promises: [promise('constraint', { schema: ref.schema, table: ref.table, name: def.name }, 'constraint')],
        order: ORDER.rename,
        hazards: ['CONSTRAINT_RENAMED'],
      }),
    ];
  },
};
