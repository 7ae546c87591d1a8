// What other programs read of a report: annotations for GitHub's runner, Markdown for its pages, and the option that asks for them.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseReporters, wantsJson } from '../../src/cli/reporters.ts';
import { MendError } from '../../src/errors.ts';
import type { Finding, Severity } from '../../src/report/findings.ts';
import { defuse, escapeData, escapeProperty, toGithub } from '../../src/report/github.ts';
import { escapeMarkdown, toMarkdown } from '../../src/report/markdown.ts';
import type { View } from '../../src/report/view.ts';

const BASE: Finding = { code: 'COLUMN.MISSING', severity: 'error', message: 'column User.name is missing', object: null, group: 'User', mending: 'safe', hazard: null, flag: null, model: 'User.name', where: { file: 'prisma/schema.prisma', line: 16, column: 3 } };
const EXTRA: Finding = { ...BASE, code: 'INDEX.EXTRA', severity: 'info', mending: 'none', message: 'index Post.extra is only in the database' };
const AGREEMENT = 'shop agrees with the schema: 4 tables.';

function finding(changes: Partial<Finding> = {}): Finding {
  return { ...BASE, ...changes };
}

function view(changes: Partial<View> = {}): View {
  return {
    command: 'check',
    sources: [],
    server: 'PostgreSQL 18.4',
    target: { host: 'localhost', port: 5432, database: 'shop', schemas: ['public'] },
    tables: 4,
    findings: [],
    unmodeled: [],
    provided: [],
    exitCode: 2,
    next: ['npx prisma-mend repair --schema prisma'],
    ...changes,
  };
}

const HELD = [
  finding(),
  finding({ code: 'INDEX.MISSING', severity: 'warning', message: 'index Post.Post_createdAt_idx is missing', hazard: 'LONG_LOCK' }),
  finding({ code: 'COLUMN.MISSING', message: 'column User.slug is missing; it is required', mending: 'withheld', hazard: 'REQUIRED_COLUMN', flag: '--fill "User.slug=<sql expression>"' }),
  finding({ code: 'COLUMN.CHANGED', message: 'column Post.title is VARCHAR(500)', mending: 'withheld', hazard: 'TYPE_CHANGED' }),
  finding({ code: 'HISTORY.FAILED', group: 'migrations', message: 'migration 1_init failed: ERROR:  50% done,\nor so', mending: 'withheld', where: null }),
  finding({ code: 'ENUM.EXTRA_VALUES', severity: 'info', message: 'enum Role has values only the database knows', mending: 'none' }),
  EXTRA,
  EXTRA,
];

/** Any character, the ones with a meaning to somebody above all. */
const hostile = fc.string({ unit: fc.oneof(fc.constantFrom('|', '`', '\\', '<', '>', '&', '%', ':', ',', '\n', '\r', '_', '*', '[', ']', '#', '@', '$', '~', '=', '%25', '%0A', '::', '##[error]', '&#124;', '<!--', '\u001b[31m', '\u202e', '\u2028', '😀', 'ß', 'a'), fc.string({ minLength: 1, maxLength: 1 })), minLength: 0, maxLength: 40 });
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g; // oxlint-disable-line no-control-regex

