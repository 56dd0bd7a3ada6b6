/** Everything stands still in the middle of an update, for longer than any of its deadlines. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../process/index.ts';
import { sleep, standStill } from '../../testing/skewed-clock.ts';
import {
  createWorld,
  isOver,
  newBuild,
  OLD_BUILD,
  runToAppEnd,
  runToHandOver,
  shippedGateway,
  type World,
} from '../../testing/update-world.ts';

/** After a sleep everything that was due is long done, and no deadline that begins again is over. */
const momentMs = 100;

let world: World;
afterEach(async () => world.close());

describe('a sleep in an update', () => {
  it('makes neither the app that ends nor the one that starts late [F34]', async () => {
    const limitMs = 1_000;
    world = createWorld({ profiles: [shippedGateway], appExitMs: limitMs, appStartMs: limitMs });
    world.onLaunch = (which, _identity, report) => {
      if (which !== 'new app') return report(OLD_BUILD);
      void sleep(3 * limitMs).then(() => setImmediate(() => report(newBuild)));
    };
    const generation = world.generation();
    await runToHandOver(world, generation);
    // By now the watcher waits for the app to end.
    await pause(momentMs);
    await sleep(3 * limitMs);
    await pause(momentMs);
    expect(isAlive(world.app)).toBe(true);
    await world.endApp();
    await generation.until(isOver);
    const receipt = generation.transactions.receipt();
    expect(receipt).toMatchObject({ outcome: 'committed', problem: null });
    expect(world.launches).toHaveLength(1);
  });

  it.each([
    ['in it', sleep],
    ['before anybody watched', async (ms: number) => standStill(ms)],
  ])('is no part of the soak: a gateway that ended %s is noticed [F34]', async (_, sleeps) => {
    const soakMs = 1_000;
    world = createWorld({ profiles: [shippedGateway], soakMs });
    const gateway = world.gateways.get(shippedGateway.id);
    if (!gateway) throw new Error('no gateway');
    const generation = world.generation();
    await runToAppEnd(world, generation);
    await generation.until((transactions) => transactions.view()?.phase === 'soaking');
    await sleeps(3 * soakMs);
    await pause(momentMs);
    gateway.restarts += 1;
    gateway.pid += 1;
    for (const listener of gateway.listeners) listener();
    await generation.until(isOver);
    const receipt = generation.transactions.receipt();
    expect(receipt).toMatchObject({ outcome: 'put-back' });
    expect(receipt?.problem?.message).toContain('ended soon after the update');
  });
});
