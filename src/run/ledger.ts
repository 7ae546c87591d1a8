// What becomes of the ledger, in rows that Prisma's own cannot be told from (migrate resolve, sql_migration_persistence.rs).

import { randomUUID } from 'node:crypto';
import type { MigrationFile, ShapeProblem } from '../history/history.ts';
import type { Resolution } from '../history/resolve.ts';
import { quoteName, quoteText } from '../sql/quote.ts';

/** Verbatim what Prisma creates, but for the schema's name. */
export function ledgerDdl(table: string): string {
  return `CREATE TABLE ${table} (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;
}

function ledgerTable(home: string): string {
  return `${quoteName(home)}._prisma_migrations`;
}

/** Statements for these resolutions, in order; those that change files have none. `exists`: the ledger is there. */
export function ledgerStatements(resolutions: readonly Resolution[], home: string, exists: boolean): readonly string[] {
  const table = ledgerTable(home);
  const moved = resolutions.some(({ as }) => as === 'moveLedger');
  const writes = resolutions.some(({ as }) => as === 'applied' || as === 'createLedger');
  const create = exists || moved || !writes ? [] : [ledgerDdl(table)];
  return [...create, ...resolutions.flatMap((resolution, at) => ofResolution(resolution, table, home, at))];
}

function ofResolution(resolution: Resolution, table: string, home: string, at: number): readonly string[] {
  switch (resolution.as) {
    case 'shape':
      return shapeStatements(resolution.problems, table);
    case 'moveLedger':
      return [`ALTER TABLE ${ledgerTable(resolution.from)} SET SCHEMA ${quoteName(home)}`];
    case 'rolledBack':
    case 'forget':
      return [`UPDATE ${table} SET rolled_back_at = pg_catalog.now() WHERE id IN (${resolution.ids.map(quoteText).join(', ')}) AND rolled_back_at IS NULL`];
    case 'applied':
      return appliedStatements(resolution.file, table, at);
    case 'renamed':
      return [`UPDATE ${table} SET migration_name = ${quoteText(resolution.file.name)} WHERE migration_name = ${quoteText(resolution.from)}`];
    case 'checksum':
      return [`UPDATE ${table} SET checksum = ${quoteText(resolution.file.checksum)} WHERE id IN (${resolution.ids.map(quoteText).join(', ')})`];
    case 'createLedger':
    case 'lockFile':
    case 'file':
    case 'translate':
    case 'archive':
      return [];
  }
}

/** Prisma reads rows by started_at, so each begins a microsecond after the one before. */
function appliedStatements({ name, checksum }: MigrationFile, table: string, at: number): readonly string[] {
  return [
    `UPDATE ${table} SET rolled_back_at = pg_catalog.now() WHERE migration_name = ${quoteText(name)} AND finished_at IS NULL AND rolled_back_at IS NULL`,
    `INSERT INTO ${table} (id, checksum, started_at, finished_at, migration_name, logs, applied_steps_count)
      SELECT ${quoteText(randomUUID())}, ${quoteText(checksum)}, t, t, ${quoteText(name)}, '', 0 FROM (SELECT pg_catalog.now() + interval '1 microsecond' * ${at} AS t) AS at`,
  ];
}

const COLUMN_TYPES: Readonly<Record<string, string>> = {
  id: 'VARCHAR(36)', checksum: 'VARCHAR(64)', finished_at: 'TIMESTAMPTZ', migration_name: 'VARCHAR(255)', logs: 'TEXT', rolled_back_at: 'TIMESTAMPTZ', started_at: 'TIMESTAMPTZ', applied_steps_count: 'INTEGER',
};

/** What Prisma wants filled where a hand-made row has nothing. The finishing time of old rows is the best that is known. */
const FILLS: Readonly<Record<string, string>> = { id: "pg_catalog.md5(pg_catalog.random()::text || migration_name)", checksum: "''", started_at: 'pg_catalog.now()', applied_steps_count: '0' };

function shapeStatements(problems: readonly ShapeProblem[], table: string): readonly string[] {
  return problems.flatMap(({ column, problem }) => {
    const fill = FILLS[column];
    const name = quoteName(column);
    const add = problem === 'missing' ? [`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${name} ${COLUMN_TYPES[column] ?? 'TEXT'}`] : [];
    if (fill === undefined) return add;
    const standing = column === 'started_at' ? ['ALTER COLUMN started_at SET DEFAULT pg_catalog.now()'] : column === 'applied_steps_count' ? ['ALTER COLUMN applied_steps_count SET DEFAULT 0'] : [];
    return [...add, `UPDATE ${table} SET ${name} = ${fill} WHERE ${name} IS NULL`, `ALTER TABLE ${table} ${[...standing, `ALTER COLUMN ${name} SET NOT NULL`].join(', ')}`];
  });
}
