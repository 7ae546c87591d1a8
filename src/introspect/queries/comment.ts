import { int, text, type Query } from '../query.ts';

/** Comments on tables, their columns, and enums. */
export const comment: Query = {
  sql: ({ inScope }) => `SELECT c.oid::int8::text, d.objsubid::int4, NULL, NULL, d.description FROM pg_catalog.pg_description d
      JOIN pg_catalog.pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
      WHERE c.relkind IN ('r', 'p') AND ${inScope('c.relnamespace')}
    UNION ALL SELECT NULL, 0, n.nspname::text, t.typname::text, d.description FROM pg_catalog.pg_description d
      JOIN pg_catalog.pg_type t ON t.oid = d.objoid AND d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.typtype = 'e'
      JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE ${inScope('t.typnamespace')}`,
  *read(rows, { tables, columns }) {
    for (const [oid, number, schema, type, words] of rows) {
      const def = { text: text(words) };
      if (oid === null) {
        yield { kind: 'comment', ref: { kind: 'comment', schema: text(schema), on: 'enum', table: '', name: text(type) }, def };
        continue;
      }
      const table = tables.get(Number(oid));
      if (table === undefined) continue;
      const name = int(number) === 0 ? '' : text(columns.get(`${text(oid)} ${int(number)}`));
      yield { kind: 'comment', ref: { kind: 'comment', schema: table.schema, on: name === '' ? 'table' : 'column', table: table.name, name }, def };
    }
  },
};
