// What a command has to say, before it is put into words or JSON.

import type { Unmodeled, Provided } from '../catalog/catalog.ts';
import type { Finding } from './findings.ts';

export interface Source {
  readonly what: string;
  readonly value: string;
  /** Which input won. */
  readonly from: string;
}

export interface View {
  readonly command: string;
  readonly sources: readonly Source[];
  /** `PostgreSQL 15.4`, empty without a database. */
  readonly server: string;
  readonly target: { readonly host: string; readonly port: number; readonly database: string; readonly schemas: readonly string[] } | null;
  /** Tables the schema wants. */
  readonly tables: number;
  readonly findings: readonly Finding[];
  /** Tables and lists that go with the findings, as plain text. */
  readonly details?: readonly string[];
  readonly unmodeled: readonly Unmodeled[];
  readonly provided: readonly Provided[];
  readonly exitCode: ExitCode;
  /** Commands or advice, the last one printed last. */
  readonly next: readonly string[];
}

/** 0 done or nothing to do; 1 could not do the job; 2 differences a repair mends; 3 something needs a person. */
export type ExitCode = 0 | 1 | 2 | 3;

export type FailOn = 'drift' | 'unsafe' | 'none';

export function exitCodeOf(findings: readonly Finding[], failOn: FailOn = 'drift'): ExitCode {
  if (failOn === 'none') return 0;
  if (findings.some(({ mending }) => mending === 'withheld')) return 3;
  return failOn === 'drift' && findings.some(({ mending }) => mending === 'safe') ? 2 : 0;
}

/** 150004 → `15.4` */
export function versionWords(version: number): string {
  return `${Math.floor(version / 10000)}.${version % 10000}`;
}
