/** Time as the rest of the room sees it, so that tests can bring their own. */

export interface Clock {
  /** Milliseconds on a monotonic scale. */
  now(): number;
  /** Calls `callback` after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** A deadline's time is counted in steps of this length, ms; one under way is worth a wakeup a second. */
const STEP_MS = 1_000;
/** A short step may be late by this all the same: timers on a busy machine are. */
const SLACK_MS = 250;

/**
 * Calls `onOver` when `ms` of running time are over; the returned function cancels it. A step that
 * came later than its own length again does not count: machine or program stood still (sleep,
 * SIGSTOP), and so did whoever is waited for. A clock alone would call everyone late who was asleep
 * with us, before they could be heard; Windows' clock goes on while the machine sleeps.
 */
export function deadline(clock: Clock, ms: number, onOver: () => void): () => void {
  let left = ms;
  let cancel: () => void = () => undefined;
  const step = (): void => {
    const length = Math.min(STEP_MS, left);
    const due = clock.now() + length;
    cancel = clock.after(length, () => {
      if (clock.now() - due <= Math.max(length, SLACK_MS)) left -= length;
      if (left <= 0) onOver();
      else step();
    });
  };
  step();
  return () => cancel();
}
