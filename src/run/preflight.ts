// What the live rows and the role allow, asked before anything is planned for good. Counts only: no row leaves the database,
// and a question that cannot be answered is a gap with its reason, never a zero.

import { ofKind, type Catalog } from '../catalog/catalog.ts';
import type { RunScript } from '../database/session.ts';
import { messageOf } from '../database/refusals.ts';
import type { Comparison } from '../diff/compare.ts';
import { needKey, type Fact, type Facts, type Need } from '../plan/types.ts';
import { quoteName, quoteText } from '../sql/quote.ts';

/** Counting stops here: more decides no better. */
const MOST = 1_000_000;
const SAMPLE = 3;
const SECONDS = 30;

export async function answerNeeds(run: RunScript, needs: readonly Need[], comparison: Comparison, filled: ReadonlySet<string>): Promise<Facts> {
  const live = liveNames(comparison);
  const facts = new Map<string, Fact>();
  for (const need of needs) facts.set(needKey(need), await answer(run, need, live, filled));
  return facts;
}

interface LiveNames {
  /** Present name of a table or column, `null` when it is not there yet. */
  readonly table: (schema: string, table: string) => string | null;
  readonly column: (schema: string, table: string, column: string) => string | null;
  readonly key: (schema: string, table: string) => readonly string[];
}

/** Plans speak of names as they will be; rows are found under those they have now. */
function liveNames({ live, renames }: Comparison): LiveNames {
  const old = new Map(renames.map(({ kind, schema, table, from, to }) => [kind === 'table' ? `table ${schema} ${to}` : `${kind} ${schema} ${table} ${to}`, from]));
  const tableName = (schema: string, table: string) => old.get(`table ${schema} ${table}`) ?? table;
  const [tables, columns, keys] = present(live);
  return {
    table: (schema, table) => (tables.has(`${schema}\0${tableName(schema, table)}`) ? tableName(schema, table) : null),
    column: (schema, table, column) => {
      const name = old.get(`column ${schema} ${table} ${column}`) ?? column;
      return columns.has(`${schema}\0${tableName(schema, table)}\0${name}`) ? name : null;
    },
    key: (schema, table) => keys.get(`${schema}\0${tableName(schema, table)}`) ?? [],
  };
}

function present(live: Catalog): readonly [ReadonlySet<string>, ReadonlySet<string>, ReadonlyMap<string, readonly string[]>] {
  return [
    new Set([...ofKind(live, 'table')].map(({ ref }) => `${ref.schema}\0${ref.name}`)),
    new Set([...ofKind(live, 'column')].map(({ ref }) => `${ref.schema}\0${ref.table}\0${ref.name}`)),
    new Map([...ofKind(live, 'primaryKey')].map(({ ref, def }) => [`${ref.schema}\0${ref.table}`, def.columns])),
  ];
}

const NONE: Fact = { count: 0, sample: [] };

async function answer(run: RunScript, need: Need, live: LiveNames, filled: ReadonlySet<string>): Promise<Fact> {
  const table = live.table(need.schema, need.table);
  if (table === null) return NONE;
  const relation = `${quoteName(need.schema)}.${quoteName(table)}`;
  const sample = sampleOf(live.key(need.schema, need.table));
  if (need.ask === 'bytes' || need.ask === 'rows') {
    return await ask(run, need.ask === 'rows' ? counted(`SELECT ${sample} AS sample FROM ${relation} t`) : `SELECT pg_catalog.pg_relation_size(${quoteText(relation)}::pg_catalog.regclass)::float8, NULL`);
  }
  const columns = need.columns.map((column) => live.column(need.schema, need.table, column));
  const absent = need.columns.filter((_, at) => columns[at] === null);
  const given = absent.find((column) => filled.has(`${need.schema}\0${need.table}\0${column}`));
  if (given !== undefined) return { unknown: `it depends on what the new column ${given} gets` };
  if (absent.length > 0) return NONE;
  const names = columns.filter((column) => column !== null).map((column) => `t.${quoteName(column)}`);
  switch (need.ask) {
    case 'dependents':
      return await ask(run, dependents(relation, columns[0] ?? ''));
    case 'nulls':
      return await ask(run, counted(`SELECT ${sample} AS sample FROM ${relation} t WHERE ${names.map((name) => `${name} IS NULL`).join(' OR ')}`));
    case 'duplicates':
      return await ask(run, counted(duplicates(need, relation, names, sample)));
    case 'orphans':
      return await ask(run, counted(orphans(need, relation, names, sample, live)));
  }
}

