import { describe, expect, it } from 'vitest';
import { type Clock, deadline } from './clock.ts';

/** Virtual time; `late` is how much later than asked for timers come, as if everything stood still. */
class HandClock implements Clock {
  #now = 0;
  #timer: { due: number; act: () => void } | null = null;

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const timer = { due: this.#now + ms, act };
    this.#timer = timer;
    return () => {
      if (this.#timer === timer) this.#timer = null;
    };
  }

  /** Runs the next timer at its time, or `late` ms after it. False when there is none. */
  step(late = 0): boolean {
    const timer = this.#timer;
    if (!timer) return false;
    this.#timer = null;
    this.#now = timer.due + late;
    timer.act();
    return true;
  }
}

function begin(ms: number) {
  const clock = new HandClock();
  const over: number[] = [];
  const cancel = deadline(clock, ms, () => over.push(clock.now()));
  return { clock, over, cancel };
}

describe('a deadline', () => {
  it.each([0, 1, 200, 1_000, 2_500, 60_000])('of %i ms is over then, once', (ms) => {
    const { clock, over } = begin(ms);
    while (clock.step());
    expect(over).toEqual([ms]);
  });

  it('forgives timers that are late as they are on a busy machine', () => {
    const { clock, over } = begin(3_000);
    while (clock.step(100));
    expect(over).toEqual([3_300]);
  });

  it.each([200, 60_000])('of %i ms gives back what was slept through, wherever in it', (ms) => {
    const { clock, over } = begin(ms);
    clock.step(3_600_000);
    expect(over).toEqual([]);
    while (clock.step());
    expect(over).toEqual([ms + 3_600_000 + Math.min(ms, 1_000)]);
  });

  it('that is called off never comes, not even after a step', () => {
    const { clock, over, cancel } = begin(5_000);
    clock.step();
    cancel();
    expect(clock.step()).toBe(false);
    expect(over).toEqual([]);
  });
});
