// The true cause first: why a table is not there, or is and cannot be used. Each cause has its own next command.

import type { Diagnosis } from '../history/diagnosis.ts';
import { quoteName } from '../sql/quote.ts';
import type { Finding } from './findings.ts';

interface Table {
  readonly schema: string;
  readonly name: string;
}

export interface Examined {
  /** The table of Shopify's session storage, `null` where the application is not one of Shopify's. */
  readonly session: Table | null;
  /** The storage is there, and the schema has no model for it. */
  readonly storageWithoutModel: boolean;
  readonly storageVersion: string | null;
  /** Fields the installed storage writes and the schema lacks. */
  readonly storageLacks: readonly string[];
  readonly missing: readonly Table[];
  readonly elsewhere: readonly (Table & { readonly kind: string; readonly instead: Table; readonly exact: boolean })[];
  readonly otherDatabase: string | null;
  /** Tables that a repair renames without being told. */
  readonly renames: readonly (Table & { readonly from: string })[];
  readonly rights: readonly { readonly schema: string; readonly table: string; readonly usage: boolean; readonly lacking: readonly string[]; readonly hidden: boolean; readonly policies: number; readonly grant: string }[];
  readonly client: { readonly provider: string | null; readonly lacking: readonly string[]; readonly path: string | null };
  readonly user: string;
  readonly home: string;
  readonly lock: string | null;
  readonly diagnosis: Diagnosis | null;
  /** Keys of differences that unapplied migrations make. */
  readonly pending: ReadonlySet<string>;
  /** Columns of the session table that are missing. */
  readonly sessionColumns: readonly string[];
  /** What comes next for history and schema. */
  readonly next: readonly string[];
  /** The input flags again. */
  readonly flags: string;
  /** The host of the URL, and which of its parts won. */
  readonly where: string;
}

export interface Probe {
  readonly name: string;
  readonly ok: boolean | null;
  readonly words: string;
}

export interface Verdict {
  readonly probes: readonly Probe[];
  /** Worst first; those of history and schema are added by the caller. */
  readonly causes: readonly Finding[];
  readonly next: readonly string[];
}

function cause(code: string, message: string, severity: Finding['severity'] = 'error', mending: Finding['mending'] = 'withheld'): Finding {
  return { code: `CAUSE.${code}`, severity, mending, message, where: null, object: null, group: 'cause', hazard: null, flag: null, model: null };
}

interface Found {
  readonly finding: Finding;
  readonly next: readonly string[];
  /** What comes next for history and schema would be done at the wrong place, or too early. */
  readonly alone?: boolean;
}

export function judgeDoctor(examined: Examined): Verdict {
  const found = [...absent(examined), ...unusable(examined), ...behind(examined), ...ofClient(examined), ...locked(examined)];
  const rest = found.some(({ alone }) => alone === true) ? [] : examined.next;
  return { probes: probes(examined), causes: found.map(({ finding }) => finding), next: [...new Set([...found.flatMap(({ next }) => next), ...rest])] };
}

/** Why the session table, or the first that is missing, is not where the application looks. */
function absent(examined: Examined): readonly Found[] {
  const { missing, renames, session, home, flags, otherDatabase, where } = examined;
  const gone = [...missing, ...renames];
  const table = gone.find((one) => isTable(one, session)) ?? gone[0];
  if (table === undefined) return [];
  const what = `${isTable(table, session) ? 'MissingSessionTableError: ' : ''}the table ${quoteName(table.name)} is not there`;
  const elsewhere = examined.elsewhere.filter(({ instead }) => isTable(instead, table));
  const moved = elsewhere.find(({ name, schema, exact }) => exact && name === table.name && schema !== table.schema);
  if (moved !== undefined) return [{ finding: cause('OTHER_SCHEMA', `${what}: it is in the schema ${moved.schema}, and the URL leads to ${home}`), next: [`set ?schema=${moved.schema} in the URL (now: ${where})`], alone: true }];
  const renamed = renames.find((one) => isTable(one, table));
  const other = elsewhere.find(({ name, schema }) => name !== table.name && schema === table.schema);
  if (renamed !== undefined || other !== undefined) return [otherName(table, renamed?.from ?? other?.name ?? '', other?.kind ?? 'table', other?.exact ?? true, renamed === undefined, what, flags)];
  if (otherDatabase !== null) return [{ finding: cause('OTHER_DATABASE', `${what}, nor any other of the schema: the database ${otherDatabase} on the same server has them`), next: [`set the URL's database to ${otherDatabase} (now: ${where})`], alone: true }];
  return [{ finding: cause('ABSENT', `${what}${because(examined, table)}`, 'error', 'safe'), next: [] }];
}

