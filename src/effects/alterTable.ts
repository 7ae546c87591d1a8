// ALTER TABLE: one handler a command, run in PostgreSQL's order, which is not always the written one.

import { keyOf } from '../catalog/catalog.ts';
import type { Column } from '../catalog/kinds.ts';
import { quoteName } from '../sql/quote.ts';
import { at, listAt, nodeAt, tagged, textAt, type Node } from './ast.ts';
import { columnAt, collationAt, identityOf, pendingConstraint, withDefault } from './column.ts';
import { addConstraint, addConstraints, constraintNamed, setNotNull } from './constraint.ts';
import { dropColumn, dropConstraint } from './dropParts.ts';
import { create, createOther, find, isLedger, objectsOf, opaque, otherRelation, othersOf, put, relationAt, remove, removeOther, shown, type Draft, type Place } from './draft.ts';
import type { Handler } from './outcome.ts';
import { isWord, pieces, span, split, type Piece } from './source.ts';
import { typeOf } from './typeName.ts';

interface Command {
  readonly node: Node;
  readonly name: string;
  readonly def: Node;
  /** The command's own words. */
  readonly words: readonly Piece[];
}

interface CommandHandler {
  readonly words: string;
  /** Drops come first, then types, then columns; the rest as written. */
  readonly pass?: number;
  readonly repeatable: boolean | ((command: Command) => boolean);
  readonly run: (draft: Draft, place: Place, command: Command) => void;
}

const nothing = () => undefined;
const missingOk = ({ node }: Command) => node['missing_ok'] === true;
const harmless = (words: string): CommandHandler => ({ words, repeatable: true, run: nothing });

function onColumn(change: (column: Column, command: Command, draft: Draft) => Column): CommandHandler['run'] {
  return (draft, { schema, name: table }, command) => {
    const column = find<'column'>(draft, { kind: 'column', schema, table, name: command.name });
    if (column) put(draft, { ...column, def: change(column.def, command, draft) });
    else if (!draft.guarded) opaque(draft, 'unread', `the column ${quoteName(command.name)} of ${shown(draft, { schema, name: table })} is not known`);
  };
}

