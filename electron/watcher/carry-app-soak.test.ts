/** The new app belongs to the soak: it stays, is started again, or is no version to stay with. */
import { afterEach, expect, it } from 'vitest';
import type { Identity } from '../contract/identity.ts';
import { isAlive, stopTree } from '../process/index.ts';
import { over, update } from './test-carry-update.ts';
import {
  createWorld,
  type Generation,
  NEW_BUILD,
  OLD_BUILD,
  SHIPPED,
  type World,
} from './test-carry-world.ts';

let world: World;
afterEach(async () => world.close());

const kill = (one: Identity): Promise<unknown> => stopTree(one, { graceMs: 0, graceful: 'none' });

async function soaking(soakMs: number): Promise<Generation> {
  world = createWorld({ profiles: [SHIPPED], soakMs });
  const generation = world.generation();
  await update(world, generation);
  await generation.until(({ view }) => view()?.phase === 'soaking');
  return generation;
}

function newest(): Identity {
  const app = world.launches.at(-1);
  if (!app) throw new Error('no app was started');
  return app;
}

it('a new app that ends without a word is started again before anything is committed', async () => {
  const generation = await soaking(1_500);
  await kill(newest());
  await generation.until(() => world.launches.length === 2);
  await generation.until(over);
  const receipt = generation.carry.receipt();
  expect(receipt?.outcome).toBe('committed');
  expect(receipt?.steps.map(({ name }) => name)).toContain('app-lost');
  expect(isAlive(newest())).toBe(true);
  expect(world.launches.length).toBe(2);
});

it('a new app that never stays is put back, with the gateways, and the receipt says why', async () => {
  const generation = await soaking(600_000);
  world.onLaunch = (which, identity, report) => {
    report(which === 'new app' ? NEW_BUILD : OLD_BUILD);
    if (which === 'new app') void kill(identity);
  };
  await kill(newest());
  await generation.until(over);
  const receipt = generation.carry.receipt();
  expect(receipt?.outcome).toBe('put-back');
  expect(receipt?.problem?.message).toBe(
    'Version 1.1.0 did not stay: its app ended 3 times soon after the update.',
  );
  expect(world.content()).toBe('old app');
  expect(world.gateways.get('shipped')?.build).toBe(OLD_BUILD);
  expect(world.gateways.get('shipped')?.pin).toMatchObject({ failedVersion: '1.1.0' });
  // The old one runs; three of the new version were started and no fourth.
  expect(isAlive(newest())).toBe(true);
  expect(world.launches.length).toBe(4);
});

it('an app that says that it ends is not started again, and shows nothing of its version', async () => {
  const generation = await soaking(1_000);
  generation.carry.appLeaving(newest());
  await kill(newest());
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('committed');
  expect(world.launches.length).toBe(1);
});

it('another process that says so means nothing', async () => {
  const generation = await soaking(1_500);
  generation.carry.appLeaving(world.app);
  await kill(newest());
  await generation.until(() => world.launches.length === 2);
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('committed');
});

it('an app that ended while no watcher looked is started again by the next one', async () => {
  const first = await soaking(600_000);
  first.kill();
  await kill(newest());
  const second = world.generation();
  await second.carry.recover();
  await second.until(() => world.launches.length === 2);
  await second.until(({ view }) => view()?.phase === 'soaking');
  expect(isAlive(newest())).toBe(true);
});
