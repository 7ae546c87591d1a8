// Findings as annotations: workflow commands that GitHub's runner reads from stdout.

import { adviceFor, visible } from './advice.ts';
import type { Finding, Severity } from './findings.ts';
import type { View } from './view.ts';

/** GitHub shows no more errors, and no more warnings, of one step, and drops the others without a word. */
const MOST = 10;
/** Notes ask for nothing; many of them would only hide the rest. */
const FEW_NOTES = 3;

const LEVEL: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

export function toGithub({ command, findings, next }: View): string {
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity);
  const [errors, warnings, notes] = [of('error'), of('warning'), of('info')];
  const shown = [...errors.slice(0, MOST), ...warnings.slice(0, MOST), ...(notes.length <= FEW_NOTES ? notes : [])];
  const left = Math.max(0, errors.length - MOST) + Math.max(0, warnings.length - MOST);
  const lines = shown.map((finding) => annotation(finding, next));
  if (left > 0) lines.push(workflowCommand('notice', { title: 'prisma-mend' }, `+${left} more; npx prisma-mend ${command} --json lists all of them.`));
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(finding: Finding, next: readonly string[]): string {
  const { code, message, severity, where } = finding;
  const place: Readonly<Record<string, string>> = where === null ? {} : { file: where.file, line: String(where.line), col: String(where.column) };
  const advice = adviceFor(finding, next);
  const what = advice === null ? '' : `\n${advice.words}${advice.code === null ? '' : ` ${advice.code}`}`;
  return workflowCommand(LEVEL[severity], { ...place, title: `prisma-mend ${code}` }, `${message}${what}`);
}

function workflowCommand(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const words = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(visible(value))}`);
  return `::${name} ${words.join(',')}::${escapeData(visible(message))}`;
}

/** `%` goes first, or it would escape the escapes; the runner takes it back last. */
export function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Other output on the runner's stdout, where a line that begins with `::`, or `##[` anywhere, is a command: no name may give one. */
export function defuse(text: string): string {
  return text.replace(/^([^\S\r\n]*):(?=:)/gm, '$1:\u200b').replaceAll('##[', '##\u200b[');
}
