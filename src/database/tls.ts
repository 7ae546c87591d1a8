// sslmode with libpq's meaning. node-postgres alone reads "require" as "verify-full", and no sslmode as plain text.

import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { failure } from '../errors.ts';
import type { Target } from './url.ts';

export type TlsAttempt = false | ConnectionOptions;

/** What to try, in order. Encryption without a checked certificate only where the URL asks for no more than that. */
export function tlsAttempts(target: Target): readonly TlsAttempt[] {
  const mode = target.parameters['sslmode'] ?? 'prefer';
  const verify = mode === 'verify-full' || mode === 'verify-ca' || target.parameters['sslaccept'] === 'strict';
  const tls = mode === 'disable' ? false : { ...certificates(target), rejectUnauthorized: verify, ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}) };
  switch (mode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, tls];
    case 'prefer':
      return isLocal(target.host) ? [false, tls] : verify ? [tls] : [tls, false];
    case 'require':
    case 'no-verify':
    case 'verify-ca':
    case 'verify-full':
      return [tls];
    default:
      throw failure('URL_INVALID', { source: target.source, detail: `sslmode=${mode} is none of disable, allow, prefer, require, verify-ca, verify-full.` });
  }
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function certificates({ parameters, source }: Target): ConnectionOptions {
  const read = (name: string) => {
    const path = parameters[name];
    if (path === undefined || path === '' || path === 'system') return undefined;
    try {
      return readFileSync(path);
    } catch (error) {
      throw failure('URL_INVALID', { source, detail: `${name}: ${error instanceof Error ? error.message : 'cannot be read'}` }, error);
    }
  };
  const [ca, cert, key, pfx] = [read('sslrootcert'), read('sslcert'), read('sslkey'), read('sslidentity')];
  const passphrase = parameters['sslpassword'];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(pfx && { pfx }), ...(passphrase && { passphrase }) };
}
