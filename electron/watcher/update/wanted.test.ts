/** Every gateway that was wanted is in the receipt, and is supervised as before, whatever its state was. */

import { afterEach, expect, it } from 'vitest';
import type { ReceiptGateway } from '../../contract/receipt.ts';
import {
  createWorld,
  freedGateway,
  type Generation,
  isOver,
  keptGateway,
  newBuild,
  OLD_BUILD,
  runToAppEnd,
  shippedGateway,
  type World,
} from '../../testing/update-world.ts';
import { newFileOf } from '../../transaction/plan.ts';

/** The plan's entry of a gateway that is wanted and does not serve. */
const failingGateway = { wasRunning: false, wanted: true, identity: null, build: null };

let world: World;
afterEach(async () => world.close());

function fails(id: string, why: string): void {
  Object.assign(world.gateway(id), { build: null, trouble: why, fails: () => why });
}

function lineOf({ transactions }: Generation, id: string): ReceiptGateway | undefined {
  return transactions.receipt()?.gateways.find((one) => one.id === id);
}

it('a gateway that was failing when the update stopped it is started as usual afterwards [R86, U1]', async () => {
  world = createWorld({
    profiles: [freedGateway, keptGateway],
    planned: { freed: failingGateway },
  });
  fails('freed', 'Its port is held by nginx.');
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('committed');
  expect(world.gateway('freed').released).toBe(false);
  expect(world.gateway('freed').history).toEqual([`start ${OLD_BUILD}`]);
  expect(lineOf(generation, 'freed')).toMatchObject({
    result: 'down',
    problem: {
      message:
        'Freed did not serve when the update began, and does not yet. Its port is held by nginx.',
    },
  });
});

it('a gateway that was failing and runs after the update is reported as back', async () => {
  world = createWorld({ profiles: [freedGateway], planned: { freed: failingGateway } });
  Object.assign(world.gateway('freed'), { build: null, trouble: 'It crashed.' });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(lineOf(generation, 'freed')).toMatchObject({
    result: 'restored',
    before: null,
    after: { identity: { pid: world.gateway('freed').pid } },
  });
  expect(lineOf(generation, 'freed')).not.toHaveProperty('problem');
});

it('a gateway that was failing is started as usual also when the update is rolled back [R86]', async () => {
  world = createWorld({
    profiles: [freedGateway, keptGateway],
    planned: { freed: failingGateway },
  });
  fails('freed', 'It crashed.');
  const { transactions } = world.generation();
  transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
  await transactions.release(world.plan.attempt);
  expect(world.gateway('freed').released).toBe(true);
  await transactions.rollBack(world.plan.attempt, { message: 'You cancelled the update.' });
  expect(transactions.receipt()?.outcome).toBe('put-back');
  expect(world.gateway('freed').released).toBe(false);
  expect(transactions.receipt()?.gateways.find(({ id }) => id === 'freed')?.result).toBe('down');
});

it('a shipped gateway that was failing gets the new build, and is no reason for a roll-back', async () => {
  world = createWorld({ profiles: [shippedGateway], planned: { shipped: failingGateway } });
  fails('shipped', 'It crashed.');
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('committed');
  expect(world.gateway('shipped').history).toEqual([`start ${newBuild}`]);
  expect(world.gateway('shipped').released).toBe(false);
  expect(lineOf(generation, 'shipped')?.result).toBe('down');
});

it('a gateway that others run is left alone and named [R86]', async () => {
  world = createWorld({
    profiles: [shippedGateway, keptGateway],
    planned: { shipped: failingGateway, kept: failingGateway },
  });
  for (const id of ['shipped', 'kept']) Object.assign(world.gateway(id), { external: true });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('committed');
  for (const id of ['shipped', 'kept']) {
    expect(lineOf(generation, id)).toMatchObject({ result: 'kept', after: null });
    expect(world.gateway(id).history).toEqual([]);
  }
});

it('a gateway that could not be brought back is tried again as usual, and the receipt says so', async () => {
  world = createWorld({ profiles: [freedGateway] });
  world.gateway('freed').fails = () => 'Its disk is gone.';
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('failed');
  await generation.until(() => !world.gateway('freed').released);
  expect(world.gateway('freed').trouble).toBe('Its disk is gone.');
});

it('a gateway that the user did not want is not in the receipt', async () => {
  const planned = { freed: { ...failingGateway, wanted: false } };
  world = createWorld({ profiles: [freedGateway], planned });
  Object.assign(world.gateway('freed'), { build: null, desired: 'stopped' });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.gateways).toEqual([]);
  expect(world.gateway('freed').history).toEqual([]);
});
