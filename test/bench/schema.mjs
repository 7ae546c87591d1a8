// A Prisma schema of so many models: about twelve columns each, one or two relations, a unique, two indexes, an enum for every ten.

const ENUM_VALUES = ['NEW', 'OPEN', 'HELD', 'DONE', 'GONE'];

export function schemaOf(count) {
  const enums = Math.ceil(count / 10);
  const parents = Array.from({ length: count }, (_, at) => parentsOf(at));
  const children = Array.from({ length: count }, () => []);
  parents.forEach((list, at) => list.forEach((parent, nth) => children[parent].push({ child: at, nth })));
  const blocks = [
    'datasource db {\n  provider = "postgresql"\n}',
    ...Array.from({ length: enums }, (_, at) => block('enum', `State${at}`, ENUM_VALUES)),
    ...parents.map((list, at) => block('model', `Model${at}`, [...columns(at, at % enums), ...relations(at, list), ...backs(at, children[at]), ...indexes(list)])),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** A tree, with a second relation across it for every third model. */
function parentsOf(at) {
  if (at === 0) return [];
  const parent = Math.floor(at / 2);
  return at % 3 === 0 && at - 1 !== parent ? [parent, at - 1] : [parent];
}

function columns(at, state) {
  return [
    'id String @id @default(uuid())',
    `name String @db.VarChar(${50 + (at % 200)})`,
    'slug String',
    `state State${state} @default(NEW)`,
    'price Decimal @default(0) @db.Decimal(12, 2)',
    'amount Int @default(0)',
    'total BigInt?',
    'active Boolean @default(true)',
    'details Json?',
    'tags String[]',
    'createdAt DateTime @default(now())',
    'updatedAt DateTime @updatedAt',
  ];
}

function relations(at, parents) {
  return parents.flatMap((parent, nth) => {
    const optional = nth === 0 ? '' : '?';
    const action = nth === 0 ? 'Cascade' : 'SetNull';
    return [`ref${nth}Id String${optional}`, `ref${nth} Model${parent}${optional} @relation("${at}_${nth}", fields: [ref${nth}Id], references: [id], onDelete: ${action})`];
  });
}

function backs(at, children) {
  return children.map(({ child, nth }) => `back${child}_${nth} Model${child}[] @relation("${child}_${nth}")`);
}

function indexes(parents) {
  return ['@@unique([slug, name])', '@@index([createdAt, state])', ...(parents.length > 0 ? ['@@index([ref0Id])'] : [])];
}

function block(kind, name, lines) {
  return `${kind} ${name} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
}
