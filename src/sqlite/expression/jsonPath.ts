// SQLite's paths into JSON, `$.a.b[0]`, as PostgreSQL's arrays of keys.

import { quoteText } from '../../sql/quote.ts';
import { refuse, type Env } from './env.ts';
import { literalOf } from './literals.ts';
import type { Expr } from '../ast.ts';

const STEP = /^(?:\.(?:"((?:[^"\\]|\\.)*)"|([^.[\]"]+))|\[(#-)?(\d+)\])/;

/** The keys; `null` for `$` alone counts as none. */
export function pathKeys(node: Expr, env: Env): readonly string[] {
  const literal = literalOf(node, env);
  if (literal?.kind !== 'text' || !literal.text.startsWith('$')) return refuse(node, 'a path into JSON that is computed or does not begin with $: write it out, as \'$.a.b\'');
  const keys: string[] = [];
  for (let rest = literal.text.slice(1); rest !== ''; ) {
    const found = STEP.exec(rest);
    if (found === null) return refuse(node, `the path '${literal.text}' into JSON: use keys and numbers, as '$.a.b[0]'`);
    const [all, quoted, plain, fromEnd, index] = found;
    keys.push(quoted ?? plain ?? (fromEnd === undefined ? index ?? '' : `-${index ?? ''}`));
    rest = rest.slice(all.length);
  }
  return keys;
}

export function pathArray(keys: readonly string[]): string {
  return quoteText(`{${keys.map((key) => (/^[\w-]+$/.test(key) && !/^null$/i.test(key) ? key : `"${key.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`);
}
