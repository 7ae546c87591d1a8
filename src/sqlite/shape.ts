// A table of SQLite as the table PostgreSQL is to have, in Prisma's forms and names.

import { byteLength, NAME_BYTES, quoteName } from '../sql/quote.ts';
import type { ColumnConstraint, Expr, ForeignKeyClause, NamedTableConstraint, RefArg } from './ast.ts';
import { columnDefault, condition, expression } from './expression/expression.ts';
import { checkName, isJoinTable, joinUniqueName, primaryKeyName, uniqueName } from './naming.ts';
import { relationScope } from './expression/scope.ts';
import { lower, partName, rawPrimaryKey, spelled, type RawTable } from './state.ts';
import type { Guided } from './typing.ts';
import { Untranslatable, type Check, type Column, type Context, type Index, type NoteCode, type Relation, type Table } from './types.ts';

/** What is to be said once, where the table or column comes into being. */
export interface Remark {
  readonly kind: 'note' | 'manual';
  readonly code: NoteCode;
  readonly message: string;
}

/** A foreign key as SQLite has it; whether its target is there is asked at the end of a migration only. */
export interface Reference {
  readonly columns: readonly string[];
  readonly target: string;
  /** Empty: the target's primary key. */
  readonly targetColumns: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly deferred: boolean;
}

export interface ShapedTable extends Table {
  /** Of UNIQUE in the table itself: SQLite makes indexes without names of their own. */
  readonly uniques: readonly Index[];
  readonly references: readonly Reference[];
  /** Columns that compare without regard to case. */
  readonly nocase: readonly string[];
  readonly remarks: readonly Remark[];
}

export interface ShapeOptions {
  readonly guide: (column: string) => Guided;
  readonly primaryKeyName: string | null;
  /** A unique index over A and B stands for the key of a many-to-many table: Prisma 6 and later have a primary key there. */
  readonly joinKey: string | null;
  readonly server: number | undefined;
}

export function shapeTable(raw: RawTable, options: ShapeOptions): ShapedTable {
  const remarks: Remark[] = [];
  const say = (kind: Remark['kind'], code: NoteCode, message: string) => void remarks.push({ kind, code, message });
  const key = rawPrimaryKey(raw);
  for (const name of [raw.name, ...raw.columns.map((column) => column.name)]) if (byteLength(name) > NAME_BYTES) say('note', 'NAME_CUT', `${name} is longer than the 63 bytes PostgreSQL keeps of a name, and is cut: the schema needs @map or @@map`);
  const alias = key?.columns.length === 1 ? raw.columns.find(({ name, declared }) => name === key.columns[0] && declared?.toLowerCase() === 'integer') : undefined;
  const rowid = raw.withoutRowid ? null : (alias?.name ?? null);
  const typed = raw.columns.map((column) => {
    const guided = options.guide(column.name);
    if (guided.wanted !== null) say('note', 'TYPE_KEPT', `${raw.name}.${column.name} is ${column.declared ?? 'of no type'} in SQLite and ${guided.wanted.sql} in the schema: ${guided.type.sql} here, for the values need not fit; prisma-mend check shows both`);
    if (guided.remark !== null) say('note', 'TYPE_GUESSED', `${raw.name}.${column.name}: ${guided.remark}`);
    return { raw: column, type: guided.type, serial: rowid === column.name && (guided.serial ?? true), inKey: key?.columns.includes(column.name) === true };
  });
  const relation: Relation = {
    name: raw.name, as: raw.name, rowid, keys: [],
    columns: typed.map(({ raw: { name, constraints }, type, serial }) => ({ name, as: name, type, serial, generated: constraints.some(({ constraint }) => constraint.type === 'GeneratedColumnConstraint'), hasDefault: constraints.some(({ constraint }) => constraint.type === 'DefaultColumnConstraint') })),
  };
  const context: Context = { text: raw.sql, relation: (name) => (lower(name) === lower(raw.name) ? relation : null), server: options.server, note: (code, message) => say('note', code, message) };
  const columns = typed.map((one) => shapeColumn(one, relation, context, say));
  const primaryKey = key === null ? (options.joinKey === null ? null : { name: options.joinKey, columns: ['A', 'B'] }) : { name: options.primaryKeyName ?? primaryKeyName(raw.name), columns: key.columns };
  const nocase = raw.columns.filter(({ constraints }) => constraints.some(({ constraint }) => constraint.type === 'CollateColumnConstraint' && lower(constraint.collationName.text) === 'nocase')).map(({ name }) => name);
  for (const name of nocase) say('note', 'NOCASE', `${raw.name}.${name} compares without regard to case in SQLite, and with regard to it here; unique indexes on it are over lower("${name}"), which Prisma cannot express`);
  const references = referencesOf(raw);
  for (const { columns: own, deferred: late } of references) if (late) say('note', 'DEFERRED', `the foreign key of ${raw.name}(${own.join(', ')}) is checked at the end of a transaction: PostgreSQL refuses ALTER TABLE while a check is pending, and Prisma does not see it`);
  return { name: raw.name, columns, primaryKey, rowid, checks: checksOf(raw, relation, context, say), temporary: raw.temporary, uniques: uniquesOf(raw, nocase, say), references, nocase, remarks };
}

