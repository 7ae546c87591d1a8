// Statements on rows, and queries, which may call anything.

import { isNode, listAt, namesAt, nodesOf, nodeAt, textAt, type Node } from './ast.ts';
import { opaque, relationAt, shown, type Draft, type Place } from './draft.ts';
import type { Handler, Outcome } from './outcome.ts';
import type { Opaque } from './types.ts';

type Verb = Extract<Opaque, { kind: 'rows' }>['verb'];

function write(draft: Draft, verb: Verb, tables: readonly Place[], onEmpty: boolean): void {
  draft.opaque.push({ kind: 'rows', verb, tables, onEmpty });
}

function writing(verb: Verb, words: string, onEmpty: boolean): Handler {
  return (node, draft) => {
    const place = relationAt(draft, node['relation']);
    write(draft, verb, [place], onEmpty);
    insideOf(node, draft);
    return { title: `${words} ${shown(draft, place)}`, repeatable: false };
  };
}

export const insert: Handler = writing('INSERT', 'INSERT INTO', true);
export const update: Handler = writing('UPDATE', 'UPDATE', false);
export const remove: Handler = writing('DELETE', 'DELETE FROM', false);
export const merge: Handler = writing('MERGE', 'MERGE INTO', true);

export const copy: Handler = (node, draft) => {
  const place = relationAt(draft, node['relation']);
  if (node['is_from'] !== true) return { title: `COPY ${shown(draft, place)} TO`, repeatable: true };
  write(draft, 'COPY', [place], true);
  return { title: `COPY ${shown(draft, place)} FROM`, repeatable: false };
};

export const truncate: Handler = (node, draft) => {
  const tables = listAt(node, 'relations').map((one) => relationAt(draft, nodeAt(one, 'RangeVar')));
  write(draft, 'TRUNCATE', tables, false);
  return { title: `TRUNCATE ${tables.map((place) => shown(draft, place)).join(', ')}`, repeatable: true };
};

const VERBS: Readonly<Record<string, readonly [Verb, boolean]>> = { InsertStmt: ['INSERT', true], UpdateStmt: ['UPDATE', false], DeleteStmt: ['DELETE', false], MergeStmt: ['MERGE', true] };

/** Common table expressions may write as well; queries may call what they like. */
function insideOf(node: Node, draft: Draft): void {
  for (const [tag, [verb, onEmpty]] of Object.entries(VERBS)) {
    for (const inner of nodesOf(nodeAt(node, 'withClause'), tag)) write(draft, verb, [relationAt(draft, inner['relation'])], onEmpty);
  }
}

/** Functions of PostgreSQL and common extensions that read or compute, and those that set a counter or a session's own things. */
const HARMLESS = new Set(
  `set_config current_setting setval nextval currval lastval now clock_timestamp statement_timestamp transaction_timestamp version coalesce max min count sum avg array_agg string_agg json_agg jsonb_agg bool_and bool_or every
  pg_get_serial_sequence pg_sleep pg_notify pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_try_advisory_lock pg_try_advisory_xact_lock to_regclass to_regtype to_regproc to_regnamespace format concat lower upper
  quote_ident quote_literal length left right substring substr replace trim btrim ltrim rtrim md5 random gen_random_uuid uuid_generate_v4 row_number rank dense_rank lag lead first_value last_value generate_series unnest
  jsonb_build_object json_build_object jsonb_array_elements json_array_elements to_json to_jsonb row_to_json date_trunc date_part extract age to_char to_date to_timestamp abs round floor ceil ceiling greatest least nullif exists
  pg_table_is_visible pg_get_constraintdef pg_get_indexdef pg_get_expr pg_get_viewdef format_type obj_description col_description has_table_privilege has_schema_privilege current_database current_schema current_schemas split_part
  array_length array_to_string string_to_array cardinality regexp_replace regexp_matches translate encode decode octet_length char_length position strpos chr ascii repeat reverse lpad rpad pg_stat_reset`.split(/\s+/),
);

export const select: Handler = (node, draft) => {
  if (isNode(node['intoClause'])) return selectInto(node, draft);
  insideOf(node, draft);
  const calls = [...nodesOf(node, 'FuncCall')].map((call) => ({ names: namesAt(call, 'funcname'), call }));
  const unknown = calls.filter(({ names }) => !isHarmless(names)).map(({ names }) => names.join('.'));
  if (unknown.length > 0) opaque(draft, 'code', `it calls ${[...new Set(unknown)].join(', ')}`);
  const name = calls.length === 1 ? ` ${calls[0]?.names.join('.') ?? ''}()` : '';
  return { title: `SELECT${name}`, repeatable: unknown.length === 0 && draft.opaque.length === 0 && !calls.some(({ names }) => names.at(-1) === 'nextval'), ...settingOf(calls, draft) };
};

function isHarmless(names: readonly string[]): boolean {
  const name = names.at(-1) ?? '';
  return (names.length === 1 || names[0] === 'pg_catalog') && HARMLESS.has(name);
}

function selectInto(node: Node, draft: Draft): Outcome {
  const relation = nodeAt(node, 'intoClause', 'rel');
  opaque(draft, 'unread', `SELECT INTO ${textAt(relation, 'relname')}: its columns are those of a query`);
  return { title: `SELECT INTO ${textAt(relation, 'relname')}`, repeatable: false };
}

/** `set_config('search_path', …)`, as dumps begin. */
function settingOf(calls: readonly { readonly names: readonly string[]; readonly call: Node }[], draft: Draft): Pick<Outcome, 'home' | 'control'> {
  const found = calls.find(({ names }) => names.at(-1) === 'set_config');
  const [name, value] = listAt(found?.call, 'args').map((one) => textAt(one, 'A_Const', 'sval', 'sval'));
  if (found === undefined) return {};
  return { control: calls.length === 1 ? 'set' : null, home: name?.toLowerCase() === 'search_path' ? pathHome(draft, (value ?? '').split(',')) : null };
}

/** The first schema of a path that is there; an empty path changes nothing, for then every name is qualified. */
export function pathHome({ objects, home }: Draft, path: readonly string[]): string | null {
  const names = path.map((one) => one.trim().replace(/^"(.*)"$/, '$1')).filter((one) => one !== '' && one !== '$user' && one !== 'pg_catalog');
  const first = names.find((name) => objects.values(true).some((object) => object.kind === 'schema' && object.ref.name === name)) ?? names[0];
  return first === undefined || first === home ? null : first;
}
