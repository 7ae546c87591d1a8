// A file that is not the one that was applied: what was it then? Asked of the bytes, of what Shopify is known to have changed, and of git.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Edit, Kept } from '../history/diagnosis.ts';
import type { Entry, HistoryFacts, MigrationFile } from '../history/history.ts';
import { rowState } from '../history/history.ts';
import type { Reader } from '../history/script.ts';

const run = promisify(execFile);

/** SHA-256 in hex; old versions left out the leading zero of each byte. */
const CHECKSUM = /^[0-9a-f]{32,64}$/i;

/** Published and changed in place: @shopify/shopify-app-template-remix and -react-router, prisma/migrations. */
const SHOPIFY: readonly ({ readonly applied: string; readonly now: string } & Pick<Edit, 'words' | 'adds'>)[] = [
  {
    applied: '6dda377f29061cd87d8ff7475239634f43487b670ce351e14330f314713b1e2b',
    now: '8677da9a1a11ad0e28f15eb9537b4142aeb1a990893dd8fd9cc2d37385559ecb',
    words: 'Shopify changed this file of its template in place: it now also has refreshToken and refreshTokenExpires, which no deploy will add',
    adds: ['refreshToken', 'refreshTokenExpires'].map((column) => ({ table: 'Session', column })),
  },
];

export interface Texts {
  readonly edits: ReadonlyMap<string, Edit>;
  readonly lost: ReadonlyMap<string, Kept>;
}

/** What became of the texts that the ledger calls applied. */
export async function findTexts({ entries, history: { files } }: HistoryFacts, read: Reader): Promise<Texts> {
  const [edits, lost] = [new Map<string, Edit>(), new Map<string, Kept>()];
  const directory = files[0] === undefined ? null : dirname(dirname(files[0].path));
  for (const entry of entries) {
    const edit = entry.edited ? await findEdit(entry, read) : null;
    if (edit !== null) edits.set(entry.name, edit);
    const kept = entry.file === null && entry.state === 'applied' && directory !== null ? await findLost(entry, directory) : null;
    if (kept !== null) lost.set(entry.name, kept);
  }
  return { edits, lost };
}

async function findEdit({ name, file, rows }: Entry, read: Reader): Promise<Edit | null> {
  if (file === null) return null;
  const applied = rows.filter((row) => rowState(row) === 'applied').map(({ checksum }) => checksum);
  const shopify = SHOPIFY.find((one) => applied.includes(one.applied) && file.accepted.includes(one.now));
  const edit: Edit = { name, words: '', equal: false, restore: null, provable: false, adds: [] };
  if (shopify !== undefined) return { ...edit, words: shopify.words, adds: shopify.adds, provable: true };
  if (applied.some((checksum) => file.accepted.includes(checksum))) return { ...edit, words: 'a later row of it says that the file as it is was applied as well', equal: true };
  if (applied.every((checksum) => !CHECKSUM.test(checksum))) return { ...edit, words: 'its row was made by hand, with a checksum that is none', provable: true };
  const bytes = byteDifference(file, applied);
  if (bytes !== null) return { ...edit, words: bytes, equal: true };
  const earlier = await fromGit(dirname(file.path), basename(file.path), applied);
  if (earlier === null) return { ...edit, words: 'the applied text is not known: neither git nor a difference in line ends explains it' };
  const equal = sameStatements(earlier.text, file.sql, read);
  return { ...edit, equal, restore: { revision: earlier.revision.slice(0, 10), path: file.path }, words: equal ? `only comments or spaces differ from the applied text (git ${earlier.revision.slice(0, 10)})` : `its statements differ from those that were applied (git ${earlier.revision.slice(0, 10)})` };
}

/** Where git has kept an applied migration whose directory is gone. */
async function findLost({ name, rows }: Entry, directory: string): Promise<Kept | null> {
  const earlier = await fromGit(directory, `${name}/migration.sql`, rows.filter((row) => rowState(row) === 'applied').map(({ checksum }) => checksum));
  return earlier === null ? null : { revision: earlier.revision.slice(0, 10), path: join(directory, name) };
}

/** Differences that PostgreSQL's lexer does not see, and Prisma's checksum does. */
function byteDifference({ sql, accepted }: MigrationFile, applied: readonly string[]): string | null {
  if (applied.some((checksum) => accepted.includes(checksum.toLowerCase()))) return 'only the letters of the checksum are upper case';
  const bare = sql.replace(/^\uFEFF/, '');
  const unix = bare.replaceAll('\r\n', '\n');
  const ended = unix.replace(/\n*$/, '');
  const forms: readonly (readonly [string, string])[] = [
    ['a byte order mark', bare], ['a byte order mark', `\uFEFF${sql}`], ['the line ends', unix], ['the line ends', unix.replaceAll('\n', '\r')], ['the line ends', bare.replaceAll('\r', '\n')],
    ['the last line end', ended], ['the last line end', `${ended}\n`], ['the last line end', `${ended}\n\n`], ['spaces at the end', sql.trimEnd()], ['spaces at the end', sql.trim()],
  ];
  const found = forms.find(([, text]) => [text, text.replaceAll('\n', '\r\n')].some((form) => applied.includes(createHash('sha256').update(form).digest('hex'))));
  return found === undefined ? null : `only ${found[0]} differ${found[0].endsWith('s') ? '' : 's'} from the applied file`;
}

const REVISIONS = 200;

/** The revision of the file whose text has a checksum of the ledger. */
async function fromGit(folder: string, path: string, applied: readonly string[]): Promise<{ readonly text: string; readonly revision: string } | null> {
  const git = async (...words: readonly string[]) => (await run('git', [...words], { cwd: folder, maxBuffer: 64 << 20, timeout: 10_000 })).stdout;
  try {
    const revisions = (await git('log', `--max-count=${REVISIONS}`, '--format=%H', '--', path)).split('\n').filter(Boolean);
    for (const revision of revisions) {
      const text = await git('show', `${revision}:./${path}`).catch(() => null);
      if (text === null) continue;
      const forms = [text, text.replaceAll('\r\n', '\n'), text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n')];
      if (forms.some((form) => applied.includes(createHash('sha256').update(form).digest('hex')))) return { text, revision };
    }
    return null;
  } catch {
    // No git, or no repository: the ledger alone does not say what the text was.
    return null;
  }
}

function sameStatements(a: string, b: string, read: Reader): boolean {
  const [first, second] = [read.script(a), read.script(b)];
  if (first.problem !== null || second.problem !== null) return false;
  const plain = (value: unknown): unknown => JSON.stringify(value, (key, entry: unknown) => (/(^|_)location$|^(rexpr_)?list_(start|end)$|^stmt_len$/.test(key) ? undefined : entry));
  return plain(first.statements.map(({ node }) => node)) === plain(second.statements.map(({ node }) => node));
}
