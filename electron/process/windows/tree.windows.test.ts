/** Which processes Windows shows as one tree: by parents' pids, which may have been reused, and by nonce. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createWorkbench,
  idleProgram,
  pidIn,
  until,
  type Workbench,
} from '../../testing/processes.ts';
import { whoHoldsPath } from '../holders.ts';
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

test('a process whose parents have ended is found by its nonce', async () => {
  const nonce = 'a'.repeat(64);
  const file = path.join(bench.folder, 'grandchild.pid');
  const last = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); ${idleProgram}`;
  const started = (script: string, then: string): string =>
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(script)}], { stdio: 'ignore', detached: true }); ${then}`;
  const between = started(last, 'setTimeout(() => process.exit(), 500)');
  const { identity } = bench.run(started(between, idleProgram), { nonce });
  const pid = await until(() => pidIn(file), 'the grandchild');
  await until(
    () => !allProcesses().some((one) => one.pid === parentOf(pid)),
    'the end of its parent',
  );
  expect(treeOf(identity).map((one) => one.pid)).toContain(pid);
});

const parentOf = (pid: number): number | undefined =>
  allProcesses().find((one) => one.pid === pid)?.parent;

test('a program that works in a folder or below it holds the folder, and is named', async () => {
  const folder = path.join(bench.folder, 'app');
  const below = path.join(folder, 'data');
  mkdirSync(below, { recursive: true });
  const { identity } = bench.run(idleProgram, { cwd: below });
  const other = bench.run(idleProgram, { cwd: bench.folder });
  const holders = await whoHoldsPath(folder);
  expect(holders.filter((one) => one.pid === identity.pid)).toMatchObject([
    { how: 'folder', path: below },
  ]);
  expect(holders.map((one) => one.pid)).not.toContain(other.identity.pid);
});
