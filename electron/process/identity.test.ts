import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../testing/processes.ts';
import {
  describeProcess,
  endedWithSystem,
  identify,
  isAlive,
  isOfEarlierBoot,
  readNonce,
  sameProcess,
} from './identity.ts';
import { selfIdentity } from './self.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

test('knows itself, always with the same marker', () => {
  const self = selfIdentity('n');
  expect(self.pid).toBe(process.pid);
  expect(self.nonce).toBe('n');
  expect(identify(process.pid)?.startedAt).toBe(self.startedAt);
  expect(isAlive(self)).toBe(true);
});

test('a reused pid is another process: a different start marker is not alive', () => {
  const child = bench.run(idleProgram);
  expect(isAlive(child.identity)).toBe(true);
  const forged = { ...child.identity, startedAt: `${child.identity.startedAt}1` };
  expect(isAlive(forged)).toBe(false);
  expect(sameProcess(child.identity, forged)).toBe(false);
});

test('a process of this boot has not ended with the system', () => {
  expect(endedWithSystem(selfIdentity())).toBeNull();
});

test.each([
  ['Linux', 'boot-a:120', 'boot-b:90', 'boot-b:80'],
  ['macOS', '1795996799.250000', '1796000004.000000', '1796000003.000000'],
  // 100 ns since 1601.
  ['Windows', '134404703990000000', '134404736040000000', '134404736030000000'],
])('a process of an earlier boot is known as one by its marker of %s', (_, old, own, same) => {
  const bootedAt = 1_796_000_000_000;
  expect(isOfEarlierBoot(old, own, bootedAt)).toBe(true);
  expect(isOfEarlierBoot(same, own, bootedAt)).toBe(false);
});

test('an ended process is not alive, and neither is an unused pid', async () => {
  const child = bench.run(idleProgram);
  process.kill(child.pid, 'SIGKILL');
  await child.exited;
  expect(isAlive(child.identity)).toBe(false);
  expect(identify(2 ** 30)).toBeUndefined();
});

test.skipIf(process.platform !== 'linux')('a zombie is dead', async () => {
  // The shell becomes a sleeper that never reaps the child it inherits.
  const child = bench.run('', { command: '/bin/sh', args: ['-c', 'true & exec sleep 1000'] });
  const zombie = await until(() => {
    const list = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    const state = list && readFileSync(`/proc/${list}/stat`, 'utf8').split(') ')[1]?.[0];
    return state === 'Z' ? Number(list) : undefined;
  }, 'the zombie');
  expect(identify(zombie)).toBeUndefined();
});

test('tells what runs, and the nonce it was started with', async () => {
  const child = bench.run(idleProgram, { nonce: 'one-nonce' });
  expect(describeProcess(child.pid)?.exe).toBe(process.execPath);
  // The kernel shows the new program a moment before its arguments, and until then ours or none.
  const argv = () => describeProcess(child.pid)?.argv;
  await until(() => argv()?.includes(idleProgram), 'its arguments');
  expect(argv()).toEqual([process.execPath, '-e', idleProgram]);
  expect(readNonce(child.pid)).toBe('one-nonce');
  expect(describeProcess(2 ** 30)).toBeUndefined();
});
