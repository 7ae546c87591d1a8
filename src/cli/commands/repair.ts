import type { CommandModule } from 'yargs';
import { makeOutput, type Output } from '../output.ts';
import { quote, repeatFlags, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import { nextSteps as stepsOf } from '../next.ts';
import { checkedFindings, viewOf } from '../views.ts';
import type { Checked } from '../../run/check.ts';
import type { View } from '../../report/view.ts';
import type { Session } from '../../database/session.ts';
import type { Repair } from '../../run/repair.ts';

interface Flags extends SharedFlags {
  write?: boolean | undefined;
  apply?: boolean | undefined;
  allow?: string[] | undefined;
  fill?: string[] | undefined;
  rename?: string[] | undefined;
  rehearse: boolean;
  format: 'block' | 'statements';
  name: string;
}

const FORMATS = ['block', 'statements'] as const;

export const repairCommand: CommandModule<object, Flags> = {
  command: 'repair',
  describe: 'Plan what the database lacks; print it, write it as a migration, or apply it',
  builder: (argv) =>
    sharedFlags(argv)
      .option('write', { type: 'boolean', group: 'What to do:', describe: 'put the plan into the migrations directory' })
      .option('apply', { type: 'boolean', group: 'What to do:', describe: 'run the plan on the database, then check again' })
      .option('name', { type: 'string', default: 'mend', group: 'What to do:', describe: 'name of the written migration' })
      .option('format', { choices: FORMATS, default: 'block' as const, group: 'What to do:', describe: 'one atomic DO block, or plain statements for an SQL editor' })
      .option('rehearse', { type: 'boolean', default: true, group: 'What to do:', describe: 'prove the plan on a scratch server first (--no-rehearse)' })
      .option('fill', { type: 'string', array: true, nargs: 1, group: 'Decisions:', describe: 'Table.column=<sql expression> for rows that need a value' })
      .option('rename', { type: 'string', array: true, nargs: 1, group: 'Decisions:', describe: 'Old=New table, or Table.old=new column' })
      .option('allow', { type: 'string', array: true, nargs: 1, group: 'Decisions:', describe: 'plan what is held back, by the name of its hazard' })
      .example('$0 repair', 'see the plan and its SQL; nothing is changed')
      .example('$0 repair --apply', 'run it')
      .example('$0 repair --write', 'make it a migration for prisma migrate deploy')
      .epilogue('Nothing that holds data is ever dropped. Exit codes: 0 whole; 1 could not; 3 something is held back for you to decide.'),
  handler: repairHandler,
};

async function repairHandler(flags: Flags): Promise<void> {
  const output = makeOutput(flags.color);
  const [{ openWorkspace }, { planRepair }, { connect }] = await Promise.all([import('../../run/workspace.ts'), import('../../run/repair.ts'), import('../../database/session.ts')]);
  const workspace = await openWorkspace(workspaceOptions(flags));
  const target = workspace.project.target();
  const session = await connect(target);
  try {
    const options = { allow: flags.allow ?? [], fill: flags.fill ?? [], rename: flags.rename ?? [], rehearse: flags.rehearse, format: flags.format, record: flags.write ?? false, progress: output.progress };
    const repair = await planRepair(session, target, workspace, options);
    output.progress('');
    const written = flags.write && (repair.scripts.length > 0 || repair.record.length > 0 || repair.history.wrongLock !== null) ? await write(repair, flags.name) : [];
    if (!flags.json) await explain(repair, output, flags);
    if (flags.write && repair.history.wrongLock !== null) output.talk(`${output.paintTalk('green', '✔')} migration_lock.toml says postgresql now.\n`);
    const remaining = flags.apply && repair.scripts.length > 0 ? await apply(repair, session, output) : null;
    const after = remaining ?? (written.length > 0 ? await lookAgain(repair, session) : null);
    await conclude({ repair, remaining, after, written, flags, output });
  } finally {
    await session.close();
  }
}

/** What is to be done and what is not, on stderr; the SQL itself is data. */
async function explain(repair: Repair, output: Output, flags: Flags): Promise<void> {
  const { toText } = await import('../../report/text.ts');
  const view = repairView(repair, []);
  output.talk(toText(view, output.paintTalk, flags.verbose ?? false, 'Nothing to repair: the database has all the schema says.'));
  if (repair.left.size > 0) output.talk(`\n${output.paintTalk('dim', 'i')} ${repair.left.size} difference${repair.left.size === 1 ? ' is' : 's are'} left to what deploy will run: ${repair.diagnosis?.deployable.map(({ name }) => name).join(', ') || 'the half-applied migration that resolve completes'}.\n`);
  if (repair.scripts.length > 0) output.talk(`\n${rehearsalWords(repair)}\n`);
  if (!flags.apply && !flags.write) for (const [at, { sql }] of repair.scripts.entries()) output.data(`${at === 0 ? '' : '\n'}${sql}`);
}

function rehearsalWords({ rehearsal: { outcome, judge, gaps } }: Repair): string {
  const named = gaps.length === 0 ? '' : `\n${gaps.map((gap) => `  gap: ${gap}`).join('\n')}`;
  switch (outcome) {
    case 'converged':
      return `Rehearsed on ${judge}: ends as promised, and a second run changes nothing.${named}`;
    case 'gaps':
      return `Rehearsed on ${judge} with gaps; what could be shown ends as promised.${named}`;
    default:
      return 'Not rehearsed (--no-rehearse).';
  }
}

function repairView(repair: Repair, next: readonly string[]): View {
  return viewOf('repair', repair, { findings: checkedFindings(repair).filter(({ group }) => group !== 'migrations'), next });
}

async function write(repair: Repair, name: string): Promise<readonly string[]> {
  const { readMigrations, timestamps, writeMigrations } = await import('../../prisma/migrations.ts');
  const { migrationsDir, display } = repair.workspace.project;
  const scripts = [...repair.record, ...repair.scripts];
  const stamps = timestamps(scripts.length, new Date(), readMigrations(migrationsDir).map((file) => file.name));
  const safe = name.replace(/[^A-Za-z0-9_]+/g, '_');
  const files = scripts.map(({ suffix, sql }, at) => ({ name: `${stamps[at]}_${safe}${suffix === '' ? '' : `_${suffix}`}`, sql }));
  return writeMigrations(migrationsDir, files).map(display);
}

/** A migration that was just written is part of the history. */
async function lookAgain({ workspace, target }: Repair, session: Session): Promise<Checked> {
  const { checkOn, hintsOf } = await import('../../run/check.ts');
  return await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: true });
}

