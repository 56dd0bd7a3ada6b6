/** A command line as people type it. */
import { expect, test } from 'vitest';
import {
  isAbsolute,
  joinCommandLine,
  openQuote,
  shellSign,
  splitCommandLine,
  withProgram,
} from './command-line.ts';

const split = (line: string) => splitCommandLine(line, '/home/alex');

test('a command line is split as a shell would split it, and variables stay as they are', () => {
  expect(split(` a  "b c"d 'e "f"' "" $HOME `)).toEqual(['a', 'b cd', 'e "f"', '', '$HOME']);
  expect(split('')).toEqual([]);
  // Windows paths keep their backslashes.
  expect(split('"C:\\Program Files\\g.exe" run')).toEqual(['C:\\Program Files\\g.exe', 'run']);
  expect(openQuote('a "b c')).toBe('"');
  expect(openQuote(`a 'b "c'`)).toBeNull();
});

test('a ~ at the beginning of a word stands for the home folder, unless it is quoted', () => {
  expect(split('~/bin/run ~ "~/x" a~/b ~other')).toEqual([
    '/home/alex/bin/run',
    '/home/alex',
    '~/x',
    'a~/b',
    '~other',
  ]);
});

test.each([
  [['node', '-e', 'setInterval(() => {}, 1e6)']],
  [['a b', '', `it's "quoted"`, `'`, '"', '~/literal', 'a|b', '$HOME', 'line\nbreak']],
  [['C:\\g.exe', '方舟', '--port={port}']],
])('words are written so that the same words are read again: %j', (words) => {
  expect(split(joinCommandLine(words))).toEqual(words);
  expect(shellSign(joinCommandLine(words))).toBeNull();
});

test.each([
  ['a | b', '|'],
  ['a >log', '>'],
  ['a 2>&1', '2>&1'],
  ['cd x && run', '&&'],
  ['cd x; run', ';'],
  ['run --token $TOKEN', '$TOKEN'],
  ['run "--home=$HOME/x"', '$HOME'],
  ['PORT=1 run', 'PORT=1'],
  ['run `date`', '`'],
  ['run http://x/?a=1&b=2', null],
  ["run 'a | b' \"c > d\" '$X'", null],
  ['run --set a=b price$', null],
])('%s has what only a shell understands: %s', (line, sign) => {
  expect(shellSign(line)).toBe(sign);
});

test('another program is put in front, and its arguments stay', () => {
  expect(withProgram('', '/opt/my run')).toBe('"/opt/my run"');
  expect(withProgram(' "/a b"c --port 1 "x y"', '/opt/run')).toBe('/opt/run --port 1 "x y"');
  expect(split(withProgram('a b', `/it's "one"`))).toEqual([`/it's "one"`, 'b']);
});

test('an absolute path is known on any system', () => {
  expect(['/a', 'C:\\a', 'c:/a', '\\\\host\\a'].map(isAbsolute)).toEqual([true, true, true, true]);
  expect(['a', './a', '~/a', ''].map(isAbsolute)).toEqual([false, false, false, false]);
});
