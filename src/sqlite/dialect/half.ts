// PostgreSQL's SQL with words of SQLite in it, put right in place: all else stays byte for byte.

import { at, isNode, listAt, nodeAt, tagged, textAt, type Node } from '../../effects/ast.ts';
import { isMark, pieces } from '../../effects/source.ts';
import type { Script, Statement } from '../../history/script.ts';
import { applyEdits, fromBytes, withoutMark, type Edit } from './edits.ts';
import { patchCalls } from './halfCalls.ts';
import { patchDefault, patchRows } from './halfDefaults.ts';
import { moveKeys, type MovedKey } from './halfKeys.ts';
import { makeReadable, translated, type HalfTools } from './halfReadable.ts';
import { manualComment, notebook, patching, type Patching } from './halfText.ts';
import { patchColumn, patchType } from './halfTypes.ts';
import { constraintsOf, isTypeName, marksOf, NAMING } from './marks.ts';
import { SqliteSyntax, Untranslatable, type Note, type Target } from '../types.ts';
import { FOREIGN_COLLATIONS } from './words.ts';

export type { HalfTools } from './halfReadable.ts';

export interface Patched {
  readonly sql: string;
  readonly notes: readonly Note[];
}

/** Throws {@link Untranslatable} where neither grammar reads the text. */
export function patchHalf(sql: string, tools: HalfTools, target: Target | null): Patched {
  const notes = notebook();
  const readable = makeReadable(sql, tools, target, notes);
  const first = applyEdits(sql, readable.edits);
  const { statements } = read(first.text, tools);
  const patch = patching(withoutMark(first.text), statements, target, (code, message, offset) => notes.say(code, message, first.back(offset)));
  const moved = moveKeys(patch);
  for (const statement of statements) patchStatement(patch, statement);
  const second = applyEdits(first.text, patch.edits);
  const back = (offset: number) => first.back(second.back(offset));
  const left = refused({ text: second.text, original: sql, back }, tools, (message, offset) => notes.manual('NO_TRANSLATION', message, back(offset)));
  const third = applyEdits(second.text, left.edits);
  const keys = moved.filter(({ statement }) => !left.statements.has(statement));
  return { sql: withLast(third.text, [...keys.map((key: MovedKey) => key.sql), ...readable.last, ...left.last], tools), notes: notes.notes() };
}

function read(sql: string, { reader }: HalfTools): Script {
  const script = reader.script(sql);
  if (script.problem !== null) throw new Untranslatable(script.problem.message, script.problem.offset);
  return script;
}

function patchStatement(patch: Patching, { node }: Statement): void {
  const [tag, content] = tagged(node);
  const table = textAt(content, 'relation', 'relname');
  if (tag === 'CreateStmt') for (const item of listAt(content, 'tableElts')) element(patch, table, item);
  else if (tag === 'AlterTableStmt') for (const item of listAt(content, 'cmds')) command(patch, table, nodeAt(item, 'AlterTableCmd'));
  else if (tag === 'InsertStmt' || tag === 'UpdateStmt' || tag === 'DeleteStmt') patchRows(patch, node);
  else patchCalls(patch, content, { family: null, asDefault: false });
  collations(patch, tag, content);
  if (!NAMING.has(tag)) otherTypes(patch, content);
}

function element(patch: Patching, table: string, item: unknown): void {
  const column = at(item, 'ColumnDef');
  if (!isNode(column)) return patchCalls(patch, at(item, 'Constraint', 'raw_expr'), { family: null, asDefault: false });
  const { type, own } = patchColumn(patch, table, '', column);
  for (const one of constraintsOf(column)) {
    if (one['contype'] === 'CONSTR_DEFAULT') patchDefault(patch, one['raw_expr'], type, own);
    else patchCalls(patch, one['raw_expr'], { family: null, asDefault: false });
  }
}

function command(patch: Patching, table: string, node: Node): void {
  const name = textAt(node, 'name');
  const column = at(node, 'def', 'ColumnDef');
  if (node['subtype'] === 'AT_ColumnDefault') patchDefault(patch, node['def'], patch.types.get(table)?.get(name) ?? patch.target?.column(table, name)?.type ?? null, true);
  else if (node['subtype'] === 'AT_AlterColumnType' && isNode(column)) {
    patchColumn(patch, table, name, column);
    patchCalls(patch, column['raw_default'], { family: null, asDefault: false });
  } else element(patch, table, node['def']);
}