const COMMANDS: Readonly<Record<string, CommandHandler>> = {
  AT_AddColumn: { words: 'ADD COLUMN', pass: 2, repeatable: repeatableColumn, run: addColumn },
  AT_DropColumn: { words: 'DROP COLUMN', pass: 0, repeatable: missingOk, run: (draft, place, { name, node }) => dropColumn(draft, place, name, node['behavior'] === 'DROP_CASCADE') },
  AT_AlterColumnType: { words: 'ALTER COLUMN TYPE', pass: 1, repeatable: ({ def }) => at(def, 'ColumnDef', 'raw_default') === undefined || isOwnCast(at(def, 'ColumnDef', 'raw_default')), run: alterType },
  AT_ColumnDefault: { words: 'ALTER COLUMN DEFAULT', repeatable: true, run: onColumn(alterDefault) },
  AT_SetNotNull: { words: 'SET NOT NULL', repeatable: true, run: (draft, place, { name }) => setNotNull(draft, place, [name]) },
  AT_DropNotNull: { words: 'DROP NOT NULL', pass: 0, repeatable: true, run: onColumn((column) => ({ ...column, notNull: false })) },
  AT_AddIdentity: { words: 'ADD IDENTITY', repeatable: false, run: onColumn((column, { def }) => ({ ...column, notNull: true, autoincrement: true, identity: identityOf(nodeAt(def, 'Constraint')) })) },
  AT_SetIdentity: { words: 'SET IDENTITY', repeatable: true, run: onColumn(setIdentity) },
  AT_DropIdentity: { words: 'DROP IDENTITY', pass: 0, repeatable: missingOk, run: onColumn((column) => (column.identity === null ? column : { ...column, autoincrement: false, identity: null })) },
  AT_DropExpression: { words: 'DROP EXPRESSION', pass: 0, repeatable: missingOk, run: onColumn((column) => ({ ...column, generated: null })) },
  AT_SetExpression: { words: 'SET EXPRESSION', repeatable: true, run: onColumn((column, { words }, { statement }) => ({ ...column, generated: textAfter(statement.text, words, 'as') })) },
  AT_AddConstraint: { words: 'ADD CONSTRAINT', repeatable: false, run: (draft, place, { def }) => addConstraint(draft, place, pendingConstraint(nodeAt(def, 'Constraint'), null), false) },
  AT_DropConstraint: { words: 'DROP CONSTRAINT', pass: 0, repeatable: missingOk, run: (draft, place, { name, node }) => dropConstraint(draft, place, name, { cascade: node['behavior'] === 'DROP_CASCADE', missingOk: node['missing_ok'] === true }) },
  AT_ValidateConstraint: { words: 'VALIDATE CONSTRAINT', repeatable: true, run: validate },
  AT_AlterConstraint: { words: 'ALTER CONSTRAINT', repeatable: true, run: alterConstraint },
  AT_EnableRowSecurity: { words: 'ENABLE ROW LEVEL SECURITY', repeatable: true, run: (draft, place) => createOther(draft, rowSecurity(place)) },
  AT_DisableRowSecurity: { words: 'DISABLE ROW LEVEL SECURITY', repeatable: true, run: (draft, place) => removeOther(draft, rowSecurity(place)) },
  AT_SetLogged: { words: 'SET LOGGED', repeatable: true, run: (draft, place) => setUnlogged(draft, place, false) },
  AT_SetUnLogged: { words: 'SET UNLOGGED', repeatable: true, run: (draft, place) => setUnlogged(draft, place, true) },
  AT_AttachPartition: { words: 'ATTACH PARTITION', repeatable: false, run: attach },
  AT_AddInherit: { words: 'INHERIT', repeatable: false, run: (draft, { schema, name }) => createOther(draft, { kind: 'inheritance', schema, table: name, name }) },
  AT_DropInherit: { words: 'NO INHERIT', repeatable: false, run: (draft, { schema, name }) => removeOther(draft, { kind: 'inheritance', schema, table: name, name }) },
  AT_ChangeOwner: harmless('OWNER TO'),
  AT_SetStatistics: harmless('SET STATISTICS'),
  AT_SetStorage: harmless('SET STORAGE'),
  AT_SetCompression: harmless('SET COMPRESSION'),
  AT_SetOptions: harmless('SET'),
  AT_ResetOptions: harmless('RESET'),
  AT_SetRelOptions: harmless('SET'),
  AT_ResetRelOptions: harmless('RESET'),
  AT_ReplicaIdentity: harmless('REPLICA IDENTITY'),
  AT_ForceRowSecurity: harmless('FORCE ROW LEVEL SECURITY'),
  AT_NoForceRowSecurity: harmless('NO FORCE ROW LEVEL SECURITY'),
  AT_ClusterOn: harmless('CLUSTER ON'),
  AT_DropCluster: harmless('SET WITHOUT CLUSTER'),
  AT_SetTableSpace: harmless('SET TABLESPACE'),
  AT_SetAccessMethod: harmless('SET ACCESS METHOD'),
  AT_EnableTrig: harmless('ENABLE TRIGGER'),
  AT_EnableAlwaysTrig: harmless('ENABLE ALWAYS TRIGGER'),
  AT_EnableReplicaTrig: harmless('ENABLE REPLICA TRIGGER'),
  AT_DisableTrig: harmless('DISABLE TRIGGER'),
  AT_EnableTrigAll: harmless('ENABLE TRIGGER ALL'),
  AT_DisableTrigAll: harmless('DISABLE TRIGGER ALL'),
  AT_EnableTrigUser: harmless('ENABLE TRIGGER USER'),
  AT_DisableTrigUser: harmless('DISABLE TRIGGER USER'),
  AT_EnableRule: harmless('ENABLE RULE'),
  AT_EnableAlwaysRule: harmless('ENABLE ALWAYS RULE'),
  AT_EnableReplicaRule: harmless('ENABLE REPLICA RULE'),
  AT_DisableRule: harmless('DISABLE RULE'),
};

