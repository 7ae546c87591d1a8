import type { CommandModule } from 'yargs';
import { makeOutput, type Output } from '../output.ts';
import { report, reporterFlags, type ReporterFlags } from '../reporters.ts';
import { quote, sharedFlags, workspaceOptions, type SharedFlags } from '../flags.ts';
import type { Comparison } from '../../diff/compare.ts';
import type { Where } from '../../report/findings.ts';
import type { View } from '../../report/view.ts';
import type { TransferReport } from '../../run/transfer/transfer.ts';
import type { Verification } from '../../run/verify.ts';
import type { TranslatedHistory, TranslationOptions } from '../../run/translation.ts';

interface Flags extends SharedFlags, ReporterFlags {
  directory?: string | undefined;
  out?: string | undefined;
  'in-place'?: boolean | undefined;
  prisma?: '5' | '6' | '7' | undefined;
  'allow-manual'?: boolean | undefined;
  verify?: boolean | undefined;
  data?: string | undefined;
}

const MAJOR = { 5: 5, 6: 6, 7: 7 } as const;
const PRISMA = ['5', '6', '7'] as const;

export const translateCommand: CommandModule<object, Flags> = {
  command: 'translate [directory]',
  describe: 'Write a SQLite migration history as a PostgreSQL history, data statements included',
  builder: (argv) =>
    reporterFlags(sharedFlags(argv))
      .positional('directory', { type: 'string', describe: 'the migrations directory; else the project\'s' })
      .option('out', { type: 'string', group: 'What to do:', describe: 'where to; else <directory>_postgresql beside it' })
      .option('in-place', { type: 'boolean', group: 'What to do:', describe: 'switch the directory itself, where none of it was applied; it is kept as <directory>_sqlite' })
      .option('allow-manual', { type: 'boolean', group: 'What to do:', describe: 'exit with 0 although places are left to be written by hand' })
      .option('verify', { type: 'boolean', group: 'What to do:', describe: 'prove it first: both histories side by side, with rows, migration by migration' })
      .option('data', { type: 'string', group: 'What to do:', describe: 'copy the rows of this SQLite file into the tables that are deployed' })
      .option('prisma', { choices: PRISMA, group: 'Decisions:', describe: 'major version the project uses; else the installed one, else 7' })
      .conflicts('in-place', 'out')
      .example('$0 translate', 'write prisma/migrations_postgresql, and say what is to be known')
      .example('$0 translate --in-place', 'switch prisma/migrations')
      .example('$0 translate --data prisma/dev.sqlite', 'once it is deployed: the rows')
      .example('$0 translate old/migrations --no-schema', 'no project: types by SQLite\'s own')
      .epilogue('Exit codes: 0 whole; 1 could not: SQLite itself refuses the history, or nothing could be written; 3 places are left to you.'),
  handler: translateHandler,
};

async function translateHandler(flags: Flags): Promise<void> {
  const output = makeOutput(flags.color);
  const [{ translateProject, compareEnd }, { countsOf }, { withInterrupt }] = await Promise.all([import('../../run/translation.ts'), import('../../report/translation.ts'), import('../interrupt.ts')]);
  const options = optionsOf(flags);
  await withInterrupt(async (signal) => {
    output.progress('translating');
    const history = await translateProject(options);
    const counts = countsOf(history.translated);
    const { verifyHistory, copyRows } = await import('../../run/handover.ts');
    const verification = flags.verify && counts.translated > 0 ? await verifyHistory(history, options, { signal, progress: output.progress }) : null;
    const held = flags['in-place'] === true && ((counts.manual > 0 && flags['allow-manual'] !== true) || (await problemCount(verification)) > 0);
    const written = counts.translated === 0 || held ? NOT_WRITTEN : await write(history, options, flags);
    output.progress('comparing the end with the schema');
    const end = history.files.length === 0 ? null : await compareEnd(history);
    const transfer = flags.data === undefined || held ? null : await copyRows(history, options, flags.data, { signal, progress: output.progress });
    output.progress('');
    await conclude({ history, written, held, end, verification, transfer, flags, output });
  });
}

