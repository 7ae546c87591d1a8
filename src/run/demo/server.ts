// An embedded PostgreSQL for the demo: server programs from npm where they run, PGlite everywhere else.

import { connect, type Session } from '../../database/session.ts';
import { parseUrl, type Target } from '../../database/url.ts';
import { findServerPackages } from '../../scratch/binaries.ts';
import { startPglite } from '../../scratch/pglite.ts';
import { startServer } from '../../scratch/server.ts';

export interface DemoServer {
  readonly name: string;
  readonly target: Target;
  readonly session: Session;
  /** What `pg.Pool` takes. */
  readonly connection: object;
  readonly stop: () => Promise<void>;
}

const DATABASE = 'shop';

/** `pglite`: as where no server program runs. */
export async function startDemoServer(root: string, pglite = false): Promise<DemoServer> {
  const [newest] = pglite ? [] : findServerPackages(root);
  if (newest !== undefined && process.platform !== 'win32') {
    try {
      const server = await startServer(newest);
      const admin = await connect(parseUrl(server.url(), 'the demo'));
      await admin.run(`CREATE DATABASE ${DATABASE}`).finally(() => admin.close());
      const target = parseUrl(server.url(DATABASE), 'the demo');
      const session = await connect(target);
      const stop = () => session.close().then(() => server.stop());
      return { name: `PostgreSQL ${server.major}`, target, session, connection: { host: target.host, port: target.port, user: target.user, database: DATABASE }, stop };
    } catch {
      // No server program runs here (another libc, say): PGlite does.
    }
  }
  const { session, connection } = await startPglite([]);
  return { name: 'PGlite', target: parseUrl(`postgresql://postgres@localhost/${DATABASE}`, 'the demo'), session, connection, stop: () => session.close() };
}
