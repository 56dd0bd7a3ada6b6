/**
 * How long a gateway's starts have taken until they were ready, and how long the next one may take.
 * A fixed limit is wrong for someone: a gateway that migrates its data on a slow disk needs minutes
 * every time, and its users would lose every update to it. So the limit follows from what this very
 * gateway has needed on this very machine.
 */

/** Enough to have seen a cold start and a busy machine; more would only be older. */
export const keptStarts = 10;
/** A start beside a running gateway shares processor and disk with it, and a new version may migrate data. */
const slowdown = 4;
/** A start that took longer than a day says that the clock or the machine stood still. */
export const longestStartMs = 86_400_000;

/** `past` and one more, oldest first. A time that can't be one is left out. Milliseconds. */
export function rememberStart(past: readonly number[], tookMs: number): readonly number[] {
  const took = Math.round(tookMs);
  if (!(took >= 0 && took <= longestStartMs)) return past;
  return [...past, took].slice(-keptStarts);
}

/**
 * How long the next start, or a rehearsal of it, may take until ready: four times the slowest of the
 * gateway's own past starts, and never less than its profile allows. Milliseconds.
 */
export function startLimitMs(past: readonly number[], startTimeoutMs: number): number {
  return Math.max(startTimeoutMs, slowdown * Math.max(0, ...past));
}
