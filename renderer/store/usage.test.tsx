// @vitest-environment jsdom
import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { appState, gateway } from '../test/samples.ts';
import { openWindow, textOf } from '../test/window.tsx';
import { sampleEveryMs } from './usage.ts';

const now = Date.now();
const state = appState(now, {
  gateways: { reference: gateway(now), b: gateway(now, { id: 'b' }) },
});

let hidden = false;
let asked = 0;

beforeEach(() => {
  hidden = false;
  asked = 0;
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** 3 processes with 142 MB, at work for 10 ms in each second. */
const handlers = {
  'usage.sample': () => {
    asked += 1;
    const usage = { memory: 142_000_000, usedMs: 20 * asked, processes: 3 };
    return { at: sampleEveryMs * asked, gateways: { reference: usage } };
  },
};

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

function hide(value: boolean): void {
  hidden = value;
  act(() => void document.dispatchEvent(new Event('visibilitychange')));
}

test('home says what a gateway uses, and the overview draws it with words for those who can’t see it', async () => {
  const { holdfast } = await openWindow(state, 'home', handlers);
  vi.useFakeTimers();
  hide(false);
  await pass(0);
  expect(textOf('home-line-reference')).toContain('· 142 MB · port 18790');
  await pass(sampleEveryMs);
  expect(textOf('home-line-reference')).toContain('· 142 MB · 1 % · port 18790');
  expect(textOf('home-line-b')).not.toContain('MB');
  act(() => holdfast.openGateway('reference', 'status'));
  await pass(2 * sampleEveryMs);
  expect(textOf('usage-memory')).toBe('142 MB');
  expect(textOf('usage-cpu')).toBe('1 %');
  const line = screen.getByTestId('usage-memory-line');
  expect(line.getAttribute('role')).toBe('img');
  expect(line.getAttribute('aria-label')).toContain('142 MB now');
});

test('a hidden window measures nothing and has no timer for it; one that is seen again begins anew', async () => {
  await openWindow(state, 'home', handlers);
  vi.useFakeTimers();
  hide(false);
  await pass(sampleEveryMs);
  const before = asked;
  expect(before).toBeGreaterThan(1);
  hide(true);
  await pass(10 * sampleEveryMs);
  expect(asked).toBe(before);
  expect(vi.getTimerCount()).toBe(0);
  hide(false);
  await pass(0);
  expect(asked).toBe(before + 1);
});

test('a view that shows no gateway measures nothing', async () => {
  const { holdfast } = await openWindow(state, 'home', handlers);
  act(() => holdfast.open('settings'));
  vi.useFakeTimers();
  const before = asked;
  await pass(10 * sampleEveryMs);
  expect(asked).toBe(before);
});

test('a watcher that can’t measure is asked rarely, and nothing is shown', async () => {
  let failed = 0;
  await openWindow(state, 'home', {
    'usage.sample': () => {
      failed += 1;
      throw new Error('No such call.');
    },
  });
  vi.useFakeTimers();
  hide(false);
  await pass(10 * sampleEveryMs);
  expect(failed).toBeLessThanOrEqual(2);
  expect(textOf('home-line-reference')).not.toContain('MB');
});
