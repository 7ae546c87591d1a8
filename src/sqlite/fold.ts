// The dance: SQLite cannot alter a column, so Prisma makes a new table, copies the rows, drops the old one and renames. Where the copy
// is plain, it is a column map, and the dance is one ALTER TABLE in PostgreSQL.

import type { Expr, InsertStmt, SelectFrom } from './ast.ts';
import { lower, spelled, type RawTable } from './state.ts';
import { mentions, type Recording, type Step } from './record.ts';

/** Where a column's values come from. */
export type Origin =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'value'; readonly expr: Expr }
  /** In neither the old table nor the copy. */
  | { readonly kind: 'new' }
  /** In the old table, and not copied. */
  | { readonly kind: 'lost' };

export interface Dance {
  /** Indexes into the steps. */
  readonly created: number;
  readonly copied: number | null;
  readonly dropped: number;
  readonly renamed: number;
  /** The old table just before it was dropped, and the new one just after it took its name. */
  readonly before: RawTable;
  readonly after: RawTable;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly where: Expr | null;
  /** What the old table is called in the copy's expressions. */
  readonly alias: string;
}

/** Why a dance is kept as it is written. */
export interface Kept {
  readonly renamed: number;
  readonly table: string;
  readonly because: string;
}

export interface Dances {
  readonly folded: readonly Dance[];
  readonly kept: readonly Kept[];
}

export function dancesOf({ steps }: Recording): Dances {
  const folded: Dance[] = [];
  const kept: Kept[] = [];
  steps.forEach((step, created) => {
    if (step.apart !== null || step.node.type !== 'CreateTableStmt' || step.node.temporary) return;
    const found = follow(steps, created, lower(step.node.tblName.objName.text));
    if (found === null) return;
    if ('because' in found) kept.push(found);
    else folded.push(found);
  });
  return { folded, kept };
}

function follow(steps: readonly Step[], created: number, name: string): Dance | Kept | null {
  const own = steps.flatMap(({ node }, at) => (at > created && mentions(node).includes(name) ? [at] : []));
  const renamed = own.find((at) => isRename(steps[at], name));
  const rename = renamed === undefined ? undefined : steps[renamed]?.node;
  if (renamed === undefined || rename?.type !== 'AlterTableStmt' || rename.body.type !== 'RenameToAlterTableBody') return null;
  const target = lower(rename.body.name.text);
  const dropped = steps.findIndex(({ node, apart }, at) => at > created && at < renamed && apart === null && node.type === 'DropTableStmt' && lower(node.tblName.objName.text) === target);
  const [before, after] = [steps[dropped]?.before.tables.get(target), steps[renamed]?.after.tables.get(target)];
  if (before === undefined || after === undefined || steps[created]?.before.tables.get(target) === undefined) return null;
  const keep = (because: string): Kept => ({ renamed, table: before.name, because });
  const between = own.filter((at) => at < renamed);
  const [copied = null, ...more] = between;
  const touched = steps.some(({ node }, at) => at > created && at < renamed && at !== dropped && at !== copied && mentions(node).includes(target) && writes(node.type));
  if (more.length > 0) return keep('more than one statement fills the new table');
  if (touched) return keep('the old table is changed while it is copied');
  const place = { created, copied, dropped, renamed, before, after };
  if (copied === null) return { ...place, origins: new Map(after.columns.map(({ name: column }) => [column, { kind: 'lost' as const }])), where: null, alias: before.name };
  const insert = steps[copied]?.node;
  if (copied > dropped || insert?.type !== 'InsertStmt') return keep('the new table is filled in another way than by one INSERT from the old one');
  const copy = plainCopy(insert, before);
  if (copy === null) return keep('the table copy is not a plain SELECT from the old table');
  const origins = mapOf(insert, copy.select, before, after);
  return origins === null ? keep('the copy does not give each column one value') : { ...place, origins, where: copy.select.whereClause ?? null, alias: copy.alias };
}

function isRename(step: Step | undefined, name: string): boolean {
  return step?.node.type === 'AlterTableStmt' && step.node.body.type === 'RenameToAlterTableBody' && lower(step.node.tblName.objName.text) === name;
}

