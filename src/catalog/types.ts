// Column types in one canonical spelling: as format_type prints them for PostgreSQL's own types, always quoted for types of
// the user ("Role", or "app"."Role" outside the home schema), bare for types of extensions (citext), `[]` for any array.

import { lex, type Token } from '../sql/lex.ts';
import { clipName, quoteName } from '../sql/quote.ts';

/** Where a type's name comes from, which its text alone does not tell: `role` may be an enum or nothing. */
export type TypeOrigin = 'builtin' | 'user' | 'extension' | 'ddl';

const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  float: 'double precision',
  float8: 'double precision',
  float4: 'real',
  decimal: 'numeric',
  dec: 'numeric',
  bool: 'boolean',
  varchar: 'character varying',
  char: 'character',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamptz: 'timestamp with time zone',
  timetz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  time: 'time without time zone',
};

const SPELLINGS: Readonly<Record<string, string>> = {
  'character varying': 'VARCHAR',
  character: 'CHAR',
  numeric: 'DECIMAL',
  'bit varying': 'VARBIT',
  'timestamp without time zone': 'TIMESTAMP',
  'timestamp with time zone': 'TIMESTAMPTZ',
  'time without time zone': 'TIME',
  'time with time zone': 'TIMETZ',
};

const UPPER = new Set(
  `smallint integer bigint real double precision boolean text uuid json jsonb bytea date xml inet cidr money oid interval bit citext`.split(' '),
).add('double precision');

export interface ParsedType {
  /** Without arguments; `timestamp with time zone` in full. */
  readonly name: string;
  readonly schema: string | null;
  readonly user: boolean;
  readonly args: string;
  readonly array: boolean;
}

/** Reads a type as PostgreSQL prints it or as DDL writes it. */
export function parseType(text: string, origin: TypeOrigin): ParsedType {
  const tokens = [...lex(text)].filter((token) => token.kind !== 'comment');
  let at = 0;
  const word = (value: string) => tokens[at]?.kind === 'word' && tokens[at]?.value === value && (at++, true);
  const names = [tokens[at++]];
  while (tokens[at]?.value === '.') {
    names.push(tokens[at + 1]);
    at += 2;
  }
  const last = names.at(-1);
  const first = last?.kind === 'word' ? last.value : clipName(last?.value ?? '');
  let name = first;
  if (last?.kind === 'word') {
    if ((first === 'double' && word('precision')) || ((first === 'character' || first === 'bit' || first === 'char') && word('varying'))) {
      name = first === 'double' ? 'double precision' : first === 'bit' ? 'bit varying' : 'character varying';
    }
  }
  let args = readArgs();
  if (first === 'timestamp' || first === 'time') {
    const zone = word('with') ? true : word('without') ? false : undefined;
    if (zone !== undefined) {
      at += 2;
      name = `${first} ${zone ? 'with' : 'without'} time zone`;
    }
  }
  if (first === 'interval') {
    const fields: string[] = [];
    while (tokens[at]?.kind === 'word' && tokens[at]?.value !== 'array') fields.push(tokens[at++]?.value ?? '');
    if (fields.length > 0) name = `interval ${fields.join(' ')}`;
    args ||= readArgs();
  }
  const array = tokens[at]?.value === '[' || word('array');
  const qualified = names.length > 1 ? (names.at(-2)?.value ?? null) : null;
  const user = origin === 'user' || (origin === 'ddl' && last?.kind === 'name');
  const own = origin === 'extension' || qualified === 'pg_catalog';
  if (!user) name = ALIASES[name] ?? name;
  if (!user && args === '' && (name === 'character' || name === 'bit') && first !== 'bpchar') args = '(1)';
  return { name, schema: own ? null : qualified, user, args, array };

  function readArgs(): string {
    if (tokens[at]?.value !== '(') return '';
    const parts: Token[] = [];
    for (at++; at < tokens.length && tokens[at]?.value !== ')'; at++) {
      const token = tokens[at];
      if (token) parts.push(token);
    }
    at++;
    return `(${parts.map((part) => part.value.toLowerCase()).join('')})`;
  }
}

/** The canonical spelling; `home` is the schema whose types need no qualification. */
export function canonicalType(parsed: ParsedType, home: string): string {
  const suffix = parsed.array ? '[]' : '';
  if (parsed.user) {
    const schema = parsed.schema !== null && parsed.schema !== home ? `${quoteName(parsed.schema)}.` : '';
    return `${schema}${quoteName(parsed.name)}${parsed.args}${suffix}`;
  }
  const schema = parsed.schema !== null && parsed.schema !== home ? `${parsed.schema}.` : '';
  const zoned = /^(timestamp|time) (.*)$/.exec(parsed.name);
  if (zoned && parsed.args) return `${zoned[1]}${parsed.args} ${zoned[2]}${suffix}`;
  return `${schema}${parsed.name}${parsed.args}${suffix}`;
}

export function readType(text: string, origin: TypeOrigin, home: string): string {
  return canonicalType(parseType(text, origin), home);
}

/** Parses a canonical spelling back. */
export function parseCanonical(type: string): ParsedType {
  return parseType(type, 'ddl');
}

/** The spelling people know from Prisma's own migrations: TIMESTAMP(3), VARCHAR(10), DOUBLE PRECISION, "Role". */
export function spellType(type: string, qualify: (schema: string | null, name: string) => string): string {
  const parsed = parseCanonical(type);
  const suffix = parsed.array ? '[]' : '';
  if (parsed.user) return `${qualify(parsed.schema, parsed.name)}${parsed.args}${suffix}`;
  const name = SPELLINGS[parsed.name] ?? (UPPER.has(parsed.name) ? parsed.name.toUpperCase() : parsed.name);
  return `${parsed.schema === null ? '' : `${quoteName(parsed.schema)}.`}${name}${parsed.args}${suffix}`;
}
