// People's comments in a SQLite script. What Prisma writes itself goes: its headers are written anew, and its warnings speak of SQLite.

export interface Comment {
  /** Without the marks; one line or several. */
  readonly text: string;
  /** UTF-16 offset. */
  readonly offset: number;
}

/** SQLite's tokens as far as they can hold a comment's mark: comments, texts, and the four ways to quote a name. */
const TOKEN = /--([^\n]*)|\/\*([\s\S]*?)(?:\*\/|$)|'(?:''|[^'])*'|"(?:""|[^"])*"|`(?:``|[^`])*`|\[[^\]]*\]|[^-/'"`[]+|[\s\S]/g;

const HEADER = /^(?:(?:Create|Alter|Drop|Redefine|Rename|Add)(?:Table|Tables|Index|View|ForeignKey|PrimaryKey|Enum|Schema|Sequence)|This is an empty migration\.)$/;

export function commentsOf(sql: string): readonly Comment[] {
  const found: Comment[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const [, line, block] = match;
    const text = (line ?? block)?.trim();
    if (text === undefined || text === '' || HEADER.test(text) || (block !== undefined && text.startsWith('Warnings:'))) continue;
    found.push({ text, offset: match.index });
  }
  return found;
}

/** As `--` lines, which no text can end early. */
export function commentLines(text: string): readonly string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => `-- ${line.trimEnd()}`.trimEnd());
}
