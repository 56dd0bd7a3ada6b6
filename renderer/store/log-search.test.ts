import { expect, test } from 'vitest';
import { appendLines, emptyRing } from './log-ring.ts';
import { createSearch, occurrences } from './log-search.ts';

const esc = String.fromCharCode(27);

test('finds lines without regard to case or colours, oldest first', () => {
  const ring = appendLines(emptyRing, [
    { text: 'Error: one' },
    { text: 'fine' },
    { text: `${esc}[31mer${esc}[0mror two` },
  ]);
  expect(
    createSearch('error')
      .find(ring)
      .map(({ seq }) => seq),
  ).toEqual([0, 2]);
  expect(createSearch('').find(ring)).toEqual([]);
});

test('matches keep their identity while their chunk does', () => {
  const lines = Array.from({ length: 150 }, (_, index) => ({ text: `hit ${index}` }));
  const search = createSearch('hit');
  const before = appendLines(emptyRing, lines);
  const first = search.find(before)[0];
  expect(search.find(appendLines(before, [{ text: 'hit' }]))[0]).toBe(first);
  expect(search.find(appendLines(before, [{ text: 'hit' }])).length).toBe(151);
});

test('says where a match begins', () => {
  expect(occurrences('Ack ack back', 'ACK')).toEqual([0, 4, 9]);
  expect(occurrences('aaaa', 'aa')).toEqual([0, 2]);
  expect(occurrences('text', '')).toEqual([]);
});
