// One SQLite statement as the PostgreSQL statements that do the same.

import { quoteName } from '../sql/quote.ts';
import type { Stmt } from './ast.ts';
import { dataStatement } from './expression/data.ts';
import { addPrimaryKey, createIndex, createTable, renameConstraint } from './ddl.ts';
import type { Origin } from './fold.ts';
import { alter, put } from './folding.ts';
import type { Shape, ShapedView } from './model.ts';
import { mentions, type Step } from './record.ts';
import { bornSequence, movedSequence } from './sequences.ts';
import type { ShapedTable } from './shape.ts';
import { lower } from './state.ts';
import { Untranslatable } from './types.ts';
import { contextOf, remarks, type Work } from './work.ts';

/** Throws Untranslatable. */
export function writeStatement(step: Step, at: number, work: Work): void {
  const { environment, pieces, note } = work;
  const [before, after] = [environment.shaper(step.before, step.time), environment.shaper(step.after, step.time + 1)];
  const { node } = step;
  switch (node.type) {
    case 'CreateTableStmt':
      return writeTable(node, step, after, work);
    case 'AlterTableStmt':
      return writeAlter(node, step, before, after, work);
    case 'DropTableStmt': {
      const table = before.tables.get(lower(node.tblName.objName.text));
      if (table === undefined) return;
      work.views.stepAside(table.name);
      work.course.drop(table.name);
      return pieces.add('DropTable', [`DROP TABLE ${quoteName(table.name)}`]);
    }
    case 'CreateIndexStmt':
    case 'DropIndexStmt':
      return writeIndex(step, at, before, after, work);
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'SelectStmt':
      work.views.bring(mentions(node), before);
      if (step.keysOff && node.type !== 'SelectStmt') loosen(before.tables.get(lower(node.tblName.objName.text)), work);
      if (node.type === 'InsertStmt') work.course.people(node.tblName.objName.text);
      return pieces.add('Data', dataStatement(node, contextOf(work, before)));
    case 'AnalyzeStmt':
      return pieces.add('Analyze', [node.objName === undefined || before.relation(node.objName.objName.text) === null ? 'ANALYZE' : `ANALYZE ${quoteName(before.relation(node.objName.objName.text)?.as ?? '')}`]);
    case 'CreateViewStmt':
      return writeView(after.views.get(lower(node.viewName.objName.text)), step, work);
    case 'DropViewStmt':
      return work.views.drop(node.viewName.objName.text);
    default:
      return dropped(node, step.start, note);
  }
}

/** Its rows are changed while SQLite looks at no key: so the keys stand aside here too, and are checked at the end. */
function loosen(table: ShapedTable | undefined, { course }: Work): void {
  if (table !== undefined) course.thin(table.name);
}

function writeView(view: ShapedView | undefined, step: Step, work: Work): void {
  if (view === undefined || step.before.views.has(lower(view.name))) return;
  remarks(view.remarks, [], step, work);
  work.views.bring(mentions(step.node), work.environment.shaper(step.before, step.time));
  work.views.create(view);
}

const SILENT = ['foreign_keys', 'defer_foreign_keys', 'foreign_key_check', 'writable_schema', 'legacy_alter_table'];

function dropped(node: Stmt, offset: number, note: Work['note']): void {
  if (node.type === 'PragmaStmt' && SILENT.includes(lower(node.name.objName.text))) return;
  if (node.type === 'RollbackStmt') throw new Untranslatable('a migration is one transaction: what is rolled back is to be taken out of the file', offset);
  const what = node.type === 'PragmaStmt' ? `PRAGMA ${node.name.objName.text}` : node.type.replace(/Stmt$/, '').toUpperCase();
  const why = ['BeginStmt', 'CommitStmt', 'SavepointStmt', 'ReleaseStmt'].includes(node.type) ? 'Prisma sends a migration as one transaction' : 'it means nothing to PostgreSQL';
  note('note', 'DROPPED_STATEMENT', `${what} is left out: ${why}`, offset);
}

function writeTable(node: Extract<Stmt, { type: 'CreateTableStmt' }>, step: Step, after: Shape, work: Work): void {
  const name = node.tblName.objName.text;
  const table = after.tables.get(lower(name));
  if (table === undefined || step.before.tables.has(lower(name))) return;
  work.course.create(table.name);
  remarks(table.remarks, [], step, work);
  for (const { name: column, serial } of table.columns) if (serial) bornSequence(work.environment.sequences, table.name, column);
  if (node.body.type === 'AsSelectCreateTableBody') work.views.bring(mentions(node), work.environment.shaper(step.before, step.time));
  work.pieces.add('CreateTable', [createTable(table)]);
  for (const unique of table.uniques) work.pieces.add('CreateIndex', [createIndex(unique)]);
  if (node.body.type !== 'AsSelectCreateTableBody') return;
  const { select } = node.body;
  const shape = work.environment.shaper(step.before, step.time);
  const columns = table.columns.map((column) => ({ type: 'Name' as const, text: column.name, span: node.span }));
  const insert = { type: 'InsertStmt' as const, with: undefined, orConflict: undefined, tblName: node.tblName, columns, body: { type: 'SelectInsertBody' as const, select, upsert: undefined, span: node.span }, returning: undefined, span: node.span };
  const context = contextOf(work, shape);
  work.note('note', 'CREATE_AS', `${table.name}: its columns are those of the query, with no key and no default`, step.start);
  work.pieces.add('Data', dataStatement(insert, { ...context, relation: (one) => (lower(one) === lower(table.name) ? after.relation(one) : context.relation(one)) }));
}

