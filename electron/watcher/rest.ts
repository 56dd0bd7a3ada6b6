/**
 * Gives memory back when the work is done. Most of its time a watcher waits, for days, and what it
 * held when it last worked would stay held; V8's own way back needs a timer for minutes.
 *
 *   calm ──something happened──► waits 10 s ──► gives back ──► calm
 *                                   ▲   │
 *                                   └───┘ still at work, or the last time was less than a minute ago
 */
import type { Clock } from '../process/clock.ts';

const CALM_MS = 10_000;
/** Giving back takes 13 ms, and a watcher that always has something to do shall not do it all the time. */
const EVERY_MS = 60_000;
/** Not in the middle of a restart: that one shall take no longer. */
const AT_WORK_MS = 2_000;

export interface Rest {
  /** Something has happened. */
  touch(): void;
  close(): void;
}

export function createRest(deps: { readonly clock: Clock; giveBack(): void }): Rest {
  const { clock } = deps;
  let cancel: (() => void) | undefined;
  let touched = clock.now();
  let given = Number.NEGATIVE_INFINITY;
  let closed = false;

  function wait(): void {
    const ms = Math.max(CALM_MS, given + EVERY_MS - clock.now());
    cancel = clock.after(ms, () => {
      if (clock.now() - touched < AT_WORK_MS) return wait();
      cancel = undefined;
      given = clock.now();
      deps.giveBack();
    });
  }

  return {
    touch() {
      touched = clock.now();
      if (!cancel && !closed) wait();
    },
    close() {
      closed = true;
      cancel?.();
    },
  };
}
