// One connection to PostgreSQL. The only file that loads `pg`.

import type { Client, ClientConfig } from 'pg';
import { failure, MendError } from '../errors.ts';
import { copyIn, type Chunks } from './copy-in.ts';
import { connectFailure } from './refusals.ts';
import { tlsAttempts, type TlsAttempt } from './tls.ts';
import { describeTarget, type Target } from './url.ts';

export type Cell = string | number | boolean | null | readonly Cell[];
export type Row = readonly Cell[];

/** Runs statements in one simple-protocol message (one implicit transaction); the rows of each statement as arrays. */
export type RunScript = (script: string) => Promise<readonly (readonly Row[])[]>;

/** One statement with parameters, as the engine sends it. */
export interface Query {
  readonly sql: string;
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly fields: readonly { readonly name: string; readonly oid: number }[];
  /** Every value as PostgreSQL's text. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly count: number;
}

export interface Session {
  readonly run: RunScript;
  readonly query: (query: Query) => Promise<Answer>;
  /** COPY … FROM STDIN: the number of rows taken. */
  readonly copyIn: (sql: string, chunks: Chunks) => Promise<number>;
  readonly server: ServerFacts;
  /** Asks the server, over a second connection, to cancel what this one is doing. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

export interface ServerFacts {
  /** `server_version_num`, for example 150004. */
  readonly version: number;
  readonly user: string;
  /** The server refuses writes: a replica, or set so. */
  readonly readOnly: string | null;
  /** Evidence of a pooler in between, `null` for a direct connection. */
  readonly pooler: string | null;
}

const MINIMUM_VERSION = 120000;
const CONNECT_SECONDS = 10;

/** Connects, tries TLS as sslmode says, and refuses what is not PostgreSQL 12 or newer. */
export async function connect(target: Target): Promise<Session> {
  const attempts = tlsAttempts(target);
  let refusal: unknown;
  for (const tls of attempts) {
    try {
      return await connectOnce(target, tls);
    } catch (error) {
      if (error instanceof MendError) throw error;
      refusal ??= error;
    }
  }
  throw connectFailure(target, refusal);
}

async function connectOnce(target: Target, ssl: TlsAttempt): Promise<Session> {
  const { default: pg } = await import('pg');
  const open = () => new pg.Client(clientConfig(target, ssl));
  const client = open();
  await client.connect().catch((error: unknown) => {
    // A server that refuses and does not hang up would keep the process alive.
    (client as { connection?: { stream?: { destroy?: () => void } } }).connection?.stream?.destroy?.();
    throw error;
  });
  return await startSession(client, describeTarget(target), async (pid) => {
    const second = open();
    await second.connect();
    await second.query('SELECT pg_catalog.pg_cancel_backend($1)', [pid]).finally(() => second.end());
  });
}

function clientConfig(target: Target, ssl: TlsAttempt): ClientConfig {
  const url = new URL(target.url);
  const seconds = Number(target.parameters['connect_timeout'] ?? CONNECT_SECONDS) || CONNECT_SECONDS;
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    ...(target.user && { user: target.user }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ssl,
    connectionTimeoutMillis: seconds * 1000,
    keepAlive: true,
    application_name: 'prisma-mend',
  };
}

/** Every value as text. */
const RAW = { getTypeParser: () => (text: string | Buffer) => String(text) } as never;

/** Wraps a connected client of the `pg` package, wherever its connection leads. */
export async function startSession(client: Client, where: string, cancelBackend: (pid: number) => Promise<void>): Promise<Session> {
  let broken: Error | undefined;
  client.on('error', (error) => {
    broken = error;
  });
  const run = async (script: string) => {
    if (broken) throw broken;
    const answer = (await client.query({ text: script, rowMode: 'array' })) as unknown as { rows: Row[] } | { rows: Row[] }[];
    return (Array.isArray(answer) ? answer : [answer]).map((result) => result.rows);
  };
  const [[row] = []] = await run(
    `SELECT pg_catalog.version(), pg_catalog.current_setting('server_version_num')::int4, pg_catalog.pg_backend_pid(), current_user::text, pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')`,
  );
  const [banner, version, pid, user, recovering, readOnly] = row ?? [];
  const close = () => client.end().catch(() => undefined);
  if (!String(banner).startsWith('PostgreSQL ') || /cockroach|redshift|yugabyte/i.test(String(banner))) {
    await close();
    throw failure('NOT_POSTGRESQL', { version: String(banner) });
  }
  if (Number(version) < MINIMUM_VERSION) {
    await close();
    throw failure('SERVER_TOO_OLD', { version: String(banner).split(' ')[1] ?? '' });
  }
  const announced = 'processID' in client && typeof client.processID === 'number' ? client.processID : Number(pid);
  return {
    run,
    async query({ sql, args }) {
      if (broken) throw broken;
      const { fields, rows, rowCount } = await client.query({ text: sql, values: [...args], rowMode: 'array', types: RAW });
      return { fields: fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })), rows, count: rowCount ?? 0 };
    },
    async copyIn(sql, chunks) {
      if (broken) throw broken;
      return await copyIn(client, sql, chunks);
    },
    cancel: () => cancelBackend(Number(pid)),
    close,
    server: {
      version: Number(version),
      user: String(user),
      readOnly: recovering === true ? `${where} is a read replica (in recovery)` : readOnly === 'on' ? `default_transaction_read_only is on for ${where}` : null,
      // A pooler answers the start-up itself, so the process it announces is not the one that runs the query.
      pooler: announced === Number(pid) ? null : `the server process changed between connecting (${announced}) and the first query (${Number(pid)})`,
    },
  };
}
