// A history whose types a PostgreSQL schema says: Prisma's SQLite schema still says everything else, by this project's own differ.

import { isKind, type Catalog } from '../../catalog/catalog.ts';
import type { CatalogObject, Index, Kind } from '../../catalog/kinds.ts';
import { NO_HINTS } from '../../diff/compare.ts';
import type { Change } from '../../diff/diff.ts';
import type { Session } from '../../database/session.ts';
import { introspect } from '../../introspect/introspect.ts';
import { schemaDdl } from '../../prisma/ddl.ts';
import { readPsl } from '../../prisma/psl.ts';
import { compareCatalogs } from '../../source/compare.ts';
import { elaborate } from '../../source/ddl.ts';
import { clipName } from '../../sql/quote.ts';
import { targetOf } from '../../sqlite/target.ts';
import type { Target } from '../../sqlite/types.ts';
import type { CatalogsCompared } from './catalogs.ts';
import { overExpression, predicateWording } from './excuses.ts';
import type { Excused } from './standin.ts';

const JUDGED: readonly Kind[] = ['table', 'column', 'index', 'foreignKey', 'primaryKey'];

/** A many-to-many table that Prisma takes for a model has the key it is to have. */
export async function guidedDifference(session: Session, schema: string, target: Target, excused: readonly Excused[]): Promise<CatalogsCompared> {
  const ddl = await schemaDdl({ schema: { path: 'schema.prisma', isFolder: false, files: [readPsl('schema.prisma', schema)] }, externalTables: [], externalEnums: [] });
  const read = elaborate(ddl, 'public');
  if ('outside' in read) throw new Error(read.outside);
  const live = await introspect(session, { home: 'public' });
  const { changes, extras } = await compareCatalogs(live, read.catalog, { hints: NO_HINTS });
  const joins = new Set(extras.flatMap((extra) => (isKind(extra, 'primaryKey') && extra.ref.table.startsWith('_') && extra.def.columns.join() === 'A,B' ? [extra.ref.table] : [])));
  const ofJoin = ({ kind, ref }: Pick<CatalogObject, 'kind' | 'ref'>) => 'table' in ref && joins.has(ref.table) && (kind === 'primaryKey' || (kind === 'index' && 'name' in ref && ref.name.endsWith('_AB_unique')));
  const unread = [...changes.map(unreadChange), ...extras.map(unreadExtra)].filter((gap) => gap !== null);
  const spoken = changes.flatMap((change) => (ofJoin(change) || unreadChange(change) !== null ? [] : words(change, live, target, excused)));
  const alone = extras.filter((extra) => JUDGED.includes(extra.kind) && !ofJoin(extra) && unreadExtra(extra) === null);
  return { remaining: [...spoken, ...alone.map(({ kind, ref }) => `${kind} ${JSON.stringify(ref)} is PostgreSQL's alone`)], gaps: unread };
}

/** An index that both have, and of which Prisma reads one part otherwise in SQLite; `null` for a true difference. */
function unreadChange(change: Exclude<Change, { op: 'drop' }>): string | null {
  if (change.op === 'create' || !isKind(change.before, 'index') || !isKind(change.after, 'index')) return null;
  const { before: { ref: { name }, def: before }, after: { def: after }, fields } = change;
  if (before.unique !== after.unique || (before.predicate === null) !== (after.predicate === null)) return null;
  const lowered = sameButLowered(before, after);
  if (!fields.every((field) => field === 'predicate' || (field === 'keys' && lowered))) return null;
  return fields.includes('keys') ? overExpression(name) : predicateWording(name);
}

/** Prisma reads a column that is compared without regard to case as the column alone. */
function sameButLowered(before: Index, after: Index): boolean {
  return before.keys.length === after.keys.length && before.keys.every(({ column, expression = '' }, at) => {
    const wanted = after.keys[at]?.column;
    return wanted !== undefined && (column === wanted || (column === undefined && expression.includes(wanted)));
  });
}

/** Of an index over an expression Prisma knows nothing. */
function unreadExtra(extra: CatalogObject): string | null {
  return isKind(extra, 'index') && extra.def.keys.some(({ expression }) => expression !== undefined) ? overExpression(extra.ref.name) : null;
}

/** A type the schema asked for is right, and so is a default spelled in it. */
function words(change: Exclude<Change, { op: 'drop' }>, live: Catalog, target: Target, excused: readonly Excused[]): readonly string[] {
  if (change.op === 'create') return [`${change.kind} ${JSON.stringify(change.ref)} is SQLite's alone`];
  const { before, after } = change;
  if (!isKind(before, 'column') || !isKind(after, 'column')) return [`${change.kind} ${JSON.stringify(change.ref)} differs: ${change.fields.join(', ')}`];
  const { table, name } = before.ref;
  const wanted = target.column(table, name);
  const has = targetOf(live).column(table, name);
  // A column that is renamed later has its type from the start, and one that is dropped later is not asked for.
  const asWanted = wanted === null || has?.type.sql === wanted.type.sql;
  const pass = excused.filter((one) => clipName(one.table) === table && clipName(one.column) === name).map(({ what }) => what);
  const fields = change.fields.filter((field) => !(asWanted && (field === 'type' || (field === 'default' && change.fields.includes('type')))) && !((wanted === null || wanted.serial === before.def.autoincrement) && ['autoincrement', 'default', 'sequence'].includes(field)) && !pass.some((what) => what === field || (what === 'default' && field === 'generated')));
  return fields.length === 0 ? [] : [`column ${table}.${name} differs: ${fields.join(', ')}`];
}
