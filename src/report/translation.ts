// What a translation did, migration by migration: what each file was, what is to be known, and what is left to a person.

import { keyOf, tableOf } from '../catalog/catalog.ts';
import type { CatalogObject } from '../catalog/kinds.ts';
import { isManaged, type Comparison } from '../diff/compare.ts';
import { counted } from '../plan/naming.ts';
import type { Note, TranslatedFile } from '../sqlite/types.ts';
import type { Finding, Where } from './findings.ts';
import { nextWords, type Paint } from './text.ts';
import type { View } from './view.ts';

export interface TranslationReport {
  readonly files: readonly TranslatedFile[];
  /** A place in the file as it was. */
  readonly place: (name: string, offset: number) => Where;
  readonly end: Comparison | null;
}

export interface TranslationCounts {
  readonly translated: number;
  readonly copied: number;
  readonly notes: number;
  readonly manual: number;
}

export function countsOf(files: readonly TranslatedFile[]): TranslationCounts {
  const notes = files.flatMap((file) => file.notes);
  const manual = notes.filter(({ kind }) => kind === 'manual').length;
  const translated = files.filter(({ was }) => was === 'sqlite' || was === 'half').length;
  return { translated, copied: files.length - translated, notes: notes.length - manual, manual };
}

export function translationFindings({ files, place, end }: TranslationReport): readonly Finding[] {
  return [...files.flatMap(({ name, notes }) => notes.map((note) => ofNote(note, name, place(name, note.offset)))), ...(end === null ? [] : endFindings(end))];
}

const BLANK = { object: null, hazard: null, flag: null, model: null, where: null } as const;

function ofNote({ kind, code, message }: Note, group: string, where: Where): Finding {
  const manual = kind === 'manual';
  return { ...BLANK, code: `TRANSLATE.${code}`, severity: manual ? 'error' : 'info', mending: manual ? 'withheld' : 'none', message, group, where };
}

const END = 'the end of the history, and the schema';

/** Both sides of each difference: a history that its schema has outgrown is no error of the translation. */
function endFindings({ changes, extras, renames }: Comparison): readonly Finding[] {
  const created = new Set(changes.flatMap(({ op, kind, ref }) => (op === 'create' && kind === 'table' ? [keyOf(ref)] : [])));
  const whole = new Set(extras.filter(({ kind }) => kind === 'table').map(({ ref }) => keyOf(ref)));
  const words = [
    ...renames.map(({ kind, from, to }) => `the history calls the ${kind} ${from}, the schema ${to}`),
    ...changes.filter((change) => change.op === 'alter' || !isPartOf(change.after, created)).map((change) => (change.op === 'create' ? `the schema has ${nameOf(change.after)}, the history has not` : altered(change))),
    ...extras.filter((object) => isManaged(object) && !isPartOf(object, whole)).map((object) => `the history has ${nameOf(object)}, the schema has not`),
  ];
  return words.map((message): Finding => ({ ...BLANK, code: 'TRANSLATE.SCHEMA_DIFFERS', severity: 'warning', mending: 'none', message, group: END }));
}

function altered({ before, after, fields }: Extract<Comparison['changes'][number], { op: 'alter' }>): string {
  const [old, wanted] = [before.def, after.def] as readonly Readonly<Record<string, unknown>>[];
  const say = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  return `${nameOf(after)}: ${fields.map((field) => `${field} is ${say(old?.[field])} in the history, ${say(wanted?.[field])} in the schema`).join('; ')}`;
}

function isPartOf({ kind, ref }: CatalogObject, tables: ReadonlySet<string>): boolean {
  const table = tableOf(ref);
  return kind !== 'table' && table !== null && tables.has(keyOf({ kind: 'table', schema: table.schema, name: table.table }));
}

function nameOf({ kind, ref }: CatalogObject): string {
  const words = { primaryKey: 'primary key of', foreignKey: 'foreign key' }[kind as string] ?? kind;
  return `${words} ${[...('table' in ref ? [ref.table] : []), ...('name' in ref ? [ref.name] : [])].join('.')}`;
}

const WAS: Readonly<Record<TranslatedFile['was'], string>> = { sqlite: 'SQLite', half: 'half SQLite', postgresql: 'PostgreSQL, copied as it is', empty: 'empty' };

/** `headline`: what happened, in one line. */
export function translationText(view: View, files: readonly TranslatedFile[], headline: string, paint: Paint): string {
  const groups = new Map<string, Finding[]>();
  for (const finding of view.findings) groups.set(finding.group, [...(groups.get(finding.group) ?? []), finding]);
  const width = Math.max(0, ...files.map(({ name }) => name.length));
  const migrations = files.map(({ name, was }) => [`  ${paint('bold', name.padEnd(width))}  ${WAS[was]}`, ...(groups.get(name) ?? []).map((finding) => line(finding, paint))].join('\n'));
  const others = [...groups].filter(([group]) => !files.some(({ name }) => name === group)).map(([group, found]) => [paint('bold', group), ...found.map((finding) => line(finding, paint))].join('\n'));
  const left = view.findings.some(({ mending }) => mending === 'withheld');
  const blocks = [
    `${left ? paint('yellow', '!') : paint('green', '✔')} ${paint('bold', headline)}`,
    view.sources.map(({ what, value, from }) => paint('dim', `  ${what.padEnd(8)} ${value}${from === '' ? '' : `  (${from})`}`)).join('\n'),
    migrations.join('\n'),
    ...others,
    ...(view.details ?? []),
    nextWords(view.next, paint),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function line({ mending, severity, message, where }: Finding, paint: Paint): string {
  const mark = mending === 'withheld' ? paint('yellow', '?') : severity === 'info' ? paint('dim', 'i') : paint('yellow', '!');
  return `    ${mark} ${message}${where === null ? '' : paint('dim', `  ${where.file}:${where.line}:${where.column}`)}`;
}

/** `3 migrations translated, 1 copied as it is; 2 notes` */
export function countWords({ translated, copied, notes, manual }: TranslationCounts): string {
  const parts = [`${counted(translated, 'migration')} translated`, ...(copied === 0 ? [] : [`${copied} copied as ${copied === 1 ? 'it is' : 'they are'}`])].join(', ');
  const said = [...(manual === 0 ? [] : [`${counted(manual, 'place')} left to you`]), ...(notes === 0 ? [] : [counted(notes, 'note')])].join(', ');
  return said === '' ? parts : `${parts}; ${said}`;
}