function otherName(table: Table, name: string, kind: string, exact: boolean, toState: boolean, what: string, flags: string): Found {
  const message = `${what}: there is a ${kind} ${quoteName(name)} instead${exact ? '' : ', whose columns are in other letters too'}`;
  const keep = exact ? [`or keep its name: @@map("${name}") in the model, then npx prisma generate`] : [];
  if (kind !== 'table') return { finding: cause('OTHER_NAME', message), next: keep.map((words) => words.replace(/^or /, '')), alone: true };
  return { finding: cause('OTHER_NAME', message, 'error', toState ? 'withheld' : 'safe'), next: [`npx prisma-mend repair${toState ? ` --rename ${name}=${table.name}` : ''}${flags}`, ...keep], alone: true };
}

function isTable(one: Table, other: Table | null): boolean {
  return other !== null && one.schema === other.schema && one.name === other.name;
}

function because({ diagnosis, pending }: Examined, table: Table): string {
  if (diagnosis === null) return ': nothing was ever deployed here, and there are no migrations';
  const key = `table ${quoteName(table.schema)}.${quoteName(table.name)}`;
  const { facts, trace } = diagnosis;
  const [foreign] = facts.foreign;
  const [failed] = facts.failed;
  const [stuck] = diagnosis.undecided;
  if (foreign !== undefined) return `: migration ${foreign.file.name} is written for ${foreign.flavour.database} and can never run on PostgreSQL${failed === undefined ? '' : ' (P3018, then P3009)'}`;
  if (failed !== undefined) return `: migration ${failed.name} failed, and nothing is deployed after it (P3009)`;
  if (facts.wrongLock !== null) return `: deploy stops over migration_lock.toml, which says ${JSON.stringify(facts.wrongLock.provider)} (P3019)`;
  if (diagnosis.baselined?.blocked) return `: the database has tables${diagnosis.baselined.unrelated ? ' of others' : ''} and no ledger, so deploy stops (P3005)`;
  const creator = trace.steps.find(({ statements }) => statements.some(({ effect }) => effect.deltas.some((delta) => delta.key === key && delta.after !== null)));
  if (creator === undefined) return facts.history.files.length === 0 ? ': there are no migrations' : ': no migration creates it, so no deploy will';
  if (stuck !== undefined && pending.has(key)) return `: deploy stops at migration ${stuck.name}: ${stuck.why}`;
  if (pending.has(key)) return facts.begun ? `: migration ${creator.file.name} creates it and was not deployed yet` : `: nothing was ever deployed here; migration ${creator.file.name} creates it`;
  return `: the ledger says that migration ${creator.file.name}, which creates it, is applied, so no deploy will bring it back`;
}

function unusable({ rights, user, session }: Examined): readonly Found[] {
  const first = [...rights].sort((a, b) => Number(isSession(b, session)) - Number(isSession(a, session)));
  const bare = first.find(({ usage, lacking }) => !usage || lacking.includes('SELECT'));
  if (bare !== undefined) return [{ finding: cause('NO_RIGHTS', `the role ${user} may not ${bare.usage ? 'read' : 'use the schema of'} ${quoteName(bare.table)}${isSession(bare, session) ? ' (MissingSessionTableError says that it does not exist)' : ''}`), next: grants(first, user) }];
  const writes = first.find(({ lacking }) => lacking.length > 0);
  if (writes !== undefined) return [{ finding: cause('NO_RIGHTS', `the role ${user} has no ${writes.lacking.join(', ')} on ${quoteName(writes.table)}`), next: grants(first, user) }];
  const [hidden] = first.filter((one) => one.hidden).sort((a, b) => a.policies - b.policies);
  if (hidden === undefined) return [];
  const table = `${quoteName(hidden.schema)}.${quoteName(hidden.table)}`;
  if (hidden.policies > 0) return [{ finding: cause('HIDDEN_ROWS', `row-level security on ${quoteName(hidden.table)} shows the role ${user} those rows alone that its ${hidden.policies === 1 ? 'policy lets' : `${hidden.policies} policies let`} it see`, 'warning', 'none'), next: [] }];
  return [{ finding: cause('HIDDEN_ROWS', `row-level security on ${quoteName(hidden.table)} hides every row from the role ${user} and refuses what it writes: no policy is for it`), next: [`CREATE POLICY ${quoteName(`${user}_all`)} ON ${table} TO ${quoteName(user)} USING (true) WITH CHECK (true);`] }];
}

/** Each table's own; more than a few are one statement a schema. */
function grants(rights: Examined['rights'], user: string): readonly string[] {
  const lacking = rights.filter(({ usage, lacking: some }) => !usage || some.length > 0);
  if (lacking.length <= 3) return [...new Set(lacking.flatMap(({ grant }) => grant.split(/(?<=;) /)))];
  return [...new Set(lacking.map(({ schema }) => schema))].flatMap((schema) => {
    const own = lacking.filter((one) => one.schema === schema);
    const words = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].filter((right) => own.some((one) => one.lacking.includes(right))).join(', ');
    const usage = own.some((one) => !one.usage) ? [`GRANT USAGE ON SCHEMA ${quoteName(schema)} TO ${quoteName(user)};`] : [];
    return [...usage, ...(words === '' ? [] : [`GRANT ${words} ON ALL TABLES IN SCHEMA ${quoteName(schema)} TO ${quoteName(user)};`])];
  });
}

