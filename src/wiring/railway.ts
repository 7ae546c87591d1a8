// Railway: one element in deploy.preDeployCommand, in railway.json or railway.toml.

import { PREDEPLOY, rewire } from './command.ts';
import { insertMember, member, provesJson, readJson } from './json.ts';
import { lineAround, placeAt, splice } from './text.ts';
import { addToml, assignments, loadToml, replaceToml } from './toml.ts';
import { blocked, edited, nothingToDo, type Files, type Wiring } from './types.ts';

const [JSON_FILE, TOML_FILE, CODE_FILE] = ['railway.json', 'railway.toml', '.railway/railway.ts'];
const KEYS = ['deploy', 'preDeployCommand'];
const IN_JSON = `"preDeployCommand": ["${PREDEPLOY}"]`;
const IN_TOML = `preDeployCommand = ["${PREDEPLOY}"]`;

export async function railway(files: Files): Promise<Wiring> {
  const [json, toml] = [files.read(JSON_FILE), files.read(TOML_FILE)];
  if (json !== null && toml !== null) return blocked({ path: TOML_FILE, line: 1, found: toml.split(/\r?\n/)[0] ?? '', why: `There is a ${JSON_FILE} too, and Railway reads one of them.`, put: `one file; in it ${IN_JSON}` });
  if (toml !== null) return await railwayToml(toml);
  if (json !== null) return railwayJson(json);
  const code = files.read(CODE_FILE);
  if (code !== null) return blocked({ path: CODE_FILE, line: 1, found: code.split(/\r?\n/)[0] ?? '', why: `A service that this file manages takes no ${JSON_FILE}.`, put: `preDeployCommand: ["${PREDEPLOY}"] in the service's deploy settings` });
  return edited(JSON_FILE, null, `{\n  "$schema": "https://railway.com/railway.schema.json",\n  "deploy": {\n    ${IN_JSON}\n  }\n}\n`);
}

/** What stands there now, as a decision: a list of one command, a command, nothing, or something else. */
function standing(value: unknown): { readonly kind: 'absent' | 'done' } | { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'foreign'; readonly why: string } {
  const list = Array.isArray(value);
  if (list && value.length > 1) return { kind: 'foreign', why: 'Railway accepts one element at most.' };
  const command: unknown = list ? (value[0] ?? '') : (value ?? '');
  if (typeof command !== 'string') return { kind: 'foreign', why: 'It is no command.' };
  const rewired = rewire(command);
  if (rewired.kind === 'absent') return { kind: 'absent' };
  if (rewired.kind !== 'replaced') return rewired;
  return { kind: 'value', value: list ? [rewired.command] : rewired.command };
}

function railwayJson(text: string): Wiring {
  const root = readJson(JSON_FILE, text);
  const deploy = member(root, 'deploy');
  const present = member(deploy, 'preDeployCommand');
  const stop = (at: number, why: string) => blocked({ path: JSON_FILE, line: placeAt(text, at).line, found: lineAround(text, at).trim(), why, put: IN_JSON });
  if (root.members === null) return stop(root.start, 'The file is no JSON object.');
  if (deploy !== null && deploy.members === null) return stop(deploy.start, '"deploy" is no object.');
  const found = standing(present?.value);
  if (found.kind === 'done') return nothingToDo;
  if (found.kind === 'foreign') return stop(present?.start ?? 0, found.why);
  const value = found.kind === 'value' ? found.value : [PREDEPLOY];
  const words = Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : JSON.stringify(value);
  const after =
    present !== null ? replaceJson(text, present.start, present.end, words)
    : deploy !== null ? insertMember(text, deploy, 'preDeployCommand', value)
    : insertMember(text, root, 'deploy', { preDeployCommand: value }, '$schema');
  if (!provesJson(text, after, KEYS, value)) return stop(deploy?.start ?? root.start, 'The place could not be edited precisely.');
  return edited(JSON_FILE, text, after);
}

/** A list spread over lines keeps its lines: the command alone is replaced. */
function replaceJson(text: string, start: number, end: number, words: string): string {
  const string = /"(?:[^"\\]|\\.)*"/.exec(text.slice(start, end));
  const command = /"(?:[^"\\]|\\.)*"/.exec(words)?.[0] ?? words;
  if (string === null) return splice(text, start, end, words);
  return splice(text, start + string.index, start + string.index + string[0].length, command);
}

async function railwayToml(text: string): Promise<Wiring> {
  const parse = await loadToml();
  const tree = parse(TOML_FILE, text) as { deploy?: { preDeployCommand?: unknown } };
  const present = typeof tree.deploy === 'object' ? tree.deploy.preDeployCommand : undefined;
  const place = assignments(text, { table: 'deploy', key: 'preDeployCommand' })[0];
  const stop = (why: string) => blocked({ path: TOML_FILE, line: place?.line ?? 1, found: (place?.text ?? text.split(/\r?\n/)[0] ?? '').trim(), why, put: IN_TOML });
  const found = standing(present);
  if (found.kind === 'done') return nothingToDo;
  if (found.kind === 'foreign') return stop(found.why);
  const value = found.kind === 'value' ? found.value : [PREDEPLOY];
  // Commands of an understood chain hold no backslash, so JSON's spelling of them is TOML's too.
  const one = { table: 'deploy', key: 'preDeployCommand', value, literal: Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : JSON.stringify(value), indent: '' };
  const after = present === undefined ? addToml(parse, TOML_FILE, text, one) : replaceToml(parse, TOML_FILE, text, one);
  return after === null ? stop('The place could not be edited precisely.') : edited(TOML_FILE, text, after);
}
