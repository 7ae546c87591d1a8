// Functions over rows: aggregates and windows.

import { quoteName } from '../../sql/quote.ts';
import { refuse, type Env } from './env.ts';
import { strict } from './coerce.ts';
import { part } from './json.ts';
import { literalOf } from './literals.ts';
import { numberTerm, textTerm, whole } from './operators.ts';
import { sorted } from './sorting.ts';
import { atom, BIGINT, colon, DOUBLE, INTEGER, isNumber, JSONB, NUMERIC, TEXT, type Term } from './terms.ts';
import type { Expr, FrameBound, FrameClause, FunctionTail, Window } from '../ast.ts';
import type { PgType } from '../types.ts';

type Call = Extract<Expr, { type: 'FunctionCallExpr' }>;

const OVER_ROWS = new Set(['count', 'sum', 'total', 'avg', 'group_concat', 'string_agg', 'json_group_array', 'json_group_object', 'jsonb_group_array', 'jsonb_group_object']);
const WINDOWS: Readonly<Record<string, PgType | 'argument'>> = {
  row_number: BIGINT, rank: BIGINT, dense_rank: BIGINT, ntile: INTEGER, percent_rank: DOUBLE, cume_dist: DOUBLE, lag: 'argument', lead: 'argument', first_value: 'argument', last_value: 'argument', nth_value: 'argument',
};

/** min() and max() of several values are functions of one row. */
export function isAggregate(name: string, count: number, over: boolean): boolean {
  return OVER_ROWS.has(name) || ((name === 'min' || name === 'max') && count === 1) || (over && name in WINDOWS);
}

export function countRows(node: Extract<Expr, { type: 'FunctionCallStarExpr' }>, env: Env): Term {
  if (node.name.name.toLowerCase() !== 'count') return refuse(node, `${node.name.name}(*): PostgreSQL knows count(*) alone`);
  return atom(`count(*)${tail(node.filterOver, env)}`, BIGINT);
}

export function aggregate(node: Call, name: string, env: Env): Term {
  const over = tail(node.filterOver, env);
  const distinct = node.distinctness === 'Distinct' ? 'DISTINCT ' : '';
  const call = (pg: string, args: readonly Term[], type: PgType | null): Term => atom(`${pg}(${distinct}${args.map(({ sql }) => sql).join(', ')}${order(node, args, env)})${over}`, type);
  const [first, second] = node.args ?? [];
  if (name in WINDOWS) return windowed(node, name, over, env);
  if (name === 'count') return first === undefined ? atom(`count(*)${over}`, BIGINT) : call('count', [env.via.term(first, env, null)], BIGINT);
  if (first === undefined) return refuse(node, `${name}() takes a value`);
  switch (name) {
    case 'sum': case 'avg': case 'total': return summed(name, numberTerm(first, env), call);
    case 'min': case 'max': return extreme(name, env.via.term(first, env, null), call);
    case 'group_concat': case 'string_agg': return call('string_agg', [textTerm(first, env), second === undefined ? atom("','", TEXT) : textTerm(second, env)], TEXT);
    case 'json_group_array': case 'jsonb_group_array': return orEmpty(call('jsonb_agg', [part(first, env)], JSONB), "'[]'");
    default: return orEmpty(call('jsonb_object_agg', [textTerm(first, env), part(second ?? first, env)], JSONB), "'{}'");
  }
}

type Caller = (pg: string, args: readonly Term[], type: PgType | null) => Term;

function summed(name: string, value: Term, call: Caller): Term {
  if (name === 'avg') return colon(call('avg', [value], DOUBLE), 'double precision', DOUBLE);
  if (name === 'total') return colon(atom(`COALESCE(${call('sum', [value], null).sql}, 0)`, null), 'double precision', DOUBLE);
  if (value.type?.family === 'bigint') return colon(call('sum', [value], null), 'bigint', BIGINT);
  return call('sum', [value], value.type?.family === 'integer' ? BIGINT : value.type ?? NUMERIC);
}

