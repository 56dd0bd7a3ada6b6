import { expect, test } from 'vitest';
import { appendLines, chunkLines, emptyRing, maxLines, type Ring, ringText } from './log-ring.ts';

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: `line ${from + index}` }));

function flat(ring: Ring): string[] {
  return ring.chunks.flatMap((chunk) => chunk.lines.map(({ plain }) => plain));
}

test('keeps what was appended, in order, with rising numbers', () => {
  let ring = emptyRing;
  for (let at = 0; at < 1_000; at += 37) ring = appendLines(ring, lines(at, 37));
  const seqs = ring.chunks.flatMap((chunk) => chunk.lines.map(({ seq }) => seq));
  expect(seqs).toEqual(seqs.map((_, index) => index));
  expect(flat(ring)[999]).toBe('line 999');
  expect(ring.size).toBe(flat(ring).length);
});

test('never holds more than its bound, and always the newest', () => {
  let ring = emptyRing;
  for (let at = 0; at < 20_000; at += 333) {
    ring = appendLines(ring, lines(at, 333));
    expect(ring.size).toBeLessThanOrEqual(maxLines);
    expect(ring.size).toBe(flat(ring).length);
  }
  expect(ring.size).toBeGreaterThan(maxLines - chunkLines);
  expect(flat(ring).at(-1)).toBe(`line ${ring.next - 1}`);
});

test('a burst larger than the bound leaves its end', () => {
  const ring = appendLines(appendLines(emptyRing, lines(0, 10)), lines(10, 3 * maxLines));
  expect(ring.size).toBeLessThanOrEqual(maxLines);
  expect(flat(ring).at(-1)).toBe(`line ${3 * maxLines + 9}`);
  expect(ring.next).toBe(3 * maxLines + 10);
});

test('full chunks keep their identity, so that only the end is drawn again', () => {
  const before = appendLines(emptyRing, lines(0, 2 * chunkLines + 10));
  const after = appendLines(before, lines(2 * chunkLines + 10, 1));
  expect(after.chunks[0]).toBe(before.chunks[0]);
  expect(after.chunks[1]).toBe(before.chunks[1]);
  expect(after.chunks[2]).not.toBe(before.chunks[2]);
  expect(after.chunks[2]?.key).toBe(before.chunks[2]?.key);
});

test('nothing new is the very same ring', () => {
  expect(appendLines(emptyRing, [])).toBe(emptyRing);
});

test('text for the clipboard is without colours', () => {
  const esc = String.fromCharCode(27);
  const ring = appendLines(emptyRing, [{ text: `${esc}[31mred${esc}[0m` }, { text: 'plain' }]);
  expect(ringText(ring)).toBe('red\nplain');
});
