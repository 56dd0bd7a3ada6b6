/**
 * When a gateway that ended is started again: at once, then more and more slowly, without giving up.
 *
 *     failures  0   1     2    3   4   5   6   7    8+
 *     delay     0   250   500  1 s 2 s 4 s 8 s 16 s 30 s   (+ up to 20 % jitter)
 *
 * Pure: time comes in as monotonic milliseconds, chance as 0 ≤ random < 1.
 */

/** Doubling begins here: long enough for a port or a lock to be given back. */
export const firstDelayMs = 250;
/** After the cause is repaired, the user waits no longer than this. */
export const maxDelayMs = 30_000;
/** Added, never subtracted: gateways that fail together do not return together, nor sooner. */
const jitterShare = 0.2;
/** A gateway that served this long had no start problem: its next end begins a new schedule. */
export const healthyMs = 60_000;
/**
 * At most this many starts in the window, whenever the ends are: ends just after `healthyMs` would
 * otherwise begin the schedule again and again. The schedule alone stays below it.
 */
export const maxStarts = 30;
export const windowMs = 600_000;

export interface Backoff {
  /** Ends in a row without a healthy stretch between them. */
  readonly failures: number;
  /** Times of the starts in the window, oldest first. */
  readonly starts: readonly number[];
}

export const freshBackoff: Backoff = { failures: 0, starts: [] };

/** The delay before the start that follows an end, and the schedule after that end. */
export function afterFailure(
  backoff: Backoff,
  now: number,
  random: number,
): { delayMs: number; backoff: Backoff } {
  const { failures } = backoff;
  const base = failures === 0 ? 0 : Math.min(firstDelayMs * 2 ** (failures - 1), maxDelayMs);
  const budget = budgetMs(backoff, now);
  const starts = backoff.starts.filter((at) => at > now - windowMs);
  return {
    delayMs: Math.max(base * (1 + jitterShare * random), budget),
    backoff: { failures: failures + 1, starts },
  };
}

/** How long until another start is within the budget. */
export function budgetMs(backoff: Backoff, now: number): number {
  const mustLeave = backoff.starts.filter((at) => at > now - windowMs).at(-maxStarts);
  return mustLeave === undefined ? 0 : mustLeave + windowMs - now;
}

/** Remembers a start. */
export function afterStart(backoff: Backoff, now: number): Backoff {
  const starts = backoff.starts.filter((at) => at > now - windowMs);
  return { ...backoff, starts: [...starts, now].slice(-maxStarts) };
}

/** Forgets the failures, not the starts. */
export function afterHealth(backoff: Backoff): Backoff {
  return { ...backoff, failures: 0 };
}
