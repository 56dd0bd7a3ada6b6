/** The gateways during the soak: one that does not stay takes the new version back with it, if an update touched it. */
import { afterEach, expect, it } from 'vitest';
import {
  createWorld,
  type Generation,
  isOver,
  newBuild,
  OLD_BUILD,
  oneOfEach,
  runToAppEnd,
  type World,
} from '../../testing/update-world.ts';

let world: World;
afterEach(async () => world.close());

/** `id` ends in the soak, and is started again. */
async function endsInTheSoak(id: string): Promise<Generation> {
  world = createWorld({ profiles: oneOfEach, soakMs: 600_000 });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until((transactions) => transactions.view()?.phase === 'soaking');
  world.gateway(id).restarts += 1;
  world.gateway(id).pid += 1;
  for (const listener of world.gateway(id).listeners) listener();
  await generation.until(isOver);
  return generation;
}

it('an update is undone when a gateway that it has replaced ends [F12, F26, R87]', async () => {
  const { transactions } = await endsInTheSoak('shipped');
  const receipt = transactions.receipt();
  expect(receipt?.outcome).toBe('put-back');
  expect(receipt?.problem?.message).toContain('Shipped');
  expect(receipt?.gateways.find(({ id }) => id === 'shipped')?.result).toBe('restored');
  for (const one of world.gateways.values()) expect(one.build).toBe(OLD_BUILD);
  // It keeps to that build, whatever a later watcher brings.
  expect(world.gateway('shipped').pin).toMatchObject({
    build: OLD_BUILD,
    version: '1.0.0',
    failedVersion: '1.1.0',
    reason: receipt?.problem?.message,
  });
  expect(world.content()).toBe('old app');
  expect(world.launches.length).toBe(2);
});

it('an update is undone when a gateway that was stopped for it ends', async () => {
  const { transactions } = await endsInTheSoak('freed');
  expect(transactions.receipt()?.outcome).toBe('put-back');
  expect(world.gateway('shipped').build).toBe(OLD_BUILD);
  expect(world.content()).toBe('old app');
});

it('an update fails, and its version stays, when a gateway that it left alone ends', async () => {
  const { transactions } = await endsInTheSoak('kept');
  expect(transactions.receipt()?.outcome).toBe('failed');
  expect(world.content()).toBe('new app');
  expect(world.gateway('shipped').build).toBe(newBuild);
});

it('an update that is committed unpins gateways from the build of an earlier update [R87, R95]', async () => {
  world = createWorld({ profiles: oneOfEach });
  const names = { bundle: 'bundle-0123456789abcdef', runtime: 'runtime-0123456789abcdef' };
  const words = { version: '0.9.0', failedVersion: '1.0.0', reason: 'It died.' };
  world.gateway('shipped').pin = { build: 'older', ...words, ...names };
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(world.gateway('shipped').pin).toBeNull();
});
