// CREATE INDEX.

import type { IndexKey } from '../catalog/kinds.ts';
import { isNode, listAt, namesAt, nodeAt, tagged, textAt, type Node } from './ast.ts';
import { collationAt } from './column.ts';
import { create, find, isLedger, opaque, otherRelation, relationAt, shown, type Draft, type Place } from './draft.ts';
import { indexName } from './names.ts';
import type { Handler } from './outcome.ts';
import { inBrackets, isMark, isWord, pieces, span, split, type Piece } from './source.ts';

export const createIndex: Handler = (node, draft) => {
  const place = relationAt(draft, node['relation']);
  const { schema, name: table } = place;
  const elements = listAt(node, 'indexParams').map((item) => nodeAt(item, 'IndexElem'));
  const include = listAt(node, 'indexIncludingParams').map((item) => textAt(item, 'IndexElem', 'name'));
  const given = textAt(node, 'idxname');
  const name = given || indexName(draft, schema, table, [...elements.map(keyName), ...include]);
  const optional = node['if_not_exists'] === true;
  const title = `CREATE ${node['unique'] === true ? 'UNIQUE ' : ''}INDEX ${shown({ ...draft, home: schema }, { schema, name })} ON ${shown(draft, place)}`;
  if (isLedger(table) || otherRelation(draft, place)) return { title, repeatable: optional };
  if (find<'table'>(draft, { kind: 'table', schema, name: table }) === undefined) opaque(draft, 'unread', `the table ${shown(draft, place)} is not known`);
  if ((optional || draft.guarded) && isTaken(draft, schema, given)) return { title, repeatable: optional };
  const method = textAt(node, 'accessMethod') || 'btree';
  const def = {
    unique: node['unique'] === true,
    constraint: false,
    method,
    keys: keysOf(draft, place, elements, method),
    include,
    predicate: predicateOf(draft, node),
    nullsNotDistinct: node['nulls_not_distinct'] === true,
    deferrable: false,
    valid: true,
  };
  create(draft, { kind: 'index', ref: { kind: 'index', schema, table, name }, def });
  return { title, repeatable: optional };
};

/** The name of an index is one of its schema, not of its table. */
function isTaken({ objects }: Draft, schema: string, name: string): boolean {
  return name !== '' && objects.values(false).some((object) => (object.kind === 'index' && object.ref.schema === schema && object.ref.name === name) || (object.kind === 'primaryKey' && object.ref.schema === schema && object.def.name === name));
}

function keysOf(draft: Draft, { schema, name: table }: Place, elements: readonly Node[], method: string): readonly IndexKey[] {
  const { statement } = draft;
  const written = split(inBrackets(pieces(statement.text)));
  return elements.map((element, nth): IndexKey => {
    const column = textAt(element, 'name');
    const descending = element['ordering'] === 'SORTBY_DESC';
    const nulls = textAt(element, 'nulls_ordering');
    const collation = collationAt(element, 'collation');
    const own = find<'column'>(draft, { kind: 'column', schema, table, name: column })?.def.collation ?? null;
    return {
      ...(column === '' ? { expression: expressionOf(statement.text, written[nth] ?? []) } : { column }),
      opclass: namesAt(element, 'opclass').at(-1) ?? null,
      descending,
      nullsFirst: method === 'btree' && (nulls === 'SORTBY_NULLS_FIRST' || (nulls !== 'SORTBY_NULLS_LAST' && descending)),
      collation: collation === own ? null : collation,
    };
  });
}

/** An expression in brackets or a call; what follows is its collation, operator class and order. */
function expressionOf(text: string, tokens: readonly Piece[]): string {
  const depth = tokens[0]?.depth ?? 0;
  const end = tokens.findIndex((token) => token.depth === depth && isMark(token, ')'));
  return span(text, end === -1 ? tokens.slice(0, 1) : tokens.slice(0, end + 1));
}

function predicateOf({ statement: { text } }: Draft, node: Node): string | null {
  if (!isNode(node['whereClause'])) return null;
  const tokens = pieces(text);
  const where = tokens.findLastIndex((token) => token.depth === 0 && isWord(token, 'where'));
  return span(text, tokens.slice(where + 1));
}

/** What PostgreSQL calls a key when it makes up a name (FigureColname). */
function keyName(element: Node): string {
  return textAt(element, 'name') || figure(element['expr']) || 'expr';
}

const CALLED: Readonly<Record<string, string>> = { CoalesceExpr: 'coalesce', A_ArrayExpr: 'array', XmlExpr: 'xml' };

function figure(expression: unknown): string {
  const [tag, node] = tagged(expression);
  switch (tag) {
    case 'ColumnRef':
      return namesAt(node, 'fields').at(-1) ?? '';
    case 'FuncCall':
      return namesAt(node, 'funcname').at(-1) ?? '';
    case 'TypeCast':
      return figure(node['arg']) || (namesAt(node, 'typeName', 'names').at(-1) ?? '');
    case 'CollateClause':
      return figure(node['arg']);
    case 'CaseExpr':
      return figure(node['defresult']) || 'case';
    case 'MinMaxExpr':
      return node['op'] === 'IS_LEAST' ? 'least' : 'greatest';
    default:
      return CALLED[tag] ?? '';
  }
}

/** An index over this column, by key, included column, expression or condition. */
export function namesColumn(texts: readonly (string | null | undefined)[], column: string): boolean {
  return texts.some((text) => typeof text === 'string' && pieces(text).some((token) => (token.kind === 'word' || token.kind === 'name') && token.value === column));
}

