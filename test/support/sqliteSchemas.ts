// Prisma schemas for SQLite made by chance, and chains of them, each an edit or two away from the one before. The same number
// makes the same chain.

type Scalar = 'String' | 'Int' | 'BigInt' | 'Float' | 'Decimal' | 'Boolean' | 'DateTime' | 'Bytes' | 'Json' | 'Level';

export interface RandomField {
  readonly id: number;
  readonly name: string;
  readonly map: string | null;
  readonly type: Scalar;
  readonly optional: boolean;
  readonly default: string | null;
  readonly unique: boolean;
}

type IdKind = 'serial' | 'int' | 'uuid' | 'text' | 'bigint' | 'pair';

export interface RandomModel {
  readonly id: number;
  readonly name: string;
  readonly map: string | null;
  readonly key: IdKind;
  readonly fields: readonly RandomField[];
  /** `@@unique` and `@@index` by the ids of fields. */
  readonly sets: readonly { readonly unique: boolean; readonly fields: readonly number[]; readonly map: string | null; readonly sorted: boolean }[];
}

export interface RandomRelation {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly kind: 'many' | 'one' | 'both';
  readonly optional: boolean;
  readonly onDelete: string | null;
  readonly onUpdate: string | null;
}

export interface RandomSchema {
  readonly models: readonly RandomModel[];
  readonly relations: readonly RandomRelation[];
}

