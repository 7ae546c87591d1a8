// What Prisma's engine would still run and need not: each is a way in which it reads SQLite, or spells PostgreSQL.

import type { Session } from '../../database/session.ts';
import { at, listAt, namesAt, nodeAt, textAt } from '../../effects/ast.ts';
import { partsOf } from '../../history/parts.ts';
import type { Statement } from '../../history/script.ts';
import { clipName } from '../../sql/quote.ts';
import type { Excused } from './standin.ts';

export interface Sifted {
  readonly remaining: readonly Statement[];
  readonly gaps: readonly string[];
}

export async function excusing(script: readonly Statement[], excused: readonly Excused[], session: Session): Promise<Sifted> {
  const statements = script.flatMap(partsOf).filter((statement) => !isExcused(statement, excused));
  const joins = misreadJoins(statements);
  const indexName = ({ node }: Statement) => textAt(node, 'IndexStmt', 'idxname');
  const partial: string[] = [];
  const expressions: string[] = [];
  for (const statement of statements) {
    if (await hasPartial(statement, statements, session)) partial.push(indexName(statement));
    if (await hasLowered(statement, session)) expressions.push(indexName(statement));
  }
  const known = [...partial, ...expressions];
  const remaining = statements.filter((statement) => !joins.some((table) => drops(statement, table) || makes(statement, table)) && !known.some((name) => indexName(statement) === name || dropsIndex(statement, name)));
  return {
    remaining,
    gaps: [
      ...joins.map((table) => `${table}: Prisma reads it as a model and not as a relation, so its key was not compared`),
      ...partial.map(predicateWording),
      ...expressions.map(overExpression),
    ],
  };
}

export function predicateWording(name: string): string {
  return `${name}: both databases have it with a predicate, in words that were not compared`;
}

export function overExpression(name: string): string {
  return `${name}: it is over an expression in PostgreSQL, which Prisma does not see`;
}

/** Nothing but changes of what could not be read. */
function isExcused({ node }: Pick<Statement, 'node'>, excused: readonly Excused[]): boolean {
  const alter = nodeAt(node, 'AlterTableStmt');
  const table = textAt(alter, 'relation', 'relname');
  const commands = listAt(alter, 'cmds').map((command) => nodeAt(command, 'AlterTableCmd'));
  return commands.length > 0 && commands.every((command) => {
    const [subtype, column] = [textAt(command, 'subtype'), textAt(command, 'name')];
    return excused.some((one) => clipName(one.table) === table && clipName(one.column) === column && (subtype === 'AT_ColumnDefault' || (one.what === 'type' && subtype === 'AT_AlterColumnType')));
  });
}

/**
 * Where @@map gives tables an order that their models have not, Prisma takes a many-to-many table for a model, and wants the index
 * SQLite has and not the key that PostgreSQL is to have: nothing else of the table differs then.
 */
function misreadJoins(statements: readonly Statement[]): readonly string[] {
  const dropped = statements.map(({ node }) => textAt(node, 'AlterTableStmt', 'relation', 'relname')).filter((table) => table.startsWith('_') && statements.some((statement) => drops(statement, table)));
  return [...new Set(dropped)].filter((table) => statements.some((statement) => makes(statement, table)));
}

function drops({ node }: Pick<Statement, 'node'>, table: string): boolean {
  const alter = nodeAt(node, 'AlterTableStmt');
  return textAt(alter, 'relation', 'relname') === table && listAt(alter, 'cmds').every((command) => textAt(command, 'AlterTableCmd', 'subtype') === 'AT_DropConstraint' && textAt(command, 'AlterTableCmd', 'name').endsWith('_AB_pkey'));
}

function makes({ node }: Pick<Statement, 'node'>, table: string): boolean {
  return textAt(node, 'IndexStmt', 'relation', 'relname') === table && textAt(node, 'IndexStmt', 'idxname').endsWith('_AB_unique');
}

function dropsIndex({ node }: Pick<Statement, 'node'>, name: string): boolean {
  return textAt(node, 'DropStmt', 'removeType') === 'OBJECT_INDEX' && listAt(node, 'DropStmt', 'objects').some((object) => namesAt(object).at(-1) === name);
}

const INDEX = `SELECT i.indisunique, pg_catalog.string_agg(a.attname, E'\\n' ORDER BY k.at) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (number, at) JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
  WHERE c.relname = $1 AND c.relnamespace = 'public'::regnamespace AND i.indpred IS NOT NULL GROUP BY i.indisunique`;

/** The engine compares predicates letter by letter: `used = 0` there is `used = false` here. The rest of the index is held against it. */
async function hasPartial({ node }: Statement, statements: readonly Statement[], session: Session): Promise<boolean> {
  const name = textAt(node, 'IndexStmt', 'idxname');
  if (name === '' || at(node, 'IndexStmt', 'whereClause') === undefined || !statements.some((statement) => dropsIndex(statement, name))) return false;
  const columns = listAt(node, 'IndexStmt', 'indexParams').map((part) => textAt(part, 'IndexElem', 'name')).join('\n');
  const { rows: [row] } = await session.query({ sql: INDEX, args: [name] });
  return row !== undefined && (row[0] === 't') === (at(node, 'IndexStmt', 'unique') === true) && row[1] === columns;
}

const KEYS = `SELECT i.indisunique, i.indpred IS NOT NULL, pg_catalog.pg_get_indexdef(i.indexrelid, k.at, false) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  CROSS JOIN pg_catalog.generate_series(1, i.indnkeyatts) AS k (at) WHERE c.relname = $1 AND c.relnamespace = 'public'::regnamespace AND i.indexprs IS NOT NULL ORDER BY k.at`;

/** A column that compares without regard to case has its index over lower(): to Prisma there is none. */
async function hasLowered({ node }: Statement, session: Session): Promise<boolean> {
  const index = nodeAt(node, 'IndexStmt');
  const columns = listAt(index, 'indexParams').map((part) => textAt(part, 'IndexElem', 'name'));
  if (columns.length === 0) return false;
  const { rows } = await session.query({ sql: KEYS, args: [textAt(index, 'idxname')] });
  const kind = [at(index, 'unique') === true, at(index, 'whereClause') !== undefined];
  return rows.length === columns.length && rows.every(([unique, partial, key], place) => (unique === 't') === kind[0] && (partial === 't') === kind[1] && key?.includes(columns[place] ?? '') === true);
}
