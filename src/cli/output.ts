// Streams and colours: stdout is data, stderr is talk, and neither is coloured unless somebody looks.

import { styleText } from 'node:util';
import type { Paint } from '../report/text.ts';

export interface Output {
  readonly data: (text: string) => void;
  readonly talk: (text: string) => void;
  /** Paints for stdout, and for stderr. */
  readonly paint: Paint;
  readonly paintTalk: Paint;
  /** Progress on a terminal; nothing where stderr is a file or a platform's log. */
  readonly progress: (words: string) => void;
}

export function makeOutput(color: boolean | undefined): Output {
  const [paint, paintTalk] = [painter(wantsColor(process.stdout, color)), painter(wantsColor(process.stderr, color))];
  const live = process.stderr.isTTY === true;
  const clear = () => (live ? process.stderr.write('\r\u001b[K') : false);
  return {
    data(text) {
      clear();
      process.stdout.write(text);
    },
    talk(text) {
      clear();
      process.stderr.write(text);
    },
    paint,
    paintTalk,
    progress: (words) => void (live && process.stderr.write(`\r\u001b[K${paintTalk('dim', words === '' ? '' : `${words} …`)}`)),
  };
}

/** The flag, then NO_COLOR, FORCE_COLOR, a terminal, GitHub's logs. CI alone is no reason: logs are files. */
function wantsColor(stream: NodeJS.WriteStream, flag: boolean | undefined): boolean {
  if (flag !== undefined) return flag;
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] && process.env['FORCE_COLOR'] !== '0') return true;
  if (stream.isTTY) return process.env['TERM'] !== 'dumb';
  return process.env['GITHUB_ACTIONS'] === 'true';
}

function painter(colors: boolean): Paint {
  return (style, text) => (colors ? styleText(style, text, { validateStream: false }) : text);
}
