// A comparison → ordered steps, and what is held back with its reason. Pure: the live rows answer through `facts`.

import { byTable, keyOf, ofKind, tableKey, type Catalog } from '../catalog/catalog.ts';
import { standsOn } from '../catalog/depends.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import type { Comparison } from '../diff/compare.ts';
import type { Rename, Suspect } from '../diff/renames.ts';
import { quoteName } from '../sql/quote.ts';
import type { HazardCode } from './hazards.ts';
import { nameOf, titleOf, type Naming } from './naming.ts';
import { promise, type KnownTexts } from './promises.ts';
import { typeForms } from './printed.ts';
import { step, withhold, type Fill, type Outcome, type RuleContext } from './rule.ts';
import { outcomes } from './rules.ts';
import { needKey, ORDER, type Facts, type Need, type Plan, type Step, type Withheld } from './types.ts';

export interface PlanOptions {
  readonly naming: Naming;
  /** For a database nobody has looked at. */
  readonly blind?: boolean;
  readonly allowed?: ReadonlySet<HazardCode>;
  /** By the key of the column. */
  readonly fills?: ReadonlyMap<string, Fill>;
  readonly known?: KnownTexts;
}

export interface Planned extends Plan {
  /** Questions the plan depends on that `facts` had no answer to. */
  readonly needs: readonly Need[];
}

export function makePlan(comparison: Comparison, facts: Facts, options: PlanOptions): Planned {
  const needs = new Map<string, Need>();
  const context = ruleContext(comparison, facts, options, needs);
  const all: Outcome[] = options.blind ? [] : renameSteps(comparison, context);
  const waiting = new Map<string, Withheld>(all.flatMap((outcome) => (isWithheld(outcome) ? [[keyOf(outcome.ref), outcome] as const] : [])));
  const created = new Set(comparison.changes.flatMap((change) => (change.op === 'create' && change.kind === 'table' ? [keyOf(change.ref)] : [])));
  for (const change of comparison.changes) {
    if (!options.blind && change.op === 'create' && isPartOfNewTable(change.after, created)) continue;
    const made = blockedBy(change.after, waiting, context) ?? suspected(change.op === 'create' ? change.after : null, comparison.suspects, context) ?? outcomes(change, context);
    for (const outcome of made) {
      all.push(outcome);
      if (isWithheld(outcome) && blocksOthers(outcome)) waiting.set(keyOf(outcome.ref), outcome);
    }
  }
  const steps = all.filter(isStep).map((one, at) => ({ one, at })).sort((a, b) => a.one.order - b.one.order || a.at - b.at).map(({ one }) => one);
  return { steps, withheld: all.filter(isWithheld), needs: [...needs.values()] };
}

function isWithheld(outcome: Outcome): outcome is Withheld {
  return 'hazard' in outcome;
}

function isStep(outcome: Outcome): outcome is Step {
  return 'statements' in outcome;
}

/** A default that stays, a constraint that is not validated, a column that stays nullable: nothing else waits for these. */
function blocksOthers({ harmless, hazard, ref }: Withheld): boolean {
  return !harmless && !(hazard === 'NULLS_PRESENT' && ref.kind === 'column');
}

function isPartOfNewTable(object: CatalogObject, created: ReadonlySet<string>): boolean {
  return (object.kind === 'column' || object.kind === 'primaryKey') && created.has(tableKey(object.ref.schema, object.ref.table));
}

function ruleContext({ current, desired }: Comparison, facts: Facts, options: PlanOptions, needs: Map<string, Need>): RuleContext {
  // Both are read for what differs alone, and mostly nothing does.
  let parts: ReturnType<typeof byTable> | undefined;
  let names: ReturnType<typeof takenNames> | undefined;
  return {
    naming: options.naming,
    current,
    desired,
    parts: (schema, table) => (parts ??= byTable(desired.objects.values())).get(tableKey(schema, table)) ?? [],
    blind: options.blind ?? false,
    fact(need) {
      if (options.blind) return undefined;
      const key = needKey(need);
      const fact = facts.get(key);
      if (fact === undefined) needs.set(key, need);
      return fact;
    },
    allowed: options.allowed ?? new Set(),
    fill: (ref) => options.fills?.get(keyOf(ref)),
    known: options.known ?? (() => null),
    taken: (schema, name) => (names ??= takenNames(current)).get(`${schema}\0${name}`) ?? null,
  };
}

/** Everything that has a name in a schema, with what it is. */
function takenNames(current: Catalog): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (schema: string, name: string, what: string) => names.set(`${schema}\0${name}`, `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`);
  for (const { ref } of ofKind(current, 'enum')) add(ref.schema, ref.name, 'enum');
  for (const { ref } of ofKind(current, 'sequence')) add(ref.schema, ref.name, 'sequence');
  for (const { ref } of ofKind(current, 'index')) add(ref.schema, ref.name, `index of ${ref.table}`);
  for (const { ref, def } of ofKind(current, 'primaryKey')) add(ref.schema, def.name, `primary key of ${ref.table}`);
  for (const { ref } of ofKind(current, 'table')) add(ref.schema, ref.name, 'table');
  for (const { kind, schema, name } of current.unmodeled) {
    if (['view', 'materialized view', 'foreign table', 'partition', 'composite type', 'domain', 'range type'].includes(kind)) add(schema, name, kind);
  }
  return names;
}

