// The one place where names and values become SQL text.

const encoder = new TextEncoder();

/** PostgreSQL keeps 63 bytes of a name and drops the rest without an error. */
export const NAME_BYTES = 63;

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A name as PostgreSQL stores it: cut after 63 bytes, never inside a character. */
export function clipName(name: string): string {
  if (name.length <= NAME_BYTES / 4 || byteLength(name) <= NAME_BYTES) return name;
  let bytes = 0;
  let clipped = '';
  for (const character of name) {
    bytes += byteLength(character);
    if (bytes > NAME_BYTES) break;
    clipped += character;
  }
  return clipped;
}

export function quoteName(name: string): string {
  if (name === '' || name.includes('\0')) throw new RangeError('a PostgreSQL name is not empty and holds no NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(', ');
}

/** A string constant that means the same whatever `standard_conforming_strings` says, and stays on one line. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new RangeError('a PostgreSQL text holds no NUL');
  const quoted = `'${text.replaceAll("'", "''")}'`;
  if (!/[\\\n\r]/.test(text)) return quoted;
  return `E${quoted.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}`;
}

export function quoteTexts(texts: readonly string[]): string {
  return texts.length === 0 ? "'{}'::text[]" : `ARRAY[${texts.map(quoteText).join(', ')}]`;
}

/** Dollar quoting with a tag that the body does not contain. */
export function quoteBody(body: string, tag = 'mend'): string {
  let delimiter = `$${tag}$`;
  for (let n = 1; body.includes(delimiter) || body.endsWith(delimiter.slice(0, -1)); n++) delimiter = `$${tag}${n}$`;
  return `${delimiter}\n${body}\n${delimiter}`;
}

/** Text for a `--` comment: a line break in a name must not end the comment and become SQL or a psql command. */
export function commentText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