const writes = (type: string) => ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'AlterTableStmt', 'CreateTableStmt'].includes(type);

/** One row in, one row out, and from the old table alone. */
function plainCopy(insert: InsertStmt, before: RawTable): { readonly select: SelectFrom; readonly alias: string } | null {
  if (insert.with !== undefined || insert.orConflict !== undefined || insert.returning !== undefined || insert.body.type !== 'SelectInsertBody' || insert.body.upsert !== undefined) return null;
  const { with: ctes, select, compounds = [], limit } = insert.body.select;
  if (ctes !== undefined || compounds.length > 0 || limit !== undefined || select.type !== 'SelectFrom') return null;
  const { from, distinctness, groupBy, having, windowClause, columns } = select;
  if (distinctness !== undefined || groupBy !== undefined || having !== undefined || windowClause !== undefined || (from?.joins ?? []).length > 0) return null;
  const source = from?.select;
  if (source?.type !== 'TableSelectTable' || lower(source.tblName.objName.text) !== lower(before.name) || gathers(columns)) return null;
  return { select, alias: source.alias?.name.text ?? source.tblName.alias?.text ?? before.name };
}

const AGGREGATES = ['count', 'sum', 'total', 'avg', 'group_concat', 'string_agg', 'json_group_array', 'json_group_object'];

/** Aggregates and windows make other rows than the table has; those of a subquery stay inside of it. */
function gathers(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(gathers);
  const { type, name, args, filterOver } = node as { readonly type?: string; readonly name?: { readonly name?: string }; readonly args?: readonly unknown[]; readonly filterOver?: unknown };
  if (type === 'Select') return false;
  if ((type === 'FunctionCallExpr' || type === 'FunctionCallStarExpr') && (filterOver !== undefined || AGGREGATES.includes(lower(name?.name ?? '')) || (['min', 'max'].includes(lower(name?.name ?? '')) && args?.length === 1))) return true;
  return Object.entries(node).some(([key, value]) => key !== 'span' && gathers(value));
}

/** `null`: columns and values do not match. */
function mapOf(insert: InsertStmt, select: SelectFrom, before: RawTable, after: RawTable): ReadonlyMap<string, Origin> | null {
  const targets = insert.columns?.map(({ text }) => spelled(after, text)) ?? after.columns.filter((column) => !isGenerated(column)).map(({ name }) => name);
  const values = select.columns.flatMap((one): Expr[] => (one.type === 'ExprResultColumn' ? [one.expr] : before.columns.map(({ name }) => ({ type: 'QualifiedExpr', schema: undefined, table: { type: 'Name', text: before.name, span: one.span }, column: { type: 'Name', text: name, span: one.span }, span: one.span }))));
  const sources = values.map((expr) => bareColumn(expr, before));
  const survives = (name: string) => after.columns.some((column) => lower(column.name) === lower(name));
  const origins = new Map<string, Origin>();
  for (const { name } of after.columns) {
    const at = targets.findIndex((one) => lower(one) === lower(name));
    const expr = values[at];
    const source = sources[at] ?? null;
    const had = before.columns.some((column) => lower(column.name) === lower(name));
    if (expr === undefined) origins.set(name, { kind: had ? 'lost' : 'new' });
    else if (source !== null && (lower(source) === lower(name) || (!had && !survives(source) && sources.filter((one) => one === source).length === 1))) origins.set(name, { kind: 'column', name: source });
    else origins.set(name, { kind: 'value', expr });
  }
  return targets.length === values.length ? origins : null;
}

function isGenerated({ constraints }: RawTable['columns'][number]): boolean {
  return constraints.some(({ constraint }) => constraint.type === 'GeneratedColumnConstraint');
}

/** The old table's column that an expression is and no more. */
function bareColumn(expr: Expr, table: RawTable): string | null {
  const inner = expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1 ? expr.exprs[0] : expr;
  const name = inner?.type === 'Id' ? inner.name : inner?.type === 'QualifiedExpr' ? inner.column.text : null;
  return table.columns.find((column) => name !== null && lower(column.name) === lower(name))?.name ?? null;
}
