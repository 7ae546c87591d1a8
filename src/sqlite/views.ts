// Views through a migration: PostgreSQL refuses to alter or drop what a view reads, SQLite does not look. So a view steps aside before
// its tables change, and is back before anything reads it, at the latest when the migration ends.

import { quoteName } from '../sql/quote.ts';
import { commentLines } from './comments.ts';
import type { Shape, ShapedView } from './model.ts';
import type { Pieces } from './pieces.ts';
import { lower } from './state.ts';

export interface ViewKeeper {
  /** Before a table is altered, rewritten or dropped. */
  readonly stepAside: (table: string) => void;
  /** Before a statement that names these. */
  readonly bring: (names: readonly string[], shape: Shape) => void;
  readonly create: (view: ShapedView) => void;
  readonly drop: (name: string) => void;
  /** After a renaming, which PostgreSQL's views follow as SQLite's do. */
  readonly follow: (shape: Shape) => void;
  readonly finish: (shape: Shape) => void;
}

export function newViewKeeper(start: Shape, pieces: Pieces): ViewKeeper {
  /** As PostgreSQL has them now, in the order they were made. */
  const alive = new Map([...start.views].filter(([, view]) => !view.broken));
  const aside = new Set<string>();

  const remove = (names: ReadonlySet<string>) => {
    const gone = [...alive].filter(([name]) => names.has(name)).toReversed();
    pieces.add('DropView', gone.map(([, view]) => `DROP VIEW ${quoteName(view.name)}`));
    for (const [name] of gone) alive.delete(name);
  };
  const stepAside = (table: string) => {
    const names = leaning(alive, lower(table));
    remove(names);
    for (const name of names) aside.add(name);
  };
  const create = (view: ShapedView) => {
    aside.delete(lower(view.name));
    if (view.broken) return;
    pieces.add('CreateView', [createView(view)]);
    alive.set(lower(view.name), view);
  };
  const bring = (names: readonly string[], shape: Shape) => {
    for (const name of names) {
      const view = aside.has(name) ? shape.views.get(name) : undefined;
      if (view === undefined || view.broken) continue;
      bring(view.reads.map(lower), shape);
      create(view);
    }
  };
  return {
    stepAside,
    bring,
    create,
    drop(name) {
      aside.delete(lower(name));
      if (!alive.has(lower(name))) return;
      stepAside(name);
      remove(new Set([lower(name)]));
    },
    follow(shape) {
      for (const [name, view] of alive) {
        const now = shape.views.get(name);
        if (now !== undefined && !now.broken && sameColumns(now, view)) alive.set(name, now);
      }
    },
    finish(shape) {
      for (const [name, view] of alive) {
        const now = shape.views.get(name);
        if (now !== undefined && createView(now) !== createView(view)) stepAsideWith(name);
      }
      bring([...shape.views.keys()], shape);
      for (const name of aside) {
        const view = shape.views.get(name);
        if (view?.broken === true) pieces.bottom(null, [], view.remarks.flatMap(({ message }) => commentLines(`MANUAL ${message}`)));
      }
    },
  };

  function stepAsideWith(name: string): void {
    stepAside(name);
    remove(new Set([name]));
    aside.add(name);
  }
}

/** Views that read this, and what reads them. */
function leaning(views: ReadonlyMap<string, ShapedView>, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (let from = [name]; from.length > 0; ) {
    const next = [...views].filter(([own, { reads }]) => !found.has(own) && reads.some((one) => from.includes(lower(one)))).map(([own]) => own);
    for (const one of next) found.add(one);
    from = next;
  }
  return found;
}

const sameColumns = (a: ShapedView, b: ShapedView) => a.columns.map((column) => column.as).join('\0') === b.columns.map((column) => column.as).join('\0');

function createView({ name, columns, sql, temporary }: ShapedView): string {
  return `CREATE ${temporary ? 'TEMPORARY ' : ''}VIEW ${quoteName(name)} (${columns.map((column) => quoteName(column.as)).join(', ')}) AS\n${sql}`;
}
