/** Measured on real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { identify, usageOf } from './index.ts';
import { type ListedProcess, treesOf } from './process-trees.ts';

const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process with a child, which holds so much memory and says when it does. */
async function family(megabytes: number) {
  const child = `const kept = Buffer.alloc(${megabytes} * 1e6, 1); console.log('ready', kept.length); process.stdin.on('end', () => process.exit()).resume()`;
  const parent = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: ['pipe', 'inherit', 'inherit'] });
    child.on('exit', () => process.exit());
  `;
  const one = spawn(process.execPath, ['-e', parent], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(one);
  await once(one.stdout, 'data');
  const identity = one.pid === undefined ? undefined : identify(one.pid);
  if (!identity) throw new Error('it does not run');
  return { one, identity };
}

test('a tree is measured with its children, and the memory that they hold is in it', async () => {
  const small = await family(1);
  const large = await family(200);
  const [of1, of200] = usageOf([small.identity, large.identity]);
  expect(of1?.processes).toBeGreaterThanOrEqual(2);
  expect(of200?.processes).toBeGreaterThanOrEqual(2);
  expect((of200?.memory ?? 0) - (of1?.memory ?? 0)).toBeGreaterThan(150e6);
  expect(of1?.usedMs).toBeGreaterThan(0);
});

test('what has ended, or is another process by now, is not measured', async () => {
  const { one, identity } = await family(1);
  expect(usageOf([{ ...identity, startedAt: '1:1' }])).toEqual([null]);
  one.kill('SIGKILL');
  await once(one, 'exit');
  expect(usageOf([identity])).toEqual([null]);
});

test('sessions, nonces and their descendants belong to a root, and nothing else does', () => {
  const listed = (pid: number, parent: number, more: Partial<ListedProcess> = {}) => ({
    ...{ pid, parent, session: 0, startedAt: String(pid) },
    ...more,
  });
  const running = [
    listed(10, 1, { session: 10 }),
    listed(11, 1, { session: 10 }),
    listed(12, 11),
    listed(13, 1, { nonce: 'n' }),
    listed(14, 13),
    listed(15, 1),
    listed(20, 1, { session: 20, nonce: 'm' }),
  ];
  const trees = treesOf(
    [
      { pid: 10, startedAt: '10', nonce: 'n' },
      { pid: 20, startedAt: '20', nonce: '' },
      { pid: 15, startedAt: 'before', nonce: '' },
    ],
    running,
  );
  expect(trees.map((tree) => tree?.map(({ pid }) => pid).sort())).toEqual([
    [10, 11, 12, 13, 14],
    [20],
    undefined,
  ]);
});
