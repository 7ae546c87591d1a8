import { notOfExtension, text, texts, type Query } from '../query.ts';

export const enumeration: Query = {
  sql: ({ inScope }) => `SELECT n.nspname::text, t.typname::text,
      (SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND ${inScope('t.typnamespace')} AND ${notOfExtension('pg_type', 't.oid')} ORDER BY n.nspname, t.typname`,
  *read(rows) {
    for (const [schema, name, labels] of rows) {
      yield { kind: 'enum', ref: { kind: 'enum', schema: text(schema), name: text(name) }, def: { labels: labels === null ? [] : texts(labels) } };
    }
  },
};
