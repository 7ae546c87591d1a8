// What several forms of a report share: what to do about a finding, counts by severity, text without control characters.

import { HAZARDS, isHazard } from '../plan/hazards.ts';
import { counted } from '../plan/naming.ts';
import type { Finding } from './findings.ts';

/** Words, and the flag or command they lead to. */
export interface Advice {
  readonly words: string;
  readonly code: string | null;
}

/** What to do about a finding. `next` are the report's own commands: where they do not begin with a repair, none is advised. */
export function adviceFor({ mending, hazard, flag, group }: Finding, next: readonly string[]): Advice | null {
  const named = hazard === null ? '' : ` (${hazard})`;
  if (mending === 'none') return null;
  const repair = mending === 'safe' && group !== 'migrations' ? next.find((command) => command.startsWith('npx prisma-mend repair')) : undefined;
  if (repair !== undefined) return { words: `a repair mends it${named}:`, code: repair };
  if (flag !== null) return { words: `held back${named}; to plan it:`, code: flag };
  if (mending === 'withheld' && hazard !== null && isHazard(hazard)) return { words: `held back${named}. ${HAZARDS[hazard].remedy}`, code: null };
  const [first] = next;
  return first === undefined ? null : { words: 'next:', code: first };
}

/** `2 errors, 1 warning, 1 note` */
export function severityWords(findings: readonly Finding[]): string {
  const words = [['error', 'error'], ['warning', 'warning'], ['info', 'note']] as const;
  return words.flatMap(([severity, word]) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [counted(count, word)];
  }).join(', ');
}

/** Names can hold anything: what would move a terminal's cursor or turn the direction of reading is shown as a box. */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
