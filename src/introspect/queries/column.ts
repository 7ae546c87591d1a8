import type { Column } from '../../catalog/kinds.ts';
import { nextvalOf } from '../../catalog/sequences.ts';
import { readType, type TypeOrigin } from '../../catalog/types.ts';
import { int, optional, text, type Query } from '../query.ts';

const ORIGINS: Readonly<Record<string, TypeOrigin>> = { b: 'builtin', e: 'extension', u: 'user' };
const IDENTITIES: Readonly<Record<string, Column['identity']>> = { a: 'ALWAYS', d: 'BY DEFAULT' };

/**
 * pg_get_expr is called without a relation where an expression cannot name columns: with one it opens the table and waits
 * behind a running ALTER TABLE.
 */
export const column: Query = {
  sql: ({ inScope }) => `SELECT a.attrelid::int8::text, a.attnum::int4, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
      CASE WHEN e.typnamespace = 11 THEN 'b' WHEN x.objid IS NOT NULL THEN 'e' ELSE 'u' END, a.attnotnull, a.attidentity::text, a.attgenerated::text,
      d.oid IS NOT NULL,
      CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0) ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
      CASE WHEN a.attcollation <> t.typcollation THEN (SELECT l.collname::text FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation) END
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
    LEFT JOIN pg_catalog.pg_depend x ON e.typnamespace <> 11 AND x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND x.objid = e.oid AND x.deptype = 'e'
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${inScope('c.relnamespace')} AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum`,
  *read(rows, { home, tables, columns }) {
    const types = new Map<string, string>();
    for (const [oid, number, name, type, origin, notNull, identity, generated, hasExpression, expression, collation] of rows) {
      const table = tables.get(Number(oid));
      if (table === undefined) continue;
      columns.set(`${text(oid)} ${int(number)}`, text(name));
      const typeKey = `${text(origin)} ${text(type)}`;
      const known = types.get(typeKey) ?? readType(text(type), ORIGINS[text(origin)] ?? 'user', home);
      types.set(typeKey, known);
      const filled = hasExpression === true ? text(expression) : null;
      const sequence = filled === null || generated !== '' ? null : nextval(filled, home);
      const def: Column = {
        type: known,
        notNull: notNull === true,
        default: generated === '' && sequence === null ? filled : null,
        autoincrement: sequence !== null || identity !== '',
        identity: IDENTITIES[text(identity)] ?? null,
        sequence,
        generated: generated === '' ? null : filled,
        collation: optional(collation),
      };
      yield { kind: 'column', ref: { kind: 'column', schema: table.schema, table: table.name, name: text(name) }, def };
    }
  },
};

function nextval(expression: string, home: string): Column['sequence'] {
  return expression.startsWith('nextval(') ? nextvalOf(expression, home) : null;
}
