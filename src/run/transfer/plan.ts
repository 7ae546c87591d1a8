// Which table of the SQLite file goes into which of PostgreSQL, column by column, and what stands in the way before a value is read.

import type { SqliteFile, SqliteRow } from '../../database/sqlite-file.ts';
import { quoteName } from '../../sql/quote.ts';
import type { Target, TargetColumn, TargetTable } from './target.ts';
import type { Encode } from './encoders.ts';
import { encoderOf, sqliteExpression } from './values.ts';

export interface ColumnPair {
  readonly target: TargetColumn;
  readonly encode: Encode;
}

export interface TablePair {
  readonly target: TargetTable;
  readonly source: string;
  readonly columns: readonly ColumnPair[];
  /** SQLite's query of all rows, the columns as c0, c1 …, always in the same order. */
  readonly query: string;
  /** SQLite's columns that name a row, for words. */
  readonly key: readonly string[];
  /** What keeps the whole table from being copied. */
  readonly problems: readonly string[];
}

export interface Pairing {
  readonly pairs: readonly TablePair[];
  /** Tables of SQLite that PostgreSQL has no counterpart for, and the reverse. */
  readonly withoutTarget: readonly string[];
  readonly withoutSource: readonly string[];
}

/** What others keep in a database for themselves. */
const OTHERS = /^(sqlite_|_prisma_migrations$|_cf_|_litestream_|_litefs|d1_migrations$)/i;

export function pairTables(file: SqliteFile, target: Target): Pairing {
  const sources = rowsOf(file, "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') ORDER BY name").filter(({ name }) => !OTHERS.test(String(name)));
  const targets = target.tables.filter(({ name }) => !OTHERS.test(name));
  const names = sources.map(({ name }) => String(name));
  const pairs = targets.flatMap((table) => {
    const source = counterpart(table.name, names, targets.map(({ name }) => name));
    const found = sources.find(({ name }) => name === source);
    return source === null || found === undefined ? [] : [pairOf(file, table, source, found['wr'] === 1)];
  });
  return {
    pairs,
    withoutTarget: names.filter((name) => !pairs.some(({ source }) => source === name)),
    withoutSource: targets.map(({ name }) => name).filter((name) => !pairs.some((pair) => pair.target.name === name)),
  };
}

const rowsOf = (file: SqliteFile, sql: string, ...values: readonly string[]): readonly SqliteRow[] => [...file.rows(sql, values)];

/** The same name, or the only one that is the same but for case, on both sides. */
function counterpart(name: string, sources: readonly string[], targets: readonly string[]): string | null {
  if (sources.includes(name)) return name;
  const folded = name.toLowerCase();
  const alike = sources.filter((source) => source.toLowerCase() === folded && !targets.includes(source));
  return alike.length === 1 && targets.filter((other) => other.toLowerCase() === folded && !sources.includes(other)).length === 1 ? (alike[0] ?? null) : null;
}

function pairOf(file: SqliteFile, target: TargetTable, source: string, withoutRowid: boolean): TablePair {
  const present = rowsOf(file, 'SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid', source);
  const names = present.map(({ name }) => String(name));
  const matched = target.columns.map((column) => ({ column, source: counterpart(column.name, names, target.columns.map(({ name }) => name)) }));
  const written = matched.flatMap(({ column, source: from }) => {
    const encode = column.generated || from === null ? null : encoderOf(column.type);
    return encode === null || from === null ? [] : [{ target: column, encode, from }];
  });
  const key = present.filter(({ pk }) => pk !== 0).sort((a, b) => Number(a['pk']) - Number(b['pk'])).map(({ name }) => String(name));
  const rowid = withoutRowid ? undefined : ['rowid', '_rowid_', 'oid'].find((alias) => !names.some((name) => name.toLowerCase() === alias));
  const order = rowid === undefined ? key.map(quoteName).join(', ') : rowid;
  const list = written.map(({ target: { type }, from }, at) => `${sqliteExpression(type, quoteName(from))} AS c${at}`).join(', ');
  return {
    target,
    source,
    columns: written,
    query: `SELECT ${list === '' ? 'NULL AS c0' : list} FROM ${quoteName(source)}${order === '' ? '' : ` ORDER BY ${order}`}`,
    key: key.length > 0 || rowid === undefined ? key : [rowid],
    problems: [...rightProblems(target), ...columnProblems(file, source, names, matched), ...(written.length === 0 ? ['it has no column in common with SQLite'] : [])],
  };
}

function rightProblems({ rowSecurity, mayInsert, maySelect, name }: TargetTable): readonly string[] {
  return [
    ...(rowSecurity ? [`row security applies to this role, and COPY does not work under it: connect as the owner, or ALTER ROLE … BYPASSRLS`] : []),
    ...(mayInsert && maySelect ? [] : [`the role may not write and read it: GRANT SELECT, INSERT ON ${quoteName(name)} TO …`]),
  ];
}

interface Matched {
  readonly column: TargetColumn;
  readonly source: string | null;
}

function columnProblems(file: SqliteFile, source: string, names: readonly string[], matched: readonly Matched[]): readonly string[] {
  const homeless = names.filter((name) => !matched.some((one) => one.source === name));
  const typeless = matched.filter(({ column, source: from }) => from !== null && !column.generated && encoderOf(column.type) === null);
  const asked = [...homeless, ...typeless.map(({ source: from }) => from ?? '')];
  const [counts = {}] = rowsOf(file, `SELECT (SELECT count(*) FROM (SELECT 1 FROM ${quoteName(source)} LIMIT 1)) AS any${asked.map((name, at) => `, count(${quoteName(name)}) AS n${at}`).join('')}${asked.length === 0 ? '' : ` FROM ${quoteName(source)}`}`);
  const held = (at: number) => Number(counts[`n${at}`]);
  const values = (count: number) => `${count} ${count === 1 ? 'row has' : 'rows have'} a value there`;
  return [
    ...homeless.flatMap((name, at) => (held(at) === 0 ? [] : [`column "${name}" has no counterpart, and ${values(held(at))}`])),
    ...typeless.flatMap(({ column }, at) => (held(homeless.length + at) === 0 ? [] : [`column "${column.name}" is of type ${column.typeText}, which no value of SQLite is written to, and ${values(held(homeless.length + at))}`])),
    ...(counts['any'] === 0 ? [] : matched.filter(({ column, source: from }) => from === null && column.notNull && !column.filled && !column.generated).map(({ column }) => `SQLite has no column "${column.name}", which is NOT NULL and has no default`)),
  ];
}
