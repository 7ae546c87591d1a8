// A column as CREATE TABLE and ADD COLUMN write it, and the constraints written with it.

import type { CatalogObject, Column } from '../catalog/kinds.ts';
import { nextvalOf } from '../catalog/sequences.ts';
import { quoteText } from '../sql/quote.ts';
import { at, isNode, listAt, namesAt, textAt, type Node } from './ast.ts';
import type { Draft, Place } from './draft.ts';
import { sequenceName } from './names.ts';
import { expressionAfter, type Piece } from './source.ts';
import { typeOf } from './typeName.ts';

/** A constraint waiting for its table to be whole. */
export interface Pending {
  readonly node: Node;
  /** The column it was written with. */
  readonly column: string | null;
  readonly deferrable: boolean;
  readonly enforced: boolean;
}

const PLAIN: Column = { type: '', notNull: false, default: null, autoincrement: false, identity: null, sequence: null, generated: null, collation: null };

export function columnAt(draft: Draft, { schema, name: table }: Place, def: Node, words: readonly Piece[]): { readonly object: CatalogObject<'column'>; readonly pending: readonly Pending[] } {
  const name = textAt(def, 'colname');
  const { type, serial, modified } = typeOf(draft, def['typeName']);
  const constraints = listAt(def, 'constraints').map((item) => at(item, 'Constraint')).filter(isNode);
  const sequence = serial ? { schema, name: sequenceName(draft, schema, table, name) } : null;
  const start: Column = { ...PLAIN, type, notNull: serial, autoincrement: serial, sequence, collation: collationAt(def['collClause'], 'collname') };
  const column = constraints.reduce<Column>((so, one) => withConstraint(draft, so, one, words, modified), start);
  return { object: { kind: 'column', ref: { kind: 'column', schema, table, name }, def: column }, pending: pendingOf(constraints, name) };
}

function withConstraint(draft: Draft, column: Column, node: Node, words: readonly Piece[], modified: boolean): Column {
  const written = (keyword: string) => expressionAfter(draft.statement.text, words, keyword);
  switch (node['contype']) {
    case 'CONSTR_NOTNULL':
    case 'CONSTR_PRIMARY':
      return { ...column, notNull: true };
    case 'CONSTR_DEFAULT':
      return withDefault(draft, column, node['raw_expr'], written('default'), modified);
    case 'CONSTR_IDENTITY':
      return { ...column, notNull: true, autoincrement: true, identity: identityOf(node) };
    case 'CONSTR_GENERATED':
      return { ...column, generated: written('as').replace(/\)\s*(stored|virtual)$/i, ')') };
    default:
      return column;
  }
}

export function identityOf(node: Node): Column['identity'] {
  return textAt(node, 'generated_when') === 'a' ? 'ALWAYS' : 'BY DEFAULT';
}

/** A NULL default is none, unless the type has a length: then PostgreSQL keeps the call that would cut it. */
export function withDefault({ home }: Draft, column: Column, tree: unknown, text: string, modified: boolean): Column {
  const sequence = nextvalOf(text, home);
  const none = isNull(tree) && !modified;
  return { ...column, default: none || sequence !== null ? null : (typedLiteral(tree, text) ?? text), sequence, autoincrement: sequence !== null };
}

/** `boolean 'true'`, which comes out as a plain constant. */
function typedLiteral(tree: unknown, text: string): string | null {
  const literal = at(tree, 'TypeCast', 'arg', 'A_Const', 'sval', 'sval');
  return typeof literal === 'string' && /^[a-z"]/i.test(text) && !/^(e'|u&'|cast\b)/i.test(text) ? quoteText(literal) : null;
}

function isNull(tree: unknown): boolean {
  return at(tree, 'A_Const', 'isnull') === true || (isNode(at(tree, 'TypeCast')) && listAt(tree, 'TypeCast', 'typeName', 'typmods').length === 0 && isNull(at(tree, 'TypeCast', 'arg')));
}

/** The default collation is what a column has without a word. */
export function collationAt(node: unknown, key: string): string | null {
  const name = namesAt(node, key).at(-1) ?? null;
  return name === 'default' ? null : name;
}

const LATER = ['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_FOREIGN', 'CONSTR_CHECK', 'CONSTR_EXCLUSION'];

/** DEFERRABLE and NOT ENFORCED stand behind the constraint they are about, as nodes of their own. */
function pendingOf(constraints: readonly Node[], column: string): readonly Pending[] {
  const found: Pending[] = [];
  for (const node of constraints) {
    const type = textAt(node, 'contype');
    const last = found.at(-1);
    if (LATER.includes(type)) found.push(pendingConstraint(node, column));
    else if (last === undefined) continue;
    else if (type === 'CONSTR_ATTR_DEFERRABLE' || type === 'CONSTR_ATTR_DEFERRED') found[found.length - 1] = { ...last, deferrable: true };
    else if (type === 'CONSTR_ATTR_NOT_ENFORCED') found[found.length - 1] = { ...last, enforced: false };
  }
  return found;
}

export function pendingConstraint(node: Node, column: string | null): Pending {
  return { node, column, deferrable: node['deferrable'] === true, enforced: node['is_enforced'] === true };
}
