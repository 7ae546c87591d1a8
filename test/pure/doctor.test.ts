import { expect, test } from 'vitest';
import { databaseSaid } from '../../src/report/failed.ts';

const WASM = `external connector error
Error querying the database: ERROR: type "datetime" does not exist
   0: sql_schema_connector::apply_migration::migration_step
           with step="x"
   1: schema_core::state::ApplyMigrations`;

const NATIVE = `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve

Migration name: 2_names

Database error code: 23505

Database error:
ERROR: could not create unique index "Tea_name_key"
DETAIL: Key (name)=(mint) is duplicated.

Position:
\u001b[1m  0\u001b[0m
\u001b[1m  1\u001b[1;31m CREATE UNIQUE INDEX "Tea_name_key" ON "Tea"("name");\u001b[0m

DbError { severity: "ERROR", parsed_severity: Some(Error), code: SqlState(E23505), message: "could not create unique index", detail: Some("Key (name)=(mint) is duplicated."), hint: Some("Look for \\"mint\\" twice."), position: None }

   0: sql_schema_connector::apply_migration::apply_script
           with migration_name="2_names"
             at schema-engine/connectors/sql-schema-connector/src/apply_migration.rs:113
   1: schema_commands::commands::apply_migrations::Applying migration
           with migration_name="2_names"
             at schema-engine/commands/src/commands/apply_migrations.rs:95`;

test('of what Prisma keeps of a failed migration, the database\'s own words', () => {
  expect(databaseSaid(WASM)).toEqual(['ERROR: type "datetime" does not exist']);
  expect(databaseSaid(NATIVE)).toEqual([
    'ERROR: could not create unique index "Tea_name_key"',
    'DETAIL: Key (name)=(mint) is duplicated.',
    'Position:',
    '  0',
    '  1 CREATE UNIQUE INDEX "Tea_name_key" ON "Tea"("name");',
    'HINT: Look for "mint" twice.',
  ]);
  // Several lines of one message, as a script of ours raises them.
  expect(databaseSaid('ERROR: prisma-mend changed nothing:\n  column a is b\n  at the table t')).toEqual(['ERROR: prisma-mend changed nothing:', '  column a is b', '  at the table t']);
  expect(databaseSaid('')).toEqual([]);
});
