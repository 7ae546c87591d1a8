import { int, text, type Query } from '../query.ts';

export const schema: Query = {
  sql: ({ inScope }) => `SELECT n.oid::int8::text, n.nspname::text FROM pg_catalog.pg_namespace n WHERE ${inScope('n.oid')} ORDER BY n.nspname`,
  *read(rows, { schemas }) {
    for (const [oid, name] of rows) {
      schemas.set(int(Number(oid)), text(name));
      yield { kind: 'schema', ref: { kind: 'schema', name: text(name) }, def: {} };
    }
  },
};
