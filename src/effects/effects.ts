// One parsed statement → what it does to a catalog. One handler a node of PostgreSQL's syntax tree.

import { alterTable } from './alterTable.ts';
import { tagged, type Node } from './ast.ts';
import { commentStatement } from './comment.ts';
import { createTable, createTableAs } from './createTable.ts';
import { call, doBlock } from './doBlock.ts';
import { deltasOf, opaque, openDraft, type Draft } from './draft.ts';
import { dropOwned, dropStatement } from './drop.ts';
import { createIndex } from './index.ts';
import { createEventTrigger, createForeignTable, createFunction, createPolicy, createPublication, createRule, createServer, createStatistics, createTrigger, createView, define } from './others.ts';
import type { Handler, Outcome } from './outcome.ts';
import { renameStatement, setSchema } from './rename.ts';
import { copy, insert, merge, remove, select, truncate, update } from './rows.ts';
import { alterSequence, createSequence } from './sequence.ts';
import { once, quiet, setVariable, transaction } from './session.ts';
import { alterDomain, alterEnum, alterExtension, createComposite, createDomain, createEnum, createExtension, createRange, createSchema } from './typeStatements.ts';
import type { Effect, ReadBlock, State, Statement } from './types.ts';

const HANDLERS: Readonly<Record<string, Handler>> = {
  CreateStmt: createTable,
  CreateTableAsStmt: createTableAs,
  AlterTableStmt: alterTable,
  IndexStmt: createIndex,
  DropStmt: dropStatement,
  DropOwnedStmt: dropOwned,
  RenameStmt: renameStatement,
  AlterObjectSchemaStmt: setSchema,
  CommentStmt: commentStatement,
  CreateEnumStmt: createEnum,
  AlterEnumStmt: alterEnum,
  CreateDomainStmt: createDomain,
  AlterDomainStmt: alterDomain,
  CompositeTypeStmt: createComposite,
  CreateRangeStmt: createRange,
  CreateExtensionStmt: createExtension,
  AlterExtensionStmt: alterExtension,
  CreateSchemaStmt: createSchema,
  CreateSeqStmt: createSequence,
  AlterSeqStmt: alterSequence,
  ViewStmt: createView,
  CreateFunctionStmt: createFunction,
  CreateForeignTableStmt: createForeignTable,
  DefineStmt: define,
  CreateTrigStmt: createTrigger,
  CreatePolicyStmt: createPolicy,
  RuleStmt: createRule,
  CreateStatsStmt: createStatistics,
  CreateEventTrigStmt: createEventTrigger,
  CreatePublicationStmt: createPublication,
  CreateForeignServerStmt: createServer,
  InsertStmt: insert,
  UpdateStmt: update,
  DeleteStmt: remove,
  MergeStmt: merge,
  CopyStmt: copy,
  TruncateStmt: truncate,
  SelectStmt: select,
  TransactionStmt: transaction,
  VariableSetStmt: setVariable,
  DoStmt: doBlock(runInner),
  CallStmt: call,
  GrantStmt: quiet('GRANT or REVOKE'),
  GrantRoleStmt: quiet('GRANT or REVOKE a role'),
  AlterDefaultPrivilegesStmt: quiet('ALTER DEFAULT PRIVILEGES'),
  AlterOwnerStmt: quiet('ALTER … OWNER TO'),
  AlterFunctionStmt: quiet('ALTER FUNCTION'),
  AlterPolicyStmt: quiet('ALTER POLICY'),
  AlterStatsStmt: quiet('ALTER STATISTICS'),
  AlterPublicationStmt: once('ALTER PUBLICATION'),
  AlterEventTrigStmt: quiet('ALTER EVENT TRIGGER'),
  AlterRoleStmt: quiet('ALTER ROLE'),
  AlterRoleSetStmt: quiet('ALTER ROLE … SET'),
  AlterDatabaseStmt: quiet('ALTER DATABASE'),
  AlterDatabaseSetStmt: quiet('ALTER DATABASE … SET'),
  CreateRoleStmt: once('CREATE ROLE'),
  DropRoleStmt: once('DROP ROLE'),
  SecLabelStmt: quiet('SECURITY LABEL'),
  VacuumStmt: quiet('VACUUM or ANALYZE'),
  ReindexStmt: quiet('REINDEX'),
  ClusterStmt: quiet('CLUSTER'),
  CheckPointStmt: quiet('CHECKPOINT'),
  RefreshMatViewStmt: quiet('REFRESH MATERIALIZED VIEW'),
  VariableShowStmt: quiet('SHOW'),
  ExplainStmt: quiet('EXPLAIN'),
  LockStmt: quiet('LOCK'),
  NotifyStmt: quiet('NOTIFY'),
  ListenStmt: quiet('LISTEN'),
  UnlistenStmt: quiet('UNLISTEN'),
  DiscardStmt: quiet('DISCARD'),
  ConstraintsSetStmt: quiet('SET CONSTRAINTS'),
  PrepareStmt: once('PREPARE'),
  DeallocateStmt: once('DEALLOCATE'),
  LoadStmt: quiet('LOAD'),
};

/**
 * What the statement does to `state`, which stays as it is. What the history never created is looked up in `fallback`, the live
 * catalog. Without `readBlock` a DO block is code like any other.
 */
export function effectsOf(statement: Statement, state: State, fallback: State | null, readBlock: ReadBlock | null = null): Effect {
  const draft = openDraft({ statement, state, live: fallback, readBlock, guarded: false });
  const { title, repeatable, control = null, home = null } = read(statement, draft);
  return { title, deltas: deltasOf(draft), opaque: draft.opaque, repeatable: repeatable && !draft.opaque.some(({ kind }) => kind === 'unread' || kind === 'code'), control, home };
}

/** A tree of a shape that nobody thought of is no reason to stop. */
function read({ node }: Statement, draft: Draft): Outcome {
  try {
    return handle(node, draft);
  } catch (error) {
    opaque(draft, 'unread', `it could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return { title: tagged(node)[0], repeatable: false };
  }
}

function handle(node: Node, draft: Draft): Outcome {
  const [tag, content] = tagged(node);
  const handler = HANDLERS[tag];
  if (handler !== undefined) return handler(content, draft);
  const words = tag.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
  opaque(draft, 'unread', `${words} is not known`);
  return { title: words, repeatable: false };
}

/** Over the same draft, with the inner statement's own text. */
function runInner(statement: Statement, draft: Draft, guarded: boolean): Pick<Effect, 'title' | 'repeatable'> {
  return handle(statement.node, { ...draft, statement, guarded });
}
