// What a Dockerfile's last stage starts: ENTRYPOINT and CMD, with where they stand.

import { linesOf } from './text.ts';

export interface Instruction {
  readonly name: string;
  readonly args: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

export interface Stage {
  /** ENTRYPOINT and CMD as they hold at the end, in this order. */
  readonly starts: readonly Instruction[];
  readonly copies: readonly Instruction[];
}

export function lastStage(text: string): Stage {
  const all = instructions(text);
  const from = all.findLastIndex(({ name }) => name === 'FROM');
  const stage = all.slice(from + 1);
  const last = (wanted: string) => stage.filter(({ name }) => name === wanted).slice(-1);
  return { starts: [...last('ENTRYPOINT'), ...last('CMD')], copies: stage.filter(({ name }) => name === 'COPY' || name === 'ADD') };
}

function instructions(text: string): readonly Instruction[] {
  const lines = linesOf(text);
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const [head, name] = /^\s*([A-Za-z]+)[ \t]+/.exec(line?.text ?? '') ?? [];
    if (line === undefined || head === undefined || name === undefined) continue;
    const first = at;
    while (/\\[ \t]*$/.test(lines[at]?.text ?? '') && at + 1 < lines.length) at++;
    const end = lines[at]?.end ?? line.end;
    const args = text.slice(line.start + head.length, end);
    found.push({ name: name.toUpperCase(), args, start: line.start + head.length, end, line: first + 1 });
    const heredoc = /<<-?["']?(\w+)/.exec(args)?.[1];
    if (heredoc !== undefined) while (at + 1 < lines.length && lines[at]?.text.trim() !== heredoc) at++;
  }
  return found;
}

/** The words of the exec form, `["sh", "-c", "…"]`; `null` for the shell form. */
export function execForm(args: string): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(args);
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null;
  } catch {
    return null;
  }
}
