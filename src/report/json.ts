import type { View } from './view.ts';
import { countUnmodeled } from './findings.ts';

/** Frozen and versioned: people's scripts read it. */
export const JSON_VERSION = 1;

export function toJson(view: View, extra: Readonly<Record<string, unknown>> = {}): string {
  const { command, exitCode, findings, next, sources, server, target, unmodeled, provided } = view;
  const document = {
    schemaVersion: JSON_VERSION,
    ok: exitCode === 0,
    exitCode,
    command,
    target: target === null ? null : { ...target, server },
    sources,
    findings,
    unmanaged: { summary: countUnmodeled(unmodeled), objects: unmodeled },
    leftOut: provided,
    ...extra,
    nextActions: next.map((text) => (/^(npx |prisma-mend )/.test(text) ? { kind: 'run-command', command: text } : { kind: 'advice', text })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
