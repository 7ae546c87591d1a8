import type { CatalogObject, Column } from '../../catalog/kinds.ts';
import { serialSequence } from '../../catalog/sequences.ts';
import { quoteName, quoteText } from '../../sql/quote.ts';
import { nameOf, titleOf, typeOf } from '../naming.ts';
import { columnPromises, nullabilityPromise, promise, valuePromises } from '../promises.ts';
import { typeForms } from '../printed.ts';
import { evidence, isLarge, step, what, withhold, type Change, type Outcome, type Rule, type RuleContext } from '../rule.ts';
import { ORDER, type Statement } from '../types.ts';
import { widening } from '../widening.ts';

const SERIALS: Readonly<Record<string, string>> = { integer: 'SERIAL', bigint: 'BIGSERIAL', smallint: 'SMALLSERIAL' };

/** `"id" TEXT NOT NULL DEFAULT 'x'` */
export function columnSql({ ref, def }: CatalogObject<'column'>, { naming }: RuleContext): string {
  const notNull = def.notNull ? ' NOT NULL' : '';
  const serial = SERIALS[def.type];
  if (def.identity !== null) return `${quoteName(ref.name)} ${typeOf(naming, def.type)}${notNull} GENERATED ${def.identity} AS IDENTITY`;
  if (def.autoincrement && serial !== undefined && isOwnSequence(ref, def)) return `${quoteName(ref.name)} ${serial}${notNull}`;
  if (def.generated !== null) return `${quoteName(ref.name)} ${typeOf(naming, def.type)}${notNull} GENERATED ALWAYS AS (${def.generated}) STORED`;
  const value = def.sequence === null ? def.default : nextval(def.sequence, naming.home);
  const collation = def.collation === null ? '' : ` COLLATE ${quoteName(def.collation)}`;
  return `${quoteName(ref.name)} ${typeOf(naming, def.type)}${collation}${notNull}${value === null ? '' : ` DEFAULT ${value}`}`;
}

interface Place {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}

function isOwnSequence(ref: Place, { sequence }: Column): boolean {
  return sequence === null || (sequence.schema === ref.schema && sequence.name === serialSequence(ref.table, ref.name));
}

function nextval(sequence: { readonly schema: string; readonly name: string }, home: string): string {
  const name = sequence.schema === home ? quoteName(sequence.name) : `${quoteName(sequence.schema)}.${quoteName(sequence.name)}`;
  return `nextval(${quoteText(name)})`;
}

export const column: Rule<'column'> = {
  create: (object, context) => (context.blind ? [add(object, context), ...settle(object, context)] : create(object, context)),
  alter: (change, context) => change.fields.flatMap((field) => alterField(field, change, context)),
};

function titled({ ref }: { readonly ref: Place }, context: RuleContext): string {
  return what(context, 'column', ref.schema, ref.table, ref.name);
}

/** Required, without a value of its own: PostgreSQL cannot add it to rows. */
function needsValue(def: Column): boolean {
  return def.notNull && def.default === null && !def.autoincrement && def.generated === null;
}

function create(object: CatalogObject<'column'>, context: RuleContext): readonly Outcome[] {
  const { ref, def } = object;
  const fill = context.fill(ref);
  const rows = needsValue(def) ? context.fact({ ask: 'rows', schema: ref.schema, table: ref.table }) : undefined;
  if (fill === undefined && rows !== undefined && ('unknown' in rows || rows.count > 0)) {
    const reason = `is missing; it is required, has no default, and the table ${'unknown' in rows ? `may have rows (${rows.unknown})` : `has ${evidence(rows, 'row')}`}`;
    return [withhold({ ref, what: titled(object, context), hazard: 'REQUIRED_COLUMN', reason, flag: fillFlag(object, context) })];
  }
  const rewrites = def.autoincrement || (def.default !== null && isVolatile(def.default));
  if (rewrites && isLarge(context, ref.schema, ref.table) && !context.allowed.has('TABLE_REWRITE')) {
    return [withhold({ ref, what: titled(object, context), hazard: 'TABLE_REWRITE', reason: 'is missing; each row would get a value of its own, which rewrites a large table', flag: '--allow TABLE_REWRITE' })];
  }
  return [add(object, context)];
}

function fillFlag({ ref }: { readonly ref: Place }, { naming }: RuleContext): string {
  return `--fill "${titleOf(naming.home, ref.schema, ref.table, ref.name)}=<sql expression>"`;
}

