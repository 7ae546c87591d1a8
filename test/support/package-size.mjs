// What an install adds beside Prisma: the packed package put into fresh projects that have Prisma already.

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIMIT_MB = 70;
const PRISMAS = ['6.19.3', '7.10.0'];

function npm(cwd, ...args) {
  return execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Bytes of all files below, as du would count them without block rounding; links are not followed. */
function sizeOf(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.isFile() ? stat.size : 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

const folder = mkdtempSync(join(tmpdir(), 'mend-size-'));
try {
  const [{ filename, size }] = JSON.parse(npm(process.cwd(), 'pack', '--json', '--pack-destination', folder));
  process.stdout.write(`packed: ${(size / 1e6).toFixed(2)} MB\n`);
  for (const version of PRISMAS) {
    const project = mkdtempSync(join(folder, 'project-'));
    writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
    npm(project, 'install', `prisma@${version}`, `@prisma/client@${version}`);
    const before = sizeOf(join(project, 'node_modules'));
    npm(project, 'install', join(folder, filename));
    const added = (sizeOf(join(project, 'node_modules')) - before) / 1e6;
    process.stdout.write(`beside Prisma ${version}: ${added.toFixed(1)} MB added, ${LIMIT_MB} MB allowed\n`);
    if (!(added > 0 && added <= LIMIT_MB)) process.exitCode = 1;
    const help = execFileSync(process.execPath, [join(project, 'node_modules', 'prisma-mend', 'dist', 'cli', 'main.js'), '--help'], { cwd: project, encoding: 'utf8' });
    if (!help.includes('prisma-mend check')) process.exitCode = 1;
    // What the build carries of sql.js must be in the package.
    mkdirSync(join(project, 'migrations', '1_a'), { recursive: true });
    writeFileSync(join(project, 'migrations', '1_a', 'migration.sql'), 'CREATE TABLE "A" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT);');
    execFileSync(process.execPath, [join(project, 'node_modules', 'prisma-mend', 'dist', 'cli', 'main.js'), 'translate', 'migrations'], { cwd: project, encoding: 'utf8' });
    if (!readFileSync(join(project, 'migrations_postgresql', '1_a', 'migration.sql'), 'utf8').includes('SERIAL')) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
