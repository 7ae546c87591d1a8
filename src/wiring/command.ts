// The command line a platform runs: which ones deploy Prisma's migrations and nothing else, and what takes their place.

export const PREDEPLOY = 'npx --no-install prisma-mend predeploy';

/** `npx`, `npm exec` and their flags; not those of other package managers, whose flags mean other things. */
const RUNNER = String.raw`(?:(?:npx(?: +(?:--no-install|--no|--yes|-y))*|npm +(?:exec|x)(?: +(?:--no|--yes|-y))*(?: +--)?) +)?`;
const DEPLOY = new RegExp(`^(${RUNNER})prisma(?:@[\\w.^~-]+)? +migrate +deploy$`);
const MEND = new RegExp(`^${RUNNER}prisma-mend +predeploy(?: |$)`);

/** Anything a shell does beside running one command after the other: pipes, alternatives, subshells, comments, redirections. */
const SHELL = /[|;()`<>#\\\n]|(?:^|[^&])&(?:[^&]|$)|&&&/;

export type Rewired =
  | { readonly kind: 'absent' }
  | { readonly kind: 'done' }
  | { readonly kind: 'replaced'; readonly command: string }
  | { readonly kind: 'foreign'; readonly why: string };

export interface Surroundings {
  /** Does a shell run the line, so that `&&` means what it says? */
  readonly shell: boolean;
  /** In a package.json script, programs of the project are found without npx. */
  readonly script: boolean;
}

const IN_SHELL: Surroundings = { shell: true, script: false };

export function rewire(line: string, { shell, script }: Surroundings = IN_SHELL): Rewired {
  if (line.trim() === '') return { kind: 'absent' };
  const parts = chainOf(line);
  if (parts === null) return { kind: 'foreign', why: 'It is more than commands joined by &&, so what runs after a failure is not certain.' };
  if (parts.length > 1 && !shell) return { kind: 'foreign', why: 'No shell runs this line: && and what follows are handed to the first command as arguments.' };
  if (parts.some((part) => MEND.test(part.trim()))) return { kind: 'done' };
  const deploys = parts.filter((part) => DEPLOY.test(part.trim()));
  if (deploys.length !== 1) return { kind: 'foreign', why: deploys.length === 0 ? 'It runs something else than a plain `prisma migrate deploy`.' : 'It deploys migrations more than once.' };
  return { kind: 'replaced', command: parts.map((part) => (part === deploys[0] ? replacePart(part, script) : part)).join('&&') };
}

function replacePart(part: string, script: boolean): string {
  const trimmed = part.trim();
  const runner = DEPLOY.exec(trimmed)?.[1] ?? '';
  return part.replace(trimmed, script && runner === '' ? 'prisma-mend predeploy' : PREDEPLOY);
}

/** The commands of an `&&` chain with the blanks around them; `null` when it is not only that. */
function chainOf(line: string): readonly string[] | null {
  if (SHELL.test(line.trimEnd())) return null;
  const parts = line.split('&&');
  const whole = (part: string) => part.trim() !== '' && [`'`, '"'].every((mark) => part.split(mark).length % 2 === 1);
  return parts.every(whole) ? parts : null;
}

/** The scripts a command line calls: `npm run x`, `npm start`, and so with the other package managers. */
export function calledScripts(line: string): readonly string[] {
  return (chainOf(line) ?? []).flatMap((part) => {
    const [, run, plain] = /^(?:exec +)?(?:npm|pnpm|yarn|bun)(?: +(?:-s|--silent))? +(?:(?:run|run-script) +(\w[\w:.-]*)|(?!run(?:-script)?\b)(\w[\w:.-]*))(?: |$)/.exec(part.trim()) ?? [];
    return run ?? plain ?? [];
  });
}
