// DROP of anything.

import { isKind, keyOf } from '../catalog/catalog.ts';
import { parseCanonical } from '../catalog/types.ts';
import { namesAt, listAt, qualified, tagged, textAt, type Node } from './ast.ts';
import { dropColumn, opaqueCascade } from './dropParts.ts';
import { find, inbound, isLedger, objectsOf, opaque, othersOf, put, relationNames, remove, removeOther, resolve, shown, type Draft, type Place } from './draft.ts';
import type { Handler } from './outcome.ts';
import { otherKey, type Other } from './types.ts';
import { typePlace } from './typeName.ts';

interface Dropping {
  readonly names: readonly string[];
  readonly cascade: boolean;
  readonly quiet: boolean;
}

type Dropper = (draft: Draft, one: Dropping) => Place;

export const dropStatement: Handler = (node, draft) => {
  const type = textAt(node, 'removeType');
  const dropper = DROPPERS[type];
  const words = type.replace('OBJECT_', '').replaceAll('_', ' ').replace('MATVIEW', 'MATERIALIZED VIEW').replace('STATISTIC EXT', 'STATISTICS');
  const optional = node['missing_ok'] === true;
  if (dropper === undefined) {
    opaque(draft, 'unread', `DROP ${words} is not known`);
    return { title: `DROP ${words}`, repeatable: false };
  }
  const cascade = node['behavior'] === 'DROP_CASCADE';
  const places = listAt(node, 'objects').map((object) => dropper(draft, { names: objectNames(object), cascade, quiet: optional || draft.guarded }));
  return { title: `DROP ${words} ${places.map((place) => shown(draft, place)).join(', ')}`, repeatable: optional };
};

function objectNames(object: unknown): readonly string[] {
  const [tag, node] = tagged(object);
  if (tag === 'TypeName') return namesAt(node, 'names');
  if (tag === 'ObjectWithArgs') return namesAt(node, 'objname');
  return tag === 'String' ? [textAt(node, 'sval')] : namesAt(object);
}

function named(kind: string, dependents: readonly string[] = []): Dropper {
  return (draft, { names, cascade, quiet }) => {
    const has = (key: (key: string) => Other | undefined) => (place: Place) => key(otherKey({ kind, ...place, table: null })) !== undefined;
    const place = resolve(draft, qualified(names), [has(draft.others.made), has(draft.others.find)]);
    const found = draft.others.find(otherKey({ kind, ...place, table: null }));
    if (found) removeOther(draft, found);
    else if (!quiet) opaque(draft, 'unread', `the ${kind} ${shown(draft, place)} is not known`);
    for (const other of othersOf(draft, place)) if (kind.includes('view')) removeOther(draft, other);
    if (cascade) cascadeFrom(draft, place, dependents);
    return place;
  };
}

const OF_VIEW = ['view', 'materialized view', 'function'];
const OF_TYPE = [...OF_VIEW, 'procedure', 'composite type', 'domain', 'range type', 'aggregate'];
const OF_FUNCTION = [...OF_VIEW, 'trigger', 'event trigger', 'policy', 'check constraint', 'aggregate', 'domain'];

/** Where there is something of these kinds, some of it may go along. */
function cascadeFrom(draft: Draft, place: Place, kinds: readonly string[]): void {
  if (draft.others.values(false).some(({ kind }) => kinds.includes(kind))) opaque(draft, 'unread', `CASCADE on ${shown(draft, place)}: what else depends on it is not known`);
}

/** A trigger, a policy, a rule: the last name is its own, those before are the table's. */
function ofTable(kind: string): Dropper {
  return (draft, { names, quiet }) => {
    const place = relationNames(draft, names.slice(0, -1));
    const other = { kind, schema: place.schema, table: place.name, name: names.at(-1) ?? '' };
    if (draft.others.find(otherKey(other)) === undefined && !quiet) opaque(draft, 'unread', `the ${kind} ${other.name} is not known`);
    removeOther(draft, other);
    return { schema: draft.home, name: other.name };
  };
}

function ofDatabase(kind: string): Dropper {
  return (draft, { names }) => {
    const name = names.at(-1) ?? '';
    removeOther(draft, { kind, schema: '', table: null, name });
    return { schema: '', name };
  };
}

const DROPPERS: Readonly<Record<string, Dropper>> = {
  OBJECT_TABLE: (draft, one) => {
    const place = relationNames(draft, one.names);
    dropTable(draft, place, one);
    return place;
  },
  OBJECT_INDEX: dropIndex,
  OBJECT_TYPE: dropType,
  OBJECT_DOMAIN: dropType,
  OBJECT_SEQUENCE: dropSequence,
  OBJECT_SCHEMA: dropSchema,
  OBJECT_EXTENSION: dropExtension,
  OBJECT_VIEW: named('view', OF_VIEW),
  OBJECT_MATVIEW: named('materialized view', OF_VIEW),
  OBJECT_FOREIGN_TABLE: named('foreign table', OF_VIEW),
  OBJECT_FUNCTION: named('function', OF_FUNCTION),
  OBJECT_PROCEDURE: named('procedure'),
  OBJECT_ROUTINE: named('function', OF_FUNCTION),
  OBJECT_AGGREGATE: named('aggregate', OF_VIEW),
  OBJECT_TRIGGER: ofTable('trigger'),
  OBJECT_POLICY: ofTable('policy'),
  OBJECT_RULE: ofTable('rule'),
  OBJECT_STATISTIC_EXT: dropStatistics,
  OBJECT_EVENT_TRIGGER: ofDatabase('event trigger'),
  OBJECT_PUBLICATION: ofDatabase('publication'),
  OBJECT_FOREIGN_SERVER: ofDatabase('foreign server'),
};

