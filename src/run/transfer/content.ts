// The content of a table, as a number that tells one changed value: counted here over what is sent, and in PostgreSQL by the server. No row
// leaves it, and no order matters.

import { hash } from 'node:crypto';
import type { Session } from '../../database/session.ts';
import { quoteName } from '../../sql/quote.ts';
import type { ColumnPair, TablePair } from './plan.ts';
import { comparableSql } from './values.ts';
import type { Writer } from './writer.ts';

/** Rows as a set: their number, and the sums of two 64-bit parts of each row's SHA-256. */
export interface Content {
  readonly rows: number;
  readonly sums: string;
}

/** Signed high and unsigned low words are summed apart: as numbers they stay exact for two million rows, then they are carried. */
export interface Sums {
  rows: number;
  readonly words: [number, number, number, number];
  readonly totals: [bigint, bigint];
  pending: number;
}

export function newSums(): Sums {
  return { rows: 0, words: [0, 0, 0, 0], totals: [0n, 0n], pending: 0 };
}

const MOST_PENDING = 1_000_000;

/** In one call, and as letters of one byte: half the price of an object for each row. */
export function addRow(sums: Sums, { bytes, at }: Writer): void {
  const digest = hash('sha256', bytes.subarray(0, at), 'binary');
  sums.rows++;
  sums.words[0] += wordAt(digest, 0);
  sums.words[1] += wordAt(digest, 4) >>> 0;
  sums.words[2] += wordAt(digest, 8);
  sums.words[3] += wordAt(digest, 12) >>> 0;
  if (++sums.pending === MOST_PENDING) carry(sums);
}

function wordAt(digest: string, at: number): number {
  return (digest.charCodeAt(at) << 24) | (digest.charCodeAt(at + 1) << 16) | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3);
}

function carry(sums: Sums): void {
  const { words, totals } = sums;
  sums.pending = 0;
  for (const half of [0, 1] as const) {
    totals[half] += (BigInt(words[half * 2] ?? 0) << 32n) + BigInt(words[half * 2 + 1] ?? 0);
    words[half * 2] = 0;
    words[half * 2 + 1] = 0;
  }
}

export function contentFrom(sums: Sums): Content {
  carry(sums);
  return { rows: sums.rows, sums: sums.totals.join(' ') };
}

/** Printed texts depend on these settings, for the transaction. */
export const SETTINGS = "SET LOCAL datestyle TO 'ISO, MDY'; SET LOCAL timezone TO 'UTC'; SET LOCAL extra_float_digits TO 1; SET LOCAL bytea_output TO 'hex'; SET LOCAL row_security TO off; SET LOCAL statement_timeout TO 0";

/** A function takes 100 arguments at most, and a column is up to four. */
const PER_CONCAT = 20;

function rowSql(columns: readonly ColumnPair[], utf8: boolean): string {
  const parts = columns.map(({ target: { type, name } }, at) => `${at === 0 ? '' : "E'\\t', "}${comparableSql(type, `t.${quoteName(name)}`, utf8)}`);
  const groups = Array.from({ length: Math.ceil(parts.length / PER_CONCAT) }, (_, at) => `pg_catalog.concat(${parts.slice(at * PER_CONCAT, (at + 1) * PER_CONCAT).join(', ')})`);
  return groups.length === 1 ? (groups[0] ?? '') : `pg_catalog.concat(${groups.join(', ')})`;
}

const half = (from: number) => `pg_catalog.sum(('x' || pg_catalog.substr(h.digest, ${from}, 16))::bit(64)::int8)`;

/** OFFSET keeps the planner from computing a digest once for each of its halves. */
export async function contentOf(session: Pick<Session, 'run'>, schema: string, { target, columns }: TablePair, utf8: boolean): Promise<Content> {
  const row = columns.length === 0 ? "''" : rowSql(columns, utf8);
  const [[cells] = []] = await session.run(`SELECT pg_catalog.count(*)::text, pg_catalog.concat(COALESCE(${half(1)}, 0), ' ', COALESCE(${half(17)}, 0))
    FROM (SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${row}, 'UTF8')), 'hex') AS digest FROM ${quoteName(schema)}.${quoteName(target.name)} t OFFSET 0) h`);
  return { rows: Number(cells?.[0]), sums: String(cells?.[1]) };
}

export function sameContent(one: Content, other: Content): boolean {
  return one.rows === other.rows && one.sums === other.sums;
}

export async function hasRows(session: Pick<Session, 'run'>, schema: string, table: string): Promise<boolean> {
  const [[row] = []] = await session.run(`SELECT EXISTS (SELECT FROM ${quoteName(schema)}.${quoteName(table)})`);
  return row?.[0] === true;
}
