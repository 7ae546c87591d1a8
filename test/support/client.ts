// The sample app's Prisma client, generated once before tests that use it run side by side.

import { generateClient } from '../../src/run/demo/app.ts';

export async function setup(): Promise<void> {
  await generateClient(new URL('../..', import.meta.url).pathname);
}
