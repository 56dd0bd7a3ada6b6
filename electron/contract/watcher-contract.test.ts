/** How an app reads a watcher of a later version than its own. */
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { followPatch, type Patch, type Snapshot } from './snapshot.ts';
import { type WatcherState, watcherStateSchema } from './watcher-contract.ts';

const identity = { pid: 4711, startedAt: '1', nonce: '' };
const someState: WatcherState = {
  watcher: {
    identity,
    version: '2.0.0',
    buildId: '2.0.0+x',
    protocol: 1,
    startedAt: 0,
    escape: { rung: 'setsid', proof: 'proven', detail: '' },
  },
  gateways: {
    a: {
      id: 'a',
      name: 'A',
      policy: 'keep',
      desired: 'running',
      state: {
        status: 'running',
        identity,
        startedAt: 1,
        adopted: false,
        readyAt: 2,
        proof: 'verified',
      },
      restarts: 0,
      logFile: '/logs/a.log',
    },
  },
  profileProblems: {},
  problems: [{ message: 'Something.' }],
  transaction: null,
  receipt: null,
  gatewayUpdates: {},
};

/** As every mirror does; throws when the patch leads to something that is no state. */
function follow(mirror: Snapshot<WatcherState>, changes: Patch['changes']): Snapshot<WatcherState> {
  const patch = { revision: mirror.revision + 1, changes };
  const next = followPatch(mirror, patch, (state) => z.parse(watcherStateSchema, state));
  if (next === 'gap' || next === 'old') throw new Error(next);
  return next;
}

it('a mirror drops what it does not know, and follows what it knows', () => {
  const first = follow({ revision: 0, state: someState }, [
    { path: ['watcher', 'memoryMiB'], value: 20 },
    { path: ['gateways', 'a', 'owner'], value: { unit: 'x.service' } },
    { path: ['gateways', 'a', 'state', 'busyWith'], value: ['work'] },
    { path: ['gateways', 'a', 'state', 'identity', 'cgroup'], value: '/' },
    { path: ['watcher', 'escape', 'since'], value: 1 },
    { path: ['problems'], value: [{ message: 'Something.', severity: 3 }] },
    { path: ['presets'], value: [] },
  ]);
  expect(first.state).toEqual(someState);
  const second = follow(first, [
    { path: ['gateways', 'a', 'owner', 'unit'], value: 'y.service' },
    { path: ['gateways', 'a', 'restarts'], value: 1 },
  ]);
  expect(second.state.gateways.a?.restarts).toBe(1);
});

it('a mirror reads a way out of the app that only a later version knows', () => {
  const way = { rung: 'landlock-portal', proof: 'proven', detail: 'It lives outside.' };
  const mirror = follow({ revision: 0, state: someState }, [
    { path: ['watcher', 'escape'], value: way },
    { path: ['gateways', 'a', 'escape'], value: way },
  ]);
  expect(mirror.state.watcher.escape).toEqual(way);
  expect(mirror.state.gateways.a?.escape).toEqual(way);
});

it('a mirror refuses a patch that leads to no valid state', () => {
  const mirror = { revision: 0, state: someState };
  expect(() => follow(mirror, [{ path: ['gateways', 'a', 'state'] }])).toThrow();
  expect(() => follow(mirror, [{ path: ['watcher', 'identity', 'pid'], value: -1 }])).toThrow();
});
