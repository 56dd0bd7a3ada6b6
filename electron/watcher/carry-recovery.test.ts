/** What a full disk or an unreadable file left of an update: the truth is written later, and said. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { newestReceipt, unfinishedAttempt } from '../handoff/attempts.ts';
import { readReceipt } from '../handoff/receipt-file.ts';
import { systemClock } from '../process/index.ts';
import { over, update } from './test-carry-update.ts';
import { createWorld, FREED, SHIPPED, type World } from './test-carry-world.ts';

let world: World;
afterEach(async () => world.close());

/** Nothing but what is tried again after seconds comes sooner here. */
const hurried = {
  now: systemClock.now,
  after: (ms: number, callback: () => void) => systemClock.after(ms === 5_000 ? 10 : ms, callback),
};

it('a receipt that the disk did not take is written as soon as it does', async () => {
  world = createWorld({ profiles: [SHIPPED], clock: hurried });
  const { attempt } = world.plan;
  const { receipt: file } = world.state.attempt(attempt);
  // Nothing can be put in the place of a folder that is not empty.
  mkdirSync(`${file}/full`, { recursive: true });
  const generation = world.generation();
  await update(world, generation);
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('committed');
  expect(generation.carry.problem()?.message).toContain(`The receipt of update ${attempt}`);
  // The journal comes after it: until both are there, the attempt is not over for anyone else.
  expect(unfinishedAttempt(world.state)).toBe(attempt);
  rmSync(file, { recursive: true });
  await generation.until(({ problem }) => problem() === null);
  expect(readReceipt(world.state, attempt)).toEqual(generation.carry.receipt());
  expect(unfinishedAttempt(world.state)).toBeNull();
});

it('a receipt that was lost with its watcher is written by the next one from the journal', async () => {
  world = createWorld({ profiles: [SHIPPED] });
  const { attempt } = world.plan;
  const first = world.generation();
  await update(world, first);
  await first.until(over);
  const known = first.carry.receipt();
  first.kill();
  rmSync(world.state.attempt(attempt).receipt);
  const second = world.generation();
  expect(second.carry.receipt()).toBeNull();
  await second.carry.recover();
  expect(second.carry.receipt()).toEqual({
    ...known,
    at: expect.any(Number),
    committedAt: expect.any(Number),
    steps: expect.any(Array),
  });
  expect(readReceipt(world.state, attempt)?.outcome).toBe('committed');
});

it('an armed attempt whose plan can’t be read is set aside and said, and blocks nothing', async () => {
  world = createWorld({ profiles: [FREED] });
  const { attempt } = world.plan;
  const first = world.generation();
  first.carry.arm(attempt);
  await first.carry.release(attempt);
  first.kill();
  writeFileSync(world.state.attempt(attempt).plan, 'not a plan');
  const second = world.generation();
  await second.carry.recover();
  expect(second.carry.view()).toBeNull();
  expect(second.carry.receipt()).toMatchObject({ attempt, outcome: 'failed' });
  expect(second.carry.receipt()?.problem?.message).toContain('is damaged: it is not JSON');
  expect(newestReceipt(world.state)).toEqual(second.carry.receipt());
  expect(unfinishedAttempt(world.state)).toBeNull();
  // Kept for people.
  expect(readdirSync(world.state.attempt(attempt).folder).sort()).toEqual([
    'journal.jsonl.unreadable',
    'plan.json.unreadable',
    'receipt.json',
  ]);
  expect(existsSync(world.state.attempt(attempt).plan)).toBe(false);
});
