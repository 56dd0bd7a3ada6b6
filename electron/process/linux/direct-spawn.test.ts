import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { readStat } from './proc.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const said = (): string => readFileSync(join(bench.folder, 'out.log'), 'utf8');

test('every signal is at its default and none is blocked, even those that we ignore ourselves', async () => {
  // Not Node: it ignores SIGPIPE as soon as it runs.
  const child = bench.run('', { command: '/bin/sh', args: ['-c', 'cat /proc/self/status'] });
  expect(await child.exited).toEqual({ code: 0, signal: null });
  for (const mask of ['SigBlk', 'SigIgn']) {
    const bits = new RegExp(`^${mask}:\\s+([0-9a-f]{16})$`, 'm').exec(said())?.[1];
    // Signals 32 and 33 are the C library's own, and it sets them as it likes.
    expect(BigInt(`0x${bits}`) & 0x7fffffffn).toBe(0n);
  }
});

test('an ended child is reaped: no zombie stays', async () => {
  const child = bench.run(idleProgram);
  process.kill(child.pid, 'SIGKILL');
  await child.exited;
  expect(readStat(child.pid)).toBeUndefined();
});

test('a program is found through its own PATH, not through ours', async () => {
  const program = join(bench.folder, 'own-program');
  writeFileSync(program, '#!/bin/sh\necho found "$1" in "$PWD"\n');
  chmodSync(program, 0o700);
  const env = { PATH: `/nowhere:${bench.folder}:/usr/bin:/bin` };
  await bench.run('', { command: 'own-program', args: ['ü "x'], env }).exited;
  expect(said()).toBe(`found ü "x in ${bench.folder}\n`);
});

test('a shell script without its first line still runs, the slower way', async () => {
  const program = join(bench.folder, 'bare-script');
  writeFileSync(program, 'echo ran\n');
  chmodSync(program, 0o700);
  bench.run('', { command: program, args: [] });
  await until(() => said() === 'ran\n', 'the script');
});
