// Prisma's engine on one connection of ours. Prisma's own @prisma/adapter-pg cuts scripts at every semicolon, runs each piece on
// a pool, and does not know the types "char" and name; here a script is one simple-protocol message, as in the native engine.

import type { Query, Session } from '../database/session.ts';

/** ColumnTypeEnum of @prisma/driver-adapter-utils. */
const COLUMN_TYPES: Readonly<Record<number, number>> = {
  16: 5, 18: 6, 19: 7, 20: 1, 21: 0, 23: 0, 25: 7, 26: 1, 700: 2, 701: 3, 1042: 7, 1043: 7, 1082: 8, 1083: 9, 1114: 10, 1184: 10, 1700: 4, 2950: 15, 114: 11, 3802: 11,
  1000: 69, 1002: 71, 1003: 71, 1005: 64, 1007: 64, 1009: 71, 1015: 71, 1016: 65, 1028: 65,
};
const TEXT = 7;
const FIRST_ARRAY = 64;

interface Result {
  readonly ok: boolean;
  readonly [key: string]: unknown;
}

function ok(value: unknown): Result {
  return { ok: true, value, map: (next: (value: unknown) => unknown) => ok(next(value)), flatMap: (next: (value: unknown) => unknown) => next(value) };
}

function refused(error: unknown): Result {
  const { code = '58000', severity = 'ERROR', message = String(error), detail, column, hint } = error as Readonly<Record<string, string | undefined>>;
  const failed: Result = { ok: false, error: { kind: 'postgres', originalCode: code, originalMessage: message, code, severity, message, detail, column, hint } };
  return Object.assign(failed, { map: () => failed, flatMap: () => failed });
}

async function result(work: () => Promise<unknown>): Promise<Result> {
  try {
    return ok(await work());
  } catch (error) {
    return refused(error);
  }
}

/** An adapter factory for the engine; it never opens a connection of its own, and has no shadow database. */
export function engineAdapter(session: Session, schemaName: string): unknown {
  const query = (request: Query) => result(async () => rows(await session.query(request)));
  const connection = {
    provider: 'postgres',
    adapterName: 'prisma-mend',
    queryRaw: query,
    executeRaw: (request: Query) => result(async () => (await session.query(request)).count),
    executeScript: (script: string) => result(async () => void (await session.run(script))),
    startTransaction: async () => refused(new Error('the schema engine starts no transaction through its adapter')),
    dispose: async () => ok(undefined),
    getConnectionInfo: () => ok({ schemaName, supportsRelationJoins: false }),
  };
  return { provider: 'postgres', adapterName: 'prisma-mend', errorRegistry: { consumeError: () => undefined }, connect: async () => ok(connection), connectToShadowDb: async () => refused(new Error('no shadow database')) };
}

function rows({ fields, rows: cells }: Awaited<ReturnType<Session['query']>>): unknown {
  const columnTypes = fields.map(({ oid }) => COLUMN_TYPES[oid] ?? TEXT);
  return { columnNames: fields.map(({ name }) => name), columnTypes, rows: cells.map((row) => row.map((cell, at) => value(cell, columnTypes[at] ?? TEXT))) };
}

function value(text: string | null, type: number): unknown {
  if (text === null) return null;
  if (type >= FIRST_ARRAY) return text === '{}' ? [] : text.slice(1, -1).split(',').map((item) => value(item, type - FIRST_ARRAY));
  if (type === 5) return text === 't';
  if (type === 0 || type === 2 || type === 3) return Number(text);
  return type === 10 ? text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00') : text;
}
