// One query that compares what is promised with what the catalog shows, for use inside of a PL/pgSQL block.

import { quoteName, quoteText, quoteTexts } from '../sql/quote.ts';
import { LOOKS } from './looks.ts';
import type { Naming } from './naming.ts';
import type { Aspect, Promised, Step } from './types.ts';

/** Identity of a promise as the look reports it: `column "Session"."id"`, the schema named outside of the home schema. */
export function labelOf({ aspect, schema, table, name }: Promised, { home }: Naming): string {
  return `${aspect} ${[schema === home ? '' : schema, table, name].filter((part) => part !== '').map(quoteName).join('.')}`;
}

/** The promises of the steps, and the tables and enums they stand on: a step whose table is gone must not pass for done. */
export function promisesOf(steps: readonly Step[], naming: Naming): readonly Promised[] {
  const found = new Map<string, Promised>();
  const all = steps.flatMap((step) => step.promises);
  const made = new Set(all.map((one) => labelOf(one, naming)));
  const ground = (aspect: Aspect, schema: string, table: string, name: string) => {
    const one: Promised = { aspect, schema, table, name, forms: [aspect], from: [] };
    const label = labelOf(one, naming);
    if (!made.has(label) && !found.has(label)) found.set(label, one);
  };
  for (const { aspect, schema, table, also } of all) {
    if (aspect === 'value') ground('enum', schema, '', table);
    else if (table !== '' && aspect !== 'table') ground('table', schema, table, '');
    if (aspect === 'foreign key' && also) ground('table', also.schema, also.table, '');
  }
  for (const one of all) {
    const label = labelOf(one, naming);
    if (!found.has(label)) found.set(label, one);
  }
  return [...found.values()];
}

/** A column's aspects come with the column, a column with its table, a value with its enum: only the whole is reported. */
const OF_COLUMN: readonly Aspect[] = ['nullability', 'default', 'counter'];
const OF_TABLE: readonly Aspect[] = ['column', ...OF_COLUMN, 'primary key', 'constraint'];

/** Sets `unmet` (labels), `broken` (text) and `locks` (`table IN mode`), each NULL when there is nothing to say. */
export function lookSql(promises: readonly Promised[], naming: Naming): string {
  const aspects = [...new Set(promises.map(({ aspect }) => aspect))];
  const hidden = hiding(aspects);
  const quoted = (column: string) => `'"' || pg_catalog.replace(NULLIF(${column}, ''), '"', '""') || '"'`;
  return `SELECT pg_catalog.array_agg(q.label ORDER BY q.label) FILTER (WHERE q.found IS NULL OR q.found = ANY (q.since)),
  pg_catalog.string_agg(pg_catalog.concat(q.label, ' is ', q.found, ', promised ', q.forms[1]), '; ') FILTER (WHERE q.found IS NOT NULL AND q.found <> ALL (q.since)),
  pg_catalog.array_agg(DISTINCT q.lock) FILTER (WHERE q.lock IS NOT NULL) || pg_catalog.array_agg(DISTINCT q.also) FILTER (WHERE q.also IS NOT NULL)
INTO unmet, broken, locks
FROM (
  SELECT p.forms, p.since,
    pg_catalog.concat_ws(' ', p.aspect, pg_catalog.concat_ws('.', ${quoted('NULLIF(p."schema", home)')}, ${quoted('p."table"')}, ${quoted('p.name')})) AS label,
    CASE p.aspect
${aspects.map((aspect) => `      WHEN ${quoteText(aspect)} THEN ${LOOKS[aspect]}`).join('\n')}
    END AS found,
    CASE WHEN r.relkind IN ('r', 'p') AND pg_catalog.has_table_privilege(r.oid, 'UPDATE, DELETE, TRUNCATE') THEN pg_catalog.format('%I.%I IN %s', s.nspname, r.relname,
      CASE p.aspect WHEN 'index' THEN 'SHARE' WHEN 'foreign key' THEN 'SHARE ROW EXCLUSIVE' ELSE 'ACCESS EXCLUSIVE' END) END AS lock,
    CASE WHEN t.relkind IN ('r', 'p') AND pg_catalog.has_table_privilege(t.oid, 'UPDATE, DELETE, TRUNCATE') THEN pg_catalog.format('%I.%I IN %s', u.nspname, t.relname,
      CASE p.aspect WHEN 'table' THEN 'ACCESS EXCLUSIVE' ELSE 'SHARE ROW EXCLUSIVE' END) END AS also
  FROM (VALUES
${promises.map((one) => `    (${promiseRow(one, naming)})`).join(',\n')}
  ) p (aspect, "schema", "table", name, forms, since, also_schema, also_table)
  LEFT JOIN pg_catalog.pg_namespace h ON h.nspname = home::name
  LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = coalesce(p."schema", home)::name
  LEFT JOIN pg_catalog.pg_class r ON r.relnamespace = s.oid AND r.relname = p."table"::name
  LEFT JOIN pg_catalog.pg_namespace u ON u.nspname = coalesce(p.also_schema, home)::name
  LEFT JOIN pg_catalog.pg_class t ON t.relnamespace = u.oid AND t.relname = p.also_table::name${hidden.length === 0 ? '' : `\n  WHERE NOT (${hidden.join('\n    OR ')})`}
) q
WHERE q.found IS NULL OR NOT (q.found = ANY (q.forms) OR q.forms = '{}' AND q.found NOT IN ('none', 'another object'));`;
}

function hiding(aspects: readonly Aspect[]): readonly string[] {
  const conditions: string[] = [];
  if (aspects.some((aspect) => OF_TABLE.includes(aspect))) conditions.push(`p.aspect = ANY (${quoteTexts(OF_TABLE)}) AND r.oid IS NULL`);
  if (aspects.some((aspect) => OF_COLUMN.includes(aspect))) {
    conditions.push(`p.aspect = ANY (${quoteTexts(OF_COLUMN)}) AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attname = p.name::name AND NOT a.attisdropped)`);
  }
  if (aspects.includes('value')) conditions.push(`p.aspect = 'value' AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typname = p."table"::name AND t.typnamespace = s.oid)`);
  return conditions;
}

function promiseRow({ aspect, schema, table, name, forms, from, also }: Promised, { home, qualified }: Naming): string {
  const schemaText = (value: string) => (value === '' || (value === home && !qualified) ? 'NULL' : quoteText(value));
  const other = also ? `${schemaText(also.schema)}, ${quoteText(also.table)}` : 'NULL, NULL';
  return `${quoteText(aspect)}, ${schemaText(schema)}, ${quoteText(table)}, ${quoteText(name)}, ${quoteTexts(forms)}, ${quoteTexts(from)}, ${other}`;
}
