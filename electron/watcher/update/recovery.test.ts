/** An update after a full disk or an unreadable file: the receipt is written later, and the problem reported. */

import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { type Identity, isAlive, stopTree, systemClock } from '../../process/index.ts';
import {
  createWorld,
  freedGateway,
  type Generation,
  isOver,
  newBuild,
  OLD_BUILD,
  runToAppEnd,
  shippedGateway,
  type World,
} from '../../testing/update-world.ts';
import { newestReceipt, readReceipt, unfinishedAttempt } from '../../transaction/attempts.ts';
import { newFileOf } from '../../transaction/plan.ts';

let world: World;
afterEach(async () => world.close());

/** Only the retries after some seconds come sooner here. */
const hurried = {
  now: systemClock.now,
  after: (ms: number, callback: () => void) => systemClock.after(ms === 5_000 ? 10 : ms, callback),
};

it('a receipt that a full disk did not accept is written as soon as there is room [R88]', async () => {
  world = createWorld({ profiles: [shippedGateway], clock: hurried });
  const { attempt } = world.plan;
  const { receipt: file } = world.state.attempt(attempt);
  // A folder that is not empty can't be replaced.
  mkdirSync(`${file}/full`, { recursive: true });
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('committed');
  expect(generation.transactions.problem()?.message).toContain(`The receipt of update ${attempt}`);
  // The journal comes after it: until both are written, the attempt is not over for other watchers.
  expect(unfinishedAttempt(world.state)).toBe(attempt);
  rmSync(file, { recursive: true });
  await generation.until((transactions) => transactions.problem() === null);
  expect(readReceipt(world.state, attempt)).toEqual(generation.transactions.receipt());
  expect(unfinishedAttempt(world.state)).toBeNull();
});

it('a receipt that was lost with its watcher is written by the next one from the journal [R88]', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  const { attempt } = world.plan;
  const first = world.generation();
  await runToAppEnd(world, first);
  await first.until(isOver);
  const known = first.transactions.receipt();
  first.kill();
  rmSync(world.state.attempt(attempt).receipt);
  const second = world.generation();
  expect(second.transactions.receipt()).toBeNull();
  await second.transactions.recover();
  expect(second.transactions.receipt()).toEqual({
    ...known,
    at: expect.any(Number),
    committedAt: expect.any(Number),
    steps: expect.any(Array),
  });
  expect(readReceipt(world.state, attempt)?.outcome).toBe('committed');
});

it('a receipt that a killed watcher had half written goes when the next one goes on [R144]', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  const { folder, receipt } = world.state.attempt(world.plan.attempt);
  const first = world.generation();
  first.transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
  first.kill();
  writeFileSync(`${receipt}.0123456789ab.tmp`, '{"schema":');
  const second = world.generation();
  await second.transactions.recover();
  expect(readdirSync(folder).sort()).toEqual(['journal.jsonl', 'plan.json']);
});

it('what ended with the machine before the update was installed is waited for, and said to run again [R149]', async () => {
  world = createWorld({
    profiles: [shippedGateway, { ...freedGateway, update: { policy: 'keep' } }],
  });
  const kept = world.gateways.get('freed');
  if (!kept) throw new Error('no gateway');
  const first = world.generation();
  first.transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
  first.kill();
  await world.endApp();
  kept.build = null;
  const second = world.generation();
  await second.transactions.recover();
  expect(second.transactions.view()?.phase).toBe('rolling-back');
  await expect.poll(() => kept.listeners.size > 0 || isOver(second.transactions)).toBe(true);
  expect(second.transactions.receipt()).toBeNull();
  kept.build = OLD_BUILD;
  kept.pid += 1;
  for (const listener of kept.listeners) listener();
  await second.until(isOver);
  const line = second.transactions.receipt()?.gateways.find(({ id }) => id === 'freed');
  expect(line).toMatchObject({ result: 'restored', after: { build: OLD_BUILD } });
});

