import { expect, test } from 'vitest';
import { newestThatFit } from './frames.ts';

test('an answer is cut until it fits: the newest lines stay, control characters count as they travel [R30]', () => {
  const plain = Array.from({ length: 100 }, (_, offset) => ({ offset, text: 'x'.repeat(1000) }));
  expect(newestThatFit(plain, 200_000)).toEqual(plain);
  const binary = plain.map(({ offset }) => ({ offset, text: '\u0000\u001b'.repeat(500) }));
  const cut = newestThatFit(binary, 200_000);
  expect(cut.length).toBeGreaterThan(30);
  expect(JSON.stringify(cut).length).toBeLessThanOrEqual(200_000);
  expect(cut.at(-1)?.offset).toBe(99);
  expect(newestThatFit(binary, 10)).toEqual([]);
});
