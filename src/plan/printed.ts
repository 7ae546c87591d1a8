// How PostgreSQL 12 to 18 print types and constants (format_type, and get_const_expr in ruleutils.c). A script made on one
// version runs on all, so it carries every spelling.

import { normalLiteral, readLiteral, type Literal } from '../catalog/literals.ts';
import { canonicalType, parseCanonical, type ParsedType } from '../catalog/types.ts';
import { byteLength, quoteName } from '../sql/quote.ts';

const BUILTIN = new Set(
  `smallint integer bigint real numeric boolean text uuid json jsonb bytea date xml inet cidr money oid bit interval character name tsvector tsquery point
   line lseg box path polygon circle macaddr macaddr8 int4range int8range numrange tsrange tstzrange daterange jsonpath pg_lsn`.split(/\s+/),
);

/** Every spelling format_type may give this type: quoted or not, wherever an extension lives, six digits said or not. */
export function typeForms(type: string, home: string): readonly string[] {
  const parsed = parseCanonical(type);
  const tail = `${parsed.args}${parsed.array ? '[]' : ''}`;
  if (parsed.user) {
    const schemas = parsed.schema === null ? [''] : bareToo(parsed.schema).map((schema) => `${schema}.`);
    return schemas.flatMap((schema) => bareToo(parsed.name).map((name) => `${schema}${name}${tail}`));
  }
  if (/^(timestamp|time|interval)/.test(parsed.name)) {
    const args = parsed.args === '' ? '(6)' : parsed.args === '(6)' ? '' : parsed.args;
    return [...new Set([type, canonicalType({ ...parsed, args }, home)])];
  }
  const ofExtension = parsed.schema === null && /^\w+$/.test(parsed.name) && !BUILTIN.has(parsed.name);
  return ofExtension ? [type, `public.${type}`, `extensions.${type}`] : [type];
}

function bareToo(name: string): readonly string[] {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? [name, quoteName(name)] : [quoteName(name)];
}

/** Every text pg_get_expr may print for a default written so. For what is no constant that is the text itself and `known`. */
export function defaultForms(expression: string, type: string, home: string, known: readonly string[] = []): readonly string[] {
  const literal = readLiteral(expression);
  const printed = literal === null ? calls(expression) : print(literal, type, home);
  return [...new Set([...printed, ...(literal === null ? [expression] : []), ...known])];
}

/** Whether {@link defaultForms} is sure to hold what a server prints; for other expressions a server has to be asked. */
export function printsCertainly(expression: string, type: string): boolean {
  const literal = readLiteral(expression);
  return literal === null ? CALL.test(expression) && !/current_|session_user/i.test(expression) : isCertain(literal, parseCanonical(type));
}

const CERTAIN: Readonly<Record<string, RegExp>> = {
  smallint: /./, integer: /./, bigint: /./, numeric: /^[^.]|\d\./, real: /^-?\d+(\.\d+)?$/, 'double precision': /^-?\d+(\.\d+)?$/, boolean: /./, json: /./, jsonb: /^(?!.*(\d{16}|\d[.eE]))/s,
  text: /^/, 'character varying': /^/, citext: /^/, character: /^/, name: /^/, uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, bytea: /^\\x[0-9a-f]*$/i,
  date: /^\d{4}-\d\d-\d\d/, 'timestamp without time zone': /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/, 'timestamp with time zone': /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/,
};

function isCertain(literal: Literal, type: ParsedType): boolean {
  if ('now' in literal || 'null' in literal) return true;
  if ('items' in literal) return literal.items.every((item) => isCertain(item, { ...type, array: false }));
  if (type.array) return literal.text === '{}';
  return type.user || (CERTAIN[type.name]?.test(literal.text) ?? false);
}

const CALL = /^\(*\s*(\w+)\s*\(\s*\)\s*\)*$/;

/** A call without arguments is printed in lower case and without parentheses around it. */
function calls(expression: string): readonly string[] {
  const name = CALL.exec(expression)?.[1]?.toLowerCase();
  return name === undefined ? [] : [`${name}()`, `public.${name}()`, `extensions.${name}()`];
}

function print(literal: Literal, type: string, home: string): readonly string[] {
  if ('now' in literal) return ['CURRENT_TIMESTAMP', 'now()', 'transaction_timestamp()'];
  if ('null' in literal) return ['NULL', ...cast('NULL', type, home)];
  if (parseCanonical(type).array) return printArray(literal, type, home);
  if ('items' in literal) return [];
  switch (parseCanonical(type).name) {
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'numeric':
    case 'real':
    case 'double precision':
      return printNumber(normalLiteral(literal, type).slice('text '.length), literal.text, parseCanonical(type).name);
    case 'money':
      return [literal.text, ...cast(quoted(literal.text), type, home)];
    case 'boolean':
      return [normalLiteral(literal, type).slice('text '.length)];
    default:
      return spellings(literal.text, parseCanonical(type).name).flatMap((text) => cast(quoted(text), type, home));
  }
}

/** Printed with standard_conforming_strings on: quotes doubled, backslashes as they are. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function cast(text: string, type: string, home: string): readonly string[] {
  return typeForms(castName(type), home).map((name) => `${text}::${name}`);
}

/** A type as it stands in a printed cast: without modifiers, blank-padded char and bit by their inner names. */
function castName(type: string): string {
  const parsed = parseCanonical(type);
  const array = parsed.array ? '[]' : '';
  if (!parsed.user && parsed.name === 'character') return `bpchar${array}`;
  if (!parsed.user && parsed.name === 'bit') return `"bit"${array}`;
  return canonicalType({ ...parsed, args: '' }, '');
}