export interface Chance {
  readonly below: (limit: number) => number;
  readonly often: (of: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly fresh: () => number;
}

/** mulberry32 */
function chance(seed: number): Chance {
  let state = seed >>> 0;
  let ids = 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(random() * limit);
  return { below, often: (of) => below(of) === 0, pick: (list) => list[below(list.length)] as (typeof list)[number], fresh: () => ++ids };
}

const SCALARS: readonly Scalar[] = ['String', 'String', 'Int', 'Int', 'BigInt', 'Float', 'Decimal', 'Boolean', 'Boolean', 'DateTime', 'DateTime', 'Bytes', 'Json', 'Level'];
const MODELS = ['User', 'Post', 'order', 'Group', 'Tag', 'userProfile', 'AVeryLongModelNameThatLeavesLittleRoom', 'Table', 'session', 'X'];
const FIELDS = ['name', 'Title', 'select', 'createdAt', 'amount', 'isActive', 'aFieldOfConsiderableLengthForNames', 'end', 'rowid_', 'ID_', 'value', 'user', 'A', 'B', 'new_', 'key'];
/** The engine itself quotes no quotes, and has to find letters in a name to read it back. */
const MAPS = ['Uenï cödé', 'two words', 'ORDER', 'snake_case', 'ein ziemlich langer Name mit Leerzeichen', 'Z 日本語のテーブル', 'dash-ed', 'select'];
const DEFAULTS: Readonly<Record<Scalar, readonly string[]>> = {
  String: ['"x"', '""', '"it\'s"', '"Zoë ☃"', '"a\\\\b"', '"line\\nbreak"', 'cuid()', 'uuid()', '"CURRENT_TIMESTAMP"', '"null"'],
  Int: ['0', '-1', '42', '2147483647'],
  BigInt: ['0', '9007199254740993', '-5'],
  Float: ['1.5', '0', '-0.25', '100'],
  Decimal: ['1.10', '0', '99.99', '-3'],
  Boolean: ['true', 'false'],
  DateTime: ['now()', 'now()', '"2020-01-02T03:04:05.678Z"'],
  Bytes: ['"aGVsbG8="'],
  Json: [],
  Level: ['low', 'HIGH'],
};
const ACTIONS = ['Cascade', 'Restrict', 'NoAction', 'SetNull', 'SetDefault'];

export function randomChain(seed: number): readonly RandomSchema[] {
  const by = chance(seed);
  const chain = [firstSchema(by)];
  for (let step = 2 + by.below(3); step > 0; step--) {
    let next = chain.at(-1) as RandomSchema;
    for (let edits = 1 + by.below(3); edits > 0; edits--) next = edited(next, by);
    chain.push(next);
  }
  return chain;
}

function firstSchema(by: Chance): RandomSchema {
  let schema: RandomSchema = { models: [], relations: [] };
  for (let count = 2 + by.below(4); count > 0; count--) schema = { ...schema, models: [...schema.models, randomModel(by, schema)] };
  for (let count = 1 + by.below(4); count > 0; count--) schema = withRelation(schema, by);
  return schema;
}

function unused(by: Chance, names: readonly string[], taken: readonly string[]): string {
  const name = by.pick(names);
  const low = taken.map((one) => one.toLowerCase());
  if (!low.includes(name.toLowerCase())) return name;
  for (let n = 2; ; n++) if (!low.includes(`${name}${n}`.toLowerCase())) return `${name}${n}`;
}

function randomModel(by: Chance, schema: RandomSchema): RandomModel {
  const taken = schema.models.flatMap(({ name, map }) => (map === null ? [name] : [name, map]));
  const model: RandomModel = { id: by.fresh(), name: unused(by, MODELS, taken), map: by.often(4) ? unused(by, MAPS.map((map) => `${map} m`), taken) : null, key: by.pick(['serial', 'serial', 'uuid', 'uuid', 'text', 'int', 'bigint', 'pair']), fields: [], sets: [] };
  return Array.from({ length: 1 + by.below(5) }).reduce<RandomModel>((one) => withSet({ ...one, fields: [...one.fields, randomField(by, one)] }, by, 5), model);
}

function randomField(by: Chance, { fields }: Pick<RandomModel, 'fields'>): RandomField {
  const type = by.pick(SCALARS);
  const taken = [...fields.flatMap(({ name, map }) => (map === null ? [name] : [name, map])), 'id', 'a', 'b'];
  const optional = by.often(2);
  return { id: by.fresh(), name: unused(by, FIELDS, taken), map: by.often(6) ? unused(by, MAPS, taken) : null, type, optional, default: randomDefault(by, type), unique: by.often(7) && canBeUnique(type) };
}

function canBeUnique(type: Scalar): boolean {
  return type !== 'Json' && type !== 'Boolean';
}

function randomDefault(by: Chance, type: Scalar): string | null {
  const list = DEFAULTS[type];
  return list.length > 0 && by.often(2) ? by.pick(list) : null;
}

function withSet(model: RandomModel, by: Chance, of: number): RandomModel {
  const able = model.fields.filter(({ type, unique }) => canBeUnique(type) && !unique);
  if (able.length === 0 || !by.often(of)) return model;
  const first = by.pick(able);
  const second = by.pick(able);
  const fields = first.id === second.id || by.often(2) ? [first.id] : [first.id, second.id];
  if (model.sets.some((set) => set.fields.join() === fields.join())) return model;
  return { ...model, sets: [...model.sets, { unique: by.often(2), fields, map: by.often(5) ? `custom_${by.fresh()}` : null, sorted: by.often(4) }] };
}

function withRelation(schema: RandomSchema, by: Chance): RandomSchema {
  const kind = by.pick(['many', 'many', 'many', 'one', 'both'] as const);
  const [from, to] = [by.pick(schema.models), by.pick(schema.models)];
  if (kind === 'both' && (from.key === 'pair' || to.key === 'pair')) return schema;
  const optional = from.id === to.id || by.often(2);
  const action = () => (by.often(2) ? null : by.pick(ACTIONS.filter((one) => optional || one !== 'SetNull')));
  return { ...schema, relations: [...schema.relations, { id: by.fresh(), from: from.id, to: to.id, kind, optional, onDelete: action(), onUpdate: action() }] };
}

function edited(schema: RandomSchema, by: Chance): RandomSchema {
  const model = by.pick(schema.models);
  const change = (next: RandomModel): RandomSchema => ({ ...schema, models: schema.models.map((one) => (one.id === next.id ? next : one)) });
  const field = model.fields.length === 0 ? null : by.pick(model.fields);
  const withField = (next: Partial<RandomField>) => (field === null ? schema : change(cleaned({ ...model, fields: model.fields.map((one) => (one.id === field.id ? { ...one, ...next } : one)) })));
  const edits: readonly (() => RandomSchema)[] = [
    () => ({ ...schema, models: [...schema.models, randomModel(by, schema)] }),
    () => (schema.models.length < 2 ? schema : without(schema, model.id)),
    () => change({ ...model, name: unused(by, MODELS, schema.models.flatMap((one) => [one.name, one.map ?? ''])), map: null }),
    () => change({ ...model, fields: [...model.fields, randomField(by, model)] }),
    () => change({ ...model, fields: [...model.fields, randomField(by, model)] }),
    () => (field === null ? schema : change(cleaned({ ...model, fields: model.fields.filter((one) => one.id !== field.id) }))),
    () => withField({ name: unused(by, FIELDS, [...model.fields.flatMap((one) => [one.name, one.map ?? '']), 'id', 'a', 'b']), map: null }),
    () => retyped(field, withField, by),
    () => retyped(field, withField, by),
    () => withField({ optional: field?.optional !== true }),
    () => withField({ optional: field?.optional !== true }),
    () => withField({ default: field === null ? null : field.default === null ? randomDefault(by, field.type) : null }),
    () => withField({ default: field === null ? null : randomDefault(by, field.type) }),
    () => withField({ unique: field !== null && !field.unique && canBeUnique(field.type) && !model.sets.some((set) => set.fields.join() === String(field.id)) }),
    () => change(withSet(model, by, 1)),
    () => change({ ...model, sets: model.sets.slice(1) }),
    () => change({ ...model, key: by.pick(['serial', 'uuid', 'text', 'int', 'bigint', 'pair']) }),
    () => withRelation(schema, by),
    () => withRelation(schema, by),
    () => ({ ...schema, relations: schema.relations.slice(1) }),
    () => ({ ...schema, relations: schema.relations.map((one, at) => (at === 0 ? { ...one, onDelete: by.pick(ACTIONS.filter((action) => one.optional || action !== 'SetNull')) } : one)) }),
    () => ({ ...schema, relations: schema.relations.map((one, at) => (at === 0 && one.kind !== 'both' && one.from !== one.to ? { ...one, optional: !one.optional, onDelete: null, onUpdate: null } : one)) }),
  ];
  return sound(by.pick(edits)());
}

/** Nothing but text can become bytes and be the same in both: SQLite keeps a number in a BLOB column, and Prisma cannot read it. */
function retyped(field: RandomField | null, withField: (next: Partial<RandomField>) => RandomSchema, by: Chance): RandomSchema {
  const picked = by.pick(SCALARS);
  if (field?.type === 'Bytes' && field.default !== null) return withField({});
  const type = picked !== field?.type && (field?.type === 'Bytes' || (picked === 'Bytes' && field?.type !== 'String')) ? 'String' : picked;
  return withField({ type, default: randomDefault(by, type), ...(canBeUnique(type) ? {} : { unique: false }) });
}

/** Without sets over fields that are gone or cannot be in one. */
function cleaned(model: RandomModel): RandomModel {
  const able = new Set(model.fields.filter(({ type }) => canBeUnique(type)).map(({ id }) => id));
  return { ...model, sets: model.sets.filter((set) => set.fields.every((id) => able.has(id))) };
}

/** A many-to-many needs keys of one column. */
function sound(schema: RandomSchema): RandomSchema {
  const pairs = new Set(schema.models.filter(({ key }) => key === 'pair').map(({ id }) => id));
  return { ...schema, relations: schema.relations.filter(({ kind, from, to }) => kind !== 'both' || (!pairs.has(from) && !pairs.has(to))) };
}

function without(schema: RandomSchema, model: number): RandomSchema {
  return { models: schema.models.filter(({ id }) => id !== model), relations: schema.relations.filter(({ from, to }) => from !== model && to !== model) };
}

/** One part less, every way there is: for finding the smallest schemas that still fail. */
export function smaller(schema: RandomSchema): readonly ((one: RandomSchema) => RandomSchema)[] {
  const models = schema.models.map(({ id }) => (one: RandomSchema) => without(one, id));
  const relations = schema.relations.map(({ id }) => (one: RandomSchema) => ({ ...one, relations: one.relations.filter((relation) => relation.id !== id) }));
  const fields = schema.models.flatMap(({ id, fields: all }) => all.map((field) => (one: RandomSchema) => ({ ...one, models: one.models.map((model) => (model.id === id ? cleaned({ ...model, fields: model.fields.filter((other) => other.id !== field.id) }) : model)) })));
  const sets = schema.models.flatMap(({ id, sets: all }) => all.map((set) => (one: RandomSchema) => ({ ...one, models: one.models.map((model) => (model.id === id ? { ...model, sets: model.sets.filter((other) => other.fields.join() !== set.fields.join()) } : model)) })));
  return [...models, ...relations, ...fields, ...sets];
}

const HEAD = 'datasource db {\n  provider = "sqlite"\n}\n';
const LEVEL = 'enum Level {\n  low\n  HIGH\n}\n';

export function prismaText(schema: RandomSchema): string {
  return [HEAD, ...(schema.models.some(({ fields }) => fields.some(({ type }) => type === 'Level')) ? [LEVEL] : []), ...schema.models.map((model) => modelText(model, schema))].join('\n');
}

function modelText(model: RandomModel, schema: RandomSchema): string {
  const lines = [...keyLines(model), ...model.fields.map(fieldLine), ...schema.relations.flatMap((relation) => relationLines(relation, model, schema)), ...model.sets.map((set) => setLine(set, model)), ...(model.map === null ? [] : [`@@map(${quoted(model.map)})`])];
  return `model ${model.name} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n`;
}

/** What a person does to the engine's script: a field that was renamed keeps its values. Types that change as well stay as they are. */
export function withRenames(sql: string, before: RandomSchema, after: RandomSchema): string {
  return after.models.reduce((text, model) => {
    const old = before.models.find(({ id }) => id === model.id);
    const table = model.map ?? model.name;
    if (old === undefined || (old.map ?? old.name) !== table) return text;
    const renamed = model.fields.flatMap((field) => {
      const was = old.fields.find(({ id }) => id === field.id);
      const [from, to] = [was === undefined ? null : (was.map ?? was.name), field.map ?? field.name];
      return was === undefined || from === null || from === to || was.type !== field.type || model.fields.some((one) => (one.map ?? one.name) === from) || old.fields.some((one) => (one.map ?? one.name) === to) ? [] : [{ from, to }];
    });
    const head = `INSERT INTO "new_${table}" (`;
    return renamed.reduce((script, { from, to }) => script.split('\n').map((line) => (line.startsWith(head) ? line.replace(head, `${head}"${to}", `).replace(') SELECT ', `) SELECT "${from}", `) : line)).join('\n'), text);
  }, sql);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function keyLines({ key }: RandomModel): readonly string[] {
  switch (key) {
    case 'serial': return ['id Int @id @default(autoincrement())'];
    case 'int': return ['id Int @id'];
    case 'uuid': return ['id String @id @default(uuid())'];
    case 'text': return ['id String @id'];
    case 'bigint': return ['id BigInt @id'];
    default: return ['a Int', 'b String', '@@id([a, b])'];
  }
}

function fieldLine({ name, map, type, optional, default: value, unique }: RandomField): string {
  return [`${name} ${type}${optional ? '?' : ''}`, ...(value === null ? [] : [`@default(${value})`]), ...(unique ? ['@unique'] : []), ...(map === null ? [] : [`@map(${quoted(map)})`])].join(' ');
}

function setLine(set: RandomModel['sets'][number], model: RandomModel): string {
  const names = set.fields.map((id, at) => `${model.fields.find((field) => field.id === id)?.name ?? ''}${set.sorted && at === 0 ? '(sort: Desc)' : ''}`);
  return `@@${set.unique ? 'unique' : 'index'}([${names.join(', ')}]${set.map === null ? '' : `, map: ${quoted(set.map)}`})`;
}

function relationLines(relation: RandomRelation, model: RandomModel, schema: RandomSchema): readonly string[] {
  const { id, from, to, kind } = relation;
  const target = schema.models.find((one) => one.id === to);
  const source = schema.models.find((one) => one.id === from);
  if (target === undefined || source === undefined) return [];
  const name = `@relation("r${id}"`;
  if (kind === 'both') {
    return [...(model.id === from ? [`to${id} ${target.name}[] ${name})`] : []), ...(model.id === to ? [`of${id} ${source.name}[] ${name})`] : [])];
  }
  return [...(model.id === from ? ownSide(relation, target) : []), ...(model.id === to ? [`of${id} ${source.name}${kind === 'one' ? '?' : '[]'} ${name})`] : [])];
}

function ownSide({ id, kind, optional, onDelete, onUpdate }: RandomRelation, target: RandomModel): readonly string[] {
  const mark = optional ? '?' : '';
  const keys = target.key === 'pair' ? [['a', 'Int'], ['b', 'String']] : [['id', { serial: 'Int', int: 'Int', uuid: 'String', text: 'String', bigint: 'BigInt' }[target.key]]];
  const own = keys.map(([key]) => `r${id}_${key}`);
  const actions = [...(onDelete === null ? [] : [`onDelete: ${onDelete}`]), ...(onUpdate === null ? [] : [`onUpdate: ${onUpdate}`])];
  const relation = `r${id} ${target.name}${mark} @relation("r${id}", fields: [${own.join(', ')}], references: [${keys.map(([key]) => key).join(', ')}]${actions.map((action) => `, ${action}`).join('')})`;
  return [...keys.map(([key, type]) => `r${id}_${key} ${type}${mark}`), relation, ...(kind === 'one' ? [`@@unique([${own.join(', ')}])`] : [])];
}
