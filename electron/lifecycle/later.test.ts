import { expect, test } from 'vitest';
import type { Settings } from '../contract/settings.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { offerAgainLater } from './later.ts';

const hour = 3_600_000;

function surroundings(laterVersion: Settings['laterVersion'], start = 0) {
  let now = start;
  let timer: { left: number; run: () => void } | null = null;
  let settings: Settings = { ...defaultSettings, laterVersion };
  const listeners = new Set<() => void>();
  const change = (next: Partial<Settings>): void => {
    settings = { ...settings, ...next };
    for (const listener of listeners) listener();
  };
  const stop = offerAgainLater({
    settings: {
      get: () => settings,
      change: (next) => change(next.laterVersion === null ? { laterVersion: null } : {}),
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    clock: {
      after(ms, run) {
        const own = { left: ms, run };
        timer = own;
        return () => {
          if (timer === own) timer = null;
        };
      },
    },
    now: () => now,
  });
  return {
    ...{ stop, change },
    later: () => settings.laterVersion,
    waits: () => timer !== null,
    /** Time passes, for timers only as far as the machine is awake. */
    pass(ms: number, awake = ms) {
      now += ms;
      const due = timer;
      if (due === null) return;
      due.left -= awake;
      if (due.left > 0) return;
      timer = null;
      due.run();
    },
  };
}

test('a version is offered again when its time is over, and not before', () => {
  const around = surroundings(null);
  expect(around.waits()).toBe(false);
  around.change({ laterVersion: { version: '1.1.0', until: 2 * hour } });
  around.pass(hour);
  expect(around.later()).not.toBeNull();
  around.pass(hour);
  expect(around.later()).toBeNull();
  expect(around.waits()).toBe(false);
});

test('a time that was over before the start is over at the start', () => {
  expect(surroundings({ version: '1.1.0', until: 5 }, 6).later()).toBeNull();
});

test('an hour after a long sleep it is noticed', () => {
  const around = surroundings({ version: '1.1.0', until: 24 * hour });
  around.pass(48 * hour, 0);
  around.pass(hour);
  expect(around.later()).toBeNull();
});

test('after its end nothing is waited for', () => {
  const around = surroundings({ version: '1.1.0', until: 24 * hour });
  around.stop();
  expect(around.waits()).toBe(false);
});
