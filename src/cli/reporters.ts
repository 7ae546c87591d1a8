// Who is told, and where: `--reporter kind` to stdout, `--reporter kind:file` to a file, and what GitHub Actions gets unasked.

import { appendFileSync, lstatSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { redact } from '../database/url.ts';
import { failure, MendError } from '../errors.ts';
import { visible } from '../report/advice.ts';
import type { View } from '../report/view.ts';
import type { Output } from './output.ts';

const KINDS = ['pretty', 'json', 'github', 'markdown'] as const;

export interface Reporter {
  readonly kind: (typeof KINDS)[number];
  /** `null`: stdout. */
  readonly file: string | null;
}

export interface Reporters {
  readonly reporters: readonly Reporter[];
  /** GitHub's page of the step, which Markdown is appended to. */
  readonly summary: string | null;
}

export interface ReporterFlags {
  reporter?: string[] | undefined;
  json?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The option, judged before any work begins. */
export function reporterFlags<T>(argv: Argv<T>): Argv<T & ReporterFlags> {
  return argv
    .option('reporter', { type: 'string', array: true, nargs: 1, group: 'Output:', describe: `${KINDS.join(', ')}; <kind>:<file> writes a file; repeatable` })
    .check((flags) => chooseReporters(flags as ReporterFlags, process.env, String(flags._[0] ?? '')) !== null, false) as Argv<T & ReporterFlags>;
}

/** Throws USAGE. */
export function chooseReporters({ reporter = [], json = false }: ReporterFlags, environment: Environment, command: string): Reporters {
  const asked = [...(json ? [{ kind: 'json', file: null } as const] : []), ...reporter.map((text) => parse(text, command))];
  const reporters = asked.filter((one, at) => asked.findIndex((other) => other.kind === one.kind && other.file === one.file) === at);
  const shared = reporters.find(({ file }, at) => file !== null && reporters.findIndex((other) => other.file !== null && resolve(other.file) === resolve(file)) !== at);
  if (shared !== undefined) throw failure('USAGE', { problem: `Two reporters cannot write the same file ${shared.file}.`, command });
  const printed = reporters.filter(({ file }) => file === null);
  if (printed.length > 1 && printed.some(({ kind }) => kind === 'json')) {
    throw failure('USAGE', { problem: `${printed.map(({ kind }) => kind).join(' and ')} together on stdout would be no JSON; give one of them a file, as in --reporter json:report.json.`, command });
  }
  if (reporters.length > 0) return { reporters, summary: null };
  const inActions = environment['GITHUB_ACTIONS'] === 'true';
  return { reporters: inActions ? [{ kind: 'pretty', file: null }, { kind: 'github', file: null }] : [{ kind: 'pretty', file: null }], summary: inActions ? summaryFile(environment) : null };
}

function parse(text: string, command: string): Reporter {
  const colon = text.indexOf(':');
  const [name, file] = colon === -1 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
  const kind = KINDS.find((one) => one === name);
  if (kind === undefined) throw failure('USAGE', { problem: `Unknown reporter "${name}". Reporters: ${KINDS.join(', ')}.`, command });
  if (file === '') throw failure('USAGE', { problem: `--reporter ${text} names no file; leave the colon out for stdout.`, command });
  return { kind, file };
}

function summaryFile(environment: Environment): string | null {
  const path = environment['GITHUB_STEP_SUMMARY'] ?? '';
  return path !== '' && statSync(path, { throwIfNoEntry: false })?.isFile() ? path : null;
}

/** Whether stdout is to be one JSON object, told from the bare words: also a failure to understand them is one then. */
export function wantsJson(words: readonly string[]): boolean {
  return words.some((word, at) => word === '--json' || word === '--reporter=json' || (word === 'json' && words[at - 1] === '--reporter'));
}

export interface ReportOptions {
  readonly verbose?: boolean | undefined;
  /** The headline when there is nothing to do. */
  readonly agreement: string;
  /** Further fields of the JSON object. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The command's own form for people. */
  readonly pretty?: (view: View, paint: Output['paint']) => string;
}

/** Says what a command found, in every form that was asked for. Files come first: what stdout says is the end. Throws UNWRITABLE. */
export async function report(view: View, flags: ReporterFlags, output: Output, options: ReportOptions): Promise<void> {
  const { reporters, summary } = chooseReporters(flags, process.env, view.command);
  const hidden = withoutSecrets(view);
  const plain: Output['paint'] = (_, text) => text;
  for (const { kind, file } of reporters) if (file !== null) writeWhole(file, clean(kind, await render(kind, hidden, plain, options)));
  if (summary !== null) await append(summary, await render('markdown', hidden, plain, options), output);
  for (const { kind, file } of reporters) if (file === null) output.data(await printable(kind, await render(kind, hidden, output.paint, options)));
}

async function render(kind: Reporter['kind'], view: View, paint: Output['paint'], { verbose = false, agreement, extra = {}, pretty }: ReportOptions): Promise<string> {
  switch (kind) {
    case 'pretty':
      return pretty?.(view, paint) ?? (await import('../report/text.ts')).toText(view, paint, verbose, agreement);
    case 'json':
      return (await import('../report/json.ts')).toJson(view, hideAll(extra));
    case 'github':
      return (await import('../report/github.ts')).toGithub(view);
    case 'markdown':
      return (await import('../report/markdown.ts')).toMarkdown(view, agreement);
  }
}

/** No name colours a file. JSON escapes by itself. */
function clean(kind: Reporter['kind'], text: string): string {
  return kind === 'json' ? text : visible(text);
}

/** GitHub's runner reads commands from stdout: annotations are some, names never. In JSON, where no line begins with one, an escape says the same. */
async function printable(kind: Reporter['kind'], text: string): Promise<string> {
  if (process.env['GITHUB_ACTIONS'] !== 'true' || kind === 'github') return text;
  return kind === 'json' ? text.replaceAll('##[', '#\\u0023[') : (await import('../report/github.ts')).defuse(text);
}

/** A message may repeat what the database wrote into its log. Flags and commands are our own words: in `--fill "User.password=…"` there is nothing to hide but a URL. */
function withoutSecrets(view: View): View {
  const ours = (text: string) => (text.includes('://') ? redact(text) : text);
  return {
    ...view,
    sources: view.sources.map(({ what, value, from }) => ({ what, value: redact(value), from: redact(from) })),
    findings: view.findings.map((finding) => ({ ...finding, message: redact(finding.message), flag: finding.flag === null ? null : ours(finding.flag) })),
    next: view.next.map(ours),
  };
}

function hideAll(extra: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(extra), (_, value: unknown) => (typeof value === 'string' ? redact(value) : value)) as Record<string, unknown>;
}

/** A reader of the file sees the old text or the new one, never half of it. Devices, pipes and links are written to, not replaced. */
function writeWhole(path: string, text: string): void {
  const replace = lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
  const draft = replace ? `${path}.${process.pid}.tmp` : path;
  try {
    writeFileSync(draft, text);
    if (replace) renameSync(draft, path);
  } catch (error) {
    if (replace) rmSync(draft, { force: true });
    const { code, message, why } = failure('UNWRITABLE', { path, detail: error instanceof Error ? error.message : String(error) }, error);
    throw new MendError(code, { message, why, next: 'Correct the path or its rights, or leave the file out: --reporter <kind> prints.' }, error);
  }
}

/** Nobody asked for it, so a page that cannot be written is said and stops nothing. */
async function append(path: string, text: string, output: Output): Promise<void> {
  try {
    appendFileSync(path, `${statSync(path).size > 0 ? '\n\n' : ''}${text}`);
  } catch (error) {
    output.talk(`The step's summary was not written: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
