/**
 * Notices that the machine has slept, without a timer of its own: whenever a timer of this watcher fires
 * anyway, it is asked how much longer the machine has been up than this program has run.
 */
import { type Clock, systemUptimeMs } from '../process/index.ts';

/** A shorter sleep is not worth a line; some systems count the time since boot in whole seconds. */
const worthSayingMs = 30_000;

export interface SleepWatchDeps {
  readonly clock: Clock;
  /** How long the machine has been up, its sleep included, milliseconds. */
  readonly up?: () => number;
  /** It has slept for `ms`, and woke a moment ago. */
  onSlept(ms: number): void;
  /** The watcher is awake. */
  onAwake(): void;
}

/**
 * The same clock. Its time stands still while the machine sleeps where the system's does: on Linux and
 * macOS, not on Windows, where no sleep is noticed.
 */
export function noticeSleep({
  clock,
  up = systemUptimeMs,
  onSlept,
  onAwake,
}: SleepWatchDeps): Clock {
  const asleep = (): number => up() - clock.now();
  let before = asleep();
  const awake = (): void => {
    const now = asleep();
    const slept = now - before;
    before = now;
    if (slept >= worthSayingMs) onSlept(Math.round(slept));
    onAwake();
  };
  return {
    now: () => clock.now(),
    after: (ms, callback) =>
      clock.after(ms, () => {
        awake();
        callback();
      }),
  };
}
