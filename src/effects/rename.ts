// RENAME and SET SCHEMA.

import { isKind } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { quoteName } from '../sql/quote.ts';
import { namesAt, nodeAt, qualified, tagged, textAt, type Node } from './ast.ts';
import { constraintNamed } from './constraint.ts';
import { find, isLedger, move, moveOther, objectsOf, opaque, otherRelation, othersOf, put, relationAt, relationNames, resolve, shown, type Draft, type Place } from './draft.ts';
import { moveSchema, moveSequence, moveTable, moveType, renameColumn } from './moving.ts';
import type { Handler } from './outcome.ts';
import { otherKey, type Other } from './types.ts';
import { typePlace } from './typeName.ts';

type Renamer = (draft: Draft, node: Node, to: string) => Place | null;

/** What is not there under its old name: an error, unless the statement or its block allows for it. */
function unknown(draft: Draft, node: Node, what: string, place: Place): void {
  if (node['missing_ok'] !== true && !draft.guarded && !isLedger(place.name)) opaque(draft, 'unread', `the ${what} ${shown(draft, place)} is not known`);
}

const RENAMERS: Readonly<Record<string, Renamer>> = {
  OBJECT_TABLE: renameRelation,
  OBJECT_VIEW: renameRelation,
  OBJECT_MATVIEW: renameRelation,
  OBJECT_FOREIGN_TABLE: renameRelation,
  OBJECT_SEQUENCE: renameRelation,
  OBJECT_INDEX: renameRelation,
  OBJECT_COLUMN: (draft, node, to) => {
    const place = relationAt(draft, node['relation']);
    const column = textAt(node, 'subname');
    if (find<'column'>(draft, { kind: 'column', schema: place.schema, table: place.name, name: column }) === undefined) {
      if (otherRelation(draft, place) === undefined) unknown(draft, node, `column ${quoteName(column)} of`, place);
    } else if (!(draft.guarded && find<'column'>(draft, { kind: 'column', schema: place.schema, table: place.name, name: to }))) renameColumn(draft, place, column, to);
    return place;
  },
  OBJECT_TABCONSTRAINT: (draft, node, to) => {
    const place = relationAt(draft, node['relation']);
    const name = textAt(node, 'subname');
    const found = constraintNamed(draft, place, name);
    const other = othersOf(draft, place).find((one) => one.kind.endsWith('constraint') && one.name === name);
    if (found) move(draft, found, named(found, to));
    else if (other) moveOther(draft, other, { ...other, name: to });
    else if (!name.endsWith('_not_null')) unknown(draft, node, `constraint ${quoteName(name)} of`, place);
    return place;
  },
  OBJECT_TYPE: renameType,
  OBJECT_DOMAIN: renameType,
  OBJECT_SCHEMA: (draft, node, to) => {
    const from = textAt(node, 'subname');
    if (from === draft.base) opaque(draft, 'unread', `the schema ${quoteName(from)}, which everything is relative to, gets another name`);
    else moveSchema(draft, from, to);
    return { schema: '', name: from };
  },
  OBJECT_FUNCTION: (draft, node, to) => renameOther(draft, node, ['function'], to),
  OBJECT_PROCEDURE: (draft, node, to) => renameOther(draft, node, ['procedure'], to),
  OBJECT_ROUTINE: (draft, node, to) => renameOther(draft, node, ['function', 'procedure'], to),
  OBJECT_AGGREGATE: (draft, node, to) => renameOther(draft, node, ['aggregate'], to),
  OBJECT_TRIGGER: (draft, node, to) => renameInTable(draft, node, 'trigger', to),
  OBJECT_POLICY: (draft, node, to) => renameInTable(draft, node, 'policy', to),
  OBJECT_RULE: (draft, node, to) => renameInTable(draft, node, 'rule', to),
  OBJECT_DOMCONSTRAINT: () => null,
  OBJECT_ATTRIBUTE: () => null,
  OBJECT_ROLE: () => null,
};

