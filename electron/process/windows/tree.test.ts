/** Which processes are read to find a nonce, with a process table and times given by the test. */
import { expect, test } from 'vitest';
import { orphansSince } from './tree.ts';

/** What runs: pid, parent, and when it began. */
function found(...processes: readonly (readonly [number, number, string?])[]): number[] {
  const entries = processes.map(([pid, parent]) => ({ pid, parent, name: 'a.exe' }));
  const begun = new Map(processes.map(([pid, , startedAt]) => [pid, startedAt]));
  const root = { pid: 50, startedAt: '500', nonce: 'n' };
  return orphansSince(root, entries, (pid) => begun.get(pid)).map((one) => one.pid);
}

test('only a process whose parent has ended is read for a nonce', () => {
  expect(found([10, 4, '100'], [50, 10, '500'], [60, 50, '600'], [70, 99, '700'])).toEqual([70]);
});

test('one whose parent’s pid has gone to a younger process is read, too', () => {
  expect(found([70, 99, '700'], [99, 10, '800'], [10, 4, '100'])).toEqual([70]);
});

test('neither the root is read, nor what is older or may not be asked, nor what such a one has started', () => {
  expect(found([50, 99, '500'], [60, 99, '400'], [70, 99], [80, 70, '800'])).toEqual([]);
});
