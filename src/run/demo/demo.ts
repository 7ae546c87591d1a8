// The main job from end to end on an embedded PostgreSQL: a Shopify app fails as in production, is diagnosed, repaired, and works.

import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployMigrations } from '../../prisma/engine.ts';
import { readMigrations } from '../../prisma/migrations.ts';
import type { Session } from '../../database/session.ts';
import { applyScripts } from '../apply.ts';
import { checkOn, hintsOf, type Checked } from '../check.ts';
import { planRepair, type Repair } from '../repair.ts';
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
    tell.step('prisma-mend repair --apply');
    const repair = await plan(server, workspace);
    await carryOut(server, workspace, repair);
    tell.say(`${repair.plan.steps.length} steps, rehearsed on ${repair.rehearsal.judge}, applied in ${repair.scripts.length} transaction${repair.scripts.length === 1 ? '' : 's'}.`);
    tell.step('The app again');
    const storage = app.openStorage();
    await storage.ready;
    const session = await storage.storeAndLoad();
    expect(session.accessToken === 'demo-token', 'the stored session is loaded');
    tell.say(`Session ${session.id} stored and loaded.`);
    tell.step('prisma-mend repair, a second time');
    const again = await plan(server, workspace);
    expect(again.plan.steps.length === 0, 'a second repair finds nothing to do');
    tell.say('Nothing to repair: nothing is changed.');
  } finally {
    await app.close();
  }
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

async function plan({ session, target }: DemoServer, workspace: Workspace): Promise<Repair> {
  return await planRepair(session, target, workspace, { allow: [], fill: [], rename: [], rehearse: true, format: 'block', progress: () => undefined });
}

async function carryOut({ session, target }: DemoServer, workspace: Workspace, { scripts, fingerprint }: Repair): Promise<void> {
  const reconnect = () => Promise.reject(new Error('the demo\'s server has one connection'));
  await applyScripts(session, { scripts, home: target.schema, schemas: workspace.schemas, expected: fingerprint, signal: new AbortController().signal, reconnect, progress: () => undefined });
}