async function problemCount(verification: Verification | null): Promise<number> {
  const { problemsOf } = await import('../../run/verify.ts');
  return (verification?.migrations ?? []).flatMap(problemsOf).length;
}

/** `--no-schema` is yargs' way to say `schema: false`. */
function optionsOf(flags: Flags): TranslationOptions {
  const { schema, ...others } = flags as Omit<Flags, 'schema'> & { readonly schema?: string | boolean };
  const words = [...(flags.directory === undefined ? [] : [quote(flags.directory)]), ...(typeof schema === 'string' ? [`--schema ${quote(schema)}`] : schema === false ? ['--no-schema'] : []), ...(flags.prisma === undefined ? [] : [`--prisma ${flags.prisma}`]), ...(flags['in-place'] ? ['--in-place'] : [])];
  return {
    ...workspaceOptions({ ...others, schema: typeof schema === 'string' ? schema : undefined }),
    directory: flags.directory,
    guided: schema !== false,
    rowsAlone: flags.data !== undefined,
    prisma: flags.prisma === undefined ? undefined : MAJOR[flags.prisma],
    again: ['npx prisma-mend translate', ...words].join(' '),
  };
}

interface Written {
  /** The PostgreSQL history; `null` where nothing was written. */
  readonly to: string | null;
  /** Where the directory as it was is kept. */
  readonly kept: string | null;
  /** Whom the ledger was asked of. */
  readonly asked: string | null;
}

const NOT_WRITTEN: Written = { to: null, kept: null, asked: null };

async function write(history: TranslatedHistory, options: TranslationOptions, flags: Flags): Promise<Written> {
  const [{ switchDirectory, writeBeside }, { mayReplace }, { resolve }] = await Promise.all([import('../../run/switch.ts'), import('../../run/translation.ts'), import('node:path')]);
  const { directory, changed } = history;
  if (flags['in-place']) {
    const asked = await mayReplace(history, options);
    return { to: directory, kept: switchDirectory(directory, changed), asked };
  }
  const to = flags.out === undefined ? `${directory}_postgresql` : resolve(options.cwd, flags.out);
  writeBeside(directory, to, changed, `${options.again} --out <another directory>`);
  return { to, kept: null, asked: null };
}

interface Conclusion {
  readonly history: TranslatedHistory;
  readonly written: Written;
  /** In place nothing is written that is not whole. */
  readonly held: boolean;
  readonly end: Comparison | null;
  readonly verification: Verification | null;
  readonly transfer: TransferReport | null;
  readonly flags: Flags;
  readonly output: Output;
}

async function conclude(conclusion: Conclusion): Promise<void> {
  const { history, written, held, end, verification, transfer, flags, output } = conclusion;
  const [{ translationFindings, translationText, countsOf, countWords }, { handoverDetails, handoverFindings }, { problemsOf }, { relative }] = await Promise.all([import('../../report/translation.ts'), import('../../report/handover.ts'), import('../../run/verify.ts'), import('node:path')]);
  const display = (path: string) => relative(process.cwd(), path) || path;
  const files = history.translated;
  const counts = countsOf(files);
  const proven = verification === null ? null : { judge: verification.judge, migrations: verification.migrations.map((one) => ({ ...one, problems: problemsOf(one) })) };
  const extra = handoverFindings(proven, transfer);
  const exitCode = (counts.manual > 0 && flags['allow-manual'] !== true) || extra.some(({ mending }) => mending === 'withheld') ? 3 : 0;
  const view: View = {
    command: 'translate', sources: sourcesOf(conclusion, display), server: '', target: null, tables: 0, unmodeled: [], provided: [], exitCode,
    findings: [...translationFindings({ files, place: await placesOf(history, display), end }), ...extra],
    details: handoverDetails(proven, transfer), next: nextOf(conclusion, counts.manual, extra.length > 0, display),
  };
  const rows = transfer === null ? 'nothing was written' : `${transfer.copied} rows were copied`;
  const copied = files.length === 0 ? `There are no migrations; ${rows}.` : `All of the ${files.length} migrations are PostgreSQL's already; ${rows}.`;
  const headline = counts.translated === 0 ? copied : `${countWords(counts)}${held ? '. Nothing was written' : ''}.`;
  const migrations = files.map(({ name, was, notes }) => ({ name, was, notes: notes.filter(({ kind }) => kind === 'note').length, manual: notes.filter(({ kind }) => kind === 'manual').length }));
  const shown = (path: string | null) => (path === null ? null : display(path));
  const fields = { from: display(history.directory), to: shown(written.to), kept: shown(written.kept), inPlace: flags['in-place'] ?? false, counts, migrations, verification: proven, data: transfer };
  await report(view, flags, output, { verbose: flags.verbose, agreement: headline, extra: fields, pretty: (hidden, paint) => translationText(hidden, files, headline, paint) });
  process.exitCode = exitCode;
}

