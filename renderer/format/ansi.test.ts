import { expect, test } from 'vitest';
import { ansiClass, ansiColours, parseAnsi, stripAnsi } from './ansi.ts';
import { contrast, type Hex } from './colours.ts';

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

test('the first sixteen of the 256 colours are the sixteen; the others and RGB are colours of their own', () => {
  expect(classes(`${esc}[38;5;1mA${esc}[38;5;12mB${esc}[38;2;1;2;3;1mC`)).toEqual([
    ['A', 'ansi-red'],
    ['B', 'ansi-bright-blue'],
    ['C', 'ansi-bold'],
  ]);
  const styles = parseAnsi(
    `${esc}[38;5;208mA${esc}[48;2;10;20;30mB${esc}[39;49;38:2::255:0:128mC${esc}[38;5;244mD`,
  ).map(({ style }) => [style.color, style.background]);
  expect(styles).toEqual([
    ['#ff8700', null],
    ['#ff8700', '#0a141e'],
    ['#ff0080', null],
    ['#808080', null],
  ]);
});

test('colours are readable in both themes, on our ground and on that of the program', () => {
  const colours = (codes: string) => {
    const style = parseAnsi(`${esc}[${codes}mx`)[0]?.style;
    if (!style) throw new Error('There is no text.');
    return ansiColours(style);
  };
  expect(colours('31')).toBeUndefined();
  for (const code of ['38;5;226', '38;2;255;255;255', '38;5;16', '38;2;0;0;90']) {
    const [light, dark] = colours(code)?.color?.match(/#[0-9a-f]{6}/g) ?? [];
    expect(contrast(light as Hex, '#fbfcfc')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark as Hex, '#0d1012')).toBeGreaterThanOrEqual(4.5);
  }
  for (const code of ['48;5;21', '31;48;5;160', '48;2;250;250;200;97', '38;5;17;48;5;16']) {
    const { color, backgroundColor } = colours(code) ?? {};
    expect(contrast(color as Hex, backgroundColor as Hex)).toBeGreaterThanOrEqual(4.5);
  }
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
