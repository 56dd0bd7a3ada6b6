import { expect, test } from 'vitest';
import { cpuText, loadOf, memoryText } from './usage.ts';
import type { UsageSample } from './usage-call.ts';

const sample = (at: number, usedMs: number): UsageSample => ({
  at,
  gateways: { a: { memory: 142_000_000, usedMs, processes: 3 } },
});

test('two answers tell the use of the processor, one only the memory', () => {
  expect(loadOf('a', null, sample(1_000, 500))).toEqual({
    memory: 142_000_000,
    cpu: null,
    processes: 3,
  });
  expect(loadOf('a', sample(1_000, 500), sample(3_000, 1_500))?.cpu).toBe(50);
  expect(loadOf('b', null, sample(1_000, 500))).toBeNull();
});

test('a process that has ended, or a watcher that was replaced, makes no negative use', () => {
  expect(loadOf('a', sample(1_000, 500), sample(3_000, 20))?.cpu).toBe(0);
  expect(loadOf('a', sample(9_000, 500), sample(3_000, 900))?.cpu).toBeNull();
});

test.each([
  [0.04, '0 %'],
  [0.31, '0.3 %'],
  [12.4, '12 %'],
  [250, '250 %'],
])('%d is written as %s', (cpu, text) => expect(cpuText(cpu)).toBe(text));

test.each([
  [812_000, '812 kB'],
  [141_900_000, '142 MB'],
  [999_600_000, '1.0 GB'],
  [1_440_000_000, '1.4 GB'],
])('%d bytes are written as %s', (bytes, text) => expect(memoryText(bytes)).toBe(text));