const INT4 = 2n ** 31n;
const INT8 = 2n ** 63n;

/** A number stands bare when it is an integer of four bytes or has a point, and no sign; else quoted, with its type. */
function printNumber(value: string, written: string, type: string): readonly string[] {
  const ofType = type === 'integer' ? [] : [`'${value}'::${type}`];
  if (!/^-?\d+$/.test(value)) {
    const point = written.replace(/^\+/, '');
    return [...new Set([...(value.startsWith('-') ? [] : [value, point]), `'${value}'::numeric`, `'${point}'::numeric`, ...ofType])];
  }
  const integer = BigInt(value);
  if (/e/i.test(written)) return [`'${value}'::numeric`, ...ofType];
  if (integer >= 0n && integer < INT4) return [value, ...(/\./.test(written) ? [written] : []), ...ofType];
  const narrowest = integer >= -INT4 && integer < INT4 ? 'integer' : integer >= -INT8 && integer < INT8 ? 'bigint' : 'numeric';
  return [...new Set([`'${value}'::${narrowest}`, ...ofType])];
}

function spellings(text: string, type: string): readonly string[] {
  const all = [text];
  if (type === 'uuid' || type === 'bytea') all.push(text.toLowerCase());
  if (type === 'jsonb') all.push(...jsonbText(text));
  if (type === 'date') all.push(text.slice(0, 10));
  if (type.startsWith('timestamp')) all.push(...momentTexts(text, type.includes('with time')));
  return [...new Set(all)];
}

/** As jsonb prints: keys by length, then in order; one space after colon and comma. */
function jsonbText(text: string): readonly string[] {
  try {
    return [jsonb(JSON.parse(text))];
  } catch {
    return [];
  }
}

function jsonb(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonb).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => byteLength(a) - byteLength(b) || (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}: ${jsonb(entry)}`).join(', ')}}`;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

/** As ISO dates print in UTC. A type without zone ignores the zone of the text. */
function momentTexts(text: string, zoned: boolean): readonly string[] {
  const match = MOMENT.exec(text.trim());
  if (!match) return [];
  const fraction = /\.(\d*[1-9])0*$/.exec(match[2] ?? '')?.[0].replace(/0+$/, '') ?? '';
  if (!zoned) return [`${match[1]} ${(match[2] ?? '').slice(0, 8)}${fraction}`];
  const zone = /^[+-]/.test(match[3] ?? '') ? (match[3] ?? '').replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours, minutes) => `${hours}:${minutes ?? '00'}`) : 'Z';
  const utc = new Date(`${match[1]}T${(match[2] ?? '').slice(0, 8)}${zone}`);
  return Number.isNaN(utc.getTime()) ? [] : [`${utc.toISOString().slice(0, 19).replace('T', ' ')}${fraction}+00`];
}

/** With the cast Prisma writes, each element is printed with its type; without, as a scalar default would be. */
function printArray(literal: Literal, type: string, home: string): readonly string[] {
  if ('text' in literal) return cast(quoted(literal.text), type, home);
  if (!('items' in literal)) return [];
  if (literal.items.length === 0) return [...cast('ARRAY[]', type, home), ...cast("'{}'", type, home)];
  const element = type.replace(/\[\]$/, '');
  const explicit = typeForms(element, home).map((name) => literal.items.map((item) => printElement(item, element, name)));
  const implicit = literal.items.map((item) => print(item, element, home)[0] ?? '');
  return [...explicit, implicit].map((items) => `ARRAY[${items.join(', ')}]`);
}

function printElement(item: Literal, type: string, name: string): string {
  if (!('text' in item)) return 'null' in item ? `NULL::${name}` : '';
  const parsed = parseCanonical(type);
  const value = normalLiteral(item, type).slice('text '.length);
  if (parsed.name === 'boolean') return value;
  if (!['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'].includes(parsed.name)) {
    return `${quoted(spellings(item.text, parsed.name).at(-1) ?? item.text)}::${name}`;
  }
  const [bare = value] = printNumber(value, item.text, 'integer');
  if (parsed.name === 'integer' || (parsed.name === 'bigint' && bare.endsWith('::bigint'))) return bare;
  return parsed.name === 'numeric' && /\./.test(item.text) ? (parsed.args === '' ? item.text : `${item.text}::${name}`) : `(${bare})::${name}`;
}

/**
 * PostgreSQL 12 and 13 print SQL's own syntax as plain calls: (x AT TIME ZONE y) as timezone(y, x), EXTRACT(f FROM x) as
 * date_part('f'::text, x), SUBSTRING(x FROM a FOR b) as "substring"(x, a, b).
 */
export function olderForm(printed: string): string {
  return printed
    .replace(/\bEXTRACT\((\w+) FROM /g, "date_part('$1'::text, ")
    .replace(/\bSUBSTRING\(([^()]+|\([^()]*\)) FROM (\w+)(?: FOR (\w+))?\)/g, (_, text, from, length) => `"substring"(${text}, ${from}${length === undefined ? '' : `, ${length}`})`)
    .replace(/\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))+?) AT TIME ZONE ('[^']*'::text)\)/g, 'timezone($2, $1)');
}