/** In the files as they were. */
async function placesOf({ files }: TranslatedHistory, display: (path: string) => string): Promise<(name: string, offset: number) => Where> {
  const [{ positionOf }, { sourceOf }] = await Promise.all([import('../../prisma/psl.ts'), import('../../run/switch.ts')]);
  return (name, offset) => {
    const file = files.find((one) => one.name === name);
    return { ...positionOf({ path: name, text: file === undefined ? '' : sourceOf(file).sql }, offset), file: display(file?.path ?? name) };
  };
}

function sourcesOf({ history, written, flags }: Conclusion, display: (path: string) => string): View['sources'] {
  const { workspace, guided, withoutProject, directory } = history;
  const types = guided ? display(workspace?.project.schema.path ?? '') : 'by SQLite\'s own';
  const why = guided ? 'they are the schema\'s from the first migration on' : (withoutProject ?? (workspace?.project.provider === 'sqlite' ? 'the schema says sqlite; --provider postgresql reads it all the same' : '--no-schema'));
  return [
    { what: 'from', value: display(directory), from: flags.directory === undefined ? 'found where Prisma looks' : 'given' },
    ...(written.to === null ? [] : [{ what: 'to', value: display(written.to), from: written.asked ?? '' }]),
    ...(written.kept === null ? [] : [{ what: 'kept', value: display(written.kept), from: 'the directory as it was' }]),
    { what: 'types', value: types, from: why },
  ];
}

/** The last one is the command that goes on. */
function nextOf({ history, written, held, transfer, flags }: Conclusion, manual: number, open: boolean, display: (path: string) => string): readonly string[] {
  const provider = history.workspace?.project.provider === 'sqlite' ? ['set provider = "postgresql" and the URL of the database in the schema or the config'] : [];
  const from = display(history.directory);
  const rows = flags.data === undefined || (transfer !== null && transfer.tables.length > 0 && !open) ? [] : [`npx prisma-mend translate --data ${quote(flags.data)}`];
  if (held) return [manual === 0 ? 'npx prisma-mend translate --verify   # writes it beside, for a look' : `change the ${manual === 1 ? 'place' : `${manual} places`} above, or let them stand as comments: npx prisma-mend translate --in-place --allow-manual`];
  if (written.to === null) return rows.length > 0 ? [...(open ? [] : ['npx prisma-mend predeploy']), ...rows] : ['npx prisma-mend check'];
  const byHand = manual === 0 ? [] : [`write by hand what stands behind "-- MANUAL" in ${display(written.to)}`];
  if (flags['in-place']) return [...byHand, ...provider, `git add ${quote(from)} ${quote(display(written.kept ?? ''))} && npx prisma-mend check`, ...(rows.length > 0 ? ['npx prisma-mend predeploy', ...rows] : [])];
  return [...byHand, `mv ${quote(from)} ${quote(`${from}_sqlite`)} && mv ${quote(display(written.to))} ${quote(from)}`, ...provider, 'npx prisma-mend predeploy', ...rows];
}
