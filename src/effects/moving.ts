// Another name or another schema, wherever it stands.

import { isKind, keyOf } from '../catalog/catalog.ts';
import type { CatalogObject, IndexKey } from '../catalog/kinds.ts';
import { canonicalType, parseCanonical } from '../catalog/types.ts';
import { lex } from '../sql/lex.ts';
import { quoteName } from '../sql/quote.ts';
import { find, inbound, move, moveOther, objectsOf, othersOf, put, type Draft, type Place } from './draft.ts';

export function moveTable(draft: Draft, from: Place, to: Place): void {
  const pointing = inbound(draft, from);
  const others = othersOf(draft, from);
  for (const object of objectsOf(draft, from)) move(draft, object, inTable(draft, object, from, to));
  for (const { ref, def } of pointing) {
    const self = ref.schema === from.schema && ref.table === from.name;
    const key: CatalogObject<'foreignKey'> = { kind: 'foreignKey', ref: self ? { ...ref, schema: to.schema, table: to.name } : ref, def: { ...def, targetSchema: to.schema, targetTable: to.name } };
    put(draft, key);
  }
  for (const other of others) moveOther(draft, other, { ...other, schema: to.schema, table: to.name, name: other.name === from.name && other.kind !== 'policy' && other.kind !== 'trigger' ? to.name : other.name });
  moveTypeTexts(draft, from, to);
}

/** Sequences that columns own come along, those that stand alone stay. */
function inTable({ objects }: Draft, object: CatalogObject, from: Place, to: Place): CatalogObject {
  if (object.kind === 'table') return { ...object, ref: { kind: 'table', ...to } };
  if (object.kind === 'column') {
    const { sequence } = object.def;
    const own = sequence !== null && sequence.schema === from.schema && !objects.values(false).some((one) => one.kind === 'sequence' && one.ref.schema === sequence.schema && one.ref.name === sequence.name);
    return { ...object, ref: { ...object.ref, schema: to.schema, table: to.name }, def: own ? { ...object.def, sequence: { ...sequence, schema: to.schema } } : object.def };
  }
  // Every other object in a table has these two fields.
  return { ...object, ref: { ...object.ref, schema: to.schema, table: to.name } } as CatalogObject;
}

const TYPES = ['domain', 'composite type', 'range type'];

export function moveType(draft: Draft, from: Place, to: Place): void {
  const enumeration = find<'enum'>(draft, { kind: 'enum', ...from });
  if (enumeration) move(draft, enumeration, { ...enumeration, ref: { kind: 'enum', ...to } });
  const comment = find<'comment'>(draft, { kind: 'comment', schema: from.schema, on: 'enum', table: '', name: from.name });
  if (comment) move(draft, comment, { ...comment, ref: { ...comment.ref, schema: to.schema, name: to.name } });
  for (const other of draft.others.values(true)) if (TYPES.includes(other.kind) && other.schema === from.schema && other.name === from.name) moveOther(draft, other, { ...other, ...to });
  moveTypeTexts(draft, from, to);
}

function moveTypeTexts(draft: Draft, from: Place, to: Place): void {
  const { base } = draft;
  for (const object of draft.objects.values(false)) {
    if (!isKind(object, 'column')) continue;
    const parsed = parseCanonical(object.def.type);
    if (!parsed.user || parsed.name !== from.name || (parsed.schema ?? base) !== from.schema) continue;
    put(draft, { ...object, def: { ...object.def, type: canonicalType({ ...parsed, schema: to.schema, name: to.name }, base) } });
  }
}

export function moveSequence(draft: Draft, from: Place, to: Place): void {
  const sequence = find<'sequence'>(draft, { kind: 'sequence', ...from });
  if (sequence) move(draft, sequence, { ...sequence, ref: { kind: 'sequence', ...to } });
  for (const object of draft.objects.values(false)) {
    if (!isKind(object, 'column') || object.def.sequence?.schema !== from.schema || object.def.sequence.name !== from.name) continue;
    put(draft, { ...object, def: { ...object.def, sequence: { ...to } } });
  }
}

