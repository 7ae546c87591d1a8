// The shape of an introspection query. One file a kind under queries/; introspect.ts sends them all in one snapshot.

import type { CatalogObject } from '../catalog/kinds.ts';
import type { Cell, Row } from '../database/session.ts';

export type { Cell, Row };

export interface Scope {
  /** `server_version_num` */
  readonly version: number;
  readonly home: string;
  /** Condition on a namespace oid, for example `c.relnamespace IN (2200, 16400)`. */
  readonly inScope: (column: string) => string;
}

/** What queries that come later need to know of earlier ones. */
export interface Snapshot {
  readonly home: string;
  readonly schemas: Map<number, string>;
  readonly tables: Map<number, { readonly schema: string; readonly name: string }>;
  /** Column names by `tableOid attnum`. */
  readonly columns: Map<string, string>;
}

export interface Query {
  readonly sql: (scope: Scope) => string;
  /** Objects of one result, in its order. Rows of tables that are not in the snapshot are somebody else's. */
  readonly read: (rows: readonly Row[], snapshot: Snapshot) => Iterable<CatalogObject>;
}

/** PostgreSQL returned no definition for something that exists: it was altered while it was read. */
export class ChangedWhileReading extends Error {}

export function text(cell: Cell | undefined): string {
  if (typeof cell !== 'string') throw new ChangedWhileReading(`expected text, got ${JSON.stringify(cell)}`);
  return cell;
}

export function optional(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : text(cell);
}

export function int(cell: Cell | undefined): number {
  if (typeof cell !== 'number') throw new ChangedWhileReading(`expected a number, got ${JSON.stringify(cell)}`);
  return cell;
}

export function texts(cell: Cell | undefined): readonly string[] {
  if (!Array.isArray(cell)) throw new ChangedWhileReading(`expected a list, got ${JSON.stringify(cell)}`);
  return cell.map(text);
}

/** An `int2vector` or `oidvector` printed as text: `1 2 3`. */
export function numbers(cell: Cell | undefined): readonly number[] {
  const list = text(cell);
  return list === '' ? [] : list.split(' ').map(Number);
}

/** Not a member of an extension: those belong to the extension and come and go with it. */
export function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}
