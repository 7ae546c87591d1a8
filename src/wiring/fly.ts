// Fly: [deploy] release_command in fly.toml. Fly splits it into words itself; no shell runs it.

import { failure } from '../errors.ts';
import { PREDEPLOY, rewire } from './command.ts';
import { addToml, assignments, loadToml, replaceToml } from './toml.ts';
import { blocked, edited, nothingToDo, type Files, type Wiring } from './types.ts';

const PATH = 'fly.toml';
const KEY = { table: 'deploy', key: 'release_command' };

export async function fly(files: Files): Promise<Wiring> {
  const text = files.read(PATH);
  if (text === null) throw failure('NO_PLATFORM_FILE', { path: PATH, why: 'Fly\'s own command makes it, with the name of the app.', next: 'fly launch --no-deploy   # then: npx prisma-mend init fly' });
  const parse = await loadToml();
  const tree = parse(PATH, text) as { deploy?: { release_command?: unknown } };
  const present = typeof tree.deploy === 'object' ? tree.deploy.release_command : undefined;
  const place = assignments(text, KEY)[0];
  const stop = (why: string) => blocked({ path: PATH, line: place?.line ?? 1, found: (place?.text ?? text.split(/\r?\n/)[0] ?? '').trim(), why, put: `release_command = "${PREDEPLOY}"` });
  if (present !== undefined && typeof present !== 'string') return stop('It is no command.');
  const found = rewire(present ?? '', { shell: false, script: false });
  if (found.kind === 'done') return nothingToDo;
  if (found.kind === 'foreign') return stop(found.why);
  const one = { ...KEY, value: PREDEPLOY, literal: `"${PREDEPLOY}"`, indent: '  ' };
  const after = present === undefined ? addToml(parse, PATH, text, one) : replaceToml(parse, PATH, text, one);
  return after === null ? stop('The place could not be edited precisely.') : edited(PATH, text, after);
}
