// What the application's own generated client meets, in each form Prisma 6 and 7 generate it.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { inPlace, type Place } from '../support/scenario.ts';
import { asked, generate, rewriteSchema, shopSchema } from '../support/shopify.ts';

const MODELS = 'model Tea {\n  id    Int     @id\n  name  String\n  grade String?\n  kind  Kind    @default(GREEN)\n}\nmodel Cup {\n  id Int @id\n}\nmodel Mug {\n  id Int @id\n}\nenum Kind {\n  GREEN\n  BLACK\n}';
const TEA = 'CREATE TYPE "Kind" AS ENUM (\'GREEN\', \'BLACK\'); CREATE TABLE "Tea" ("id" INTEGER PRIMARY KEY, "name" INTEGER NOT NULL, "grade" TEXT, "kind" TEXT NOT NULL DEFAULT \'WHITE\'); INSERT INTO "Tea" VALUES (1, 7)';
const OTHERS = 'CREATE TABLE "Mug" ("size" INTEGER); DROP TABLE IF EXISTS "Cup"';

/** P2021, P2022, and a row that is of another type than the client reads. */
async function probed(place: Place): Promise<void> {
  await place.database.run(`${TEA}; ${OTHERS}`);
  for (const command of ['doctor --probe', 'check --probe']) {
    const { findings } = await asked(place, command);
    const application = findings.filter(({ code }) => code.startsWith('APPLICATION.')).map(({ code, message, model, where }) => `${code} ${model ?? ''} ${where?.file ?? ''} ${/\(([^)]*)\)/.exec(message)?.[1] ?? message}`);
    expect(application).toEqual([expect.stringMatching(/^APPLICATION\.FAILS Tea prisma\/schema\.prisma (P2032|P2023|DataMapperError)$/), 'APPLICATION.FAILS Cup prisma/schema.prisma P2021', 'APPLICATION.FAILS Mug prisma/schema.prisma P2022']);
  }
  // It only reads.
  expect(await place.database.run('SELECT count(*)::int FROM "Tea"')).toEqual([[1]]);
}

const generator = (provider: string, more = '') => `generator client {\n  provider = "${provider}"\n  output   = "../generated"\n${more}}\n\ndatasource db {\n  provider = "postgresql"\n}\n\n${MODELS}\n`;

for (const [title, schema] of [['prisma-client-js without engine', shopSchema(MODELS)], ['prisma-client in TypeScript', generator('prisma-client', '  engineType = "client"\n')]] as const) {
  test(`--probe: Prisma 6, ${title}`, () =>
    inPlace(schema, {}, async (place) => {
      await generate(place);
      await probed(place);
    }));
}

test('--probe: a client with an engine that is not there, none at all, and one of another schema', () =>
  inPlace(generator('prisma-client-js'), {}, async (place) => {
    await place.database.run(TEA);
    const say = async () => (await asked(place, 'doctor --probe')).findings.filter(({ code }) => code.startsWith('APPLICATION.')).map(({ code, message }) => `${code} ${message}`);
    expect(await say()).toEqual([expect.stringMatching(/^APPLICATION\.NOT_ASKED .*npx prisma generate/)]);
    await generate(place);
    // Said once, and not for every model.
    expect(await say()).toEqual([expect.stringMatching(/^APPLICATION\.NOT_ASKED /)]);
    rewriteSchema(place, shopSchema('model Other {\n  id Int @id\n}'));
    await generate(place);
    rewriteSchema(place, shopSchema(MODELS));
    expect(await say()).toEqual(expect.arrayContaining([expect.stringMatching(/^APPLICATION\.FAILS .*NO_MODEL/)]));
  }));

/** The client and adapter of Prisma 7, beside its CLI. */
async function installClient7(place: Place): Promise<void> {
  const folder = join(place.app.path, '..', `mend-client7-${process.pid}`);
  if (!existsSync(join(folder, 'node_modules'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    await promisify(execFile)('npm', ['install', '--prefer-offline', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '@prisma/client@7.10.0', '@prisma/adapter-pg@7.10.0'], { cwd: folder });
  }
  for (const name of readdirSync(join(folder, 'node_modules')).filter((one) => !one.startsWith('.'))) symlinkSync(join(folder, 'node_modules', name), join(place.app.path, 'node_modules', name));
}

afterAll(() => rmSync(join(realpathSync(tmpdir()), `mend-client7-${process.pid}`), { recursive: true, force: true }));

for (const [title, schema] of [['prisma-client in TypeScript', generator('prisma-client')], ['prisma-client-js', generator('prisma-client-js')]] as const) {
  test(`--probe: Prisma 7, ${title}`, () =>
    inPlace(schema, {}, async (place) => {
      await installClient7(place);
      await generate(place);
      await probed(place);
    }, { prisma: 7 }));
}
