/** The pure half of the Windows start; runs everywhere. */
import { describe, expect, test } from 'vitest';
import {
  commandLine,
  environmentBlock,
  quoteArgument,
  resolveProgram,
  splitCommandLine,
} from './command-line.ts';
import { candidates } from './outside-parent.ts';
import { taskScript, taskXml, wmiScript } from './rung-scripts.ts';

describe('quoting', () => {
  // From Microsoft's "Parsing C command-line arguments".
  test.each([
    ['plain', 'plain'],
    ['', '""'],
    ['two words', '"two words"'],
    ['C:\\dir\\', 'C:\\dir\\'],
    ['C:\\my dir\\', '"C:\\my dir\\\\"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['a\\"b', '"a\\\\\\"b"'],
    ['方舟 x', '"方舟 x"'],
  ])('%s', (given, wanted) => expect(quoteArgument(given)).toBe(wanted));

  test('and back', () => {
    const words = [
      'C:\\a b\\x.exe',
      '',
      'plain',
      'two words',
      'say "hi" there',
      'C:\\dir\\',
      'C:\\my dir\\',
      'a\\\\"b c\\"',
      '\\"',
      '方舟 x',
    ];
    expect(splitCommandLine(words.map(quoteArgument).join(' '))).toEqual(words);
    expect(splitCommandLine('')).toEqual(['']);
  });

  test('a batch file goes through cmd.exe with its signs escaped', () => {
    const line = commandLine('C:\\a b\\run.cmd', ['x & del y', '%PATH%'], 'C:\\W\\cmd.exe');
    expect(line).toBe('C:\\W\\cmd.exe /d /s /c ""C:\\a b\\run.cmd" ^"x^ ^&^ del^ y^" ^%PATH^%"');
    expect(() => commandLine('x.bat', ['a\nb'], 'cmd')).toThrow(/line breaks/);
  });
});

test('the environment block is sorted without case and ends with two zeros', () => {
  const block = environmentBlock({ b: '2', A: '1', Path: 'ü' }).toString('utf16le');
  expect(block).toBe('A=1\0b=2\0Path=ü\0\0');
  expect(environmentBlock({}).toString('utf16le')).toBe('\0\0');
});

test("a program is found by the child's own PATH and PATHEXT", () => {
  const there = new Set(['C:\\two\\tool.exe', 'C:\\work\\local.cmd']);
  const find = (command: string) =>
    resolveProgram(
      { command, cwd: 'C:\\work', env: { Path: 'C:\\one;C:\\two', PATHEXT: '.EXE;.CMD' } },
      (path) => there.has(path),
    );
  expect(find('tool')).toBe('C:\\two\\tool.exe');
  expect(find('C:\\two\\tool.exe')).toBe('C:\\two\\tool.exe');
  expect(find('.\\local')).toBe('C:\\work\\local.cmd');
  expect(find('none')).toBeUndefined();
});

test('the shell is asked first, then our ancestors, never ourselves', () => {
  const entries = [
    { pid: 4, parent: 0, name: 'System' },
    { pid: 10, parent: 4, name: 'a.exe' },
    { pid: 20, parent: 10, name: 'b.exe' },
    { pid: 30, parent: 20, name: 'self.exe' },
    { pid: 40, parent: 5, name: 'Explorer.EXE' },
  ];
  expect(candidates(entries, 30)).toEqual([40, 20, 10]);
});

test('nothing in a spec can break out of the scripts of the last rungs', () => {
  const spec = {
    kind: 'watcher',
    command: "C:\\it's\\node.exe",
    args: ['<a & "b">'],
    cwd: 'C:\\',
    env: { X: "'; evil" },
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: 'n',
    escape: 'required',
  } as const;
  expect(wmiScript(spec)).toContain('CommandLine = \'C:\\it\'\'s\\node.exe "<a & \\"b\\">"\'');
  expect(wmiScript(spec)).toContain("'X=''; evil', 'HOLDFAST_NONCE=n'");
  expect(taskScript(spec, "C:\\p'id")).toContain("-Value '''; evil'");
  expect(taskXml("C:\\p'id")).not.toContain("p'id");
});