describe('GitHub annotations', () => {
  test('say what, where and what to do; a percent sign and a line break come through', () => {
    expect(toGithub(view({ findings: HELD.slice(0, 6) }))).toBe(
      `::error file=prisma/schema.prisma,line=16,col=3,title=prisma-mend COLUMN.MISSING::column User.name is missing%0Aa repair mends it: npx prisma-mend repair --schema prisma
::error file=prisma/schema.prisma,line=16,col=3,title=prisma-mend COLUMN.MISSING::column User.slug is missing; it is required%0Aheld back (REQUIRED_COLUMN); to plan it: --fill "User.slug=<sql expression>"
::error file=prisma/schema.prisma,line=16,col=3,title=prisma-mend COLUMN.CHANGED::column Post.title is VARCHAR(500)%0Aheld back (TYPE_CHANGED). Adapt the schema with @db.…, or convert by hand in a migration of your own.
::error title=prisma-mend HISTORY.FAILED::migration 1_init failed: ERROR:  50%25 done,%0Aor so%0Anext: npx prisma-mend repair --schema prisma
::warning file=prisma/schema.prisma,line=16,col=3,title=prisma-mend INDEX.MISSING::index Post.Post_createdAt_idx is missing%0Aa repair mends it (LONG_LOCK): npx prisma-mend repair --schema prisma
::notice file=prisma/schema.prisma,line=16,col=3,title=prisma-mend ENUM.EXTRA_VALUES::enum Role has values only the database knows
`,
    );
  });

  test('no finding, no line; a repair is advised only where the report itself begins with one', () => {
    expect(toGithub(view())).toBe('');
    expect(toGithub(view({ findings: [finding()], next: ['npx prisma migrate deploy'] }))).toContain('is missing%0Anext: npx prisma migrate deploy\n');
    expect(toGithub(view({ findings: [finding()], next: [] }))).toMatch(/is missing\n$/);
  });

  test('ten errors and ten warnings, the first ones, and one line for the rest', () => {
    const many = (severity: Severity, count: number) => Array.from({ length: count }, (_, at) => finding({ severity, message: `${severity} ${at}.` }));
    const lines = toGithub(view({ command: 'status', findings: [...many('warning', 12), ...many('error', 11), ...many('info', 4)] })).trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.slice(0, 10).every((line, at) => line.startsWith('::error ') && line.includes(`error ${at}.`))).toBe(true);
    expect(lines.slice(10, 20).every((line, at) => line.startsWith('::warning ') && line.includes(`warning ${at}.`))).toBe(true);
    expect(lines[20]).toBe('::notice title=prisma-mend::+3 more; npx prisma-mend status --json lists all of them.');
    expect(toGithub(view({ findings: [...many('error', 10), ...many('warning', 10), ...many('info', 3)] })).match(/^::\w+/gm)).toHaveLength(23);
    expect(toGithub(view({ findings: many('error', 10) }))).not.toContain('more');
  });

  test('whatever the names are, a finding is one command that reads as it was written', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (message, file, code) => {
        const text = toGithub(view({ findings: [finding({ message, code, mending: 'none', where: { file, line: 1, column: 2 } })] }));
        expect(text.match(/[\r\n]/g)).toEqual(['\n']);
        expect(readCommand(text.slice(0, -1))).toEqual({ name: 'error', properties: { file: box(file), line: '1', col: '2', title: `prisma-mend ${box(code)}` }, message: box(message) });
      }),
      { numRuns: 2000 },
    );
  });

  test('escapes come back, also of texts that look escaped', () => {
    fc.assert(fc.property(hostile, (text) => unescapeData(escapeData(text)) === text && unescapeProperty(escapeProperty(text)) === text && !/[:,\r\n]/.test(escapeProperty(text))), { numRuns: 2000 });
  });

  test('no name in other output is a command', () => {
    fc.assert(fc.property(hostile, (text) => !/(^|[\r\n\u2028\u2029])\s*::|##\[/.test(defuse(text))), { numRuns: 2000 });
    expect(defuse('✖ a::b\n  - c\n::d #[ ##')).toBe('✖ a::b\n  - c\n:\u200b:d #[ ##');
  });
});

/** As GitHub's runner reads a line: the command up to the next `::`, properties at commas, `%25` last. */
function readCommand(line: string): unknown {
  const [, name, words = '', message = ''] = /^::(\w+) (.*?)::(.*)$/su.exec(line) ?? [];
  const properties = Object.fromEntries(words.split(',').map((word) => [word.slice(0, word.indexOf('=')), unescapeProperty(word.slice(word.indexOf('=') + 1))]));
  return { name, properties, message: unescapeData(message) };
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
}

function box(text: string): string {
  return text.replace(controls, '\ufffd');
}

