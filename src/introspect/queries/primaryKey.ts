import { columnNamed, int, numbers, text, type Query } from '../query.ts';

export const primaryKey: Query = {
  sql: ({ inScope }) => `SELECT k.conrelid, k.conname, pg_catalog.array_to_string(k.conkey, ' '), k.condeferrable
    FROM pg_catalog.pg_constraint k WHERE k.contype = 'p' AND ${inScope('k.connamespace')} ORDER BY k.conrelid`,
  *read(rows, snapshot) {
    for (const [oid, name, key, deferrable] of rows) {
      const table = snapshot.tables.get(int(oid));
      if (table === undefined) continue;
      const def = { name: text(name), columns: numbers(key).map((number) => columnNamed(snapshot, int(oid), number)), deferrable: deferrable === true };
      yield { kind: 'primaryKey', ref: { kind: 'primaryKey', schema: table.schema, table: table.name }, def };
    }
  },
};
