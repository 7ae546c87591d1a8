// The written-down translations of fixtures/translate: a file is a case, its sections are headed by `-- === name`.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { positionOf } from '../../src/prisma/psl.ts';
import type { Note, Refused, SourceFile, TranslatedFile, TranslateOptions } from '../../src/sqlite/types.ts';

const FOLDER = new URL('../../fixtures/translate/', import.meta.url);

export interface Golden {
  readonly name: string;
  readonly options: TranslateOptions;
  /** The first version of PostgreSQL that has what the output needs. */
  readonly since: number;
  /** The state before, and the migration in question as the last. */
  readonly files: readonly SourceFile[];
  /** The same with a migration of rows before the last; `null` where the case has none. */
  readonly withRows: readonly SourceFile[] | null;
  /** The section as it stands in the file; `null` where there is none. */
  readonly section: (name: string) => string | null;
}

interface Section {
  readonly head: string;
  readonly body: string;
}

function sectionsOf(text: string): readonly Section[] {
  return text.split(/^-- === /m).slice(1).map((part) => ({ head: part.slice(0, part.indexOf('\n')).trim(), body: part.slice(part.indexOf('\n') + 1).replace(/\n+$/, '\n') }));
}

export function goldens(): readonly Golden[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.sql')).sort().map((file) => readGolden(file.replace(/\.sql$/, '')));
}

function readGolden(name: string): Golden {
  const sections = sectionsOf(readFileSync(new URL(`${name}.sql`, FOLDER), 'utf8'));
  const section = (head: string) => sections.find((one) => one.head === head)?.body ?? null;
  const prisma = /prisma ([567])/.exec(section('options') ?? '')?.[1];
  const before = sections.filter(({ head }) => head === 'before').map(({ body }, at): SourceFile => ({ name: `${at + 1}_before`, sql: body }));
  const last: SourceFile = { name: '9_in', sql: section('in') ?? '' };
  const rows = section('rows');
  return {
    name, section, files: [...before, last],
    since: Number(/PostgreSQL (\d+)/.exec(section('options') ?? '')?.[1] ?? 0),
    options: { target: null, prisma: prisma === '5' ? 5 : prisma === '6' ? 6 : 7 },
    withRows: rows === null ? null : [...before, { name: '8_rows', sql: rows }, last],
  };
}

const place = (sql: string, offset: number) => {
  const { line, column } = positionOf({ path: '', text: sql }, offset);
  return `${line}:${column}`;
};

const oneLine = (text: string) => text.replaceAll('\n', '\\n');

export interface Written {
  readonly out: string | null;
  readonly notes: string | null;
  readonly refused: string | null;
}

/** What a case comes to, in the words of its file. */
export function writtenAs(sql: string, output: TranslatedFile): Written {
  const line = ({ kind, code, message, offset }: Note) => `-- ${code}${kind === 'manual' ? ' (manual)' : ''} ${place(sql, offset)} ${oneLine(message)}\n`;
  return { out: output.sql.replace(/\n*$/, '\n'), notes: output.notes.length === 0 ? null : output.notes.map(line).join(''), refused: null };
}

export function refusedAs(sql: string, { message, offset }: Refused): Written {
  return { out: null, notes: null, refused: `-- ${place(sql, offset)} ${oneLine(message)}\n` };
}

/** Exchanges what is expected for what came; only by MEND_WRITE, and to be read before it is kept. */
export function rewrite({ name }: Golden, written: Written): void {
  const path = new URL(`${name}.sql`, FOLDER);
  const kept = sectionsOf(readFileSync(path, 'utf8')).filter(({ head }) => !['out', 'notes', 'refused'].includes(head));
  const at = kept.findIndex(({ head }) => head === 'in') + 1;
  const results = Object.entries(written).flatMap(([head, body]: [string, string | null]): Section[] => (body === null ? [] : [{ head, body }]));
  writeFileSync(path, [...kept.slice(0, at), ...results, ...kept.slice(at)].map(({ head, body }) => `-- === ${head}\n${body}`).join('\n'));
}
