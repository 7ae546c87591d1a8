// What can stop a command, in one table: code → what happened, why, and what to do next. Findings are not here: they are results.

interface Words {
  readonly message: string;
  readonly why: string;
  readonly next: string;
}

const list = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n');

const FAILURES = {
  USAGE: (d: { problem: string; command: string }) => ({
    message: d.problem,
    why: 'The command line was not understood, so nothing was done.',
    next: `npx prisma-mend ${d.command} --help`.replace('  ', ' '),
  }),
  NO_SCHEMA: (d: { looked: readonly string[] }) => ({
    message: 'No Prisma schema found.',
    why: `Looked for:\n${list(d.looked)}`,
    next: 'npx prisma-mend check --schema <file or folder>',
  }),
  SCHEMA_INVALID: (d: { detail: string; file: string }) => ({
    message: `The Prisma schema is not valid: ${d.file}`,
    why: d.detail,
    next: 'npx prisma validate',
  }),
  SCHEMA_UNREADABLE: (d: { file: string; detail: string }) => ({
    message: `Cannot read the Prisma schema ${d.file}.`,
    why: d.detail,
    next: 'npx prisma-mend check --schema <file or folder>',
  }),
  PROVIDER_UNSUPPORTED: (d: { provider: string; instead: string }) => ({
    message: `The schema's datasource is "${d.provider}"; prisma-mend works on PostgreSQL.`,
    why: d.instead,
    next: d.provider === 'sqlite' ? 'npx prisma-mend check --provider postgresql' : 'npx prisma-mend --help',
  }),
  CONFIG_INVALID: (d: { file: string; detail: string }) => ({
    message: `Cannot load the Prisma config ${d.file}.`,
    why: d.detail,
    next: 'npx prisma-mend check --config <file> --url <postgresql://…>',
  }),
  PRISMA_8: (d: { evidence: string }) => ({
    message: 'This is a Prisma 8 project; prisma-mend serves Prisma 6 (from 6.13) and 7.',
    why: `${d.evidence}. Prisma 8 keeps its history in a contract, not in migration files and a ledger, and brings its own check.`,
    next: 'npx prisma db verify',
  }),
  NO_URL: (d: { looked: readonly string[]; hint: string }) => ({
    message: 'No database URL.',
    why: `Looked for:\n${list(d.looked)}${d.hint === '' ? '' : `\n${d.hint}`}\nA variable that is set and empty counts as not set: a platform leaves it so when a reference to another service does not resolve.`,
    next: 'npx prisma-mend check --url postgresql://user@host:5432/database',
  }),
  URL_INVALID: (d: { source: string; detail: string }) => ({
    message: `The database URL from ${d.source} is not usable.`,
    why: d.detail,
    next: 'npx prisma-mend check --url postgresql://user@host:5432/database',
  }),
  UNREACHABLE: (d: { target: string; detail: string; next: string }) => ({
    message: `Cannot reach the database server at ${d.target} (Prisma would say P1001).`,
    why: d.detail,
    next: d.next,
  }),
  AUTH_FAILED: (d: { target: string; detail: string }) => ({
    message: `The server at ${d.target} refused the user or password (Prisma would say P1000).`,
    why: d.detail,
    next: 'Check user and password in the URL; characters such as @ : / # must be percent-encoded.',
  }),
  TLS_FAILED: (d: { target: string; detail: string }) => ({
    message: `No agreement on TLS with the server at ${d.target}.`,
    why: d.detail,
    next: 'Set sslmode in the URL: require (encrypt), verify-full (also check the certificate, with sslrootcert), or disable.',
  }),
  NO_DATABASE: (d: { database: string; target: string }) => ({
    message: `Database "${d.database}" does not exist on ${d.target} (Prisma would say P1003).`,
    why: 'The server answered and knows the user, but has no database of this name.',
    next: `Correct the name at the end of the URL, or create it: createdb ${d.database}`,
  }),
  NO_SUCH_SCHEMAS: (d: { missing: readonly string[]; present: readonly string[] }) => ({
    message: `The database has no schema ${d.missing.map((name) => `"${name}"`).join(', ')}.`,
    why: `Schemas present: ${d.present.join(', ') || 'none'}.`,
    next: 'Correct --schemas.',
  }),
  SERVER_TOO_OLD: (d: { version: string }) => ({
    message: `The server is PostgreSQL ${d.version}; prisma-mend needs 12 or newer.`,
    why: 'Catalogs and guards are tested on PostgreSQL 12 to 18.',
    next: 'Upgrade the server.',
  }),
  NOT_POSTGRESQL: (d: { version: string }) => ({
    message: 'The server speaks the PostgreSQL protocol but is not PostgreSQL.',
    why: d.version,
    next: 'Use a PostgreSQL URL; for CockroachDB use Prisma\'s own `prisma migrate diff`.',
  }),
  NO_RIGHTS: (d: { doing: string; detail: string; grant: string }) => ({
    message: `The role has no right to ${d.doing}.`,
    why: d.detail,
    next: d.grant,
  }),
  POOLER: (d: { evidence: string }) => ({
    message: 'The URL leads through a connection pooler in transaction mode; changes are not applied through one.',
    why: `${d.evidence}. Locks and settings of a session do not survive there.`,
    next: 'Use the direct URL of the database (Supabase: port 5432, not 6543; Neon: the host without -pooler). Prisma 6: directUrl in the datasource block; Prisma 7: datasource.url in prisma.config.ts.',
  }),
  READ_ONLY: (d: { evidence: string }) => ({
    message: 'The server is read-only; nothing can be applied here.',
    why: d.evidence,
    next: 'Use the URL of the primary server.',
  }),
  BUSY: (d: { what: string; holder: string }) => ({
    message: `Could not get ${d.what} in time; the database is as it was.`,
    why: d.holder,
    next: 'Run the same command again when the other session is done.',
  }),
  SERVER_CHANGED: (d: { detail: string }) => ({
    message: 'The database changed between reading and applying; nothing was applied.',
    why: d.detail,
    next: 'Run the same command again: it plans anew.',
  }),
  UNSETTLED: (d: { tries: number }) => ({
    message: 'The schema kept changing while it was read.',
    why: `Other sessions altered it during each of ${d.tries} tries.`,
    next: 'Run the same command again when migrations elsewhere are done.',
  }),
  CONNECTION_LOST: (d: { detail: string; outcome: string }) => ({
    message: 'The connection to the database broke.',
    why: d.detail,
    next: d.outcome,
  }),
  APPLY_FAILED: (d: { file: string; detail: string; state: string }) => ({
    message: `PostgreSQL refused ${d.file}: ${d.detail}`,
    why: d.state,
    next: 'npx prisma-mend check',
  }),
  COMPLETION_FAILED: (d: { file: string; detail: string }) => ({
    message: `The rest of a half-applied migration does not run: ${d.file}`,
    why: `${d.detail}\nNothing was changed, neither in the database nor in its ledger.`,
    next: 'Mend the rows or the file that PostgreSQL names, then: npx prisma-mend resolve --apply',
  }),
  PRISMA_FAILED: (d: { command: string; detail: string }) => ({
    message: `npx prisma ${d.command} did not succeed.`,
    why: d.detail,
    next: 'npx prisma-mend doctor',
  }),
  DEPLOY_FAILED: (d: { code: string; detail: string }) => ({
    message: `prisma migrate deploy stopped (${d.code}).`,
    why: d.detail,
    // The CLI downloads its engine when it is first used, and some networks do not let it.
    next: d.detail.includes('binaries.prisma.sh') ? 'npx prisma-mend predeploy --engine mend   # needs no engine of its own' : 'npx prisma-mend doctor',
  }),
  QUERY_FAILED: (d: { doing: string; detail: string }) => ({
    message: `PostgreSQL answered with an error while ${d.doing}.`,
    why: d.detail,
    next: 'npx prisma-mend check',
  }),
  FILL_INVALID: (d: { given: string; problem: string }) => ({
    message: `--fill ${d.given}: ${d.problem}`,
    why: 'A fill is Table.column=<one SQL expression>, for example --fill "Session.state=\'\'" or --fill "User.slug=lower(name)".',
    next: 'Correct --fill.',
  }),
  RENAME_INVALID: (d: { given: string; problem: string }) => ({
    message: `--rename ${d.given}: ${d.problem}`,
    why: 'A rename is Old=New for a table and Table.old=new for a column, in the database\'s names.',
    next: 'Correct --rename.',
  }),
  ALLOW_INVALID: (d: { given: string; known: readonly string[] }) => ({
    message: `--allow ${d.given}: no such hazard.`,
    why: `Hazards: ${d.known.join(', ')}`,
    next: 'Correct --allow.',
  }),
  UNWRITABLE: (d: { path: string; detail: string }) => ({
    message: `Cannot write ${d.path}; nothing was changed.`,
    why: d.detail,
    next: 'Correct the directory\'s rights, or print the SQL instead: run without --write.',
  }),
  FILE_INVALID: (d: { path: string; format: string; line: number; column: number; detail: string }) => ({
    message: `${d.path}:${d.line}:${d.column} is not valid ${d.format}; nothing was changed.`,
    why: d.detail,
    next: `Correct line ${d.line} of ${d.path}, and run the same command again.`,
  }),
  NO_PLATFORM_FILE: (d: { path: string; why: string; next: string }) => ({
    message: `There is no ${d.path} here to write to.`,
    why: d.why,
    next: d.next,
  }),
  FILE_UNWRITABLE: (d: { path: string; detail: string }) => ({
    message: `Cannot write ${d.path}; nothing was changed.`,
    why: d.detail,
    next: 'Correct the rights of the file or folder, or take the change from --dry-run.',
  }),
  NOT_SWITCHED: (d: { path: string; detail: string }) => ({
    message: `Cannot write ${d.path}: the migrations are as they were, and so is the database.`,
    why: d.detail,
    next: 'npx prisma-mend translate --in-place   # where the directory can be written, as in the repository; then commit',
  }),
  OUT_NOT_EMPTY: (d: { path: string; again: string }) => ({
    message: `There is something in ${d.path} already, and nothing is overwritten.`,
    why: 'A translation goes into a directory that is empty or not there yet.',
    next: d.again,
  }),
  NO_MIGRATIONS: (d: { path: string; detail: string }) => ({
    message: `There are no migrations in ${d.path}.`,
    why: d.detail,
    next: 'npx prisma-mend translate <migrations directory>',
  }),
  SQLITE_REFUSES: (d: { place: string; file: string; detail: string; line: string; again: string }) => ({
    message: `SQLite itself refuses ${d.place}: ${d.detail}`,
    why: `${d.line === '' ? '' : `  ${d.line}\n`}The history has to run on an empty SQLite before it can be told what it does. Nothing was written.`,
    next: `Mend ${d.file}, then: ${d.again}`,
  }),
  MIGRATION_UNREADABLE: (d: { path: string; detail: string }) => ({
    message: `Cannot read ${d.path}; nothing was written.`,
    why: d.detail,
    next: 'Restore the file, or remove its directory, and run the same command again.',
  }),
  ALREADY_APPLIED: (d: { names: readonly string[]; database: string; again: string }) => ({
    message: `${d.names.length === 1 ? `Migration ${d.names[0]} is` : `${d.names.length} migrations are`} recorded as applied in ${d.database}: an applied migration is not edited.`,
    why: `${list(d.names)}\nThe ledger keeps a checksum of each text, and migrate dev wants to reset the database where it differs.`,
    next: d.again,
  }),
  LEDGER_UNKNOWN: (d: { why: string; again: string }) => ({
    message: 'Whether these migrations were ever applied cannot be told, so they are not written in place.',
    why: d.why,
    next: d.again,
  }),
  SQLITE_MISSING: (d: { file: string; looked: readonly string[] }) => ({
    message: `There is no SQLite database at ${d.file}.`,
    why: `Looked for:\n${list(d.looked)}`,
    next: 'npx prisma-mend translate --data <SQLite file>',
  }),
  SQLITE_UNREADABLE: (d: { file: string; detail: string }) => ({
    message: `${d.file} cannot be read as a SQLite database.`,
    why: d.detail,
    next: `Make a plain copy with the program that can read it, sqlite3 ${d.file} ".dump" | sqlite3 copy.db, and give that: npx prisma-mend translate --data copy.db`,
  }),
  SQLITE_BUSY: (d: { file: string; detail: string }) => ({
    message: `Somebody writes to ${d.file}; its rows are taken only from a file that stands still.`,
    why: d.detail,
    next: `Stop the application, let SQLite settle the file (sqlite3 ${d.file} "PRAGMA wal_checkpoint(TRUNCATE)"), and run the same command again; or give it a copy: sqlite3 ${d.file} "VACUUM INTO 'copy.db'"`,
  }),
  NO_SCRATCH: (d: { tried: readonly string[] }) => ({
    message: 'No scratch PostgreSQL to judge on.',
    why: `Tried:\n${list(d.tried)}`,
    next: 'npx prisma-mend repair --scratch-url postgresql://… (an empty database), or --no-rehearse',
  }),
  REHEARSAL_FAILED: (d: { detail: string }) => ({
    message: 'The rehearsal did not end as planned, so the plan is not offered.',
    why: d.detail,
    next: 'Please report this with the output of: prisma-mend repair --no-rehearse --json',
  }),
  ENGINE_PANIC: (d: { detail: string }) => ({
    message: 'Prisma\'s schema engine crashed on this schema.',
    why: d.detail,
    next: 'npx prisma validate',
  }),
  MISSING_PACKAGE: (d: { name: string; purpose: string }) => ({
    message: `The package ${d.name} is not installed.`,
    why: `It is needed ${d.purpose}.`,
    next: `npm install ${d.name}`,
  }),
  INTERRUPTED: (d: { state: string }) => ({
    message: 'Interrupted.',
    why: d.state,
    next: 'npx prisma-mend check',
  }),
} satisfies Record<string, (details: never) => Words>;

export type FailureCode = keyof typeof FAILURES;
export type FailureDetails<C extends FailureCode> = Parameters<(typeof FAILURES)[C]>[0];

export const FAILURE_CODES = Object.keys(FAILURES).sort();

/** Thrown when a command cannot do its job. `message` says what happened, `why` the evidence, `next` what to do. */
export class MendError extends Error {
  readonly code: FailureCode;
  readonly why: string;
  readonly next: string;

  constructor(code: FailureCode, words: Words, cause?: unknown) {
    super(words.message, cause === undefined ? undefined : { cause });
    this.name = 'MendError';
    this.code = code;
    this.why = words.why;
    this.next = words.next;
  }
}

export function failure<C extends FailureCode>(code: C, details: FailureDetails<C>, cause?: unknown): MendError {
  // Each row takes the details of its own code; TypeScript cannot see that through the union of rows.
  const words = (FAILURES[code] as (details: FailureDetails<C>) => Words)(details);
  return new MendError(code, words, cause);
}
