import { expect, test } from 'vitest';
import { appendLines, emptyRing } from './log-ring.ts';
import { neighbour, positionsBase, spotOf } from './log-spot.ts';

const ring = appendLines(emptyRing, [
  { text: 'before it was rotated', end: 10, run: 0 },
  { text: 'one', end: 10, run: 1 },
  { text: 'two', end: 20, run: 1 },
]);

test('a line of the live file lies where that begins, plus its offset, until it is rotated', () => {
  expect(spotOf(ring, 110, { offset: 100, run: 1 })?.seq).toBe(1);
  expect(spotOf(ring, 120, { offset: 100, run: 1 })?.seq).toBe(2);
  expect(spotOf(ring, 110, { offset: 100, run: 2 })).toBeNull();
  expect(spotOf(ring, 20, positionsBase)?.seq).toBe(2);
  expect(spotOf(ring, 20, null)).toBeNull();
});

test('from line to line, and no further than the ends', () => {
  expect([1, -1, 0].map((by) => neighbour(ring, 1, by as 1 | -1 | 0)?.seq)).toEqual([2, 0, 1]);
  expect(neighbour(ring, 2, 1)?.seq).toBe(2);
  expect(neighbour(ring, 7, 1)).toBeNull();
});