interface Typed {
  readonly raw: RawTable['columns'][number];
  readonly type: Column['type'];
  readonly serial: boolean;
  readonly inKey: boolean;
}

type Say = (kind: Remark['kind'], code: NoteCode, message: string) => void;

function shapeColumn({ raw: { name, constraints }, type, serial, inKey }: Typed, relation: Relation, context: Context, say: Say): Column {
  let notNull = inKey || serial;
  let fallback: string | null = null;
  let generated: string | null = null;
  for (const { constraint } of constraints) {
    if (constraint.type === 'NotNullColumnConstraint') notNull ||= !constraint.nullable;
    if (constraint.type === 'DefaultColumnConstraint' && !serial) fallback = attempt(`the default of ${relation.name}.${name}`, () => columnDefault(constraint.expr, type, context), say);
    if (constraint.type === 'GeneratedColumnConstraint') generated = attempt(`the expression of ${relation.name}.${name}`, () => expression(constraint.expr, relationScope(relation), context, type).sql, say);
    if (constraint.type === 'CollateColumnConstraint' && !['nocase', 'binary'].includes(lower(constraint.collationName.text))) say('manual', 'NO_TRANSLATION', `${relation.name}.${name}: PostgreSQL has no collation ${constraint.collationName.text}; compare trimmed values instead`);
    if ('conflictClause' in constraint && constraint.conflictClause !== undefined && constraint.conflictClause !== 'Abort') say('manual', 'CONFLICT_CLAUSE', conflictWords(relation.name, constraint.conflictClause));
  }
  if (generated !== null) say('note', 'GENERATED_STORED', `${relation.name}.${name} is stored here; its expression must be immutable, and Prisma does not see it on SQLite`);
  return { name, type, notNull, default: fallback, serial, generated };
}

function conflictWords(table: string, clause: string): string {
  return `${table}: ON CONFLICT ${clause.toUpperCase()} of a constraint changes what every INSERT does, and PostgreSQL has it in INSERT only: write INSERT ... ON CONFLICT in the application`;
}

/** What has no translation is left out here and said; the rest of the table stands. */
function attempt<T>(what: string, work: () => T, say: Say): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    say('manual', error.code, `${what}: ${error.message}`);
    return null;
  }
}

function checksOf(raw: RawTable, relation: Relation, context: Context, say: Say): readonly Check[] {
  const found: Check[] = [];
  const add = (name: string | null, columns: readonly string[], expr: Expr) => {
    const sql = attempt(`a check of ${raw.name}`, () => condition(expr, relationScope(relation), context), say);
    if (sql === null) return;
    const base = name ?? checkName(raw.name, columns);
    let free = base;
    for (let n = 1; found.some((one) => one.name === free); n++) free = `${base}${n}`;
    found.push({ name: free, sql });
  };
  for (const column of raw.columns) for (const { name, constraint } of column.constraints) if (constraint.type === 'CheckColumnConstraint') add(name, [column.name], constraint.expr);
  for (const { name, constraint } of raw.constraints) if (constraint.type === 'CheckTableConstraint') add(name?.text ?? null, [], constraint.expr);
  return found;
}

