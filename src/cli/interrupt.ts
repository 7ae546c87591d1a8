// Ctrl-C and a platform's SIGTERM: the first asks the work to stop and say what stayed, the second ends the process.

export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      return;
    }
    interruptedBy = signal;
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

let interruptedBy: NodeJS.Signals | null = null;

/** 130 or 143 after a signal, else `null`. */
export function interruptCode(): number | null {
  return interruptedBy === null ? null : interruptedBy === 'SIGINT' ? 130 : 143;
}