export const alterTable: Handler = (node, draft) => {
  const place = relationAt(draft, node['relation']);
  const texts = split(pieces(draft.statement.text));
  const commands = listAt(node, 'cmds').map((item, nth): Command => {
    const command = nodeAt(item, 'AlterTableCmd');
    return { node: command, name: textAt(command, 'name'), def: nodeAt(command, 'def'), words: texts[nth] ?? [] };
  });
  const handlers = commands.map((command) => ({ command, handler: handlerOf(draft, node, command) }));
  const optional = node['missing_ok'] === true;
  const repeatable = handlers.every(({ command, handler }) => (typeof handler.repeatable === 'function' ? handler.repeatable(command) : handler.repeatable));
  const title = `ALTER ${OBJECTS[textAt(node, 'objtype')] ?? 'TABLE'} ${shown(draft, place)} ${titleOf(handlers)}`;
  if (!isLedger(place.name) && isKnown(draft, place, optional || handlers.every(({ handler }) => handler.run === nothing), textAt(node, 'objtype'))) {
    // Added columns and their constraints wait for one another.
    for (const { command, handler } of handlers.toSorted((a, b) => passOf(a) - passOf(b))) handler.run(draft, place, command);
  } else if (otherRelation(draft, place)) {
    for (const { command, handler } of handlers) if (handler.words.endsWith('ABLE ROW LEVEL SECURITY')) handler.run(draft, place, command);
  }
  return { title, repeatable };
};

const OBJECTS: Readonly<Record<string, string>> = { OBJECT_INDEX: 'INDEX', OBJECT_VIEW: 'VIEW', OBJECT_MATVIEW: 'MATERIALIZED VIEW', OBJECT_SEQUENCE: 'SEQUENCE', OBJECT_TYPE: 'TYPE', OBJECT_FOREIGN_TABLE: 'FOREIGN TABLE' };

/** Removing a default is a drop, setting one is not. */
function passOf({ command, handler }: { readonly command: Command; readonly handler: CommandHandler }): number {
  if (command.node['subtype'] === 'AT_ColumnDefault') return Object.keys(command.def).length === 0 ? 0 : 3;
  return handler.pass ?? 3;
}

function handlerOf(draft: Draft, { objtype }: Node, { node }: Command): CommandHandler {
  const subtype = textAt(node, 'subtype');
  const known = COMMANDS[subtype];
  if (known === undefined) {
    opaque(draft, 'unread', `a command of ALTER TABLE that is not known: ${subtype}`);
    return harmless(subtype.replace(/^AT_/, ''));
  }
  return objtype === undefined || objtype === 'OBJECT_TABLE' ? known : { ...known, run: nothing };
}

function titleOf(handlers: readonly { readonly command: Command; readonly handler: CommandHandler }[]): string {
  const parts = handlers.map(({ command: { name, def }, handler: { words } }) => [words, subjectOf(name, def)].filter(Boolean).join(' '));
  return parts.length <= 3 ? parts.join(', ') : `${parts.slice(0, 2).join(', ')} and ${parts.length - 2} more`;
}

function subjectOf(name: string, def: Node): string {
  const [tag, content] = tagged(def);
  const subject = name || (tag === 'ColumnDef' ? textAt(content, 'colname') : textAt(content, 'conname'));
  return subject === '' ? '' : quoteName(subject);
}

/** A view or a partition has nothing here to alter but its row level security. */
function isKnown(draft: Draft, place: Place, quiet: boolean, objtype: string): boolean {
  if (find<'table'>(draft, { kind: 'table', ...place }) !== undefined) return true;
  if (otherRelation(draft, place) === undefined && !quiet && !draft.guarded && objtype === 'OBJECT_TABLE') draft.opaque.push({ kind: 'unread', why: `the table ${shown(draft, place)} is not known`, table: { schema: place.schema, name: place.name } });
  return false;
}

/** Before PostgreSQL 13, what comes with a column was added again although the column was there. */
function repeatableColumn({ node, def }: Command): boolean {
  const types = listAt(def, 'ColumnDef', 'typeName', 'names').map((one) => textAt(one, 'String', 'sval'));
  const constraints = listAt(def, 'ColumnDef', 'constraints').map((one) => textAt(one, 'Constraint', 'contype'));
  return node['missing_ok'] === true && !types.some((type) => /serial/.test(type)) && constraints.every((one) => ['CONSTR_NOTNULL', 'CONSTR_NULL', 'CONSTR_DEFAULT', 'CONSTR_GENERATED'].includes(one));
}

