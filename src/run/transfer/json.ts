// JSON as PostgreSQL's jsonb prints it: keys by length and bytes, the last of equal ones, numbers with all of their digits.

import { fits, parseDecimal, printDecimal } from './numbers.ts';

const NO_JSON = 'a text that is no JSON';

class NoJson extends Error {}

/** `loose`: for the type json, which keeps the text and does not look into escapes. Throws nothing: a refusal is `{ problem }`. */
export function canonicalJson(text: string, loose = false): { readonly text: string } | { readonly problem: string } {
  try {
    const reader: Reader = { text, at: 0, loose };
    const value = readValue(reader);
    skip(reader);
    if (reader.at !== text.length) throw new NoJson(NO_JSON);
    return { text: value };
  } catch (error) {
    if (error instanceof NoJson) return { problem: error.message };
    if (error instanceof RangeError) return { problem: 'JSON that is nested too deeply' };
    throw error;
  }
}

interface Reader {
  readonly text: string;
  at: number;
  readonly loose: boolean;
}

function skip(reader: Reader): void {
  for (let code = reader.text.charCodeAt(reader.at); code === 32 || code === 10 || code === 13 || code === 9; code = reader.text.charCodeAt(reader.at)) reader.at++;
}

function take(reader: Reader, character: string): boolean {
  skip(reader);
  if (reader.text[reader.at] !== character) return false;
  reader.at++;
  return true;
}

function readValue(reader: Reader): string {
  skip(reader);
  const character = reader.text[reader.at];
  if (character === '{') return readObject(reader);
  if (character === '[') return readArray(reader);
  if (character === '"') return printText(readText(reader));
  for (const word of ['true', 'false', 'null']) {
    if (reader.text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return word;
    }
  }
  return readNumber(reader);
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** jsonb prints them as they are written. */
const COMMON = /^-?[1-9]\d{0,99}(?:\.\d{1,99})?$/;

function readNumber(reader: Reader): string {
  NUMBER.lastIndex = reader.at;
  const [found] = NUMBER.exec(reader.text) ?? [];
  if (found === undefined) throw new NoJson(NO_JSON);
  reader.at += found.length;
  if (reader.loose || COMMON.test(found)) return found;
  const decimal = parseDecimal(found);
  if (decimal === null || !fits(decimal)) throw new NoJson('JSON with a number that PostgreSQL has no value for');
  return printDecimal(decimal);
}

function readArray(reader: Reader): string {
  reader.at++;
  const items: string[] = [];
  if (take(reader, ']')) return '[]';
  do items.push(readValue(reader)); while (take(reader, ','));
  if (!take(reader, ']')) throw new NoJson(NO_JSON);
  return `[${items.join(', ')}]`;
}

function readObject(reader: Reader): string {
  reader.at++;
  const entries = new Map<string, string>();
  if (take(reader, '}')) return '{}';
  do {
    skip(reader);
    if (reader.text[reader.at] !== '"') throw new NoJson(NO_JSON);
    const key = readText(reader);
    if (!take(reader, ':')) throw new NoJson(NO_JSON);
    entries.set(key, readValue(reader));
  } while (take(reader, ','));
  if (!take(reader, '}')) throw new NoJson(NO_JSON);
  if (entries.size === 1) return `{${[...entries].map(([key, value]) => `${printText(key)}: ${value}`).join('')}}`;
  const sorted = [...entries].map(([key, value]) => ({ bytes: Buffer.from(key), key, value })).sort((a, b) => a.bytes.length - b.bytes.length || a.bytes.compare(b.bytes));
  return `{${sorted.map(({ key, value }) => `${printText(key)}: ${value}`).join(', ')}}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Cheaper to look for than what it may be half of. */
const HIGH = /[\ud800-\udfff]/;

function readText(reader: Reader): string {
  const { text } = reader;
  let value = '';
  for (let from = ++reader.at; ; reader.at++) {
    const code = text.charCodeAt(reader.at);
    // NaN is the end of the text.
    if (!(code >= 32)) throw new NoJson(NO_JSON);
    if (code !== 34 && code !== 92) continue;
    value += text.slice(from, reader.at);
    if (code === 34) {
      reader.at++;
      if (!reader.loose && HIGH.test(value) && /\p{Surrogate}/u.test(value)) throw new NoJson('JSON with half of a surrogate pair');
      return value;
    }
    value += readEscape(reader);
    from = reader.at + 1;
  }
}

/** Leaves the reader at the last character of the escape. */
function readEscape(reader: Reader): string {
  const letter = reader.text[++reader.at] ?? '';
  if (letter !== 'u') {
    const plain = ESCAPES[letter];
    if (plain === undefined) throw new NoJson(NO_JSON);
    return plain;
  }
  const digits = reader.text.slice(reader.at + 1, reader.at + 5);
  if (!/^[\da-fA-F]{4}$/.test(digits)) throw new NoJson(NO_JSON);
  reader.at += 4;
  if (!reader.loose && digits === '0000') throw new NoJson('JSON with the character NUL');
  return String.fromCharCode(Number.parseInt(digits, 16));
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** JSON.stringify escapes as escape_json does: control characters and no others. */
function printText(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}
