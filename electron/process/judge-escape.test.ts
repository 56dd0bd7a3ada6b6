import { sep } from 'node:path';
import { expect, test } from 'vitest';
import { judgeEscape } from './judge-escape.ts';
import type { ProcessFacts } from './platform-interface.ts';

const app: ProcessFacts = {
  pid: 1,
  session: 10,
  cgroup: '/user.slice/app.slice/app-x.scope',
  job: 'none',
  paths: [],
  mount: '/tmp/.mount_x',
};
const outside: ProcessFacts = {
  pid: 2,
  session: 20,
  cgroup: '/user.slice/app.slice/run.service',
  job: 'none',
  paths: ['/home/u/node'],
  mount: '',
};
const proof = (of: Partial<ProcessFacts>, its: Partial<ProcessFacts> = {}) =>
  judgeEscape({ ...app, ...of }, { ...outside, ...its }).proof;

test('another session and another control group: proven', () => expect(proof({})).toBe('proven'));
test('the root group counts as no shared group', () =>
  expect(proof({ cgroup: '/' }, { cgroup: '/' })).toBe('proven'));
test('the same scope is only assumed to stay', () =>
  expect(proof({}, { cgroup: app.cgroup })).toBe('assumed'));
test('the same service ends as one', () => {
  const cgroup = '/user.slice/user@1000.service/app.slice/app-x.service';
  expect(proof({ cgroup }, { cgroup })).toBe('impossible');
});
test("the user's own manager is not such a service", () => {
  const cgroup = '/user.slice/user@1000.service/app.slice';
  expect(proof({ cgroup }, { cgroup })).toBe('assumed');
});
test.skipIf(process.platform === 'win32')('the same session', () =>
  expect(proof({}, { session: 10 })).toBe('impossible'),
);
test('anything under the mount', () => {
  expect(proof({}, { paths: [`${app.mount}${sep}lib.so`] })).toBe('impossible');
  expect(proof({}, { paths: [`${app.mount}y${sep}lib.so`] })).toBe('proven');
});
test('jobs', () => {
  expect(proof({}, { job: 'kills' })).toBe('impossible');
  expect(proof({}, { job: 'unknown' })).toBe('impossible');
  // As the Task Scheduler starts programs.
  expect(proof({ jobMates: [1] }, { job: 'harmless', jobMates: [2, 3] })).toBe('assumed');
  // A job around the one that is seen may end both.
  expect(proof({ jobMates: [1, 2] }, { job: 'harmless', jobMates: [2] })).toBe('impossible');
  expect(proof({}, { job: 'harmless', jobMates: [1, 2] })).toBe('impossible');
  expect(proof({}, { job: 'harmless' })).toBe('impossible');
});
