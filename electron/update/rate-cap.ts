/** Holds a transfer to the rate that its user allows: after each piece the next one is taken only when it is due. */
import { type Clock, passed } from '../process/index.ts';

/** Resolves when the next piece may be taken; rejects with the reason of `signal`. */
export type RateCap = (bytes: number, signal: AbortSignal) => Promise<void>;

/** @param maxRate bytes a second, asked after each piece; null for no limit */
export function createRateCap(clock: Clock, maxRate: () => number | null): RateCap {
  let dueAt = clock.now();
  return async (bytes, signal) => {
    const rate = maxRate();
    if (rate === null) return;
    const now = clock.now();
    // Time in which nothing was taken is not made up for.
    dueAt = Math.max(dueAt, now) + (bytes / rate) * 1_000;
    await passed(clock, dueAt - now, signal);
  };
}
