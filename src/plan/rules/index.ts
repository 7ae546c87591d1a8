import type { CatalogObject, Index, IndexKey } from '../../catalog/kinds.ts';
import { quoteName, quoteNames } from '../../sql/quote.ts';
import type { HazardCode } from '../hazards.ts';
import { nameOf, type Naming } from '../naming.ts';
import { indexForms, promise } from '../promises.ts';
import { evidence, isLarge, step, what, withhold, type Change, type Outcome, type Rule, type RuleContext } from '../rule.ts';
import { ORDER } from '../types.ts';

export const index: Rule<'index'> = {
  create: (object, context) => {
    const { ref } = object;
    const taken = context.blind ? null : context.taken(ref.schema, ref.name);
    if (taken !== null) return [withhold({ ref, what: titled(object, context), hazard: 'NAME_TAKEN', reason: `is missing, and a ${taken} has its name`, flag: null })];
    return [duplicates(object, 'is missing', context) ?? build(object, 'is missing', [], context)];
  },
  alter: (change, context) => [alter(change, context)],
};

function titled({ ref, def }: CatalogObject<'index'>, context: RuleContext): string {
  return what(context, def.unique ? 'unique index' : 'index', ref.schema, ref.table, ref.name);
}

function duplicates(object: CatalogObject<'index'>, because: string, context: RuleContext): Outcome | null {
  const { ref, def } = object;
  const columns = def.keys.flatMap(({ column }) => (column === undefined ? [] : [column]));
  if (!def.unique || columns.length !== def.keys.length) return null;
  const found = context.fact({ ask: 'duplicates', schema: ref.schema, table: ref.table, columns, nullsEqual: def.nullsNotDistinct, predicate: def.predicate });
  if (found === undefined || ('count' in found && found.count === 0)) return null;
  return withhold({ ref, what: titled(object, context), hazard: 'DUPLICATES_PRESENT', reason: `${because}; ${evidence(found, 'value')} of (${columns.join(', ')}) not unique`, flag: null });
}

function build(object: CatalogObject<'index'>, because: string, hazards: readonly HazardCode[], context: RuleContext, from: readonly string[] = []): Outcome {
  const { ref, def } = object;
  const concurrently = isLarge(context, ref.schema, ref.table);
  const drop = `DROP INDEX ${concurrently ? 'CONCURRENTLY ' : ''}IF EXISTS ${nameOf(context.naming, ref.schema, ref.name)}`;
  const forms = indexForms(def, def.predicate === null ? [] : (context.known(ref) ?? []));
  return step({
    ref,
    what: titled(object, context),
    because,
    statements: [createIndex(object, context.naming, concurrently)],
    promises: [promise('index', { schema: ref.schema, table: ref.table, name: ref.name }, forms, [...from, ...forms.map((form) => `invalid ${form}`)])],
    order: ORDER.index,
    repeatable: true,
    hazards: concurrently ? [...hazards, 'LONG_LOCK'] : hazards,
    transaction: concurrently ? 'outside' : 'inside',
    ...(hazards.length > 0 && { replaces: drop }),
  });
}

/** An index never names a schema of its own: it goes where its table is. */
export function createIndex({ ref, def }: CatalogObject<'index'>, naming: Naming, concurrently: boolean): string {
  const method = def.method === 'btree' ? '' : ` USING ${def.method.toUpperCase()} `;
  const include = def.include.length === 0 ? '' : ` INCLUDE (${quoteNames(def.include)})`;
  const nulls = def.nullsNotDistinct ? ' NULLS NOT DISTINCT' : '';
  const where = def.predicate === null ? '' : ` WHERE ${def.predicate}`;
  return `CREATE ${def.unique ? 'UNIQUE ' : ''}INDEX ${concurrently ? 'CONCURRENTLY ' : ''}IF NOT EXISTS ${quoteName(ref.name)} ON ${nameOf(naming, ref.schema, ref.table)}${method}(${def.keys.map(keySql).join(', ')})${include}${nulls}${where}`;
}

function keySql(key: IndexKey): string {
  const opclass = key.opclass === null || key.opclassIsDefault ? '' : ` ${key.opclass}`;
  const collation = key.collation === null ? '' : ` COLLATE ${quoteName(key.collation)}`;
  const nulls = key.descending === key.nullsFirst ? '' : key.nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
  return `${key.column === undefined ? key.expression : quoteName(key.column)}${collation}${opclass}${key.descending ? ' DESC' : ''}${nulls}`;
}

function alter({ before, after, fields }: Change<'index'>, context: RuleContext): Outcome {
  const rest = fields.filter((field) => field !== 'valid');
  if (rest.length === 0) {
    return duplicates(after, 'is invalid', context) ?? build(after, 'is invalid: its concurrent build was interrupted', ['INVALID_INDEX'], context);
  }
  const [hazard, reason] = difference(before.def, after.def, rest);
  const backsConstraint = before.def.constraint;
  if (!context.allowed.has('INDEX_REPLACED') || backsConstraint) {
    const flag = backsConstraint ? null : '--allow INDEX_REPLACED';
    return withhold({ ref: after.ref, what: titled(after, context), hazard, reason: backsConstraint ? `${reason}; a constraint hangs on it` : reason, flag });
  }
  const from = indexForms(before.def, before.def.predicate === null ? [] : [before.def.predicate]);
  return duplicates(after, reason, context) ?? build(after, reason, ['INDEX_REPLACED'], context, from);
}

function difference(before: Index, after: Index, fields: readonly string[]): readonly [HazardCode, string] {
  if (before.predicate !== null && after.predicate === null) {
    return ['INDEX_REPLACED', `covers only rows WHERE ${before.predicate}${after.unique ? ', which guarantees less than the schema says' : ''}`];
  }
  if (fields.every((field) => field === 'nullsNotDistinct' || field === 'deferrable')) {
    return ['NULLS_RULE', before.deferrable ? 'is checked at the end of a transaction (DEFERRABLE)' : 'takes NULLs for equal (NULLS NOT DISTINCT)'];
  }
  return ['INDEX_REPLACED', `is ${spell(before)}, and the schema says ${spell(after)}`];
}

function spell(def: Index): string {
  const where = def.predicate === null ? '' : ` WHERE ${def.predicate}`;
  return `${def.unique ? 'unique ' : ''}${def.method} (${def.keys.map((key) => keySql(key)).join(', ')})${where}`;
}
