// Types in a script: those that PostgreSQL has not are replaced, REAL where the schema says Float, and the types of columns are
// remembered for their defaults and rows.

import { isNode, listAt, namesAt, textAt, type Node } from '../../effects/ast.ts';
import { isMark } from '../../effects/source.ts';
import { closing, replace, type Patching } from './halfText.ts';
import { constraintsOf } from './marks.ts';
import { guidedType } from '../typing.ts';
import type { Family, PgType } from '../types.ts';
import { FOREIGN_TYPES } from './words.ts';

const FAMILIES: Readonly<Record<string, Family>> = {
  bool: 'boolean', text: 'text', varchar: 'text', bpchar: 'text', citext: 'text', int2: 'integer', int4: 'integer', int8: 'bigint', serial: 'integer', bigserial: 'bigint', float4: 'float', float8: 'float', numeric: 'decimal',
  timestamp: 'datetime', timestamptz: 'datetime', date: 'date', time: 'time', bytea: 'bytes', json: 'json', jsonb: 'json', uuid: 'uuid',
};

/** What the column is to be; `own: false` where its type was not PostgreSQL's. */
export interface ColumnType {
  readonly type: PgType | null;
  readonly own: boolean;
}

/** The edit for a type name, and the type it stands for afterwards. `table` is `null` where it is no column's. */
export function patchType(patch: Patching, typeName: unknown, table: string | null, column: string, definition: Node): ColumnType {
  const names = namesAt(typeName, 'names');
  const name = names.at(-1) ?? '';
  const at = patch.tokenAt(isNode(typeName) ? typeName['location'] : undefined);
  const token = patch.tokens[at];
  if (names.length === 1 && token?.kind === 'word' && FOREIGN_TYPES.has(name) && !patch.made.has(name)) return { type: foreign(patch, at, name, table, column, definition), own: false };
  if (name === 'float4' && token?.value === 'real' && table !== null) return { type: real(patch, at, table, column), own: true };
  const family = listAt(typeName, 'arrayBounds').length > 0 ? undefined : FAMILIES[name];
  return { type: family === undefined ? null : { family, sql: name }, own: true };
}

function foreign(patch: Patching, at: number, name: string, table: string | null, column: string, definition: Node): PgType {
  const { tokens, sql } = patch;
  const open = isMark(tokens[at + 1], '(') ? at + 1 : -1;
  const last = open < 0 ? at : closing(patch, open);
  const args = open < 0 ? '' : sql.slice(tokens[open]?.start, tokens[last]?.end);
  const { type, guessed } = chosen(patch, name, args, table, column, definition);
  const written = sql.slice(tokens[at]?.start, tokens[last]?.end);
  replace(patch, at, last, type.sql);
  patch.say(guessed ? 'TYPE_GUESSED' : 'WORD_REPLACED', `${written} is no type of PostgreSQL: ${type.sql} here`, tokens[at]?.start ?? 0);
  return type;
}

/** An enum of the schema need not exist yet at this point of the history: TEXT till then. */
function chosen(patch: Patching, name: string, args: string, table: string | null, column: string, definition: Node): { readonly type: PgType; readonly guessed: boolean } {
  const target = table === null ? null : patch.target;
  const wish = table === null ? null : (target?.column(table, column)?.type ?? null);
  if (name === 'tinyint') {
    const flag = args === '(1)' && saysTrueOrFalse(definition);
    const guided = wish !== null && ['boolean', 'integer', 'bigint'].includes(wish.family) ? wish : null;
    return { type: guided ?? (flag ? { family: 'boolean', sql: 'BOOLEAN' } : { family: 'integer', sql: 'SMALLINT' }), guessed: guided === null };
  }
  const { type, remark } = guidedType(name, table ?? '', column, wish?.family === 'enum' ? null : target);
  const precise = (name === 'datetime' && type.sql === 'TIMESTAMP(3)' && /^\([0-6]\)$/.test(args)) || (name === 'number' && args !== '');
  return { type: precise ? { ...type, sql: `${type.sql.replace(/\(.*$/, '')}${args}` } : type, guessed: remark !== null };
}

/** A default that only a boolean can have. */
function saysTrueOrFalse(definition: Node): boolean {
  return constraintsOf(definition).some((one) => one['contype'] === 'CONSTR_DEFAULT' && JSON.stringify(one['raw_expr'] ?? null).includes('"boolval"'));
}

function real(patch: Patching, at: number, table: string, column: string): PgType {
  const wish = patch.target?.column(table, column)?.type ?? null;
  const offset = patch.tokens[at]?.start ?? 0;
  if (wish?.sql === 'DOUBLE PRECISION') {
    replace(patch, at, at, wish.sql);
    patch.say('WORD_REPLACED', 'REAL has 6 digits in PostgreSQL, and the schema says Float: DOUBLE PRECISION here', offset);
  } else if (wish === null) patch.say('TYPE_KEPT', 'REAL is kept: it has 6 digits in PostgreSQL and 15 in SQLite; a Float of Prisma is DOUBLE PRECISION', offset);
  return { family: 'float', sql: 'REAL' };
}

function remember({ types }: Patching, table: string, column: string, type: PgType | null): void {
  const columns = types.get(table) ?? new Map<string, PgType>();
  types.set(table, columns);
  if (type === null) columns.delete(column);
  else columns.set(column, type);
}

/** Of CREATE TABLE and ALTER TABLE, with what the column is then. */
export interface ColumnAt extends ColumnType {
  readonly definition: Node;
}

export function patchColumn(patch: Patching, table: string, column: string, definition: Node): ColumnAt {
  const found = patchType(patch, definition['typeName'], table, column || textAt(definition, 'colname'), definition);
  remember(patch, table, column || textAt(definition, 'colname'), found.type);
  return { ...found, definition };
}
