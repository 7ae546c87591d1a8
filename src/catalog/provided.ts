// What platforms and other tools keep in a database. Known by name, left out of comparisons, and listed when asked.

/** Schemas a platform or PostgreSQL itself owns. */
const PROVIDER_SCHEMAS: Readonly<Record<string, string>> = {
  auth: 'Supabase', storage: 'Supabase', realtime: 'Supabase', _realtime: 'Supabase', vault: 'Supabase', graphql: 'Supabase',
  graphql_public: 'Supabase', pgsodium: 'Supabase', pgsodium_masks: 'Supabase', supabase_functions: 'Supabase', supabase_migrations: 'Supabase',
  pgbouncer: 'Supabase', net: 'Supabase', cron: 'pg_cron', pgtle: 'Supabase', neon: 'Neon', neon_auth: 'Neon', neon_control_plane: 'Neon',
  drizzle: 'Drizzle', graphile_migrate: 'graphile-migrate', graphile_worker: 'Graphile Worker', pgboss: 'pg-boss', hdb_catalog: 'Hasura',
  prisma_contract: 'Prisma 8', tiger: 'PostGIS', tiger_data: 'PostGIS', topology: 'PostGIS', google_vacuum_mgmt: 'Cloud SQL', aiven_extras: 'Aiven',
  heroku_ext: 'Heroku', partman: 'pg_partman', timescaledb_information: 'TimescaleDB', _timescaledb_internal: 'TimescaleDB', _timescaledb_catalog: 'TimescaleDB',
};

/** Tables in which migration tools keep their history. */
const LEDGERS: Readonly<Record<string, string>> = {
  _prisma_migrations: 'Prisma Migrate', schema_migrations: 'Rails, dbmate or golang-migrate', ar_internal_metadata: 'Rails', flyway_schema_history: 'Flyway',
  databasechangelog: 'Liquibase', databasechangeloglock: 'Liquibase', knex_migrations: 'Knex', knex_migrations_lock: 'Knex', __drizzle_migrations: 'Drizzle',
  alembic_version: 'Alembic', django_migrations: 'Django', SequelizeMeta: 'Sequelize', goose_db_version: 'goose', gorp_migrations: 'sql-migrate',
  pgmigrations: 'node-pg-migrate', kysely_migration: 'Kysely', kysely_migration_lock: 'Kysely', __EFMigrationsHistory: 'Entity Framework',
  migrations_lock: 'Knex', mikro_orm_migrations: 'MikroORM', typeorm_metadata: 'TypeORM', _sqlx_migrations: 'sqlx', refinery_schema_history: 'refinery',
  __diesel_schema_migrations: 'Diesel', atlas_schema_revisions: 'Atlas', spatial_ref_sys: 'PostGIS', playing_with_neon: 'Neon',
};

/** Who owns the schema, `null` for the user's own. */
export function schemaOwner(name: string): string | null {
  return PROVIDER_SCHEMAS[name] ?? null;
}

/** Which tool keeps its history in a table of this name, `null` for the user's own. */
export function ledgerOwner(table: string): string | null {
  return Object.hasOwn(LEDGERS, table) ? (LEDGERS[table] ?? null) : null;
}
