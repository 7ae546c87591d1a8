// Sequences that stand alone; one that a column owns is part of that column.

import { isKind, keyOf } from '../catalog/catalog.ts';
import type { DefOf } from '../catalog/kinds.ts';
import { at, integerOf, listAt, namesAt, nodeAt, textAt, type Node } from './ast.ts';
import { create, find, newPlace, opaque, put, remove, resolve, shown, type Draft, type Place } from './draft.ts';
import type { Handler } from './outcome.ts';
import { typeOf } from './typeName.ts';

type Sequence = DefOf<'sequence'>;

const BOUNDS: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ['-32768', '32767'], integer: ['-2147483648', '2147483647'], bigint: ['-9223372036854775808', '9223372036854775807'],
};

type Options = ReadonlyMap<string, Node>;

function optionsOf(node: Node): Options {
  return new Map(listAt(node, 'options').map((one) => [textAt(one, 'DefElem', 'defname'), nodeAt(one, 'DefElem')]));
}

const isDown = (increment: string) => increment.startsWith('-');
const lowest = (type: string, increment: string) => (isDown(increment) ? (BOUNDS[type]?.[0] ?? '') : '1');
const highest = (type: string, increment: string) => (isDown(increment) ? '-1' : (BOUNDS[type]?.[1] ?? ''));

/** The definition with these options on top; of what is new PostgreSQL's defaults hold. */
function definition(draft: Draft, options: Options, old: Sequence | null): Sequence {
  const value = (name: string) => (options.get(name)?.['arg'] === undefined ? undefined : integerOf(options.get(name)?.['arg']));
  const named = options.get('as');
  const type = named === undefined ? (old?.type ?? 'bigint') : typeOf(draft, at(named, 'arg', 'TypeName')).type;
  const increment = value('increment') ?? old?.increment ?? '1';
  // A bound that was the old type's own becomes the new type's.
  const kept = (bound: string | undefined, side: 0 | 1) => (bound === undefined || options.has(side === 0 ? 'minvalue' : 'maxvalue') || (old !== null && type !== old.type && bound === BOUNDS[old.type]?.[side]) ? undefined : bound);
  const min = value('minvalue') ?? kept(old?.min, 0) ?? lowest(type, increment);
  const max = value('maxvalue') ?? kept(old?.max, 1) ?? highest(type, increment);
  const cycle = options.get('cycle');
  return {
    type, increment, min, max,
    start: value('start') ?? old?.start ?? (isDown(increment) ? max : min),
    cache: value('cache') ?? old?.cache ?? '1',
    cycle: cycle === undefined ? (old?.cycle ?? false) : at(cycle, 'arg', 'Boolean', 'boolval') === true,
  };
}

/** OWNED BY a column: `null` for NONE, `undefined` when nothing is said. */
function ownerOf(options: Options): readonly string[] | null | undefined {
  const owned = options.get('owned_by');
  if (owned === undefined) return undefined;
  const names = namesAt(owned, 'arg');
  return names.length === 1 ? null : names;
}

export const createSequence: Handler = (node, draft) => {
  const relation = nodeAt(node, 'sequence');
  const place = newPlace(draft, { schema: textAt(relation, 'schemaname') || null, name: textAt(relation, 'relname') });
  const optional = node['if_not_exists'] === true;
  const outcome = { title: `CREATE SEQUENCE ${shown(draft, place)}`, repeatable: optional };
  const options = optionsOf(node);
  if (textAt(relation, 'relpersistence') === 't' || ownerOf(options)) return outcome;
  if ((optional || draft.guarded) && isTaken(draft, place)) return outcome;
  create(draft, { kind: 'sequence', ref: { kind: 'sequence', ...place }, def: definition(draft, options, null) });
  return outcome;
};

function isTaken({ objects }: Draft, place: Place): boolean {
  return objects.made(keyOf({ kind: 'sequence', ...place })) !== undefined || objects.values(false).some((object) => isKind(object, 'column') && object.def.sequence?.schema === place.schema && object.def.sequence.name === place.name);
}

export const alterSequence: Handler = (node, draft) => {
  const relation = nodeAt(node, 'sequence');
  const columns = draft.objects.values(true).filter((object) => isKind(object, 'column'));
  const filled = (place: Place) => columns.find(({ def }) => def.sequence?.schema === place.schema && def.sequence.name === place.name);
  const place = resolve(draft, { schema: textAt(relation, 'schemaname') || null, name: textAt(relation, 'relname') }, [(one) => find<'sequence'>(draft, { kind: 'sequence', ...one }) !== undefined || filled(one) !== undefined]);
  const options = optionsOf(node);
  const outcome = { title: `ALTER SEQUENCE ${shown(draft, place)}`, repeatable: !options.has('restart') };
  const sequence = find<'sequence'>(draft, { kind: 'sequence', ...place });
  const owner = ownerOf(options);
  const column = filled(place);
  if (sequence) {
    if (owner) remove(draft, sequence.ref);
    else put(draft, { ...sequence, def: definition(draft, options, sequence.def) });
  } else if (owner === null && column) {
    // Made with its column; from here on it stands alone.
    const made = definition(draft, new Map(), null);
    create(draft, { kind: 'sequence', ref: { kind: 'sequence', ...place }, def: definition(draft, options, { ...made, type: column.def.type, max: highest(column.def.type, '1') }) });
  } else if (column === undefined && !owner && node['missing_ok'] !== true && !draft.guarded) opaque(draft, 'unread', `the sequence ${shown(draft, place)} is not known`);
  return outcome;
};
