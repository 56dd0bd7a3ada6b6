import { expect, test } from 'vitest';
import type { Clock } from '../process/index.ts';
import { noticeSleep } from './sleep-watch.ts';

/** A clock that fires when it is told to, and stands still in sleep as the system's does. */
function createWorld() {
  let now = 1_000;
  let asleep = 0;
  const timers: { readonly due: number; readonly act: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after: (ms, act) => {
      const timer = { due: now + ms, act };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  };
  return {
    clock,
    timers,
    up: () => now + asleep,
    sleep: (ms: number) => {
      asleep += ms;
    },
    run: (ms: number) => {
      now += ms;
      for (const timer of timers.filter(({ due }) => due <= now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.act();
      }
    },
  };
}

test('a sleep is noticed at the next timer, once, and no timer is made for it [R133]', () => {
  const world = createWorld();
  const slept: number[] = [];
  const clock = noticeSleep({
    clock: world.clock,
    up: world.up,
    onSlept: (ms) => slept.push(ms),
    onAwake: () => {},
  });
  expect(world.timers.length).toBe(0);
  let fired = 0;
  const again = (): void => {
    fired += 1;
    clock.after(10_000, again);
  };
  again();
  world.run(10_000);
  expect(slept).toEqual([]);
  world.sleep(3_600_000);
  world.run(10_000);
  world.run(10_000);
  expect(slept).toEqual([3_600_000]);
  expect(fired).toBe(4);
  // No more timers than the caller's own.
  expect(world.timers.length).toBe(1);
});