/** Functions that may give every row another value; now() and CURRENT_TIMESTAMP give all the same. */
function isVolatile(expression: string): boolean {
  return /\(/.test(expression) && !/^\(*\s*(now|transaction_timestamp|current_setting|current_schema)\s*\(/i.test(expression);
}

function add(object: CatalogObject<'column'>, context: RuleContext): Outcome {
  const { ref, def } = object;
  const table = nameOf(context.naming, ref.schema, ref.table);
  const fill = context.fill(ref);
  const needsEmpty = needsValue(def) && fill === undefined;
  return step({
    ref,
    what: titled(object, context),
    because: 'is missing',
    statements: fill !== undefined && needsValue(def) ? filled(object, context) : [`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${columnSql(object, context)}`],
    promises: columnPromises(object, context.naming.home, context.known).slice(0, context.blind ? 1 : undefined).map((one) => ({ ...one, from: [] })),
    order: ORDER.column,
    repeatable: true,
    ...(needsEmpty && {
      needsEmpty: {
        schema: ref.schema,
        table: ref.table,
        message: `column ${titleOf(context.naming.home, ref.schema, ref.table, ref.name)} is missing; it is required, has no default, and the table has rows`,
        hint: `say what the rows get: prisma-mend with ${fillFlag(object, context)}`,
      },
    }),
  });
}

/** A constant goes in as a default that is dropped again, which rewrites nothing; anything else is written row by row. */
function filled(object: CatalogObject<'column'>, context: RuleContext): readonly string[] {
  const { ref } = object;
  const [table, name, fill] = [nameOf(context.naming, ref.schema, ref.table), quoteName(ref.name), context.fill(ref)];
  if (fill === undefined) return [];
  if (fill.constant) return [`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${columnSql(object, context)} DEFAULT ${fill.expression}`, `ALTER TABLE ${table} ALTER COLUMN ${name} DROP DEFAULT`];
  const nullable = { ...object, def: { ...object.def, notNull: false } };
  return [`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${columnSql(nullable, context)}`, ...backfill(ref, fill.expression, context)];
}

function backfill(ref: Place, expression: string, { naming }: RuleContext): readonly string[] {
  const [table, name] = [nameOf(naming, ref.schema, ref.table), quoteName(ref.name)];
  return [`UPDATE ${table} SET ${name} = ${expression} WHERE ${name} IS NULL`, `ALTER TABLE ${table} ALTER COLUMN ${name} SET NOT NULL`];
}

/** What an existing column may lack, each with a step that does nothing when it is right. */
function settle(object: CatalogObject<'column'>, context: RuleContext): readonly Outcome[] {
  return [...setValue(object, 'has no default', context), setNullability(object, `is ${object.def.notNull ? 'nullable' : 'required'}`, context)];
}

function alterField(field: string, change: Change<'column'>, context: RuleContext): readonly Outcome[] {
  const { before, after } = change;
  switch (field) {
    case 'type':
      return [changeType(change, context)];
    case 'notNull':
      return [after.def.notNull ? require(change, context) : setNullability(after, 'is required, and the schema says it is optional', context)];
    case 'default':
      return after.def.default === null ? [extraDefault(change, context)] : setValue(after, before.def.default === null ? 'has no default' : `has the default ${before.def.default}`, context, before.def);
    case 'autoincrement':
      return after.def.autoincrement ? setValue(after, 'has no sequence behind it', context, before.def) : [extraDefault(change, context)];
    case 'generated':
      return [withhold({ ref: after.ref, what: titled(after, context), hazard: 'GENERATED_COLUMN', reason: `is generated as ${before.def.generated}, and the schema says @default(${after.def.default})` })];
    default:
      return [];
  }
}

/** A default nobody asked for helps writers that leave the column out; dropping it is the user's decision. */
function extraDefault({ before, after }: Change<'column'>, context: RuleContext): Outcome {
  const reason = before.def.autoincrement ? 'is filled by a sequence, and the schema says it is not' : `has the default ${before.def.default}, and the schema says none`;
  if (!context.allowed.has('DEFAULT_ADDED_BY_HAND') || before.def.identity !== null) {
    return withhold({ ref: after.ref, what: titled(after, context), hazard: 'DEFAULT_ADDED_BY_HAND', reason, harmless: true, flag: before.def.identity === null ? '--allow DEFAULT_ADDED_BY_HAND' : null });
  }
  return step({
    ref: after.ref,
    what: titled(after, context),
    because: reason,
    statements: [`ALTER TABLE ${nameOf(context.naming, after.ref.schema, after.ref.table)} ALTER COLUMN ${quoteName(after.ref.name)} DROP DEFAULT`],
    promises: [promise('default', after.ref, 'none', valuePromises(after.ref, before.def, context.naming.home, context.known).flatMap((one) => one.forms))],
    order: ORDER.alter,
    repeatable: true,
    hazards: ['DEFAULT_ADDED_BY_HAND'],
  });
}

function setValue({ ref, def }: CatalogObject<'column'>, because: string, context: RuleContext, before?: Column): readonly Outcome[] {
  if (def.generated !== null || (def.default === null && !def.autoincrement)) return [];
  const [table, name] = [nameOf(context.naming, ref.schema, ref.table), quoteName(ref.name)];
  const old = before?.default ? [before.default] : [];
  return [
    step({
      ref,
      what: titled({ ref }, context),
      because,
      statements: def.autoincrement ? counter(ref, def, context) : [`ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT ${def.default}`],
      promises: valuePromises(ref, def, context.naming.home, context.known).map((one) => ({ ...one, from: [...one.from, ...old] })),
      order: ORDER.alter,
      repeatable: true,
    }),
  ];
}

/** A sequence that begins above what is there, owned by the column so that it goes with it. */
function counter(ref: Place, def: Column, { naming }: RuleContext): readonly Statement[] {
  const sequence = def.sequence ?? { schema: ref.schema, name: serialSequence(ref.table, ref.name) };
  const [table, name, full] = [nameOf(naming, ref.schema, ref.table), quoteName(ref.name), nameOf(naming, sequence.schema, sequence.name)];
  return [
    { ddl: `CREATE SEQUENCE IF NOT EXISTS ${full} AS ${typeOf(naming, def.type)} OWNED BY ${table}.${name}` },
    { call: `pg_catalog.setval(${quoteText(full)}, GREATEST((SELECT pg_catalog.max(${name}) FROM ${table}) + 1, (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM ${full})), false)` },
    { ddl: `ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT nextval(${quoteText(full)})` },
  ];
}

function setNullability({ ref, def }: CatalogObject<'column'>, because: string, context: RuleContext): Outcome {
  const [table, name, fill] = [nameOf(context.naming, ref.schema, ref.table), quoteName(ref.name), context.fill(ref)];
  const update = def.notNull && fill !== undefined ? backfill(ref, fill.expression, context).slice(0, 1) : [];
  return step({
    ref,
    what: titled({ ref }, context),
    because,
    statements: [...update, `ALTER TABLE ${table} ALTER COLUMN ${name} ${def.notNull ? 'SET' : 'DROP'} NOT NULL`],
    promises: [nullabilityPromise(ref, def)],
    order: ORDER.alter,
    repeatable: true,
  });
}

function require({ after }: Change<'column'>, context: RuleContext): Outcome {
  const { ref } = after;
  const nulls = context.fill(ref) === undefined ? context.fact({ ask: 'nulls', schema: ref.schema, table: ref.table, columns: [ref.name] }) : undefined;
  if (nulls === undefined || ('count' in nulls && nulls.count === 0)) return setNullability(after, 'is nullable, and the schema says it is required', context);
  return withhold({ ref, what: titled(after, context), hazard: 'NULLS_PRESENT', reason: `is nullable, and the schema says it is required: ${evidence(nulls, 'row')} without a value`, flag: fillFlag(after, context) });
}

function changeType({ before, after }: Change<'column'>, context: RuleContext): Outcome {
  const { ref, def } = after;
  const title = titled(after, context);
  const reason = `is ${typeOf(context.naming, before.def.type)}, and the schema says ${typeOf(context.naming, def.type)}`;
  const kind = widening(before.def.type, def.type);
  if (kind === null) return withhold({ ref, what: title, hazard: 'TYPE_CHANGED', reason: `${reason}; converting could lose or reinterpret values`, flag: null });
  const dependents = context.fact({ ask: 'dependents', schema: ref.schema, table: ref.table, columns: [ref.name] });
  if (dependents !== undefined && 'count' in dependents && dependents.count > 0) {
    return withhold({ ref, what: title, hazard: 'IN_USE', reason: `${reason}; it is used by ${dependents.sample.join(', ')}`, flag: null });
  }
  if (kind === 'rewrite' && isLarge(context, ref.schema, ref.table) && !context.allowed.has('TABLE_REWRITE')) {
    return withhold({ ref, what: title, hazard: 'TABLE_REWRITE', reason: `${reason}; the table is large and would be rewritten under a lock`, flag: '--allow TABLE_REWRITE' });
  }
  const table = nameOf(context.naming, ref.schema, ref.table);
  const sequence = def.autoincrement ? before.def.sequence : null;
  const wider = sequence === null ? [] : [`ALTER SEQUENCE ${nameOf(context.naming, sequence.schema, sequence.name)} AS ${typeOf(context.naming, def.type)}`];
  return step({
    ref,
    what: title,
    because: reason,
    statements: [`ALTER TABLE ${table} ALTER COLUMN ${quoteName(ref.name)} TYPE ${typeOf(context.naming, def.type)}`, ...wider],
    promises: [promise('column', ref, typeForms(def.type, context.naming.home), typeForms(before.def.type, context.naming.home))],
    order: ORDER.column,
    repeatable: true,
    hazards: [kind === 'rewrite' ? 'TABLE_REWRITE' : 'TYPE_WIDENED'],
  });
}
