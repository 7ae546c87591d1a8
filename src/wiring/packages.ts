// package.json: its scripts as places to wire, and whether what predeploy needs gets into the image.

import { calledScripts, PREDEPLOY, rewire } from './command.ts';
import { member, provesJson, readJson } from './json.ts';
import { lineAround, placeAt, splice } from './text.ts';
import { blocked, edited, nothingToDo, type Files, type Wiring } from './types.ts';

export const PACKAGE = 'package.json';

export interface Script {
  readonly name: string;
  readonly command: string;
  readonly start: number;
  readonly end: number;
}

export function scriptOf(text: string, name: string): Script | null {
  const node = member(member(readJson(PACKAGE, text), 'scripts'), name);
  return node !== null && typeof node.value === 'string' ? { name, command: node.value, start: node.start, end: node.end } : null;
}

/** A script and those it calls, the called ones first: the migrations are deployed in one of them. */
export function reachable(text: string, name: string, seen: readonly string[] = []): readonly Script[] {
  const script = seen.includes(name) ? null : scriptOf(text, name);
  if (script === null) return [];
  return [...calledScripts(script.command).flatMap((called) => reachable(text, called, [...seen, name])), script];
}

/** Wires one of these scripts: the one that deploys migrations, if one does; else `fallback` is in the way. */
export function wireScripts(text: string, scripts: readonly Script[], fallback: Script): Wiring {
  const rewired = scripts.map((script) => ({ script, found: rewire(script.command, { shell: true, script: true }) }));
  if (rewired.some(({ found }) => found.kind === 'done')) return nothingToDo;
  for (const { script, found } of rewired) {
    if (found.kind !== 'replaced') continue;
    const after = splice(text, script.start, script.end, JSON.stringify(found.command));
    if (!provesJson(text, after, ['scripts', script.name], found.command)) break;
    return edited(PACKAGE, text, after);
  }
  const inWay = rewired.find(({ script }) => /prisma(?:-mend)? /.test(script.command)) ?? { script: fallback, found: { kind: 'foreign' as const, why: 'It starts without deploying migrations.' } };
  const why = inWay.found.kind === 'foreign' ? inWay.found.why : 'The place could not be edited precisely.';
  return blocked({ path: PACKAGE, line: placeAt(text, inWay.script.start).line, found: lineAround(text, inWay.script.start).trim(), why, put: `${JSON.stringify(inWay.script.name)}: ${JSON.stringify(suggestion(inWay.script))}` });
}

function suggestion({ name, command }: Script): string {
  if (name === 'setup') return 'prisma generate && prisma-mend predeploy';
  return rewire(command).kind === 'foreign' && !/prisma/.test(command) ? `prisma-mend predeploy && ${command}` : PREDEPLOY;
}

/** What `npm install` has left to do. An image that installs with --omit=dev has only `dependencies`. */
export function missingPackages(files: Files, omitsDev: boolean): readonly string[] {
  const text = files.read(PACKAGE);
  if (text === null) return ['npm install prisma-mend'];
  const root = readJson(PACKAGE, text);
  const version = (list: string, name: string) => member(member(root, list), name)?.value;
  const here = (name: string) => version('dependencies', name) !== undefined;
  const wanted = [
    ...(here('prisma-mend') || (!omitsDev && version('devDependencies', 'prisma-mend') !== undefined) ? [] : ['prisma-mend']),
    ...(here('prisma') || !omitsDev ? [] : [`prisma${typeof version('devDependencies', 'prisma') === 'string' ? `@${String(version('devDependencies', 'prisma'))}` : ''}`]),
  ];
  if (wanted.length === 0) return [];
  const moved = wanted.some((name) => version('devDependencies', name.replace(/@.*/, '')) !== undefined);
  return [`npm install ${moved ? '--save-prod ' : ''}${wanted.map((word) => (/^[\w./@-]+$/.test(word) ? word : `'${word}'`)).join(' ')}`];
}
