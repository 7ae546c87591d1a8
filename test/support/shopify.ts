// A Shopify application in a place: what its session storage meets, and what doctor says of it.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Finding } from '../../src/report/findings.ts';
import { ROOT } from './project.ts';
import type { Place } from './scenario.ts';

export interface Met {
  readonly ready: boolean;
  readonly error: string | null;
  /** What the storage printed before it threw: the client's own error. */
  readonly cause: string | null;
  /** The access token of the session that was stored and loaded. */
  readonly stored: string | null;
  readonly storeError: string | null;
}

/** The model as the storage's own README has it. */
export const SESSION_MODEL = `model Session {
  id                  String    @id
  shop                String
  state               String
  isOnline            Boolean   @default(false)
  scope               String?
  expires             DateTime?
  accessToken         String
  userId              BigInt?
  firstName           String?
  lastName            String?
  email               String?
  accountOwner        Boolean   @default(false)
  locale              String?
  collaborator        Boolean?  @default(false)
  emailVerified       Boolean?  @default(false)
  refreshToken        String?
  refreshTokenExpires DateTime?
}`;

export const SESSION_TABLE = `CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMP(3),
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT,
    "firstName" TEXT,
    "lastName" TEXT,
    "email" TEXT,
    "accountOwner" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT,
    "collaborator" BOOLEAN DEFAULT false,
    "emailVerified" BOOLEAN DEFAULT false,
    "refreshToken" TEXT,
    "refreshTokenExpires" TIMESTAMP(3),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);
`;

/** A schema whose client is generated beside it, for an adapter. */
export function shopSchema(models: string, provider = 'postgresql'): string {
  return `generator client {\n  provider   = "prisma-client-js"\n  engineType = "client"\n  output     = "../generated"\n}\n\ndatasource db {\n  provider = "${provider}"\n}\n\n${models}\n`;
}

export async function generate(place: Place): Promise<void> {
  const ran = await place.prisma('generate', '--no-hints');
  expect([ran.code, ran.all]).toEqual([0, ran.all]);
}

/** The schema of Prisma 6 with its URL, in place of the one that is there. */
export function rewriteSchema(place: Place, schema: string): void {
  place.app.write('prisma/schema.prisma', schema.replace(/(datasource db \{\n)/, '$1  url = env("DATABASE_URL")\n'));
}

/** Starts the application once. */
export async function startShop(place: Place, url = place.database.url, tableName?: string): Promise<Met> {
  const script = join(ROOT, 'test', 'support', 'session-app.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, join(place.app.path, 'generated'), ...(tableName === undefined ? [] : [tableName])], { cwd: place.app.path, env: { PATH: process.env['PATH'], DATABASE_URL: url } });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Met;
}

export async function works(place: Place, url = place.database.url): Promise<void> {
  const met = await startShop(place, url);
  expect([met.error, met.storeError, met.stored], met.cause ?? '').toEqual([null, null, 'tea-token']);
}

export interface Told {
  readonly exitCode: number;
  /** The cause it names first, or the failure that kept it from looking. */
  readonly first: Pick<Finding, 'code' | 'message'>;
  readonly findings: readonly Finding[];
  readonly next: readonly string[];
}

interface Document {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  readonly nextActions: readonly { readonly command?: string; readonly text?: string }[];
  readonly error?: { readonly code: string; readonly message: string };
}

export async function asked(place: Place, command: string, url = place.database.url): Promise<Told> {
  const ran = await place.mend(`${command} --json`, { DATABASE_URL: url });
  if (process.env['SHOW']) console.log((await place.mend(command, { DATABASE_URL: url })).all);
  const { exitCode, findings, nextActions, error } = JSON.parse(ran.stdout) as Document;
  expect([ran.code, ran.stderr]).toEqual([exitCode, ran.stderr]);
  const [finding = { code: '', message: '' }] = findings;
  return { exitCode, first: error ?? finding, findings, next: nextActions.map((one) => one.command ?? one.text ?? '') };
}
