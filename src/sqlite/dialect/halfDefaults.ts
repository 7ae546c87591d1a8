// Defaults and constants in a script, as PostgreSQL takes them for the type of their column.

import { at, isNode, listAt, namesAt, numberAt, textAt, type Node } from '../../effects/ast.ts';
import { isMark, isWord } from '../../effects/source.ts';
import { quoteText } from '../../sql/quote.ts';
import { patchCalls, type Place } from './halfCalls.ts';
import { closing, grouped, replace, type Patching } from './halfText.ts';
import type { Family, PgType } from '../types.ts';

/** `own: false`: the column's type was SQLite's, and so its default. */
export function patchDefault(patch: Patching, expression: unknown, type: PgType | null, own: boolean): void {
  const family = type?.family ?? null;
  const constant = at(expression, 'A_Const');
  if (isNode(constant)) return patchConstant(patch, constant, family, own);
  const column = at(expression, 'ColumnRef');
  if (isNode(column)) return textInQuotes(patch, column);
  if (family === 'datetime' && isMilliseconds(expression) && inMilliseconds(patch, expression)) return;
  const before = patch.edits.length;
  patchCalls(patch, expression, { family, asDefault: true });
  if (patch.edits.length === before + 1) ungroup(patch, before);
}

/** `DEFAULT (datetime('now'))` → `DEFAULT CURRENT_TIMESTAMP`, as Prisma writes it. */
function ungroup(patch: Patching, nth: number): void {
  const edit = patch.edits[nth];
  if (edit === undefined) return;
  const first = patch.tokenFrom(edit.start);
  const last = patch.tokenTo(edit.end);
  const [from, to] = grouped(patch, first, last);
  const [a, b] = [patch.tokens[from], patch.tokens[to]];
  // An operator at the top needs its brackets.
  if (a && b && !/^[^('"]*\|\|/.test(edit.text)) patch.edits[nth] = { ...edit, start: a.start, end: b.end };
}

function patchConstant(patch: Patching, constant: Node, family: Family | null, own: boolean): void {
  const nth = patch.tokenAt(constant['location']);
  const text = constantText(constant, family, own);
  if (text === null || nth < 0) return;
  const [from, to] = grouped(patch, nth, nth);
  replace(patch, from, to, text);
  const token = patch.tokens[nth];
  patch.say('WORD_REPLACED', `${patch.sql.slice(token?.start, token?.end)}: ${text} in PostgreSQL, for the type of the column`, token?.start ?? 0);
}

/** `null`: it can stay. A number below zero has its sign in another token, and no boolean is. */
function constantText(constant: Node, family: Family | null, own: boolean): string | null {
  if (family === 'boolean' && 'ival' in constant && numberAt(constant, 'ival', 'ival') >= 0) return numberAt(constant, 'ival', 'ival') === 0 ? 'false' : 'true';
  if (family !== 'bytes') return null;
  const bits = /^x((?:[0-9a-fA-F]{2})*)$/.exec(textAt(constant, 'bsval', 'bsval'))?.[1];
  if (bits !== undefined) return `'\\x${bits}'`;
  const hex = /^(?:[0-9a-fA-F]{2})+$/.exec(textAt(constant, 'sval', 'sval'))?.[0];
  return own || hex === undefined ? null : `'\\x${hex}'`;
}

/** "x" where no column can stand. */
function textInQuotes(patch: Patching, column: Node): void {
  const nth = patch.tokenAt(column['location']);
  const name = namesAt(column, 'fields')[0];
  if (patch.tokens[nth]?.kind !== 'name' || name === undefined || listAt(column, 'fields').length > 1) return;
  replace(patch, nth, nth, quoteText(name));
  patch.say('DOUBLE_QUOTED_TEXT', `"${name}" is no column here: SQLite read it as the string '${name}'`, patch.tokens[nth]?.start ?? 0);
}

/** `unixepoch() * 1000` and `strftime('%s', 'now') * 1000`, cast or not. */
function isMilliseconds(expression: unknown): boolean {
  const operator = at(expression, 'A_Expr');
  const plain = at(operator, 'lexpr', 'TypeCast', 'arg') ?? at(operator, 'lexpr');
  const call = at(plain, 'FuncCall');
  const texts = listAt(call, 'args').map((arg) => textAt(arg, 'A_Const', 'sval', 'sval'));
  const name = namesAt(call, 'funcname').join('.');
  const seconds = (name === 'unixepoch' && ['', 'now'].includes(texts.join())) || (name === 'strftime' && texts.join() === '%s,now');
  return seconds && namesAt(operator, 'name').join('') === '*' && numberAt(operator, 'rexpr', 'A_Const', 'ival', 'ival') === 1000;
}

function inMilliseconds(patch: Patching, expression: unknown): boolean {
  const sign = patch.tokenAt(at(expression, 'A_Expr', 'location'));
  const open = patch.tokens.findLastIndex((token, nth) => nth < sign && isMark(token, '(') && isWord(patch.tokens[nth - 1], 'default'));
  const last = closing(patch, open);
  if (open < 0 || last < sign) return false;
  const [from, to] = grouped(patch, open, last);
  const text = patch.sql.slice(patch.tokens[from]?.start, patch.tokens[to]?.end);
  replace(patch, from, to, 'CURRENT_TIMESTAMP');
  patch.say('WORD_REPLACED', `${text}: CURRENT_TIMESTAMP in PostgreSQL`, patch.tokens[from]?.start ?? 0);
  return true;
}

/** Values for columns whose types the script itself says. */
export function patchRows(patch: Patching, node: Node): void {
  const [tag, content] = Object.entries(node)[0] ?? [];
  if (!isNode(content)) return;
  const types = patch.types.get(textAt(content, 'relation', 'relname'));
  const familyOf = (column: string) => types?.get(column)?.family ?? null;
  if (tag === 'InsertStmt') {
    const columns = listAt(content, 'cols').map((item) => textAt(item, 'ResTarget', 'name'));
    for (const list of listAt(content, 'selectStmt', 'SelectStmt', 'valuesLists')) for (const [nth, value] of listAt(list, 'List', 'items').entries()) patchValue(patch, value, familyOf(columns[nth] ?? ''));
    patchCalls(patch, [content['selectStmt'], content['onConflictClause']].map((part) => withoutValues(part)), { family: null, asDefault: false });
  } else if (tag === 'UpdateStmt') {
    for (const item of listAt(content, 'targetList')) patchValue(patch, at(item, 'ResTarget', 'val'), familyOf(textAt(item, 'ResTarget', 'name')));
    patchCondition(patch, content['whereClause'], familyOf);
  } else if (tag === 'DeleteStmt') patchCondition(patch, content['whereClause'], familyOf);
}

function withoutValues(part: unknown): unknown {
  const select = at(part, 'SelectStmt');
  return isNode(select) ? { SelectStmt: { ...select, valuesLists: [] } } : part;
}

function patchValue(patch: Patching, value: unknown, family: Family | null): void {
  const constant = at(value, 'A_Const');
  const column = at(value, 'ColumnRef');
  const place: Place = { family, asDefault: false };
  if (isNode(constant)) patchConstant(patch, constant, family, true);
  else if (isNode(column) && patch.tokens[patch.tokenAt(column['location'])]?.kind === 'name') valueInQuotes(patch, column);
  else patchCalls(patch, value, place);
}

/** In an UPDATE it may be a column. */
function valueInQuotes(patch: Patching, column: Node): void {
  const nth = patch.tokenAt(column['location']);
  const before = patch.tokens[nth - 1];
  if (isMark(before, '(') || isMark(before, ',')) textInQuotes(patch, column);
}

/** A boolean column compared with 0 or 1. */
function patchCondition(patch: Patching, condition: unknown, familyOf: (column: string) => Family | null): void {
  patchCalls(patch, condition, { family: null, asDefault: false });
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value) || 'SubLink' in value) return;
    const operator = at(value, 'A_Expr');
    if (isNode(operator) && ['=', '==', '<>', '!='].includes(namesAt(operator, 'name').join(''))) {
      const constant = at(operator, 'rexpr', 'A_Const');
      const family = familyOf(namesAt(operator['lexpr'], 'ColumnRef', 'fields').at(-1) ?? '');
      if (isNode(constant)) patchConstant(patch, constant, family, true);
    }
    Object.values(value).forEach(visit);
  };
  visit(condition);
}
