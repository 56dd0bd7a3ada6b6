/** A new version of Holdfast that serves, and stays only when its user says so. */
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
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
import type { JournalRecord, TransactionEvent } from '../../transaction/events.ts';
import { readJournal } from '../../transaction/journal.ts';
import { initialState, nextStep, phaseOf, reduceTransaction } from './machine.ts';

let world: World;
afterEach(async () => world.close());

const endApp = (one: Identity): Promise<unknown> => stopTree(one, { graceMs: 0, graceful: 'none' });
const isConfirming = (one: Generation['transactions']): boolean =>
  one.view()?.phase === 'confirming';

/** Up to the question; `confirmMs` from when everything was back. */
async function asked(confirmMs: number): Promise<Generation> {
  world = createWorld({ profiles: [shippedGateway], confirmMs });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isConfirming);
  return generation;
}

function expectOld(): void {
  expect(world.content()).toBe('old app');
  expect(world.gateways.get('shipped')?.build).toBe(OLD_BUILD);
  expect(existsSync(world.files().oldLink)).toBe(false);
}

/** The state after these events, each with the time `at`. */
function stateAfter(events: readonly TransactionEvent[]) {
  const records = events.map((event, n): JournalRecord => ({ seq: n, token: 1, at: n, event }));
  return records.reduce(reduceTransaction, initialState(world.plan));
}

describe('a new version that is to be kept by its user', () => {
  it('stays when it is kept, and only then is the way back removed', async () => {
    const generation = await asked(600_000);
    const { records } = readJournal(world.state.attempt(world.plan.attempt).journal);
    const back = records.find(({ event }) => event.type === 'back');
    expect(generation.transactions.view()?.deadline).toBe((back?.at ?? 0) + 600_000);
    expect(generation.transactions.receipt()?.outcome).toBe('back');
    expect(existsSync(world.files().oldLink)).toBe(true);
    generation.transactions.decide('new');
    await generation.until(isOver);
    const receipt = generation.transactions.receipt();
    expect(receipt).toMatchObject({ outcome: 'committed', problem: null });
    expect(receipt?.steps.map(({ name }) => name)).toContain('version-kept');
    expect(world.content()).toBe('new app');
    expect(existsSync(world.files().oldLink)).toBe(false);
  });

  it('goes back by itself when nobody answers in time: the gateways first, then the app [R150]', async () => {
    const generation = await asked(300);
    const [app] = world.launches;
    await generation.until(isOver);
    const receipt = generation.transactions.receipt();
    expect(receipt).toMatchObject({
      outcome: 'put-back',
      problem: {
        message: 'Version 1.1.0 was not kept within 0 min. Version 1.0.0 is back.',
        hint: 'Update again, and press Keep within that time.',
      },
      gateways: [{ id: 'shipped', result: 'restored', after: { build: OLD_BUILD } }],
    });
    expectOld();
    expect(app && isAlive(app)).toBe(false);
    expect(world.launches.length).toBe(2);
    expect(isAlive(world.newestApp())).toBe(true);
    // The next watcher of a later version does not bring it to the build that was not kept.
    expect(world.gateways.get('shipped')?.pin).toMatchObject({ failedVersion: '1.1.0' });
  });

  it('goes back at once when its user wants the old one', async () => {
    const generation = await asked(600_000);
    generation.transactions.decide('old');
    await generation.until(isOver);
    expect(generation.transactions.receipt()).toMatchObject({
      outcome: 'put-back',
      problem: { message: 'The old version was wanted back.' },
    });
    expectOld();
  });

  it('is decided about only while that is asked', async () => {
    world = createWorld({ profiles: [shippedGateway], soakMs: 600_000, confirmMs: 600_000 });
    const generation = world.generation();
    await runToAppEnd(world, generation);
    await generation.until((one) => one.view()?.phase === 'soaking');
    for (const version of ['new', 'old'] as const) {
      expect(() => generation.transactions.decide(version)).toThrow(
        'There is no new version to decide about.',
      );
    }
    expect(generation.transactions.view()?.deadline).toBeNull();
  });
});

describe('an app that its user has closed before the time was over', () => {
  it('is not opened again: the old version is there when it is wanted [R151]', async () => {
    const generation = await asked(1_000);
    generation.transactions.appLeaving(world.newestApp());
    await endApp(world.newestApp());
    await generation.until(isOver);
    expect(generation.transactions.receipt()?.outcome).toBe('put-back');
    expectOld();
    expect(world.launches.length).toBe(1);
  });

  it('and opened again gives way to the old one', async () => {
    const generation = await asked(2_000);
    generation.transactions.appLeaving(world.newestApp());
    await endApp(world.newestApp());
    const { identity: again } = world.launchApp();
    await generation.until(isOver);
    expectOld();
    expect(isAlive(again)).toBe(false);
    expect(world.launches.length).toBe(3);
    expect(isAlive(world.newestApp())).toBe(true);
  });
});

describe('a watcher that takes over while it is asked', () => {
  it('goes on asking, and takes the answer', async () => {
    const first = await asked(600_000);
    first.kill();
    const second = world.generation();
    await second.transactions.recover();
    await second.until(isConfirming);
    second.transactions.decide('new');
    await second.until(isOver);
    expect(second.transactions.receipt()?.outcome).toBe('committed');
  });

  it('goes back when the answer did not come, wherever the one before it was killed', async () => {
    const generation = await asked(300);
    await generation.until(isOver);
    const { records } = readJournal(world.state.attempt(world.plan.attempt).journal);
    const events = records.map(({ event }) => event);
    const from = events.findIndex(({ type }) => type === 'soaked');
    await world.close();
    for (let at = from; at < events.length; at += 1) {
      world = createWorld({ profiles: [shippedGateway], confirmMs: 300 });
      let killed = false;
      const first = world.generation((count, one) => {
        // The first record is the app's.
        if (count !== at) return;
        killed = true;
        one.kill();
      });
      await runToAppEnd(world, first);
      await first.until(() => killed);
      const second = world.generation();
      await second.transactions.recover();
      await second.until(isOver);
      expect(second.transactions.receipt()?.outcome, events[at]?.type).toBe('put-back');
      expectOld();
      await world.close();
    }
    world = createWorld({ profiles: [] });
  });
});

it('the journal alone says that the answer is waited for, and what it was', async () => {
  const generation = await asked(600_000);
  generation.transactions.decide('new');
  await generation.until(isOver);
  const { records } = readJournal(world.state.attempt(world.plan.attempt).journal);
  const events = records.map(({ event }) => event);
  const upTo = (type: TransactionEvent['type']) =>
    stateAfter(events.slice(0, events.findIndex((event) => event.type === type) + 1));
  expect([nextStep(upTo('back')).do, phaseOf(upTo('back'))]).toEqual(['soak', 'soaking']);
  expect([nextStep(upTo('soaked')).do, phaseOf(upTo('soaked'))]).toEqual(['confirm', 'confirming']);
  expect(nextStep(upTo('kept'))).toEqual({ do: 'finish', outcome: 'committed' });
  expect(newBuild).toBe(upTo('kept').next?.buildId);
});