function uniquesOf(raw: RawTable, nocase: readonly string[], say: Say): readonly Index[] {
  const inline = raw.columns.filter(({ constraints }) => constraints.some(({ constraint }) => constraint.type === 'UniqueColumnConstraint')).map(({ name }) => [{ name, nocase: nocase.includes(name) }]);
  const listed = raw.constraints.flatMap(({ constraint }) => {
    if (constraint.type !== 'UniqueTableConstraint') return [];
    if (constraint.conflictClause !== undefined && constraint.conflictClause !== 'Abort') say('manual', 'CONFLICT_CLAUSE', conflictWords(raw.name, constraint.conflictClause));
    return [constraint.columns.map((part) => {
      const name = spelled(raw, partName(part) ?? '');
      return { name, nocase: nocase.includes(name) || (part.expr.type === 'CollateExpr' && lower(part.expr.collation) === 'nocase') };
    })];
  });
  const key = rawPrimaryKey(raw)?.columns.join('\0');
  const said = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => name).join('\0');
  const sets = new Map([...inline, ...listed].filter((columns) => said(columns) !== key).map((columns) => [said(columns), columns]));
  return [...sets.values()].map((columns) => {
    const names = columns.map(({ name }) => name);
    const parts = columns.map((column) => plainPart(column.name, column.nocase ? [column.name] : []));
    return { name: isJoinTable(raw.name, names) ? joinUniqueName(raw.name) : uniqueName(raw.name, names), table: raw.name, unique: true, parts, where: null };
  });
}

export function plainPart(column: string, nocase: readonly string[]): { readonly column: string | null; readonly sql: string } {
  const quoted = quoteName(column);
  return nocase.includes(column) ? { column: null, sql: `lower(${quoted})` } : { column, sql: quoted };
}

function referencesOf(raw: RawTable): readonly Reference[] {
  const ofColumn = ({ name, constraints }: RawTable['columns'][number]) =>
    constraints.flatMap(({ constraint }, at) => (constraint.type === 'ForeignKeyColumnConstraint' ? [reference([name], constraint.clause, deferred(constraint.deferClause ?? clauseAt(constraints[at + 1]?.constraint)))] : []));
  const ofTable = ({ constraint }: NamedTableConstraint) => (constraint.type === 'ForeignKeyTableConstraint' ? [reference(constraint.columns.map(({ colName }) => spelled(raw, colName.text)), constraint.clause, deferred(constraint.deferClause))] : []);
  return [...raw.columns.flatMap(ofColumn), ...raw.constraints.flatMap(ofTable)];
}

function clauseAt(constraint: ColumnConstraint | undefined): { readonly deferrable: boolean; readonly initDeferred: string | undefined } | undefined {
  return constraint?.type === 'DeferColumnConstraint' ? constraint.clause : undefined;
}

function deferred(clause: { readonly deferrable: boolean; readonly initDeferred: string | undefined } | undefined): boolean {
  return clause?.deferrable === true && clause.initDeferred === 'InitiallyDeferred';
}

const ACTIONS = { SetNull: 'SET NULL', SetDefault: 'SET DEFAULT', Cascade: 'CASCADE', Restrict: 'RESTRICT', NoAction: 'NO ACTION' } as const;

function reference(columns: readonly string[], { tblName, columns: targets, args }: ForeignKeyClause, isDeferred: boolean): Reference {
  const action = (type: RefArg['type']) => {
    const arg = args.findLast((one) => one.type === type);
    return arg === undefined || arg.type === 'MatchRefArg' ? 'NO ACTION' : ACTIONS[arg.action];
  };
  return { columns, target: tblName.text, targetColumns: targets?.map(({ colName }) => colName.text) ?? [], onDelete: action('OnDeleteRefArg'), onUpdate: action('OnUpdateRefArg'), deferred: isDeferred };
}
