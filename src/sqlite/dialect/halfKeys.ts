// Foreign keys written with their table, before what they point at is there: PostgreSQL wants it first, SQLite looks at it last.

import { at, isNode, listAt, namesAt, nodeAt, tagged, textAt, type Node } from '../../effects/ast.ts';
import { inBrackets, isMark, isWord, split, type Piece } from '../../effects/source.ts';
import { quoteName, quoteNames, quoteText } from '../../sql/quote.ts';
import { closing, type Patching } from './halfText.ts';
import { foreignKeyName } from '../naming.ts';

export interface MovedKey {
  /** The nth statement made it. */
  readonly statement: number;
  readonly sql: string;
}

/** Column sets that are unique, each with the statement that makes it so. */
interface Unique {
  readonly statement: number;
  readonly table: string;
  readonly columns: string;
}

const setOf = (columns: readonly string[]) => JSON.stringify(columns.toSorted());

/** Takes the keys out of their tables. */
export function moveKeys(patch: Patching): readonly MovedKey[] {
  const { statements } = patch;
  const uniques = statements.flatMap(({ node }, nth) => uniquesOf(node).map(({ table, columns }) => ({ statement: nth, table, columns })));
  const made = new Map(statements.flatMap(({ node }, nth) => (isNode(node['CreateStmt']) ? [[textAt(node['CreateStmt'], 'relation', 'relname'), nth] as const] : [])));
  return statements.flatMap(({ node }, nth) => {
    const create = node['CreateStmt'];
    const names = new Set<string>();
    return isNode(create) ? keysOf(create).filter((key) => isEarly(key, nth, textAt(create, 'relation', 'relname'), uniques, made)).map((key) => ({ statement: nth, sql: moveKey(patch, create, key, names) })) : [];
  });
}

interface Key {
  readonly node: Node;
  /** Place in the list of elements. */
  readonly element: number;
  readonly columns: readonly string[];
  /** Written with its column. */
  readonly inColumn: boolean;
}

function keysOf(create: Node): readonly Key[] {
  return listAt(create, 'tableElts').flatMap((item, element): readonly Key[] => {
    const [tag, content] = tagged(item);
    const own = tag === 'Constraint' ? [content] : listAt(content, 'constraints').map((one) => nodeAt(one, 'Constraint'));
    return own.filter((node) => node['contype'] === 'CONSTR_FOREIGN').map((node) => ({ node, element, inColumn: tag === 'ColumnDef', columns: tag === 'ColumnDef' ? [textAt(content, 'colname')] : namesAt(node, 'fk_attrs') }));
  });
}

function isEarly({ node }: Key, nth: number, own: string, uniques: readonly Unique[], made: ReadonlyMap<string, number>): boolean {
  const table = textAt(node, 'pktable', 'relname');
  if (table !== own && (made.get(table) ?? -1) > nth) return true;
  const columns = setOf(namesAt(node, 'pk_attrs'));
  const makers = uniques.filter((one) => one.table === table && one.columns === columns);
  return makers.length > 0 && makers.every(({ statement }) => statement > nth);
}

function uniquesOf(node: Node): readonly Omit<Unique, 'statement'>[] {
  const [tag, content] = tagged(node);
  const table = textAt(content, 'relation', 'relname');
  const key = (one: Node, column: string) => (['CONSTR_PRIMARY', 'CONSTR_UNIQUE'].includes(textAt(one, 'contype')) ? [{ table, columns: setOf(column === '' ? namesAt(one, 'keys') : [column]) }] : []);
  if (tag === 'IndexStmt' && content['unique'] === true && content['whereClause'] === undefined) return [{ table, columns: setOf(listAt(content, 'indexParams').map((item) => textAt(item, 'IndexElem', 'name'))) }];
  if (tag === 'AlterTableStmt') return listAt(content, 'cmds').flatMap((item) => key(nodeAt(item, 'AlterTableCmd', 'def', 'Constraint'), ''));
  if (tag !== 'CreateStmt') return [];
  return listAt(content, 'tableElts').flatMap((item) => {
    const constraint = at(item, 'Constraint');
    if (isNode(constraint)) return key(constraint, '');
    const column = nodeAt(item, 'ColumnDef');
    return listAt(column, 'constraints').flatMap((one) => key(nodeAt(one, 'Constraint'), textAt(column, 'colname')));
  });
}

