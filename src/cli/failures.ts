// How a failure reads: what happened, why, the next step.

import { errorCode } from '../database/refusals.ts';
import { redact } from '../database/url.ts';
import { failure, MendError } from '../errors.ts';
import type { Paint } from '../report/text.ts';

/** An error the database sent, or a connection that broke, is no bug: it gets a code and a next step too. */
export function asFailure(error: unknown): unknown {
  if (error instanceof MendError || !(error instanceof Error)) return error;
  const code = errorCode(error);
  if (/^(57P0|08)/.test(code) || ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code) || error.message.includes('terminated unexpectedly')) {
    return failure('CONNECTION_LOST', { detail: error.message, outcome: 'Nothing was being changed. Run the same command again.' }, error);
  }
  return /^[0-9A-Z]{5}$/.test(code) ? failure('QUERY_FAILED', { doing: 'reading it', detail: `${error.message} (${code})` }, error) : error;
}

export function failureText(error: unknown, paint: Paint): string {
  if (!(error instanceof MendError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${paint('red', '✖')} This is a bug in prisma-mend; nothing further was done.\n${redact(stack)}\n`;
  }
  const why = redact(error.why).replace(/^/gm, '  ');
  return `${paint('red', '✖')} ${paint('bold', redact(error.message))}  ${paint('dim', error.code)}\n${why}\n${paint('cyan', `Next: ${redact(error.next)}`)}\n`;
}

export function failureJson(error: unknown, command: string): string {
  const known = error instanceof MendError ? { code: error.code, message: redact(error.message), why: redact(error.why), next: redact(error.next) } : { code: 'BUG', message: redact(String(error)), why: '', next: '' };
  return `${JSON.stringify({ schemaVersion: 1, ok: false, exitCode: 1, command, error: known, findings: [], nextActions: known.next === '' ? [] : [{ kind: 'advice', text: known.next }] }, null, 2)}\n`;
}
