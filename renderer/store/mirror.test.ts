import { expect, test } from 'vitest';
import type { AppState } from '../../electron/contract/app-contract.ts';
import { eventually } from '../../electron/testing/eventually.ts';
import { createMockBridge } from '../test/mock-bridge.ts';
import { appState } from '../test/samples.ts';
import { type MirrorView, startMirror } from './mirror.ts';

const now = 1_763_829_000_000;

function watch(state: AppState, handlers: Parameters<typeof createMockBridge>[1] = {}) {
  const bridge = createMockBridge(state, handlers);
  const seen: MirrorView[] = [];
  const retries: (() => void)[] = [];
  const stop = startMirror({
    bridge,
    onChange: (view) => seen.push(view),
    later: (work) => {
      retries.push(work);
      return () => undefined;
    },
  });
  const asked = (): number => bridge.calls.filter(({ name }) => name === 'subscribe').length;
  const last = (): MirrorView | undefined => seen.at(-1);
  return { bridge, seen, retries, stop, asked, last };
}

test('takes one snapshot and follows patches without asking again', async () => {
  const { bridge, asked, last } = watch(appState(now));
  await eventually(() => expect(last()?.snapshot?.revision).toBe(0));
  bridge.publish({ update: { status: 'checking' } });
  bridge.publish({ tray: false });
  expect(last()?.snapshot?.revision).toBe(2);
  expect(last()?.snapshot?.state).toEqual(bridge.publisher.snapshot().state);
  expect(asked()).toBe(1);
});

test('keeps the identity of parts that a patch does not touch', async () => {
  const { bridge, last } = watch(appState(now));
  await eventually(() => expect(last()?.snapshot?.revision).toBe(0));
  const before = last()?.snapshot?.state;
  bridge.publish({ tray: false });
  expect(last()?.snapshot?.state.gateways).toBe(before?.gateways);
});

test('asks for a snapshot again when a patch was missed, and ends up with the true state', async () => {
  const { bridge, asked, last } = watch(appState(now));
  await eventually(() => expect(last()?.snapshot?.revision).toBe(0));
  bridge.publisher.publish({ ...appState(now), tray: false });
  bridge.emit('patch', { revision: 5, changes: [{ path: ['tray'], value: true }] });
  await eventually(() => expect(asked()).toBe(2));
  await eventually(() => expect(last()?.snapshot?.revision).toBe(1));
  expect(last()?.snapshot?.state.tray).toBe(false);
});

test('patches that race the snapshot are applied once, whatever side they arrive on', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { bridge, last } = watch(appState(now), {
    async subscribe() {
      await gate;
      return { revision: 1, state: { ...appState(now), tray: false } };
    },
  });
  bridge.publish({ tray: false });
  bridge.publish({ update: { status: 'checking' } });
  release();
  await eventually(() => expect(last()?.snapshot?.revision).toBe(2));
  expect(last()?.snapshot?.state).toEqual(bridge.publisher.snapshot().state);
});

test('a refused subscription is said and tried again', async () => {
  let refuse = true;
  const { bridge, retries, last } = watch(appState(now), {
    subscribe() {
      if (refuse) throw new Error("Error invoking remote method 'holdfast': Error: Not yet.");
      return { ...bridge.publisher.snapshot() };
    },
  });
  await eventually(() => expect(last()?.error).toBe('Not yet.'));
  refuse = false;
  for (const retry of retries) retry();
  await eventually(() => expect(last()?.snapshot?.revision).toBe(0));
  expect(last()?.error).toBeNull();
});

test('stopping stops listening', async () => {
  const { bridge, seen, stop, last } = watch(appState(now));
  await eventually(() => expect(last()?.snapshot?.revision).toBe(0));
  stop();
  const count = seen.length;
  bridge.publish({ tray: false });
  expect(seen.length).toBe(count);
  expect(bridge.listeners()).toBe(0);
});

test('a gap behind the snapshot itself is noticed too', async () => {
  let first = true;
  const { bridge, asked, last } = watch(appState(now), {
    subscribe() {
      if (!first) return { ...bridge.publisher.snapshot() };
      first = false;
      bridge.emit('patch', { revision: 9, changes: [] });
      return { revision: 0, state: appState(now) };
    },
  });
  await eventually(() => expect(asked()).toBe(2));
  await eventually(() => expect(last()?.snapshot?.revision).toBe(0));
});
