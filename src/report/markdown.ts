// Results as Markdown, for a pull request's comment or the summary of a step.

import { adviceFor, severityWords, visible } from './advice.ts';
import { countUnmodeled } from './counts.ts';
import type { Finding, Severity } from './findings.ts';
import type { View } from './view.ts';

/** A comment on GitHub ends at 64 KB, and a longer one is refused whole. */
const MOST_BYTES = 64_000;
/** One finding, one command: enough for any name, and an expression or a log cannot take the room of the others. */
const MOST_CHARACTERS = 500;
const MOST_COMMANDS = 20;

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

export function toMarkdown(view: View, agreement: string): string {
  const listed = view.findings.filter((finding) => !isExtra(finding));
  const sorted = ORDER.flatMap((severity) => listed.filter((finding) => finding.severity === severity));
  const rows = sorted.map((finding) => row(finding, view.next));
  const head = [headline(view, sorted, agreement), target(view)];
  const tail = [...(view.details ?? []).map(fenced), kept(view), commands(view.next)];
  const most = MOST_BYTES - bytes(page([...head, ...TABLE, ...tail, leftOut(rows.length, view.command)]));
  const shown = fitting(rows, most);
  const table = shown.length === 0 ? '' : [...TABLE, ...shown].join('\n');
  return page([...head, table, ...tail, shown.length < rows.length ? leftOut(rows.length - shown.length, view.command) : '']);
}

/** As it stands; a fence longer than any run of backticks in it. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}text\n${clipLines(text)}\n${fence}`;
}

const MOST_LINES = 200;

function clipLines(text: string): string {
  const lines = text.split('\n');
  return [...lines.slice(0, MOST_LINES), ...(lines.length > MOST_LINES ? ['…'] : [])].join('\n');
}

const TABLE: readonly string[] = ['| | code | finding | where | what to do |', '|---|---|---|---|---|'];

function page(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function leftOut(count: number, command: string): string {
  return `… and ${count} more findings are left out here; \`npx prisma-mend ${command} --json\` lists all of them.`;
}

/** As many rows as there is room for. The worst come first, so the least are left out. */
function fitting(rows: readonly string[], most: number): readonly string[] {
  let used = 0;
  const end = rows.findIndex((text) => (used += bytes(text) + 1) > most);
  return end === -1 ? rows : rows.slice(0, end);
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function headline({ command }: View, listed: readonly Finding[], agreement: string): string {
  const calm = listed.every(({ severity, mending }) => severity === 'info' && mending === 'none');
  if (calm) return `### ✔ ${escapeMarkdown(clip(agreement))}`;
  return `### ${listed.some(({ severity }) => severity === 'error') ? '✖' : '!'} prisma-mend ${command}: ${severityWords(listed)}`;
}

function target({ target: found, server }: View): string {
  return found === null ? '' : escapeMarkdown(clip(`${found.database} on ${found.host}:${found.port}, ${server}`));
}

function row(finding: Finding, next: readonly string[]): string {
  const { severity, code, message, where } = finding;
  const advice = adviceFor(finding, next);
  const place = where === null ? '' : codeWords(`${where.file}:${where.line}`);
  const what = advice === null ? '' : `${escapeMarkdown(clip(advice.words))}${advice.code === null ? '' : ` ${codeWords(advice.code)}`}`;
  return `| ${[severity === 'info' ? 'note' : `**${severity}**`, codeWords(code), escapeMarkdown(clip(message)), place, what].join(' | ')} |`;
}

function codeWords(text: string): string {
  return `<code>${escapeMarkdown(clip(text), false)}</code>`;
}

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '`': '&#96;', '$': '&#36;', '\n': '&#10;', '\r': '&#13;', '\u2028': '&#8232;', '\u2029': '&#8233;' };

/**
 * Text that is nothing but text in a table's cell, also inside of `<code>`: no column, no tag, no mention.
 * Entities where a backslash would be read in two ways, as before `|` in a table.
 */
export function escapeMarkdown(text: string, mentions = true): string {
  const plain = visible(text)
    .replace(/[\\*[\]~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')
    .replace(/[&<>|`$\n\r\u2028\u2029]/g, (one) => ENTITY[one] ?? one);
  return mentions ? plain.replaceAll('@', '@&#8203;') : plain;
}

function clip(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function isExtra({ code, mending }: Finding): boolean {
  return code.endsWith('.EXTRA') && mending === 'none';
}

/** What only the database has is counted; the names are in the other forms. */
function kept({ findings, unmodeled }: View): string {
  const counts = [countExtras(findings.filter(isExtra)), countUnmodeled(unmodeled)].filter((text) => text !== '').join(', ');
  return counts === '' ? '' : `Only in the database, and kept: ${counts}.`;
}

function countExtras(extras: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { code } of extras) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => {
    const kind = code.replace(/\.EXTRA$/, '').replaceAll('_', ' ').toLowerCase();
    return `${count} ${kind}${count === 1 ? '' : kind.endsWith('x') ? 'es' : 's'}`;
  }).join(', ');
}

/** Commands to copy; advice stands between them as a comment. The fence is longer than any in the text. */
function commands(next: readonly string[]): string {
  if (next.length === 0) return '';
  const lines = next.slice(0, MOST_COMMANDS).map((text) => {
    const line = visible(clip(text)).replace(/[\r\n\u2028\u2029]+/g, ' ');
    return /^(npx |prisma-mend )/.test(line) ? line : `# ${line}`;
  });
  const more = next.length > MOST_COMMANDS ? [`# … and ${next.length - MOST_COMMANDS} more`] : [];
  const longest = Math.max(2, ...[...lines.join('\n').matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `Next:\n\n${[`${fence}sh`, ...lines, ...more, fence].join('\n')}`;
}
