import { expect, test } from 'vitest';
import { newerCount, readOn } from './log-frozen.ts';
import { appendLines, emptyRing, gapText, maxLines, type Ring } from './log-ring.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({ text: `line ${from + at}` }));
const texts = (ring: Ring) => ring.chunks.flatMap((one) => one.lines.map(({ plain }) => plain));
const keys = (ring: Ring) => ring.chunks.map(({ key }) => key);

test('what is read stays the same, whatever comes and is dropped', () => {
  const frozen = appendLines(emptyRing, lines(0, 250));
  const before = texts(frozen);
  let live = frozen;
  for (let at = 250; at < 30_000; at += 500) live = appendLines(live, lines(at, at + 500));
  expect(texts(frozen)).toEqual(before);
  expect(newerCount(frozen, live)).toBe(live.next - 250);
});

test('read to its end, it goes on with the next lines, and its beginning stays', () => {
  const frozen = appendLines(emptyRing, lines(0, 250));
  const live = appendLines(frozen, lines(250, 1_000));
  const longer = readOn(frozen, live);
  expect(texts(longer)).toEqual(texts(live).slice(0, 650));
  expect(longer.chunks[0]).toBe(frozen.chunks[0]);
  expect(newerCount(longer, live)).toBe(350);
  const whole = readOn(longer, live);
  expect(texts(whole)).toEqual(texts(live));
  expect(whole.size).toBe(1_000);
  expect(readOn(whole, live)).toBe(whole);
  expect(new Set(keys(whole)).size).toBe(whole.chunks.length);
});

test('lines that were dropped meanwhile leave a mark where they are missing', () => {
  const frozen = appendLines(emptyRing, lines(0, 10));
  const live = appendLines(frozen, lines(10, 3 * maxLines));
  const longer = texts(readOn(frozen, live));
  expect(longer.slice(0, 11)).toEqual([...texts(frozen), gapText()]);
  expect(longer[11]).toBe(texts(live)[0]);
});

test('an unfinished line goes on in its place', () => {
  const frozen = appendLines(emptyRing, [{ text: 'one' }, { text: 'hal', open: true }]);
  const live = appendLines(frozen, [{ text: 'half' }, { text: 'two' }]);
  expect(newerCount(frozen, live)).toBe(1);
  expect(texts(readOn(frozen, live))).toEqual(['one', 'half', 'two']);
});

test('it never grows without end', () => {
  let frozen = appendLines(emptyRing, lines(0, 10));
  let live = frozen;
  for (let round = 0; round < 200; round += 1) {
    live = appendLines(live, lines(live.next, live.next + 300));
    frozen = readOn(frozen, live);
  }
  expect(frozen.size).toBeLessThanOrEqual(3 * maxLines + 400);
});
