// What PostgreSQL has to take rows: tables, columns, foreign keys, sequences, and what the role may do to them.

import type { Cell, Row, Session } from '../../database/session.ts';
import { quoteText } from '../../sql/quote.ts';
import type { ValueType } from './encoders.ts';

export interface TargetColumn {
  readonly name: string;
  readonly type: ValueType;
  /** As PostgreSQL prints the type. */
  readonly typeText: string;
  readonly notNull: boolean;
  /** A default or an identity: it may be left out of what is written. */
  readonly filled: boolean;
  readonly generated: boolean;
}

export interface TargetKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** A table of the same schema, else `null`. */
  readonly target: string | null;
  readonly deferrable: boolean;
}

export interface TargetSequence {
  readonly table: string;
  readonly column: string;
  /** Quoted and qualified. */
  readonly name: string;
  readonly increment: number;
}

export interface TargetTable {
  readonly name: string;
  readonly columns: readonly TargetColumn[];
  readonly primaryKey: readonly string[];
  /** The role owns it, directly or as a member. */
  readonly owned: boolean;
  /** Row security applies to the role: COPY does not work. */
  readonly rowSecurity: boolean;
  readonly mayInsert: boolean;
  readonly maySelect: boolean;
  readonly mayUpdate: boolean;
  /** May be locked against writers. */
  readonly mayLock: boolean;
  /** Enabled triggers of the user's own that fire for a row that is inserted. */
  readonly triggers: readonly string[];
}

export interface Target {
  readonly schema: string;
  readonly tables: readonly TargetTable[];
  readonly keys: readonly TargetKey[];
  readonly sequences: readonly TargetSequence[];
  /** Texts are stored as UTF-8. */
  readonly utf8: boolean;
}

export async function readTarget(session: Pick<Session, 'run'>, schema: string): Promise<Target> {
  const inSchema = `(SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = ${quoteText(schema)})`;
  const [tables = [], columns = [], keys = [], sequences = [], [[encoding] = []] = []] = await session.run([tablesSql(inSchema), columnsSql(inSchema), keysSql(inSchema), sequencesSql(inSchema), "SELECT pg_catalog.current_setting('server_encoding')"].join(';\n'));
  return {
    schema,
    tables: tables.map((row) => tableOf(row, columns.filter(([table]) => table === row[0]))),
    keys: keys.map(([name, table, parts, target, deferrable]) => ({ name: String(name), table: String(table), columns: texts(parts), target: target === null ? null : String(target), deferrable: deferrable === true })),
    sequences: sequences.map(([table, column, name, increment]) => ({ table: String(table), column: String(column), name: String(name), increment: Number(increment) })),
    utf8: encoding === 'UTF8',
  };
}

const texts = (cell: Cell | undefined): readonly string[] => (Array.isArray(cell) ? cell.map(String) : []);

function tableOf([name, owned, rowSecurity, mayInsert, maySelect, mayUpdate, mayLock, triggers, primaryKey]: Row, columns: readonly Row[]): TargetTable {
  return {
    name: String(name),
    columns: columns.map(columnOf),
    primaryKey: texts(primaryKey),
    owned: owned === true,
    rowSecurity: rowSecurity === true,
    mayInsert: mayInsert === true,
    maySelect: maySelect === true,
    mayUpdate: mayUpdate === true,
    mayLock: mayLock === true,
    triggers: texts(triggers),
  };
}

function columnOf([, name, type, modifier, labels, typeText, notNull, filled, generated]: Row): TargetColumn {
  return { name: String(name), type: { name: String(type), modifier: Number(modifier), labels: texts(labels) }, typeText: String(typeText), notNull: notNull === true, filled: filled === true, generated: generated === true };
}

/** Partitions are filled through their parent, tables of an extension by the extension. */
const TABLES = "c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.objid = c.oid AND x.deptype = 'e')";

function tablesSql(inSchema: string): string {
  return `SELECT c.relname::text, pg_catalog.pg_has_role(c.relowner, 'USAGE'), pg_catalog.row_security_active(c.oid),
      pg_catalog.has_table_privilege(c.oid, 'INSERT'), pg_catalog.has_table_privilege(c.oid, 'SELECT'), pg_catalog.has_table_privilege(c.oid, 'UPDATE'), pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE'),
      ARRAY(SELECT t.tgname::text FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & 4 <> 0 ORDER BY 1),
      ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i, pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY u(num, n) JOIN pg_catalog.pg_attribute a ON a.attnum = u.num
        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid ORDER BY u.n)
    FROM pg_catalog.pg_class c WHERE ${TABLES} AND c.relnamespace = ${inSchema} ORDER BY c.relname`;
}

/** A domain is written to as what it stands on; its checks are PostgreSQL's. */
function columnsSql(inSchema: string): string {
  return `WITH RECURSIVE base AS (
      SELECT t.oid, t.oid AS type, -1 AS modifier, t.typtype, t.typbasetype, t.typtypmod FROM pg_catalog.pg_type t
      UNION ALL SELECT b.oid, t.oid, CASE WHEN b.typtypmod >= 0 THEN b.typtypmod ELSE b.modifier END, t.typtype, t.typbasetype, t.typtypmod FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
    SELECT c.relname::text, a.attname::text, CASE WHEN t.typtype = 'e' THEN 'enum' ELSE t.typname::text END, CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.modifier END,
      ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), pg_catalog.format_type(a.atttypid, a.atttypmod),
      a.attnotnull, a.atthasdef OR a.attidentity <> '', a.attgenerated <> ''
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid JOIN base b ON b.oid = a.atttypid AND b.typtype <> 'd' JOIN pg_catalog.pg_type t ON t.oid = b.type
    WHERE ${TABLES} AND c.relnamespace = ${inSchema} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`;
}

function keysSql(inSchema: string): string {
  return `SELECT k.conname::text, c.relname::text, ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u(num, n) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY u.n),
      CASE WHEN f.relnamespace = c.relnamespace THEN f.relname::text END, k.condeferrable
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
    WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relnamespace = ${inSchema} ORDER BY c.relname, k.conname`;
}

/** Owned by the column, or named by its default. */
function sequencesSql(inSchema: string): string {
  return `SELECT DISTINCT c.relname::text, a.attname::text, pg_catalog.concat(pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(q.relname)), s.seqincrement::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_class q ON q.relkind = 'S' JOIN pg_catalog.pg_namespace n ON n.oid = q.relnamespace JOIN pg_catalog.pg_sequence s ON s.seqrelid = q.oid
    WHERE c.relnamespace = ${inSchema} AND c.relkind IN ('r', 'p') AND (
      EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = q.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i'))
      OR EXISTS (SELECT FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid WHERE f.adrelid = c.oid AND f.adnum = a.attnum AND d.refobjid = q.oid))`;
}
