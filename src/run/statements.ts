// What the user states on the command line, understood against the catalogs: fills, renames, allowed hazards.

import { keyOf, ofKind, type Catalog } from '../catalog/catalog.ts';
import { readLiteral } from '../catalog/literals.ts';
import { failure } from '../errors.ts';
import type { RenameHints } from '../diff/renames.ts';
import type { Parser } from '../parse/parse.ts';
import { HAZARD_CODES, isHazard, type HazardCode } from '../plan/hazards.ts';
import { titleOf } from '../plan/naming.ts';
import type { Fill } from '../plan/rule.ts';
import type { SchemaNames } from '../prisma/names.ts';
import { lex } from '../sql/lex.ts';

/** `--allow CODE[,CODE]`. Throws ALLOW_INVALID. */
export function readAllowed(given: readonly string[]): ReadonlySet<HazardCode> {
  const codes = given.flatMap((one) => one.split(',')).map((one) => one.trim()).filter((one) => one !== '');
  return new Set(codes.map((code) => {
    if (!isHazard(code)) throw failure('ALLOW_INVALID', { given: code, known: HAZARD_CODES });
    return code;
  }));
}

/** `--fill Table.column=<sql expression>`, in the database's or the schema's names; by the key of the column. Throws FILL_INVALID. */
export function readFills(given: readonly string[], desired: Catalog, names: SchemaNames, parser: Parser): ReadonlyMap<string, Fill> {
  const fills = new Map<string, Fill>();
  if (given.length === 0) return fills;
  const columns = columnsByWords(desired, names);
  for (const one of given) {
    const at = one.indexOf('=');
    const [words, expression] = [one.slice(0, at).trim(), one.slice(at + 1).trim()];
    const key = at < 0 ? undefined : columns.get(words);
    if (at < 0) throw failure('FILL_INVALID', { given: one, problem: 'it has no =' });
    if (key === undefined) throw failure('FILL_INVALID', { given: one, problem: `the schema has no column ${words}` });
    checkExpression(one, expression, parser);
    fills.set(key, { expression, constant: readLiteral(expression) !== null });
  }
  return fills;
}

function checkExpression(given: string, expression: string, parser: Parser): void {
  try {
    for (const token of lex(expression)) {
      if (token.kind === 'comment' || token.value === ';') throw new SyntaxError(`it may not hold ${token.kind === 'comment' ? 'a comment' : 'a semicolon'}`);
    }
    parser.expression(expression);
  } catch (error) {
    throw failure('FILL_INVALID', { given, problem: error instanceof Error ? error.message.trim() : String(error) }, error);
  }
}

function columnsByWords(desired: Catalog, names: SchemaNames): ReadonlyMap<string, string> {
  const columns = new Map<string, string>();
  for (const { ref } of ofKind(desired, 'column')) {
    const key = keyOf(ref);
    columns.set(titleOf(desired.home, ref.schema, ref.table, ref.name), key).set(`${ref.schema}.${ref.table}.${ref.name}`, key);
    const words = names.locate(ref.schema, ref.table, ref.name)?.words;
    if (words !== undefined && !columns.has(words)) columns.set(words, key);
  }
  return columns;
}

/** `--rename Old=New` for a table, `--rename Table.old=new` for a column. Throws RENAME_INVALID. */
export function readRenames(given: readonly string[]): RenameHints['stated'] {
  return given.map((one) => {
    const match = /^(?:([^=]+)\.)?([^=.]+)=([^=]+)$/.exec(one.trim());
    if (!match) throw failure('RENAME_INVALID', { given: one, problem: 'it is not understood' });
    const [, table, from = '', to = ''] = match;
    return table === undefined ? { table: from, column: null, to } : { table, column: from, to };
  });
}
