/** Whom a look at the process table of a Mac finds, with the kernel's answers given by the test. */
import { expect, test } from 'vitest';
import { type Census, scan } from './census.ts';
import type { KernelProcess } from './kernel.ts';
import { sessionApartFromLaunchd } from './platform.ts';

const one = (pid: number, parent: number, marker: string): KernelProcess => ({
  pid,
  parent,
  user: 501,
  marker,
  over: false,
  stopped: false,
});
const leader = one(30, 1, '100.000009');
const worker = one(20, 30, '100.000010');
const older = one(10, 1, '99.000000');
const other = one(40, 1, '98.000000');

const log = '/Users/u/state/gateway.log';
let asked = 0;
const census: Census = {
  processes() {
    asked += 1;
    return [older, worker, leader, other];
  },
  environmentOf: (pid) =>
    pid === 40 ? ['HOME=/'] : ['HOME=/', `HOLDFAST_NONCE=n${pid > 10 ? 1 : 2}`],
  sessionOf: (pid) => (pid === 30 || pid === 40 ? pid : 30),
  outputsOf: (pid) => (pid === 40 ? ['', log] : ['/dev/null', '/dev/null']),
};

test('carriers of a nonce are found: the leader of a session first, then the oldest [F32]', () => {
  const { carrying } = scan(census);
  expect(carrying((nonce) => nonce === 'n1')).toEqual([
    { pid: 30, startedAt: '100.000009', nonce: 'n1' },
    { pid: 20, startedAt: '100.000010', nonce: 'n1' },
  ]);
  expect(carrying((nonce) => nonce.startsWith('n')).map(({ pid }) => pid)).toEqual([30, 10, 20]);
});

test('a session leader is found by the file that it writes to', () => {
  const { leadersWritingTo } = scan(census);
  expect(leadersWritingTo(log)).toEqual([{ pid: 40, startedAt: '98.000000', nonce: '' }]);
  expect(leadersWritingTo('/elsewhere')).toEqual([]);
});

test('any number of questions read the table once for each kind', () => {
  const { carrying, leadersWritingTo } = scan(census);
  asked = 0;
  for (const nonce of ['n1', 'n2', 'n3']) carrying((found) => found === nonce);
  for (const file of [log, '/elsewhere']) leadersWritingTo(file);
  expect(asked).toBe(2);
});

test('what launchd started in its own session shares none with another', () => {
  expect(sessionApartFromLaunchd(500, 1)).toBe(500);
  expect(sessionApartFromLaunchd(500, 0)).toBe(500);
  expect(sessionApartFromLaunchd(500, 400)).toBe(400);
  expect(sessionApartFromLaunchd(500, -1)).toBe(0);
});
