/** What the kernel counts of a process tree, on real ones. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { until } from '../testing/processes.ts';
import { identify, sampleWork, workBetween, worked } from './index.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) {
    // With what it has started: each leads a group.
    if (process.platform === 'win32') child.kill();
    else if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }
});

/** Runs `code` in a separate Node. */
function run(code: string) {
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore', detached: true });
  children.push(child);
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('The process did not start.');
  return identity;
}

const usedSince = (root: ReturnType<typeof run>, before: ReturnType<typeof sampleWork>) =>
  workBetween(before, sampleWork(root));

it('a process that computes is at work, and so is one whose child does', async () => {
  const busy = 'for (;;);';
  const itself = run(busy);
  const parent = run(
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}]);`,
  );
  for (const root of [itself, parent]) {
    const before = sampleWork(root);
    await until(() => usedSince(root, before) >= 300, 'the work to be counted');
  }
});

it.skipIf(process.platform !== 'linux')(
  'a process that computes is at work, also while others have the processor',
  async () => {
    const busy = run('for (;;);');
    await until(() => usedSince(busy, { ...sampleWork(busy), used: new Map() }) >= 300, 'its loop');
    const sample = sampleWork(busy);
    // As on a machine that is so full that it gets nothing.
    expect(worked(sample, { ...sampleWork(busy), used: sample.used }, 1_000)).toBe(true);
    const idle = run('setInterval(() => {}, 1e6);');
    await until(() => !sampleWork(idle).waits, 'the other to have nothing to do');
    const before = sampleWork(idle);
    expect(worked(before, { ...before }, 1_000)).toBe(false);
  },
);

it.skipIf(process.platform === 'win32')(
  'a process that was stopped is known to be, and uses nothing',
  async () => {
    const root = run('setInterval(() => { for (let n = 0; n < 1e6; n += 1); }, 5);');
    expect(sampleWork(root).stopped).toBe(false);
    process.kill(root.pid, 'SIGSTOP');
    await until(() => sampleWork(root).stopped, 'the process to be stopped');
    const before = sampleWork(root);
    await new Promise((resume) => setTimeout(resume, 200));
    expect(usedSince(root, before)).toBe(0);
    process.kill(root.pid, 'SIGCONT');
    await until(() => !sampleWork(root).stopped, 'the process to go on');
    await until(() => usedSince(root, before) > 0, 'the work to be counted');
  },
);