describe('Markdown', () => {
  test('a headline, a table by severity, what is kept, the next commands', () => {
    const next = ['npx prisma-mend repair --schema prisma', 'adapt the schema, or write a migration by hand', 'npx prisma-mend check'];
    expect(toMarkdown(view({ findings: HELD, next, unmodeled: [{ kind: 'view', schema: 'public', table: null, name: 'v' }] }), AGREEMENT)).toBe(`### ✖ prisma-mend check: 4 errors, 1 warning, 1 note

shop on localhost:5432, PostgreSQL 18.4

| | code | finding | where | what to do |
|---|---|---|---|---|
| **error** | <code>COLUMN.MISSING</code> | column User.name is missing | <code>prisma/schema.prisma:16</code> | a repair mends it: <code>npx prisma-mend repair --schema prisma</code> |
| **error** | <code>COLUMN.MISSING</code> | column User.slug is missing; it is required | <code>prisma/schema.prisma:16</code> | held back (REQUIRED_COLUMN); to plan it: <code>--fill "User.slug=&lt;sql expression&gt;"</code> |
| **error** | <code>COLUMN.CHANGED</code> | column Post.title is VARCHAR(500) | <code>prisma/schema.prisma:16</code> | held back (TYPE_CHANGED). Adapt the schema with @&#8203;db.…, or convert by hand in a migration of your own. |
| **error** | <code>HISTORY.FAILED</code> | migration 1_init failed: ERROR:  50% done,&#10;or so |  | next: <code>npx prisma-mend repair --schema prisma</code> |
| **warning** | <code>INDEX.MISSING</code> | index Post.Post_createdAt_idx is missing | <code>prisma/schema.prisma:16</code> | a repair mends it (LONG_LOCK): <code>npx prisma-mend repair --schema prisma</code> |
| note | <code>ENUM.EXTRA_VALUES</code> | enum Role has values only the database knows | <code>prisma/schema.prisma:16</code> |  |

Only in the database, and kept: 2 indexes, 1 view.

Next:

\`\`\`sh
npx prisma-mend repair --schema prisma
# adapt the schema, or write a migration by hand
npx prisma-mend check
\`\`\`
`);
  });

  test('agreement is one line, also beside what only the database has', () => {
    expect(toMarkdown(view({ next: [], target: null }), AGREEMENT)).toBe(`### ✔ ${AGREEMENT}\n`);
    expect(toMarkdown(view({ next: [], findings: [EXTRA] }), AGREEMENT)).toBe(`### ✔ ${AGREEMENT}\n\nshop on localhost:5432, PostgreSQL 18.4\n\nOnly in the database, and kept: 1 index.\n`);
    expect(toMarkdown(view({ findings: [finding({ severity: 'warning' })] }), AGREEMENT)).toMatch(/^### ! prisma-mend check: 1 warning\n/);
  });

  test('a hostile name is text: no column, no tag, no code, no mention', () => {
    expect(escapeMarkdown('a|b `c` <img src=x> &amp; *d* __e__ f_g [h](i) @team $j$ \\ \u001b[31m')).toBe('a&#124;b &#96;c&#96; &lt;img src=x&gt; &amp;amp; \\*d\\* \\_\\_e\\_\\_ f_g \\[h\\](i) @&#8203;team &#36;j&#36; \\\\ \ufffd\\[31m');
    const text = toMarkdown(view({ findings: [finding({ message: 'table "</code></td>|`\n```\n# x" is missing', flag: '--rename `a`|b=c', mending: 'withheld' })], next: ['npx prisma-mend repair --name "```\n# rm"'] }), AGREEMENT);
    expect(text).toContain('| table "&lt;/code&gt;&lt;/td&gt;&#124;&#96;&#10;&#96;&#96;&#96;&#10;# x" is missing |');
    expect(text).toContain('<code>--rename &#96;a&#96;&#124;b=c</code> |');
    expect(text).toMatch(/\n````sh\nnpx prisma-mend repair --name "``` # rm"\n````\n$/);
  });

  test('whatever the names are, a row is one row of five cells that read as they were written', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (message, file, flag) => {
        const text = toMarkdown(view({ findings: [finding({ message, flag, mending: 'withheld', where: { file, line: 7, column: 1 } })], next: [] }), AGREEMENT);
        const rows = text.split(/[\n\r\u2028\u2029]/).filter((line) => line.startsWith('|')).slice(2);
        const cells = (rows[0] ?? '').split('|').slice(1, -1).map((cell) => readText(cell.slice(1, -1)));
        expect([rows.length, cells]).toEqual([1, ['**error**', 'COLUMN.MISSING', box(message), `${box(file)}:7`, `held back; to plan it: ${box(flag)}`]]);
      }),
      { numRuns: 2000 },
    );
  });

  test('it stays under 64 KB, the worst first, and says how many are left out', () => {
    const wide = '|😀<&@'.repeat(200);
    const findings = [finding({ severity: 'warning', message: 'the last' }), ...Array.from({ length: 3000 }, (_, at) => finding({ message: `${at}: ${wide}`, flag: wide, mending: 'withheld', where: { file: wide, line: 1, column: 1 } }))];
    for (const next of [[], ['npx prisma-mend repair'], Array.from({ length: 500 }, () => `npx ${'`😀'.repeat(400)}`)]) {
      const text = toMarkdown(view({ findings, next, server: wide }), AGREEMENT);
      const [shown, left] = [text.match(/^\| \*\*/gm)?.length ?? 0, Number(/… and (\d+) more findings are left out here; `npx prisma-mend check --json` lists all of them\.\n$/.exec(text)?.[1])];
      expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
      expect(shown).toBeGreaterThan(0);
      expect(shown + left).toBe(findings.length);
      expect(text).toContain('| 0: &#124;😀');
      expect(text).not.toContain('the last');
      expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
      if (next.length > 1) expect(text).toContain('\n# … and 480 more\n');
    }
    const short = toMarkdown(view({ findings: Array.from({ length: 20_000 }, () => finding()) }), AGREEMENT);
    expect(Buffer.byteLength(short)).toBeGreaterThan(63_000);
  });
});

