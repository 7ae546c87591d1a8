// Render: preDeployCommand of a service in render.yaml. Render runs it without a shell.

import { failure } from '../errors.ts';
import { PREDEPLOY, rewire } from './command.ts';
import { lineAround, placeAt } from './text.ts';
import { blocked, edited, nothingToDo, type Choice, type Files, type Wiring } from './types.ts';
import { insertBelow, readYaml, replaceField, type Yaml, type YamlField, type YamlMap } from './yaml.ts';

const PATH = 'render.yaml';
const KEY = 'preDeployCommand';
const LINE = `${KEY}: ${PREDEPLOY}`;

interface Service {
  readonly keys: readonly (string | number)[];
  readonly value: Readonly<Record<string, unknown>>;
}

export async function render(files: Files, choice: Choice): Promise<Wiring> {
  const text = files.read(PATH);
  if (text === null) throw failure('NO_PLATFORM_FILE', { path: PATH, why: 'A service made in the dashboard has no file; its Pre-Deploy Command is set there.', next: `Set the service's Pre-Deploy Command to: ${PREDEPLOY}` });
  const yaml = await readYaml(PATH, text);
  const service = chosen(services(yaml.value), choice);
  const [line, found] = [placeAt(text, Math.max(0, text.search(/^services\s*:/m))).line, lineAround(text, Math.max(0, text.search(/^services\s*:/m)))];
  if (typeof service === 'string') return blocked({ path: PATH, line, found, why: service, put: `${LINE}   # in the service that has the database; name it with --service <name>` });
  const map = yaml.map(service.keys);
  if (map === null) return blocked({ path: PATH, line, found, why: 'The service is written as an alias of another.', put: LINE });
  return wired(text, yaml, map, service);
}

function wired(text: string, yaml: Yaml, map: YamlMap, { keys, value }: Service): Wiring {
  const field = map.fields.find(({ key }) => key === KEY);
  const at = field?.start ?? map.start;
  const stop = (why: string) => blocked({ path: PATH, line: placeAt(text, at).line, found: lineAround(text, at).trim(), why, put: LINE });
  if (field === undefined && value[KEY] !== undefined) return stop(`${KEY} comes from an anchor that services share.`);
  const decided = decide(field, value[KEY]);
  if (decided.kind === 'done') return nothingToDo;
  if (decided.kind === 'foreign') return stop(decided.why);
  const after = field === undefined ? insertBelow(text, map, ['buildCommand', 'runtime', 'env', 'plan', 'dockerfilePath', 'name', 'type'], LINE) : replaceField(text, field, PREDEPLOY);
  if (after === null || !yaml.proves(after, [...keys, KEY], PREDEPLOY)) return stop('The place could not be edited precisely.');
  return edited(PATH, text, after, value['plan'] === 'free' ? ['Render runs pre-deploy commands on paid plans, and this service says plan: free.'] : []);
}

function decide(field: YamlField | undefined, value: unknown): { readonly kind: 'absent' | 'done' | 'replaced' } | { readonly kind: 'foreign'; readonly why: string } {
  if (field === undefined) return { kind: 'absent' };
  if (value !== null && typeof value !== 'string') return { kind: 'foreign', why: 'It is no command.' };
  return rewire((value ?? '').trim(), { shell: false, script: false });
}

/** Every service of the file: top-level, and in the environments of projects. */
function services(tree: unknown): readonly Service[] {
  const list = (value: unknown, key: string): readonly unknown[] => (isRecord(value) && Array.isArray(value[key]) ? (value[key] as unknown[]) : []);
  const below = (value: unknown, keys: readonly (string | number)[]): readonly Service[] => list(value, 'services').flatMap((one, at) => (isRecord(one) ? [{ keys: [...keys, 'services', at], value: one }] : []));
  const nested = list(tree, 'projects').flatMap((project, p) => list(project, 'environments').flatMap((environment, e) => below(environment, ['projects', p, 'environments', e])));
  return [...below(tree, []), ...nested];
}

/** The one service to wire, or why that is not clear. Static sites and cron jobs have no pre-deploy command. */
function chosen(all: readonly Service[], { service }: Choice): Service | string {
  const able = all.filter(({ value }) => ['web', 'pserv', 'worker'].includes(String(value['type'])) && ['node', 'docker', 'image', 'undefined'].includes(String(value['runtime'] ?? value['env'])));
  const named = service === null ? able : able.filter(({ value }) => value['name'] === service);
  if (named.length === 0) return service === null ? 'There is no Node or Docker service of type web, pserv or worker in it.' : `There is no such service as ${service} in it that takes a pre-deploy command.`;
  const prisma = named.filter(({ value }) => /prisma/.test(String(value[KEY] ?? '')));
  const web = named.filter(({ value }) => value['type'] === 'web');
  const [one] = [named, prisma, web].find((some) => some.length === 1) ?? [];
  return one ?? `There are several services that could: ${named.map(({ value }) => String(value['name'])).join(', ')}.`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
