import type { IndexKey } from '../../catalog/kinds.ts';
import { columnNamed, int, numbers, text, texts, type Query, type Snapshot } from '../query.ts';

/** Bits of pg_index.indoption. */
const DESCENDING = 1;
const NULLS_FIRST = 2;

/** Collation of `text` itself, which a column need not name. */
const DEFAULT_COLLATION = 100;

/**
 * Structural columns are read instead of pg_get_indexdef, which is slower and opens the table; only expressions and predicates
 * need printing.
 */
export const index: Query = {
  sql: ({ version, inScope }) => `SELECT i.indrelid, c.relname, i.indisunique, m.amname, i.indkey::text, i.indoption::text, i.indnkeyatts,
      i.indexrelid IN (SELECT k.conindid FROM pg_catalog.pg_constraint k WHERE k.contype IN ('u', 'x')),
      NOT i.indimmediate, i.indisvalid AND i.indisready, ${version >= 150000 ? 'i.indnullsnotdistinct' : 'false'}, i.indclass::text, i.indcollation::text,
      CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, n, false) FROM pg_catalog.generate_series(1, i.indnkeyatts::int4) n) END,
      i.indpred IS NOT NULL, pg_catalog.pg_get_expr(i.indpred, i.indrelid)
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = c.relam
    WHERE NOT i.indisprimary AND NOT i.indisexclusion AND ${inScope('c.relnamespace')} ORDER BY i.indrelid, c.relname`,
  *read(rows, snapshot) {
    for (const row of rows) {
      const [oid, name, unique, method, key, options, keyCount, constraint, deferrable, valid, nullsNotDistinct, opclasses, collations, printed, partial, predicate] = row;
      const table = snapshot.tables.get(int(oid));
      if (table === undefined) continue;
      const attributes = numbers(key);
      const [option, opclass, collation] = [numbers(options), numbers(opclasses), numbers(collations)];
      const keys = attributes.slice(0, int(keyCount)).map((number, at): IndexKey => ({
        ...(number === 0 ? { expression: text(texts(printed)[at]) } : { column: columnNamed(snapshot, int(oid), number) }),
        ...opclassOf(snapshot, opclass[at]),
        descending: ((option[at] ?? 0) & DESCENDING) !== 0,
        nullsFirst: ((option[at] ?? 0) & NULLS_FIRST) !== 0,
        collation: collationOf(snapshot, int(oid), number, collation[at] ?? 0),
      }));
      const def = {
        unique: unique === true,
        constraint: constraint === true,
        method: text(method),
        keys,
        include: attributes.slice(int(keyCount)).map((number) => columnNamed(snapshot, int(oid), number)),
        predicate: partial === true ? text(predicate) : null,
        nullsNotDistinct: nullsNotDistinct === true,
        deferrable: deferrable === true,
        valid: valid === true,
      };
      yield { kind: 'index', ref: { kind: 'index', schema: table.schema, table: table.name, name: text(name) }, def };
    }
  },
};

function opclassOf({ opclasses }: Snapshot, oid: number | undefined): Pick<IndexKey, 'opclass' | 'opclassIsDefault'> {
  const opclass = opclasses.get(oid ?? 0);
  return { opclass: text(opclass?.name), opclassIsDefault: opclass?.isDefault === true };
}

/** `null` where the key has its column's own. */
function collationOf({ collations, columns }: Snapshot, table: number, column: number, collation: number): string | null {
  const own = columns.get(table)?.get(column)?.collation ?? DEFAULT_COLLATION;
  return collation === 0 || collation === own ? null : text(collations.get(collation));
}
