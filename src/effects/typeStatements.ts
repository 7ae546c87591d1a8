// Types: enums with their values; domains, composite and range types by name.

import { keyOf } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { listAt, namesAt, nodeAt, qualified, textAt, type Node } from './ast.ts';
import { create, createOther, find, newPlace, opaque, put, shown, type Draft, type Place } from './draft.ts';
import type { Handler, Outcome } from './outcome.ts';
import { otherKey } from './types.ts';
import { typePlace } from './typeName.ts';

export const createEnum: Handler = (node, draft) => {
  const place = newPlace(draft, qualified(namesAt(node, 'typeName')));
  const outcome = { title: `CREATE TYPE ${shown(draft, place)}`, repeatable: false };
  if (draft.guarded && draft.objects.made(keyOf({ kind: 'enum', ...place })) !== undefined) return outcome;
  create(draft, { kind: 'enum', ref: { kind: 'enum', ...place }, def: { labels: namesAt(node, 'vals') } });
  return outcome;
};

export const alterEnum: Handler = (node, draft) => {
  const { known: _, ...place } = typePlace(draft, namesAt(node, 'typeName'));
  const type = find<'enum'>(draft, { kind: 'enum', ...place });
  const [from, to] = [textAt(node, 'oldVal'), textAt(node, 'newVal')];
  const optional = node['skipIfNewValExists'] === true;
  if (type === undefined) opaque(draft, 'unread', `the type ${shown(draft, place)} is not known`);
  if (from !== '') {
    if (type) put(draft, { ...type, def: { labels: type.def.labels.map((label) => (label === from ? to : label)) } });
    return { title: `ALTER TYPE ${shown(draft, place)} RENAME VALUE ${quoteText(from)} TO ${quoteText(to)}`, repeatable: false };
  }
  if (type && !type.def.labels.includes(to)) addLabel(draft, type, node, to);
  return { title: `ALTER TYPE ${shown(draft, place)} ADD VALUE ${quoteText(to)}`, repeatable: optional };
};

function addLabel(draft: Draft, type: CatalogObject<'enum'>, node: Node, label: string): void {
  const neighbour = type.def.labels.indexOf(textAt(node, 'newValNeighbor'));
  const at = neighbour === -1 ? type.def.labels.length : node['newValIsAfter'] === true ? neighbour + 1 : neighbour;
  put(draft, { ...type, def: { labels: type.def.labels.toSpliced(at, 0, label) } });
}

function byName(kind: string, words: string, place: Place, draft: Draft): Outcome {
  const other = { kind, schema: place.schema, table: null, name: place.name };
  if (!draft.guarded || draft.others.made(otherKey(other)) === undefined) createOther(draft, other);
  return { title: `CREATE ${words} ${shown(draft, place)}`, repeatable: false };
}

export const createDomain: Handler = (node, draft) => byName('domain', 'DOMAIN', newPlace(draft, qualified(namesAt(node, 'domainname'))), draft);

export const createComposite: Handler = (node, draft) => {
  const { schemaname, relname } = nodeAt(node, 'typevar');
  return byName('composite type', 'TYPE', newPlace(draft, { schema: typeof schemaname === 'string' ? schemaname : null, name: String(relname) }), draft);
};

/** A range type brings its constructor; the multirange type of PostgreSQL 14 and later is part of it. */
export const createRange: Handler = (node, draft) => {
  const place = newPlace(draft, qualified(namesAt(node, 'typeName')));
  createOther(draft, { kind: 'function', schema: place.schema, table: null, name: place.name });
  return byName('range type', 'TYPE', place, draft);
};

/** A domain's constraints, which nothing here models. Default, NOT NULL and VALIDATE may be said again. */
export const alterDomain: Handler = (node) => ({ title: `ALTER DOMAIN ${namesAt(node, 'typeName').map(quoteName).join('.')}`, repeatable: ['T', 'N', 'O', 'V'].includes(textAt(node, 'subtype')) });

export const createExtension: Handler = (node, draft) => {
  const name = textAt(node, 'extname');
  const option = (wanted: string) => listAt(node, 'options').map((one) => nodeAt(one, 'DefElem')).find((one) => one['defname'] === wanted);
  const optional = node['if_not_exists'] === true;
  const outcome = { title: `CREATE EXTENSION ${quoteName(name)}`, repeatable: optional };
  const ref = { kind: 'extension', name } as const;
  // plpgsql is part of every database.
  if (name === 'plpgsql' || ((optional || draft.guarded) && draft.objects.made(keyOf(ref)) !== undefined)) return outcome;
  create(draft, { kind: 'extension', ref, def: { schema: textAt(option('schema'), 'arg', 'String', 'sval') || null, version: textAt(option('new_version'), 'arg', 'String', 'sval') || null } });
  if (option('cascade') !== undefined) opaque(draft, 'unread', `which extensions ${quoteName(name)} needs is not known`);
  return outcome;
};

export const alterExtension: Handler = (node, draft) => {
  const name = textAt(node, 'extname');
  const extension = find<'extension'>(draft, { kind: 'extension', name });
  const version = listAt(node, 'options').map((one) => textAt(one, 'DefElem', 'arg', 'String', 'sval'))[0] ?? null;
  if (extension) put(draft, { ...extension, def: { ...extension.def, version } });
  return { title: `ALTER EXTENSION ${quoteName(name)} UPDATE`, repeatable: true };
};

export const createSchema: Handler = (node, draft) => {
  const name = textAt(node, 'schemaname') || textAt(node, 'authrole', 'rolename');
  const optional = node['if_not_exists'] === true;
  if (!((optional || draft.guarded) && draft.objects.made(keyOf({ kind: 'schema', name })) !== undefined)) create(draft, { kind: 'schema', ref: { kind: 'schema', name }, def: {} });
  if (listAt(node, 'schemaElts').length > 0) opaque(draft, 'unread', 'CREATE SCHEMA with objects inside');
  return { title: `CREATE SCHEMA ${quoteName(name)}`, repeatable: optional };
};
