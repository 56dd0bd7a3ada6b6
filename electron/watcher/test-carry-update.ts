/** For tests of the carry: the app's part of an update, and how its end is known. */
import type { Carry } from './carry.ts';
import type { Generation, World } from './test-carry-world.ts';

export const over = (carry: Carry): boolean => carry.view() === null && carry.receipt() !== null;

/** Up to the hand-over. A Setup program is run later, by the watcher. */
export async function upToHandOver(world: World, { carry }: Generation): Promise<void> {
  const { attempt, expected } = world.plan;
  carry.arm(attempt);
  await carry.release(attempt);
  if (expected.kind !== 'nsis') world.replace();
  carry.handOver(attempt, world.app);
}

/** Up to the app's end. */
export async function update(world: World, generation: Generation): Promise<void> {
  await upToHandOver(world, generation);
  await world.endApp();
}
