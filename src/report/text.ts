// Results for people: the true cause in the first line, the next command in the last.

import { countUnmodeled, type Finding } from './findings.ts';
import type { View } from './view.ts';

export type Style = 'red' | 'yellow' | 'green' | 'dim' | 'bold' | 'cyan';
export type Paint = (style: Style, text: string) => string;

const MARK: Readonly<Record<Finding['severity'], readonly [string, Style]>> = { error: ['✖', 'red'], warning: ['!', 'yellow'], info: ['i', 'dim'] };

/** `+` is to be added, `~` to be changed, `-` is only there, `?` waits for a person. */
function sign({ mending, code }: Finding): string {
  if (mending === 'withheld') return '?';
  if (code.includes('EXTRA') || mending === 'none') return '-';
  return code.endsWith('.MISSING') ? '+' : '~';
}

/** Lines a terminal or a log can take; `--json` has the rest. */
const MOST_FINDINGS = 200;

export function toText(view: View, paint: Paint, verbose: boolean, agreement: string): string {
  const differences = view.findings.filter(({ mending }) => mending !== 'none');
  const others = view.findings.filter(({ mending }) => mending === 'none');
  const blocks = [
    headline(view, differences, paint, agreement),
    view.sources.map(({ what, value, from }) => paint('dim', `  ${what.padEnd(8)} ${value}  (${from})`)).join('\n'),
    ...groups(differences.slice(0, MOST_FINDINGS), paint),
    ...(differences.length > MOST_FINDINGS ? [`… and ${differences.length - MOST_FINDINGS} more; --json lists all of them.`] : []),
    kept(view, others, paint, verbose),
    nextWords(view.next, paint),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function headline({ server, target }: View, differences: readonly Finding[], paint: Paint, agreement: string): string {
  const [first] = differences;
  if (first === undefined) return `${paint('green', '✔')} ${agreement}`;
  const more = differences.length > 1 ? ` ${differences.length - 1} more below.` : '';
  const [mark, style] = MARK[first.severity];
  const where = target === null ? '' : paint('dim', `  ${target.database} on ${target.host}, ${server}`);
  return `${paint(style, mark)} ${paint('bold', capital(first.message))}.${more}${where}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function groups(findings: readonly Finding[], paint: Paint): readonly string[] {
  const byGroup = new Map<string, Finding[]>();
  for (const finding of findings) byGroup.set(finding.group, [...(byGroup.get(finding.group) ?? []), finding]);
  return [...byGroup].map(([group, members]) => [paint('bold', group), ...folded(members).map((finding) => line(finding, paint))].join('\n'));
}

/** What a missing table brings with it is said with the table. */
function folded(members: readonly Finding[]): readonly Finding[] {
  const table = members.find(({ code, mending }) => code === 'TABLE.MISSING' && mending === 'safe');
  if (table === undefined) return members;
  const parts = members.filter(({ code, mending }) => mending === 'safe' && (code === 'INDEX.MISSING' || code === 'FOREIGN_KEY.MISSING'));
  const count = (code: string, one: string, many: string) => {
    const found = parts.filter((part) => part.code === code).length;
    return found === 0 ? [] : [`${found} ${found === 1 ? one : many}`];
  };
  const words = [...count('INDEX.MISSING', 'index', 'indexes'), ...count('FOREIGN_KEY.MISSING', 'foreign key', 'foreign keys')].join(' and ');
  return members.filter((member) => !parts.includes(member)).map((member) => (member === table && words !== '' ? { ...table, message: `${table.message}, with ${words}` } : member));
}

function line(finding: Finding, paint: Paint): string {
  const style: Style = finding.mending === 'withheld' ? 'yellow' : finding.severity === 'error' ? 'red' : finding.severity === 'warning' ? 'yellow' : 'dim';
  const place = finding.where === null ? '' : paint('dim', `  ${finding.model === null ? '' : `${finding.model}, `}${finding.where.file}:${finding.where.line}:${finding.where.column}`);
  const flag = finding.flag === null ? '' : `\n      ${paint('dim', `held back (${finding.hazard}); to plan it: ${finding.flag}`)}`;
  const held = finding.flag === null && finding.mending === 'withheld' && finding.hazard !== null ? `\n      ${paint('dim', `held back (${finding.hazard})`)}` : '';
  return `  ${paint(style, sign(finding))} ${finding.message}${place}${flag}${held}`;
}

/** What is there beside the schema: always counted, named when asked. */
function kept({ unmodeled, provided }: View, others: readonly Finding[], paint: Paint, verbose: boolean): string {
  const lines: string[] = [];
  const extras = others.filter(({ code }) => code.endsWith('.EXTRA'));
  const notes = others.filter(({ code }) => !code.endsWith('.EXTRA'));
  lines.push(...notes.map((finding) => `  ${paint('dim', 'i')} ${finding.message}`));
  const counts = [countExtras(extras), countUnmodeled(unmodeled)].filter((text) => text !== '').join(', ');
  if (counts !== '') lines.push(`Only in the database, and kept: ${counts}.${verbose ? '' : paint('dim', ' (--verbose names them)')}`);
  if (verbose) {
    lines.push(...extras.map(({ message }) => `  - ${message.replace(/ is only in the database$/, '')}`));
    lines.push(...unmodeled.map(({ kind, schema, table, name }) => `  - ${kind} ${[schema, table, name].filter(Boolean).join('.')}`));
    lines.push(...provided.map(({ owner, what }) => `  - ${what} is left out (${owner})`));
  }
  return lines.join('\n');
}

function countExtras(extras: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { code } of extras) {
    const kind = code.replace(/\.EXTRA$/, '').replaceAll('_', ' ').toLowerCase();
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : kind === 'index' ? 'es' : 's'}`).join(', ');
}

export function nextWords(next: readonly string[], paint: Paint): string {
  if (next.length === 0) return '';
  return next.map((text, at) => `${at === 0 ? 'Next: ' : 'Then: '}${paint('cyan', text)}`).join('\n');
}
