// How Prisma's native engine cuts a migration into statements since 7.4 (split_script_into_statements in prisma-engines): by
// sqlparser's tokens where the whole script parses, and not at all where it does not.

import { init, validate } from '@guanmingchiu/sqlparser-ts';
import { lex } from '../../dist/sql/lex.js';

await init();

export function splitAsPrisma(script) {
  if (!parses(script)) return [script];
  const statements = [];
  let start = 0;
  for (const token of lex(script)) {
    if (token.value !== ';' || token.kind !== 'operator') continue;
    statements.push(script.slice(start, token.end));
    start = token.end;
  }
  if (script.slice(start).trim() !== '') statements.push(script.slice(start));
  return statements;
}

function parses(script) {
  try {
    validate(script, 'postgresql');
    return true;
  } catch {
    return false;
  }
}
