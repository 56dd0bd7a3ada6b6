/** How a mirror goes on when it can't read what its watcher says. */
import { expect, test } from 'vitest';
import type { Patch, Snapshot } from '../contract/snapshot.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { watcherWith } from '../testing/app-states.ts';
import { handClock } from '../testing/hand-clock.ts';
import { mirrorWatcher } from './mirror.ts';

const state = watcherWith([]);

/** A line whose answers and patches the test gives by hand. */
async function openMirror() {
  let answer = (): Promise<Snapshot<WatcherState>> => Promise.resolve({ revision: 0, state });
  let asked = 0;
  let hear: (patch: Patch) => void = () => {};
  const closers: (() => void)[] = [];
  const { clock, waits, pass } = handClock();
  const connection = {
    call: () => {
      asked += 1;
      return answer();
    },
    on: (_: 'patch', listener: (patch: Patch) => void) => {
      hear = listener;
      return () => {};
    },
    onClose: (listener: () => void) => closers.push(listener),
    close: () => {},
  };
  const changes: (number | null)[] = [];
  const faults: unknown[] = [];
  // Only what a mirror uses of it.
  const mirror = await mirrorWatcher(connection as unknown as WatcherConnection, {
    clock,
    onChange: () => changes.push(mirror.staleSince()),
    onStale: (error) => faults.push(error),
  });
  return {
    mirror,
    changes,
    faults,
    waits,
    asked: () => asked,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
    patch: (patch: Patch) => hear(patch),
    hangUp: () => {
      for (const close of closers) close();
    },
    async passTime() {
      pass();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

const missed: Patch = { revision: 9, changes: [] };
const refused = () => Promise.reject(new Error('It does not fit.'));

test('a state that can’t be read is old since then, asked for again, and then current [R28]', async () => {
  const line = await openMirror();
  line.answerWith(refused);
  const before = Date.now();
  line.patch(missed);
  await expect.poll(() => line.mirror.staleSince()).toBeGreaterThanOrEqual(before);
  const since = line.mirror.staleSince();
  expect(line.mirror.state()).toEqual(state);
  await line.passTime();
  expect(line.asked()).toBe(3);
  expect(line.mirror.staleSince()).toBe(since);
  expect(line.faults).toHaveLength(1);

  const next = { ...state, problems: [{ message: 'The disk is full.' }] };
  line.answerWith(() => Promise.resolve({ revision: 10, state: next }));
  await line.passTime();
  expect(line.mirror.staleSince()).toBeNull();
  expect(line.mirror.state()).toEqual(next);
  expect(line.changes.at(-1)).toBeNull();
  line.patch({ revision: 11, changes: [{ path: ['problems'], value: [] }] });
  expect(line.mirror.state().problems).toEqual([]);
  expect(line.waits.size).toBe(0);
});

test('a line that was hung up on is not asked again', async () => {
  const line = await openMirror();
  line.answerWith(refused);
  line.patch(missed);
  line.hangUp();
  await line.passTime();
  expect(line.waits.size).toBe(0);
  expect(line.mirror.staleSince()).toBeNull();
});
