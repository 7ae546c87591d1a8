// What in a statement that PostgreSQL's grammar reads is SQLite's, or PostgreSQL's own: names of types and functions, and forms.

import { at, isNode, listAt, namesAt, nodeAt, tagged, textAt, type Node } from '../../effects/ast.ts';
import type { Statement } from '../../history/script.ts';
import type { Stmt } from '../ast.ts';
import { FOREIGN_COLLATIONS, FOREIGN_FUNCTIONS, FOREIGN_TYPES, LIKELY_OWN_TYPES, OWN_FUNCTIONS, OWN_TYPES, SCALAR_EXTREMES } from './words.ts';

export interface Mark {
  readonly word: string;
  /** UTF-16 offset. */
  readonly offset: number;
}

export interface Marks {
  /** PostgreSQL has nothing of that name, and would refuse it. */
  readonly sqlite: readonly Mark[];
  /** Forms Prisma writes for SQLite alone, and PostgreSQL understands. */
  readonly weak: readonly Mark[];
  /** What SQLite would take for something else. */
  readonly postgresql: readonly Mark[];
  /** What Prisma writes for PostgreSQL alone, and SQLite understands. */
  readonly weakPostgresql: readonly Mark[];
}

interface Walk {
  readonly sql: string;
  readonly place: (byte: number) => number;
  readonly made: ReadonlySet<string>;
  readonly found: Record<keyof Marks, Mark[]>;
}

/** What only names a thing. */
export const NAMING: ReadonlySet<string> = new Set(['DropStmt', 'CommentStmt', 'AlterOwnerStmt', 'GrantStmt', 'RenameStmt', 'AlterObjectSchemaStmt', 'CreateCastStmt']);

/** `place`: of a byte of the text that was parsed. */
export function marksOf(statements: readonly Statement[], sql: string, place: (byte: number) => number): Marks {
  const walk: Walk = { sql, place, made: madeHere(statements), found: { sqlite: [], weak: [], postgresql: [], weakPostgresql: [] } };
  for (const { node } of statements) if (!NAMING.has(tagged(node)[0])) visit(walk, node, null);
  const order = (marks: readonly Mark[]) => marks.toSorted((a, b) => a.offset - b.offset);
  const { sqlite, weak, postgresql, weakPostgresql } = walk.found;
  return { sqlite: order(sqlite), weak: order(weak), postgresql: order(postgresql), weakPostgresql: order(weakPostgresql) };
}

/** Types and functions the file makes itself: `CREATE DOMAIN datetime AS …`. */
export function madeHere(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(statements.flatMap(({ node }) => {
    const [, content] = tagged(node);
    return [...['domainname', 'typeName', 'funcname', 'defnames'].map((key) => namesAt(content, key).at(-1) ?? ''), textAt(content, 'typevar', 'relname')];
  }));
}

function visit(walk: Walk, value: unknown, tag: string | null): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(walk, item, null);
    return;
  }
  if (!isNode(value)) return;
  if (isTypeName(value)) typeName(walk, value);
  if (tag !== null) FORMS[tag]?.(walk, value);
  if (textAt(value, 'schemaname') === 'public') mark(walk, 'postgresql', value);
  for (const [key, entry] of Object.entries(value)) visit(walk, entry, key);
}

/** The same of a statement that only SQLite's grammar reads: PostgreSQL's own words in it, by the types of columns. */
export function ownInSqlite(node: Stmt, sql: string, start: number): Pick<Marks, 'postgresql' | 'weakPostgresql'> {
  const columns = node.type === 'CreateTableStmt' && node.body.type === 'ColumnsAndConstraintsCreateTableBody' ? node.body.columns : node.type === 'AlterTableStmt' && node.body.type === 'AddColumnAlterTableBody' ? [node.body.column] : [];
  const types = columns.flatMap(({ colType }) => (colType === undefined ? [] : [{ name: colType.name.toLowerCase(), word: sql.slice(start + colType.span.offset, start + colType.span.offset + colType.span.length), offset: start + colType.span.offset }]));
  const plain = ({ word, offset }: Mark) => ({ word, offset });
  return {
    postgresql: types.filter(({ name, word }) => OWN_TYPES.has(name) || word.startsWith('"') || word.includes('[')).map(plain),
    weakPostgresql: types.filter(({ name, word }) => LIKELY_OWN_TYPES.has(name) || /^timestamp\s*\(|^double precision$/i.test(word)).map(plain),
  };
}

export function isTypeName(node: Node): boolean {
  return Array.isArray(node['names']) && 'typemod' in node;
}

function mark({ sql, place, found }: Walk, kind: keyof Marks, node: Node, word?: string): void {
  const offset = place(typeof node['location'] === 'number' ? node['location'] : 0);
  found[kind].push({ word: word ?? wordAt(sql, offset), offset });
}

export function wordAt(sql: string, offset: number): string {
  return /^(?:"(?:[^"]|"")*"|`[^`]*`|[\w\u0080-\uffff]+|[^\w\s]+)/.exec(sql.slice(offset, offset + 200))?.[0] ?? sql.charAt(offset);
}