/** A change on something that is withheld is withheld with it. */
function blockedBy(object: CatalogObject, waiting: ReadonlyMap<string, Withheld>, context: RuleContext): readonly Outcome[] | null {
  if (waiting.size === 0) return null;
  const blocker = standsOn(object, context.naming.home, context.parts).map((key) => waiting.get(key)).find((found) => found !== undefined);
  if (blocker === undefined) return null;
  const title = `${object.kind === 'foreignKey' ? 'foreign key' : object.kind} ${titleOfRef(object, context)}`;
  return [withhold({ ref: object.ref, what: title, hazard: blocker.hazard, reason: `waits for ${blocker.title}`, flag: blocker.flag })];
}

function titleOfRef({ ref }: CatalogObject, { naming }: RuleContext): string {
  const parts = [...('table' in ref ? [ref.table] : []), ...('name' in ref ? [ref.name] : [])];
  return titleOf(naming.home, 'schema' in ref ? ref.schema : naming.home, ...parts);
}

function suspected(object: CatalogObject | null, suspects: readonly Suspect[], context: RuleContext): readonly Outcome[] | null {
  if (object === null || (object.kind !== 'table' && object.kind !== 'column') || context.allowed.has('LOOKS_RENAMED')) return null;
  const found = suspects.filter((suspect) => suspect.kind === object.kind && suspect.schema === object.ref.schema && suspect.to === object.ref.name && (suspect.kind === 'table' || suspect.table === tableNameOf(object)));
  if (found.length === 0) return null;
  const title = titleOfRef(object, context);
  const old = found.map(({ from }) => from);
  const flag = `--rename "${old[0] === undefined ? '' : object.kind === 'table' ? old[0] : `${tableNameOf(object)}.${old[0]}`}=${object.ref.name}"`;
  return [withhold({ ref: object.ref, what: `${object.kind} ${title}`, hazard: 'LOOKS_RENAMED', reason: `is missing, and ${old.join(' and ')} looks like it: ${found[0]?.because}`, flag })];
}

function tableNameOf(object: CatalogObject<'table' | 'column'>): string {
  return object.kind === 'table' ? object.ref.name : object.ref.table;
}

function renameSteps({ renames, desired, live }: Comparison, context: RuleContext): Outcome[] {
  if (renames.length === 0) return [];
  const names = takenNames(live);
  return renames.map((rename) => {
    const { kind, schema, table, from, to } = rename;
    const taken = kind === 'table' || kind === 'index' ? names.get(`${schema}\0${to}`) : undefined;
    if (taken === undefined) return renameStep(rename, desired, context);
    const ref = kind === 'table' ? ({ kind, schema, name: to } as const) : ({ kind, schema, table, name: to } as const);
    return withhold({ ref, what: `${kind} ${titleOf(context.naming.home, schema, to)}`, hazard: 'NAME_TAKEN', reason: `is present as ${from}, and ${taken} has its name`, flag: null });
  });
}

const RENAME_HAZARD: Readonly<Record<Rename['kind'], HazardCode>> = { table: 'TABLE_RENAMED', column: 'COLUMN_RENAMED', index: 'CONSTRAINT_RENAMED', foreignKey: 'CONSTRAINT_RENAMED' };

function renameStep(rename: Rename, desired: Catalog, context: RuleContext): Outcome {
  const { kind, schema, table, from, to } = rename;
  const { naming } = context;
  const [owner, old, name] = [nameOf(naming, schema, table), quoteName(from), quoteName(to)];
  const ref = kind === 'table' ? ({ kind, schema, name: to } as const) : ({ kind, schema, table, name: to } as const);
  const sql = {
    table: () => `ALTER TABLE ${nameOf(naming, schema, from)} RENAME TO ${name}`,
    column: () => `ALTER TABLE ${owner} RENAME COLUMN ${old} TO ${name}`,
    index: () => `ALTER INDEX ${nameOf(naming, schema, from)} RENAME TO ${name}`,
    foreignKey: () => `ALTER TABLE ${owner} RENAME CONSTRAINT ${old} TO ${name}`,
  }[kind]();
  const column = desired.objects.get(keyOf(ref));
  const promised = {
    table: () => ({ ...promise('table', { schema, table: to, name: '' }, 'table'), also: { schema, table: from } }),
    column: () => promise('column', { schema, table, name: to }, column?.kind === 'column' ? typeForms(column.def.type, naming.home) : []),
    index: () => promise('index', { schema, table, name: to }, []),
    foreignKey: () => promise('constraint', { schema, table, name: to }, 'constraint'),
  }[kind]();
  const what = kind === 'table' ? `table ${titleOf(naming.home, schema, to)}` : `${kind === 'foreignKey' ? 'foreign key' : kind} ${titleOf(naming.home, schema, table, to)}`;
  return step({ ref, what, because: `is present as ${from}: ${rename.because}`, statements: [sql], promises: [promised], order: ORDER.rename, hazards: [RENAME_HAZARD[kind]] });
}
