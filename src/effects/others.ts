// What is known by name alone: views, functions, triggers, policies and the like.

import { at, listAt, namesAt, nodeAt, qualified, textAt, type Node } from './ast.ts';
import { createOther, newPlace, opaque, relationAt, shown, type Draft, type Place } from './draft.ts';
import type { Handler, Outcome } from './outcome.ts';

function made(draft: Draft, kind: string, { schema, name }: Place, replace: boolean): Outcome {
  createOther(draft, { kind, schema, table: null, name });
  return { title: `CREATE ${kind.toUpperCase()} ${shown(draft, { schema, name })}`, repeatable: replace };
}

function placeOf(draft: Draft, range: Node): Place {
  return newPlace(draft, { schema: textAt(range, 'schemaname') || null, name: textAt(range, 'relname') });
}

export const createView: Handler = (node, draft) => {
  const view = nodeAt(node, 'view');
  if (textAt(view, 'relpersistence') === 't') return { title: `CREATE TEMPORARY VIEW ${textAt(view, 'relname')}`, repeatable: node['replace'] === true };
  return made(draft, 'view', placeOf(draft, view), node['replace'] === true);
};

export const createFunction: Handler = (node, draft) => made(draft, node['is_procedure'] === true ? 'procedure' : 'function', newPlace(draft, qualified(namesAt(node, 'funcname'))), node['replace'] === true);

export const createForeignTable: Handler = (node, draft) => made(draft, 'foreign table', placeOf(draft, nodeAt(node, 'base', 'relation')), node['if_not_exists'] === true || at(node, 'base', 'if_not_exists') === true);

/** Aggregates; operators, collations and text search are not counted by the catalog. */
export const define: Handler = (node, draft) => {
  const place = newPlace(draft, qualified(namesAt(node, 'defnames')));
  if (node['kind'] === 'OBJECT_AGGREGATE') return made(draft, 'aggregate', place, node['replace'] === true);
  opaque(draft, 'unread', `CREATE ${textAt(node, 'kind').replace('OBJECT_', '')} is not known`);
  return { title: `CREATE ${textAt(node, 'kind').replace('OBJECT_', '')} ${place.name}`, repeatable: false };
};

function inTable(kind: string, table: string, name: string): Handler {
  return (node, draft) => {
    const place = relationAt(draft, node[table]);
    const own = textAt(node, name);
    createOther(draft, { kind, schema: place.schema, table: place.name, name: own });
    return { title: `CREATE ${kind.toUpperCase()} ${shown(draft, { schema: draft.home, name: own })} ON ${shown(draft, place)}`, repeatable: node['replace'] === true };
  };
}

export const createTrigger: Handler = inTable('trigger', 'relation', 'trigname');
export const createPolicy: Handler = inTable('policy', 'table', 'policy_name');
export const createRule: Handler = inTable('rule', 'relation', 'rulename');

export const createStatistics: Handler = (node, draft) => {
  const place = relationAt(draft, at(listAt(node, 'relations')[0], 'RangeVar'));
  const { name } = qualified(namesAt(node, 'defnames'));
  const columns = listAt(node, 'exprs').map((one) => textAt(one, 'StatsElem', 'name')).filter((one) => one !== '');
  if (name === '') opaque(draft, 'unread', 'CREATE STATISTICS without a name');
  else createOther(draft, { kind: 'statistics', schema: place.schema, table: place.name, name, columns });
  return { title: `CREATE STATISTICS ${name} ON ${shown(draft, place)}`, repeatable: node['if_not_exists'] === true };
};

function ofDatabase(kind: string, name: string): Handler {
  return (node, draft) => {
    createOther(draft, { kind, schema: '', table: null, name: textAt(node, name) });
    return { title: `CREATE ${kind.toUpperCase()} ${textAt(node, name)}`, repeatable: node['if_not_exists'] === true };
  };
}

export const createEventTrigger: Handler = ofDatabase('event trigger', 'trigname');
export const createPublication: Handler = ofDatabase('publication', 'pubname');
export const createServer: Handler = ofDatabase('foreign server', 'servername');
