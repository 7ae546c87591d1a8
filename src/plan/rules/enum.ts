import type { CatalogObject } from '../../catalog/kinds.ts';
import { quoteText } from '../../sql/quote.ts';
import { nameOf } from '../naming.ts';
import { promise } from '../promises.ts';
import { step, what, withhold, type Outcome, type Rule, type RuleContext } from '../rule.ts';
import { ORDER } from '../types.ts';

export const enumeration: Rule<'enum'> = {
  create: (object, context) => {
    const { ref, def } = object;
    const name = nameOf(context.naming, ref.schema, ref.name);
    const taken = context.blind ? null : context.taken(ref.schema, ref.name);
    if (taken !== null) return [withhold({ ref, what: what(context, 'enum', ref.schema, ref.name), hazard: 'NAME_TAKEN', reason: `is missing, and a ${taken} has its name`, flag: null })];
    const create = step({
      ref,
      what: what(context, 'enum', ref.schema, ref.name),
      because: 'is missing',
      statements: [`CREATE TYPE ${name} AS ENUM (${def.labels.map(quoteText).join(', ')})`],
      promises: [promise('enum', { schema: ref.schema, table: '', name: ref.name }, 'enum')],
      order: ORDER.enum,
    });
    return context.blind ? [create, ...def.labels.map((_, at) => value(object, at, [], context))] : [create];
  },
  alter: ({ before, after }, context) => {
    const present = [...before.def.labels];
    return after.def.labels.flatMap((label, at): Outcome[] => {
      if (present.includes(label)) return [];
      present.push(label);
      return [value(after, at, before.def.labels, context)];
    });
  },
};

/** Placed after the label it follows in the schema; that one is there, or was added just before. */
function value({ ref, def }: CatalogObject<'enum'>, at: number, present: readonly string[], context: RuleContext): Outcome {
  const label = def.labels[at] ?? '';
  const previous = def.labels[at - 1];
  const next = def.labels.slice(at + 1).find((candidate) => present.includes(candidate));
  const place = previous !== undefined ? ` AFTER ${quoteText(previous)}` : next !== undefined ? ` BEFORE ${quoteText(next)}` : '';
  return step({
    ref,
    what: what(context, 'enum value', ref.schema, ref.name, label),
    because: 'is missing',
    statements: [`ALTER TYPE ${nameOf(context.naming, ref.schema, ref.name)} ADD VALUE IF NOT EXISTS ${quoteText(label)}${place}`],
    promises: [promise('value', { schema: ref.schema, table: ref.name, name: label }, 'value')],
    order: ORDER.value,
    repeatable: true,
  });
}
