// The DDL Prisma's engine emits for a whole schema is a small closed language; this reads it into a catalog without a server.
// Whatever is outside of the language is reported as such, never guessed: a real PostgreSQL then builds the schema instead.

import { buildCatalog, type Catalog } from '../catalog/catalog.ts';
import type { CatalogObject, Column, IndexKey, RefAction } from '../catalog/kinds.ts';
import { nextvalOf, serialSequence } from '../catalog/sequences.ts';
import { readType } from '../catalog/types.ts';
import { cursor, Unexpected, type Cursor } from '../sql/cursor.ts';
import { LexError } from '../sql/lex.ts';
import { clipName } from '../sql/quote.ts';

export type Elaboration = { readonly catalog: Catalog } | { readonly outside: string };

/** The catalog PostgreSQL would have after running `ddl` on an empty database, unqualified names going to `home`. */
export function elaborate(ddl: string, home: string): Elaboration {
  try {
    const at = cursor(ddl);
    const objects: CatalogObject[] = [{ kind: 'schema', ref: { kind: 'schema', name: home }, def: {} }];
    while (!at.done()) objects.push(...statement(at, home));
    return { catalog: buildCatalog({ home, serverVersion: null, objects, unmodeled: [], provided: [] }) };
  } catch (error) {
    if (error instanceof Unexpected || error instanceof LexError) return { outside: error.message };
    throw error;
  }
}

function statement(at: Cursor, home: string): readonly CatalogObject[] {
  if (at.take('alter', 'table')) return foreignKey(at, home);
  at.expect('create');
  if (at.take('table')) return table(at, home);
  if (at.take('index')) return index(at, home, false);
  if (at.take('unique', 'index')) return index(at, home, true);
  if (at.take('type')) return enumeration(at, home);
  if (at.take('schema')) return schema(at);
  at.expect('extension');
  return extension(at);
}

interface Qualified {
  readonly schema: string;
  readonly name: string;
}

function qualified(at: Cursor, home: string): Qualified {
  const first = clipName(at.name());
  return at.take('.') ? { schema: first, name: clipName(at.name()) } : { schema: home, name: first };
}

function names(at: Cursor): readonly string[] {
  const found: string[] = [];
  at.expect('(');
  do found.push(clipName(at.name()));
  while (at.take(','));
  at.expect(')');
  return found;
}

function schema(at: Cursor): readonly CatalogObject[] {
  at.take('if', 'not', 'exists');
  const name = clipName(at.name());
  at.expect(';');
  return [{ kind: 'schema', ref: { kind: 'schema', name }, def: {} }];
}

function extension(at: Cursor): readonly CatalogObject[] {
  at.take('if', 'not', 'exists');
  const name = at.name();
  at.take('with');
  const inSchema = at.take('schema') ? clipName(at.name()) : null;
  const version = at.take('version') ? (at.peek()?.kind === 'text' ? at.text() : at.name()) : null;
  at.expect(';');
  return [{ kind: 'extension', ref: { kind: 'extension', name }, def: { schema: inSchema, version } }];
}

function enumeration(at: Cursor, home: string): readonly CatalogObject[] {
  const { schema, name } = qualified(at, home);
  at.expect('as', 'enum', '(');
  const labels: string[] = [];
  do labels.push(at.text());
  while (at.take(','));
  at.expect(')', ';');
  return [{ kind: 'enum', ref: { kind: 'enum', schema, name }, def: { labels } }];
}

function table(at: Cursor, home: string): readonly CatalogObject[] {
  const { schema, name: table } = qualified(at, home);
  const objects: CatalogObject[] = [{ kind: 'table', ref: { kind: 'table', schema, name: table }, def: { partitioned: false, unlogged: false } }];
  at.expect('(');
  do {
    if (at.take('constraint')) {
      const name = clipName(at.name());
      at.expect('primary', 'key');
      objects.push({ kind: 'primaryKey', ref: { kind: 'primaryKey', schema, table }, def: { name, columns: names(at), deferrable: false } });
    } else {
      objects.push(column(at, home, schema, table));
    }
  } while (at.take(','));
  at.expect(')', ';');
  return objects;
}

const SERIALS: Readonly<Record<string, string>> = { serial: 'integer', bigserial: 'bigint', smallserial: 'smallint' };

function column(at: Cursor, home: string, schema: string, table: string): CatalogObject {
  const name = clipName(at.name());
  const written = at.until('not', 'default', ',', ')').trim();
  if (written === '') throw new Unexpected(`column ${name} has no type`, 0);
  const notNull = at.take('not', 'null');
  const expression = at.take('default') ? at.until(',', ')').trim() : null;
  const serial = SERIALS[written.toLowerCase()];
  const sequence = serial !== undefined ? { schema, name: serialSequence(table, name) } : expression === null ? null : nextvalOf(expression, home);
  const def: Column = {
    type: serial ?? readType(written, 'ddl', home),
    notNull,
    default: sequence === null ? expression : null,
    autoincrement: sequence !== null,
    identity: null,
    sequence,
    generated: null,
    collation: null,
  };
  return { kind: 'column', ref: { kind: 'column', schema, table, name }, def };
}

function index(at: Cursor, home: string, unique: boolean): readonly CatalogObject[] {
  const name = clipName(at.name());
  at.expect('on');
  const { schema, name: table } = qualified(at, home);
  const method = at.take('using') ? at.name().toLowerCase() : 'btree';
  at.expect('(');
  const keys: IndexKey[] = [];
  do keys.push(indexKey(at));
  while (at.take(','));
  at.expect(')');
  const predicate = at.take('where') ? at.until(';').trim() : null;
  at.expect(';');
  const def = { unique, constraint: false, method, keys, include: [], predicate, nullsNotDistinct: false, deferrable: false, valid: true };
  return [{ kind: 'index', ref: { kind: 'index', schema, table, name }, def }];
}

function indexKey(at: Cursor): IndexKey {
  const column = clipName(at.name());
  const words = at.until(',', ')').trim().split(/\s+/).filter(Boolean);
  const direction = /^(asc|desc)$/i.test(words.at(-1) ?? '') ? words.pop() : undefined;
  const descending = direction?.toLowerCase() === 'desc';
  return { column, opclass: words.length === 0 ? null : words.join(' '), descending, nullsFirst: descending, collation: null };
}

function foreignKey(at: Cursor, home: string): readonly CatalogObject[] {
  const { schema, name: table } = qualified(at, home);
  at.expect('add', 'constraint');
  const name = clipName(at.name());
  at.expect('foreign', 'key');
  const columns = names(at);
  at.expect('references');
  const target = qualified(at, home);
  const targetColumns = names(at);
  const onDelete = at.take('on', 'delete') ? action(at) : 'NO ACTION';
  const onUpdate = at.take('on', 'update') ? action(at) : 'NO ACTION';
  at.expect(';');
  const def = { columns, targetSchema: target.schema, targetTable: target.name, targetColumns, onDelete, onUpdate, match: 'SIMPLE', deferrable: false, validated: true, enforced: true } as const;
  return [{ kind: 'foreignKey', ref: { kind: 'foreignKey', schema, table, name }, def }];
}

const ACTIONS: readonly RefAction[] = ['CASCADE', 'RESTRICT', 'NO ACTION', 'SET NULL', 'SET DEFAULT'];

function action(at: Cursor): RefAction {
  const found = ACTIONS.find((candidate) => at.take(...candidate.toLowerCase().split(' ')));
  if (found === undefined) throw new Unexpected('unknown referential action', at.peek()?.start ?? 0);
  return found;
}
