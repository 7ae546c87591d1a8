// How a PostgreSQL prints an expression of the schema: asked of a scratch server, because no reader of text can know.

import { keyOf } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import type { Scratch } from '../scratch/scratch.ts';
import { quoteName, quoteText } from '../sql/quote.ts';

export interface Ask {
  readonly object: CatalogObject<'column' | 'index'>;
  readonly expression: string;
}

/** Key of an answer: the object's and the expression. */
export function askKey({ object, expression }: Ask): string {
  return `${keyOf(object.ref)} ${expression}`;
}

/**
 * Printed texts by {@link askKey}, on a scratch server that holds the schema's tables. What the server cannot make sense of,
 * for want of a function say, has no answer.
 */
export async function printedTexts(scratch: Scratch, asks: readonly Ask[]): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  for (const ask of asks) {
    const printed = await printTwice(scratch, ask);
    if (printed !== null) answers.set(askKey(ask), printed);
  }
  return answers;
}

/** What PostgreSQL prints, read again, can print otherwise once more (IN lists, BETWEEN); the second print stays. */
async function printTwice(scratch: Scratch, ask: Ask): Promise<string | null> {
  const first = await print(scratch, ask);
  return first === null ? null : await print(scratch, { ...ask, expression: first });
}

async function print({ session }: Scratch, { object, expression }: Ask): Promise<string | null> {
  const table = `${quoteName(object.ref.schema)}.${quoteName(object.ref.table)}`;
  const { set, read } =
    object.kind === 'column'
      ? { set: `ALTER TABLE ${table} ALTER COLUMN ${quoteName(object.ref.name)} SET DEFAULT ${expression}`, read: defaultOf(table, object.ref.name) }
      : { set: `CREATE INDEX mend_probe ON ${table} (${(object.def.keys[0]?.column ?? '') === '' ? '(1)' : quoteName(object.def.keys[0]?.column ?? '')}) WHERE ${expression}`, read: PREDICATE };
  try {
    const results = await session.run(`BEGIN; ${set}; SELECT pg_catalog.set_config('timezone', 'UTC', true); ${read}`);
    const text = results.at(-1)?.[0]?.[0];
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  } finally {
    await session.run('ROLLBACK');
  }
}

function defaultOf(table: string, column: string): string {
  return `SELECT pg_catalog.pg_get_expr(d.adbin, 0) FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE d.adrelid = ${quoteText(table)}::pg_catalog.regclass AND a.attname = ${quoteText(column)}`;
}

const PREDICATE = `SELECT pg_catalog.pg_get_expr(i.indpred, i.indrelid) FROM pg_catalog.pg_index i WHERE i.indexrelid = 'mend_probe'::pg_catalog.regclass`;
