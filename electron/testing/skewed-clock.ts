/** For tests: a clock that leaps ahead by hours, and a program that stands still as in a machine's sleep. */
import type { Clock } from '../process/index.ts';

interface Timer {
  readonly due: number;
  readonly act: () => void;
  readonly real: NodeJS.Timeout;
}

export class LeapingClock implements Clock {
  #ahead = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return performance.now() + this.#ahead;
  }

  after(ms: number, callback: () => void): () => void {
    const act = (): void => {
      this.#timers.delete(timer);
      clearTimeout(timer.real);
      callback();
    };
    const timer: Timer = { due: this.now() + ms, act, real: setTimeout(act, ms) };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
      clearTimeout(timer.real);
    };
  }

  /** Puts the clock ahead; the timers that are due by then fire at their times, in their order. */
  leap(ms: number): void {
    const target = this.now() + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.due - b.due);
      if (!next || next.due > target) break;
      this.#ahead += Math.max(0, next.due - this.now());
      next.act();
    }
    this.#ahead += Math.max(0, target - this.now());
  }
}

/** Stops this program with its timers and events, as a suspended machine does. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * The same right before the event loop's timers: those that became due fire before any event of
 * others can arrive. The process `pid` stands still meanwhile, too.
 */
export function sleep(ms: number, pid?: number): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      if (pid !== undefined) process.kill(pid, 'SIGSTOP');
      standStill(ms);
      if (pid !== undefined) process.kill(pid, 'SIGCONT');
      resolve();
    });
  });
}
