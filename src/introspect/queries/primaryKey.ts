import { numbers, text, type Query } from '../query.ts';

export const primaryKey: Query = {
  sql: ({ inScope }) => `SELECT k.conrelid::int8::text, k.conname::text, pg_catalog.array_to_string(k.conkey, ' '), k.condeferrable
    FROM pg_catalog.pg_constraint k WHERE k.contype = 'p' AND ${inScope('k.connamespace')} ORDER BY k.conrelid`,
  *read(rows, { tables, columns }) {
    for (const [oid, name, key, deferrable] of rows) {
      const table = tables.get(Number(oid));
      if (table === undefined) continue;
      const def = { name: text(name), columns: numbers(key).map((number) => text(columns.get(`${text(oid)} ${number}`))), deferrable: deferrable === true };
      yield { kind: 'primaryKey', ref: { kind: 'primaryKey', schema: table.schema, table: table.name }, def };
    }
  },
};
