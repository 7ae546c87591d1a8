// Two spellings of one SQL expression: what people write and what PostgreSQL prints back. Works on the syntax tree of the
// real parser, which is handed in. A normal form errs to the side of "different"; a scratch server then has the last word.

type Node = { readonly [key: string]: unknown };

/** Parses `SELECT <expression>` and returns the expression's syntax tree; throws what the parser throws. */
export type ParseExpression = (expression: string) => unknown;

export interface ExpressionContext {
  /** Canonical types of the columns an expression may name. */
  readonly columnType: (name: string) => string | undefined;
}

export function sameExpression(a: string, b: string, parse: ParseExpression, context: ExpressionContext): boolean {
  try {
    return JSON.stringify(normal(parse(a), context)) === JSON.stringify(normal(parse(b), context));
  } catch {
    return false;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function child(node: unknown, key: string): unknown {
  return isNode(node) ? node[key] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function names(value: unknown): readonly string[] {
  return list(value).map((item) => String(child(child(item, 'String'), 'sval') ?? '*'));
}

const REWRITES: Readonly<Record<string, (node: Node, context: ExpressionContext) => unknown>> = {
  A_Const: constant,
  TypeCast: cast,
  ColumnRef: (node) => ({ column: names(node['fields']).at(-1) }),
  FuncCall: call,
  SQLValueFunction: valueFunction,
  CoalesceExpr: (node, context) => ({ call: 'coalesce', args: list(node['args']).map((arg) => normal(arg, context)) }),
  A_ArrayExpr: (node, context) => ({ array: list(node['elements']).map((element) => normal(element, context)) }),
  BoolExpr: bool,
  A_Expr: operator,
  CaseExpr: (node, context) => ({ case: normal(node['arg'], context), when: normal(node['args'], context), else: node['defresult'] ? normal(node['defresult'], context) : { const: null } }),
};

function normal(value: unknown, context: ExpressionContext): unknown {
  if (Array.isArray(value)) return value.map((item) => normal(item, context));
  if (!isNode(value)) return value;
  const [tag] = Object.keys(value);
  const inner = tag === undefined ? undefined : value[tag];
  const rewrite = tag === undefined ? undefined : REWRITES[tag];
  if (rewrite && isNode(inner)) return rewrite(inner, context);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !/(^|_)location$|^(rexpr_)?list_(start|end)$/.test(key))
      .map(([key, entry]) => [key, normal(entry, context)]),
  );
}

function constant(node: Node): unknown {
  if (node['isnull']) return { const: null };
  if ('sval' in node) return { const: String(child(node['sval'], 'sval') ?? '') };
  if ('boolval' in node) return { const: Boolean(child(node['boolval'], 'boolval')) };
  if ('fval' in node) return { const: trimZeros(String(child(node['fval'], 'fval') ?? '0')) };
  if ('bsval' in node) return { const: String(child(node['bsval'], 'bsval')) };
  return { const: String(child(node['ival'], 'ival') ?? 0) };
}

function trimZeros(number: string): string {
  return /^\d*\.\d+$/.test(number) ? number.replace(/0+$/, '').replace(/\.$/, '') : number;
}

/** A cast of a constant only repeats what its place demands; a cast of anything else is part of the meaning. */
function cast(node: Node, context: ExpressionContext): unknown {
  const argument = normal(node['arg'], context);
  const type = typeName(node['typeName']);
  if (isNode(argument)) {
    if ('const' in argument) return arrayConstant(argument['const'], type) ?? argument;
    if ('array' in argument && type.endsWith('[]')) return argument;
    if ('column' in argument && type === 'text' && isText(context.columnType(String(argument['column'])))) return argument;
  }
  return { cast: type, of: argument };
}

function isText(type: string | undefined): boolean {
  return type !== undefined && /^(character varying|character|text|citext)\b/.test(type);
}

function arrayConstant(value: unknown, type: string): unknown {
  const body = typeof value === 'string' && type.endsWith('[]') ? /^\{([^{}"\\]*)\}$/.exec(value)?.[1] : undefined;
  return body === undefined ? undefined : { array: body === '' ? [] : body.split(',').map((item) => ({ const: item })) };
}

function typeName(node: unknown): string {
  const name = names(child(node, 'names')).at(-1) ?? '';
  const modifiers = list(child(node, 'typmods')).map((modifier) => JSON.stringify(normal(modifier, { columnType: () => undefined })));
  return `${name}${modifiers.length > 0 ? `(${modifiers.join()})` : ''}${child(node, 'arrayBounds') ? '[]' : ''}`;
}

function call(node: Node, context: ExpressionContext): unknown {
  const name = names(node['funcname']).at(-1);
  const args = list(node['args']).map((arg) => normal(arg, context));
  const known = name === 'transaction_timestamp' ? 'now' : name === 'extract' ? 'date_part' : name;
  return { call: known, args, ...(node['agg_distinct'] ? { distinct: true } : {}) };
}

const VALUES: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_TIMESTAMP: 'now', SVFOP_USER: 'current_user', SVFOP_CURRENT_USER: 'current_user', SVFOP_CURRENT_ROLE: 'current_user', SVFOP_CURRENT_SCHEMA: 'current_schema',
};

function valueFunction(node: Node): unknown {
  const op = String(node['op']);
  return { call: VALUES[op] ?? op, args: typeof node['typmod'] === 'number' && node['typmod'] > 0 ? [{ const: String(node['typmod']) }] : [] };
}

function bool(node: Node, context: ExpressionContext): unknown {
  const args = list(node['args']).map((arg) => normal(arg, context));
  if (node['boolop'] === 'NOT_EXPR') return negate(args[0]);
  const key = node['boolop'] === 'AND_EXPR' ? 'and' : 'or';
  return { [key]: args.flatMap((arg) => (isNode(arg) && Array.isArray(arg[key]) ? arg[key] : [arg])) };
}

function negate(argument: unknown): unknown {
  if (isNode(argument) && (argument['op'] === '~~' || argument['op'] === '~~*')) return { ...argument, op: `!${argument['op']}` };
  const test = child(argument, 'NullTest');
  if (isNode(test)) return { NullTest: { ...test, nulltesttype: test['nulltesttype'] === 'IS_NULL' ? 'IS_NOT_NULL' : 'IS_NULL' } };
  return { not: argument };
}

function operator(node: Node, context: ExpressionContext): unknown {
  const op = names(node['name']).at(-1);
  const [left, right] = [normal(node['lexpr'], context), normal(node['rexpr'], context)];
  const items = list(child(child(right, 'List'), 'items'));
  switch (node['kind']) {
    case 'AEXPR_IN':
      return items.length === 1 ? { op, left, right: items[0] } : { op, each: op === '=' ? 'any' : 'all', left, right: { array: items } };
    case 'AEXPR_BETWEEN':
      return { and: [{ op: '>=', left, right: items[0] }, { op: '<=', left, right: items[1] }] };
    case 'AEXPR_NOT_BETWEEN':
      return { or: [{ op: '<', left, right: items[0] }, { op: '>', left, right: items[1] }] };
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return { op, each: node['kind'] === 'AEXPR_OP_ANY' ? 'any' : 'all', left, right };
    case 'AEXPR_NOT_DISTINCT':
      return { not: { op, distinct: true, left, right } };
    case 'AEXPR_DISTINCT':
      return { op, distinct: true, left, right };
    default:
      if (op === '-' && left === undefined && isNode(right) && typeof right['const'] === 'string') return { const: `-${right['const']}` };
      return { op, ...(left === undefined ? {} : { left }), right };
  }
}
