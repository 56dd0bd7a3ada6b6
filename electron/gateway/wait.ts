/** Waiting on a gateway's clock, given up by an AbortSignal. */
import type { Clock } from '../process/index.ts';

/** Calls `act` after `ms`, unless `signal` aborts before. */
export function later(clock: Clock, ms: number, signal: AbortSignal, act: () => void): void {
  if (signal.aborted) return;
  const cancel = clock.after(ms, () => {
    signal.removeEventListener('abort', cancel);
    act();
  });
  signal.addEventListener('abort', cancel, { once: true });
}

/** Resolves after `ms`, or as soon as `signal` aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
