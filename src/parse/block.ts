// The SQL inside of a DO block, from PL/pgSQL's own tree.

import type { ParsedStatement } from './parse.ts';

export interface BlockStatement {
  readonly node: ParsedStatement['node'];
  readonly text: string;
  /** Under a condition on the catalog, or where an error is caught: done only where it is not done yet. */
  readonly guarded: boolean;
}

export interface BlockContent {
  readonly statements: readonly BlockStatement[];
  /** What is not plain SQL, or is run under a condition that only the data knows. */
  readonly dynamic: readonly string[];
}

type Node = { readonly [name: string]: unknown };
type Read = (sql: string) => readonly ParsedStatement[];

interface Walk {
  readonly read: Read;
  readonly statements: BlockStatement[];
  readonly dynamic: string[];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce((value: unknown, key) => (isNode(value) ? value[key] : undefined), node);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function queryOf(node: unknown): string {
  return String(at(node, 'PLpgSQL_expr', 'query') ?? '');
}

/** `own`: one that this program wrote; it looks, takes locks and looks again around steps, each under the question whether it is unmet. */
export function readBlock(tree: unknown, read: Read, own = false): BlockContent {
  const walk: Walk = { read, statements: [], dynamic: [] };
  const [first] = list(at(tree, 'plpgsql_funcs'));
  if (own) ownSteps(walk, first);
  else walkAll(walk, [at(first, 'PLpgSQL_function', 'action')], false);
  return { statements: walk.statements, dynamic: walk.dynamic };
}

function ownSteps(walk: Walk, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) ownSteps(walk, item);
  if (!isNode(value)) return;
  const branch = value['PLpgSQL_stmt_if'];
  if (isNode(branch) && /^\s*unmet && ARRAY\[|= ANY \(unmet\)\s*$/.test(queryOf(branch['cond']))) return walkAll(walk, branch['then_body'], true);
  for (const inner of Object.values(value)) ownSteps(walk, inner);
}

function walkAll(walk: Walk, body: unknown, guarded: boolean): void {
  for (const item of list(body)) {
    if (!isNode(item)) continue;
    for (const [tag, node] of Object.entries(item)) if (isNode(node)) step(walk, tag, node, guarded);
  }
}

/** Statements of PL/pgSQL that do nothing to a database. */
const IDLE = new Set(['PLpgSQL_stmt_raise', 'PLpgSQL_stmt_getdiag', 'PLpgSQL_stmt_assert', 'PLpgSQL_stmt_exit']);

function step(walk: Walk, tag: string, node: Node, guarded: boolean): void {
  switch (tag) {
    case 'PLpgSQL_stmt_block':
      return block(walk, node, guarded);
    case 'PLpgSQL_stmt_if':
      return branch(walk, node);
    case 'PLpgSQL_stmt_execsql':
      return plain(walk, queryOf(node['sqlstmt']), guarded);
    case 'PLpgSQL_stmt_perform':
      return plain(walk, queryOf(node['expr']), guarded);
    case 'PLpgSQL_stmt_dynexecute':
      return execute(walk, node, guarded);
    case 'PLpgSQL_stmt_assign':
      return assignment(walk, queryOf(node['expr']));
    case 'PLpgSQL_stmt_return':
      return;
    default:
      if (!IDLE.has(tag)) walk.dynamic.push(WORDS[tag] ?? `a part of PL/pgSQL that is not known: ${tag.replace('PLpgSQL_stmt_', '')}`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  PLpgSQL_stmt_fori: 'a loop', PLpgSQL_stmt_fors: 'a loop over rows', PLpgSQL_stmt_forc: 'a loop over rows', PLpgSQL_stmt_dynfors: 'a loop over rows of a computed query', PLpgSQL_stmt_foreach_a: 'a loop', PLpgSQL_stmt_while: 'a loop', PLpgSQL_stmt_loop: 'a loop',
  PLpgSQL_stmt_case: 'a CASE', PLpgSQL_stmt_call: 'a CALL of a procedure', PLpgSQL_stmt_commit: 'a COMMIT', PLpgSQL_stmt_rollback: 'a ROLLBACK',
};

/** A caught error is how blocks say "if it is not there yet"; a handler that does more is code. */
function block(walk: Walk, node: Node, guarded: boolean): void {
  const handlers = list(at(node['exceptions'], 'PLpgSQL_exception_block', 'exc_list'));
  walkAll(walk, node['body'], guarded || handlers.length > 0);
  const busy = handlers.flatMap((one) => list(at(one, 'PLpgSQL_exception', 'action'))).some((action) => isNode(action) && Object.keys(action).some((tag) => tag !== 'PLpgSQL_stmt_raise' && tag !== 'PLpgSQL_stmt_return'));
  if (busy) walk.dynamic.push('what it does after an error');
}

const CATALOG = /\b(pg_catalog|information_schema|pg_(?:type|class|constraint|namespace|enum|attribute|index|indexes|tables|proc|extension|trigger|policies|policy|roles|views|publication|sequences?|attrdef)|to_reg\w+)\b/i;

/** A condition on the catalog guards what is under it; with an ELSE, or on the data, which branch is taken is not known. */
function branch(walk: Walk, node: Node): void {
  const condition = queryOf(node['cond']).replace(/\s+/g, ' ').trim();
  const body = list(node['then_body']);
  const simple = list(node['elsif_list']).length === 0 && !list(node['else_body']).some((item) => isNode(item) && !Object.keys(item).every((tag) => IDLE.has(tag)));
  const returns = body.some((item) => isNode(item) && 'PLpgSQL_stmt_return' in item);
  if (body.length > 0 && body.every((item) => isNode(item) && Object.keys(item).every((tag) => IDLE.has(tag)))) {
    if (!simple) walk.dynamic.push(`a part under a condition: NOT (${short(condition)})`);
    return;
  }
  if (returns) walk.dynamic.push(`it may end early: ${short(condition)}`);
  else if (simple && CATALOG.test(condition)) walkAll(walk, body, true);
  else walk.dynamic.push(`a part under a condition: ${short(condition)}`);
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function plain(walk: Walk, sql: string, guarded: boolean): void {
  try {
    for (const { node } of walk.read(sql)) walk.statements.push({ node, text: sql, guarded });
  } catch (error) {
    walk.dynamic.push(`SQL that could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function execute(walk: Walk, node: Node, guarded: boolean): void {
  const text = constant(walk, queryOf(node['query']));
  if (text === null) walk.dynamic.push(`EXECUTE of a computed text: ${short(queryOf(node['query']).replace(/\s+/g, ' '))}`);
  else plainScript(walk, text, guarded);
}

/** More than one statement in a constant: each with the text from its own start. */
function plainScript(walk: Walk, sql: string, guarded: boolean): void {
  try {
    const bytes = new TextEncoder().encode(sql);
    for (const { node, start, length } of walk.read(sql)) walk.statements.push({ node, text: new TextDecoder().decode(bytes.subarray(start, length === 0 ? undefined : start + length)), guarded });
  } catch (error) {
    walk.dynamic.push(`SQL that could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function constant({ read }: Walk, expression: string): string | null {
  try {
    const [target] = list(at(read(`SELECT ${expression}`)[0]?.node, 'SelectStmt', 'targetList'));
    const text = at(target, 'ResTarget', 'val', 'A_Const', 'sval', 'sval');
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}

/** A variable is the block's own, unless what it is computed from writes. */
function assignment(walk: Walk, expression: string): void {
  const value = expression.replace(/^[^:=]*:?=/, '');
  plain(walk, `SELECT ${value}`, false);
}