export function renameColumn(draft: Draft, place: Place, from: string, to: string): void {
  const column = find<'column'>(draft, { kind: 'column', schema: place.schema, table: place.name, name: from });
  if (column === undefined) return;
  const name = (one: string) => (one === from ? to : one);
  const text = (one: string | null) => (one === null ? null : renamedIn(one, from, to));
  for (const object of objectsOf(draft, place)) {
    const renamed = withColumn(object, name, text);
    if (renamed !== object) move(draft, object, renamed);
  }
  for (const key of inbound(draft, place)) put(draft, { ...key, def: { ...key.def, targetColumns: key.def.targetColumns.map(name) } });
  for (const other of othersOf(draft, place)) if (other.columns?.includes(from)) moveOther(draft, other, { ...other, columns: other.columns.map(name) });
}

function withColumn(object: CatalogObject, name: (one: string) => string, text: (one: string | null) => string | null): CatalogObject {
  switch (object.kind) {
    case 'column':
      return { ...object, ref: { ...object.ref, name: name(object.ref.name) }, def: { ...object.def, generated: text(object.def.generated) } };
    case 'primaryKey':
    case 'foreignKey':
      return { ...object, def: { ...object.def, columns: object.def.columns.map(name) } } as CatalogObject;
    case 'index': {
      const key = (one: IndexKey): IndexKey => ({ ...one, ...(one.column === undefined ? { expression: text(one.expression ?? '') ?? '' } : { column: name(one.column) }) });
      return { ...object, def: { ...object.def, keys: object.def.keys.map(key), include: object.def.include.map(name), predicate: text(object.def.predicate) } };
    }
    case 'comment':
      return object.ref.on === 'column' ? { ...object, ref: { ...object.ref, name: name(object.ref.name) } } : object;
    default:
      return object;
  }
}

/** An expression with one column named anew; a call or a type of that name is something else. */
function renamedIn(text: string, from: string, to: string): string {
  const tokens = [...lex(text)];
  return tokens.reduceRight((so, token, nth) => {
    const [before, after] = [tokens[nth - 1], tokens[nth + 1]];
    const column = (token.kind === 'name' || token.kind === 'word') && token.value === from && after?.value !== '(' && before?.value !== '::';
    return column ? `${so.slice(0, token.start)}${quoteName(to)}${so.slice(token.end)}` : so;
  }, text);
}

/** Everything in the schema, and what points into it. */
export function moveSchema(draft: Draft, from: string, to: string): void {
  const inside = draft.objects.values(draft.objects.made(keyOf({ kind: 'schema', name: from })) === undefined).filter(({ ref }) => 'schema' in ref && ref.schema === from);
  for (const object of inside) if (object.kind === 'table') moveTable(draft, { schema: from, name: object.ref.name }, { schema: to, name: object.ref.name });
  for (const object of inside) {
    if (object.kind === 'enum') moveType(draft, { schema: from, name: object.ref.name }, { schema: to, name: object.ref.name });
    if (object.kind === 'sequence') moveSequence(draft, { schema: from, name: object.ref.name }, { schema: to, name: object.ref.name });
  }
  for (const other of draft.others.values(false)) {
    if (other.schema !== from) continue;
    if (TYPES.includes(other.kind)) moveTypeTexts(draft, { schema: from, name: other.name }, { schema: to, name: other.name });
    moveOther(draft, other, { ...other, schema: to });
  }
  for (const object of draft.objects.values(false)) if (isKind(object, 'extension') && object.def.schema === from) put(draft, { ...object, def: { ...object.def, schema: to } });
  const schema = find<'schema'>(draft, { kind: 'schema', name: from });
  if (schema) move(draft, schema, { ...schema, ref: { kind: 'schema', name: to } });
}
