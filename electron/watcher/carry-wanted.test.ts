/** Every gateway that was wanted is in the receipt and looked after as ever, whatever it was before. */
import { afterEach, expect, it } from 'vitest';
import type { ReceiptGateway } from '../contract/receipt.ts';
import { over, update } from './test-carry-update.ts';
import {
  createWorld,
  FREED,
  type Generation,
  type MemoryGateway,
  NEW_BUILD,
  OLD_BUILD,
  SHIPPED,
  type World,
} from './test-carry-world.ts';

const KEPT = {
  schema: 1,
  id: 'kept',
  name: 'Kept',
  program: { type: 'command', command: 'x' },
} as const;
/** What the plan says of one that is wanted and does not serve. */
const FAILING = { wasRunning: false, wanted: true, identity: null, build: null };

let world: World;
afterEach(async () => world.close());

function gateway(id: string): MemoryGateway {
  const found = world.gateways.get(id);
  if (!found) throw new Error(id);
  return found;
}

function fails(id: string, why: string): void {
  Object.assign(gateway(id), { build: null, trouble: why, fails: () => why });
}

function lineOf({ carry }: Generation, id: string): ReceiptGateway | undefined {
  return carry.receipt()?.gateways.find((one) => one.id === id);
}

it('one that was failing when it was stopped for the update is started as ever afterwards', async () => {
  world = createWorld({ profiles: [FREED, KEPT], planned: { freed: FAILING } });
  fails('freed', 'Its port is held by nginx.');
  const generation = world.generation();
  await update(world, generation);
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('committed');
  expect(gateway('freed').released).toBe(false);
  expect(gateway('freed').history).toEqual([`start ${OLD_BUILD}`]);
  expect(lineOf(generation, 'freed')).toMatchObject({
    result: 'down',
    problem: {
      message:
        'Freed did not serve when the update began, and does not yet. Its port is held by nginx.',
    },
  });
});

it('one that was failing and runs after the update is told to be back', async () => {
  world = createWorld({ profiles: [FREED], planned: { freed: FAILING } });
  Object.assign(gateway('freed'), { build: null, trouble: 'It crashed.' });
  const generation = world.generation();
  await update(world, generation);
  await generation.until(over);
  expect(lineOf(generation, 'freed')).toMatchObject({
    result: 'restored',
    before: null,
    after: { identity: { pid: gateway('freed').pid } },
  });
  expect(lineOf(generation, 'freed')).not.toHaveProperty('problem');
});

it('one that was failing is started as ever also when the update is undone', async () => {
  world = createWorld({ profiles: [FREED, KEPT], planned: { freed: FAILING } });
  fails('freed', 'It crashed.');
  const { carry } = world.generation();
  carry.arm(world.plan.attempt);
  await carry.release(world.plan.attempt);
  expect(gateway('freed').released).toBe(true);
  await carry.putBack(world.plan.attempt, { message: 'You cancelled the update.' });
  expect(carry.receipt()?.outcome).toBe('put-back');
  expect(gateway('freed').released).toBe(false);
  expect(carry.receipt()?.gateways.find(({ id }) => id === 'freed')?.result).toBe('down');
});

it('one that ships and was failing gets the new build, and is no reason to undo the update', async () => {
  world = createWorld({ profiles: [SHIPPED], planned: { shipped: FAILING } });
  fails('shipped', 'It crashed.');
  const generation = world.generation();
  await update(world, generation);
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('committed');
  expect(gateway('shipped').history).toEqual([`start ${NEW_BUILD}`]);
  expect(gateway('shipped').released).toBe(false);
  expect(lineOf(generation, 'shipped')?.result).toBe('down');
});

it('one that others run is left alone and named', async () => {
  world = createWorld({ profiles: [SHIPPED, KEPT], planned: { shipped: FAILING, kept: FAILING } });
  for (const id of ['shipped', 'kept']) Object.assign(gateway(id), { external: true });
  const generation = world.generation();
  await update(world, generation);
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('committed');
  for (const id of ['shipped', 'kept']) {
    expect(lineOf(generation, id)).toMatchObject({ result: 'kept', after: null });
    expect(gateway(id).history).toEqual([]);
  }
});

it('one that could not be brought back is tried again as ever, after the receipt says so', async () => {
  world = createWorld({ profiles: [FREED] });
  gateway('freed').fails = () => 'Its disk is gone.';
  const generation = world.generation();
  await update(world, generation);
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('failed');
  await generation.until(() => !gateway('freed').released);
  expect(gateway('freed').trouble).toBe('Its disk is gone.');
});

it('one that nobody wanted is not in the receipt', async () => {
  const planned = { freed: { ...FAILING, wanted: false } };
  world = createWorld({ profiles: [FREED], planned });
  Object.assign(gateway('freed'), { build: null, desired: 'stopped' });
  const generation = world.generation();
  await update(world, generation);
  await generation.until(over);
  expect(generation.carry.receipt()?.gateways).toEqual([]);
  expect(gateway('freed').history).toEqual([]);
});
