import { describe, expect, it } from 'vitest';
import { afterFailure, afterHealth, afterStart, type Backoff, freshBackoff } from './backoff.ts';

describe('the backoff schedule', () => {
  it('begins at once, doubles to 30 s and stays there', () => {
    let backoff: Backoff = freshBackoff;
    const delays: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      const step = afterFailure(backoff, 0, 0);
      delays.push(step.delayMs);
      backoff = step.backoff;
    }
    expect(delays).toEqual([0, 250, 500, 1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3, 30e3]);
  });

  it('adds at most a fifth of jitter, and none to the first', () => {
    expect(afterFailure(freshBackoff, 0, 0.999).delayMs).toBe(0);
    const { delayMs } = afterFailure({ failures: 20, starts: [] }, 0, 0.999);
    expect(delayMs).toBeGreaterThan(30_000);
    expect(delayMs).toBeLessThanOrEqual(36_000);
  });

  it('starts again at once after a healthy stretch', () => {
    const backoff = afterHealth({ failures: 9, starts: [1, 2] });
    expect(afterFailure(backoff, 100, 0).delayMs).toBe(0);
    expect(backoff.starts).toEqual([1, 2]);
  });

  it('keeps to 30 starts in any 10 minutes, even when every end follows a healthy stretch', () => {
    let backoff: Backoff = freshBackoff;
    let now = 0;
    const starts: number[] = [];
    while (now < 3_600_000) {
      backoff = afterStart(backoff, now);
      starts.push(now);
      // Healthy, as far as the schedule knows, and ended at once: the worst for the budget.
      const step = afterFailure(afterHealth(backoff), now, 0);
      backoff = step.backoff;
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
