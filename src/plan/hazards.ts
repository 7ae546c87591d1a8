// Risks by name. Each is a row: when it applies, what happens, what to do; `withheld` ones need the user's word first.

export interface HazardRow {
  readonly condition: string;
  readonly effect: string;
  readonly remedy: string;
  /** Planned unless `false`; a withheld one is planned once it is allowed by name. */
  readonly planned: boolean;
}

export const HAZARDS = {
  TABLE_RENAMED: {
    condition: 'A table is present under another name, with the same columns.',
    effect: 'Rows stay; queries that use the old name fail.',
    remedy: 'Deploy the application that uses the new name together with it, or keep the old name with @@map.',
    planned: true,
  },
  COLUMN_RENAMED: {
    condition: 'A column is present under another name, with the same type.',
    effect: 'Values stay; queries that use the old name fail.',
    remedy: 'Deploy the application that uses the new name together with it, or keep the old name with @map.',
    planned: true,
  },
  CONSTRAINT_RENAMED: {
    condition: 'An index or constraint is present under another name.',
    effect: 'Nothing but the name changes.',
    remedy: 'None needed.',
    planned: true,
  },
  LOOKS_RENAMED: {
    condition: 'Something missing has a likely counterpart under a similar name.',
    effect: 'Creating it beside the other would leave the data behind.',
    remedy: 'State it with --rename Old=New (Table.old=new for a column), or allow LOOKS_RENAMED to create a second one.',
    planned: false,
  },
  TABLE_REWRITE: {
    condition: 'PostgreSQL has to rewrite the whole table for the change.',
    effect: 'The table is locked against reading and writing for as long as that takes.',
    remedy: 'On a large table do it in a quiet hour and allow TABLE_REWRITE.',
    planned: true,
  },
  REQUIRED_COLUMN: {
    condition: 'A missing column is required and has no default, and the table has rows.',
    effect: 'PostgreSQL needs a value for each row, and only you know it.',
    remedy: 'State it: --fill Table.column=<sql expression>',
    planned: false,
  },
  NULLS_PRESENT: {
    condition: 'A column is to be required, and rows hold NULL in it.',
    effect: 'PostgreSQL refuses NOT NULL while such rows are there.',
    remedy: 'State what they get: --fill Table.column=<sql expression>',
    planned: false,
  },
  DUPLICATES_PRESENT: {
    condition: 'A column is to be unique, and rows share a value.',
    effect: 'PostgreSQL refuses a unique index while such rows are there.',
    remedy: 'Decide which rows are right; the query to see them is given.',
    planned: false,
  },
  ORPHANS_PRESENT: {
    condition: 'A foreign key is missing, and rows point to nothing.',
    effect: 'PostgreSQL refuses the key while such rows are there.',
    remedy: 'Mend the rows, or allow ORPHANS_PRESENT: the key is added NOT VALID and guards new rows only.',
    planned: false,
  },
  TYPE_CHANGED: {
    condition: 'A column has another type, and converting could lose or reinterpret values.',
    effect: 'Values could be cut, rounded or refused.',
    remedy: 'Adapt the schema with @db.…, or convert by hand in a migration of your own.',
    planned: false,
  },
  TYPE_WIDENED: {
    condition: 'A column has a narrower type than the schema says.',
    effect: 'No value changes; the table is locked for an instant.',
    remedy: 'None needed.',
    planned: true,
  },
  IN_USE: {
    condition: 'Views or other objects depend on the column.',
    effect: 'PostgreSQL refuses to change its type while they exist.',
    remedy: 'Drop and re-create them around the change in a migration of your own.',
    planned: false,
  },
  INVALID_INDEX: {
    condition: 'An index is invalid: its concurrent build was interrupted.',
    effect: 'It is not used and may not enforce anything; it is built again.',
    remedy: 'None needed; an index holds no data of its own.',
    planned: true,
  },
  INDEX_REPLACED: {
    condition: 'An index of the right name has another definition.',
    effect: 'The old one is dropped and the right one built; queries are slower in between.',
    remedy: 'Allow INDEX_REPLACED, or adapt the schema if the index is meant to be as it is.',
    planned: false,
  },
  FOREIGN_KEY_REPLACED: {
    condition: 'A foreign key has other actions or columns than the schema says.',
    effect: 'It is dropped and added in one transaction; both tables are locked against writing until it is checked.',
    remedy: 'On large tables do it in a quiet hour.',
    planned: true,
  },
  PRIMARY_KEY_CHANGED: {
    condition: 'The primary key has other columns than the schema says.',
    effect: 'Foreign keys and replication hang on it.',
    remedy: 'Change it by hand in a migration of your own.',
    planned: false,
  },
  NAME_TAKEN: {
    condition: 'Something else has the name.',
    effect: 'It cannot be created, and IF NOT EXISTS would silently pass over it.',
    remedy: 'Rename one of the two, or give the model another table with @@map.',
    planned: false,
  },
  DEFAULT_ADDED_BY_HAND: {
    condition: 'A column has a default that the schema does not say.',
    effect: 'It serves writers who leave the column out; Prisma would drop it.',
    remedy: 'Add @default to the schema, or allow DEFAULT_ADDED_BY_HAND to drop it.',
    planned: false,
  },
  EXTENSION_CHANGED: {
    condition: 'An extension has another version or schema than the schema says.',
    effect: 'Moving or updating it can change types and functions.',
    remedy: 'ALTER EXTENSION by hand, or adapt the schema.',
    planned: false,
  },
  NULLS_RULE: {
    condition: 'A unique index treats NULLs otherwise, or is checked later, than the schema says.',
    effect: 'It accepts or refuses other rows than Prisma expects.',
    remedy: 'Allow INDEX_REPLACED to build it anew, or leave it.',
    planned: false,
  },
  LONG_LOCK: {
    condition: 'A table is large, and checking or indexing it takes time.',
    effect: 'It is done outside of the transaction, in a migration of its own, so that the application goes on writing.',
    remedy: 'None needed.',
    planned: true,
  },
  GENERATED_COLUMN: {
    condition: 'A default differs from what a generated column computes.',
    effect: 'Its values would have to be computed anew.',
    remedy: 'Change it by hand in a migration of your own.',
    planned: false,
  },
} as const satisfies Readonly<Record<string, HazardRow>>;

export type HazardCode = keyof typeof HAZARDS;

export const HAZARD_CODES: readonly HazardCode[] = Object.keys(HAZARDS).filter((code): code is HazardCode => code in HAZARDS);

export function isHazard(code: string): code is HazardCode {
  return Object.hasOwn(HAZARDS, code);
}
