// Results for people: the true cause in the first line, the next command in the last.

import { countUnmodeled } from './counts.ts';
import type { Finding } from './findings.ts';
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
  const differences = folded(view.findings.filter(({ mending }) => mending !== 'none'));
  const others = view.findings.filter(({ mending }) => mending === 'none');
  const blocks = [
    headline(view, differences, paint, agreement),
    view.sources.map(({ what, value, from }) => paint('dim', `  ${what.padEnd(8)} ${value}  (${from})`)).join('\n'),
    ...(view.details ?? []),
    ...groups(differences.slice(0, MOST_FINDINGS), paint),
    ...(differences.length > MOST_FINDINGS ? [`… and ${differences.length - MOST_FINDINGS} more; --json lists all of them.`] : []),
    kept(view, others, paint, verbose),
    nextWords(view.next, paint),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function headline({ server, target, tables }: View, differences: readonly Finding[], paint: Paint, agreement: string): string {
  const [first] = differences;
  if (first === undefined) return `${paint('green', '✔')} ${agreement}`;
  const missing = first.code === 'TABLE.MISSING' ? differences.filter(({ code }) => code === 'TABLE.MISSING').length : 0;
  const cause = missing > 1 ? missingTables(missing, tables) : capital(first.message);
  const rest = differences.length - Math.max(missing, 1);
  const more = rest > 0 ? ` ${rest} more below.` : '';
  const [mark, style] = MARK[first.severity];
  const where = target === null ? '' : paint('dim', `  ${target.database} on ${target.host}, ${server}`);
  return `${paint(style, mark)} ${paint('bold', cause)}.${more}${where}`;
}

function missingTables(missing: number, wanted: number): string {
  return missing === wanted ? `None of the schema's ${wanted} tables exists` : `${missing} of the schema's ${wanted} tables are missing`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function groups(findings: readonly Finding[], paint: Paint): readonly string[] {
  const byGroup = new Map<string, Finding[]>();
  for (const finding of findings) byGroup.set(finding.group, [...(byGroup.get(finding.group) ?? []), finding]);
  return [...byGroup].map(([group, members]) => [paint('bold', group), ...members.map((finding) => line(finding, paint))].join('\n'));
}

/** What a missing table brings with it is said with the table. */
function folded(findings: readonly Finding[]): readonly Finding[] {
  const missing = new Set(findings.filter(({ code, mending }) => code === 'TABLE.MISSING' && mending === 'safe').map(({ group }) => group));
  const isPart = ({ code, group, mending }: Finding) => mending === 'safe' && missing.has(group) && (code === 'INDEX.MISSING' || code === 'FOREIGN_KEY.MISSING');
  const parts = new Map<string, { indexes: number; keys: number }>();
  for (const finding of findings.filter(isPart)) {
    const { indexes, keys } = parts.get(finding.group) ?? { indexes: 0, keys: 0 };
    parts.set(finding.group, finding.code === 'INDEX.MISSING' ? { indexes: indexes + 1, keys } : { indexes, keys: keys + 1 });
  }
  return findings.filter((finding) => !isPart(finding)).map((finding) => {
    const its = finding.code === 'TABLE.MISSING' ? parts.get(finding.group) : undefined;
    return its === undefined ? finding : { ...finding, message: `${finding.message}, with ${partWords(its)}` };
  });
}

function partWords({ indexes, keys }: { readonly indexes: number; readonly keys: number }): string {
  const words = [[indexes, 'index', 'indexes'], [keys, 'foreign key', 'foreign keys']] as const;
  return words.flatMap(([count, one, many]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`])).join(' and ');
}

function line(finding: Finding, paint: Paint): string {
  const style: Style = finding.mending === 'withheld' ? 'yellow' : finding.severity === 'error' ? 'red' : finding.severity === 'warning' ? 'yellow' : 'dim';
  const place = finding.where === null ? '' : paint('dim', `  ${finding.model === null ? '' : `${finding.model}, `}${finding.where.file}:${finding.where.line}:${finding.where.column}`);
  const flag = finding.flag === null ? '' : `\n      ${paint('dim', `held back (${finding.hazard}); to plan it: ${finding.flag}`)}`;
  const held = finding.flag === null && finding.mending === 'withheld' && finding.hazard !== null ? `\n      ${paint('dim', `held back (${finding.hazard})`)}` : '';
  const risk = finding.mending === 'safe' && finding.hazard !== null ? paint('dim', `  ${finding.hazard}`) : '';
  return `  ${paint(style, sign(finding))} ${finding.message}${place}${risk}${flag}${held}`;
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
