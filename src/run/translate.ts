// A SQLite history as a PostgreSQL history: the grammars and the embedded SQLite are loaded here.

import { loadReader } from '../parse/script.ts';
import { loadGrammar } from '../parse/sqlite.ts';
import { openSqlite } from '../scratch/sqlite.ts';
import { translateHistory } from '../sqlite/translate.ts';
import type { SourceFile, TranslateOptions, Translation } from '../sqlite/types.ts';

/** In the order of the migrations directory. A history that SQLite refuses is returned as such. */
export async function translateFiles(files: readonly SourceFile[], options: TranslateOptions): Promise<Translation> {
  const [grammar, reader, database] = await Promise.all([loadGrammar(), loadReader(), openSqlite()]);
  try {
    return translateHistory(files, { grammar, reader, database }, options);
  } finally {
    database.close();
  }
}
