// What other rows refer to by oid over and over: read once and looked up here, which is several times faster than joining it there.

import { readType, type TypeOrigin } from '../../catalog/types.ts';
import { int, text, type Row, type Scope, type Snapshot } from '../query.ts';

const ORIGINS: Readonly<Record<string, TypeOrigin>> = { b: 'builtin', e: 'extension', u: 'user' };

/** Types with their modifiers as columns use them, operator classes, collations. */
export function namesSql({ inScope }: Scope): readonly string[] {
  return [
    `SELECT u.type, u.mod, pg_catalog.format_type(u.type, u.mod), CASE WHEN e.typnamespace = 11 THEN 'b' WHEN x.objid IS NOT NULL THEN 'e' ELSE 'u' END, t.typcollation
      FROM (SELECT DISTINCT a.atttypid, a.atttypmod FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${inScope('c.relnamespace')} AND a.attnum > 0 AND NOT a.attisdropped) u(type, mod)
      JOIN pg_catalog.pg_type t ON t.oid = u.type
      JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
      LEFT JOIN pg_catalog.pg_depend x ON e.typnamespace <> 11 AND x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND x.objid = e.oid AND x.deptype = 'e'`,
    'SELECT o.oid, o.opcname, o.opcdefault FROM pg_catalog.pg_opclass o',
    'SELECT l.oid, l.collname FROM pg_catalog.pg_collation l',
  ];
}

export function readNames([types = [], opclasses = [], collations = []]: readonly (readonly Row[])[], snapshot: Snapshot): void {
  for (const [oid, modifier, printed, origin, collation] of types) {
    const type = readType(text(printed), ORIGINS[text(origin)] ?? 'user', snapshot.home);
    snapshot.types.set(`${int(oid)} ${int(modifier)}`, { type, collation: int(collation) });
  }
  for (const [oid, name, isDefault] of opclasses) snapshot.opclasses.set(int(oid), { name: text(name), isDefault: isDefault === true });
  for (const [oid, name] of collations) snapshot.collations.set(int(oid), text(name));
}
