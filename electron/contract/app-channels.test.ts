import { expect, test } from 'vitest';
import { callChannel, eventChannel } from './app-channels.ts';
import type { AppContract } from './app-contract.ts';
import { appCalls, appContract } from './app-contract.ts';
import type { EventName } from './define.ts';

const appEvents = Object.keys(appContract.events) as EventName<AppContract>[];

test('each call and event of the contract has its channel', () => {
  const channels = [...appCalls.map(callChannel), ...appEvents.map(eventChannel)];
  expect(channels).toHaveLength(Object.keys(appContract.calls).length + appEvents.length);
  expect(new Set(channels).size).toBe(channels.length);
});

test('calls and events can’t be taken for one another, or for channels of Electron', () => {
  for (const name of appCalls) expect(callChannel(name)).toMatch(/^holdfast:call:[a-zA-Z.]+$/);
  for (const name of appEvents) expect(eventChannel(name)).toMatch(/^holdfast:event:[a-z]+$/);
});
