// Columns from one form into another: first what is computed from the old values, in one UPDATE that sees all of them, then the forms.

import { quoteName } from '../sql/quote.ts';
import type { Expr } from './ast.ts';
import type { Alteration } from './alter.ts';
import { converted, needsUsing } from './expression/coerce.ts';
import { columnSql } from './ddl.ts';
import { columnDefault, expression } from './expression/expression.ts';
import type { Origin } from './fold.ts';
import type { Scope } from './expression/scope.ts';
import { lower } from './state.ts';
import { Untranslatable, type Column, type Family, type PgType } from './types.ts';

export interface ColumnWork {
  readonly column: Column;
  /** `null`: it is new. */
  readonly old: Column | null;
  readonly origin: Origin;
}

export interface Clauses {
  /** Statements over the rows. */
  readonly rows: readonly string[];
  /** Clauses of one ALTER TABLE. */
  readonly alter: readonly string[];
}

/** `scope`: the old table with the columns renamed already. */
export function columnClauses(work: readonly ColumnWork[], gone: readonly Column[], change: Alteration, scope: Scope): Clauses {
  const table = quoteName(change.after.name);
  // What is computed comes when its sources have their new types.
  const late = work.filter(({ column, old }) => old === null && column.generated !== null && change.before.columns.some(({ name }) => name === column.name));
  const computed = work.filter(({ old, origin }) => old === null && origin.kind === 'value');
  const sets: string[] = [];
  const backfills: string[] = [];
  const using = new Map<string, string>();
  for (const one of work) {
    const { column, old, origin } = one;
    const name = quoteName(column.name);
    if (origin.kind === 'lost' && !change.emptied && old !== null && column.generated === null) {
      change.say('VALUES_LOST', `${change.after.name}.${column.name} is not copied: SQLite loses its values, and so does this`);
      if (retypes(one)) using.set(column.name, column.default ?? 'NULL');
      else sets.push(`${name} = ${column.default ?? 'NULL'}`);
    }
    if (origin.kind !== 'value' || column.generated !== null) continue;
    const fallback = old !== null && !retypes(one) ? fallbackOf(origin.expr, old.name) : null;
    if (fallback !== null) backfills.push(`UPDATE ${table} SET ${name} = ${ownDefault(fallback, change, column) ?? expression(fallback, scope, change.context, column.type).sql} WHERE ${name} IS NULL`);
    else if (old !== null && retypes(one)) {
      using.set(column.name, retyped(origin.expr, old, scope, change, column));
      if (fallbackOf(origin.expr, old.name) !== null) sayCast(old, column, change);
    }
    else sets.push(`${name} = ${expression(origin.expr, scope, change.context, column.type).sql}`);
  }
  // All row expressions see the old values: a USING beside an UPDATE would see some new ones.
  if (sets.length > 0 && [...using.keys()].some((name) => work.some(({ column, origin }) => column.name === name && origin.kind === 'value'))) throw new Untranslatable('one column is computed and another converted from computed values', 0);
  const eased = work.filter(({ column, old }) => old?.notNull === true && !column.notNull && sets.some((set) => set.startsWith(`${quoteName(column.name)} = `)));
  const added = computed.map(({ column }) => `ADD COLUMN     ${columnSql(column.generated === null ? { ...column, notNull: false, default: null } : column)}`);
  return {
    rows: [...(added.length === 0 ? [] : [`ALTER TABLE ${table} ${added.join(',\n')}`]), ...eased.map(({ column }) => `ALTER TABLE ${table} ALTER COLUMN ${quoteName(column.name)} DROP NOT NULL`), ...(sets.length === 0 ? [] : [`UPDATE ${table} SET ${sets.join(', ')}`]), ...backfills],
    alter: [
      ...gone.toSorted((a, b) => Number(b.generated !== null) - Number(a.generated !== null)).map(({ name }) => `DROP COLUMN ${quoteName(name)}`),
      ...work.filter((one) => one.old === null && !computed.includes(one) && !late.includes(one)).map(({ column }) => `ADD COLUMN     ${columnSql(column)}`),
      ...computed.filter(({ column }) => column.generated === null).flatMap(({ column }) => formClauses({ ...column, notNull: false, default: null, serial: false }, column, change, undefined)),
      ...work.flatMap(({ column, old }) => (old === null ? [] : formClauses(eased.some((one) => one.column === column) ? { ...old, notNull: false } : old, column, change, using.get(column.name)))),
      ...late.map(({ column }) => `ADD COLUMN     ${columnSql(column)}`),
    ],
  };
}