function typeName(walk: Walk, node: Node): void {
  const names = namesAt(node, 'names');
  const name = names.at(-1) ?? '';
  const quoted = walk.sql.charAt(walk.place(typeof node['location'] === 'number' ? node['location'] : 0)) === '"';
  if (listAt(node, 'arrayBounds').length > 0 || (names.length === 1 && (OWN_TYPES.has(name) || quoted))) mark(walk, 'postgresql', node);
  else if (names.length === 1 && FOREIGN_TYPES.has(name) && !walk.made.has(name)) mark(walk, 'sqlite', node);
  else if (LIKELY_OWN_TYPES.has(name) || (name === 'timestamp' && listAt(node, 'typmods').length > 0)) mark(walk, 'weakPostgresql', node);
  else if (name === 'float4' && names.length === 2) mark(walk, 'weak', node);
}

const FORMS: Readonly<Record<string, (walk: Walk, node: Node) => void>> = {
  FuncCall(walk, node) {
    const names = namesAt(node, 'funcname');
    const name = names.length === 1 ? (names[0] ?? '') : '';
    if (walk.made.has(name)) return;
    if (FOREIGN_FUNCTIONS.has(name) || (name in SCALAR_EXTREMES && listAt(node, 'args').length > 1)) mark(walk, 'sqlite', node);
    else if (OWN_FUNCTIONS.has(name)) mark(walk, 'postgresql', node);
  },
  A_Expr(walk, node) {
    if (namesAt(node, 'name').join('') === '==') mark(walk, 'sqlite', node, '==');
  },
  CollateClause(walk, node) {
    collation(walk, node);
  },
  collClause(walk, node) {
    collation(walk, node);
  },
  IndexStmt(walk, node) {
    const start = walk.place(Number(nodeAt(node, 'relation')['location'] ?? 0));
    const own = listAt(node, 'indexParams').some((item) => FOREIGN_COLLATIONS.has(namesAt(item, 'IndexElem', 'collation').at(-1) ?? ''));
    const found = own ? /\bCOLLATE\s+["[]?(?:NOCASE|RTRIM|BINARY)\b/i.exec(walk.sql.slice(start)) : null;
    if (found) walk.found.sqlite.push({ word: found[0], offset: start + found.index });
  },
  ColumnDef(walk, node) {
    for (const one of constraintsOf(node)) if (one['contype'] === 'CONSTR_PRIMARY' && one['conname'] === undefined) mark(walk, 'weak', one);
    for (const one of constraintsOf(node)) {
      if (one['contype'] !== 'CONSTR_DEFAULT') continue;
      columnNames(walk, [one['raw_expr']]);
      wrongDefault(walk, namesAt(node, 'typeName', 'names').at(-1) ?? '', nodeAt(one, 'raw_expr', 'A_Const'));
    }
  },
  CreateStmt(walk, node) {
    const elements = listAt(node, 'tableElts');
    for (const one of elements.map((item) => at(item, 'Constraint')).filter(isNode)) {
      if (one['contype'] === 'CONSTR_FOREIGN') mark(walk, 'weak', one);
      if (one['contype'] === 'CONSTR_PRIMARY') mark(walk, one['conname'] === undefined ? 'weak' : 'weakPostgresql', one);
    }
  },
  InsertStmt(walk, node) {
    for (const list of listAt(node, 'selectStmt', 'SelectStmt', 'valuesLists')) columnNames(walk, listAt(list, 'List', 'items'));
  },
  AlterTableStmt(walk, node) {
    const relation = nodeAt(node, 'relation');
    for (const command of listAt(node, 'cmds').map((item) => nodeAt(item, 'AlterTableCmd'))) {
      const start = walk.place(typeof relation['location'] === 'number' ? relation['location'] : 0);
      if (!['AT_AddColumn', 'AT_DropColumn'].includes(textAt(command, 'subtype'))) mark(walk, 'postgresql', relation);
      // So Prisma writes it for PostgreSQL.
      else if (/^\S+\s+ADD COLUMN {5}"/.test(walk.sql.slice(start, start + 300))) mark(walk, 'weakPostgresql', relation, 'ADD COLUMN');
    }
  },
  RenameStmt(walk, node) {
    if (textAt(node, 'relation', 'relname').startsWith('new_')) mark(walk, 'weak', nodeAt(node, 'relation'));
  },
};

/** `BOOLEAN DEFAULT 0` and `BYTEA DEFAULT X'00'`: PostgreSQL wants false and '\x00'. */
function wrongDefault(walk: Walk, type: string, constant: Node): void {
  if ((type === 'bool' && 'ival' in constant) || (type === 'bytea' && textAt(constant, 'bsval', 'bsval').startsWith('x'))) mark(walk, 'sqlite', constant);
}

export function constraintsOf(column: Node): readonly Node[] {
  return listAt(column, 'constraints').map((item) => at(item, 'Constraint')).filter(isNode);
}

function collation(walk: Walk, node: Node): void {
  if (FOREIGN_COLLATIONS.has(namesAt(node, 'collname').at(-1) ?? '')) mark(walk, 'sqlite', node);
}

/** `"x"` where no column can stand: SQLite reads it as 'x'. */
function columnNames(walk: Walk, values: readonly unknown[]): void {
  for (const value of values) {
    const column = at(value, 'ColumnRef');
    if (isNode(column) && walk.sql.charAt(walk.place(Number(column['location'] ?? 0))) === '"') mark(walk, 'sqlite', column);
  }
}
