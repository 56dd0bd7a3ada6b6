/**
 * Sees by its heartbeat file whether a gateway hangs: not written for `maxAgeMs`, it does. It is
 * looked at only when the next beat would be overdue, so a well gateway costs one wakeup a minute.
 * How old a beat is, the wall clock says, within what the monotonic one allows; a clock that was set
 * meanwhile, or our own being stopped, gives the gateway a whole new period.
 */
import { statSync } from 'node:fs';
import type { Clock } from '../process/index.ts';
import { type Finding, lookTimer } from './liveness.ts';

/** More than clocks drift and timers are late; less than anyone sets a clock by. */
const clockToleranceMs = 1_000;

export interface HeartbeatWatch {
  readonly file: string;
  readonly maxAgeMs: number;
  readonly name: string;
  readonly clock: Clock;
  onFinding(finding: Finding): void;
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
  const { file, maxAgeMs, clock } = watch;
  const timer = lookTimer(clock);
  const skew = (): number => Date.now() - clock.now();
  let seen = beatOf(file);
  let lookedAt = clock.now();
  let wasSkew = skew();
  let due = 0;
  let forget = (): void => {};

  const look = (): void => {
    const now = clock.now();
    const beat = beatOf(file);
    const clockWasSet = Math.abs(skew() - wasSkew) > clockToleranceMs;
    wasSkew = skew();
    if (beat !== null && beat !== seen) {
      const age = Math.min(Math.max(Date.now() - beat, 0), now - lookedAt);
      seen = beat;
      watch.onFinding({ type: 'well' });
      plan(clockWasSet ? maxAgeMs : maxAgeMs - age);
    } else if (now - due > maxAgeMs / 2) {
      plan(maxAgeMs);
    } else {
      const seconds = Math.round(maxAgeMs / 1_000);
      const message = `${watch.name} has not shown its heartbeat for ${seconds} s, so it is replaced.`;
      watch.onFinding({ type: 'hung', problem: { message } });
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
