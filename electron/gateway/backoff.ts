/**
 * When a gateway that ended is started again: at once, then slower and slower, never not at all.
 *
 *     failures  0   1     2    3   4   5   6   7    8+
 *     delay     0   250   500  1 s 2 s 4 s 8 s 16 s 30 s   (+ up to 20 % jitter)
 *
 * Pure: time comes in as monotonic milliseconds, chance as 0 ≤ random < 1.
 */

/** Doubling begins here: long enough for a port or a lock to be given back. */
export const firstDelayMs = 250;
/** A user who repaired the cause waits no longer than this. */
export const maxDelayMs = 30_000;
/** Added, never subtracted: gateways that fail together do not return together, nor sooner. */
const jitterShare = 0.2;
/** A gateway that served this long had no start problem: its next end is a new story. */
export const healthyMs = 60_000;
/**
 * At most so many starts in the window, however the ends fall: ends just after `healthyMs` would
 * otherwise begin the ladder again and again. The ladder alone stays below it.
 */
export const maxStarts = 30;
export const windowMs = 600_000;

export interface Ladder {
  /** Ends in a row without a healthy stretch between them. */
  readonly failures: number;
  /** Times of the starts in the window, oldest first. */
  readonly starts: readonly number[];
}

export const freshLadder: Ladder = { failures: 0, starts: [] };

/** The delay before the start that follows an end, and the ladder after that end. */
export function afterFailure(
  ladder: Ladder,
  now: number,
  random: number,
): { delayMs: number; ladder: Ladder } {
  const { failures } = ladder;
  const base = failures === 0 ? 0 : Math.min(firstDelayMs * 2 ** (failures - 1), maxDelayMs);
  const budget = budgetMs(ladder, now);
  const starts = ladder.starts.filter((at) => at > now - windowMs);
  return {
    delayMs: Math.max(base * (1 + jitterShare * random), budget),
    ladder: { failures: failures + 1, starts },
  };
}

/** How long until another start is within the budget. */
export function budgetMs(ladder: Ladder, now: number): number {
  const mustLeave = ladder.starts.filter((at) => at > now - windowMs).at(-maxStarts);
  return mustLeave === undefined ? 0 : mustLeave + windowMs - now;
}

/** Remembers a start. */
export function afterStart(ladder: Ladder, now: number): Ladder {
  const starts = ladder.starts.filter((at) => at > now - windowMs);
  return { ...ladder, starts: [...starts, now].slice(-maxStarts) };
}

/** Forgets the failures, not the starts. */
export function afterHealth(ladder: Ladder): Ladder {
  return { ...ladder, failures: 0 };
}
