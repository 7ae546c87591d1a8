// Lines made ahead: all of them, in order, no more than may wait, and an end that is not left hanging.

import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ahead, type Lines } from '../../src/run/transfer/ahead.ts';

/** Writes each over the one before. */
function making(sizes: readonly number[], fails = false): { readonly lines: AsyncGenerator<Lines>; readonly state: { made: number; ended: boolean } } {
  const state = { made: 0, ended: false };
  const bytes = Buffer.alloc(Math.max(1, ...sizes));
  async function* lines(): AsyncGenerator<Lines> {
    try {
      for (const size of sizes) {
        state.made++;
        yield { bytes: bytes.fill(state.made & 0xff).subarray(0, size), rows: state.made };
        await turn();
      }
      if (fails) throw new Error('the file is gone');
    } finally {
      state.ended = true;
    }
  }
  return { lines: lines(), state };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

test('each arrives as it was made, though makers and takers overwrite', async () => {
  const sizes = Array.from({ length: 300 }, (_, at) => (at % 50 === 7 ? 9_000_000 : (at * 7919) % 200_000));
  const { lines, state } = making(sizes);
  const got: [number, number, boolean][] = [];
  for await (const { bytes, rows } of ahead(lines).lines()) {
    got.push([bytes.length, rows, bytes.length === 0 || (bytes[0] === (rows & 0xff) && bytes[bytes.length - 1] === (rows & 0xff))]);
    if (rows % 3 === 0) await turn();
  }
  expect([got, state.ended]).toEqual([sizes.map((size, at) => [size, at + 1, true]), true]);
});

test('8 MB wait, and no more are made until they are taken', async () => {
  const { lines, state } = making(Array.from({ length: 100 }, () => 1 << 20));
  const one = ahead(lines);
  await until(() => state.made === 8);
  for (let at = 0; at < 20; at++) await turn();
  expect(state.made).toBe(8);
  const taken = one.lines();
  await taken.next();
  await taken.next();
  await until(() => state.made === 9);
  await one.stop();
  expect([state.made < 12, state.ended]).toEqual([true, true]);
});

test('what fails is thrown behind the lines before it, and by nothing when nobody asks', async () => {
  const { lines } = making([1, 1], true);
  const rows: number[] = [];
  await expect((async () => {
    for await (const one of ahead(lines).lines()) rows.push(one.rows);
  })()).rejects.toThrow('the file is gone');
  expect(rows).toEqual([1, 2]);
  const other = making([1], true);
  await ahead(other.lines).stop();
  expect(other.state.ended).toBe(true);
});

test('a taker that leaves, and one that waits while it is stopped', async () => {
  const { lines, state } = making([5, 5, 5]);
  const one = ahead(lines);
  for await (const _ of one.lines()) break;
  await one.stop();
  const other = making([5]);
  const two = ahead(other.lines);
  const taken = two.lines();
  await taken.next();
  const last = taken.next();
  await two.stop();
  expect([state.ended, other.state.ended, (await last).done]).toEqual([true, true, true]);
});
