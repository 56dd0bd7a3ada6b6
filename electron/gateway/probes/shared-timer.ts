/**
 * When gateways are checked. All of them share one timer per clock, and checks that are due at about
 * the same time share a wakeup.
 */
import type { Clock } from '../../process/index.ts';

/** Checks due within this time of each other are made together. */
const togetherMs = 250;

interface Entry {
  readonly due: number;
  readonly act: () => void;
}

class SharedTimer {
  readonly #clock: Clock;
  readonly #entries = new Set<Entry>();
  #cancel: (() => void) | null = null;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `act` after `ms`, unless `signal` aborts before. */
  after(ms: number, signal: AbortSignal, act: () => void): void {
    if (signal.aborted) return;
    const cancel = (): void => {
      this.#entries.delete(entry);
      if (this.#entries.size === 0) this.#arm();
    };
    const entry: Entry = {
      due: this.#clock.now() + ms,
      act: () => {
        signal.removeEventListener('abort', cancel);
        act();
      },
    };
    signal.addEventListener('abort', cancel, { once: true });
    this.#entries.add(entry);
    if (entry.due < this.#at) this.#arm();
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#at = Math.min(...[...this.#entries].map((entry) => entry.due));
    if (!Number.isFinite(this.#at)) return;
    this.#cancel = this.#clock.after(Math.max(0, this.#at - this.#clock.now()), () => this.#run());
  }

  #run(): void {
    const limit = this.#clock.now() + togetherMs;
    const due = [...this.#entries].filter((entry) => entry.due <= limit);
    this.#at = Number.POSITIVE_INFINITY;
    try {
      for (const entry of due) {
        // An earlier one may have aborted it.
        if (this.#entries.delete(entry)) entry.act();
      }
    } finally {
      // After one that throws, those not reached are due at once.
      this.#arm();
    }
  }
}

const timers = new WeakMap<Clock, SharedTimer>();

/** The one timer of a clock. */
export function sharedTimer(clock: Clock): SharedTimer {
  let timer = timers.get(clock);
  if (!timer) {
    timer = new SharedTimer(clock);
    timers.set(clock, timer);
  }
  return timer;
}

/** Runs `check` now, and again `everyMs` after each run, until `signal` aborts. */
export function repeat(
  clock: Clock,
  everyMs: number,
  signal: AbortSignal,
  check: () => Promise<void>,
): void {
  const run = async (): Promise<void> => {
    try {
      await check();
    } finally {
      sharedTimer(clock).after(everyMs, signal, () => void run());
    }
  };
  void run();
}