/** As a browser shows a cell. */
function readText(cell: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
  return cell
    .replaceAll('@&#8203;', '@')
    .replace(/<\/?code>/g, '')
    .replace(/\\([\\*[\]~_])|&(?:#(\d+)|(\w+));/g, (_, plain: string | undefined, code: string | undefined, name: string | undefined) => plain ?? (code === undefined ? (entities[name ?? ''] ?? '?') : String.fromCodePoint(Number(code))));
}

describe('--reporter', () => {
  const chosen = (reporter: string[] | undefined, environment: Readonly<Record<string, string>> = {}, json?: boolean) => chooseReporters({ reporter, json }, environment, 'check').reporters.map(({ kind, file }) => (file === null ? kind : `${kind}:${file}`));
  const refusal = (reporter: string[], json = false) => {
    try {
      chooseReporters({ reporter, json }, {}, 'check');
    } catch (error) {
      return error instanceof MendError ? `${error.code} ${error.message} ${error.next}` : String(error);
    }
    return 'none';
  };

  test('kinds, files, --json, and none', () => {
    expect(chosen(undefined)).toEqual(['pretty']);
    expect(chosen(undefined, {}, true)).toEqual(['json']);
    expect(chosen(['markdown:a:b.md', 'pretty', 'pretty'])).toEqual(['markdown:a:b.md', 'pretty']);
    expect(chosen(['json'], {}, true)).toEqual(['json']);
    expect(chosen(['json:x.json', 'markdown', 'github'])).toEqual(['json:x.json', 'markdown', 'github']);
    expect(chosen(['markdown:x.md'], {}, true)).toEqual(['json', 'markdown:x.md']);
  });

  test('GitHub Actions gets more, unasked only', () => {
    const actions = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: new URL(import.meta.url).pathname };
    expect(chosen(undefined, actions)).toEqual(['pretty', 'github']);
    expect(chooseReporters({}, actions, 'check').summary).toBe(actions.GITHUB_STEP_SUMMARY);
    expect(chooseReporters({}, { ...actions, GITHUB_STEP_SUMMARY: '/absent/file' }, 'check').summary).toBeNull();
    expect(chooseReporters({}, { ...actions, GITHUB_STEP_SUMMARY: '' }, 'check').summary).toBeNull();
    expect(chooseReporters({}, { ...actions, GITHUB_ACTIONS: 'false' }, 'check')).toEqual({ reporters: [{ kind: 'pretty', file: null }], summary: null });
    for (const asked of [{ json: true }, { reporter: ['pretty'] }]) expect(chooseReporters(asked, actions, 'check')).toMatchObject({ reporters: [{}], summary: null });
  });

  test('what cannot be is refused by name', () => {
    expect(refusal(['html'])).toBe('USAGE Unknown reporter "html". Reporters: pretty, json, github, markdown. npx prisma-mend check --help');
    expect(refusal([''])).toContain('Unknown reporter ""');
    expect(refusal(['markdown:'])).toContain('--reporter markdown: names no file');
    expect(refusal(['pretty', 'json'])).toContain('pretty and json together on stdout would be no JSON');
    expect(refusal(['github'], true)).toContain('USAGE json and github together');
    expect(refusal(['json:a', 'markdown:./a'])).toContain('cannot write the same file ./a');
    expect(refusal(['pretty', 'markdown', 'json:a'])).toBe('none');
  });

  test('a failure is JSON where the report would have been', () => {
    expect([['--json'], ['check', '--reporter', 'json'], ['--reporter=json', 'check']].map(wantsJson)).toEqual([true, true, true]);
    expect([[], ['--reporter', 'json:a'], ['--reporter', 'pretty'], ['--schema', 'json']].map(wantsJson)).toEqual([false, false, false, false]);
  });
});
