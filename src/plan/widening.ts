// Type changes that keep every value as it is: those PostgreSQL makes without touching a row, and those that rewrite the table.

import { parseCanonical, type ParsedType } from '../catalog/types.ts';

const INTEGERS = ['smallint', 'integer', 'bigint'];

/** `null` when a value could be lost, rounded or read otherwise. */
export function widening(before: string, after: string): 'metadata' | 'rewrite' | null {
  const [a, b] = [parseCanonical(before), parseCanonical(after)];
  if (a.user || b.user || a.array || b.array) return null;
  const [from, to] = [INTEGERS.indexOf(a.name), INTEGERS.indexOf(b.name)];
  if (from >= 0 && to > from) return 'rewrite';
  if (a.name === 'character varying') return widerText(a, b);
  if (a.name === 'numeric' && b.name === 'numeric') return widerNumeric(a, b);
  if (a.name === b.name && /^(timestamp|time)/.test(a.name)) return digits(b) > digits(a) ? 'metadata' : null;
  return null;
}

function widerText(a: ParsedType, b: ParsedType): 'metadata' | null {
  if (b.name === 'text') return 'metadata';
  if (b.name !== 'character varying') return null;
  return b.args === '' || (a.args !== '' && length(b) > length(a)) ? 'metadata' : null;
}

function length({ args }: ParsedType): number {
  return Number(args.slice(1, -1));
}

/** More digits before the point; another scale would change how values are stored and printed. */
function widerNumeric(a: ParsedType, b: ParsedType): 'metadata' | null {
  if (b.args === '') return 'metadata';
  if (a.args === '') return null;
  const [p1 = 0, s1 = 0] = a.args.slice(1, -1).split(',').map(Number);
  const [p2 = 0, s2 = 0] = b.args.slice(1, -1).split(',').map(Number);
  return s1 === s2 && p2 > p1 ? 'metadata' : null;
}

function digits({ args }: ParsedType): number {
  return args === '' ? 6 : length({ args } as ParsedType);
}
