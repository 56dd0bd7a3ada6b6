/**
 * What a watcher does when it has nothing to do: it gives memory back, and ends itself when no one
 * needs it any more. Neither costs a wakeup before there is something to do.
 */
import type { Clock } from '../process/index.ts';

const calmMs = 10_000;
/** Giving memory back takes 13 ms; a watcher that always has something to do must not do it all the time. */
const betweenTrimsMs = 60_000;
/** Not in the middle of a restart, which must take no longer for it. */
const atWorkMs = 2_000;

/**
 * Gives memory back when the work is done. Most of the time a watcher waits, for days, and would keep
 * what it held when it last worked; V8's own way to give it back needs a timer for minutes.
 *
 *   calm ──something happened──► waits 10 s ──► gives back ──► calm
 *                                   ▲   │
 *                                   └───┘ still at work, or the last time was less than a minute ago
 */
export class IdleTrim {
  readonly #clock: Clock;
  readonly #giveBack: () => void;
  #cancel: (() => void) | undefined;
  #touchedAt: number;
  #trimmedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(clock: Clock, giveBack: () => void) {
    this.#clock = clock;
    this.#giveBack = giveBack;
    this.#touchedAt = clock.now();
  }

  /** Something has happened. */
  touch(): void {
    this.#touchedAt = this.#clock.now();
    if (!this.#cancel && !this.#closed) this.#wait();
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  #wait(): void {
    const ms = Math.max(calmMs, this.#trimmedAt + betweenTrimsMs - this.#clock.now());
    this.#cancel = this.#clock.after(ms, () => {
      if (this.#clock.now() - this.#touchedAt < atWorkMs) return this.#wait();
      this.#cancel = undefined;
      this.#trimmedAt = this.#clock.now();
      this.#giveBack();
    });
  }
}

export interface Lifetime {
  /** To be called after anything that `busy` depends on has changed. */
  check(): void;
  close(): void;
}

/**
 * Ends the watcher when it has had nothing to keep for `idleMs`: an app that is just restarting comes
 * back sooner. Something to keep is a gateway that is wanted or runs, an update under way, or a client.
 *
 *   busy ──nothing to keep──► idle ──idleMs later──► end
 *    ▲                         │
 *    └──────something to keep──┘
 */
export function createLifetime(deps: {
  readonly clock: Clock;
  readonly idleMs: number;
  busy(): boolean;
  end(): void;
}): Lifetime {
  let cancel: (() => void) | undefined;
  let closed = false;

  const disarm = (): void => {
    cancel?.();
    cancel = undefined;
  };

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
