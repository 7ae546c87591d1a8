// A PostgreSQL URL as Prisma understands it: parameters of Prisma, of libpq, and what must never be printed.

import { failure } from '../errors.ts';

export interface Target {
  /** As given, with the password: for connecting only, never for output. */
  readonly url: string;
  /** What won: a flag, the config file, a variable. */
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** `?schema=`, or public: the schema Prisma's connection works in. */
  readonly schema: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Hides the password of any URL in the text, and any parameter that holds one. */
export function redact(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*):[^\s'"]*@/gi, '$1:***@')
    .replace(/\b(password|sslpassword|api_key|token)=[^&\s'"]*/gi, '$1=***');
}

export function parseUrl(url: string, source: string): Target {
  const invalid = (detail: string) => failure('URL_INVALID', { source, detail });
  const trimmed = url.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (trimmed === '') throw invalid('It is empty.');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== 'postgres' && scheme !== 'postgresql') throw invalid(schemeProblem(scheme, trimmed));
  let parsed: URL;
  try {
    parsed = new URL(trimmed);
  } catch {
    // The error of `new URL` carries the whole text, password included.
    throw invalid('It cannot be parsed. Characters such as @ : / # [ in user or password must be percent-encoded.');
  }
  const parameters = Object.fromEntries(parsed.searchParams);
  const database = decode(parsed.pathname.slice(1), invalid);
  const host = parameters['host'] ?? parsed.hostname.replace(/^\[|\]$/g, '');
  const user = decode(parsed.username, invalid);
  if (host === '') throw invalid('It names no host.');
  if (database === '' && user === '') throw invalid('It names no database.');
  return {
    url: trimmed,
    source,
    host: decode(host, invalid),
    port: Number(parameters['port'] ?? (parsed.port || 5432)),
    database: database || user,
    user,
    schema: parameters['schema'] || 'public',
    parameters,
  };
}

function schemeProblem(scheme: string | undefined, url: string): string {
  if (scheme === 'prisma' || scheme === 'prisma+postgres') return 'It is an Accelerate or Prisma Postgres proxy URL; use the direct postgresql:// URL of the database.';
  if (scheme === 'file' || url.startsWith('file:')) return 'It is a SQLite file; prisma-mend needs the PostgreSQL database the app is moving to.';
  return scheme === undefined ? 'It does not begin with postgresql://' : `It begins with ${scheme}://, not postgresql://`;
}

function decode(text: string, invalid: (detail: string) => Error): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('A % in it is not followed by two hexadecimal digits; write %25 for a percent sign.');
  }
}

/** `host:port/database (schema app)`, safe to print. */
export function describeTarget(target: Target): string {
  const schema = target.schema === 'public' ? '' : ` (schema ${target.schema})`;
  return `${target.host}:${target.port}/${target.database}${schema}`;
}
