// The main job from end to end on an embedded PostgreSQL: a Shopify app fails as in production, is diagnosed, repaired, and works.

import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployMigrations } from '../../prisma/engine.ts';
import { NOTHING_STATED } from '../../history/resolve.ts';
import { readMigrations } from '../../prisma/migrations.ts';
import { connect, type Session } from '../../database/session.ts';
import { counted } from '../../plan/naming.ts';
import { applyScripts } from '../apply.ts';
import { checkOn, hintsOf, type Checked } from '../check.ts';
import { planRepair } from '../repair.ts';
import { settle } from '../settle.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import { startApp } from './app.ts';
import { startDemoServer, type DemoServer } from './server.ts';

export interface DemoSteps {
  /** A numbered headline. */
  readonly step: (words: string) => void;
  readonly say: (words: string) => void;
  readonly checked: (checked: Checked) => void;
}

/** Throws when any station of the story does not come out as told. Leaves nothing behind. */
export async function runDemo(tell: DemoSteps, pglite = false): Promise<void> {
  const root = packageRoot();
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'prisma-mend-demo-'));
  cpSync(join(root, 'prisma'), join(folder, 'prisma'), { recursive: true });
  const server = await startDemoServer(root, pglite);
  try {
    tell.step(`An empty ${server.name}, and a Shopify app whose first migration was made for SQLite`);
    await story(server, root, folder, tell);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where package.json and the sample app are, from src and from dist alike. */
function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'prisma', 'schema.prisma'))) return folder;
    if (folder === dirname(folder)) throw new Error('the sample app is not part of this installation');
  }
}

async function story(server: DemoServer, root: string, folder: string, tell: DemoSteps): Promise<void> {
  const workspace = await openWorkspace({ cwd: folder, environment: {}, schema: join('prisma', 'schema.prisma'), url: server.target.url });
  const app = await startApp(root, server.connection);
  try {
    tell.step('The deploy: prisma migrate deploy');
    tell.say(await failingDeploy(server.session, workspace));
    tell.step('The app starts: Shopify\'s session storage looks for its table');
    tell.say(await missingTable(app.openStorage().ready));
    tell.step('prisma-mend check');
    const checked = await look(server, workspace);
    tell.checked(checked);
    expect(checked.plan.steps.length > 0 && checked.history.foreign.length > 0, 'check finds the missing tables and the SQLite migration');
    tell.step('prisma-mend resolve --apply');
    const settled = await settle(server.session, checked, { cwd: folder, environment: {}, via: 'mend', stated: NOTHING_STATED, files: 'all', signal: new AbortController().signal, progress: () => undefined });
    for (const line of settled.said) tell.say(`${capital(line)}.`);
    expect(settled.undecided.length === 0 && settled.done.some(({ as }) => as === 'translate'), 'the SQLite migration becomes one of PostgreSQL');
    tell.step('The deploy again: prisma migrate deploy');
    const { migrationsDir } = workspace.project;
    const deployed = await deployMigrations(server.session, 'public', readMigrations(migrationsDir), migrationsDir);
    tell.say(`Applied: ${deployed.join(', ')}.`);
    tell.step('prisma-mend repair --apply');
    tell.say(await repairRest(server, workspace));
    tell.step('The app again');
    const storage = app.openStorage();
    await storage.ready;
    const session = await storage.storeAndLoad();
    expect(session.accessToken === 'demo-token', 'the stored session is loaded');
    tell.say(`Session ${session.id} stored and loaded.`);
    tell.step('prisma-mend predeploy, at the next deploy');
    const again = await look(server, workspace);
    expect(again.comparison.changes.length === 0 && (again.diagnosis?.resolutions.length ?? 0) === 0 && again.history.pending.length === 0, 'there is nothing left to do');
    tell.say('Nothing to deploy, nothing to repair: nothing is changed.');
  } finally {
    await app.close();
  }
}

/** The schema has outgrown the history it had on SQLite. */
async function repairRest({ session, target }: DemoServer, workspace: Workspace): Promise<string> {
  const { plan, scripts, fingerprint } = await planRepair(session, target, workspace, { allow: [], fill: [], rename: [], rehearse: false, format: 'block', progress: () => undefined });
  await applyScripts(session, { scripts, home: target.schema, schemas: workspace.schemas, expected: fingerprint, signal: new AbortController().signal, reconnect: () => connect(target), progress: () => undefined });
  return `What the schema has and no migration made is added: ${counted(plan.steps.length, 'step')}.`;
}

function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(`the demo did not go as told: ${what}`);
}

async function failingDeploy(session: Session, { project }: Workspace): Promise<string> {
  try {
    await deployMigrations(session, 'public', readMigrations(project.migrationsDir), project.migrationsDir);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = /(type "datetime" does not exist|syntax error[^\n]*)/i.exec(text)?.[1];
    expect(reason !== undefined, `the deploy fails for the SQLite words (${text})`);
    return `It fails as in production: P3018, ERROR: ${reason}. The next one would stop with P3009.`;
  }
  throw new Error('the demo did not go as told: the SQLite migration ran on PostgreSQL');
}

async function missingTable(ready: Promise<boolean>): Promise<string> {
  const error = await ready.then(() => null, (reason: unknown) => reason);
  expect(error instanceof Error && error.constructor.name === 'MissingSessionTableError', 'the storage throws MissingSessionTableError');
  return error instanceof Error ? `${error.constructor.name}: ${error.message.split('. ')[0]}.` : '';
}

async function look({ session, target }: DemoServer, workspace: Workspace): Promise<Checked> {
  return await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: true });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
