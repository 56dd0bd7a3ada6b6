/** The clock that is passed to everything that waits, so that tests can bring another one. */
import { uptime } from 'node:os';

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

/** A deadline counts its time in steps of this length, ms: a wakeup per second while one runs. */
const stepMs = 1_000;
/** A short step may be late by this much, as timers on a busy machine are. */
const slackMs = 250;

/**
 * Calls `onOver` when `ms` of running time have passed; the returned function cancels it. A step that is
 * late by more than its own length does not count: the machine or this program stood still (sleep,
 * SIGSTOP), and so did the other side. A clock alone would call everything late that slept with us,
 * before it could answer; the clock of Windows goes on while the machine sleeps.
 */
export function deadline(clock: Clock, ms: number, onOver: () => void): () => void {
  let left = ms;
  let cancel: () => void = () => undefined;
  const step = (): void => {
    const length = Math.min(stepMs, left);
    const due = clock.now() + length;
    cancel = clock.after(length, () => {
      if (clock.now() - due <= Math.max(length, slackMs)) left -= length;
      if (left <= 0) onOver();
      else step();
    });
  };
  step();
  return () => cancel();
}

/**
 * How long the machine has been up, milliseconds. It is never set, as the clock is, and goes on while the
 * machine sleeps; some systems count in whole seconds.
 */
export function systemUptimeMs(): number {
  return uptime() * 1_000;
}
