import { expect, test } from 'vitest';
import {
  appendLines,
  chunkLines,
  emptyRing,
  gapText,
  type NewLine,
  type Ring,
} from './log-ring.ts';

const flat = (ring: Ring) => ring.chunks.flatMap(({ lines }) => lines);
const texts = (ring: Ring) => flat(ring).map(({ plain }) => plain);
const grown = (...steps: NewLine[][]) => steps.reduce<Ring>(appendLines, emptyRing);

test('a line without an end is shown, and is replaced when it goes on [R46]', () => {
  const waiting = grown([{ text: 'one' }], [{ text: 'Enter ', open: true }]);
  expect(texts(waiting)).toEqual(['one', 'Enter ']);
  const more = appendLines(waiting, [{ text: 'Enter code', open: true }]);
  expect(texts(more)).toEqual(['one', 'Enter code']);
  const done = appendLines(more, [{ text: 'Enter code: 7' }, { text: 'next' }]);
  expect(texts(done)).toEqual(['one', 'Enter code: 7', 'next']);
  expect(flat(done).map(({ seq }) => seq)).toEqual([0, 1, 2]);
  expect(done.size).toBe(3);
});

test('states of one line that come together are one line', () => {
  const ring = grown([{ text: '1 %', open: true }, { text: '2 %', open: true }, { text: 'done' }]);
  expect(texts(ring)).toEqual(['done']);
  expect(ring.next).toBe(1);
});

test('after a gap no line continues the one before', () => {
  const ring = grown(
    [{ text: 'half', open: true }],
    [{ text: gapText(), gap: true }, { text: 'new' }],
  );
  expect(texts(ring)).toEqual(['half', gapText(), 'new']);
});

test('a line that fills its chunk goes on in it', () => {
  const full = Array.from({ length: chunkLines - 1 }, (_, at) => ({ text: `line ${at}` }));
  const ring = grown(
    full,
    [{ text: 'half', open: true }],
    [{ text: 'half and half' }],
    [{ text: 'x' }],
  );
  expect(ring.chunks.map(({ lines }) => lines.length)).toEqual([chunkLines, 1]);
  expect(texts(ring).slice(-2)).toEqual(['half and half', 'x']);
  expect(ring.size).toBe(chunkLines + 1);
});