function dropTable(draft: Draft, place: Place, { cascade, quiet }: Omit<Dropping, 'names'>): void {
  const table = find<'table'>(draft, { kind: 'table', ...place });
  const partition = draft.others.find(otherKey({ kind: 'partition', ...place, table: null }));
  if (partition) removeOther(draft, partition);
  else if (table === undefined && !quiet && !isLedger(place.name)) opaque(draft, 'unread', `the table ${shown(draft, place)} is not known`);
  for (const key of inbound(draft, place)) remove(draft, key.ref);
  for (const object of objectsOf(draft, place)) remove(draft, object.ref);
  for (const other of othersOf(draft, place)) removeOther(draft, other);
  for (const other of draft.others.values(false)) if (other.parent?.schema === place.schema && other.parent.name === place.name) removeOther(draft, other);
  if (table?.def.partitioned === true && draft.others.values(false).some((other) => other.kind === 'partition' && other.parent === undefined)) opaque(draft, 'unread', `which partitions ${shown(draft, place)} has is not known`);
  if (cascade) opaqueCascade(draft, place);
}

function dropIndex(draft: Draft, { names, quiet }: Dropping): Place {
  const index = (live: boolean) => (place: Place) => draft.objects.values(live).some((object) => isKind(object, 'index') && object.ref.schema === place.schema && object.ref.name === place.name);
  const place = resolve(draft, qualified(names), [index(false), index(true)]);
  const found = [...draft.objects.values(false), ...draft.objects.values(true)].find((object) => isKind(object, 'index') && object.ref.schema === place.schema && object.ref.name === place.name);
  if (found) remove(draft, found.ref);
  else if (!quiet) opaque(draft, 'unread', `the index ${shown(draft, place)} is not known`);
  return place;
}

function dropType(draft: Draft, { names, cascade, quiet }: Dropping): Place {
  const place = typePlace(draft, names);
  if (!place.known && !quiet) opaque(draft, 'unread', `the type ${shown(draft, place)} is not known`);
  if (place.known && cascade) dropColumnsOf(draft, ({ schema, name }) => schema === place.schema && name === place.name);
  remove(draft, { kind: 'enum', schema: place.schema, name: place.name });
  remove(draft, { kind: 'comment', schema: place.schema, on: 'enum', table: '', name: place.name });
  for (const kind of ['domain', 'composite type', 'range type']) removeOther(draft, { kind, schema: place.schema, table: null, name: place.name });
  if (cascade) cascadeFrom(draft, place, OF_TYPE);
  return place;
}

function dropColumnsOf(draft: Draft, gone: (type: Place) => boolean): void {
  for (const object of draft.objects.values(false)) {
    if (!isKind(object, 'column')) continue;
    const { user, schema, name } = parseCanonical(object.def.type);
    if (user && gone({ schema: schema ?? draft.base, name })) dropColumn(draft, { schema: object.ref.schema, name: object.ref.table }, object.ref.name, false);
  }
}

function dropSequence(draft: Draft, { names, cascade, quiet }: Dropping): Place {
  const has = (live: boolean) => (place: Place) => (live ? draft.objects.find : draft.objects.made)(keyOf({ kind: 'sequence', ...place })) !== undefined;
  const place = resolve(draft, qualified(names), [has(false), has(true)]);
  const columns = draft.objects.values(false).filter((object) => isKind(object, 'column')).filter(({ def }) => def.sequence?.schema === place.schema && def.sequence.name === place.name);
  if (!has(true)(place) && columns.length === 0 && !quiet) opaque(draft, 'unread', `the sequence ${shown(draft, place)} is not known`);
  remove(draft, { kind: 'sequence', ...place });
  if (cascade) for (const column of columns) put(draft, { ...column, def: { ...column.def, default: null, autoincrement: false, sequence: null } });
  return place;
}

function dropSchema(draft: Draft, { names, cascade }: Dropping): Place {
  const name = names.at(-1) ?? '';
  if (cascade) {
    for (const object of draft.objects.values(false)) if (object.kind === 'table' && object.ref.schema === name) dropTable(draft, { schema: name, name: object.ref.name }, { cascade: false, quiet: true });
    dropColumnsOf(draft, (type) => type.schema === name);
    for (const object of draft.objects.values(false)) if ('schema' in object.ref && object.ref.schema === name) remove(draft, object.ref);
    for (const object of draft.objects.values(false)) if (isKind(object, 'extension') && object.def.schema === name) remove(draft, object.ref);
    for (const other of draft.others.values(false)) if (other.schema === name) removeOther(draft, other);
    cascadeFrom(draft, { schema: '', name }, [...OF_TYPE, 'trigger', 'policy']);
  }
  remove(draft, { kind: 'schema', name });
  return { schema: '', name };
}

function dropExtension(draft: Draft, { names, cascade }: Dropping): Place {
  const name = names.at(-1) ?? '';
  remove(draft, { kind: 'extension', name });
  if (cascade) opaque(draft, 'unread', `CASCADE on the extension ${name}: what depends on it is not known`);
  return { schema: '', name };
}

function dropStatistics(draft: Draft, { names }: Dropping): Place {
  const { schema, name } = qualified(names);
  const found = draft.others.values(true).find((other) => other.kind === 'statistics' && other.name === name && (schema === null || other.schema === schema));
  if (found) removeOther(draft, found);
  return { schema: schema ?? draft.home, name };
}

/** DROP OWNED: whatever a role has. */
export const dropOwned: Handler = (_: Node, draft) => {
  opaque(draft, 'code', 'DROP OWNED drops whatever the role owns');
  return { title: 'DROP OWNED', repeatable: true };
};
