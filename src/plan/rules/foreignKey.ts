import type { CatalogObject } from '../../catalog/kinds.ts';
import { quoteName, quoteNames } from '../../sql/quote.ts';
import { nameOf } from '../naming.ts';
import { foreignKeyForm, promise } from '../promises.ts';
import { evidence, isLarge, step, what, withhold, type Change, type Outcome, type Rule, type RuleContext } from '../rule.ts';
import { ORDER } from '../types.ts';

type Key = CatalogObject<'foreignKey'>;

export const foreignKey: Rule<'foreignKey'> = {
  create: (object, context) => {
    const taken = context.current.objects.size > 0 ? conflicting(object, context) : null;
    return taken ? [taken] : add(object, 'is missing', context);
  },
  alter: (change, context) => alter(change, context),
};

function titled({ ref }: Key, context: RuleContext): string {
  return what(context, 'foreign key', ref.schema, ref.table, ref.name);
}

/** A constraint of another kind under this name: IF NOT EXISTS on the name alone would pass over it. */
function conflicting(object: Key, context: RuleContext): Outcome | null {
  const other = context.current.unmodeled.find(({ schema, table, name }) => schema === object.ref.schema && table === object.ref.table && name === object.ref.name);
  return other ? withhold({ ref: object.ref, what: titled(object, context), hazard: 'NAME_TAKEN', reason: `is missing, and a ${other.kind} has its name`, flag: null }) : null;
}

function orphans({ ref, def }: Key, context: RuleContext) {
  const { columns, targetSchema, targetTable, targetColumns } = def;
  return context.fact({ ask: 'orphans', schema: ref.schema, table: ref.table, columns, targetSchema, targetTable, targetColumns });
}

function add(object: Key, because: string, context: RuleContext): readonly Outcome[] {
  const found = orphans(object, context);
  const some = found !== undefined && ('unknown' in found || found.count > 0);
  if (some && !context.allowed.has('ORPHANS_PRESENT')) {
    return [withhold({ ref: object.ref, what: titled(object, context), hazard: 'ORPHANS_PRESENT', reason: `${because}; ${evidence(found, 'row')} pointing to nothing in ${object.def.targetTable}` })];
  }
  if (some) {
    const left = withhold({ ref: object.ref, what: titled(object, context), hazard: 'ORPHANS_PRESENT', reason: `stays NOT VALID; ${evidence(found, 'row')} pointing to nothing in ${object.def.targetTable}`, flag: null, harmless: true });
    return [addStep(object, because, true, context), left];
  }
  // Checking a large table while it is locked stops its writers; NOT VALID first and a later check does not.
  if (!isLarge(context, object.ref.schema, object.ref.table)) return [addStep(object, because, false, context)];
  return [addStep(object, because, true, context), validate(object, 'is not validated', context, 'outside')];
}

function addStep(object: Key, because: string, unchecked: boolean, context: RuleContext, drop?: string): Outcome {
  const { ref, def } = object;
  const form = foreignKeyForm(def, context.naming.home);
  return step({
    ref,
    what: titled(object, context),
    because,
    statements: [`ALTER TABLE ${nameOf(context.naming, ref.schema, ref.table)} ADD CONSTRAINT ${quoteName(ref.name)} ${foreignKeySql(object, context)}${unchecked ? ' NOT VALID' : ''}`],
    promises: [{ ...promise('foreign key', ref, unchecked ? [form, `${form} not valid`] : form), also: { schema: def.targetSchema, table: def.targetTable } }],
    order: ORDER.foreignKey,
    hazards: unchecked ? ['LONG_LOCK'] : [],
    ...(drop !== undefined && { replaces: drop }),
  });
}

function foreignKeySql({ def }: Key, { naming }: RuleContext): string {
  return `FOREIGN KEY (${quoteNames(def.columns)}) REFERENCES ${nameOf(naming, def.targetSchema, def.targetTable)} (${quoteNames(def.targetColumns)}) ON DELETE ${def.onDelete} ON UPDATE ${def.onUpdate}`;
}

function validate(object: Key, because: string, context: RuleContext, transaction: 'inside' | 'outside'): Outcome {
  const { ref, def } = object;
  const form = foreignKeyForm(def, context.naming.home);
  return step({
    ref,
    what: titled(object, context),
    because,
    statements: [`ALTER TABLE ${nameOf(context.naming, ref.schema, ref.table)} VALIDATE CONSTRAINT ${quoteName(ref.name)}`],
    promises: [{ ...promise('foreign key', ref, form, [`${form} not valid`]), also: { schema: def.targetSchema, table: def.targetTable } }],
    order: ORDER.foreignKey,
    repeatable: true,
    hazards: transaction === 'outside' ? ['LONG_LOCK'] : [],
    transaction,
  });
}

function alter({ before, after, fields }: Change<'foreignKey'>, context: RuleContext): readonly Outcome[] {
  const title = titled(after, context);
  if (fields.every((field) => field === 'validated')) {
    const found = orphans(after, context);
    if (found !== undefined && ('unknown' in found || found.count > 0)) {
      return [withhold({ ref: after.ref, what: title, hazard: 'ORPHANS_PRESENT', reason: `is not validated; ${evidence(found, 'row')} pointing to nothing in ${after.def.targetTable}`, flag: null, harmless: true })];
    }
    return [validate(after, 'is not validated: rows from before it was added were never checked', context, isLarge(context, after.ref.schema, after.ref.table) ? 'outside' : 'inside')];
  }
  const { ref } = after;
  const drop = `ALTER TABLE ${nameOf(context.naming, ref.schema, ref.table)} DROP CONSTRAINT IF EXISTS ${quoteName(ref.name)}`;
  const reason = `is ${spell(before)}, and the schema says ${spell(after)}`;
  const found = orphans(after, context);
  if (found !== undefined && ('unknown' in found || found.count > 0)) {
    return [withhold({ ref, what: title, hazard: 'ORPHANS_PRESENT', reason: `${reason}; ${evidence(found, 'row')} pointing to nothing in ${after.def.targetTable}`, flag: null })];
  }
  const old = foreignKeyForm(before.def, context.naming.home);
  const replaced = addStep(after, reason, false, context, drop);
  if (!('promises' in replaced)) return [replaced];
  return [{ ...replaced, hazards: ['FOREIGN_KEY_REPLACED'], promises: replaced.promises.map((one) => ({ ...one, from: [old, `${old} not valid`] })) }];
}

function spell({ def }: Key): string {
  return `(${def.columns.join(', ')}) → ${def.targetTable} (${def.targetColumns.join(', ')}) ON DELETE ${def.onDelete} ON UPDATE ${def.onUpdate}`;
}
