import { nameOf, typeOf } from '../naming.ts';
import { promise } from '../promises.ts';
import { step, what, type Rule } from '../rule.ts';
import { ORDER } from '../types.ts';

export const sequence: Rule<'sequence'> = {
  create: ({ ref, def }, context) => {
    const options = `AS ${typeOf(context.naming, def.type)} START WITH ${def.start} INCREMENT BY ${def.increment} MINVALUE ${def.min} MAXVALUE ${def.max} CACHE ${def.cache}${def.cycle ? ' CYCLE' : ''}`;
    return [
      step({
        ref,
        what: what(context, 'sequence', ref.schema, ref.name),
        because: 'is missing',
        statements: [`CREATE SEQUENCE IF NOT EXISTS ${nameOf(context.naming, ref.schema, ref.name)} ${options}`],
        promises: [promise('sequence', { schema: ref.schema, table: '', name: ref.name }, 'sequence')],
        order: ORDER.sequence,
        repeatable: true,
      }),
    ];
  },
  alter: () => [],
};
