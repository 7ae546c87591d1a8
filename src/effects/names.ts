// Names PostgreSQL chooses (makeObjectName and its callers in commands/indexcmds.c and catalog/pg_constraint.c).

import { NAME_BYTES } from '../sql/quote.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import type { Draft } from './draft.ts';

const encoder = new TextEncoder();

function clip(text: string, bytes: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += encoder.encode(character).length;
    if (used > bytes) break;
    taken += character;
  }
  return taken;
}

/** `first_second_label` in 63 bytes: the longer of the two names gives way. */
function objectName(first: string, second: string | null, label: string): string {
  let [a, b] = [encoder.encode(first).length, second === null ? 0 : encoder.encode(second).length];
  const room = NAME_BYTES - label.length - 1 - (second === null ? 0 : 1);
  while (a + b > room) {
    if (a > b) a--;
    else b--;
  }
  return [clip(first, a), ...(second === null ? [] : [clip(second, b)]), label].join('_');
}

const IN_CLASS = ['view', 'materialized view', 'foreign table', 'partition', 'composite type', 'exclusion constraint'];
const CONSTRAINTS = ['check constraint', 'exclusion constraint'];

function relationsIn({ objects, others }: Draft, schema: string): ReadonlySet<string> {
  const names = new Set(others.values(false).filter((other) => other.schema === schema && IN_CLASS.includes(other.kind)).map(({ name }) => name));
  for (const object of objects.values(false)) for (const name of relationNamesOf(object, schema)) names.add(name);
  return names;
}

function relationNamesOf(object: CatalogObject, schema: string): readonly string[] {
  switch (object.kind) {
    case 'table':
    case 'sequence':
    case 'index':
      return object.ref.schema === schema ? [object.ref.name] : [];
    case 'primaryKey':
      return object.ref.schema === schema ? [object.def.name] : [];
    case 'column':
      return object.def.sequence?.schema === schema ? [object.def.sequence.name] : [];
    default:
      return [];
  }
}

function constraintsIn({ objects, others }: Draft, schema: string): ReadonlySet<string> {
  const names = new Set(others.values(false).filter((other) => other.schema === schema && CONSTRAINTS.includes(other.kind)).map(({ name }) => name));
  for (const object of objects.values(false)) {
    if (object.kind === 'primaryKey' && object.ref.schema === schema) names.add(object.def.name);
    if ((object.kind === 'foreignKey' || (object.kind === 'index' && object.def.constraint)) && object.ref.schema === schema) names.add(object.ref.name);
  }
  return names;
}

function firstFree(first: string, second: string | null, label: string, taken: readonly ReadonlySet<string>[]): string {
  for (let number = 0; ; number++) {
    const name = objectName(first, second, number === 0 ? label : `${label}${number}`);
    if (!taken.some((names) => names.has(name))) return name;
  }
}

/** Columns joined as far as they fit (ChooseIndexNameAddition). */
function addition(columns: readonly string[]): string {
  let joined = '';
  for (const column of columns) {
    if (encoder.encode(joined).length > NAME_BYTES) break;
    joined += `${joined === '' ? '' : '_'}${column}`;
  }
  return clip(joined, 2 * NAME_BYTES);
}

export function sequenceName(draft: Draft, schema: string, table: string, column: string): string {
  return firstFree(table, column, 'seq', [relationsIn(draft, schema)]);
}

export function primaryKeyName(draft: Draft, schema: string, table: string): string {
  return firstFree(table, null, 'pkey', [relationsIn(draft, schema), constraintsIn(draft, schema)]);
}

export function uniqueName(draft: Draft, schema: string, table: string, columns: readonly string[]): string {
  return firstFree(table, addition(distinct(columns)), 'key', [relationsIn(draft, schema), constraintsIn(draft, schema)]);
}

export function exclusionName(draft: Draft, schema: string, table: string, columns: readonly string[]): string {
  return firstFree(table, addition(distinct(columns)), 'excl', [relationsIn(draft, schema), constraintsIn(draft, schema)]);
}

export function indexName(draft: Draft, schema: string, table: string, columns: readonly string[]): string {
  return firstFree(table, addition(distinct(columns)), 'idx', [relationsIn(draft, schema)]);
}

export function foreignKeyName(draft: Draft, schema: string, table: string, columns: readonly string[]): string {
  return firstFree(table, addition(columns), 'fkey', [constraintsIn(draft, schema)]);
}

/** A check of one column carries the column's name. */
export function checkName(draft: Draft, schema: string, table: string, columns: readonly string[]): string {
  return firstFree(table, columns.length === 1 ? (columns[0] ?? null) : null, 'check', [constraintsIn(draft, schema)]);
}

/** A name that comes again gets a number (ChooseIndexColumnNames). */
function distinct(columns: readonly string[]): readonly string[] {
  const taken: string[] = [];
  for (const column of columns) {
    let name = column;
    for (let number = 1; taken.includes(name); number++) name = `${clip(column, NAME_BYTES - String(number).length)}${number}`;
    taken.push(name);
  }
  return taken;
}