const retypes = ({ column, old }: ColumnWork) => old !== null && old.type.sql !== column.type.sql;

/** `coalesce("c", d)`, as Prisma writes it for a column that becomes required: d. */
function fallbackOf(expr: Expr, column: string): Expr | null {
  if (expr.type !== 'FunctionCallExpr' || !['coalesce', 'ifnull'].includes(lower(expr.name.name)) || expr.args?.length !== 2) return null;
  const [first, second] = expr.args;
  const name = first?.type === 'Id' ? first.name : first?.type === 'QualifiedExpr' ? first.column.text : null;
  return name !== null && lower(name) === lower(column) ? (second ?? null) : null;
}

/** The column's own default, where the copy says it again: Prisma writes bytes there as a text of hexadecimal digits. */
function ownDefault(expr: Expr, { context }: Alteration, column: Column): string | null {
  return column.default !== null && columnDefault(expr, column.type, context) === column.default ? column.default : null;
}

function retyped(expr: Expr, old: Column, scope: Scope, change: Alteration, column: Column): string {
  const fallback = fallbackOf(expr, old.name);
  const value = fallback === null ? null : ownDefault(fallback, change, column);
  if (value !== null) return `COALESCE(${converted({ sql: quoteName(column.name), type: old.type }, column.type)}, ${value})`;
  if (hasQuery(expr)) throw new Untranslatable(`USING cannot hold a query`, expr.span.offset);
  return expression(expr, scope, change.context, column.type).sql;
}

function hasQuery(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return (node as { readonly type?: string }).type === 'Select' || Object.entries(node).some(([key, value]) => key !== 'span' && hasQuery(value));
}

/** Conversions every value comes through. */
const TOTAL: Readonly<Partial<Record<Family, readonly Family[]>>> = {
  integer: ['bigint', 'float', 'decimal', 'boolean', 'datetime'], bigint: ['float', 'decimal', 'boolean'], boolean: ['integer', 'bigint', 'float', 'decimal'], datetime: ['bigint', 'float', 'decimal', 'date', 'time'], decimal: ['float', 'boolean'], float: ['boolean'], uuid: ['text'], enum: ['text'], json: ['text'],
};

function sayCast(old: Column, column: Column, { after, say }: Alteration): void {
  if (mayRefuse(old.type, column.type)) say('CAST_FAILS_LOUDLY', `${after.name}.${column.name} becomes ${column.type.sql}: SQLite keeps a value that is none, PostgreSQL refuses it`);
}

function mayRefuse(from: PgType, to: PgType): boolean {
  return to.family !== 'text' && from.family !== to.family && TOTAL[from.family]?.includes(to.family) !== true;
}

/** In the order PostgreSQL needs: a default of the old type must go before the type changes. */
function formClauses(old: Column, column: Column, change: Alteration, using: string | undefined): readonly string[] {
  const head = `ALTER COLUMN ${quoteName(column.name)}`;
  const retype = old.type.sql !== column.type.sql;
  const fills = old.serial && column.serial;
  const clauses: string[] = [];
  const hadDefault = old.default !== null || (old.serial && !column.serial);
  const newDefault = column.serial ? null : column.default;
  if (hadDefault && (retype || newDefault === null) && !fills) clauses.push(`${head} DROP DEFAULT`);
  if (old.notNull && !column.notNull) clauses.push(`${head} DROP NOT NULL`);
  if (retype) {
    const cast = using ?? (needsUsing(old.type, column.type) ? converted({ sql: quoteName(column.name), type: old.type }, column.type) : null);
    clauses.push(`${head} SET DATA TYPE ${column.type.sql}${cast === null ? '' : ` USING (${cast})`}`);
    if (using === undefined) sayCast(old, column, change);
  }
  if (newDefault !== null && (retype || newDefault !== old.default)) clauses.push(`${head} SET DEFAULT ${newDefault}`);
  if (!old.notNull && column.notNull) clauses.push(`${head} SET NOT NULL`);
  return clauses;
}