/** Casts, parameters, domains: every type that is no column's. */
function otherTypes(patch: Patching, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) otherTypes(patch, item);
  if (!isNode(value)) return;
  if (isTypeName(value)) patchType(patch, value, null, '', {});
  for (const [key, entry] of Object.entries(value)) otherTypes(patch, key === 'ColumnDef' ? [at(entry, 'constraints'), at(entry, 'raw_default')] : entry);
}

/** SQLite's collations: how a column compares without regard to case cannot be said of it in Prisma's PostgreSQL. */
function collations(patch: Patching, tag: string, content: Node): void {
  const { tokens } = patch;
  const start = patch.tokenAt(at(content, 'relation', 'location'));
  if (!['CreateStmt', 'AlterTableStmt', 'IndexStmt'].includes(tag) || start < 0) return;
  for (let nth = start; nth < tokens.length && tokens[nth]?.value !== ';'; nth++) {
    const [word, name, before] = [tokens[nth], tokens[nth + 1], tokens[nth - 1]];
    if (!word || !name || !before || word.kind !== 'word' || word.value !== 'collate' || !FOREIGN_COLLATIONS.has(name.value.toLowerCase())) continue;
    const folded = tag === 'IndexStmt' && name.value.toLowerCase() === 'nocase';
    if (folded) patch.edits.push({ start: before.start, end: name.end, text: `lower(${patch.sql.slice(before.start, before.end)})` });
    else patch.edits.push({ start: before.end, end: name.end, text: '' });
    patch.say('NOCASE', `COLLATE ${name.value}: ${folded ? 'lower(…) in PostgreSQL' : 'left out; PostgreSQL compares texts by their letters, a and A are two'}`, word.start);
  }
}

interface Left {
  readonly edits: readonly Edit[];
  readonly statements: ReadonlySet<number>;
  readonly last: readonly string[];
}

interface Halfway {
  readonly text: string;
  readonly original: string;
  readonly back: (offset: number) => number;
}

/** Statements that still have words only SQLite knows: as they were, to the translator or into a comment. */
function refused({ text: patched, original, back }: Halfway, tools: HalfTools, manual: (message: string, offset: number) => void): Left {
  const text = withoutMark(patched);
  const { statements } = read(text, tools);
  const marks = marksOf(statements, text, fromBytes(text)).sqlite;
  const edits: Edit[] = [];
  const last: string[] = [];
  const found = new Set<number>();
  for (const [nth, { offset, text: own }] of statements.entries()) {
    const mark = marks.find((one) => one.offset >= offset && one.offset < offset + own.length);
    if (mark === undefined) continue;
    found.add(nth);
    const [start, end] = [offset + leading(own), offset + own.length];
    const before = original.slice(back(start), back(end));
    try {
      if (!tools.translateStatement) throw new Untranslatable(`PostgreSQL has no ${mark.word}; write it in PostgreSQL's words`, mark.offset);
      edits.push({ start, end, text: translated(tools.translateStatement(before), tools, last) });
    } catch (error) {
      if (!(error instanceof Untranslatable) && !(error instanceof SqliteSyntax)) throw error;
      manual(error.message, mark.offset);
      edits.push(manualComment(text, start, end, error.message, before));
    }
  }
  return { edits, statements: found, last };
}

/** Space and comments in front of a statement. */
function leading(text: string): number {
  return /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0;
}

/** At the end, but inside of a transaction that the file itself ends there. */
function withLast(sql: string, last: readonly string[], tools: HalfTools): string {
  if (last.length === 0) return sql;
  const final = read(sql, tools).statements.at(-1);
  const commit = final !== undefined && textAt(final.node, 'TransactionStmt', 'kind') === 'TRANS_STMT_COMMIT' ? final.offset + leading(final.text) : sql.length;
  const end = pieces(withoutMark(sql)).at(-1);
  const ended = end === undefined || isMark(end, ';') ? sql : `${sql.slice(0, end.end)};${sql.slice(end.end)}`;
  const [before, after] = commit === sql.length ? [ended.trimEnd(), ''] : [ended.slice(0, commit).trimEnd(), ended.slice(commit)];
  return `${before}\n${last.map((one) => `\n-- AddForeignKey\n${one};\n`).join('')}${after === '' ? '' : `\n${after}`}`;
}
