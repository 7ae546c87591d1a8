// Bytes of rows in the making. Functions that end the writing of a value return null: nothing is wrong with it.

export interface Writer {
  bytes: Buffer;
  at: number;
}

export function newWriter(size: number): Writer {
  return { bytes: Buffer.allocUnsafe(size), at: 0 };
}

/** Grows to hold `more` bytes; what is written stays. */
function makeRoom(writer: Writer, more: number): void {
  if (writer.at + more <= writer.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(writer.bytes.length * 2, writer.at + more));
  writer.bytes.copy(larger, 0, 0, writer.at);
  writer.bytes = larger;
}

export function putByte(writer: Writer, byte: number): void {
  makeRoom(writer, 1);
  writer.bytes[writer.at++] = byte;
}

/** ASCII only. */
export function putAscii(writer: Writer, text: string): null {
  const { length } = text;
  makeRoom(writer, length);
  const { bytes, at } = writer;
  // A call out of JavaScript costs more than the letters of a short text.
  if (length > 64) bytes.write(text, at, 'latin1');
  else for (let from = 0; from < length; from++) bytes[at + from] = text.charCodeAt(from);
  writer.at = at + length;
  return null;
}

const ZERO = 48;

export function putInteger(writer: Writer, value: number): null {
  // Short numbers are most of all numbers, and are written without a text in between.
  if (value < 0 || value > 999_999) return putAscii(writer, String(value));
  makeRoom(writer, 6);
  let length = 1;
  for (let bound = 10; bound <= value; bound *= 10) length++;
  for (let at = writer.at + length - 1, left = value; at >= writer.at; at--, left = Math.floor(left / 10)) writer.bytes[at] = ZERO + (left % 10);
  writer.at += length;
  return null;
}

export function putBytes(writer: Writer, bytes: Uint8Array): void {
  makeRoom(writer, bytes.length);
  if (bytes.length > 64) writer.bytes.set(bytes, writer.at);
  else for (let from = 0; from < bytes.length; from++) writer.bytes[writer.at + from] = bytes[from] ?? 0;
  writer.at += bytes.length;
}

const [TAB, NEWLINE, RETURN, BACKSLASH] = [9, 10, 13, 92];
const LETTERS: Readonly<Record<number, number>> = { [TAB]: 116, [NEWLINE]: 110, [RETURN]: 114, [BACKSLASH]: BACKSLASH };

/** As COPY's text format has it. */
export function putEscaped(writer: Writer, bytes: Uint8Array): void {
  makeRoom(writer, bytes.length * 2);
  const { bytes: into } = writer;
  let at = writer.at;
  for (let from = 0; from < bytes.length; from++) {
    const byte = bytes[from] ?? 0;
    if (byte === TAB || byte === NEWLINE || byte === RETURN || byte === BACKSLASH) {
      into[at++] = BACKSLASH;
      into[at++] = LETTERS[byte] ?? byte;
    } else into[at++] = byte;
  }
  writer.at = at;
}

const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** From here on, a call out of JavaScript is cheaper than a loop. */
const LONG = 256;

export function putHex(writer: Writer, bytes: Uint8Array): null {
  if (bytes.length >= LONG) return putAscii(writer, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex'));
  makeRoom(writer, bytes.length * 2);
  const { bytes: into } = writer;
  let at = writer.at;
  for (let from = 0; from < bytes.length; from++) {
    const byte = bytes[from] ?? 0;
    into[at++] = HEX[byte >> 4] ?? 0;
    into[at++] = HEX[byte & 15] ?? 0;
  }
  writer.at = at;
  return null;
}

/** `count` digits of a whole number, from the left. */
export function putDigits(writer: Writer, value: number, count: number): void {
  makeRoom(writer, count);
  for (let at = writer.at + count - 1, left = value; at >= writer.at; at--, left = Math.floor(left / 10)) writer.bytes[at] = ZERO + (left % 10);
  writer.at += count;
}

export function putZeros(writer: Writer, count: number): void {
  makeRoom(writer, count);
  for (const end = writer.at + count; writer.at < end; writer.at++) writer.bytes[writer.at] = ZERO;
}
