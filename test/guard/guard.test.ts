// The rules of the house, held by a test: who may import whom, what is loaded where, and that tables and texts are complete.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAILURE_CODES } from '../../src/errors.ts';
import { HAZARDS } from '../../src/plan/hazards.ts';
import { KINDS } from '../../src/catalog/kinds.ts';
import { ROOT } from '../support/project.ts';

const SRC = join(ROOT, 'src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => file.replaceAll('\\', '/'));
const TEXT = new Map(FILES.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
  readonly typeOnly: boolean;
}

const IMPORTS: readonly Import[] = FILES.flatMap((from) =>
  [...(TEXT.get(from) ?? '').matchAll(/(?:^|\n)(?:import|export) (type )?[^;'"]*?from '([^']+)'|\bimport\('([^']+)'\)|\bimport\(`([^`]+)`\)/g)].map(([, typeOnly, fixed, dynamic, template]) => ({
    from,
    to: fixed ?? dynamic ?? template ?? '',
    dynamic: fixed === undefined,
    typeOnly: typeOnly !== undefined,
  })),
);

const folderOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
const targetFolder = ({ from, to }: Import) => folderOf(relative(SRC, resolve(SRC, dirname(from), to)).replaceAll('\\', '/'));

/** Each folder and what it may import beside itself and errors.ts. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  sql: [],
  catalog: ['sql'],
  diff: ['sql', 'catalog'],
  plan: ['sql', 'catalog', 'diff'],
  effects: ['sql', 'catalog', 'diff'],
  history: ['sql', 'catalog', 'diff', 'effects'],
  sqlite: ['sql', 'catalog', 'effects', 'history'],
  report: ['sql', 'catalog', 'diff', 'plan', 'effects', 'history', 'sqlite'],
  cache: [],
  parse: ['effects', 'history', 'sqlite'],
  database: [],
  introspect: ['sql', 'catalog', 'history', 'database'],
  prisma: ['sql', 'history', 'cache', 'database', 'sqlite'],
  scratch: ['sql', 'cache', 'database', 'sqlite'],
  source: ['sql', 'catalog', 'diff', 'effects', 'cache', 'parse', 'introspect', 'prisma', 'scratch'],
  wiring: [],
  run: ['sql', 'catalog', 'diff', 'plan', 'effects', 'history', 'cache', 'parse', 'database', 'introspect', 'prisma', 'scratch', 'source', 'sqlite'],
  cli: ['catalog', 'diff', 'plan', 'history', 'report', 'sqlite', 'database', 'prisma', 'run', 'wiring'],
  '': ['catalog', 'diff', 'plan', 'history', 'sqlite', 'report', 'database', 'run'],
};

const PURE = ['sql', 'catalog', 'diff', 'effects', 'plan', 'history', 'report', 'sqlite'];

test('the map of folders is complete', () => {
  expect(FILES.length).toBeGreaterThan(70);
  expect([...new Set(FILES.map(folderOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test('no folder imports what it may not', () => {
  const wrong = IMPORTS.filter(({ to }) => to.startsWith('.')).filter((one) => {
    const [from, to] = [folderOf(one.from), targetFolder(one)];
    return from !== to && to !== '' && !(MAY_IMPORT[from] ?? []).includes(to);
  });
  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

test('pure folders import no package, and read no clock, environment or chance', () => {
  const pure = FILES.filter((file) => PURE.includes(folderOf(file)));
  expect(IMPORTS.filter(({ from, to }) => pure.includes(from) && !to.startsWith('.') && from !== 'sqlite/ast.ts').map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  expect(pure.filter((file) => /\bprocess\.|Date\.now|new Date\(\)|Math\.random|performance\./.test(TEXT.get(file) ?? ''))).toEqual([]);
});

test('each heavy package is loaded in one file, and only when it is needed', () => {
  for (const [name, allowed] of Object.entries({ pg: 1, 'libpg-query': 1, jiti: 1, '@electric-sql/pglite': 1, 'sql.js': 1, 'sqlite3-parser': 1, 'node-sqlite3-wasm': 1, 'smol-toml': 1, yaml: 1, yargs: 1 })) {
    const users = new Set(IMPORTS.filter(({ to, typeOnly }) => !typeOnly && (to === name || to.startsWith(`${name}/`))).map(({ from }) => from));
    if (name === 'pg') users.delete('scratch/pglite.ts');
    expect([name, users.size]).toEqual([name, allowed]);
    // The command line itself is yargs; everything else waits for a command.
    if (name !== 'yargs') expect(IMPORTS.filter(({ to, typeOnly, dynamic }) => to === name && !typeOnly && !dynamic)).toEqual([]);
  }
});

test('only the command line prints, reads its arguments, and sets an exit code; nobody leaves', () => {
  const elsewhere = (pattern: RegExp) => FILES.filter((file) => folderOf(file) !== 'cli' && pattern.test((TEXT.get(file) ?? '').replace(/^\s*(\/\/|\*).*$/gm, '')));
  expect(elsewhere(/process\.exitCode|process\.argv|console\.(?!log\b)/)).toEqual([]);
  expect(elsewhere(/process\.exit\(/)).toEqual([]);
  expect(FILES.filter((file) => /process\.exit\(/.test((TEXT.get(file) ?? '').replace(/^\s*(\/\/|\*).*$/gm, '')))).toEqual([]);
});

test('the differ names no kind', () => {
  const text = (TEXT.get('diff/diff.ts') ?? '').replace(/^import .*$/gm, '');
  expect(KINDS.filter((kind) => new RegExp(`['"\`]${kind}['"\`]`).test(text))).toEqual([]);
});

test('only the quoting module doubles quotes for SQL', () => {
  const quoting = FILES.filter((file) => /replaceAll\("'", "''"\)|replaceAll\('"', '""'\)/.test(TEXT.get(file) ?? ''));
  expect(quoting.sort()).toEqual(['plan/printed.ts', 'sql/quote.ts']);
});

test('every failure code is raised somewhere, every hazard named by a rule', () => {
  const all = [...TEXT].filter(([file]) => file !== 'errors.ts' && file !== 'plan/hazards.ts').map(([, text]) => text).join('\n');
  expect(FAILURE_CODES.filter((code) => !all.includes(`'${code}'`))).toEqual([]);
  expect(Object.keys(HAZARDS).filter((code) => !all.includes(`'${code}'`))).toEqual([]);
});

describe('texts', () => {
  const map = readFileSync(join(SRC, 'README.md'), 'utf8');
  test('src/README.md names every folder and file, and nothing that is not there', () => {
    const named = new Set([...map.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file]) => file ?? ''));
    expect(FILES.filter((file) => !named.has(file))).toEqual([]);
    expect([...named].filter((file) => !FILES.includes(file))).toEqual([]);
  });

  test('README.md gives a reason for each dependency, and each hazard its row', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
    expect([...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    expect(Object.keys(HAZARDS).filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });

  test('no source is longer than a reader holds in mind', () => {
    expect(FILES.filter((file) => (TEXT.get(file) ?? '').split('\n').length > 300)).toEqual([]);
  });
});

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }> };

  test('has the packages of every platform: npm leaves out those of others, and npm ci fails there', () => {
    const lacking = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) => Object.keys(optionalDependencies).filter((name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages)));
    expect(lacking).toEqual([]);
  });

  test('names no registry', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'))).toEqual([]);
  });
});
