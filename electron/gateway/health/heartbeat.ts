/**
 * Whether a gateway may hang, by its heartbeat file: the file was not written for `maxAgeMs`. It is
 * checked only when the next beat would be overdue, so a well gateway costs one wakeup a minute. The
 * wall clock says how old a beat is, within what the monotonic clock allows; after a clock was set, or
 * after the watcher itself stood still, the gateway has a whole new period.
 */
import { statSync } from 'node:fs';
import type { Clock } from '../../process/index.ts';
import { sharedTimer } from '../probes/shared-timer.ts';

/** More than clocks drift and timers are late; less than anyone sets a clock by. */
const clockToleranceMs = 1_000;

/** An overdue heartbeat is checked this often in quick succession, then at a calmer pace. */
const quickChecks = 5;
const calmPaceMs = 5_000;

export interface HeartbeatWatch {
  readonly file: string;
  readonly maxAgeMs: number;
  readonly clock: Clock;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** How soon an overdue heartbeat is checked again. */
  readonly againMs: number;
  onBeat(): void;
  /** Overdue for `ms`, for the `misses`th time in a row. True: there is no need to check further. */
  onOverdue(ms: number, misses: number): boolean;
}

/** When it was last written (epoch milliseconds); null when it does not exist. */
export function lastBeat(file: string): number | null {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return null;
  }
}

/** Whether it was written within the last `maxAgeMs`, by the wall clock. */
export function isFresh(file: string, maxAgeMs: number): boolean {
  const beat = lastBeat(file);
  return beat !== null && Date.now() - beat <= maxAgeMs;
}

/** Begins the watch; a file that never appears counts from now. */
export function watchHeartbeat(watch: HeartbeatWatch): void {
  new HeartbeatProbe(watch).plan(watch.maxAgeMs);
}

class HeartbeatProbe {
  readonly #watch: HeartbeatWatch;
  #beat: number | null;
  #checkedAt: number;
  #skew: number;
  #due = 0;
  #overdueSince = 0;
  #misses = 0;

  constructor(watch: HeartbeatWatch) {
    this.#watch = watch;
    this.#beat = lastBeat(watch.file);
    this.#checkedAt = watch.clock.now();
    this.#skew = this.#skewNow();
  }

  plan(ms: number): void {
    const { clock, signal } = this.#watch;
    this.#due = clock.now() + ms;
    sharedTimer(clock).after(ms, signal, () => this.#check());
  }

  #check(): void {
    const { file, maxAgeMs, clock } = this.#watch;
    const now = clock.now();
    const beat = lastBeat(file);
    const clockWasSet = Math.abs(this.#skewNow() - this.#skew) > clockToleranceMs;
    this.#skew = this.#skewNow();
    if (beat !== null && beat !== this.#beat) {
      const age = Math.min(Math.max(Date.now() - beat, 0), now - this.#checkedAt);
      this.#beat = beat;
      this.#misses = 0;
      this.#watch.onBeat();
      this.plan(clockWasSet ? maxAgeMs : maxAgeMs - age);
    } else if (now - this.#due > maxAgeMs / 2) {
      // The watcher itself stood still.
      this.plan(maxAgeMs);
    } else {
      this.#miss(now);
    }
    this.#checkedAt = now;
  }

  #miss(now: number): void {
    const { againMs, onOverdue } = this.#watch;
    if (this.#misses === 0) this.#overdueSince = now;
    this.#misses += 1;
    if (onOverdue(now - this.#overdueSince, this.#misses)) return;
    this.plan(this.#misses < quickChecks ? againMs : Math.max(againMs, calmPaceMs));
  }

  #skewNow(): number {
    return Date.now() - this.#watch.clock.now();
  }
}
