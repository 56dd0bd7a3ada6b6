import { describe, expect, it } from 'vitest';
import { rememberStart, startLimitMs } from './past-starts.ts';

describe('the limit for the next start', () => {
  it('is four times the slowest of the past starts', () => {
    expect(startLimitMs([1_000, 200_000, 3_000], 60_000)).toBe(800_000);
  });

  it('is never below what the profile allows', () => {
    expect(startLimitMs([12], 60_000)).toBe(60_000);
    expect(startLimitMs([], 60_000)).toBe(60_000);
  });
});

describe('past starts', () => {
  it('keep the last ten, oldest first', () => {
    let past: readonly number[] = [];
    for (let took = 1; took <= 12; took += 1) past = rememberStart(past, took);
    expect(past).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('leave out a time that can be none', () => {
    expect(rememberStart([5], Number.NaN)).toEqual([5]);
    expect(rememberStart([5], -1)).toEqual([5]);
    expect(rememberStart([5], 1e12)).toEqual([5]);
    expect(rememberStart([5], 6.4)).toEqual([5, 6]);
  });
});