function isSession(one: { readonly schema: string; readonly table: string }, session: Examined['session']): boolean {
  return session !== null && one.schema === session.schema && one.table === session.name;
}

/** A session storage that writes more columns than there are: count() succeeds at the start, and the first login fails. */
function behind({ sessionColumns, storageLacks, storageVersion, storageWithoutModel }: Examined): readonly Found[] {
  if (storageWithoutModel) return [{ finding: cause('NO_SESSION_MODEL', `the schema has no model for the installed session storage ${storageVersion ?? ''}: it stops with "PrismaClient does not have a session table"`), next: ['add the model Session of the session storage\'s README; then npx prisma migrate dev'] }];
  if (storageLacks.length > 0) return [{ finding: cause('SCHEMA_BEHIND', `the model Session has no ${storageLacks.join(', ')}, which the installed session storage ${storageVersion ?? ''} writes: the first login fails with P2022 or an unknown argument`), next: [`add to model Session: ${storageLacks.map((field) => `${field} ${field.endsWith('Expires') ? 'DateTime?' : 'String?'}`).join(', ')}; then npx prisma migrate dev`] }];
  if (sessionColumns.length === 0) return [];
  return [{ finding: cause('COLUMNS_BEHIND', `the session table has no ${sessionColumns.join(', ')}: the application starts, and the first login fails with P2022`, 'error', 'safe'), next: [] }];
}

function ofClient({ client }: Examined): readonly Found[] {
  if (client.path === null) return [];
  if (client.provider !== null && client.provider !== 'postgresql' && client.provider !== 'postgres') return [{ finding: cause('CLIENT_PROVIDER', `the generated Prisma client is for ${client.provider}`), next: ['npx prisma generate'] }];
  if (client.lacking.length === 0) return [];
  return [{ finding: cause('CLIENT_BEHIND', `the generated Prisma client is older than the schema: it has no ${client.lacking.slice(0, 3).join(', ')}${client.lacking.length > 3 ? ` and ${client.lacking.length - 3} more` : ''}`), next: ['npx prisma generate'] }];
}

function locked({ lock }: Examined): readonly Found[] {
  return lock === null ? [] : [{ finding: cause('LOCK_HELD', `Prisma's migration lock is held, so a deploy waits 10 s and stops with P1002. ${lock}`, 'warning', 'none'), next: [] }];
}

function probes({ where, home, diagnosis, session, missing, renames, rights, client, user, lock }: Examined): readonly Probe[] {
  const sessionMissing = session !== null && [...missing, ...renames].some((one) => isTable(one, session));
  const own = rights.find((one) => isSession(one, session));
  const facts = diagnosis?.facts;
  const ledger = facts === undefined ? null : facts.history.ledger.state === 'present' ? `${facts.history.ledger.rows.length} row${facts.history.ledger.rows.length === 1 ? '' : 's'}` : facts.history.ledger.state === 'absent' ? 'there is none' : 'may not be read by this role';
  const blocked = (diagnosis?.undecided.length ?? 0) > 0 || (diagnosis?.resolutions.length ?? 0) > 0;
  return [
    { name: 'database', ok: true, words: where },
    { name: 'schema', ok: true, words: home },
    ...(ledger === null ? [] : [{ name: 'ledger', ok: facts?.history.ledger.state === 'present' ? true : null, words: ledger }]),
    ...(diagnosis === null ? [] : [{ name: 'history', ok: !blocked, words: blocked ? 'a deploy stops over it' : diagnosis.deployable.length > 0 ? `${diagnosis.deployable.length} to deploy` : 'complete' }]),
    ...(session === null ? [] : [{ name: 'session', ok: !sessionMissing, words: sessionMissing ? `no table ${quoteName(session.name)}` : `table ${quoteName(session.name)} is there` }]),
    ...(own === undefined ? [] : [{ name: 'rights', ok: own.usage && own.lacking.length === 0, words: own.lacking.length === 0 && own.usage ? `${user} may read and write it` : `${user} lacks ${own.usage ? own.lacking.join(', ') : 'USAGE on the schema'}` }]),
    { name: 'lock', ok: lock === null, words: lock === null ? 'nobody migrates at this moment' : lock },
    { name: 'client', ok: client.path === null ? null : client.lacking.length === 0 && (client.provider ?? 'postgresql').startsWith('postgres'), words: client.path === null ? 'not found' : client.lacking.length === 0 ? `generated for ${client.provider ?? 'postgresql'}` : `older than the schema` },
  ];
}

export function probeLines(probes: readonly Probe[]): string {
  return probes.map(({ name, ok, words }) => `  ${ok === null ? '-' : ok ? '✔' : '✖'} ${name.padEnd(8)} ${words}`).join('\n');
}
