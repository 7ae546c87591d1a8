// Effects against what a server shows.

import { buildCatalog, type Catalog, type Unmodeled } from '../../src/catalog/catalog.ts';
import { diff } from '../../src/diff/diff.ts';
import { sameExpression } from '../../src/diff/expression.ts';
import { effectsOf } from '../../src/effects/effects.ts';
import { spelledSame } from '../../src/effects/same.ts';
import { apply, otherKey, type Effect, type State } from '../../src/effects/types.ts';
import { loadParser, type Parser } from '../../src/parse/parse.ts';
import { loadReader as loadScriptReader } from '../../src/parse/script.ts';
import type { Reader as ScriptReader } from '../../src/history/script.ts';

export interface Reader {
  readonly parser: Parser;
  readonly scripts: ScriptReader;
}

export async function loadReader(): Promise<Reader> {
  return { parser: await loadParser(), scripts: await loadScriptReader() };
}

/** Runs the script over the state, which changes, and returns what each statement was taken for. */
export function applyScript({ scripts }: Reader, sql: string, state: State, fallback: State | null = null): readonly Effect[] {
  const { statements, problem } = scripts.script(sql);
  if (problem !== null) throw new Error(problem.message);
  return statements.map((statement) => {
    const effect = effectsOf(statement, state, fallback, scripts.block);
    apply(state, effect);
    return effect;
  });
}

/** Where the state is not what the server shows, as lines. */
export function disagreements({ parser }: Reader, live: Catalog, state: State, schemas: readonly string[]): readonly string[] {
  const objects = [...state.objects.values()].filter(({ ref }) => (ref.kind === 'schema' ? schemas.includes(ref.name) : ref.kind === 'extension' || schemas.includes(ref.schema)));
  const wanted = buildCatalog({ home: live.home, serverVersion: null, objects, unmodeled: [], provided: [] });
  const typeOf = (schema: string, table: string, name: string) => {
    const column = live.objects.get(`column "${schema}"."${table}"."${name}"`);
    return column?.kind === 'column' ? column.def.type : undefined;
  };
  const same = spelledSame((a, b, object) => sameExpression(a, b, parser.expression, { columnType: (name) => ('table' in object.ref ? typeOf(object.ref.schema, object.ref.table, name) : undefined) }));
  const { changes } = diff(live, wanted, same);
  const lines = changes.map((change) => {
    const after = change.op === 'drop' ? change.before : change.after;
    const fields = change.op === 'alter' ? change.fields.map((field) => `${field}: live ${part(change.before, field)}, state ${part(change.after, field)}`).join('; ') : '';
    return `${change.op === 'create' ? 'only state' : change.op === 'drop' ? 'only live' : 'differs'} ${JSON.stringify(after.ref)} ${fields}`;
  });
  return [...lines, ...otherDisagreements(live.unmodeled, state, schemas)];
}

function otherDisagreements(unmodeled: readonly Unmodeled[], { others }: State, schemas: readonly string[]): readonly string[] {
  const live = new Set(unmodeled.map(otherKey));
  const own = [...others.values()].filter(({ schema }) => schema === '' || schemas.includes(schema)).map(otherKey);
  return [...own.filter((key) => !live.has(key)).map((key) => `only state ${key}`), ...[...live].filter((key) => !own.includes(key)).map((key) => `only live ${key}`)];
}

function part(object: { readonly def: object }, field: string): string {
  return JSON.stringify((object.def as Readonly<Record<string, unknown>>)[field]);
}
