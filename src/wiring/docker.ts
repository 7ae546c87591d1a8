// Docker: what the image starts. Its CMD or ENTRYPOINT, the npm script or the shell script that those run.

import { failure } from '../errors.ts';
import { calledScripts, PREDEPLOY, rewire } from './command.ts';
import { execForm, lastStage, type Instruction, type Stage } from './dockerfile.ts';
import { PACKAGE, reachable, scriptOf, wireScripts } from './packages.ts';
import { lineAround, linesOf, splice } from './text.ts';
import { blocked, edited, nothingToDo, type Files, type Wiring } from './types.ts';

const PATH = 'Dockerfile';

export async function docker(files: Files): Promise<Wiring> {
  const text = files.read(PATH);
  if (text === null) return withoutDockerfile(files);
  const stage = lastStage(text);
  const found = stage.starts.map((start) => wireStart(files, text, stage, start));
  const settled = found.find((one) => one.edit === null && one.obstacle === null) ?? found.find((one) => one.edit !== null) ?? found.at(-1);
  const last = linesOf(text.trimEnd()).length;
  return settled ?? blocked({ path: PATH, line: last, found: lineAround(text, text.trimEnd().length).trim(), why: 'The last stage says neither CMD nor ENTRYPOINT.', put: `CMD ["sh", "-c", "${PREDEPLOY} && exec npm start"]` });
}

function withoutDockerfile(files: Files): Wiring {
  const text = files.read(PACKAGE);
  const name = ['docker-start', 'setup'].find((one) => text !== null && scriptOf(text, one) !== null);
  const script = text === null || name === undefined ? null : scriptOf(text, name);
  if (text === null || script === null) throw failure('NO_PLATFORM_FILE', { path: PATH, why: 'Nor does package.json have a script docker-start or setup.', next: `Start the image with: ${PREDEPLOY} && <what starts the app>` });
  return wireScripts(text, reachable(text, script.name), script);
}

function wireStart(files: Files, text: string, stage: Stage, start: Instruction): Wiring {
  const words = execForm(start.args);
  const shell = words !== null && /(?:^|\/)(?:ba|a|da)?sh$/.test(words[0] ?? '') && /^-\w*c$/.test(words[1] ?? '') && words.length === 3;
  const command = words === null ? start.args : shell ? (words[2] ?? '') : words.join(' ');
  const found = rewire(command, { shell: words === null || shell, script: false });
  if (found.kind === 'done') return nothingToDo;
  if (found.kind === 'replaced') return edited(PATH, text, splice(text, start.start, start.end, written(start, words, shell, found.command)));
  return viaScript(files, calledScripts(command)) ?? viaFile(files, stage, command) ?? inTheWay(text, start, command, found.kind === 'foreign' && /prisma/.test(command) ? found.why : 'It starts without deploying migrations.');
}

/** In the form it has; a list of words stays one. */
function written({ args }: Instruction, words: readonly string[] | null, shell: boolean, command: string): string {
  if (words === null) return command;
  if (!shell) return `[${command.split(/ +/).map((word) => JSON.stringify(word)).join(', ')}]`;
  return args.replace(JSON.stringify(words[2]), () => JSON.stringify(command));
}

function viaScript(files: Files, called: readonly string[]): Wiring | null {
  const text = files.read(PACKAGE);
  if (text === null) return null;
  const scripts = called.flatMap((name) => reachable(text, name));
  const fallback = called.map((name) => scriptOf(text, name)).find((script) => script !== null);
  return fallback === undefined || fallback === null ? null : wireScripts(text, scripts, fallback);
}

/** The shell script that is started, if it is in the project and deploys migrations. */
function viaFile(files: Files, { copies }: Stage, command: string): Wiring | null {
  const name = command.split(/\s+/).find((word) => word.endsWith('.sh'));
  if (name === undefined) return null;
  const base = name.slice(name.lastIndexOf('/') + 1);
  const sources = copies.flatMap(({ args }) => args.split(/[\s",[\]]+/).slice(0, -1)).filter((word) => word === base || word.endsWith(`/${base}`));
  const path = [name, name.replace(/^\/[^/]+\//, ''), ...sources, base].map((one) => one.replace(/^(?:\.?\/)+/, '')).find((one) => files.read(one) !== null);
  return path === undefined ? null : wireFile(path, files.read(path) ?? '');
}

function wireFile(path: string, text: string): Wiring | null {
  const lines = linesOf(text).flatMap((line, at) => (/prisma(?:@\S+)? +migrate +deploy|prisma-mend +predeploy/.test(line.text) && !/^\s*(?:#|echo\b|printf\b)/.test(line.text) ? [{ ...line, number: at + 1 }] : []));
  const [first, second] = lines;
  if (first === undefined) return null;
  const found = rewire(first.text);
  if (found.kind === 'done') return nothingToDo;
  if (found.kind !== 'replaced' || second !== undefined) return blocked({ path, line: first.number, found: first.text.trim(), why: second !== undefined ? 'It deploys migrations in several lines.' : found.kind === 'foreign' ? found.why : '', put: PREDEPLOY });
  const stops = /^\s*set +-\w*e|^#!.*\s-\w*e/m.test(text);
  return edited(path, text, splice(text, first.start, first.end, found.command), stops ? [] : [`Put \`set -e\` at the top of ${path}: without it, the app starts after a failure too.`]);
}

function inTheWay(text: string, start: Instruction, command: string, why: string): Wiring {
  const put = start.name === 'ENTRYPOINT' || /prisma/.test(command) ? PREDEPLOY : `CMD ["sh", "-c", ${JSON.stringify(`${PREDEPLOY} && exec ${command.replaceAll(/\s*\\\n\s*/g, ' ')}`)}]`;
  return blocked({ path: PATH, line: start.line, found: lineAround(text, start.start).trim(), why, put });
}
