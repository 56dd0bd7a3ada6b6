import { expect, test } from 'vitest';
import { appCalls, appEvents, callChannel, eventChannel, isAppCall } from './app-channels.ts';
import { appContract } from './app-contract.ts';

test('names exactly the calls and events of the contract', () => {
  expect([...appCalls].sort()).toEqual(Object.keys(appContract.calls).sort());
  expect([...appEvents].sort()).toEqual(Object.keys(appContract.events).sort());
});

test('no two names share a channel', () => {
  const channels = [...appCalls.map(callChannel), ...appEvents.map(eventChannel)];
  expect(new Set(channels).size).toBe(channels.length);
});

test('names that objects inherit are not calls', () => {
  expect(isAppCall('toString')).toBe(false);
  expect(isAppCall('__proto__')).toBe(false);
});
