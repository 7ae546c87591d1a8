// Everything present that no other query models: named and counted, so that "no difference" is never read as "nothing else there".

import type { Unmodeled } from '../../catalog/catalog.ts';
import { notOfExtension, optional, text, type Row, type Scope } from '../query.ts';

interface Part {
  readonly kind: string;
  /** schema, table or NULL, name */
  readonly select: string;
}

function parts({ inScope, version }: Scope): readonly Part[] {
  const relation = (kind: string, condition: string): Part => ({
    kind,
    select: `SELECT n.nspname::text, NULL::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${condition} AND ${inScope('c.relnamespace')} AND ${notOfExtension('pg_class', 'c.oid')}`,
  });
  const type = (kind: string, condition: string): Part => ({
    kind,
    select: `SELECT n.nspname::text, NULL::text, t.typname::text FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE ${condition} AND ${inScope('t.typnamespace')} AND ${notOfExtension('pg_type', 't.oid')}`,
  });
  const routine = (kind: string, prokind: string): Part => ({
    kind,
    select: `SELECT n.nspname::text, NULL::text, p.proname::text || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' FROM pg_catalog.pg_proc p
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN (${prokind}) AND ${inScope('p.pronamespace')} AND ${notOfExtension('pg_proc', 'p.oid')}`,
  });
  const onTable = (kind: string, name: string, from: string, condition: string): Part => ({
    kind,
    select: `SELECT n.nspname::text, c.relname::text, ${name} FROM ${from} JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${condition} AND ${inScope('c.relnamespace')} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  });
  const constraint = (kind: string, contype: string) =>
    onTable(kind, 'k.conname::text', 'pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid', `k.contype = '${contype}' AND NOT c.relispartition`);
  const database = (kind: string, name: string, from: string, oid: string): Part => ({
    kind,
    select: `SELECT '', NULL::text, ${name}::text FROM pg_catalog.${from} o WHERE ${notOfExtension(from, oid)}`,
  });
  return [
    relation('view', "c.relkind = 'v'"),
    relation('materialized view', "c.relkind = 'm'"),
    relation('foreign table', "c.relkind = 'f'"),
    relation('partition', "c.relkind IN ('r', 'p') AND c.relispartition"),
    onTable('inheritance', 'c.relname::text', 'pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid', "c.relkind = 'r' AND NOT c.relispartition"),
    type('composite type', "t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')"),
    type('domain', "t.typtype = 'd'"),
    type('range type', "t.typtype = 'r'"),
    routine('function', "'f', 'w'"),
    routine('procedure', "'p'"),
    routine('aggregate', "'a'"),
    constraint('check constraint', 'c'),
    constraint('exclusion constraint', 'x'),
    onTable('trigger', 'g.tgname::text', 'pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid', `NOT g.tgisinternal${version >= 130000 ? ' AND g.tgparentid = 0' : ''}`),
    onTable('policy', 'p.polname::text', 'pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid', 'true'),
    onTable('row level security', 'c.relname::text', 'pg_catalog.pg_class c', 'c.relrowsecurity'),
    onTable('rule', 'r.rulename::text', 'pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class', "r.rulename <> '_RETURN'"),
    onTable('statistics', 's.stxname::text', 'pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid', 'true'),
    database('event trigger', 'o.evtname', 'pg_event_trigger', 'o.oid'),
    database('publication', 'o.pubname', 'pg_publication', 'o.oid'),
    database('foreign server', 'o.srvname', 'pg_foreign_server', 'o.oid'),
  ];
}

export function unmodeledSql(scope: Scope): string {
  return parts(scope)
    .map(({ kind, select }) => `SELECT '${kind}' AS kind, o.* FROM (${select}) o(schema, "table", name)`)
    .join('\nUNION ALL ') + '\nORDER BY 1, 2, 3, 4';
}

export function readUnmodeled(rows: readonly Row[]): readonly Unmodeled[] {
  return rows.map(([kind, schema, table, name]) => ({ kind: text(kind), schema: text(schema), table: optional(table), name: text(name) }));
}
