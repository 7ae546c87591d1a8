// Translating a SQLite history: as many migrations as asked for, in Prisma's forms: tables, columns, indexes, every third one a
// table made anew with a backfill. `node test/bench/translate.mjs [25,50,100,200]` alone.

import { pathToFileURL } from 'node:url';
import { measure, median } from './measure.mjs';

/** Whole processes, so that loading SQLite and both grammars counts. */
export async function translating(sizes, runs) {
  process.stdout.write('\n| migrations | translating them, ms | ms each | peak MB |\n|---:|---:|---:|---:|\n');
  const results = new Map(sizes.map((size) => [size, []]));
  const run = (size) => measure([process.execPath, new URL(import.meta.url).pathname, '--once', String(size)], { cwd: process.cwd(), env: process.env });
  await run(sizes[0]);
  for (let at = 0; at < runs; at++) for (const [size, samples] of results) samples.push(await run(size));
  for (const [size, samples] of results) {
    const ms = median(samples.map((sample) => sample.ms));
    process.stdout.write(`| ${size} | ${ms.toFixed(0)} | ${(ms / size).toFixed(1)} | ${median(samples.map(({ mb }) => mb ?? 0)).toFixed(0)} |\n`);
  }
}

async function once(size) {
  const { translateFiles } = await import('../../dist/run/translate.js');
  const result = await translateFiles(historyOf(size), { target: null, prisma: 7 });
  const files = result.ok ? result.files : [];
  if (files.length !== size || files.some(({ was, notes }) => was !== 'sqlite' || notes.some(({ kind }) => kind === 'manual'))) throw new Error(`not translated: ${JSON.stringify(result).slice(0, 2000)}`);
}

function historyOf(count) {
  const files = [];
  const tables = [];
  for (let at = 0; at < count; at++) files.push({ name: `${20240101000000 + at}_step`, sql: at % 3 === 0 ? created(tables) : at % 3 === 1 ? added(tables, at) : danced(tables[at % tables.length], at) });
  return files;
}

function created(tables) {
  const table = { name: `Table${tables.length}`, columns: ['"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT', '"name" TEXT NOT NULL', '"active" BOOLEAN NOT NULL DEFAULT false', '"createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP', '"amount" DECIMAL', '"data" BLOB', '"score" REAL DEFAULT 1.5', '"parentId" INTEGER'], parent: tables.at(-1)?.name ?? 'Table0' };
  tables.push(table);
  return `-- CreateTable\nCREATE TABLE "${table.name}" (\n${body(table)}\n);\n\n-- CreateIndex\n${unique(table)}\n`;
}

function added(tables, at) {
  const table = tables[(at * 7) % tables.length];
  table.columns.push(`"note${at}" TEXT`);
  return `-- AlterTable\nALTER TABLE "${table.name}" ADD COLUMN "note${at}" TEXT;\n\n-- CreateIndex\nCREATE INDEX "${table.name}_note${at}_idx" ON "${table.name}"("note${at}");\n`;
}

function danced(table, at) {
  const names = table.columns.map((column) => /^"[^"]+"/.exec(column)[0]);
  table.columns.push(`"extra${at}" TEXT NOT NULL DEFAULT 'x'`);
  table.columns = table.columns.map((column) => (column === '"amount" DECIMAL' ? '"amount" DECIMAL NOT NULL DEFAULT 0' : column));
  const from = names.map((name) => (name === '"amount"' ? 'coalesce("amount", 0) AS "amount"' : name));
  const indexes = table.columns.filter((column) => column.startsWith('"note')).map((column) => /^"([^"]+)"/.exec(column)[1]).map((name) => `CREATE INDEX "${table.name}_${name}_idx" ON "${table.name}"("${name}");`);
  return `-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\nCREATE TABLE "new_${table.name}" (\n${body(table)}\n);\nINSERT INTO "new_${table.name}" (${names.join(', ')}) SELECT ${from.join(', ')} FROM "${table.name}";\nDROP TABLE "${table.name}";\nALTER TABLE "new_${table.name}" RENAME TO "${table.name}";\n${[unique(table), ...indexes].join('\n')}\nPRAGMA foreign_keys=ON;\nPRAGMA defer_foreign_keys=OFF;\n`;
}

function body({ name, columns, parent }) {
  return [...columns.map((column) => `    ${column}`), `    CONSTRAINT "${name}_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "${parent}" ("id") ON DELETE SET NULL ON UPDATE CASCADE`].join(',\n');
}

function unique({ name }) {
  return `CREATE UNIQUE INDEX "${name}_name_key" ON "${name}"("name");`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === '--once') await once(Number(process.argv[3]));
  else await translating((process.argv[2] ?? '25,50,100,200').split(',').map(Number), Number(process.env.MEND_RUNS ?? 5));
}
