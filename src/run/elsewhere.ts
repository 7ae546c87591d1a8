// A failed migration that could not find a function or a type which is there, in a schema the connection does not look into.

import type { Session } from '../database/session.ts';
import { rowState, type Entry } from '../history/history.ts';
import type { FileProblem } from '../history/problems.ts';
import { quoteName, quoteText } from '../sql/quote.ts';

/** PostgreSQL's words: `function uuid_generate_v4() does not exist`, `type "vector" does not exist`. */
const MISSED = /(?:function (\w+)\([^)]*\)|type "(\w+)"|operator class "(\w+)")[^\n]* does not exist/;

/** The problem of the file as it is now; `null` where the name is nowhere, can be seen, or is written with its schema. */
export async function findElsewhere({ run }: Session, { file, rows }: Entry, home: string): Promise<FileProblem | null> {
  const logs = rows.filter((row) => rowState(row) === 'failed').at(-1)?.logs ?? '';
  const name = MISSED.exec(logs)?.slice(1).find((found) => found !== undefined);
  if (file === null || name === undefined) return null;
  const bare = new RegExp(`(?<![.\\w])"?${name}\\b`, 'i').exec(file.sql);
  if (bare === null) return null;
  const [found = []] = await run(`SELECT n.nspname::text, e.extname::text FROM (
      SELECT 'pg_proc'::regclass AS class, oid, pronamespace AS namespace FROM pg_catalog.pg_proc WHERE proname = ${quoteText(name)}
      UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_catalog.pg_type WHERE typname = ${quoteText(name)}
      UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace FROM pg_catalog.pg_opclass WHERE opcname = ${quoteText(name)}) o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e' LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
    WHERE n.nspname <> 'information_schema' ORDER BY n.nspname = ${quoteText(home)} OR n.nspname = 'pg_catalog' DESC, 1`);
  const [schema, extension] = found[0] ?? [];
  if (schema === undefined || schema === home || schema === 'pg_catalog') return null;
  const move = typeof extension === 'string' ? `, or move the extension: ALTER EXTENSION ${quoteName(extension)} SET SCHEMA ${quoteName(home)}` : '';
  const message = `${name} is in the schema ${quoteName(String(schema))}${typeof extension === 'string' ? ` (extension ${extension})` : ''}, and Prisma's connection looks into ${quoteName(home)}: write ${quoteName(String(schema))}.${name} in the file${move}`;
  return { code: 'ELSEWHERE', message, offset: bare.index, parts: null, fails: true };
}
