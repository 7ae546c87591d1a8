// Words that tell SQLite from PostgreSQL: names of types, functions and collations that one of them has and the other has not.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Names of types PostgreSQL has not. `double` alone; DOUBLE PRECISION is another name in its syntax tree. */
export const FOREIGN_TYPES: ReadonlySet<string> = words(`
  datetime blob tinyint mediumint double nvarchar clob nclob string number
  longtext mediumtext tinytext longblob mediumblob tinyblob binary varbinary`);

/** Functions PostgreSQL has not, by any number of arguments. Left out: those that people write for themselves, such as `total`. */
export const FOREIGN_FUNCTIONS: ReadonlySet<string> = words(`
  datetime strftime julianday unixepoch timediff ifnull iif randomblob zeroblob hex unhex typeof printf instr unicode
  json_extract json_set json_insert json_replace json_remove json_patch json_valid json_type json_group_array json_group_object json_tree jsonb_extract
  group_concat last_insert_rowid changes total_changes sqlite_version load_extension likely unlikely likelihood`);

/** Aggregates in PostgreSQL, where two arguments are too many. */
export const SCALAR_EXTREMES: Readonly<Record<string, string>> = { max: 'GREATEST', min: 'LEAST' };

export const FOREIGN_COLLATIONS: ReadonlySet<string> = words('nocase rtrim binary');

/** Types no SQLite tool writes, which SQLite takes like any word: what they say is lost there. */
export const OWN_TYPES: ReadonlySet<string> = words('serial bigserial smallserial serial2 serial4 serial8 citext inet cidr tsvector hstore money');

/** Types people write for SQLite too, now and then. */
export const LIKELY_OWN_TYPES: ReadonlySet<string> = words('timestamptz uuid bytea float8 timetz interval');

export const OWN_FUNCTIONS: ReadonlySet<string> = words('now gen_random_uuid uuid_generate_v4 nextval to_timestamp string_agg to_char clock_timestamp');

/** Type names of several words that PostgreSQL's grammar reads. */
export const READ_IN_WORDS = /^(double precision|(national )?(character|char) varying|national (character|char)|bit varying|(timestamp|time)( (with|without) time zone)?)$/i;

/** strftime's letters in to_char's; a letter that is missing has nothing that means the same. */
const LETTERS: Readonly<Record<string, string>> = {
  Y: 'YYYY', m: 'MM', d: 'DD', H: 'HH24', M: 'MI', S: 'SS', f: 'SS.MS', j: 'DDD', F: 'YYYY-MM-DD', T: 'HH24:MI:SS', R: 'HH24:MI', I: 'HH12', p: 'AM', '%': '%',
};

/** to_char's format for a format of strftime; `null` where it has none. */
export function charFormat(format: string): string | null {
  let known = true;
  const parts = format.match(/%.?|[^%]+/gs) ?? [];
  const text = parts.map((part) => {
    if (!part.startsWith('%')) return /[A-Za-z"\\]/.test(part) ? `"${part.replaceAll(/["\\]/g, '\\$&')}"` : part;
    const letter = LETTERS[part.slice(1)];
    if (letter === undefined) known = false;
    return letter ?? '';
  });
  return known && text.length > 0 ? text.join('') : null;
}
