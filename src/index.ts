// The public API: reading, planning and rendering as functions over plain data. The command line is built on the same functions.

export { MendError, FAILURE_CODES, type FailureCode } from './errors.ts';
export type { Catalog, Unmodeled } from './catalog/catalog.ts';
export type { CatalogObject, Kind, Ref } from './catalog/kinds.ts';
export type { Comparison } from './diff/compare.ts';
export { HAZARDS, type HazardCode } from './plan/hazards.ts';
export type { Plan, Step, Withheld } from './plan/types.ts';
export type { Script } from './plan/script.ts';
export { findings, type Finding } from './report/findings.ts';
export { check, type Checked } from './run/check.ts';
export { planRepair, type Repair, type RepairOptions } from './run/repair.ts';
export { makeBaseline, type Baseline, type BaselineOptions } from './run/baseline.ts';
export { applyScripts, type ApplyInput } from './run/apply.ts';
export { openWorkspace, type Workspace, type WorkspaceOptions } from './run/workspace.ts';
export { connect, type Session } from './database/session.ts';
export { settle, type Settled, type SettleOptions } from './run/settle.ts';
export { predeploy, type Predeployed, type PredeployOptions } from './run/predeploy.ts';
export { consult } from './run/consult.ts';
export { translateFiles } from './run/translate.ts';
export { targetFromSchema } from './run/target.ts';
export { transferData, type TransferReport } from './run/transfer/transfer.ts';
export { verifyTranslation, type Verification } from './run/verify.ts';
export type { Note, NoteCode, SourceFile, Target, TranslatedFile, TranslateOptions, Translation } from './sqlite/types.ts';
export type { Diagnosis } from './history/diagnosis.ts';
export type { Entry, HistoryFacts, LedgerRow, MigrationFile } from './history/history.ts';
export type { Resolution, Undecided } from './history/resolve.ts';
