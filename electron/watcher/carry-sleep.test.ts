/** Fault 34: everything stands still in the middle of an update, for longer than any of its deadlines. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep, standStill } from '../gateway/faults/test-clock.ts';
import { isAlive } from '../process/index.ts';
import { over, update, upToHandOver } from './test-carry-update.ts';
import { createWorld, NEW_BUILD, OLD_BUILD, SHIPPED, type World } from './test-carry-world.ts';

/** After a sleep, all that was due is long done; and no deadline is over that begins anew. */
const MOMENT_MS = 100;

let world: World;
afterEach(async () => world.close());

describe('a sleep in an update', () => {
  it('makes nobody late: not the app that ends, not the one that starts', async () => {
    const limitMs = 1_000;
    world = createWorld({ profiles: [SHIPPED], appExitMs: limitMs, appStartMs: limitMs });
    world.onLaunch = (which, _identity, report) => {
      if (which !== 'new app') return report(OLD_BUILD);
      void sleep(3 * limitMs).then(() => setImmediate(() => report(NEW_BUILD)));
    };
    const generation = world.generation();
    await upToHandOver(world, generation);
    // By now the end of the app is waited for.
    await pause(MOMENT_MS);
    await sleep(3 * limitMs);
    await pause(MOMENT_MS);
    expect(isAlive(world.app)).toBe(true);
    await world.endApp();
    await generation.until(over);
    const receipt = generation.carry.receipt();
    expect(receipt).toMatchObject({ outcome: 'committed', problem: null });
    expect(world.launches).toHaveLength(1);
  });

  it.each([
    ['in it', sleep],
    ['before anybody watched', async (ms: number) => standStill(ms)],
  ])('is no part of the soak: a gateway that ended %s is noticed', async (_, sleeps) => {
    const soakMs = 1_000;
    world = createWorld({ profiles: [SHIPPED], soakMs });
    const gateway = world.gateways.get(SHIPPED.id);
    if (!gateway) throw new Error('no gateway');
    const generation = world.generation();
    await update(world, generation);
    await generation.until((carry) => carry.view()?.phase === 'soaking');
    await sleeps(3 * soakMs);
    await pause(MOMENT_MS);
    gateway.restarts += 1;
    gateway.pid += 1;
    for (const listener of gateway.listeners) listener();
    await generation.until(over);
    const receipt = generation.carry.receipt();
    expect(receipt).toMatchObject({ outcome: 'failed' });
    expect(receipt?.problem?.message).toContain('ended soon after the update');
  });
});
