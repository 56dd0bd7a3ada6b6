/** For tests: time that passes as usual, and leaps ahead when a test would have to wait for hours. */
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
