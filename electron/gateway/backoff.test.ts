import { describe, expect, it } from 'vitest';
import { afterFailure, afterHealth, afterStart, freshLadder, type Ladder } from './backoff.ts';

describe('the ladder of restarts', () => {
  it('begins at once, doubles to 30 s and stays there', () => {
    let ladder: Ladder = freshLadder;
    const delays: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      const step = afterFailure(ladder, 0, 0);
      delays.push(step.delayMs);
      ladder = step.ladder;
    }
    expect(delays).toEqual([0, 250, 500, 1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3, 30e3]);
  });

  it('adds at most a fifth by chance, and never to the first', () => {
    expect(afterFailure(freshLadder, 0, 0.999).delayMs).toBe(0);
    const { delayMs } = afterFailure({ failures: 20, starts: [] }, 0, 0.999);
    expect(delayMs).toBeGreaterThan(30_000);
    expect(delayMs).toBeLessThanOrEqual(36_000);
  });

  it('starts again at once after a healthy stretch', () => {
    const ladder = afterHealth({ failures: 9, starts: [1, 2] });
    expect(afterFailure(ladder, 100, 0).delayMs).toBe(0);
    expect(ladder.starts).toEqual([1, 2]);
  });

  it('keeps to 30 starts in any 10 minutes, even when every end follows a healthy stretch', () => {
    let ladder: Ladder = freshLadder;
    let now = 0;
    const starts: number[] = [];
    while (now < 3_600_000) {
      ladder = afterStart(ladder, now);
      starts.push(now);
      // Healthy, as far as the ladder knows, and gone at once: the worst for the budget.
      const step = afterFailure(afterHealth(ladder), now, 0);
      ladder = step.ladder;
      now += step.delayMs + 1;
    }
    for (const from of starts) {
      expect(starts.filter((at) => at >= from && at < from + 600_000).length).toBeLessThanOrEqual(
        30,
      );
    }
    expect(starts.length).toBeGreaterThan(100);
  });
});