export const renameStatement: Handler = (node, draft) => {
  const type = textAt(node, 'renameType');
  const to = textAt(node, 'newname');
  const renamer = RENAMERS[type];
  const words = type.replace('OBJECT_', '').replaceAll('_', ' ').replace('TABCONSTRAINT', 'TABLE').replace('COLUMN', 'TABLE').replace('MATVIEW', 'MATERIALIZED VIEW');
  if (renamer === undefined) opaque(draft, 'unread', `RENAME of this kind is not known: ${type}`);
  const place = renamer?.(draft, node, to) ?? null;
  const part = type === 'OBJECT_COLUMN' ? `COLUMN ${quoteName(textAt(node, 'subname'))} ` : type === 'OBJECT_TABCONSTRAINT' ? `CONSTRAINT ${quoteName(textAt(node, 'subname'))} ` : '';
  return { title: `ALTER ${words} ${place === null ? '' : `${shown(draft, place)} `}RENAME ${part}TO ${quoteName(to)}`, repeatable: false };
};

function named(object: CatalogObject, name: string): CatalogObject {
  if (object.kind === 'primaryKey') return { ...object, def: { ...object.def, name } };
  // Of the kinds that come here, the ref carries the name.
  return { ...object, ref: { ...object.ref, name } } as CatalogObject;
}

/** ALTER TABLE renames an index or a sequence as well, whatever word it says. */
function renameRelation(draft: Draft, node: Node, to: string): Place | null {
  const relation = nodeAt(node, 'relation');
  const parts = { schema: textAt(relation, 'schemaname') || null, name: textAt(relation, 'relname') };
  const place = resolve(draft, parts, [(one) => renameAt(draft, one, to, false) !== null, (one) => renameAt(draft, one, to, true) !== null]);
  const run = renameAt(draft, place, to, false) ?? renameAt(draft, place, to, true);
  if (run === null) unknown(draft, node, 'relation', place);
  else run();
  return place;
}

function renameAt(draft: Draft, place: Place, to: string, live: boolean): (() => void) | null {
  const target = { schema: place.schema, name: to };
  for (const object of draft.objects.values(live)) {
    if (!('schema' in object.ref) || object.ref.schema !== place.schema) continue;
    if (object.kind === 'table' && object.ref.name === place.name) return () => moveTable(draft, place, target);
    if (object.kind === 'sequence' && object.ref.name === place.name) return () => moveSequence(draft, place, target);
    if (object.kind === 'index' && object.ref.name === place.name) return () => move(draft, object, named(object, to));
    if (object.kind === 'primaryKey' && object.def.name === place.name) return () => put(draft, { ...object, def: { ...object.def, name: to } });
    if (object.kind === 'column' && object.def.sequence?.name === place.name && object.def.sequence.schema === place.schema) return () => moveSequence(draft, place, target);
  }
  const other = draft.others.values(live).find((one) => one.schema === place.schema && one.name === place.name && ['view', 'materialized view', 'foreign table', 'partition', 'exclusion constraint'].includes(one.kind));
  return other === undefined ? null : () => moveOther(draft, other, { ...other, name: to });
}

function renameType(draft: Draft, node: Node, to: string): Place {
  const { known, ...place } = typePlace(draft, namesAt(node, 'object'));
  if (known) moveType(draft, place, { schema: place.schema, name: to });
  else unknown(draft, node, 'type', place);
  return place;
}

function objectNames(node: Node): readonly string[] {
  const [tag, content] = tagged(node['object']);
  if (tag === 'ObjectWithArgs') return namesAt(content, 'objname');
  return tag === 'String' ? [textAt(content, 'sval')] : tag === 'TypeName' ? namesAt(content, 'names') : namesAt(node, 'object');
}

