// What a file is to make under a name that something else has. Relations of one schema share their names, so PostgreSQL refuses
// it (42P07), and with IF NOT EXISTS passes over it in silence.

import type { Delta, State } from '../effects/types.ts';
import type { ResolutionPlan } from './resolve.ts';
import type { Trace } from './trace.ts';

export interface Collision {
  /** The migration. */
  readonly name: string;
  /** `table "Stats"` */
  readonly what: string;
  /** `view` */
  readonly by: string;
}

const RELATIONS: readonly string[] = ['table', 'index', 'view', 'materialized view', 'foreign table', 'partition', 'composite type'];

interface Relation {
  readonly kind: string;
  readonly place: string;
  readonly name: string;
}

function relation(object: Delta['after']): Relation | null {
  if (object === null || !RELATIONS.includes(object.kind)) return null;
  const { schema, name } = 'ref' in object ? { schema: '', name: '', ...object.ref } : object;
  return { kind: object.kind, place: `${schema}\0${name}`, name };
}

/** `trace` begins at `start`: statements that make room first are seen. */
export function collisionsOf({ steps }: Trace, start: State): readonly Collision[] {
  const taken = new Map<string, { readonly key: string; readonly kind: string }>();
  for (const [key, object] of [...start.objects, ...start.others]) {
    const found = relation(object);
    if (found !== null) taken.set(found.place, { key, kind: found.kind });
  }
  return steps.flatMap(({ file, statements }) => statements.flatMap(({ effect: { deltas } }) => {
    const gone = deltas.flatMap(({ before, after }) => (after === null ? (relation(before)?.place ?? []) : []));
    for (const place of gone) taken.delete(place);
    return deltas.flatMap(({ key, after }): readonly Collision[] => {
      const made = relation(after);
      const holder = made === null ? undefined : taken.get(made.place);
      if (made !== null && holder === undefined) taken.set(made.place, { key, kind: made.kind });
      return made === null || holder === undefined || holder.key === key ? [] : [{ name: file.name, what: `${made.kind} "${made.name}"`, by: holder.kind }];
    });
  }));
}

/** Deploy would stop there, and somebody has to say which of the two keeps the name. */
export function withCollisions(plan: ResolutionPlan, collisions: readonly Collision[]): ResolutionPlan {
  if (collisions.length === 0) return plan;
  const stuck = collisions.map(({ name, what, by }) => ({ name, why: `it makes the ${what}, and a ${by} has that name: PostgreSQL refuses it (42P07)`, next: [`rename or drop the ${by} that has the name of the ${what}, or give the model another name with @@map`] }));
  return { ...plan, undecided: [...plan.undecided, ...stuck], deployable: plan.deployable.filter(({ name }) => !collisions.some((one) => one.name === name)) };
}
