// What a SQLite history is read as: the shape PostgreSQL is to have, in Prisma's forms and names, and what has to be said about it.

import type { Expr, Stmt } from './ast.ts';

export type Family = 'text' | 'integer' | 'bigint' | 'float' | 'decimal' | 'boolean' | 'datetime' | 'date' | 'time' | 'json' | 'bytes' | 'uuid' | 'enum' | 'other';

/** A PostgreSQL type. */
export interface PgType {
  readonly family: Family;
  /** As statements write it: `TEXT`, `VARCHAR(19)`, `TIMESTAMP(3)`, `"Role"`. */
  readonly sql: string;
}

export interface Column {
  readonly name: string;
  readonly type: PgType;
  readonly notNull: boolean;
  /** PostgreSQL's expression; `null` for none. */
  readonly default: string | null;
  /** SERIAL: fills itself from a sequence. */
  readonly serial: boolean;
  /** PostgreSQL's expression of a stored generated column. */
  readonly generated: string | null;
}

export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface IndexPart {
  /** The column of SQLite's table; `null` for an expression. */
  readonly column: string | null;
  /** As CREATE INDEX writes it: `"a"`, `"a" DESC`, `(lower("a"))`. */
  readonly sql: string;
}

export interface Index {
  readonly name: string;
  readonly table: string;
  readonly unique: boolean;
  readonly parts: readonly IndexPart[];
  readonly where: string | null;
}

export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
  /** `NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL`, `SET DEFAULT`. */
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly deferred: boolean;
}

export interface Check {
  readonly name: string;
  readonly sql: string;
}

export interface Table {
  readonly name: string;
  /** In SQLite's order at this point, which a table of PostgreSQL need not have. */
  readonly columns: readonly Column[];
  readonly primaryKey: Key | null;
  /** The column SQLite calls `rowid` as well; `null` where the table has none of its own. */
  readonly rowid: string | null;
  readonly checks: readonly Check[];
  readonly temporary: boolean;
}

export interface View {
  readonly name: string;
  /** The query, in PostgreSQL's words. */
  readonly sql: string;
  readonly columns: readonly RelationColumn[];
  /** Lower-case names of the tables and views it reads. */
  readonly reads: readonly string[];
}

/** What can stand after FROM, for resolving names and types. Names are compared without regard to case, as SQLite does. */
export interface Relation {
  /** SQLite's name of it. */
  readonly name: string;
  /** Its name in PostgreSQL at this moment, unquoted; differs while a table is being rewritten. */
  readonly as: string;
  readonly columns: readonly RelationColumn[];
  readonly rowid: string | null;
  /** Column sets that are unique: primary key, unique indexes without a predicate. SQLite's names. */
  readonly keys: readonly (readonly string[])[];
}

export interface RelationColumn {
  /** SQLite's name of it. */
  readonly name: string;
  /** Its name in PostgreSQL at this moment, unquoted; differs while a fold renames it. */
  readonly as: string;
  /** `null` when it cannot be known, such as in a view over NULL. */
  readonly type: PgType | null;
  readonly serial: boolean;
  readonly generated: boolean;
  readonly hasDefault: boolean;
}

export interface Note {
  /** `note`: translated, and to be known. `manual`: not translated; the original stands in the file as a comment. */
  readonly kind: 'note' | 'manual';
  readonly code: NoteCode;
  readonly message: string;
  /** UTF-16 offset into the migration's text. */
  readonly offset: number;
}

/** The table of what can be said; the words are made where it happens. */
export type NoteCode =
  | 'DOUBLE_QUOTED_TEXT' | 'COLUMNS_WRITTEN_OUT' | 'CONFLICT_CLAUSE' | 'SECONDS_AS_TIME' | 'TIME_ZONE' | 'CAST_FAILS_LOUDLY' | 'LIKE_CASE' | 'NULL_ORDER' | 'FUNCTION_DIFFERS'
  | 'TYPE_GUESSED' | 'TYPE_KEPT' | 'NOCASE' | 'GENERATED_STORED' | 'DEFERRED' | 'DROPPED_STATEMENT' | 'REWRITE' | 'ROWS_NOT_COPIED' | 'VALUES_LOST' | 'ORPHANS_REFUSED' | 'NAME_CUT' | 'NOT_NULL_FAILS' | 'CREATE_AS'
  | 'WORD_REPLACED' | 'MOVED_KEY'
  | 'TRIGGER' | 'VIRTUAL_TABLE' | 'FOREIGN_KEY' | 'ATTACH' | 'NO_TRANSLATION';

