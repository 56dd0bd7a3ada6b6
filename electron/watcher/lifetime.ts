/**
 * When the watcher has nothing left to do, it ends itself:
 *
 *   busy ──nothing to keep──► idle ──idleMs later──► end
 *    ▲                         │
 *    └──────something to keep──┘
 *
 * Something to keep is a gateway that is wanted or lives, an update under way, or a client. It costs
 * no wakeup: whoever changes one of these says so.
 */
import type { Clock } from '../process/clock.ts';

export interface Lifetime {
  /** Looks again; to be called after anything `busy` depends on has changed. */
  check(): void;
  close(): void;
}

/** @param idleMs how long nothing must be wanted: an app that is just restarting comes back sooner */
export function createLifetime(deps: {
  readonly clock: Clock;
  readonly idleMs: number;
  busy(): boolean;
  end(): void;
}): Lifetime {
  let cancel: (() => void) | undefined;
  let closed = false;

  function disarm(): void {
    cancel?.();
    cancel = undefined;
  }

  return {
    check() {
      if (closed) return;
      if (deps.busy()) {
        disarm();
        return;
      }
      cancel ??= deps.clock.after(deps.idleMs, () => {
        cancel = undefined;
        if (!closed && !deps.busy()) deps.end();
      });
    },
    close() {
      closed = true;
      disarm();
    },
  };
}
