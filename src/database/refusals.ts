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
  return failure('UNREACHABLE', { target: at, detail: reach(code, detail, target) }, error);
}

function reach(code: string, detail: string, { host }: Target): string {
  if (host.endsWith('.railway.internal')) return `${detail}\n${host} is only reachable inside of Railway, and not while building: use a pre-deploy command, or the public URL.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${detail}\nThe name ${host} does not resolve here.`;
  if (code === 'ECONNREFUSED') return `${detail}\nNothing listens there.`;
  return detail;
}

/** SQLSTATE of a server's error, or the system's code, or ''. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
