#!/usr/bin/env node
// Registration, and the one place where a command's failure ends up. Only here and in the commands is an exit code set, and never by leaving.

import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { failure, MendError } from '../errors.ts';
import { baselineCommand } from './commands/baseline.ts';
import { checkCommand } from './commands/check.ts';
import { doctorCommand } from './commands/doctor.ts';
import { demoCommand } from './commands/demo.ts';
import { initCommand } from './commands/init.ts';
import { predeployCommand } from './commands/predeploy.ts';
import { repairCommand } from './commands/repair.ts';
import { resolveCommand } from './commands/resolve.ts';
import { statusCommand } from './commands/status.ts';
import { translateCommand } from './commands/translate.ts';
import { asFailure, failureJson, failureText } from './failures.ts';
import { interruptCode } from './interrupt.ts';
import { makeOutput } from './output.ts';
import { wantsJson } from './reporters.ts';
import { nearest } from './suggest.ts';

const words = hideBin(process.argv);

async function main(): Promise<void> {
  const parser = commandLine();
  try {
    await parser.parseAsync();
  } catch (error) {
    report(error instanceof MendError || !isUsage(error) ? asFailure(error) : usageFailure(String(error instanceof Error ? error.message : error), parser));
  }
}

function commandLine(): Argv {
  const columns = process.stdout.columns ?? 100;
  return yargs(words)
    .scriptName('prisma-mend')
    .usage('$0 [command]\n\nMakes a PostgreSQL database and a Prisma schema agree again without losing a row.')
    .locale('en')
    .version(packageVersion())
    .command(checkCommand)
    .command(doctorCommand)
    .command(statusCommand)
    .command(repairCommand)
    .command(resolveCommand)
    .command(predeployCommand)
    .command(baselineCommand)
    .command(translateCommand)
    .command(initCommand)
    .command(demoCommand)
    .strict()
    .recommendCommands()
    .showHelpOnFail(false)
    .exitProcess(false)
    .wrap(Math.min(110, columns))
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    });
}

class UsageError extends Error {}

/** yargs throws its own kind of error for what it does not understand. */
function isUsage(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof Error && error.name === 'YError');
}

function usageFailure(message: string, parser: Argv): MendError {
  const command = words.find((word, at) => !word.startsWith('-') && !takesValue(words[at - 1])) ?? '';
  const named = isCommand(command) ? command : '';
  const known = Object.keys((parser as unknown as { getOptions(): { key: Record<string, unknown> } }).getOptions().key);
  const unknown = /^Unknown arguments?: (.*)$/m.exec(message)?.[1]?.split(', ').filter((name) => !words.includes(name) || name === command);
  if (unknown === undefined || unknown.length === 0) return failure('USAGE', { problem: message, command: named });
  const [first = ''] = unknown;
  if (first === command) return failure('USAGE', { problem: `Unknown command ${first}.${suggestion(first, COMMANDS, '')}`, command: '' });
  return failure('USAGE', { problem: `Unknown option --${first}.${suggestion(first, known, '--')}`, command: named });
}

const COMMANDS: readonly string[] = ['check', 'doctor', 'status', 'repair', 'resolve', 'predeploy', 'baseline', 'translate', 'init', 'demo'];

function isCommand(word: string): boolean {
  return COMMANDS.includes(word);
}

/** The word after `--url` is its value, and may hold a password. */
function takesValue(before: string | undefined): boolean {
  return before !== undefined && /^--[^=]+$/.test(before) && !['--json', '--verbose', '--write', '--apply', '--dry-run', '--in-place', '--allow-manual', '--color'].includes(before) && !before.startsWith('--no-');
}

function suggestion(word: string, known: readonly string[], dashes: string): string {
  const found = nearest(word, known);
  return found === null ? '' : ` Did you mean ${dashes}${found}?`;
}

function report(error: unknown): void {
  const json = wantsJson(words);
  const output = makeOutput(words.includes('--no-color') ? false : words.includes('--color') ? true : undefined);
  output.progress('');
  const exitCode = interruptCode() ?? 1;
  if (json) output.data(failureJson(error, words.find(isCommand) ?? 'check', exitCode));
  else output.talk(failureText(error, output.paintTalk));
  process.exitCode = exitCode;
}

function packageVersion(): string {
  const json: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '0';
}

await main();
