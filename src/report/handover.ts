// What a proof and a copy of rows came to, beside a translation.

import { counted } from '../plan/naming.ts';
import type { Finding } from './findings.ts';

export interface Proof {
  readonly judge: string;
  readonly migrations: readonly { readonly name: string; readonly problems: readonly string[]; readonly gaps: readonly string[]; readonly rows: { readonly rows: number } }[];
}

export interface Copied {
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly copied: number; readonly state: 'copied' | 'already' | 'refused' | 'ready'; readonly detail: string }[];
  readonly withoutTarget: readonly string[];
  readonly rows: number;
  readonly copied: number;
}

const BLANK = { object: null, hazard: null, flag: null, model: null, where: null, severity: 'error', mending: 'withheld' } as const;

export function handoverFindings(proof: Proof | null, copied: Copied | null): readonly Finding[] {
  const wrong = (proof?.migrations ?? []).flatMap(({ name, problems }) => problems.map((message): Finding => ({ ...BLANK, code: 'TRANSLATE.NOT_THE_SAME', message, group: name })));
  const refused = (copied?.tables ?? []).filter(({ state }) => state === 'refused').map(({ name, detail }): Finding => ({ ...BLANK, code: 'TRANSLATE.ROWS_REFUSED', message: `table ${name}: ${detail}`, group: 'rows' }));
  const homeless = copied === null || copied.withoutTarget.length === 0 ? [] : [homelessFinding(copied)];
  return [...wrong, ...refused, ...homeless];
}

function homelessFinding({ tables, withoutTarget }: Copied): Finding {
  const none = tables.length === 0;
  const names = withoutTarget.slice(0, 3).join(', ');
  return { ...BLANK, code: 'TRANSLATE.NO_TABLE', message: none ? 'no row was copied: the database has none of the tables yet' : `the database has no ${names}${withoutTarget.length > 3 ? ` and ${withoutTarget.length - 3} more` : ''}: their rows stay where they are`, group: 'rows', ...(none ? {} : { severity: 'warning' as const, mending: 'none' as const }) };
}

const STATE = { copied: 'copied and compared', already: 'there already', refused: 'refused', ready: 'not copied' } as const;

export function handoverDetails(proof: Proof | null, copied: Copied | null): readonly string[] {
  return [...(proof === null ? [] : [proofWords(proof)]), ...(copied === null || copied.tables.length === 0 ? [] : [rowWords(copied)])];
}

function proofWords({ judge, migrations }: Proof): string {
  const wrong = migrations.filter(({ problems }) => problems.length > 0).length;
  const rows = migrations.reduce((sum, one) => sum + one.rows.rows, 0);
  const head = wrong > 0 ? `Not the same on ${judge}: ${counted(wrong, 'migration')} of ${migrations.length}.` : `The same on ${judge}: after each of ${counted(migrations.length, 'migration')} one schema and the same rows in both (${counted(rows, 'row')} compared).`;
  return [head, ...migrations.flatMap(({ name, gaps }) => gaps.map((gap) => `  gap: ${name}: ${gap}`))].join('\n');
}

function rowWords({ tables, rows, copied }: Copied): string {
  const width = Math.max(...tables.map(({ name }) => name.length));
  return [`${counted(copied, 'row')} of ${counted(rows, 'row')} copied.`, ...tables.map(({ name, rows: count, state, detail }) => `  ${name.padEnd(width)}  ${counted(count, 'row')}, ${STATE[state]}${state !== 'refused' && detail !== '' && detail !== 'no rows' ? ` (${detail})` : ''}`)].join('\n');
}
