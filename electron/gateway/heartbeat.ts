/**
 * Sees by its heartbeat file whether a gateway may hang: it was not written for `maxAgeMs`. It is
 * looked at only when the next beat would be overdue, so a well gateway costs one wakeup a minute.
 * How old a beat is, the wall clock says, within what the monotonic one allows; a clock that was set
 * meanwhile, or our own being stopped, gives the gateway a whole new period.
 */
import { statSync } from 'node:fs';
import type { Clock } from '../process/index.ts';
import { lookTimer } from './look-timer.ts';

/** More than clocks drift and timers are late; less than anyone sets a clock by. */
const clockToleranceMs = 1_000;

/** An overdue one is looked at so often in quick succession, then at a calmer pace. */
const soonLooks = 5;
const laterMs = 5_000;

export interface HeartbeatWatch {
  readonly file: string;
  readonly maxAgeMs: number;
  readonly clock: Clock;
  /** How soon one that is overdue is looked at again. */
  readonly againMs: number;
  onBeat(): void;
  /** Overdue for `ms`, seen for the `misses`th time in a row. True: there is no need to look further. */
  onOverdue(ms: number, misses: number): boolean;
}

/** When it was last written (epoch milliseconds); null when it does not exist. */
export function beatOf(file: string): number | null {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return null;
  }
}

/** Begins to look; a file that never appears counts from now. Returns the function that ends it. */
export function watchHeartbeat(watch: HeartbeatWatch): () => void {
  const { file, maxAgeMs, againMs, clock } = watch;
  const timer = lookTimer(clock);
  const skew = (): number => Date.now() - clock.now();
  let seen = beatOf(file);
  let lookedAt = clock.now();
  let wasSkew = skew();
  let due = 0;
  let overdueSince = 0;
  let misses = 0;
  let forget = (): void => {};

  const look = (): void => {
    const now = clock.now();
    const beat = beatOf(file);
    const clockWasSet = Math.abs(skew() - wasSkew) > clockToleranceMs;
    wasSkew = skew();
    if (beat !== null && beat !== seen) {
      const age = Math.min(Math.max(Date.now() - beat, 0), now - lookedAt);
      seen = beat;
      misses = 0;
      watch.onBeat();
      plan(clockWasSet ? maxAgeMs : maxAgeMs - age);
    } else if (now - due > maxAgeMs / 2) {
      plan(maxAgeMs);
    } else {
      if (misses === 0) overdueSince = now;
      misses += 1;
      if (!watch.onOverdue(now - overdueSince, misses)) {
        plan(misses < soonLooks ? againMs : Math.max(againMs, laterMs));
      }
    }
    lookedAt = now;
  };
  const plan = (ms: number): void => {
    due = clock.now() + ms;
    forget = timer.after(ms, look);
  };
  plan(maxAgeMs);
  return () => forget();
}

/** Whether it was written within the last `maxAgeMs`, by the wall clock. */
export function isYoung(file: string, maxAgeMs: number): boolean {
  const beat = beatOf(file);
  return beat !== null && Date.now() - beat <= maxAgeMs;
}
