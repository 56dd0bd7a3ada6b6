import { expect, test } from 'vitest';
import { ansiClass, parseAnsi, stripAnsi } from './ansi.ts';

const esc = String.fromCharCode(27);
const bel = String.fromCharCode(7);
const classes = (line: string): [string, string | undefined][] =>
  parseAnsi(line).map(({ text, style }) => [text, ansiClass(style)]);

test('plain text is one span without a class', () => {
  expect(classes('hello\tthere')).toEqual([['hello\tthere', undefined]]);
});

test('the sixteen colours, their backgrounds, and back to none', () => {
  expect(classes(`${esc}[31mred${esc}[39m none ${esc}[94;43mboth${esc}[0m`)).toEqual([
    ['red', 'ansi-red'],
    [' none ', undefined],
    ['both', 'ansi-bright-blue ansi-on-yellow'],
  ]);
  expect(classes(`${esc}[mreset`)).toEqual([['reset', undefined]]);
});

test('bold, dim, italic, underline', () => {
  expect(classes(`${esc}[1;3mA${esc}[22mB${esc}[2;4mC`)).toEqual([
    ['A', 'ansi-bold ansi-italic'],
    ['B', 'ansi-italic'],
    ['C', 'ansi-dim ansi-italic ansi-underline'],
  ]);
});

test('256 colours and RGB are skipped; the first sixteen of the 256 are the sixteen', () => {
  expect(classes(`${esc}[38;5;1mA${esc}[38;5;12mB${esc}[38;2;1;2;3;1mC`)).toEqual([
    ['A', 'ansi-red'],
    ['B', 'ansi-bright-blue'],
    ['C', 'ansi-bright-blue ansi-bold'],
  ]);
});

test('other sequences and control characters draw nothing', () => {
  const line = `a${esc}[2Kb${esc}]0;title${bel}c${esc}]8;;http://x${esc}\\d${esc}(Be\r\bf${esc}`;
  expect(stripAnsi(line)).toBe('abcdef');
});

test('the spans joined are the stripped line, whatever the bytes', () => {
  // A fixed generator (Lehmer, 48271): every run sees the same thousand lines.
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const parts = [
    esc,
    '[',
    '3',
    '1',
    ';',
    'm',
    ']',
    bel,
    '\\',
    'x',
    ' ',
    '\t',
    '\r',
    '(',
    'é',
    '38;5',
  ];
  for (let round = 0; round < 1_000; round += 1) {
    const line = Array.from({ length: 24 }, () => parts[random(parts.length)]).join('');
    const joined = parseAnsi(line)
      .map(({ text }) => text)
      .join('');
    expect(joined).toBe(stripAnsi(line));
    expect(joined).not.toContain(esc);
  }
});

test('characters that turn text around or hide it draw nothing', () => {
  expect(stripAnsi('a\u202eb\u2066c\u200bd\u009be')).toBe('abcde');
});
