/** The rate that the user allows: how long is waited, and that every way of downloading keeps to it. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { signFeed } from '../../e2e/fixtures/release-keys.ts';
import type { Clock } from '../process/index.ts';
import { openFeedBench } from '../testing/feed-bench.ts';
import { createRateCap } from './rate-cap.ts';

const never = new AbortController().signal;

/** A clock that stands still but for what is waited for, and for `pass`. */
function standing(): { readonly clock: Clock; pass(ms: number): void } {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    after: (ms, run) => {
      queueMicrotask(() => {
        now += ms;
        run();
      });
      return () => undefined;
    },
  };
  return {
    clock,
    pass: (ms) => {
      now += ms;
    },
  };
}

it('the next piece is due when the ones before have taken their time', async () => {
  const { clock, pass } = standing();
  const cap = createRateCap(clock, () => 1_000);
  await cap(500, never);
  expect(clock.now()).toBe(500);
  await cap(250, never);
  expect(clock.now()).toBe(750);
  // A slow server has used the time already, and nothing is made up for.
  pass(5_000);
  await cap(100, never);
  expect(clock.now()).toBe(5_850);
});

it('without a limit nothing is waited for, and a limit that is set meanwhile counts', async () => {
  const { clock } = standing();
  let limit: number | null = null;
  const cap = createRateCap(clock, () => limit);
  await cap(1_000_000, never);
  expect(clock.now()).toBe(0);
  limit = 1_000;
  await cap(1_000, never);
  expect(clock.now()).toBe(1_000);
});

const bench = openFeedBench(async () => {
  writeFileSync(bench.at('Holdfast.AppImage'), randomBytes(300_000));
  await writeLatestYml(bench.served, { version: '1.1.0', file: 'Holdfast.AppImage' });
  await signFeed(bench.served);
});

it('a download asks for the limit after each piece, and ends at once when it is given up', async () => {
  const asked: number[] = [];
  const maxRate = (): number => {
    asked.push(asked.length);
    return 1_000_000;
  };
  await bench.take({ maxRate });
  expect(asked.length).toBeGreaterThan(1);

  const givenUp = new AbortController();
  const feed = bench.createFeed({
    maxRate: () => {
      givenUp.abort();
      return 1;
    },
  });
  writeFileSync(bench.at('Holdfast.AppImage'), randomBytes(300_000));
  await writeLatestYml(bench.served, { version: '1.2.0', file: 'Holdfast.AppImage' });
  await signFeed(bench.served);
  await feed.check();
  await expect(feed.download(() => undefined, givenUp.signal)).rejects.toThrow(
    'The download was cancelled.',
  );
});
