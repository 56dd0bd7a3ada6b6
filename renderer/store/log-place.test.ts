import { expect, test } from 'vitest';
import { bounds, type Place, placeOf, withEarlier, withLater } from './log-place.ts';

const page = (from: number, to: number, more = {}) => ({
  set: 'a',
  lines: Array.from({ length: to - from }, (_, at) => ({
    offset: from + at,
    text: `at ${from + at}`,
  })),
  atBegin: false,
  atEnd: false,
  ...more,
});
const ends = (place: Place) =>
  place.ring.chunks.flatMap(({ lines }) => lines.map(({ end }) => end));
const numbers = (place: Place) =>
  place.ring.chunks.flatMap(({ lines }) => lines.map(({ seq }) => seq));

test('a place grows at both ends, in order, and what is there keeps its numbers', () => {
  const first = placeOf(page(500, 700));
  const known = numbers(first);
  const earlier = withEarlier(first, page(300, 500, { atBegin: true }));
  const both = withLater(earlier, page(700, 900, { atEnd: true }));
  expect(ends(both)).toEqual(Array.from({ length: 600 }, (_, at) => 300 + at));
  expect(numbers(both).slice(200, 400)).toEqual(known);
  expect(new Set(numbers(both)).size).toBe(600);
  expect(both).toMatchObject({ atBegin: true, atEnd: true });
  expect(bounds(both)).toEqual({ first: 300, last: 899 });
});

test('it stays bounded: what is far away at the other end is given up', () => {
  let place = placeOf(page(0, 300, { atBegin: true }));
  for (let at = 300; at < 9_000; at += 300) place = withLater(place, page(at, at + 300));
  expect(place.ring.size).toBeLessThanOrEqual(6_000);
  expect(place.atBegin).toBe(false);
  expect(bounds(place)?.last).toBe(8_999);
});

test('a page of another set of files is not joined to it', () => {
  const place = placeOf(page(500, 700));
  expect(withEarlier(place, page(300, 500, { set: 'b' }))).toBe(place);
  expect(withLater(place, page(700, 900, { set: 'b' }))).toBe(place);
});
