// Results as data: every difference, every object only the database has, and what the history says, each with a code.

import type { Catalog } from '../catalog/catalog.ts';
import { isKind, keyOf, tableOf } from '../catalog/catalog.ts';
import type { CatalogObject, Kind, Ref } from '../catalog/kinds.ts';
import type { Comparison } from '../diff/compare.ts';
import { isManaged } from '../diff/compare.ts';
import { EQUIVALENCES } from '../diff/equivalences.ts';
import { ledgerOwner } from '../catalog/provided.ts';
import type { Diagnosis } from '../history/diagnosis.ts';
import type { HistoryFacts } from '../history/history.ts';
import { titleOf } from '../plan/naming.ts';
import type { Plan, State, Step, Withheld } from '../plan/types.ts';
import { historyFindings } from './history.ts';

export type Severity = 'error' | 'warning' | 'info';

/** `safe`: a repair mends it; `withheld`: a person decides; `none`: nothing to mend. */
export type Mending = 'safe' | 'withheld' | 'none';

export interface Where {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  /** For people: `column Session.refreshToken is missing`. */
  readonly message: string;
  /** Key of the object, for machines: `column "public"."Session"."refreshToken"`. */
  readonly object: string | null;
  /** What findings are grouped by. */
  readonly group: string;
  readonly mending: Mending;
  readonly hazard: string | null;
  /** The flag that would plan what is withheld. */
  readonly flag: string | null;
  /** In the schema's words: `Session.refreshToken`, and where. */
  readonly model: string | null;
  readonly where: Where | null;
}

export type Locate = (schema: string, table: string, column: string | null) => { readonly words: string; readonly where: Where } | null;

export interface ReportInput {
  readonly comparison: Comparison;
  readonly plan: Plan;
  readonly history: HistoryFacts | null;
  readonly diagnosis: Diagnosis | null;
  /** Keys of differences that the unapplied migrations will make. */
  readonly pending: ReadonlySet<string>;
  /** Keys of what the schema wants and no migration makes. */
  readonly unrecorded: ReadonlySet<string>;
  readonly locate: Locate;
  readonly position: (path: string, text: string, offset: number) => Where;
}

/** Worst first: what breaks every query of a table before what breaks some, before what only slows or names. */
const WEIGHT: Readonly<Record<Kind, number>> = { schema: 0, extension: 1, table: 2, column: 3, primaryKey: 4, enum: 5, foreignKey: 7, index: 8, sequence: 9, comment: 10 };
const SEVERITY: Readonly<Record<Kind, Severity>> = { schema: 'error', extension: 'error', enum: 'error', table: 'error', column: 'error', primaryKey: 'error', foreignKey: 'warning', index: 'warning', sequence: 'warning', comment: 'info' };

export function findings(input: ReportInput): readonly Finding[] {
  const { comparison, plan } = input;
  const differences = [...plan.steps.map((step) => ofStep(step, input)), ...plan.withheld.map((withheld) => ofWithheld(withheld, input))];
  const sorted = differences
    .map((finding, at) => ({ finding, at }))
    .sort((a, b) => rank(a.finding) - rank(b.finding) || a.at - b.at)
    .map(({ finding }) => finding.finding);
  const history = input.history === null ? [] : historyFindings({ facts: input.history, diagnosis: input.diagnosis, position: input.position, unrecorded: alreadyThere(input) });
  return [...history, ...sorted.map((finding) => awaited(finding, input)), ...ofExtras(comparison, input), ...ofNotes(comparison, input)];
}

/** What no migration makes and the database has all the same; what it lacks too is said as a difference. */
function alreadyThere({ comparison: { changes }, unrecorded }: ReportInput): readonly string[] {
  const differing = new Set(changes.map(({ ref }) => keyOf(ref)));
  return [...unrecorded].filter((key) => !differing.has(key));
}

/** What a migration that is about to be deployed will make is no drift. */
function awaited(finding: Finding, { pending }: ReportInput): Finding {
  if (finding.object === null || !pending.has(finding.object)) return finding;
  return { ...finding, severity: 'info', mending: 'none', hazard: null, flag: null, message: `${finding.message} (an unapplied migration makes it)` };
}

function rank({ finding, weight }: { readonly finding: Finding; readonly weight: number }): number {
  return { error: 0, warning: 100, info: 200 }[finding.severity] + weight;
}

function codeOf(kind: Kind, state: State | 'extra'): string {
  return `${kind.replace(/([A-Z])/g, '_$1').toUpperCase()}.${state.toUpperCase()}`;
}

function place(ref: Ref, { comparison, locate }: ReportInput): Pick<Finding, 'group' | 'model' | 'where'> {
  const table = tableOf(ref);
  const name = table === null ? ('name' in ref ? ref.name : '') : table.table;
  const schema = 'schema' in ref ? ref.schema : comparison.live.home;
  const column = ref.kind === 'column' ? ref.name : null;
  const found = locate(schema, name, column) ?? locate(schema, name, null);
  return { group: table === null ? name : titleOf(comparison.live.home, table.schema, table.table), model: found?.words ?? null, where: found?.where ?? null };
}

