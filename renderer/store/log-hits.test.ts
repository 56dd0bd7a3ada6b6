import { expect, test } from 'vitest';
import { firstHit, noHits, numberOf, stepFrom, withNewer } from './log-hits.ts';

const hits = { count: 3, at: [10, 20, 30] };

test('the next hit is the one after, and beyond the last comes the first', () => {
  expect([10, 20, 30].map((at) => stepFrom(hits, at, 1))).toEqual([20, 30, 10]);
  expect([10, 20, 30].map((at) => stepFrom(hits, at, -1))).toEqual([30, 10, 20]);
  expect(stepFrom(hits, 25, 1)).toBe(30);
  expect(stepFrom(hits, 25, -1)).toBe(20);
  expect(stepFrom(hits, null, 1)).toBe(10);
  expect(stepFrom(noHits, 10, 1)).toBeNull();
});

test('a hit has its number among all, also among those whose places are not known', () => {
  expect(numberOf(hits, 20)).toBe(2);
  expect(numberOf(hits, 21)).toBeNull();
  expect(numberOf({ count: 103, at: [10, 20, 30] }, 30)).toBe(103);
});

test('a search begins at what is read, or else at the newest', () => {
  expect(firstHit(hits, 15)).toBe(20);
  expect(firstHit(hits, 31)).toBe(30);
  expect(firstHit(hits, null)).toBe(30);
  expect(firstHit(noHits, 5)).toBeNull();
});

test('what is found later is added, and bounded', () => {
  expect(withNewer(hits, { count: 1, at: [40] })).toEqual({ count: 4, at: [10, 20, 30, 40] });
  expect(withNewer(hits, noHits)).toBe(hits);
  const many = { count: 90_000, at: Array.from({ length: 90_000 }, (_, at) => at) };
  const more = withNewer(many, { count: 20_000, at: many.at.slice(0, 20_000) });
  expect(more.count).toBe(110_000);
  expect(more.at.length).toBe(50_000);
});
