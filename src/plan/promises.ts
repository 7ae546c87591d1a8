// What an object of the catalog promises, in the words of looks.ts.

import type { CatalogObject, Column, ForeignKey, Index, IndexKey, PrimaryKey, Ref, RefAction, RefOf } from '../catalog/kinds.ts';
import { defaultForms, printsCertainly, typeForms } from './printed.ts';
import type { Aspect, Promised } from './types.ts';

interface Place {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}

export function promise(aspect: Aspect, place: Place, forms: readonly string[] | string, from: readonly string[] = []): Promised {
  return { aspect, schema: place.schema, table: place.table, name: place.name, forms: typeof forms === 'string' ? [forms] : forms, from };
}

export function namesForm(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(', ')}]`;
}

export function primaryKeyForm(def: PrimaryKey): string {
  return namesForm(def.columns);
}

/** `predicates`: every way the predicate may be printed. */
export function indexForms(def: Index, predicates: readonly string[]): readonly string[] {
  const keys = product(def.keys.map(keyForms)).map((list) => list.join(', '));
  const heads = keys.map((list) => `${def.unique ? 'unique ' : ''}${def.method} (${list})`);
  return def.predicate === null ? heads : heads.flatMap((head) => predicates.map((predicate) => `${head} where ${predicate}`));
}

function keyForms(key: IndexKey): readonly string[] {
  const order = `${key.descending ? ' desc' : ''}${key.descending === key.nullsFirst ? '' : key.nullsFirst ? ' nulls first' : ' nulls last'}`;
  const name = key.expression ?? JSON.stringify(key.column);
  // Whether a named operator class is the type's default, and so left out by the look, only the server knows.
  const opclass = key.opclass === null || key.opclassIsDefault ? [''] : ['', ` ${key.opclass.toLowerCase()}`];
  return opclass.map((text) => `${name}${text}${order}`);
}

function product(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>((all, list) => all.flatMap((head) => list.map((item) => [...head, item])), [[]]);
}

const ACTION_LETTERS: Readonly<Record<RefAction, string>> = { 'NO ACTION': 'a', RESTRICT: 'r', CASCADE: 'c', 'SET NULL': 'n', 'SET DEFAULT': 'd' };

export function foreignKeyForm(def: ForeignKey, home: string): string {
  const target = `${def.targetSchema === home ? '' : `${JSON.stringify(def.targetSchema)}.`}${JSON.stringify(def.targetTable)}`;
  return `${namesForm(def.columns)} to ${target} ${namesForm(def.targetColumns)} on delete ${ACTION_LETTERS[def.onDelete]} on update ${ACTION_LETTERS[def.onUpdate]}`;
}

/** Texts a server printed for an expression of the schema that is no constant; `null` where none was asked. */
export type KnownTexts = (ref: Ref) => readonly string[] | null;

/** The promises of a column's definition, one an aspect. */
export function columnPromises({ ref, def }: CatalogObject<'column'>, home: string, known: KnownTexts): readonly Promised[] {
  return [promise('column', ref, typeForms(def.type, home)), nullabilityPromise(ref, def), ...valuePromises(ref, def, home, known)];
}

export function nullabilityPromise(place: Place, def: Column): Promised {
  return def.notNull ? promise('nullability', place, 'NOT NULL', ['NULL']) : promise('nullability', place, 'NULL', ['NOT NULL']);
}

/** An expression whose printed text nobody has asked a server for promises no more than that there is a default. */
export function valuePromises(ref: RefOf<'column'>, def: Column, home: string, known: KnownTexts): readonly Promised[] {
  if (def.autoincrement) return [promise('counter', ref, 'counter', ['none'])];
  if (def.default === null) return [];
  const certain = printsCertainly(def.default, def.type);
  const texts = certain ? [] : (known(ref) ?? []);
  const forms = certain || texts.length > 0 ? defaultForms(def.default, def.type, home, texts) : [];
  return [promise('default', ref, forms, ['none'])];
}
