import type { IndexKey } from '../../catalog/kinds.ts';
import { int, numbers, optional, text, texts, type Query } from '../query.ts';

/**
 * Bits of pg_index.indoption. Structural columns are read instead of pg_get_indexdef, which is slower and opens the table;
 * only expressions and predicates need printing.
 */
const DESCENDING = 1;
const NULLS_FIRST = 2;

export const index: Query = {
  sql: ({ version, inScope }) => `SELECT i.indrelid::int8::text, c.relname::text, i.indisunique, m.amname::text, i.indkey::text, i.indoption::text,
      i.indnkeyatts::int4, k.oid IS NOT NULL, NOT i.indimmediate, i.indisvalid AND i.indisready, ${version >= 150000 ? 'i.indnullsnotdistinct' : 'false'},
      ARRAY(SELECT CASE WHEN o.opcdefault THEN '*' ELSE '' END || o.opcname::text FROM pg_catalog.unnest(i.indclass) WITH ORDINALITY u(oid, n)
        JOIN pg_catalog.pg_opclass o ON o.oid = u.oid ORDER BY u.n),
      CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, n, false) FROM pg_catalog.generate_series(1, i.indnkeyatts::int4) n) END,
      i.indpred IS NOT NULL, pg_catalog.pg_get_expr(i.indpred, i.indrelid),
      ARRAY(SELECT coalesce(l.collname::text, '') FROM pg_catalog.unnest(i.indcollation) WITH ORDINALITY u(oid, n)
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[u.n - 1]
        LEFT JOIN pg_catalog.pg_collation l ON l.oid = u.oid AND l.oid <> coalesce(a.attcollation, 100) ORDER BY u.n)
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = c.relam
    LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('u', 'x')
    WHERE NOT i.indisprimary AND NOT i.indisexclusion AND ${inScope('c.relnamespace')} ORDER BY i.indrelid, c.relname`,
  *read(rows, { tables, columns }) {
    for (const row of rows) {
      const [oid, name, unique, method, key, options, keyCount, constraint, deferrable, valid, nullsNotDistinct, opclasses, printed, partial, predicate, collations] = row;
      const table = tables.get(Number(oid));
      if (table === undefined) continue;
      const attributes = numbers(key);
      const option = numbers(options);
      const names = attributes.map((number) => columns.get(`${text(oid)} ${number}`));
      const keys = attributes.slice(0, int(keyCount)).map((number, at): IndexKey => {
        const opclass = text(texts(opclasses)[at]);
        return {
          ...(number === 0 ? { expression: text(texts(printed)[at]) } : { column: text(names[at]) }),
          opclass: opclass.replace('*', ''),
          opclassIsDefault: opclass.startsWith('*'),
          descending: ((option[at] ?? 0) & DESCENDING) !== 0,
          nullsFirst: ((option[at] ?? 0) & NULLS_FIRST) !== 0,
          collation: optional(texts(collations)[at] || null),
        };
      });
      const def = {
        unique: unique === true,
        constraint: constraint === true,
        method: text(method),
        keys,
        include: names.slice(int(keyCount)).map(text),
        predicate: partial === true ? text(predicate) : null,
        nullsNotDistinct: nullsNotDistinct === true,
        deferrable: deferrable === true,
        valid: valid === true,
      };
      yield { kind: 'index', ref: { kind: 'index', schema: table.schema, table: table.name, name: text(name) }, def };
    }
  },
};
