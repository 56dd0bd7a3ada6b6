/** For tests: time that leaps ahead when a test would have to wait for hours, and time that is slept through. */
import type { Clock } from '../../process/index.ts';

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

  /** Puts the clock ahead; what is due by then happens at its time, in its order. */
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

/** This program stands still, timers, events and all, as in a machine that is suspended. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * ... right before the timers of a turn of the loop: what is due meanwhile comes before anybody can be
 * heard. The process `pid` sleeps with it.
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
