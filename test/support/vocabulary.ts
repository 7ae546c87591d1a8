// Prisma's script and our comparison in one vocabulary, so that they can be set side by side: `column User.name`, `index …`.

import type { ParsedStatement } from '../../src/parse/parse.ts';
import { keyOf } from '../../src/catalog/catalog.ts';
import type { Comparison } from '../../src/diff/compare.ts';
import { isManaged } from '../../src/diff/compare.ts';

type Node = any;

const nameOf = (range: Node): string => range?.relname ?? '';
const lastName = (names: Node): string => names?.at(-1)?.String?.sval ?? '';

/** Differences the engine's SQL would mend. */
export function engineWords(statements: readonly ParsedStatement[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { node } of statements) for (const word of statementWords(node as Node)) found.add(word);
  // An enum it re-creates comes with the columns it converts; a key it re-adds was dropped before.
  const replaced = new Set([...found].filter((word) => word.startsWith('extra constraint ')).map((word) => word.slice('extra constraint '.length)));
  for (const name of replaced) {
    const added = [...found].find((word) => (word.startsWith('foreign key ') || word.startsWith('primary key ')) && word.endsWith(name));
    if (added) found.delete(`extra constraint ${name}`);
  }
  return found;
}

function statementWords(node: Node): readonly string[] {
  if (node.CreateStmt) return [`table ${nameOf(node.CreateStmt.relation)}`];
  if (node.DropStmt) return dropWords(node.DropStmt);
  if (node.IndexStmt) return [`index ${node.IndexStmt.idxname}`];
  if (node.CreateEnumStmt) return [`enum ${lastName(node.CreateEnumStmt.typeName).replace(/_new$/, '')}`];
  if (node.AlterEnumStmt) return [`enum ${lastName(node.AlterEnumStmt.typeName)}`];
  if (node.RenameStmt) return node.RenameStmt.renameType === 'OBJECT_TYPE' ? [] : [`rename ${node.RenameStmt.newname}`];
  if (node.AlterTableStmt) return node.AlterTableStmt.cmds.flatMap(({ AlterTableCmd }: Node) => alterWords(nameOf(node.AlterTableStmt.relation), AlterTableCmd));
  if (node.CreateExtensionStmt || node.CreateSchemaStmt || node.TransactionStmt || node.CreateSeqStmt || node.AlterSeqStmt) return [];
  return [`other ${Object.keys(node)[0]}`];
}

function dropWords(drop: Node): readonly string[] {
  const names = drop.objects.map((object: Node) => lastName(object.List?.items ?? object.TypeName?.names));
  const kind = { OBJECT_TABLE: 'extra table', OBJECT_INDEX: 'extra index', OBJECT_TYPE: 'extra enum' }[drop.removeType as string];
  return kind === undefined ? [] : names.filter((name: string) => !name.endsWith('_old')).map((name: string) => `${kind} ${name}`);
}

function alterWords(table: string, command: Node): readonly string[] {
  const constraint = command.def?.Constraint;
  switch (command.subtype) {
    case 'AT_AddColumn':
      return [`column ${table}.${command.def.ColumnDef.colname}`];
    case 'AT_DropColumn':
      return [`extra column ${table}.${command.name}`];
    case 'AT_AddConstraint':
      return [constraint.contype === 'CONSTR_FOREIGN' ? `foreign key ${constraint.conname}` : `primary key ${constraint.conname}`];
    case 'AT_DropConstraint':
      return [`extra constraint ${command.name}`];
    default:
      return [`column ${table}.${command.name}`];
  }
}

/** The same differences as our comparison has them. */
export function ourWords({ changes, extras, renames }: Comparison): ReadonlySet<string> {
  const created = new Set(changes.flatMap((change) => (change.op === 'create' && change.kind === 'table' ? [keyOf(change.ref)] : [])));
  const goneTables = new Set(extras.filter(({ kind }) => kind === 'table').map(({ ref }) => keyOf(ref)));
  const inside = (ref: Node, tables: ReadonlySet<string>) => 'table' in ref && tables.has(keyOf({ kind: 'table', schema: ref.schema, name: ref.table }));
  const found = new Set<string>();
  for (const { kind, to } of renames) found.add(`${kind === 'table' ? 'table' : kind === 'column' ? 'column' : 'rename'} ${to}`);
  for (const change of changes) {
    const ref = change.ref as Node;
    if ((change.kind === 'column' || change.kind === 'primaryKey') && inside(ref, created)) continue;
    if (change.kind === 'table' || change.kind === 'enum') found.add(`${change.kind} ${ref.name}`);
    if (change.kind === 'column') found.add(`column ${ref.table}.${ref.name}`);
    if (change.kind === 'index') found.add(`index ${ref.name}`);
    if (change.kind === 'foreignKey') found.add(`foreign key ${ref.name}`);
    if (change.kind === 'primaryKey') found.add(change.op === 'alter' && change.fields.join() === 'name' ? `rename ${(change.after.def as Node).name}` : `primary key ${(change.after.def as Node).name}`);
  }
  for (const object of extras) {
    const ref = object.ref as Node;
    if (!isManaged(object) || (object.kind !== 'table' && inside(ref, goneTables))) continue;
    if (object.kind === 'table' || object.kind === 'enum' || object.kind === 'index') found.add(`extra ${object.kind} ${ref.name}`);
    if (object.kind === 'column') found.add(`extra column ${ref.table}.${ref.name}`);
    if (object.kind === 'foreignKey') found.add(`extra constraint ${ref.name}`);
    if (object.kind === 'primaryKey') found.add(`extra constraint ${(object.def as Node).name}`);
  }
  return found;
}
