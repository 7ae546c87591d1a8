// Syntax trees of SQLite's grammar, by name: the types of sqlite3-parser, which `parse/sqlite.ts` loads. Spans are UTF-16 offsets.

export type * from 'sqlite3-parser';
