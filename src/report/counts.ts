// What the catalog does not model, counted by kind.

import type { Unmodeled } from '../catalog/catalog.ts';

/** Counts by kind of what Prisma cannot express: `2 views, 1 function`. */
export function countUnmodeled(items: readonly Unmodeled[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`).join(', ');
}

function plural(kind: string): string {
  if (/(security|inheritance|statistics)$/.test(kind)) return kind === 'row level security' ? 'tables with row level security' : kind;
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
