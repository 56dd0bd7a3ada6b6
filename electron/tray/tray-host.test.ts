import { expect, test } from 'vitest';
import type { Clock } from '../process/index.ts';
import { followTrayHost } from './tray-host.ts';

/** A clock that is moved by hand. */
function handClock() {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  return {
    clock,
    waits: () => timers.length,
    async pass(ms: number) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { run } of due) run();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a tray that comes late is found, and then it is no longer looked for', async () => {
  const { clock, pass, waits } = handClock();
  const answers = [false, false, true];
  const found: boolean[] = [];
  followTrayHost({
    ask: async () => answers.shift() ?? false,
    found: (shown) => found.push(shown),
    clock,
  });
  await pass(1_000);
  expect(found).toEqual([false]);
  await pass(3_000);
  await pass(10_000);
  expect(found).toEqual([false, false, true]);
  expect(waits()).toBe(0);
});

test('a desktop that does not answer in time is believed to be as it was', async () => {
  const { clock, pass } = handClock();
  let answer: Promise<boolean> = Promise.resolve(false);
  const host = followTrayHost({ ask: () => answer, found: () => undefined, clock });
  await expect(host.look()).resolves.toBe(false);
  answer = new Promise(() => undefined);
  const late = host.look();
  await pass(500);
  await expect(late).resolves.toBe(false);
});

test('after its end nothing is found, and no timer is left', async () => {
  const { clock, pass, waits } = handClock();
  const found: boolean[] = [];
  const host = followTrayHost({
    ask: async () => true,
    found: (shown) => found.push(shown),
    clock,
  });
  host.close();
  await pass(60_000);
  expect(found).toEqual([]);
  expect(waits()).toBe(0);
});
