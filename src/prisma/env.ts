// .env files as Prisma 6 reads them when there is no config file: the project's, then the schema's; the process environment wins.

import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { failure } from '../errors.ts';

export interface EnvFile {
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
}

export function readEnvFiles(paths: readonly string[]): readonly EnvFile[] {
  const files: EnvFile[] = [];
  for (const path of new Set(paths)) {
    const text = readIfPresent(path);
    if (text === null) continue;
    const values: Record<string, string> = {};
    for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) values[name] = value;
    files.push({ path, values });
  }
  return files;
}

/** Value of a variable with `${OTHER}` and `$OTHER` replaced, and where it came from. */
export function lookUp(name: string, files: readonly EnvFile[], environment: Readonly<Record<string, string | undefined>>): { value: string; source: string } | null {
  const own = environment[name];
  if (own) return { value: real(own, `environment variable ${name}`), source: `environment variable ${name}` };
  for (const file of files) {
    const value = file.values[name];
    if (value) return { value: real(expand(value, files, environment, [name]), `${name} in ${file.path}`), source: `${name} in ${file.path}` };
  }
  return null;
}

/** What stands where a URL should: none of these is a secret, so it may be shown. */
const STAND_INS: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/^\$(\{\{?[^{}]*\}?\}|\w+)$/, (text) => `It is the reference ${text}, which nobody resolved: no service or variable has that name where this runs.`],
  [/^(undefined|null|none|todo|changeme|placeholder|dummy)$/i, (text) => `It is the word ${text}.`],
  [/^<[^<>]*>$/, (text) => `It is the placeholder ${text}.`],
  [/^postgres(ql)?:\/\/johndoe:randompassword@/, () => 'It is the example that prisma init writes into .env.'],
];

/** Throws URL_INVALID before anybody connects to what is no database. */
function real(value: string, source: string): string {
  const found = STAND_INS.find(([pattern]) => pattern.test(value.trim()));
  if (found !== undefined) throw failure('URL_INVALID', { source, detail: found[1](value.trim()) });
  return value;
}

function expand(value: string, files: readonly EnvFile[], environment: Readonly<Record<string, string | undefined>>, seen: readonly string[]): string {
  return value.replace(/(\\)?\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g, (whole, escaped, braced, plain) => {
    const name: string = braced ?? plain;
    if (escaped) return whole.slice(1);
    if (seen.includes(name)) return '';
    const raw = environment[name] ?? files.find((file) => name in file.values)?.values[name];
    return raw === undefined ? '' : expand(raw, files, environment, [...seen, name]);
  });
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
