/** Which processes Windows shows as one tree: by parents' pids, which may have been reused, and by nonce. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { allProcesses, type Entry } from './processes.ts';
import { treeOf } from './tree.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const childOf = (pid: number, name: string): Promise<Entry> =>
  until(
    () => allProcesses().find((one) => one.parent === pid && one.name.toLowerCase() === name),
    `${name} below ${pid}`,
  );

/** A program without a console, which starts another one like it. */
const withChild = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(idleProgram)}], { stdio: 'ignore', detached: true }); ${idleProgram}`;

test('a process is listed from the moment that it has begun, never without a name', async () => {
  const { identity } = bench.run(idleProgram);
  const names = new Set<string>();
  await until(() => {
    const entries = allProcesses();
    for (const { name } of entries) names.add(name);
    return entries.some((one) => one.parent === identity.pid);
  }, 'its console');
  expect(names).not.toContain('');
});

test('the children of the present holder of a recycled pid are not those of the one before [F18]', async () => {
  const { identity } = bench.run(withChild);
  const child = await childOf(identity.pid, 'node.exe');
  expect(treeOf(identity).map(({ pid }) => pid)).toContain(child.pid);
  const before = { ...identity, startedAt: String(BigInt(identity.startedAt) - 1n) };
  expect(treeOf(before)).toEqual([]);
});

test('a process whose start was not seen has no children', async () => {
  const { identity } = bench.run(withChild);
  await childOf(identity.pid, 'node.exe');
  expect(treeOf({ ...identity, startedAt: 'ended' })).toEqual([]);
});