function writeAlter(node: Extract<Stmt, { type: 'AlterTableStmt' }>, step: Step, before: Shape, after: Shape, work: Work): void {
  const old = before.tables.get(lower(node.tblName.objName.text));
  const table = after.tables.get(lower(node.body.type === 'RenameToAlterTableBody' ? node.body.name.text : node.tblName.objName.text));
  if (old === undefined || table === undefined) return;
  remarks(table.remarks, old.remarks, step, work);
  if (node.body.type === 'RenameToAlterTableBody') {
    renameTable(old, table, work);
    return work.views.follow(after);
  }
  const renames = node.body.type === 'RenameColumnAlterTableBody';
  if (!renames && node.body.type !== 'AddColumnAlterTableBody') work.views.stepAside(old.name);
  const origins = new Map(table.columns.map(({ name }): [string, Origin] => [name, { kind: old.columns.some((one) => one.name === name) ? 'column' : 'new', name } as Origin]));
  if (node.body.type === 'RenameColumnAlterTableBody') {
    const { old: from, new: to } = node.body;
    const source = old.columns.find((one) => lower(one.name) === lower(from.text));
    const target = table.columns.find((one) => lower(one.name) === lower(to.text));
    if (source !== undefined && target !== undefined) origins.set(target.name, { kind: 'column', name: source.name });
  }
  for (const { name, serial } of table.columns) if (serial && origins.get(name)?.kind === 'new') bornSequence(work.environment.sequences, table.name, name);
  put(alter(old, table, { origins, where: null, emptied: false, alias: old.name }, step, before, work), old, table, origins, work);
  if (renames) work.views.follow(after);
}

function renameTable(old: ShapedTable, table: ShapedTable, { pieces, course, environment }: Work): void {
  course.rename(old.name, table.name);
  const constraint = (from: string | undefined, to: string | undefined) => (from === undefined || to === undefined || from === to ? [] : [renameConstraint(table.name, from, to)]);
  const statements = [
    `ALTER TABLE ${quoteName(old.name)} RENAME TO ${quoteName(table.name)}`,
    ...constraint(old.primaryKey?.name, table.primaryKey?.name),
    ...(old.primaryKey === null && table.primaryKey !== null ? [addPrimaryKey(table.name, table.primaryKey)] : []),
    ...old.checks.flatMap(({ name }, at) => constraint(name, table.checks[at]?.name)),
    ...old.uniques.flatMap(({ name }, at) => (table.uniques[at] === undefined || table.uniques[at].name === name ? [] : [`ALTER INDEX ${quoteName(name)} RENAME TO ${quoteName(table.uniques[at].name)}`])),
    ...old.columns.flatMap(({ name, serial }) => (serial ? movedSequence(environment.sequences, { table: old.name, column: name }, { table: table.name, column: name }) : [])),
  ];
  pieces.add('RenameTable', statements);
}

function writeIndex(step: Step, at: number, before: Shape, after: Shape, work: Work): void {
  const { pieces, indexes, course } = work;
  if (indexes.swallowed.has(at)) return;
  const renamed = indexes.renamed.get(at);
  if (renamed !== undefined) return pieces.add('RenameIndex', [`ALTER INDEX ${quoteName(renamed.from)} RENAME TO ${quoteName(renamed.to)}`]);
  const { node } = step;
  if (node.type !== 'CreateIndexStmt' && node.type !== 'DropIndexStmt') return;
  const name = lower(node.idxName.objName.text);
  if (node.type === 'DropIndexStmt') {
    const index = before.indexes.get(name);
    if (index === undefined || index.broken) return;
    if (index.unique) course.rekey(index.table, index.parts.map(({ column }) => column ?? ''));
    return pieces.add('DropIndex', [`DROP INDEX ${quoteName(index.name)}`]);
  }
  const index = after.indexes.get(name);
  if (index === undefined || before.indexes.has(name)) return;
  remarks(index.remarks, [], step, work);
  if (!index.broken) pieces.add('CreateIndex', [createIndex(index)]);
}