function addColumn(draft: Draft, place: Place, { node, def, words }: Command): void {
  const { object, pending } = columnAt(draft, place, nodeAt(def, 'ColumnDef'), words);
  if ((node['missing_ok'] === true || draft.guarded) && draft.objects.made(keyOf(object.ref)) !== undefined) return;
  create(draft, object);
  addConstraints(draft, place, pending, false);
}

function alterType(draft: Draft, place: Place, command: Command): void {
  const def = nodeAt(command.def, 'ColumnDef');
  onColumn((column) => ({ ...column, type: typeOf(draft, def['typeName']).type, collation: collationAt(def['collClause'], 'collname') }))(draft, place, command);
  for (const object of objectsOf(draft, place)) {
    // An index is built anew with the operator class of the new type.
    if (object.kind !== 'index' || !object.def.keys.some((key) => key.column === command.name && key.opclassIsDefault)) continue;
    put(draft, { ...object, def: { ...object.def, keys: object.def.keys.map((key) => (key.column === command.name && key.opclassIsDefault ? { ...key, opclass: null } : key)) } });
  }
}

/** `USING "x"::type`: over its own result it converts nothing. */
function isOwnCast(tree: unknown): boolean {
  const [tag, node] = tagged(tree);
  return tag === 'ColumnRef' || (tag === 'TypeCast' && isOwnCast(node['arg']));
}

function alterDefault(column: Column, { def, words }: Command, draft: Draft): Column {
  if (Object.keys(def).length === 0) return { ...column, default: null, autoincrement: column.identity !== null, sequence: null };
  return withDefault(draft, column, def, textAfter(draft.statement.text, words, 'default'), /\(/.test(column.type));
}

function textAfter(text: string, words: readonly Piece[], keyword: string): string {
  const first = words.findIndex((token) => token.depth === 0 && isWord(token, keyword));
  return span(text, words.slice(first + 1));
}

function setIdentity(column: Column, { def }: Command): Column {
  const options = listAt(def, 'List', 'items').length > 0 ? listAt(def, 'List', 'items') : listAt(def);
  const generated = options.map((one) => nodeAt(one, 'DefElem')).find((one) => one['defname'] === 'generated');
  if (generated === undefined) return column;
  return { ...column, identity: at(generated, 'arg', 'Integer', 'ival') === 'a'.charCodeAt(0) ? 'ALWAYS' : 'BY DEFAULT' };
}

function validate(draft: Draft, place: Place, { name }: Command): void {
  const found = constraintNamed(draft, place, name);
  if (found?.kind === 'foreignKey') put(draft, { ...found, def: { ...found.def, validated: true } });
}

function alterConstraint(draft: Draft, place: Place, { def }: Command): void {
  const change = nodeAt(def, 'ATAlterConstraint');
  const found = constraintNamed(draft, place, textAt(change, 'conname'));
  if (found?.kind !== 'foreignKey') return;
  const enforced = change['alterEnforceability'] === true ? change['is_enforced'] === true : found.def.enforced;
  const deferrable = change['alterDeferrability'] === true ? change['deferrable'] === true : found.def.deferrable;
  put(draft, { ...found, def: { ...found.def, deferrable, enforced, validated: enforced === found.def.enforced ? found.def.validated : enforced } });
}

function rowSecurity({ schema, name }: Place) {
  return { kind: 'row level security', schema, table: name, name };
}

function setUnlogged(draft: Draft, place: Place, unlogged: boolean): void {
  const table = find<'table'>(draft, { kind: 'table', ...place });
  if (table) put(draft, { ...table, def: { ...table.def, unlogged } });
}

/** A partition is part of its parent: it is known by name from here on. */
function attach(draft: Draft, place: Place, { def }: Command): void {
  const child = relationAt(draft, at(def, 'PartitionCmd', 'name'));
  if (find<'table'>(draft, { kind: 'table', ...child }) === undefined) return;
  for (const object of objectsOf(draft, child)) remove(draft, object.ref);
  for (const other of othersOf(draft, child)) if (['check constraint', 'exclusion constraint'].includes(other.kind)) removeOther(draft, other);
  createOther(draft, { kind: 'partition', schema: child.schema, table: null, name: child.name, parent: place });
}
