// COPY … FROM STDIN over a connection of the `pg` package: rows are sent as fast as the server takes them, and no faster.

import type { Writable } from 'node:stream';
import type { Client, Submittable } from 'pg';

/** What of the package's connection COPY needs. */
interface Wire {
  readonly stream: Writable;
  query(sql: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The number of rows PostgreSQL took. Each chunk may be written over when the next is asked for. What `chunks` throws is thrown on, and nothing is copied. */
export function copyIn(client: Client, sql: string, chunks: Chunks): Promise<number> {
  return new Promise((resolve, reject) => {
    const pump: Pump = { over: false, wake: () => undefined };
    let thrown: { readonly error: unknown } | undefined;
    let rows = 0;
    const end = (settle: () => void) => {
      pump.over = true;
      pump.wake();
      settle();
    };
    const copying = {
      submit: (wire: Wire) => wire.query(sql),
      handleCopyInResponse(wire: Wire) {
        send(wire, chunks, pump).catch((error: unknown) => {
          thrown ??= { error };
          if (!pump.over) wire.sendCopyFail('the client stopped');
        });
      },
      handleCommandComplete(message: { readonly text: string }) {
        rows = Number(message.text.split(' ')[1]);
      },
      handleError: (error: Error) => end(() => reject(thrown ? thrown.error : error)),
      handleReadyForQuery: () => end(() => resolve(rows)),
    };
    // The package's types ask for its own connection, which they do not describe.
    client.query(copying as unknown as Submittable);
  });
}

interface Pump {
  /** The server has answered: nothing more is to be sent. */
  over: boolean;
  wake: () => void;
}

async function send(wire: Wire, chunks: Chunks, pump: Pump): Promise<void> {
  for await (const chunk of chunks) {
    if (pump.over) return;
    wire.sendCopyFromChunk(chunk);
    if (wire.stream.writableNeedDrain) await drained(wire.stream, pump);
  }
  if (!pump.over) wire.endCopyFrom();
}

async function drained(stream: Writable, pump: Pump): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = () => {
      stream.off('drain', go);
      resolve();
    };
    pump.wake = go;
    stream.once('drain', go);
  });
}
