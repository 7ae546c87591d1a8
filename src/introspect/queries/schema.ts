import { text, type Query } from '../query.ts';

export const schema: Query = {
  sql: ({ inScope }) => `SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE ${inScope('n.oid')} ORDER BY n.nspname`,
  *read(rows) {
    for (const [name] of rows) yield { kind: 'schema', ref: { kind: 'schema', name: text(name) }, def: {} };
  },
};
