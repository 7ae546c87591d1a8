// Prisma's engine on an embedded SQLite, for what it makes of a SQLite schema.

interface Queries {
  readonly run: (sql: string) => void;
  readonly query: (sql: string, args: readonly unknown[]) => { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };
}

/** ColumnTypeEnum of @prisma/driver-adapter-utils. */
const [INT64, DOUBLE, TEXT, BYTES] = [1, 3, 7, 13];

interface Result {
  readonly ok: boolean;
  readonly [key: string]: unknown;
}

function ok(value: unknown): Result {
  return { ok: true, value, map: (next: (value: unknown) => unknown) => ok(next(value)), flatMap: (next: (value: unknown) => unknown) => next(value) };
}

function refused(error: unknown): Result {
  const message = error instanceof Error ? error.message : String(error);
  const failed: Result = { ok: false, error: { kind: 'sqlite', extendedCode: 1, message, originalCode: '1', originalMessage: message } };
  return Object.assign(failed, { map: () => failed, flatMap: () => failed });
}

async function result(work: () => unknown): Promise<Result> {
  try {
    return ok(work());
  } catch (error) {
    return refused(error);
  }
}

/** An adapter factory for the engine; it has no shadow database, and what it leads to stays open. */
export function sqliteAdapter(database: Queries): unknown {
  const query = (request: { readonly sql: string; readonly args: readonly unknown[] }) => result(() => answer(database.query(request.sql, request.args)));
  const connection = {
    provider: 'sqlite',
    adapterName: 'prisma-mend',
    queryRaw: query,
    executeRaw: (request: { readonly sql: string; readonly args: readonly unknown[] }) => result(() => database.query(request.sql, request.args).rows.length),
    executeScript: (script: string) => result(() => database.run(script)),
    startTransaction: async () => refused(new Error('the schema engine starts no transaction through its adapter')),
    dispose: async () => ok(undefined),
    getConnectionInfo: () => ok({ schemaName: 'main', supportsRelationJoins: false }),
  };
  return { provider: 'sqlite', adapterName: 'prisma-mend', errorRegistry: { consumeError: () => undefined }, connect: async () => ok(connection), connectToShadowDb: async () => refused(new Error('no shadow database')) };
}

/** SQLite types values, not columns: the first one that is not NULL speaks for its column. */
function answer({ columns, rows }: ReturnType<Queries['query']>): unknown {
  const columnTypes = columns.map((_, at) => typeOf(rows.find((row) => row[at] !== null)?.[at]));
  return { columnNames: columns, columnTypes, rows: rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? String(cell) : cell))) };
}

function typeOf(cell: unknown): number | undefined {
  if (typeof cell === 'bigint') return INT64;
  if (typeof cell === 'number') return DOUBLE;
  return cell instanceof Uint8Array ? BYTES : TEXT;
}
