// Everything present that no other query models: named and counted, so that "no difference" is never read as "nothing else there".

import type { Unmodeled } from '../../catalog/catalog.ts';
import { notOfExtension, optional, text, type Row, type Scope } from '../query.ts';

/** kind, schema, table or NULL, name */
function parts({ inScope, version }: Scope): readonly string[] {
  const inSchema = (kind: string, name: string, from: string, namespace: string, condition: string) =>
    `SELECT ${kind}, n.nspname::text, NULL::text, ${name} FROM ${from} JOIN pg_catalog.pg_namespace n ON n.oid = ${namespace} WHERE ${inScope(namespace)} AND ${condition}`;
  const onTable = (kind: string, name: string, from: string, condition: string) =>
    `SELECT ${kind}, n.nspname::text, c.relname::text, ${name} FROM ${from} JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${condition} AND ${inScope('c.relnamespace')} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;
  const ofDatabase = (kind: string, name: string, from: string) => `SELECT '${kind}', '', NULL::text, ${name}::text FROM pg_catalog.${from} o WHERE ${notOfExtension(from, 'o.oid')}`;
  return [
    inSchema(named('c.relkind', { v: 'view', m: 'materialized view', f: 'foreign table' }, 'partition'), 'c.relname::text', 'pg_catalog.pg_class c', 'c.relnamespace',
      `(c.relkind IN ('v', 'm', 'f') OR c.relkind IN ('r', 'p') AND c.relispartition) AND ${notOfExtension('pg_class', 'c.oid')}`),
    inSchema(named('t.typtype', { c: 'composite type', d: 'domain', r: 'range type' }), 't.typname::text', 'pg_catalog.pg_type t', 't.typnamespace',
      `(t.typtype IN ('d', 'r') OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')) AND ${notOfExtension('pg_type', 't.oid')}`),
    inSchema(named('p.prokind', { p: 'procedure', a: 'aggregate' }, 'function'), "p.proname::text || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'", 'pg_catalog.pg_proc p', 'p.pronamespace',
      notOfExtension('pg_proc', 'p.oid')),
    onTable("'inheritance'", 'c.relname::text', 'pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid', "c.relkind = 'r' AND NOT c.relispartition"),
    onTable(named('k.contype', { c: 'check constraint', x: 'exclusion constraint' }), 'k.conname::text', 'pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid', "k.contype IN ('c', 'x') AND NOT c.relispartition"),
    onTable("'trigger'", 'g.tgname::text', 'pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid', `NOT g.tgisinternal${version >= 130000 ? ' AND g.tgparentid = 0' : ''}`),
    onTable("'policy'", 'p.polname::text', 'pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid', 'true'),
    onTable("'row level security'", 'c.relname::text', 'pg_catalog.pg_class c', 'c.relrowsecurity'),
    onTable("'rule'", 'r.rulename::text', 'pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class', "r.rulename <> '_RETURN'"),
    onTable("'statistics'", 's.stxname::text', 'pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid', 'true'),
    ofDatabase('event trigger', 'o.evtname', 'pg_event_trigger'),
    ofDatabase('publication', 'o.pubname', 'pg_publication'),
    ofDatabase('foreign server', 'o.srvname', 'pg_foreign_server'),
  ];
}

function named(column: string, names: Readonly<Record<string, string>>, otherwise = ''): string {
  return `CASE ${column} ${Object.entries(names).map(([code, name]) => `WHEN '${code}' THEN '${name}'`).join(' ')} ELSE '${otherwise}' END`;
}

export function unmodeledSql(scope: Scope): string {
  return `${parts(scope).join('\nUNION ALL ')}\nORDER BY 1, 2, 3, 4`;
}

export function readUnmodeled(rows: readonly Row[]): readonly Unmodeled[] {
  return rows.map(([kind, schema, table, name]) => ({ kind: text(kind), schema: text(schema), table: optional(table), name: text(name) }));
}
