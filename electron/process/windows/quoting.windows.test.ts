/** Arguments, folders and programs with awkward names, there and back through a real child. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkbench, type Workbench } from '../../testing/processes.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const tell = 'console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }))';
const received = (file: string): { args: string[]; cwd: string } =>
  JSON.parse(readFileSync(file, 'utf8'));

const awkward = [
  'plain',
  '',
  'two words',
  'tab\there',
  'trailing\\',
  'two words trailing\\\\',
  'say "hi"',
  '\\"',
  'a\\\\"b c',
  '100% %PATH% %%',
  'a & b | c > d < e ^ f ! (g)',
  "it's",
  '方舟 ü 😀',
  'C:\\Program Files\\x\\',
];

test('every argument arrives as it was given', async () => {
  const script = join(bench.folder, 'tell.cjs');
  writeFileSync(script, tell);
  await bench.run('', { args: [script, ...awkward] }).exited;
  expect(received(join(bench.folder, 'out.log')).args).toEqual(awkward);
});

describe('folders', () => {
  test.each(['two words', '100% sure', "it's (x86) & co", 'a^b!', '方舟 ü'])('%s', async (name) => {
    const folder = join(bench.folder, name);
    mkdirSync(folder);
    const program = join(folder, 'own node.exe');
    copyFileSync(process.execPath, program);
    const script = join(folder, 'tell.cjs');
    writeFileSync(script, tell);
    const log = join(folder, 'out log.txt');
    const changes = {
      command: program,
      args: [script, name],
      cwd: folder,
      stdout: log,
      stderr: log,
    };
    expect(await bench.run('', changes).exited).toEqual({ code: 0, signal: null });
    expect(received(log)).toEqual({ args: [name], cwd: folder });
  });

  // The program itself can't be that deep: CreateProcessW does not take it.
  test('paths over 260 characters, for a script and its log [F50]', async () => {
    const folder = join(bench.folder, ...Array.from({ length: 6 }, () => 'x'.repeat(50)));
    mkdirSync(folder, { recursive: true });
    const script = join(folder, 'tell.cjs');
    writeFileSync(script, tell);
    expect(script.length).toBeGreaterThan(260);
    const log = join(folder, 'out.log');
    const changes = { args: [script, 'arrived'], stdout: log, stderr: log };
    expect(await bench.run('', changes).exited).toEqual({ code: 0, signal: null });
    expect(received(log).args).toEqual(['arrived']);
  });
});

test('a batch file is run by cmd.exe and gets its arguments', async () => {
  const folder = join(bench.folder, 'my tools');
  mkdirSync(folder);
  const script = join(folder, 'tell.cjs');
  writeFileSync(script, tell);
  const batch = join(folder, 'run it.cmd');
  writeFileSync(batch, `@echo off\r\n"${process.execPath}" "${script}" %*\r\nexit /b 7\r\n`);
  const args = ['plain', 'two words', '方舟'];
  expect(await bench.run('', { command: batch, args }).exited).toEqual({ code: 7, signal: null });
  expect(received(join(bench.folder, 'out.log')).args).toEqual(args);
});
