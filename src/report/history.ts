// What the migration files and the ledger say, as findings.

import type { HistoryFacts } from '../history/history.ts';
import type { Finding, ReportInput } from './findings.ts';

export function historyFindings({ foreign, failed, pending, wrongLock, unreadable }: HistoryFacts, { position }: ReportInput): readonly Finding[] {
  const base = { object: null, group: 'migrations', mending: 'none', hazard: null, flag: null, model: null } as const;
  const [first] = foreign;
  const more = foreign.length > 1 ? `, and ${foreign.length - 1} more migration${foreign.length > 2 ? 's' : ''} like it` : '';
  return [
    ...(first === undefined
      ? []
      : [
          {
            ...base,
            code: 'HISTORY.FOREIGN_SQL',
            severity: 'error',
            mending: 'withheld',
            message: `migration ${first.file.name} is written for ${first.flavour.database} (${first.flavour.word}): it can never run on PostgreSQL${more}`,
            where: position(first.file.path, first.file.sql, first.flavour.offset),
          } as const,
        ]),
    ...failed.map(({ name, logs }) => ({ ...base, code: 'HISTORY.FAILED', severity: 'error', mending: 'withheld', message: `migration ${name} failed and blocks every later deploy (P3009)${firstLine(logs)}`, where: null }) as const),
    ...(pending.length === 0 ? [] : [{ ...base, code: 'HISTORY.PENDING', severity: 'info', message: `${pending.length === 1 ? `migration ${pending[0]} is` : `${pending.length} migrations are`} not deployed yet`, where: null } as const]),
    ...(unreadable ? [{ ...base, code: 'HISTORY.UNREADABLE', severity: 'info', message: 'the ledger _prisma_migrations cannot be read by this role, so the history is not judged', where: null } as const] : []),
    ...(wrongLock === null ? [] : [{ ...base, code: 'HISTORY.LOCK_FILE', severity: 'warning', mending: 'safe', message: `migration_lock.toml says provider "${wrongLock}": deploy stops with P3019`, where: null } as const]),
  ];
}

/** The database's own words, which Prisma keeps in the ledger and never shows. */
function firstLine(logs: string | null): string {
  const line = logs?.split('\n').map((one) => one.trim()).find((one) => one.includes('ERROR: ')) ?? logs?.trim().split('\n')[0];
  return line === undefined || line === '' ? '' : `: ${line.slice(0, 300)}`;
}
