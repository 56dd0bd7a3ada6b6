import { describe, expect, test } from 'vitest';
import type { AppState } from '../contract/app-contract.ts';
import type { Settings } from '../contract/settings.ts';
import { createAppStore } from '../ipc/app-store.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { gateway, partsWith, running, watcherWith } from '../testing/app-states.ts';
import {
  type Conditions,
  decideInstall,
  hindranceTo,
  type InstallFacts,
  installInTime,
  installsOnQuit,
} from './install-timing.ts';

const facts: InstallFacts = {
  choice: 'idle',
  status: 'ready',
  isPutOff: false,
  isBusy: false,
  unusedMs: 600_000,
  hour: 3,
};

describe('the decision', () => {
  test.each<[string, Partial<InstallFacts>, ReturnType<typeof decideInstall>]>([
    ['installs while nobody is there', {}, 'install'],
    ['waits while somebody is', { unusedMs: 599_999 }, 'wait'],
    ['waits while a gateway is at work', { isBusy: true }, 'wait'],
    ['installs at night', { choice: 'night' }, 'install'],
    ['waits for the night', { choice: 'night', hour: 5 }, 'wait'],
    ['waits for nobody to be there at night', { choice: 'night', unusedMs: 0 }, 'wait'],
    ['downloads before', { status: 'available', unusedMs: 0 }, 'download'],
    ['downloads what is installed on quit', { choice: 'quit', status: 'available' }, 'download'],
    ['leaves the installation to the quitting', { choice: 'quit' }, null],
    ['does nothing without being asked', { choice: 'ask', status: 'available' }, null],
    ['installs nothing without being asked', { choice: 'ask' }, null],
    ['downloads nothing that was put off', { status: 'available', isPutOff: true }, null],
    ['installs nothing that was put off', { isPutOff: true }, null],
    ['leaves what failed to the user', { status: 'failed' }, null],
    ['leaves what was paused to the user', { status: 'paused' }, null],
  ])('%s', (_, change, expected) => {
    expect(decideInstall({ ...facts, ...change })).toBe(expected);
  });
});

test.each<[string, 'download' | 'install', Conditions, ReturnType<typeof hindranceTo>]>([
  ['what is not known', 'download', { battery: null, metered: null }, null],
  ['a battery that is low', 'install', { battery: 19, metered: null }, 'battery'],
  ['a battery that is not', 'install', { battery: 20, metered: null }, null],
  ['a metered network', 'download', { battery: null, metered: true }, 'metered'],
  [
    'a metered network, for what is there already,',
    'install',
    { battery: 50, metered: true },
    null,
  ],
])('%s hinders a %s as it should', (_, decision, conditions, hinders) => {
  expect(hindranceTo(decision, conditions)).toBe(hinders);
});

const version = '9.0.0';
const offer = { version, notes: '', size: 1 };

function begin(settings: Partial<Settings>, update: AppState['update'], busy = 0) {
  const at = { ...gateway('a', running), policy: 'release' as const };
  const report = { state: 'running', parts: [], busy };
  const store = createAppStore(
    partsWith({
      watcher: watcherWith([{ ...at, report }]),
      settings: { ...defaultSettings, ...settings },
      update,
    }),
  );
  const done: string[] = [];
  const timers: (() => void)[] = [];
  const said: string[] = [];
  let unusedMs = 0;
  let conditions: Conditions = { battery: null, metered: null };
  const end = installInTime({
    store,
    updates: {
      download: async () => void done.push('download'),
      install: async () => void done.push('install'),
    },
    clock: {
      after: (_, run) => {
        timers.push(run);
        return () => {
          const at = timers.indexOf(run);
          if (at >= 0) timers.splice(at, 1);
        };
      },
    },
    unusedMs: () => unusedMs,
    hour: () => 12,
    conditions: async () => conditions,
    log: (message) => said.push(message),
  });
  return {
    ...{ store, done, timers, end, said },
    /** What the first timer does, to its end. */
    ring: async () => {
      timers.shift()?.();
      await new Promise(setImmediate);
    },
    find: (found: Conditions) => {
      conditions = found;
    },
    leaveFor: (ms: number) => {
      unusedMs = ms;
    },
  };
}

describe('in time', () => {
  test('downloads at once, and installs when the machine has been left', async () => {
    const { store, done, timers, ring, leaveFor, end } = begin(
      { installUpdates: 'idle' },
      { status: 'available', ...offer },
    );
    await ring();
    expect(done).toEqual(['download']);
    store.put({ update: { status: 'ready', ...offer } });
    expect(timers).toHaveLength(1);
    await ring();
    expect(done).toEqual(['download']);
    leaveFor(600_000);
    await ring();
    await ring();
    expect(done).toEqual(['download', 'install']);
    end();
  });

  test('a gateway at work is left in peace', () => {
    const { done, timers, leaveFor, end } = begin(
      { installUpdates: 'idle' },
      { status: 'ready', ...offer },
      1,
    );
    leaveFor(600_000);
    timers[0]?.();
    expect(done).toEqual([]);
    end();
    expect(timers).toEqual([]);
  });

  test('a low battery and a metered network are waited for, and said once', async () => {
    const { store, done, said, timers, ring, find, end } = begin(
      { installUpdates: 'quit' },
      { status: 'available', ...offer },
    );
    const minutes = async (count: number, found: Conditions): Promise<void> => {
      find(found);
      // Each minute it looks, and then begins.
      for (let round = 0; round < 2 * count; round += 1) await ring();
    };
    await minutes(2, { battery: 19, metered: null });
    await minutes(2, { battery: 20, metered: true });
    expect(done).toEqual([]);
    expect(store.state().updateHeldUp).toBe('metered');
    expect(said).toEqual([
      expect.stringContaining('waits until the battery has 20 %'),
      expect.stringContaining('waits until the network is not metered'),
    ]);
    await minutes(1, { battery: 20, metered: false });
    expect(done).toEqual(['download']);
    expect(store.state().updateHeldUp).toBeNull();
    end();
    expect(timers).toEqual([]);
  });

  test('a choice that is taken back while the system is asked counts', async () => {
    const { store, done, timers, end } = begin(
      { installUpdates: 'quit' },
      { status: 'available', ...offer },
    );
    timers[0]?.();
    store.put({ settings: { ...defaultSettings, installUpdates: 'ask' } });
    await new Promise(setImmediate);
    expect(done).toEqual([]);
    end();
  });

  test('a choice that is made later counts at once', async () => {
    const { store, done, ring, end } = begin({}, { status: 'available', ...offer });
    expect(done).toEqual([]);
    store.put({ settings: { ...defaultSettings, installUpdates: 'quit' } });
    await ring();
    expect(done).toEqual(['download']);
    end();
  });

  test.each<[string, Partial<Settings>, boolean]>([
    ['as chosen', { installUpdates: 'quit' }, true],
    ['not unless chosen', { installUpdates: 'idle' }, false],
    ['not when skipped', { installUpdates: 'quit', skippedVersion: version }, false],
  ])('what is ready is installed on quit %s', (_, settings, expected) => {
    const { store, end } = begin(settings, { status: 'ready', ...offer });
    expect(installsOnQuit(store.state())).toBe(expected);
    end();
  });
});
