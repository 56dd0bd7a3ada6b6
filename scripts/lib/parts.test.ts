/** How much of the long lanes a machine has time for. */
import { expect, it } from 'vitest';
import { partOf } from '../../e2e/fixtures/part-of.ts';
import { partByTurns, slowerBy } from './parts.mjs';

it('only a slow machine takes smaller parts, and smaller ones the slower it is', () => {
  const seconds = [0, 600, 1_080, 1_350, 1_400, 1_900, 2_300, 4_000];
  expect(seconds.map(slowerBy)).toEqual([1, 1, 1, 1, 3, 4, 5, 8]);
});

it('the part of this minute is one of the list', () => {
  const all = ['a', 'b', 'c', 'd', 'e'];
  expect(partOf(all, partByTurns(5))).toHaveLength(1);
  expect(partOf(all, partByTurns(1))).toEqual(all);
});
