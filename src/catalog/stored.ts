// A catalog as text, a fifth of the size of its plain JSON: definitions repeat from column to column and are written once.

import type { CatalogObject } from './kinds.ts';

/** `rows`: place of the shape, place of the definition, then the values of the ref in the shape's order, its kind left out. */
interface Stored {
  readonly shapes: readonly (readonly string[])[];
  readonly definitions: readonly unknown[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export function storeObjects(objects: Iterable<CatalogObject>): string {
  const [shapes, definitions] = [new Map<string, number>(), new Map<string, number>()];
  const rows = [...objects].map(({ kind, ref, def }) => {
    const names = Object.entries(ref).filter(([key]) => key !== 'kind');
    const shape = JSON.stringify([kind, ...names.map(([key]) => key)]);
    return [place(shapes, shape), place(definitions, JSON.stringify(def)), ...names.map(([, name]) => name)];
  });
  return `{"shapes":[${[...shapes.keys()].join()}],"definitions":[${[...definitions.keys()].join()}],"rows":${JSON.stringify(rows)}}`;
}

function place(places: Map<string, number>, text: string): number {
  const found = places.get(text) ?? places.size;
  places.set(text, found);
  return found;
}

/** Reads what `storeObjects` wrote, and nothing else. */
export function readObjects(text: string): readonly CatalogObject[] {
  const { shapes, definitions, rows } = JSON.parse(text) as Stored;
  return rows.map(([shape, definition, ...names]) => {
    const [kind, ...keys] = shapes[Number(shape)] ?? [];
    const ref: Record<string, unknown> = { kind };
    keys.forEach((key, at) => {
      ref[key] = names[at];
    });
    return { kind, ref, def: definitions[Number(definition)] } as unknown as CatalogObject;
  });
}
