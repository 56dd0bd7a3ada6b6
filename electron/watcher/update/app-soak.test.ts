/** The new app during the soak: it stays up, is started again, or its version is rolled back. */
import { afterEach, expect, it } from 'vitest';
import type { Identity } from '../../contract/identity.ts';
import { isAlive, stopTree } from '../../process/index.ts';
import {
  createWorld,
  type Generation,
  isOver,
  newBuild,
  OLD_BUILD,
  runToAppEnd,
  shippedGateway,
  type World,
} from '../../testing/update-world.ts';

let world: World;
afterEach(async () => world.close());

const kill = (one: Identity): Promise<unknown> => stopTree(one, { graceMs: 0, graceful: 'none' });

async function soaking(soakMs: number): Promise<Generation> {
  world = createWorld({ profiles: [shippedGateway], soakMs });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until((transactions) => transactions.view()?.phase === 'soaking');
  return generation;
}

it('a new app that ends unannounced is started again before anything is committed [R89]', async () => {
  const generation = await soaking(1_500);
  await kill(world.newestApp());
  await generation.until(() => world.launches.length === 2);
  await generation.until(isOver);
  const receipt = generation.transactions.receipt();
  expect(receipt?.outcome).toBe('committed');
  expect(receipt?.steps.map(({ name }) => name)).toContain('app-lost');
  expect(isAlive(world.newestApp())).toBe(true);
  expect(world.launches.length).toBe(2);
});

it('a new app that never stays up is rolled back, with the gateways, and the receipt says why [R89]', async () => {
  const generation = await soaking(600_000);
  world.onLaunch = (which, identity, report) => {
    report(which === 'new app' ? newBuild : OLD_BUILD);
    if (which === 'new app') void kill(identity);
  };
  await kill(world.newestApp());
  await generation.until(isOver);
  const receipt = generation.transactions.receipt();
  expect(receipt?.outcome).toBe('put-back');
  expect(receipt?.problem?.message).toBe(
    'Version 1.1.0 did not stay: its app ended 3 times soon after the update.',
  );
  expect(world.content()).toBe('old app');
  expect(world.gateways.get('shipped')?.build).toBe(OLD_BUILD);
  expect(world.gateways.get('shipped')?.pin).toMatchObject({ failedVersion: '1.1.0' });
  // The old app runs; the new one was started three times, and not a fourth time.
  expect(isAlive(world.newestApp())).toBe(true);
  expect(world.launches.length).toBe(4);
});

it('an app that announces its end is not started again, and its end is no sign of a bad version [R89]', async () => {
  const generation = await soaking(1_000);
  generation.transactions.appLeaving(world.newestApp());
  await kill(world.newestApp());
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('committed');
  expect(world.launches.length).toBe(1);
});

it('the same announcement by another process is ignored', async () => {
  const generation = await soaking(1_500);
  generation.transactions.appLeaving(world.app);
  await kill(world.newestApp());
  await generation.until(() => world.launches.length === 2);
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('committed');
});

it('an app that ended while no watcher ran is started again by the next one', async () => {
  const first = await soaking(600_000);
  first.kill();
  await kill(world.newestApp());
  const second = world.generation();
  await second.transactions.recover();
  await second.until(() => world.launches.length === 2);
  await second.until((transactions) => transactions.view()?.phase === 'soaking');
  expect(isAlive(world.newestApp())).toBe(true);
});
