/** The next version is tried beside the running one, before anything is stopped. */

import { afterEach, expect, it } from 'vitest';
import {
  createWorld,
  freedGateway,
  isOver,
  newBuild,
  oneOfEach,
  runToAppEnd,
  type World,
} from '../../testing/update-world.ts';
import { newFileOf } from '../../transaction/plan.ts';

let world: World;
afterEach(() => world.close());

it('the new version is tried beside the running one, and the receipt says so [R115]', async () => {
  world = createWorld({ profiles: oneOfEach });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(world.gateway('shipped').rehearsed).toEqual([newBuild]);
  expect(world.gateway('freed').rehearsed).toEqual([]);
  const steps = generation.transactions.receipt()?.steps.map(({ name }) => name);
  expect(steps?.slice(0, 5)).toEqual(['prepared', 'armed', 'rehearsing', 'rehearsed', 'releasing']);
});

it('a new version that does not serve in its rehearsal stops nothing [R115]', async () => {
  world = createWorld({ profiles: oneOfEach });
  world.gateway('shipped').rehearsal = async () => 'It ended with exit code 4.';
  const { transactions } = world.generation();
  const { attempt } = world.plan;
  transactions.arm(attempt, newFileOf(world.plan).sha512);
  await expect(transactions.release(attempt)).rejects.toThrow('It ended with exit code 4.');
  await transactions.rollBack(attempt, { message: 'It ended with exit code 4.' });
  expect(transactions.receipt()?.outcome).toBe('put-back');
  for (const id of ['kept', 'shipped', 'freed']) expect(world.gateway(id).history).toEqual([]);
  expect(world.gateway('shipped').pin).toBeNull();
  const lines = transactions.receipt()?.gateways.map(({ result }) => result);
  expect(new Set(lines)).toEqual(new Set(['kept']));
});

it('a gateway whose profile says how is tried before it is released', async () => {
  const rehearsal = { command: 'x' };
  const released = { ...freedGateway, update: { policy: 'release', rehearsal } } as const;
  world = createWorld({ profiles: [released] });
  world.gateway('freed').rehearsal = async () => 'It ended with exit code 4.';
  const { transactions } = world.generation();
  transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
  await expect(transactions.release(world.plan.attempt)).rejects.toThrow('exit code 4');
  expect(world.gateway('freed').history).toEqual([]);
});

it('Cancel ends a rehearsal, and stops nothing', async () => {
  world = createWorld({ profiles: oneOfEach });
  const begun = Promise.withResolvers<void>();
  world.gateway('shipped').rehearsal = (_build, signal) =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve('It was cancelled.'));
      begun.resolve();
    });
  const { transactions } = world.generation();
  const { attempt } = world.plan;
  transactions.arm(attempt, newFileOf(world.plan).sha512);
  const released = expect(transactions.release(attempt)).rejects.toThrow('rolled back');
  await begun.promise;
  await transactions.rollBack(attempt, { message: 'You cancelled the update.' });
  await released;
  expect(transactions.receipt()).toMatchObject({
    outcome: 'put-back',
    problem: { message: 'You cancelled the update.' },
  });
  for (const id of ['kept', 'shipped', 'freed']) expect(world.gateway(id).history).toEqual([]);
});