function findOther(draft: Draft, names: readonly string[], kinds: readonly string[]): { readonly place: Place; readonly other: Other | undefined } {
  const at = (find: (key: string) => Other | undefined) => (place: Place) => kinds.map((kind) => find(otherKey({ kind, ...place, table: null }))).find((one) => one !== undefined);
  const [own, live] = [at(draft.others.made), at(draft.others.find)];
  const place = resolve(draft, qualified(names), [(one) => own(one) !== undefined, (one) => live(one) !== undefined]);
  return { place, other: live(place) };
}

function renameOther(draft: Draft, node: Node, kinds: readonly string[], to: string): Place {
  const { place, other } = findOther(draft, objectNames(node), kinds);
  if (other) moveOther(draft, other, { ...other, name: to });
  else unknown(draft, node, kinds[0] ?? '', place);
  return place;
}

function renameInTable(draft: Draft, node: Node, kind: string, to: string): Place {
  const place = relationAt(draft, node['relation']);
  const other = othersOf(draft, place).find((one) => one.kind === kind && one.name === textAt(node, 'subname'));
  if (other) moveOther(draft, other, { ...other, name: to });
  return place;
}

const OTHERS: Readonly<Record<string, readonly string[]>> = {
  OBJECT_FUNCTION: ['function'], OBJECT_PROCEDURE: ['procedure'], OBJECT_ROUTINE: ['function', 'procedure'], OBJECT_AGGREGATE: ['aggregate'], OBJECT_VIEW: ['view'], OBJECT_MATVIEW: ['materialized view'], OBJECT_FOREIGN_TABLE: ['foreign table'], OBJECT_STATISTIC_EXT: ['statistics'],
};

export const setSchema: Handler = (node, draft) => {
  const type = textAt(node, 'objectType');
  const schema = textAt(node, 'newschema');
  const place = setSchemaOf(draft, node, type, schema);
  return { title: `ALTER ${type.replace('OBJECT_', '').replaceAll('_', ' ')} ${place === null ? '' : `${shown(draft, place)} `}SET SCHEMA ${quoteName(schema)}`, repeatable: node['missing_ok'] === true || type === 'OBJECT_EXTENSION' };
};

function setSchemaOf(draft: Draft, node: Node, type: string, schema: string): Place | null {
  if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') {
    const { known, ...place } = typePlace(draft, objectNames(node));
    if (known) moveType(draft, place, { schema, name: place.name });
    else unknown(draft, node, 'type', place);
    return place;
  }
  if (type === 'OBJECT_EXTENSION') {
    const extension = find<'extension'>(draft, { kind: 'extension', name: objectNames(node)[0] ?? '' });
    if (extension) put(draft, { ...extension, def: { ...extension.def, schema } });
    return null;
  }
  return relationTo(draft, node, type, schema);
}

function relationTo(draft: Draft, node: Node, type: string, schema: string): Place | null {
  const { schemaname, relname } = nodeAt(node, 'relation');
  const names = relname === undefined ? objectNames(node) : [schemaname, relname].filter((one) => typeof one === 'string');
  const kinds = OTHERS[type];
  if (kinds !== undefined) {
    const { place, other } = findOther(draft, names, kinds);
    if (other) moveOther(draft, other, { ...other, schema });
    else unknown(draft, node, kinds[0] ?? '', place);
    return place;
  }
  const place = relationNames(draft, names);
  if (type === 'OBJECT_SEQUENCE') moveSequence(draft, sequencePlace(draft, names), { schema, name: place.name });
  else if (objectsOf(draft, place).some((object) => isKind(object, 'table'))) moveTable(draft, place, { schema, name: place.name });
  else if (type !== 'OBJECT_TABLE') opaque(draft, 'unread', `SET SCHEMA of this kind is not known: ${type}`);
  else unknown(draft, node, 'table', place);
  return place;
}

function sequencePlace(draft: Draft, names: readonly string[]): Place {
  return resolve(draft, qualified(names), [(place) => find<'sequence'>(draft, { kind: 'sequence', ...place }) !== undefined]);
}
