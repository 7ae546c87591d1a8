import type { RefAction } from '../../catalog/kinds.ts';
import { numbers, text, texts, type Cell, type Query } from '../query.ts';

const ACTIONS: Readonly<Record<string, RefAction>> = { a: 'NO ACTION', r: 'RESTRICT', c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT' };

function action(cell: Cell | undefined): RefAction {
  return ACTIONS[text(cell)] ?? 'NO ACTION';
}

export const foreignKey: Query = {
  sql: ({ version, inScope }) => `SELECT k.conrelid::int8::text, k.conname::text, pg_catalog.array_to_string(k.conkey, ' '), n.nspname::text, f.relname::text,
      ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u(num, n) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.n),
      k.confdeltype::text, k.confupdtype::text, k.confmatchtype = 'f', k.condeferrable, k.convalidated, ${version >= 180000 ? 'k.conenforced' : 'true'}
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0 AND ${inScope('k.connamespace')} ORDER BY k.conrelid, k.conname`,
  *read(rows, { tables, columns }) {
    for (const [oid, name, key, targetSchema, targetTable, targetColumns, onDelete, onUpdate, full, deferrable, validated, enforced] of rows) {
      const table = tables.get(Number(oid));
      if (table === undefined) continue;
      const def = {
        columns: numbers(key).map((number) => text(columns.get(`${text(oid)} ${number}`))),
        targetSchema: text(targetSchema),
        targetTable: text(targetTable),
        targetColumns: texts(targetColumns),
        onDelete: action(onDelete),
        onUpdate: action(onUpdate),
        match: full === true ? ('FULL' as const) : ('SIMPLE' as const),
        deferrable: deferrable === true,
        validated: validated === true,
        enforced: enforced === true,
      };
      yield { kind: 'foreignKey', ref: { kind: 'foreignKey', schema: table.schema, table: table.name, name: text(name) }, def };
    }
  },
};