function duplicates(need: Extract<Need, { ask: 'duplicates' }>, relation: string, names: readonly string[], sample: string): string {
  const conditions = [...(need.nullsEqual ? [] : names.map((name) => `${name} IS NOT NULL`)), ...(need.predicate === null ? [] : [`(${need.predicate})`])];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT pg_catalog.left(pg_catalog.string_agg(${sample}, ' and '), 120) AS sample FROM ${relation} t${where} GROUP BY ${names.join(', ')} HAVING pg_catalog.count(*) > 1`;
}

function orphans(need: Extract<Need, { ask: 'orphans' }>, relation: string, names: readonly string[], sample: string, live: LiveNames): string {
  const target = live.table(need.targetSchema, need.targetTable);
  const from = `SELECT ${sample} AS sample FROM ${relation} t WHERE ${names.map((name) => `${name} IS NOT NULL`).join(' AND ')}`;
  // A target that is still to be created has no rows for anything to point to.
  if (target === null) return from;
  const pairs = need.targetColumns.map((column, at) => `p.${quoteName(live.column(need.targetSchema, need.targetTable, column) ?? column)} = ${names[at]}`);
  return `${from} AND NOT EXISTS (SELECT FROM ${quoteName(need.targetSchema)}.${quoteName(target)} p WHERE ${pairs.join(' AND ')})`;
}

/** Keys of rows, never other values: `id 1`. */
function sampleOf(key: readonly string[]): string {
  if (key.length === 0) return `pg_catalog.concat('row ', t.ctid)`;
  return `pg_catalog.concat_ws(', ', ${key.map((column) => `pg_catalog.concat(${quoteText(`${column} `)}, t.${quoteName(column)})`).join(', ')})`;
}

function counted(rows: string): string {
  return `WITH found AS MATERIALIZED (${rows} LIMIT ${MOST}) SELECT pg_catalog.count(*)::float8, (SELECT pg_catalog.array_agg(f.sample) FROM (SELECT sample FROM found LIMIT ${SAMPLE}) f) FROM found`;
}

/** Views, policies, triggers and generated columns that name the column: PostgreSQL will not change its type under them. */
function dependents(relation: string, column: string): string {
  return `WITH found AS (SELECT DISTINCT pg_catalog.pg_describe_object(CASE WHEN d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass THEN 'pg_catalog.pg_class'::pg_catalog.regclass ELSE d.classid END,
      coalesce((SELECT r.ev_class FROM pg_catalog.pg_rewrite r WHERE r.oid = d.objid AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass), d.objid), 0) AS sample
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = ${quoteText(relation)}::pg_catalog.regclass AND a.attname = ${quoteText(column)}
      AND d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass))
    SELECT pg_catalog.count(*)::float8, pg_catalog.array_agg(sample) FROM found`;
}

/** row_security off: a policy that would hide rows from the count is an error instead. */
async function ask(run: RunScript, sql: string): Promise<Fact> {
  try {
    const results = await run(`BEGIN READ ONLY; SET LOCAL row_security = off; SET LOCAL lock_timeout = '800ms'; SET LOCAL statement_timeout = '${SECONDS}s'; ${sql}; COMMIT`);
    const [count, sample] = results.at(-2)?.[0] ?? [];
    return { count: Number(count), sample: Array.isArray(sample) ? sample.map(String) : [] };
  } catch (error) {
    await run('ROLLBACK').catch(() => undefined);
    return { unknown: `not known: ${messageOf(error)}` };
  }
}