interface Weighed {
  readonly finding: Finding;
  readonly weight: number;
}

function ofStep(step: Step, input: ReportInput): Weighed {
  const severity = step.state === 'renamed' && step.ref.kind !== 'table' && step.ref.kind !== 'column' ? 'warning' : severityOf(step.ref, step.promises.map(({ aspect }) => aspect));
  const finding: Finding = {
    code: codeOf(step.ref.kind, step.state),
    severity,
    message: `${step.title} ${step.because}`,
    object: keyOf(step.ref),
    ...place(step.ref, input),
    mending: 'safe',
    hazard: step.hazards[0] ?? null,
    flag: null,
  };
  return { finding, weight: WEIGHT[step.ref.kind] };
}

/** A default of the database is only missed by writers that leave the column out; Prisma mostly sends it. */
function severityOf(ref: Ref, aspects: readonly string[]): Severity {
  return ref.kind === 'column' && aspects.every((aspect) => aspect === 'default') ? 'warning' : SEVERITY[ref.kind];
}

function ofWithheld(withheld: Withheld, input: ReportInput): Weighed {
  const finding: Finding = {
    code: codeOf(withheld.ref.kind, withheld.state),
    severity: withheld.harmless ? 'info' : SEVERITY[withheld.ref.kind],
    message: `${withheld.title} ${withheld.reason}`,
    object: keyOf(withheld.ref),
    ...place(withheld.ref, input),
    mending: withheld.harmless ? 'none' : 'withheld',
    hazard: withheld.hazard,
    flag: withheld.flag,
  };
  return { finding, weight: WEIGHT[withheld.ref.kind] };
}

/** What the schema does not know is the user's own. Only a column that every insert of the application trips over is an error. */
function ofExtras({ extras, live }: Comparison, input: ReportInput): readonly Finding[] {
  const gone = new Set(extras.filter((object) => object.kind === 'table').map(({ ref }) => keyOf(ref)));
  return extras.flatMap((object): Finding[] => {
    const table = tableOf(object.ref);
    const inExtraTable = object.kind !== 'table' && table !== null && gone.has(keyOf({ kind: 'table', schema: table.schema, name: table.table }));
    if (!isManaged(object) || inExtraTable || (isKind(object, 'table') && ledgerOwner(object.ref.name) !== null)) return [];
    const breaks = isKind(object, 'column') && object.def.notNull && object.def.default === null && !object.def.autoincrement && object.def.generated === null;
    return [
      {
        code: breaks ? 'COLUMN.EXTRA_REQUIRED' : codeOf(object.kind, 'extra'),
        severity: breaks ? 'error' : 'info',
        message: `${nameExtra(object, live)} is only in the database${breaks ? ', required and without default: every insert by the application fails' : ''}`,
        object: keyOf(object.ref),
        ...place(object.ref, input),
        mending: breaks ? 'withheld' : 'none',
        hazard: null,
        flag: null,
      },
    ];
  });
}

function nameExtra({ kind, ref }: CatalogObject, { home }: Catalog): string {
  const names = [...('table' in ref ? [ref.table] : []), ...('name' in ref ? [ref.name] : [])];
  const word = { primaryKey: 'primary key of', foreignKey: 'foreign key' }[kind as string] ?? kind;
  return `${word} ${titleOf(home, 'schema' in ref ? ref.schema : home, ...names)}`;
}

/** Rules whose hits a person may want to know of; the others mean nothing to anybody. */
const SAID: Readonly<Record<string, string>> = {
  'enum-extra-values': 'ENUM.EXTRA_VALUES',
  'join-table-form': 'JOIN_TABLE.OLD_FORM',
  generated: 'COLUMN.GENERATED',
};

const JOIN_TABLE = 'has the unique index of Prisma 5 instead of the primary key of Prisma 6; both are right';

function ofNotes({ notes, live }: Comparison, input: ReportInput): readonly Finding[] {
  const reasons = new Map(Object.values(EQUIVALENCES).flatMap((rows) => rows.map(({ rule, reason }) => [rule, reason] as const)));
  return notes.flatMap(({ ref, rule }): Finding[] => {
    const code = SAID[rule];
    if (code === undefined) return [];
    const table = tableOf(ref);
    const name = rule === 'join-table-form' && table ? `table ${titleOf(live.home, table.schema, table.table)}` : nameExtra({ kind: ref.kind, ref } as CatalogObject, live);
    const words = rule === 'join-table-form' ? JOIN_TABLE : rule === 'enum-extra-values' ? `has values only the database knows. ${reasons.get(rule)}` : rule === 'generated' ? 'is generated by the database' : (reasons.get(rule) ?? '');
    return [{ code, severity: 'info', message: `${name} ${words}`, object: keyOf(ref), ...place(ref, input), mending: 'none', hazard: null, flag: null }];
  });
}
