// How names are written in emitted SQL. Without `schemas` in the datasource, Prisma's own migrations name no schema and go
// where search_path says, so that one file serves every ?schema=; with it, every name is qualified. So are ours.

import { spellType } from '../catalog/types.ts';
import { quoteName } from '../sql/quote.ts';

export interface Naming {
  readonly home: string;
  /** Name the home schema too. */
  readonly qualified: boolean;
}

export function nameOf({ home, qualified }: Naming, schema: string, name: string): string {
  return qualified || schema !== home ? `${quoteName(schema)}.${quoteName(name)}` : quoteName(name);
}

export function typeOf(naming: Naming, type: string): string {
  return spellType(type, (schema, name) => nameOf(naming, schema ?? naming.home, name));
}

/** `Session.refreshToken`, or `app.Session.refreshToken` outside the home schema: for people. */
export function titleOf(home: string, schema: string, ...names: readonly string[]): string {
  return [...(schema === home ? [] : [schema]), ...names].join('.');
}
