// One edit as a unified diff, as `git apply` and `patch -p1` take it.

import type { Edit } from './types.ts';

const CONTEXT = 3;

export function unifiedDiff({ path, before, after }: Edit): string {
  const [old, now] = [split(before ?? ''), split(after)];
  const shared = Math.min(old.length, now.length);
  let head = 0;
  while (head < shared && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shared - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const from = Math.max(0, head - CONTEXT);
  const kept = Math.max(0, tail - CONTEXT);
  const range = (all: readonly string[]) => `${all.length - kept - from === 0 ? 0 : from + 1},${all.length - kept - from}`;
  const body = [
    ...old.slice(from, head).map((line) => ` ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+${line}`),
    ...old.slice(old.length - tail, old.length - kept).map((line) => ` ${line}`),
  ];
  const written = body.map((line) => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)).join('');
  return `--- ${before === null ? '/dev/null' : `a/${path}`}\n+++ b/${path}\n@@ -${range(old)} +${range(now)} @@\n${written}`;
}

/** Lines with their endings, so that a lost or added one at the end shows. */
function split(text: string): readonly string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}
