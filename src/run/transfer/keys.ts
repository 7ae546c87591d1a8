// Foreign keys while rows arrive. PostgreSQL checks a row that comes under a key by itself, which costs more than the row; a key that is
// added to a full table is checked over all rows at once. So keys are taken off and put back, in the transaction that copies.

import type { Row } from '../../database/session.ts';
import { quoteName, quoteText } from '../../sql/quote.ts';
import type { TablePair } from './plan.ts';
import type { Work } from './work.ts';

/** A foreign key that is off until the transaction ends. */
export interface TakenKey {
  readonly table: string;
  readonly name: string;
  /** As ALTER TABLE takes it. */
  readonly definition: string;
  readonly comment: string | null;
  /** All that PostgreSQL keeps about it, but for its number. */
  readonly kept: string;
  readonly target: string;
  /** Quoted and qualified. */
  readonly targetSql: string;
}

/** Fewer are checked in the time it takes to change a table. */
const WORTHWHILE = 1000;

/**
 * Takes off the keys of empty tables that can come back as they were, which is tried first. None where the role does not own both ends,
 * where somebody uses one of the tables, or where a trigger could miss them; NOT VALID keys and those with disabled triggers stay, for they
 * do not look at rows that are there already.
 */
export async function takeOffKeys(work: Work, open: readonly TablePair[]): Promise<readonly TakenKey[]> {
  const { session, target: { schema }, contents } = work;
  const large = open.filter(({ target }) => target.owned && (contents.get(target.name)?.rows ?? 0) >= WORTHWHILE).map(({ target }) => target.name);
  if (large.length === 0 || open.some(({ target }) => target.triggers.length > 0)) return [];
  const keys = await keysOf(work, large);
  if (keys.length === 0) return [];
  const locked = [...new Set([...large.map((name) => `${quoteName(schema)}.${quoteName(name)}`), ...keys.map(({ targetSql }) => targetSql)])];
  const drops = keys.map(({ table, name }) => `ALTER TABLE ${quoteName(schema)}.${quoteName(table)} DROP CONSTRAINT ${quoteName(name)}`);
  await session.run('SAVEPOINT mend_keys');
  try {
    await session.run([`LOCK TABLE ${locked.join(', ')} IN ACCESS EXCLUSIVE MODE NOWAIT`, ...drops, ...additions(schema, keys)].join(';\n'));
    if (!sameKeys(keys, await keysOf(work, large))) throw new Error('the keys would not come back as they were');
    await session.run([...drops, 'RELEASE SAVEPOINT mend_keys'].join(';\n'));
    return keys;
  } catch {
    // Whatever stands in the way, the keys can stay. A connection that is gone fails here again.
    await session.run('ROLLBACK TO SAVEPOINT mend_keys; RELEASE SAVEPOINT mend_keys');
    work.assertGoing();
    return [];
  }
}

/** Throws PostgreSQL's error when a row has nothing to refer to. */
export async function putBackKeys(work: Work, keys: readonly TakenKey[]): Promise<void> {
  if (keys.length === 0) return;
  // A table with checks that still wait is not altered.
  await work.session.run('SET CONSTRAINTS ALL IMMEDIATE');
  for (const key of keys) {
    work.at = key.table;
    work.assertGoing();
    await work.session.run(additions(work.target.schema, [key]).join(';\n'));
  }
  if (!sameKeys(keys, await keysOf(work, [...new Set(keys.map(({ table }) => table))]))) throw new Error(`the foreign keys of ${keys.map(({ table }) => `"${table}"`).join(', ')} did not come back as they were`);
}

function additions(schema: string, keys: readonly TakenKey[]): readonly string[] {
  return keys.flatMap(({ table, name, definition, comment }) => {
    const place = `${quoteName(schema)}.${quoteName(table)}`;
    return [`ALTER TABLE ${place} ADD CONSTRAINT ${quoteName(name)} ${definition}`, ...(comment === null ? [] : [`COMMENT ON CONSTRAINT ${quoteName(name)} ON ${place} IS ${quoteText(comment)}`])];
  });
}

function sameKeys(before: readonly TakenKey[], after: readonly TakenKey[]): boolean {
  return before.every((key) => {
    const now = after.find(({ table, name }) => table === key.table && name === key.name);
    return now !== undefined && now.kept === key.kept && now.definition === key.definition && now.comment === key.comment;
  });
}

/** In the order they were made, which is the one their triggers fire in. */
async function keysOf({ session, target: { schema } }: Work, tables: readonly string[]): Promise<readonly TakenKey[]> {
  const plain = (alias: string) => `${alias}.relkind = 'r' AND NOT ${alias}.relispartition AND pg_catalog.pg_has_role(${alias}.relowner, 'USAGE')`;
  const [rows = []] = await session.run(`SELECT c.relname::text, k.conname::text, pg_catalog.pg_get_constraintdef(k.oid), pg_catalog.obj_description(k.oid, 'pg_constraint'),
      pg_catalog.concat(pg_catalog.to_jsonb(k) - 'oid', t.kept), f.relname::text, pg_catalog.concat(pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(f.relname))
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_class f ON f.oid = k.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace,
      LATERAL (SELECT pg_catalog.bool_and(g.tgenabled = 'O') AS enabled, pg_catalog.string_agg(pg_catalog.concat_ws(' ', g.tgrelid, g.tgfoid, g.tgtype, g.tgdeferrable, g.tginitdeferred), ',' ORDER BY g.tgfoid, g.tgrelid) AS kept
        FROM pg_catalog.pg_trigger g WHERE g.tgconstraint = k.oid) t
    WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0 AND k.conislocal AND t.enabled AND ${plain('c')} AND ${plain('f')}
      AND c.relnamespace = (SELECT s.oid FROM pg_catalog.pg_namespace s WHERE s.nspname = ${quoteText(schema)}) AND c.relname IN (${tables.map(quoteText).join(', ')})
    ORDER BY k.oid`);
  return rows.map(keyOf);
}

function keyOf([table, name, definition, comment, kept, target, targetSql]: Row): TakenKey {
  return { table: String(table), name: String(name), definition: String(definition), comment: comment === null || comment === undefined ? null : String(comment), kept: String(kept), target: String(target), targetSql: String(targetSql) };
}
