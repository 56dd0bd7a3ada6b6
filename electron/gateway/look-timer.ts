/**
 * When gateways are looked at. All of them share one timer per clock, and looks that are due at about
 * the same time share a wakeup.
 */
import type { Clock } from '../process/index.ts';

/** Looks due within this time of each other are made together. */
const togetherMs = 250;

interface Entry {
  due: number;
  readonly look: () => void;
}

/** Runs each entry at its time with a single timer. */
export class LookTimer {
  readonly #clock: Clock;
  readonly #entries = new Set<Entry>();
  #cancel: (() => void) | null = null;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `look` once in `ms`. Returns the function that forgets it. */
  after(ms: number, look: () => void): () => void {
    const entry: Entry = { due: this.#clock.now() + ms, look };
    this.#entries.add(entry);
    if (entry.due < this.#at) this.#arm();
    return () => {
      this.#entries.delete(entry);
      if (this.#entries.size === 0) this.#arm();
    };
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#at = Math.min(...[...this.#entries].map((entry) => entry.due));
    if (!Number.isFinite(this.#at)) return;
    this.#cancel = this.#clock.after(Math.max(0, this.#at - this.#clock.now()), () => {
      const limit = this.#clock.now() + togetherMs;
      const due = [...this.#entries].filter((entry) => entry.due <= limit);
      this.#at = Number.POSITIVE_INFINITY;
      try {
        for (const entry of due) {
          // Forgotten by an earlier one of them.
          if (this.#entries.delete(entry)) entry.look();
        }
      } finally {
        // After one that throws, those not reached are due at once.
        this.#arm();
      }
    });
  }
}

const timers = new WeakMap<Clock, LookTimer>();

/** The one timer of a clock. */
export function lookTimer(clock: Clock): LookTimer {
  let timer = timers.get(clock);
  if (!timer) {
    timer = new LookTimer(clock);
    timers.set(clock, timer);
  }
  return timer;
}
