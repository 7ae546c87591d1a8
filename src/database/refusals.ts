// The reasons for which a connection is refused, told apart.

import { failure, type MendError } from '../errors.ts';
import { describeTarget, redact, type Target } from './url.ts';

export function connectFailure(target: Target, error: unknown): MendError {
  const code = errorCode(error);
  const at = describeTarget(target);
  const detail = redact(messageOf(error));
  switch (code) {
    case '3D000':
      return failure('NO_DATABASE', { database: target.database, target: `${target.host}:${target.port}` }, error);
    case '28P01':
      return failure('AUTH_FAILED', { target: at, detail }, error);
    case '28000':
      return /encryption|SSL/i.test(detail) ? failure('TLS_FAILED', { target: at, detail }, error) : failure('AUTH_FAILED', { target: at, detail }, error);
    case '42501':
      return failure('NO_RIGHTS', { doing: `connect to ${at}`, detail, grant: `GRANT CONNECT ON DATABASE "${target.database}" TO "${target.user}";` }, error);
  }
  if (/SSL|TLS|certificate|self.signed/i.test(detail)) return failure('TLS_FAILED', { target: at, detail }, error);
  if (/password|SASL|SCRAM/i.test(detail)) return failure('AUTH_FAILED', { target: at, detail }, error);
  const { because, next } = reasons.find(({ holds }) => holds(code, target, detail)) ?? { because: null, next: CHECK };
  return failure('UNREACHABLE', { target: at, detail: because === null ? detail : `${detail}\n${because(target)}`, next }, error);
}

const CHECK = 'Check host and port, that the database is awake, and that this machine is in its network.';

interface Reason {
  readonly holds: (code: string, target: Target, detail: string) => boolean;
  readonly because: (target: Target) => string;
  readonly next: string;
}

const unresolved = (code: string) => code === 'ENOTFOUND' || code === 'EAI_AGAIN';
const isLocal = ({ host }: Target) => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** The first that holds is the one that is said. */
const reasons: readonly Reason[] = [
  {
    holds: (_, { host }) => host.endsWith('.railway.internal'),
    because: ({ host }) => `${host} is only reachable inside of Railway, by a service that runs: not while it is built, and not from elsewhere.`,
    next: 'npx prisma-mend init railway   # runs predeploy as the pre-deploy command, inside of the network; elsewhere use the public URL',
  },
  {
    holds: (code, { host }) => unresolved(code) && /^(host|hostname|hostaddr|db_?host|dummy|placeholder|user|your.*|.*[.-]?example(\.\w+)?)$/i.test(host),
    because: ({ host, source }) => `${host} is the placeholder of an example: ${source} was never set to a database.`,
    next: 'Set it to the URL of the database.',
  },
  {
    holds: (code, { host }) => unresolved(code) && !host.includes('.'),
    because: ({ host }) => `The name ${host} does not resolve here. A name without dots belongs to a private network (a service of Docker Compose, an internal URL of Render), and only services in it see it.`,
    next: 'Run it inside of that network, or use the public URL.',
  },
  { holds: unresolved, because: ({ host }) => `The name ${host} does not resolve here.`, next: CHECK },
  {
    holds: (code, target) => code === 'ECONNREFUSED' && isLocal(target),
    because: ({ host, source }) => `Nothing listens there. In a container or a platform's build ${host} is that machine itself: there ${source} has still the value of a development machine.`,
    next: CHECK,
  },
  { holds: (code) => code === 'ECONNREFUSED', because: () => 'Nothing listens there.', next: CHECK },
  { holds: (code) => code === '57P03', because: () => 'The server starts up or recovers, and takes no connections yet.', next: 'Run the same command again in a moment; npx prisma-mend predeploy waits for it by itself.' },
  { holds: (code) => code === '53300', because: () => 'All connections the server allows are taken.', next: 'Close what holds them (pools of old deploys), and run the same command again.' },
  {
    holds: (code, _, detail) => code === 'ETIMEDOUT' || /timeout/i.test(detail),
    because: () => 'Nothing answered in time: a firewall drops the packets, or the database sleeps and wakes slowly.',
    next: 'Allow this machine in the database\'s network rules; for a database that sleeps add connect_timeout=60 to the URL.',
  },
];

/** SQLSTATE of a server's error, or the system's code, or ''. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
