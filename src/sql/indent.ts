import { lex } from './lex.ts';

/** Indents every line. For text that is known to hold no quoted line break. */
export function indentLines(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns));
}

/** Indents every line that does not begin inside of a quoted text: a space more there would change its value. */
export function indentSql(sql: string, columns: number): string {
  const pad = ' '.repeat(columns);
  let result = pad;
  let from = 0;
  for (const { start, end } of lex(sql)) {
    result += sql.slice(from, start).replace(/\n(?!\n)/g, `\n${pad}`) + sql.slice(start, end);
    from = end;
  }
  return result + sql.slice(from).replace(/\n(?!\n|$)/g, `\n${pad}`);
}
