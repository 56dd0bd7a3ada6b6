import { expect, test } from 'vitest';
import type { GatewayView } from '../contract/gateway.ts';
import { gateway, running } from '../testing/app-states.ts';
import { createUsageSampler } from './usage.ts';

function bench(...views: GatewayView[]) {
  let at = 1_000;
  const asked: number[][] = [];
  const usage = createUsageSampler({
    views: () => Object.fromEntries(views.map((view) => [view.id, view])),
    measure(roots) {
      asked.push(roots.map(({ pid }) => pid));
      return roots.map((_, index) =>
        index === 0 ? { memory: 5_000_000, usedMs: 40, processes: 2 } : null,
      );
    },
    now: () => at,
  });
  return {
    usage,
    asked,
    wait(ms: number) {
      at += ms;
    },
  };
}

test('gateways that run are measured, the others are left out', () => {
  const b = gateway('b', { status: 'stopped' });
  const { usage, asked } = bench(gateway('a', running), b, gateway('c', running));
  expect(usage.sample()).toEqual({
    at: 1_000,
    gateways: { a: { memory: 5_000_000, usedMs: 40, processes: 2 } },
  });
  expect(asked.map((roots) => roots.length)).toEqual([2]);
});

test('however many ask, it is measured twice a second at most, and not at all when nobody asks', () => {
  const { usage, asked, wait } = bench(gateway('a', running));
  expect(asked).toHaveLength(0);
  for (let i = 0; i < 100; i++) {
    usage.sample();
    wait(50);
  }
  expect(asked).toHaveLength(10);
});
