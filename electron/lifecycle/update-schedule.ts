/** Looks for updates by itself: soon after the start, then now and then, if the user wants that. */
import type { UpdateStatus } from '../contract/update.ts';
import type { Clock } from '../process/clock.ts';

/** The start itself has better things to do. */
const FIRST_AFTER_MS = 15_000;
/** Often enough for a security fix, seldom enough for a feed. */
const EVERY_MS = 6 * 60 * 60 * 1000;

const QUIET: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>(['idle', 'up-to-date', 'failed']);

/** True when a check of our own would not disturb anything. Pure. */
export function mayCheck(status: UpdateStatus, wanted: boolean): boolean {
  return wanted && QUIET.has(status);
}

/** Begins; returns what ends it. */
export function scheduleUpdateChecks(deps: {
  readonly clock: Clock;
  readonly status: () => UpdateStatus;
  readonly wanted: () => boolean;
  readonly check: () => void;
}): () => void {
  let cancel = deps.clock.after(FIRST_AFTER_MS, tick);
  function tick(): void {
    if (mayCheck(deps.status(), deps.wanted())) deps.check();
    cancel = deps.clock.after(EVERY_MS, tick);
  }
  return () => cancel();
}
