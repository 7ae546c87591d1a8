// A plan → the files that carry it out. What is written into a migration and what is applied is this text.

import { tableKey, tableOf } from '../catalog/catalog.ts';
import { parseCanonical } from '../catalog/types.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { commentText, quoteText } from '../sql/quote.ts';
import { renderBlock, renderVerification } from './block.ts';
import type { Naming } from './naming.ts';
import { ORDER, type Step } from './types.ts';

export const FORMAT = 1;

export interface Script {
  /** What it does, for a file's name: `types`, `1`, `index_Session_shop_idx`; empty for the only or main one. */
  readonly suffix: string;
  readonly steps: readonly Step[];
  readonly sql: string;
  /** `outside`: one statement that PostgreSQL refuses inside of a transaction. */
  readonly transaction: 'inside' | 'outside';
}

export interface ScriptOptions {
  readonly naming: Naming;
  readonly blind?: boolean;
  readonly format: 'block' | 'statements';
  /** Lines of the header, each becomes a comment. */
  readonly header: readonly string[];
  /** Objects wanted: tells which new enum values are used by defaults. */
  readonly desired: Iterable<CatalogObject>;
}

/** Splits where PostgreSQL demands it: new enum values before their use, one statement where no transaction may be, and size. */
export function renderScripts(steps: readonly Step[], options: ScriptOptions): readonly Script[] {
  const inside = steps.filter((step) => step.transaction === 'inside');
  const groups: { suffix: string; steps: readonly Step[] }[] = [];
  const types = inside.filter((step) => step.order <= ORDER.value && step.order !== ORDER.rename);
  const usesNewValue = inside.some((step) => step.order === ORDER.value) && usesAny(inside, options.desired);
  if (usesNewValue) groups.push({ suffix: 'types', steps: types });
  const rest = usesNewValue ? inside.filter((step) => !types.includes(step) || (options.blind && step.order !== ORDER.value)) : inside;
  const chunks = chunk(rest);
  chunks.forEach((part, at) => groups.push({ suffix: chunks.length > 1 ? String(at + 1) : '', steps: part }));
  return [
    ...groups.map(({ suffix, steps: part }) => script(suffix, part, 'inside', options)),
    ...steps.filter((step) => step.transaction === 'outside').flatMap((step) => outsideScripts(step, options)),
  ];
}

/** What is replaced outside of a transaction goes by a statement, and so a file, of its own. */
function outsideScripts({ replaces, ...step }: Step, options: ScriptOptions): readonly Script[] {
  const build = script(outsideName(step), [step], outsideForm(step), options);
  if (replaces === undefined) return [build];
  return [script(`drop_${outsideName(step)}`, [{ ...step, promises: [], statements: [replaces] }], 'outside', options), build];
}

function outsideName({ ref, statements: [first] }: Step): string {
  const name = 'name' in ref ? ref.name : 'step';
  return `${first && 'ddl' in first && first.ddl.includes('VALIDATE') ? 'validate' : 'index'}_${name.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

/** VALIDATE CONSTRAINT stands alone to hold no other lock meanwhile, but may be in a transaction. */
function outsideForm({ order }: Step): 'inside' | 'outside' {
  return order === ORDER.index ? 'outside' : 'inside';
}

function script(suffix: string, steps: readonly Step[], transaction: 'inside' | 'outside', options: ScriptOptions): Script {
  const header = [...options.header, ...steps.flatMap((step) => (steps.length === 1 ? [`${step.title} ${step.because}`] : []))];
  const head = header.map((line) => `-- ${commentText(line)}\n`).join('');
  const body = transaction === 'outside' ? steps.flatMap(plain).join('') : options.format === 'block' ? renderBlock(steps, options.naming, options.blind) : renderStatements(steps, options);
  return { suffix, steps, transaction, sql: `${head}\n${body}` };
}

function plain(step: Step): readonly string[] {
  return step.statements.map((statement) => `${'ddl' in statement ? statement.ddl : `SELECT ${statement.call}`};\n`);
}

/** Statements for psql and SQL editors, each safe to run again, and the last look. What needs a look before stands in blocks. */
function renderStatements(steps: readonly Step[], { naming, blind = false }: ScriptOptions): string {
  const ordered = [...steps].sort((a, b) => a.order - b.order || Number(isPlain(b, blind)) - Number(isPlain(a, blind)));
  const parts: string[] = [];
  for (let at = 0; at < ordered.length; ) {
    const step = ordered[at];
    if (step === undefined) break;
    if (isPlain(step, blind)) {
      parts.push(`-- ${commentText(`${step.title} ${step.because}`)}\n${plain(step).join('')}`);
      at++;
      continue;
    }
    const end = ordered.findIndex((other, index) => index > at && isPlain(other, blind));
    parts.push(renderBlock(ordered.slice(at, end < 0 ? undefined : end), naming, blind));
    at = end < 0 ? ordered.length : end;
  }
  return `${parts.join('\n')}\n-- A last look: fails if something is not as promised.\n${renderVerification(steps, naming)}`;
}

/** Over a database nobody has looked at, these mostly have nothing to do, and would lock all the same. */
const MENDING: ReadonlySet<Step['order']> = new Set([ORDER.value, ORDER.column, ORDER.alter]);

/** IF NOT EXISTS says enough. Replacing, renaming, adding a constraint, or changing what may be right already does not. */
function isPlain(step: Step, blind: boolean): boolean {
  return step.repeatable && step.needsEmpty === undefined && step.replaces === undefined && !(blind && MENDING.has(step.order));
}

/**
 * PostgreSQL refuses to use an enum value in the transaction that added it (55P04). Whether a default does is looked up by its
 * text: a value too many in a file of its own does no harm.
 */
function usesAny(steps: readonly Step[], desired: Iterable<CatalogObject>): boolean {
  const added = steps.flatMap((step) => (step.order === ORDER.value ? step.promises.map(({ table, name }) => ({ table, name })) : []));
  for (const object of desired) {
    if (object.kind === 'index' && object.def.predicate !== null && added.some(({ name }) => object.def.predicate?.includes(quoteText(name)))) return true;
    if (object.kind !== 'column' || object.def.default === null) continue;
    const type = parseCanonical(object.def.type);
    const text = object.def.default;
    if (type.user && added.some(({ table, name }) => table === type.name && text.includes(quoteText(name)))) return true;
  }
  return false;
}

/** A default server has room for 6,400 locks; a new table with its key, its TOAST table and their indexes takes about six. */
const LOCK_BUDGET = 2_400;
const TABLE_LOCKS = 6;

/** Everything of one table stays together; foreign keys come last, because they reach for other tables. */
function chunk(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const table = tableOf(step.ref);
    const rank = step.order === ORDER.rename ? 0 : table === null ? 1 : step.order === ORDER.foreignKey ? 3 : 2;
    const key = `${rank} ${rank < 2 || table === null ? '' : tableKey(table.schema, table.table)}`;
    const group = groups.get(key);
    if (group) group.push(step);
    else groups.set(key, [step]);
  }
  const chunks: Step[][] = [];
  let room = 0;
  for (const [, group] of [...groups].sort(([a], [b]) => Number(a.charAt(0)) - Number(b.charAt(0)))) {
    const cost = TABLE_LOCKS + group.length;
    if (room < cost) {
      chunks.push([]);
      room = LOCK_BUDGET;
    }
    chunks.at(-1)?.push(...group);
    room -= cost;
  }
  return chunks;
}
