import { notOfExtension, text, type Query } from '../query.ts';

/** Ordinary and partitioned tables, as Prisma sees them; a partition is part of its parent. */
export const table: Query = {
  sql: ({ inScope }) => `SELECT c.oid::int8::text, n.nspname::text, c.relname::text, c.relkind = 'p', c.relpersistence = 'u'
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${inScope('c.relnamespace')} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY n.nspname, c.relname`,
  *read(rows, { tables }) {
    for (const [oid, schema, name, partitioned, unlogged] of rows) {
      if (name === '_prisma_migrations') continue;
      tables.set(Number(oid), { schema: text(schema), name: text(name) });
      const def = { partitioned: partitioned === true, unlogged: unlogged === true };
      yield { kind: 'table', ref: { kind: 'table', schema: text(schema), name: text(name) }, def };
    }
  },
};