/** PostgreSQL has no least truth value. */
function extreme(name: string, value: Term, call: Caller): Term {
  if (value.type?.sql === 'tid') return atom(`(array_agg(${value.sql} ORDER BY ${value.sql}${name === 'max' ? ' DESC' : ''}))[1]`, value.type);
  if (value.type?.family === 'boolean') return call(name === 'max' ? 'bool_or' : 'bool_and', [value], value.type);
  return { ...call(name, [value.type?.family === 'json' || value.type?.family === 'uuid' ? strict(value, TEXT) : value], value.type?.family === 'json' ? TEXT : value.type), affinity: value.affinity === true };
}

function orEmpty(term: Term, empty: string): Term {
  return atom(`COALESCE(${term.sql}, ${empty}::jsonb)`, JSONB);
}

function order(node: Call, args: readonly Term[], env: Env): string {
  if (node.orderBy === undefined) return '';
  if (node.orderBy.type !== 'SortListFunctionCallOrder') return refuse(node, 'WITHIN GROUP: write the aggregate with ORDER BY');
  return ` ORDER BY ${node.orderBy.columns.map((column) => {
    const term = env.via.term(column.expr, env, null);
    if (node.distinctness === 'Distinct' && !args.some(({ sql }) => sql === term.sql)) refuse(column, 'an aggregate of DISTINCT values is ordered by another value: order it by what it takes');
    return sorted(column, term, true);
  }).join(', ')}`;
}

function windowed(node: Call, name: string, over: string, env: Env): Term {
  const args = node.args ?? [];
  const [value] = args;
  const kind = WINDOWS[name] ?? BIGINT;
  if (kind !== 'argument') return atom(`${name}(${args.map((arg) => small(arg, env).sql).join(', ')})${over}`, kind);
  const type = value === undefined ? null : env.via.probe(value, env).type;
  const terms = args.map((arg, index) => (index === 0 ? env.via.term(arg, env, null) : index === 2 ? env.via.term(arg, env, type) : small(arg, env)));
  return { ...atom(`${name}(${terms.map(({ sql }) => sql).join(', ')})${over}`, type), ...(isNumber(type) ? { affinity: false } : {}) };
}

function small(node: Expr, env: Env): Term {
  const term = whole(numberTerm(node, env));
  return literalOf(node, env) === null && term.type?.family === 'bigint' ? colon(term, 'integer', INTEGER) : term;
}

function tail(node: FunctionTail | undefined, env: Env): string {
  const filter = node?.filterClause === undefined ? '' : ` FILTER (WHERE ${env.via.condition(node.filterClause, env).sql})`;
  const over = node?.overClause;
  if (over === undefined) return filter;
  return `${filter} OVER ${over.type === 'NameOver' ? quoteName(over.name.text.toLowerCase()) : `(${windowSql(over.window, env)})`}`;
}

export function windowSql(node: Window, env: Env): string {
  const partition = node.partitionBy === undefined ? [] : [`PARTITION BY ${node.partitionBy.map((one) => env.via.term(one, env, null).sql).join(', ')}`];
  const ordered = node.orderBy === undefined ? [] : [`ORDER BY ${node.orderBy.map((column) => sorted(column, env.via.term(column.expr, env, null), true)).join(', ')}`];
  return [...(node.base === undefined ? [] : [quoteName(node.base.text.toLowerCase())]), ...partition, ...ordered, ...(node.frameClause === undefined ? [] : [frame(node.frameClause, env)])].join(' ');
}

function frame(node: FrameClause, env: Env): string {
  const range = node.end === undefined ? bound(node.start, env) : `BETWEEN ${bound(node.start, env)} AND ${bound(node.end, env)}`;
  const excluded = { NoOthers: 'NO OTHERS', CurrentRow: 'CURRENT ROW', Group: 'GROUP', Ties: 'TIES' } as const;
  return `${node.mode.toUpperCase()} ${range}${node.exclude === undefined ? '' : ` EXCLUDE ${excluded[node.exclude]}`}`;
}

function bound(node: FrameBound, env: Env): string {
  switch (node.type) {
    case 'CurrentRowFrameBound': return 'CURRENT ROW';
    case 'UnboundedPrecedingFrameBound': return 'UNBOUNDED PRECEDING';
    case 'UnboundedFollowingFrameBound': return 'UNBOUNDED FOLLOWING';
    case 'PrecedingFrameBound': return `${env.via.term(node.expr, env, null).sql} PRECEDING`;
    default: return `${env.via.term(node.expr, env, null).sql} FOLLOWING`;
  }
}