/** Runs the plan under the user's eyes; Ctrl-C cancels on the server and says what stayed. Returns what is left to say. */
async function apply(repair: Repair, session: Session, output: Output): Promise<Repair> {
  const [{ applyScripts }, { connect }, { withInterrupt }, { checkOn, hintsOf }] = await Promise.all([import('../../run/apply.ts'), import('../../database/session.ts'), import('../interrupt.ts'), import('../../run/check.ts')]);
  const { workspace, target } = repair;
  await withInterrupt((signal) =>
    applyScripts(session, {
      scripts: repair.scripts,
      home: target.schema,
      schemas: workspace.schemas,
      expected: repair.fingerprint,
      signal,
      reconnect: () => connect(target),
      progress: (words) => output.progress(`applying, ${words}`),
    }),
  );
  output.progress('checking the result');
  const after = await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: false });
  output.progress('');
  return { ...repair, ...after };
}

interface Conclusion {
  readonly repair: Repair;
  readonly remaining: Repair | null;
  /** The database and the history after what was applied or written. */
  readonly after: Checked | null;
  readonly written: readonly string[];
  readonly flags: Flags;
  readonly output: Output;
}

async function conclude({ repair, remaining, after, written, flags, output }: Conclusion): Promise<void> {
  const final = remaining ?? repair;
  const view = repairView(final, nextSteps({ repair, remaining, after, written, flags, output }));
  // A plan that is printed or written is whole when nothing is held back; one that was applied has to leave nothing to mend.
  const held = [...repair.plan.withheld, ...final.plan.withheld].some(({ harmless }) => !harmless) || view.findings.some(({ mending }) => mending === 'withheld');
  const exitCode = held ? 3 : remaining !== null ? view.exitCode : 0;
  if (flags.json) {
    const { toJson } = await import('../../report/json.ts');
    const scripts = repair.scripts.map(({ suffix, sql, transaction, steps }) => ({ suffix, transaction, sql, steps: steps.map(({ title, because, hazards }) => ({ title, because, hazards })) }));
    output.data(toJson({ ...view, exitCode }, { rehearsal: repair.rehearsal, scripts, written, applied: remaining !== null }));
  } else {
    const { nextWords } = await import('../../report/text.ts');
    if (remaining !== null) output.talk(`${doneWords(repair, view, output)}\n`);
    if (written.length > 0) output.talk(`${output.paintTalk('green', '✔')} Written: ${written.join(', ')}\n`);
    const words = nextWords(view.next, output.paintTalk);
    if (words !== '') output.talk(`${words}\n`);
  }
  process.exitCode = exitCode;
}

function doneWords({ plan }: Repair, { exitCode, findings }: View, output: Output): string {
  const steps = plan.steps.length;
  const left = findings.filter(({ mending }) => mending !== 'none').length;
  const done = `${output.paintTalk('green', '✔')} Applied: ${steps} step${steps === 1 ? '' : 's'}, committed.`;
  return exitCode === 0 ? `${done} Checked again: the database agrees with the schema.` : `${done} Checked again: ${left} difference${left === 1 ? '' : 's'} left, held back for you to decide.`;
}

function nextSteps({ repair, remaining, after, flags }: Conclusion): readonly string[] {
  const again = repeatFlags(flags);
  const decisions = [...(flags.fill ?? []).map((one) => ` --fill ${quote(one)}`), ...(flags.rename ?? []).map((one) => ` --rename ${quote(one)}`), ...(flags.allow ?? []).map((one) => ` --allow ${one}`)].join('');
  const held = heldBack(repair, `${again}${decisions}`);
  const history = (checked: Checked) => stepsOf(checked, again).filter((step) => !step.startsWith('npx prisma-mend repair'));
  if (after !== null) return [...history(after), ...(held.length > 0 ? held : remaining === null ? [] : [`npx prisma-mend check${again}`])];
  const how = repair.newToHistory ? '--write' : '--apply';
  const own = repair.scripts.length === 0 ? [] : [`npx prisma-mend repair ${how}${again}${decisions}`];
  const at = stepsOf(repair, again).findIndex((step) => step.startsWith('npx prisma-mend repair'));
  const steps = history(repair);
  return at === -1 ? [...steps, ...own, ...held] : [...steps.slice(0, at), ...own, ...held, ...steps.slice(at)];
}

/** The command with the decisions that are still open; what no flag decides is for the schema or a migration by hand. */
function heldBack({ plan }: Repair, again: string): readonly string[] {
  const open = plan.withheld.filter(({ harmless }) => !harmless);
  const flags = [...new Set(open.flatMap(({ flag }) => (flag === null ? [] : [flag])))];
  if (flags.length > 0) return [`npx prisma-mend repair --apply${again} ${flags.join(' ')}`];
  const [first] = open;
  return first === undefined ? [] : [`adapt the schema, or write a migration by hand, for ${first.title}${open.length > 1 ? ` and ${open.length - 1} more` : ''}`];
}
