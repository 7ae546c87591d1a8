// A type in a syntax tree → its canonical spelling, as introspection reads it from a server.

import { keyOf, tableKey } from '../catalog/catalog.ts';
import { canonicalType, readType } from '../catalog/types.ts';
import { integerOf, listAt, namesAt, qualified } from './ast.ts';
import type { Draft } from './draft.ts';
import { resolve, type Place } from './draft.ts';
import { otherKey } from './types.ts';

const SERIALS: Readonly<Record<string, string>> = {
  serial: 'integer', serial4: 'integer', bigserial: 'bigint', serial8: 'bigint', smallserial: 'smallint', serial2: 'smallint',
};

const NAMED = ['domain', 'composite type', 'range type', 'view', 'materialized view'];

function isUserType({ objects, others }: Draft, own: boolean): (place: Place) => boolean {
  const [object, other] = own ? [objects.made, others.made] : [objects.find, others.find];
  return ({ schema, name }) =>
    object(keyOf({ kind: 'enum', schema, name })) !== undefined || object(tableKey(schema, name)) !== undefined || NAMED.some((kind) => other(otherKey({ kind, schema, table: null, name })) !== undefined);
}

/** Where a type of the user is; of an unknown name the place where it would be. */
export function typePlace(draft: Draft, names: readonly string[]): Place & { readonly known: boolean } {
  const tests = [isUserType(draft, true), isUserType(draft, false)];
  const place = resolve(draft, qualified(names), tests);
  return { ...place, known: tests.some((test) => test(place)) };
}

/** Bits of an interval's first modifier, by field. */
const FIELDS: Readonly<Record<string, string>> = {
  4: ' year', 2: ' month', 8: ' day', 1024: ' hour', 2048: ' minute', 4096: ' second', 6: ' year to month', 1032: ' day to hour', 3080: ' day to minute', 7176: ' day to second',
  3072: ' hour to minute', 7168: ' hour to second', 6144: ' minute to second',
};

export function typeOf(draft: Draft, typeName: unknown): { readonly type: string; readonly serial: boolean; readonly modified: boolean } {
  const names = namesAt(typeName, 'names');
  const modifiers = listAt(typeName, 'typmods').map(modifierOf);
  const array = listAt(typeName, 'arrayBounds').length > 0;
  const { schema, name } = qualified(names);
  const serial = schema === null || schema === 'pg_catalog' ? SERIALS[name] : undefined;
  if (serial !== undefined && !array) return { type: serial, serial: true, modified: false };
  return { type: `${scalar(draft, names, modifiers)}${array ? '[]' : ''}`, serial: false, modified: modifiers.length > 0 };
}

function scalar(draft: Draft, names: readonly string[], modifiers: readonly string[]): string {
  const { schema, name } = qualified(names);
  if (schema === 'pg_catalog' && name === 'interval') return interval(modifiers);
  const args = modifiers.length === 0 ? '' : `(${(name === 'numeric' && modifiers.length === 1 ? [...modifiers, '0'] : modifiers).join(',')})`;
  if (schema === 'pg_catalog') return readType(`${name}${args}`, 'builtin', draft.base);
  const place = typePlace(draft, names);
  // A name with capitals was quoted, and no type of PostgreSQL or of an extension has one.
  if (!place.known && /^[a-z_][a-z0-9_$]*$/.test(name)) return readType(name === 'char' ? '"char"' : `${name}${args}`, 'extension', draft.base);
  return canonicalType({ name, schema: schema === null && !place.known ? null : place.schema, user: true, args, array: false }, draft.base);
}

function interval([mask, precision]: readonly string[]): string {
  if (mask === undefined) return 'interval';
  return `interval${FIELDS[mask] ?? ''}${precision === undefined ? '' : `(${precision})`}`;
}

function modifierOf(node: unknown): string {
  const [text] = namesAt(listAt(node, 'ColumnRef', 'fields'));
  return text ?? integerOf(node);
}
