// Lines for a platform's log: stdout, because stderr is painted red there; one JSON object a line where the platform reads those.

import { redact } from '../database/url.ts';
import type { Level } from '../run/predeploy.ts';
import type { Output } from './output.ts';

export type LogFormat = 'text' | 'json';

export interface Log {
  readonly say: (level: Level, words: string, code?: string) => void;
}

/** The flag; else JSON on Railway, where lines are read as such. */
export function logFormat(flag: LogFormat | undefined, environment: NodeJS.ProcessEnv, terminal: boolean): LogFormat {
  return flag ?? (environment['RAILWAY_ENVIRONMENT'] && !terminal ? 'json' : 'text');
}

/** Lines a second are limited on platforms; `--json` and check have the rest. */
const MOST_LINES = 200;

export function makeLog(format: LogFormat, output: Output): Log {
  const marks = { info: output.paint('dim', '·'), warn: output.paint('yellow', '!'), error: output.paint('red', '✖') } as const;
  let lines = 0;
  return {
    say(level, words, code) {
      lines++;
      if (lines > MOST_LINES && level !== 'error') {
        if (lines === MOST_LINES + 1) output.data(format === 'json' ? `${JSON.stringify({ level: 'info', message: 'more lines are left out; npx prisma-mend check has them' })}\n` : '· more lines are left out; npx prisma-mend check has them\n');
        return;
      }
      const message = redact(words);
      output.data(format === 'json' ? `${JSON.stringify({ level, message, ...(code === undefined ? {} : { code }) })}\n` : `${marks[level]} ${message.replaceAll('\n', '\n  ')}\n`);
    },
  };
}
