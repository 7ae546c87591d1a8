import type { Column } from '../../catalog/kinds.ts';
import { nextvalOf } from '../../catalog/sequences.ts';
import { int, optional, text, type Query, type Snapshot } from '../query.ts';

const IDENTITIES: Readonly<Record<string, Column['identity']>> = { a: 'ALWAYS', d: 'BY DEFAULT' };

/**
 * pg_get_expr is called without a relation where an expression cannot name columns: with one it opens the table and waits
 * behind a running ALTER TABLE.
 */
export const column: Query = {
  sql: ({ inScope }) => `SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated, a.atthasdef, a.attcollation,
      CASE WHEN a.atthasdef THEN (SELECT CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0) ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid) END
        FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${inScope('c.relnamespace')} AND a.attnum > 0 AND NOT a.attisdropped`,
  *read(rows, snapshot) {
    const { home, tables } = snapshot;
    // Sorted here: PostgreSQL can then send the first rows while it prints the defaults of the last.
    const ordered = rows.toSorted(([tableA, numberA], [tableB, numberB]) => int(tableA) - int(tableB) || int(numberA) - int(numberB));
    for (const [oid, number, nameCell, typeOid, modifier, notNull, identity, generated, hasExpression, collation, expression] of ordered) {
      const name = text(nameCell);
      rememberColumn(snapshot, int(oid), int(number), { name, collation: int(collation) });
      const table = tables.get(int(oid));
      if (table === undefined) continue;
      const type = snapshot.types.get(`${int(typeOid)} ${int(modifier)}`);
      const filled = hasExpression === true ? text(expression) : null;
      const sequence = filled === null || generated !== '' ? null : nextvalOf(filled, home);
      const def: Column = {
        type: text(type?.type),
        notNull: notNull === true,
        default: generated === '' && sequence === null ? filled : null,
        autoincrement: sequence !== null || identity !== '',
        identity: IDENTITIES[text(identity)] ?? null,
        sequence,
        generated: generated === '' ? null : filled,
        collation: collation === type?.collation ? null : optional(snapshot.collations.get(int(collation))),
      };
      yield { kind: 'column', ref: { kind: 'column', schema: table.schema, table: table.name, name }, def };
    }
  },
};

function rememberColumn({ columns }: Snapshot, table: number, number: number, column: { readonly name: string; readonly collation: number }): void {
  const known = columns.get(table);
  if (known) known.set(number, column);
  else columns.set(table, new Map([[number, column]]));
}
