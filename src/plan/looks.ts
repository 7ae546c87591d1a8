// How a running script asks the catalog about a promise: for each aspect one scalar query that gives a short text, or NULL when
// the object is not there. `p` is the promise, `r` the relation it names, `home` the schema unqualified names go to.
// Functions are qualified because search_path holds the user's schema, where anybody may have put one of the same name.
// pg_get_expr gets no relation for defaults: with one it would open the table and wait for its lock.

import type { Aspect } from './types.ts';

const attribute = 'pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attname = p.name::name AND a.attnum > 0 AND NOT a.attisdropped';
const expression = '(SELECT pg_catalog.pg_get_expr(d.adbin, 0) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)';
const columns = (relation: string, numbers: string) =>
  `(SELECT pg_catalog.json_agg(a.attname ORDER BY n) FROM pg_catalog.generate_subscripts(${numbers}, 1) n JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = (${numbers})[n])`;

const INDEX_KEYS = `(SELECT pg_catalog.string_agg(pg_catalog.concat(
        CASE WHEN i.indkey[n] = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, n + 1, false) ELSE pg_catalog.to_json(a.attname)::text END,
        CASE WHEN NOT o.opcdefault THEN ' ' || o.opcname::text END,
        CASE WHEN i.indoption[n] & 1 = 1 THEN ' desc' END,
        CASE i.indoption[n] & 3 WHEN 1 THEN ' nulls last' WHEN 2 THEN ' nulls first' END), ', ' ORDER BY n)
      FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) n
      JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[n]
      LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n])`;

export const LOOKS: Readonly<Record<Aspect, string>> = {
  schema: `(SELECT 'schema' FROM pg_catalog.pg_namespace n WHERE n.nspname = p.name::name)`,
  extension: `(SELECT 'extension' FROM pg_catalog.pg_extension e WHERE e.extname = p.name::name)`,
  enum: `(SELECT CASE t.typtype WHEN 'e' THEN 'enum' ELSE 'another type' END FROM pg_catalog.pg_type t WHERE t.typname = p.name::name AND t.typnamespace = s.oid)`,
  value: `(SELECT 'value' FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid
      WHERE t.typname = p."table"::name AND t.typnamespace = s.oid AND e.enumlabel = p.name::name)`,
  sequence: `(SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'another object' END FROM pg_catalog.pg_class c WHERE c.relname = p.name::name AND c.relnamespace = s.oid)`,
  table: `(SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'another object' END
      FROM pg_catalog.pg_class c WHERE c.oid = r.oid)`,
  column: `(SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM ${attribute})`,
  nullability: `(SELECT CASE WHEN a.attnotnull THEN 'NOT NULL' ELSE 'NULL' END FROM ${attribute})`,
  default: `(SELECT CASE WHEN a.attgenerated <> '' THEN 'generated' ELSE coalesce(${expression}, 'none') END FROM ${attribute})`,
  counter: `(SELECT CASE WHEN a.attidentity <> '' OR ${expression} LIKE 'nextval(%' THEN 'counter' ELSE coalesce(${expression}, 'none') END FROM ${attribute})`,
  'primary key': `(SELECT ${columns('k.conrelid', 'k.conkey')}::text FROM pg_catalog.pg_constraint k WHERE k.conrelid = r.oid AND k.contype = 'p')`,
  constraint: `(SELECT 'constraint' FROM pg_catalog.pg_constraint k WHERE k.conrelid = r.oid AND k.conname = p.name::name)`,
  index: `(SELECT CASE WHEN i.indrelid IS DISTINCT FROM r.oid THEN 'another object' ELSE pg_catalog.concat(
      CASE WHEN NOT (i.indisvalid AND i.indisready) THEN 'invalid ' END, CASE WHEN i.indisunique THEN 'unique ' END, m.amname, ' (', ${INDEX_KEYS}, ')',
      CASE WHEN i.indpred IS NOT NULL THEN ' where ' || pg_catalog.pg_get_expr(i.indpred, i.indrelid) END) END
      FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
      WHERE c.relname = p.name::name AND c.relnamespace = s.oid)`,
  'foreign key': `(SELECT CASE WHEN k.contype <> 'f' THEN 'another constraint' ELSE pg_catalog.concat(${columns('k.conrelid', 'k.conkey')}, ' to ',
      CASE WHEN f.relnamespace <> h.oid THEN pg_catalog.to_json(f.relnamespace::pg_catalog.regnamespace::text)::text || '.' END, pg_catalog.to_json(f.relname), ' ',
      ${columns('k.confrelid', 'k.confkey')}, ' on delete ', k.confdeltype, ' on update ', k.confupdtype, CASE WHEN NOT k.convalidated THEN ' not valid' END) END
      FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid WHERE k.conrelid = r.oid AND k.conname = p.name::name)`,
};