/** Thrown while translating an expression or a statement that PostgreSQL has nothing for; caught where the statement begins. */
export class Untranslatable extends Error {
  override readonly name = 'Untranslatable';
  readonly code: NoteCode;
  readonly offset: number;

  /** `message` says what it is and what to do instead. `offset`: UTF-16, into the migration's text. */
  constructor(message: string, offset: number, code: NoteCode = 'NO_TRANSLATION') {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

/** What the translation of an expression leans on. */
export interface Context {
  /** The text that spans of the syntax tree point into: tells `"x"` from x. */
  readonly text: string;
  /** `null`: there is no such table or view. */
  readonly relation: (name: string) => Relation | null;
  readonly note: (code: NoteCode, message: string, offset: number) => void;
  /** Major version of the server it is for; the newest when it is not known. */
  readonly server?: number | undefined;
}

/** One statement of a SQLite script. */
export interface Statement {
  readonly node: Stmt;
  /** UTF-16 offsets, the closing semicolon not included. */
  readonly start: number;
  readonly end: number;
}

/** SQLite's grammar, handed in. Both throw `SqliteSyntax`. */
export interface Grammar {
  readonly statements: (sql: string) => readonly Statement[];
  readonly expression: (sql: string) => Expr;
}

export class SqliteSyntax extends Error {
  override readonly name = 'SqliteSyntax';
  /** UTF-16 offset into the text. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** One object of `sqlite_schema`. */
export interface SchemaRow {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  readonly table: string;
  /** `null` for the indexes SQLite makes itself. */
  readonly sql: string | null;
  readonly temporary: boolean;
}

/** An embedded SQLite, handed in. Each throws `SqliteRefusal`. */
export interface SqliteDatabase {
  readonly run: (sql: string) => void;
  /** Names are resolved, nothing is done. */
  readonly prepare: (sql: string) => void;
  readonly schema: () => readonly SchemaRow[];
  readonly rows: (sql: string) => readonly (readonly (string | number | bigint | Uint8Array | null)[])[];
  readonly close: () => void;
}

export class SqliteRefusal extends Error {
  override readonly name = 'SqliteRefusal';
}

export interface SourceFile {
  readonly name: string;
  readonly sql: string;
}

export interface TranslatedFile {
  readonly name: string;
  readonly sql: string;
  /** What the file was: all SQLite; PostgreSQL with some words of SQLite; PostgreSQL, copied as it is. */
  readonly was: 'sqlite' | 'half' | 'postgresql' | 'empty';
  /** In order of `offset`. */
  readonly notes: readonly Note[];
}

/** A file that SQLite itself refuses, or that is no SQL. */
export interface Refused {
  readonly name: string;
  readonly message: string;
  readonly offset: number;
}

/** (table, column) of the PostgreSQL schema the history is to end in, by SQLite's names in lower case. */
export interface Target {
  readonly column: (table: string, column: string) => { readonly type: PgType; readonly serial: boolean } | null;
  readonly foreignKeyName: (table: string, columns: readonly string[]) => string | null;
  readonly primaryKeyName: (table: string) => string | null;
  /** Enum types by quoted name, with the statement that creates each. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

export interface TranslateOptions {
  readonly target: Target | null;
  /** Prisma's major version: from 6 on a many-to-many table has a primary key. */
  readonly prisma: 5 | 6 | 7;
  /** Major version of the server it is for, where it is known. */
  readonly server?: number | undefined;
}

export type Translation =
  | { readonly ok: true; readonly files: readonly TranslatedFile[] }
  | { readonly ok: false; readonly refused: Refused };
