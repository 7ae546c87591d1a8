import { text, type Query } from '../query.ts';

/** plpgsql is part of every database. */
export const extension: Query = {
  sql: () => `SELECT e.extname::text, n.nspname::text, e.extversion FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY e.extname`,
  *read(rows) {
    for (const [name, schema, version] of rows) {
      yield { kind: 'extension', ref: { kind: 'extension', name: text(name) }, def: { schema: text(schema), version: text(version) } };
    }
  },
};
