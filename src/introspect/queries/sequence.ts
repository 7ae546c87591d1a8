import { text, type Query } from '../query.ts';

/** Sequences that stand alone; one that a column owns is part of that column. */
export const sequence: Query = {
  sql: ({ inScope }) => `SELECT n.nspname::text, c.relname::text, pg_catalog.format_type(s.seqtypid, NULL), s.seqstart::text, s.seqincrement::text,
      s.seqmin::text, s.seqmax::text, s.seqcache::text, s.seqcycle
    FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE ${inScope('c.relnamespace')} AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))
    ORDER BY n.nspname, c.relname`,
  *read(rows) {
    for (const [schema, name, type, start, increment, min, max, cache, cycle] of rows) {
      const def = { type: text(type), start: text(start), increment: text(increment), min: text(min), max: text(max), cache: text(cache), cycle: cycle === true };
      yield { kind: 'sequence', ref: { kind: 'sequence', schema: text(schema), name: text(name) }, def };
    }
  },
};