function moveKey(patch: Patching, create: Node, key: Key, names: Set<string>): string {
  const { tokens, sql } = patch;
  const table = textAt(create, 'relation', 'relname');
  const start = patch.tokenAt(at(create, 'relation', 'location'));
  let open = start;
  while (open < tokens.length && !isMark(tokens[open], '(')) open++;
  const elements = split(inBrackets(tokens.slice(open, closing(patch, open) + 1)));
  const element = elements[key.element] ?? [];
  const from = element.findIndex((token) => token === tokens[patch.tokenAt(key.node['location'])]);
  const part = key.inColumn ? element.slice(from, endOfKey(element, from)) : element;
  cut(patch, elements, key, part);
  const references = part.findIndex((token) => isWord(token, 'references'));
  const rest = sql.slice(part[references]?.start, part.at(-1)?.end);
  const name = textAt(key.node, 'conname') || free(patch.target?.foreignKeyName(table, key.columns) ?? foreignKeyName(table, key.columns), names);
  names.add(name);
  const schema = textAt(create, 'relation', 'schemaname');
  const owner = `${schema === '' ? '' : `${quoteName(schema)}.`}${quoteName(table)}`;
  patch.say('MOVED_KEY', `the foreign key of "${table}" on ${quoteNames(key.columns)} is added at the end: what it points at comes later in the file`, part[0]?.start ?? 0);
  const add = `ALTER TABLE ${owner} ADD CONSTRAINT ${quoteName(name)} FOREIGN KEY (${quoteNames(key.columns)}) ${rest}`;
  return create['if_not_exists'] === true ? onlyOnce(add, owner, name) : add;
}

/** Numbered as PostgreSQL numbers a name that is taken. */
function free(name: string, taken: ReadonlySet<string>): string {
  let found = name;
  for (let n = 1; taken.has(found); n++) found = `${name}${n}`;
  return found;
}

/** A file that can be run twice stays so. */
function onlyOnce(add: string, owner: string, name: string): string {
  return `DO $$ BEGIN\n    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = ${quoteText(owner)}::regclass AND conname = ${quoteText(name)}) THEN\n        ${add};\n    END IF;\nEND $$`;
}

const NEXT = new Set(['references', 'not', 'null', 'default', 'check', 'unique', 'primary', 'constraint', 'collate', 'generated']);

/** Up to the column's next constraint; `NOT DEFERRABLE` and `SET NULL` are the key's own. */
function endOfKey(element: readonly Piece[], from: number): number {
  const depth = element[0]?.depth ?? 0;
  const references = element.findIndex((token, nth) => nth >= from && isWord(token, 'references'));
  const end = element.findIndex((token, nth) => nth > references && token.depth === depth && token.kind === 'word' && NEXT.has(token.value) && !isWord(element[nth - 1], 'set') && !(token.value === 'not' && isWord(element[nth + 1], 'deferrable')));
  return end === -1 ? element.length : end;
}

/** With the comma, and the space where no comment stands in it. */
function cut({ edits, sql, tokens, tokenFrom }: Patching, elements: readonly (readonly Piece[])[], key: Key, part: readonly Piece[]): void {
  const [first, last] = [part[0], part.at(-1)];
  if (!first || !last) return;
  if (key.inColumn) {
    const before = tokens[tokenFrom(first.start) - 1];
    edits.push({ start: before?.end ?? first.start, end: last.end, text: '' });
    return;
  }
  const comma = tokens[tokenFrom(first.start) - 1];
  const previous = elements[key.element - 1]?.at(-1);
  if (isMark(comma, ',') && previous && comma) {
    const plain = /^\s*,\s*$/.test(sql.slice(previous.end, first.start));
    edits.push(...(plain ? [{ start: previous.end, end: last.end, text: '' }] : [{ start: comma.start, end: comma.end, text: '' }, { start: first.start, end: last.end, text: '' }]));
    return;
  }
  const next = tokens[tokenFrom(last.start) + 1];
  edits.push({ start: first.start, end: isMark(next, ',') ? (next?.end ?? last.end) : last.end, text: '' });
}
