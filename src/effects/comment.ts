// COMMENT ON a table, a column, an enum; of others nothing is kept.

import { keyOf, tableKey } from '../catalog/catalog.ts';
import type { RefOf } from '../catalog/kinds.ts';
import { namesAt, tagged, textAt, type Node } from './ast.ts';
import { create, put, relationNames, remove, shown, type Draft } from './draft.ts';
import type { Handler } from './outcome.ts';
import { typePlace } from './typeName.ts';

export const commentStatement: Handler = (node, draft) => {
  const ref = refOf(draft, node);
  const text = textAt(node, 'comment');
  if (ref !== null && text === '') remove(draft, ref);
  else if (ref !== null) {
    const comment = { kind: 'comment', ref, def: { text } } as const;
    if (draft.objects.find(keyOf(ref)) === undefined) create(draft, comment);
    else put(draft, comment);
  }
  const what = textAt(node, 'objtype').replace('OBJECT_', '').replaceAll('_', ' ');
  return { title: `COMMENT ON ${what}${ref === null ? '' : ` ${shown(draft, ref.table === '' ? ref : { schema: ref.schema, name: ref.table })}${ref.on === 'column' ? `.${ref.name}` : ''}`}`, repeatable: true };
};

function refOf(draft: Draft, node: Node): RefOf<'comment'> | null {
  const [tag, content] = tagged(node['object']);
  const names = tag === 'TypeName' ? namesAt(content, 'names') : namesAt(node, 'object');
  const type = textAt(node, 'objtype');
  if (type === 'OBJECT_TYPE') {
    const { schema, name } = typePlace(draft, names);
    return draft.objects.find(keyOf({ kind: 'enum', schema, name })) === undefined ? null : { kind: 'comment', schema, on: 'enum', table: '', name };
  }
  if (type !== 'OBJECT_TABLE' && type !== 'OBJECT_COLUMN') return null;
  const { schema, name: table } = relationNames(draft, type === 'OBJECT_COLUMN' ? names.slice(0, -1) : names);
  if (draft.objects.find(tableKey(schema, table)) === undefined) return null;
  return type === 'OBJECT_COLUMN' ? { kind: 'comment', schema, on: 'column', table, name: names.at(-1) ?? '' } : { kind: 'comment', schema, on: 'table', table, name: '' };
}
