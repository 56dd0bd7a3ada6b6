/** Fault 34: everything stands still in the middle of an update, for longer than any of its deadlines. */
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, NEW_BUILD, OLD_BUILD, SHIPPED, type World } from './test-carry-world.ts';

let world: World;
afterEach(async () => world.close());

/** Nothing runs here, and what would have been heard meanwhile is heard when it is over. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    // Right before the timers of a turn of the loop: nothing is heard before they are due.
    setImmediate(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      resolve();
    });
  });
}

async function update() {
  const generation = world.generation();
  const { attempt } = world.plan;
  generation.carry.arm(attempt);
  await generation.carry.release(attempt);
  world.replace();
  generation.carry.handOver(attempt, world.app);
  return generation;
}

async function receiptOf(generation: Awaited<ReturnType<typeof update>>) {
  await generation.until((carry) => carry.view() === null && carry.receipt() !== null);
  return generation.carry.receipt();
}

describe('a sleep in an update', () => {
  it('makes nobody late: not the app that ends, not the one that starts', async () => {
    const limitMs = 1_000;
    world = createWorld({ profiles: [SHIPPED], appExitMs: limitMs, appStartMs: limitMs });
    world.onLaunch = (which, _identity, report) => {
      if (which !== 'new app') return report(OLD_BUILD);
      void sleep(3 * limitMs).then(() => setImmediate(() => report(NEW_BUILD)));
    };
    const generation = await update();
    await sleep(3 * limitMs);
    await world.endApp();
    const receipt = await receiptOf(generation);
    expect(receipt).toMatchObject({ outcome: 'committed', problem: null });
    expect(world.launches).toHaveLength(1);
  });

  it('is no part of the soak: a gateway that ended in it is noticed', async () => {
    const soakMs = 1_000;
    world = createWorld({ profiles: [SHIPPED], soakMs });
    const gateway = world.gateways.get(SHIPPED.id);
    if (!gateway) throw new Error('no gateway');
    const generation = await update();
    await world.endApp();
    await generation.until((carry) => carry.view()?.phase === 'soaking');
    await sleep(3 * soakMs);
    setImmediate(() => {
      gateway.restarts += 1;
      gateway.pid += 1;
      for (const listener of gateway.listeners) listener();
    });
    const receipt = await receiptOf(generation);
    expect(receipt).toMatchObject({ outcome: 'failed' });
    expect(receipt?.problem?.message).toContain('ended soon after the update');
  });
});