it('a new app that its user started while the update was undone is ended for the old one [R146]', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  const shipped = world.gateways.get('shipped');
  if (shipped) shipped.fails = (build) => (build === newBuild ? 'broken' : undefined);
  const generation = world.generation();
  let users: Identity | undefined;
  world.onLaunch = (_, app, report) => {
    if (app === users) return;
    if (users && !isAlive(users)) return report(OLD_BUILD);
    // The old one finds an app that runs, which reports itself, and ends.
    users ??= world.launchApp().identity;
    generation.transactions.appStarted(newBuild, users);
    void stopTree(app, { graceMs: 0, graceful: 'none' });
  };
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  expect(generation.transactions.receipt()).toMatchObject({ outcome: 'put-back' });
  expect(users && isAlive(users)).toBe(false);
  expect(world.content()).toBe('old app');
});

/** App and watcher of an update that has renamed its file, and has not handed over. */
async function replaced(): Promise<void> {
  world = createWorld({ profiles: [shippedGateway, freedGateway] });
  const first = world.generation();
  first.transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
  await first.transactions.release(world.plan.attempt);
  world.replace();
  first.kill();
}

/** A user starts the new app, which starts its watcher, and that the gateway which ships with it. */
async function startAgain(): Promise<{ generation: Generation; users: Identity }> {
  const shipped = world.gateways.get('shipped');
  if (!shipped) throw new Error('no gateway');
  shipped.build = newBuild;
  shipped.pid = world.newPid();
  const generation = world.generation();
  const users = world.launchApp().identity;
  world.onLaunch = (_, app, report) => {
    if (app === users || isAlive(users)) generation.transactions.appStarted(newBuild, users);
    else report(OLD_BUILD);
    // There is one app at a time.
    if (app !== users && isAlive(users)) void stopTree(app, { graceMs: 0, graceful: 'none' });
  };
  await generation.transactions.recover();
  return { generation, users };
}

function expectBuilds(build: string): void {
  expect(world.gateways.get('shipped')?.build).toBe(build);
  expect(world.content()).toBe(build === newBuild ? 'new app' : 'old app');
  expect(existsSync(world.files().oldLink)).toBe(false);
}

it('a power cut right after the rename: the new version goes on in the app that its user has started [R153]', async () => {
  await replaced();
  await world.endApp();
  const { generation, users } = await startAgain();
  await generation.until(isOver);
  expect(generation.transactions.receipt()).toMatchObject({ outcome: 'committed', problem: null });
  expect(world.launches).toEqual([users]);
  expect(isAlive(users)).toBe(true);
  expectBuilds(newBuild);
});

const reasons: readonly [string, () => Promise<void>][] = [
  [
    'whose new file is not the one that was verified',
    async () => appendFileSync(world.files().appFile, '!'),
  ],
  [
    'that was being rolled back already',
    async () => {
      // The app still runs, and has its file to put back.
      const second = world.generation();
      await second.transactions.recover();
      expect(second.transactions.view()?.phase).toBe('rolling-back');
      second.kill();
    },
  ],
];

it.each(reasons)(
  'a power cut after the rename of an update %s: the new app and its gateway give way to the old [R153]',
  async (_, happens) => {
    await replaced();
    await happens();
    await world.endApp();
    const { generation, users } = await startAgain();
    await generation.until(isOver);
    expect(generation.transactions.receipt()).toMatchObject({ outcome: 'put-back' });
    expect(isAlive(users)).toBe(false);
    expectBuilds(OLD_BUILD);
  },
  60_000,
);

it('an armed attempt whose plan can’t be read is set aside and reported, and blocks nothing [R85]', async () => {
  world = createWorld({ profiles: [freedGateway] });
  const { attempt } = world.plan;
  const first = world.generation();
  first.transactions.arm(attempt, newFileOf(world.plan).sha512);
  await first.transactions.release(attempt);
  first.kill();
  writeFileSync(world.state.attempt(attempt).plan, 'not a plan');
  const second = world.generation();
  await second.transactions.recover();
  expect(second.transactions.view()).toBeNull();
  expect(second.transactions.receipt()).toMatchObject({ attempt, outcome: 'failed' });
  expect(second.transactions.receipt()?.problem?.message).toContain('is damaged: it is not JSON');
  expect(newestReceipt(world.state)).toEqual(second.transactions.receipt());
  expect(unfinishedAttempt(world.state)).toBeNull();
  // It is kept for people.
  expect(readdirSync(world.state.attempt(attempt).folder).sort()).toEqual([
    'journal.jsonl.unreadable',
    'plan.json.unreadable',
    'receipt.json',
  ]);
  expect(existsSync(world.state.attempt(attempt).plan)).toBe(false);
});
