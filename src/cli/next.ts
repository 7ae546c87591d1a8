// The next commands, in the order in which they lead somewhere: the ledger, what deploy brings, what repair mends.

import { keyOf } from '../catalog/catalog.ts';
import type { Kept } from '../history/diagnosis.ts';
import type { Refusal } from '../history/refusal.ts';
import type { Checked } from '../run/check.ts';
import { quote } from './flags.ts';

/** Empty when nothing is to be done. `flags`: the input flags again. */
export function nextSteps(checked: Checked, flags: string): readonly string[] {
  const { diagnosis, plan, pending, outgrown, target, workspace } = checked;
  const { resolutions = [], undecided = [], deployable = [], refusals = new Map<string, Refusal>() } = diagnosis ?? {};
  const resolve = resolutions.length > 0 ? [`npx prisma-mend resolve --apply${flags}`] : [];
  // A baseline that is still to be written brings all of the schema.
  const archived = resolutions.some(({ as }) => as === 'archive');
  const deploy = (archived || deployable.length > 0) && undecided.length === 0 ? ['npx prisma migrate deploy'] : [];
  const open = plan.steps.some(({ ref }) => !pending.has(keyOf(ref))) || plan.withheld.some(({ ref, harmless }) => !harmless && !pending.has(keyOf(ref)));
  // A history of SQLite may be older than its schema.
  const short = outgrown.size > 0 && resolutions.some(({ as }) => as === 'translate');
  const repair = (open || short) && !archived ? [`npx prisma-mend repair${flags}`] : [];
  const file = (name: string) => quote(workspace.project.display(deployable.find((one) => one.name === name)?.path ?? name));
  const mend = [...refusals.values()].filter(({ over }) => over === 'text').map(({ name, words }) => `mend ${file(name)}, or what it stands on: ${words}`);
  // What a repair has made, the ledger then takes for applied.
  const first = [...refusals.values()].some(({ over }) => over === 'rows') ? repair : [];
  return [...new Set([...first, ...resolve, ...undecided.flatMap(({ next }) => next.map((step) => step.replace('<database>', target.database))), ...mend, ...deploy, ...repair, ...forDevelopment(checked, flags)])];
}

/** What stops no deploy, and makes `migrate dev` ask for a reset: which of two texts is right, a person says. */
function forDevelopment({ history: { entries }, diagnosis, workspace: { project } }: Checked, flags: string): readonly string[] {
  const settled = new Set((diagnosis?.resolutions ?? []).flatMap((one) => (one.as === 'checksum' || one.as === 'applied' ? [one.file.name] : one.as === 'renamed' ? [one.from] : one.as === 'forget' ? [one.name] : [])));
  const back = ({ revision, path }: Kept) => `git checkout ${revision} -- ${quote(project.display(path))}`;
  const edited = entries.filter((entry) => entry.edited && !settled.has(entry.name)).flatMap(({ name }) => {
    const kept = diagnosis?.edits.get(name)?.restore ?? null;
    return [...(kept === null ? [] : [`${back(kept)}   # brings the applied text back`]), `npx prisma-mend resolve --apply${flags} --accept-edited ${quote(name)}   # if the file is right as it is`];
  });
  const missing = entries.filter(({ name, file, state }) => file === null && state === 'applied' && !settled.has(name)).map(({ name }) => name);
  const lost = missing.flatMap((name) => {
    const kept = diagnosis?.lost.get(name);
    return kept === undefined ? [] : [`${back(kept)}   # brings ${name} back`];
  });
  const forget = missing.length === 0 ? [] : [`npx prisma-mend resolve --apply${flags} --forget-missing   # if ${missing.length === 1 ? (missing[0] ?? '') : `the ${missing.length} missing directories`} will not come back`];
  return [...edited, ...lost, ...forget];
}
