import { expect, test } from 'vitest';
import type { AppState } from '../contract/app-contract.ts';
import type { AppMemory } from '../settings/memory.ts';
import { gateway, running, stateWith } from '../testing/app-states.ts';
import type { NotifyDeps } from './notify.ts';
import { notifyDesktop } from './notify.ts';

const failed = stateWith([
  gateway('a', { status: 'failed', problem: { message: 'It can’t be started.' } }),
]);

/** The app around it, with a clock that is moved by hand. */
function surroundings(first: AppState) {
  let state = first;
  let memory: AppMemory = { bounds: null, dismissed: null, told: {} };
  let now = 1_000_000;
  let timers: { at: number; run: () => void }[] = [];
  const listeners = new Set<() => void>();
  const shown: { title: string; click: () => void }[] = [];
  const opened: unknown[] = [];
  const deps: NotifyDeps = {
    store: {
      state: () => state,
      subscribe(listener) {
        const hear = () => listener({ revision: 1, changes: [] });
        listeners.add(hear);
        return () => listeners.delete(hear);
      },
    },
    memory: {
      get: () => memory,
      remember: (change) => {
        memory = { ...memory, ...change };
      },
    },
    window: {
      seenView: () => null,
      open: (...place) => opened.push(place),
      tell: ({ title }, click) => shown.push({ title, click }),
    },
    clock: {
      after(ms, run) {
        const timer = { at: now + ms, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
    },
    now: () => now,
  };
  return {
    ...{ deps, shown, opened },
    memory: () => memory,
    waits: () => timers.length,
    become(next: AppState) {
      state = next;
      for (const listener of [...listeners]) listener();
    },
    pass(ms: number) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { run } of due) run();
    },
  };
}

test('what is to be told is shown after a moment, remembered, and a click opens its place', () => {
  const around = surroundings(stateWith([gateway('a', running)]));
  notifyDesktop(around.deps);
  around.become(failed);
  expect(around.shown).toEqual([]);
  around.pass(5_000);
  expect(around.shown.map(({ title }) => title)).toEqual(['Gateway a can’t start']);
  around.shown[0]?.click();
  expect(around.opened).toEqual([['status', 'a']]);
  expect(Object.keys(around.memory().told)).toEqual(['failed a']);
  around.become(failed);
  around.pass(3_600_000);
  expect(around.shown).toHaveLength(1);
  expect(around.waits()).toBe(0);
});

test('after its end nothing is shown, and no timer is left', () => {
  const around = surroundings(failed);
  const stop = notifyDesktop(around.deps);
  expect(around.waits()).toBe(1);
  stop();
  around.pass(5_000);
  around.become(stateWith([]));
  expect(around.shown).toEqual([]);
  expect(around.waits()).toBe(0);
});
