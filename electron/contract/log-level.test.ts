import { expect, test } from 'vitest';
import { isAtLeast, LevelReader, levelIn } from './log-level.ts';

test.each([
  ['2026-11-30T14:02:31Z ERROR it broke', 'error'],
  ['14:02:31.123 WARN  queue is full', 'warning'],
  ['[info] ready', 'info'],
  ['[2026-11-30 14:02:31] [Warning] x', 'warning'],
  ['error: no such file', 'error'],
  ['2026/11/30 14:02:31 warn: slow', 'warning'],
  ['level=debug msg="x"', 'debug'],
  ['ts=1 lvl=eror msg=x', 'error'],
  ['{"level":"info","msg":"an ERROR is no error here"}', 'info'],
  ['{"time":1764511351123,"level":50,"msg":"x"}', 'error'],
  ['{"level":30}', 'info'],
  ['{"severity":"WARNING"}', 'warning'],
  ['E1130 14:02:31.123456 1 main.go:1] x', 'error'],
  ['INFO:     127.0.0.1 - "GET / HTTP/1.1" 200', 'info'],
  ['TypeError: x is not a function', 'error'],
  ['<CRITICAL> out of memory', 'error'],
  ['there were no errors or warnings', null],
  ['an error is mentioned', null],
  ['    at Object.<anonymous> (/x.js:1:1)', null],
  ['{"msg":"no level, though ERROR is in it"}', null],
  ['', null],
] as const)('the level of %j', (line, level) => expect(levelIn(line)).toBe(level));

test('levels are ordered from the worst on, and an unknown one is below all', () => {
  expect(isAtLeast('error', 'warning')).toBe(true);
  expect(isAtLeast('info', 'warning')).toBe(false);
  expect(isAtLeast(null, 'debug')).toBe(false);
});

test('the lines of a stack have the level of the line above them', () => {
  const reader = new LevelReader();
  const lines = ['ERROR it broke', '    at x.js:1', 'Caused by: y', 'ready', '    indented'];
  expect(lines.map((line) => reader.of(line))).toEqual(['error', 'error', 'error', null, null]);
});
