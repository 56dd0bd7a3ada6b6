/** A log with its older files is searched and read as one; what is asked of it can't hold the watcher. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogQuery } from '../../contract/log-calls.ts';
import { lookUp } from './log-lookup.ts';
import { marksIn } from './log-matcher.ts';
import { rotateIfLarge } from './log-rotation.ts';
import { logSet, pageAround } from './log-set.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lookup-'));
  file = join(folder, 'g.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const present = () => logSet(file, { path: file, through: null });
const query = (text: string, more: Partial<LogQuery> = {}): LogQuery => ({
  text,
  caseSensitive: false,
  regex: false,
  level: null,
  ...more,
});
const find = (asked: LogQuery, from = 0, lines = 100) =>
  lookUp(present(), asked, { from, lines, signal: new AbortController().signal });
const texts = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join('');

test('a search finds what is in older files and in the live one, oldest first', async () => {
  writeFileSync(`${file}.2`, 'an Error\nfine\n');
  writeFileSync(`${file}.1`, 'fine\nsecond error\nerror without an end');
  writeFileSync(file, '\u001b[31mer\u001b[0mror in colours\nfine\nerror that goes on');
  const found = await find(query('error'));
  expect(texts(found.lines).map((text) => text.slice(-9))).toEqual([
    'an Error',
    'ond error',
    'ut an end',
    'n colours',
  ]);
  expect(found.count).toBe(4);
  expect(found.hits[0]).toBe(9);
  expect((await find(query('error', { caseSensitive: true }))).count).toBe(3);
});

test('a search goes on where the last one ended, and knows when the log was rotated', async () => {
  writeFileSync(file, numbered(0, 1_000));
  const first = await find(query('line'));
  const before = present();
  expect(first).toMatchObject({ count: 1_000, end: before.end });
  appendFileSync(file, numbered(1_000, 1_003));
  expect((await find(query('line'), first.end)).count).toBe(3);
  expect(present().set).toBe(before.set);
  rotateIfLarge(file, 100);
  expect(present().set).not.toBe(before.set);
  const marks = new Set([present().set]);
  for (let round = 1; round < 5; round += 1) {
    appendFileSync(file, numbered(0, 20 + round));
    rotateIfLarge(file, 100);
    marks.add(present().set);
  }
  expect(marks.size).toBe(5);
});

test('of many hits all are counted, and the newest are told', async () => {
  writeFileSync(file, numbered(0, 30_000));
  const found = await find(query('line'), 0, 10);
  expect(found.count).toBe(30_000);
  expect(found.hits.length).toBe(20_000);
  expect(found.hits.at(-1)).toBe(found.end);
  expect(texts(found.lines)).toEqual(texts(found.lines).slice(-10));
  expect(found.lines.at(-1)?.text).toBe('line 29999');
});

test('only lines that are as bad as asked for, with the stack below them', async () => {
  writeFileSync(
    file,
    'INFO up\nERROR down\n    at x.js:1\nfine\n{"level":"warn","msg":"slow"}\n{"level":30}\n',
  );
  const found = await find(query('', { level: 'warning' }));
  expect(texts(found.lines)).toEqual([
    'ERROR down',
    '    at x.js:1',
    '{"level":"warn","msg":"slow"}',
  ]);
  expect((await find(query('slow', { level: 'error' }))).count).toBe(0);
});

test('an expression finds what it says, and a bad one is answered with a sentence', async () => {
  writeFileSync(file, 'took 12 ms\ntook 7 ms\nTOOK 99 MS\n');
  expect((await find(query('took \\d\\d ms', { regex: true }))).count).toBe(2);
  await expect(find(query('took (', { regex: true }))).rejects.toThrow(
    'This is no regular expression: Unterminated group.',
  );
  expect(marksIn(query('\\d+', { regex: true }), ['7 and 12', 'none'])).toEqual([[0, 1, 6, 8], []]);
  expect(marksIn(query('b*', { regex: true }), ['abb'])).toEqual([[0, 0, 1, 3, 3, 3]]);
  expect(marksIn(query('(a|b)'), ['x (A|B)'])).toEqual([[2, 7]]);
});

test('an expression that would never end is answered, and leaves others their turn', async () => {
  const evil = `${'A'.repeat(3_000)}!\n`;
  writeFileSync(file, `${evil.repeat(20)}${'a'.repeat(30)}\n`);
  let longest = 0;
  let last = performance.now();
  const ticks = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  // The usual engine needs 2^3000 steps for the first line, the linear one a few.
  expect((await find(query('^(a+)+$', { regex: true }))).count).toBe(1);
  await expect(find(query('(?=a)(a+)+$', { regex: true }))).rejects.toThrow('takes too long');
  clearInterval(ticks);
  expect(longest).toBeLessThan(15_000);
});

test('a search that is no longer wanted ends', async () => {
  writeFileSync(file, numbered(0, 100_000));
  const stop = new AbortController();
  const found = lookUp(present(), query('line'), { from: 0, lines: 0, signal: stop.signal });
  stop.abort(new Error('no longer wanted'));
  await expect(found).rejects.toThrow('no longer wanted');
});

test('the lines around a place, over the borders of files', () => {
  writeFileSync(`${file}.1`, numbered(0, 10));
  writeFileSync(file, numbered(10, 20));
  const at = numbered(0, 9).length;
  const page = pageAround(present(), at, 2, 3);
  expect(texts(page.lines)).toEqual(['line 7', 'line 8', 'line 9', 'line 10', 'line 11']);
  expect(page.lines[1]?.offset).toBe(at);
  expect(page).toMatchObject({ atBegin: false, atEnd: false });
  expect(pageAround(present(), 0, 5, 5)).toMatchObject({ atBegin: true, atEnd: false });
  const end = pageAround(present(), present().end, 100, 5);
  expect(end).toMatchObject({ atBegin: true, atEnd: true });
  expect(end.lines.length).toBe(20);
});

test('a page of very long lines stays small', () => {
  writeFileSync(file, `${'x'.repeat(100_000)}\n`.repeat(50));
  const { end } = present();
  const page = pageAround(present(), Math.floor(end / 2), 1_000, 1_000);
  expect(page.lines.length).toBeLessThan(30);
  expect(page.lines.every(({ text }) => text.length < 5_000)).toBe(true);
});
