import { expect, test } from 'vitest';
import { offerAgain, putOff } from '../contract/put-off.ts';
import type { Receipt } from '../contract/receipt.ts';
import type { SettingsChange } from '../contract/settings.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { transactionIn, watcherWith } from '../testing/app-states.ts';
import { leaveWhenUpdated, rememberUndone } from './updated-app.ts';

const receipt = (outcome: Receipt['outcome'], toVersion = '2.0.0'): Receipt => ({
  schema: 1,
  attempt: '1700000000000-abcdef01',
  fromVersion: '1.0.0',
  toVersion,
  fromBuild: 'one',
  toBuild: 'two',
  outcome,
  startedAt: 1,
  at: 2,
  committedAt: null,
  escape: null,
  problem: null,
  steps: [],
  gateways: [],
});

function linkWith(first: WatcherState | null) {
  let watcher = first;
  const listeners = new Set<() => void>();
  return {
    watcher: () => watcher,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    become: (next: WatcherState) => {
      watcher = next;
      for (const listener of listeners) listener();
    },
    listeners,
  };
}

function remembering(link: ReturnType<typeof linkWith>, version = '1.0.0') {
  let settings = defaultSettings;
  const change = (wanted: SettingsChange): void => {
    settings = { ...settings, ...JSON.parse(JSON.stringify(wanted)) };
  };
  rememberUndone({ link, version, settings: { get: () => settings, change } });
  return { get: () => settings, change };
}

test('a version whose update was undone is not offered again, unless it is wanted again', () => {
  const link = linkWith(null);
  const settings = remembering(link);
  expect(putOff(settings.get(), '2.0.0')).toBeNull();
  link.become({ ...watcherWith([]), receipt: receipt('put-back') });
  expect(putOff(settings.get(), '2.0.0')).toBe('undone');
  expect(putOff(settings.get(), '2.0.1')).toBeNull();
  settings.change(offerAgain(settings.get()));
  expect(putOff(settings.get(), '2.0.0')).toBeNull();
  // The same receipt, once more.
  link.become({ ...watcherWith([]), receipt: receipt('put-back') });
  expect(putOff(settings.get(), '2.0.0')).toBeNull();
});

test('a version that its user has gone back from is not offered again by itself', () => {
  const back = { ...receipt('committed', '1.0.0'), fromVersion: '2.0.0' };
  const link = linkWith({ ...watcherWith([]), receipt: back });
  expect(putOff(remembering(link).get(), '2.0.0')).toBe('undone');
  expect(putOff(remembering(link).get(), '2.0.1')).toBeNull();
  // An app of another version has no part in it.
  expect(remembering(link, '1.5.0').get().undoneUpdate).toBeNull();
});

test.each<[string, Receipt]>([
  ['that is done', receipt('committed')],
  ['whose soak lasts', receipt('back')],
  ['to the version that runs', receipt('failed', '1.0.0')],
])('an update %s is remembered as no undone one', (_, one) => {
  const settings = remembering(linkWith({ ...watcherWith([]), receipt: one }));
  expect(settings.get().undoneUpdate).toBeNull();
});

test('an app that was started by an update at the end of another leaves once it is proved', () => {
  const link = linkWith(null);
  let left = 0;
  leaveWhenUpdated(link, () => {
    left += 1;
  });
  expect(left).toBe(0);
  link.become({ ...watcherWith([]), transaction: transactionIn('starting-app') });
  expect(left).toBe(0);
  link.become({ ...watcherWith([]), transaction: transactionIn('soaking') });
  link.become(watcherWith([]));
  expect(left).toBe(1);
  expect(link.listeners.size).toBe(0);
});
