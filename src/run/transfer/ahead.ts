// Lines made before PostgreSQL asks for them: it compares and checks one table while the next is read and written down.

/** Bytes of whole lines, which may be written over when the next are asked for, and the rows up to their end. */
export interface Lines {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

export interface Ahead {
  /** Once. Throws what making them threw. */
  readonly lines: () => AsyncGenerator<Lines>;
  /** Waits until nothing is read any more. Throws nothing. */
  readonly stop: () => Promise<void>;
}

/** Bytes that wait, at most, but for the last lines. */
const MOST = 8 << 20;
/** Larger buffers are not kept. */
const COMMON = 1 << 18;

interface Queue {
  readonly waiting: { readonly buffer: Buffer; readonly length: number; readonly rows: number }[];
  readonly free: Buffer[];
  held: number;
  /** Nobody wants more. */
  left: boolean;
  /** Nothing more comes. */
  over: boolean;
  thrown: { readonly error: unknown } | null;
  /** Ends the wait of whichever side waits: never both do. */
  wake: () => void;
}

/** Begins at once. */
export function ahead(made: AsyncIterable<Lines>): Ahead {
  const queue: Queue = { waiting: [], free: [], held: 0, left: false, over: false, thrown: null, wake: () => undefined };
  const making = make(queue, made);
  return {
    lines: () => take(queue),
    async stop() {
      queue.left = true;
      queue.wake();
      await making;
    },
  };
}

async function make(queue: Queue, made: AsyncIterable<Lines>): Promise<void> {
  try {
    for await (const { bytes, rows } of made) {
      const kept = queue.free.pop();
      const buffer = kept !== undefined && kept.length >= bytes.length ? kept : Buffer.allocUnsafeSlow(Math.max(bytes.length, COMMON / 2));
      buffer.set(bytes);
      queue.waiting.push({ buffer, length: bytes.length, rows });
      queue.held += bytes.length;
      queue.wake();
      while (queue.held >= MOST && !queue.left) await woken(queue);
      if (queue.left) return;
    }
  } catch (error) {
    queue.thrown = { error };
  } finally {
    queue.over = true;
    queue.wake();
  }
}

async function* take(queue: Queue): AsyncGenerator<Lines> {
  for (;;) {
    const next = queue.waiting.shift();
    if (next === undefined) {
      if (queue.thrown !== null) throw queue.thrown.error;
      if (queue.over) return;
      await woken(queue);
      continue;
    }
    yield { bytes: next.buffer.subarray(0, next.length), rows: next.rows };
    queue.held -= next.length;
    if (next.buffer.length <= COMMON) queue.free.push(next.buffer);
    queue.wake();
  }
}

function woken(queue: Queue): Promise<void> {
  return new Promise((resolve) => {
    queue.wake = resolve;
  });
}
