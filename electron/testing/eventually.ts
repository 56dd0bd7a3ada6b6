/** For tests: a wait for what no event announces. */
import { vi } from 'vitest';
import { patienceMs } from './patience.ts';

/** Resolves with what `check` returns, as soon as that does not throw; rejects with what it threw last. */
export function eventually<T>(check: () => T | Promise<T>, intervalMs = 20): Promise<T> {
  return vi.waitFor(check, { timeout: patienceMs, interval: intervalMs });
}
