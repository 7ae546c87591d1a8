import { quoteName } from '../../sql/quote.ts';
import { promise } from '../promises.ts';
import { step, type Rule } from '../rule.ts';
import { ORDER } from '../types.ts';

export const schema: Rule<'schema'> = {
  create: ({ ref }) => [
    step({
      ref,
      what: `schema ${ref.name}`,
      because: 'is missing',
      statements: [`CREATE SCHEMA IF NOT EXISTS ${quoteName(ref.name)}`],
      promises: [promise('schema', { schema: '', table: '', name: ref.name }, 'schema')],
      order: ORDER.schema,
      repeatable: true,
    }),
  ],
  alter: () => [],
};
