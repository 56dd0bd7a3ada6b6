import { describe, expect, test } from 'vitest';
import type { AppState } from '../contract/app-contract.ts';
import type { Settings } from '../contract/settings.ts';
import { createAppStore } from '../ipc/app-store.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { gateway, partsWith, running, watcherWith } from '../testing/app-states.ts';
import {
  decideInstall,
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
  let unusedMs = 0;
  const end = installInTime({
    store,
    updates: {
      download: async () => void done.push('download'),
      install: async () => void done.push('install'),
    },
    clock: {
      after: (_, run) => {
        timers.push(run);
        return () => timers.splice(timers.indexOf(run), 1);
      },
    },
    unusedMs: () => unusedMs,
    hour: () => 12,
  });
  return {
    ...{ store, done, timers, end },
    leaveFor: (ms: number) => {
      unusedMs = ms;
    },
  };
}

describe('in time', () => {
  test('downloads at once, and installs when the machine has been left', () => {
    const { store, done, timers, leaveFor, end } = begin(
      { installUpdates: 'idle' },
      { status: 'available', ...offer },
    );
    timers[0]?.();
    expect(done).toEqual(['download']);
    store.put({ update: { status: 'ready', ...offer } });
    expect(timers).toHaveLength(1);
    timers[0]?.();
    expect(done).toEqual(['download']);
    leaveFor(600_000);
    timers[0]?.();
    timers[0]?.();
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

  test('a choice that is made later counts at once', () => {
    const { store, done, timers, end } = begin({}, { status: 'available', ...offer });
    expect(done).toEqual([]);
    store.put({ settings: { ...defaultSettings, installUpdates: 'quit' } });
    timers[0]?.();
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
