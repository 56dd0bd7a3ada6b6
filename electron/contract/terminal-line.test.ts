import { expect, test } from 'vitest';
import { overwritten } from './terminal-line.ts';

const esc = String.fromCharCode(27);

test.each([
  ['plain', 'plain'],
  ['10 %\r20 %\r100 %', '100 %'],
  ['downloading\rdone', 'doneloading'],
  [`downloading\r${esc}[Kdone`, 'done'],
  [`abc\rX${esc}[2KY`, ' Y'],
  [`abcd\rab${esc}[1K`, '  cd'],
  ['wide 方舟\rWIDE', 'WIDE 方舟'],
  ['end\r\r', 'end'],
])('what a terminal shows of %j', (line, shown) => expect(overwritten(line)).toBe(shown));

test('each character keeps the colour that it was written in', () => {
  const line = `${esc}[31mred red${esc}[0m\rnow`;
  expect(overwritten(line)).toBe(`now${esc}[31m red${esc}[0m`);
});

test('a colour that was set before the return goes on after it', () => {
  expect(overwritten(`${esc}[1;32m10 %\r20`)).toBe(`${esc}[1;32m20 %`);
  expect(overwritten(`${esc}[32ma${esc}[0;31mb\rc`)).toBe(`${esc}[0;31mcb`);
});
