// Shopify's app template: its image runs `docker-start`, and that runs `setup`, which generates the client and deploys migrations.

import { failure } from '../errors.ts';
import { insertMember, member, provesJson, readJson } from './json.ts';
import { PACKAGE, reachable, scriptOf, wireScripts } from './packages.ts';
import { placeAt, lineAround } from './text.ts';
import { blocked, edited, type Files, type Wiring } from './types.ts';

const SETUP = 'prisma generate && prisma-mend predeploy';

export async function shopify(files: Files): Promise<Wiring> {
  const text = files.read(PACKAGE);
  if (text === null) throw failure('NO_PLATFORM_FILE', { path: PACKAGE, why: 'The template\'s start scripts are in it.', next: 'Run it in the app\'s folder.' });
  const root = readJson(PACKAGE, text);
  const scripts = member(root, 'scripts');
  const setup = scriptOf(text, 'setup');
  if (setup !== null) return wireScripts(text, reachable(text, 'setup'), setup);
  if (root.members === null || (scripts !== null && scripts.members === null)) return blocked({ path: PACKAGE, line: placeAt(text, root.start).line, found: lineAround(text, root.start).trim(), why: 'It has no scripts to add to.', put: `"setup": ${JSON.stringify(SETUP)}` });
  const last = root.members.at(-1)?.key ?? null;
  const after = scripts === null ? insertMember(text, root, 'scripts', { setup: SETUP }, last) : insertMember(text, scripts, 'setup', SETUP, 'docker-start');
  if (!provesJson(text, after, ['scripts', 'setup'], SETUP)) return blocked({ path: PACKAGE, line: 1, found: lineAround(text, 0), why: 'The place could not be edited precisely.', put: `"setup": ${JSON.stringify(SETUP)}` });
  const called = /npm run setup/.test(scriptOf(text, 'docker-start')?.command ?? '');
  return edited(PACKAGE, text, after, called ? [] : ['Start the image with: "docker-start": "npm run setup && npm run start"']);
}
