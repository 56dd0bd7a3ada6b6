import { describe, expect, it } from 'vitest';
import { LeapingClock } from '../testing/skewed-clock.ts';
import { createLifetime, IdleTrim } from './idle.ts';

function begin() {
  const clock = new LeapingClock();
  let givenBack = 0;
  const trim = new IdleTrim(clock, () => {
    givenBack += 1;
  });
  return { clock, trim, givenBack: () => givenBack };
}

describe('an idle watcher', () => {
  it('gives memory back once, some time after something has happened', () => {
    const { clock, trim, givenBack } = begin();
    clock.leap(60_000);
    expect(givenBack()).toBe(0);
    trim.touch();
    trim.touch();
    clock.leap(9_000);
    expect(givenBack()).toBe(0);
    clock.leap(2_000);
    expect(givenBack()).toBe(1);
    clock.leap(3_600_000);
    expect(givenBack()).toBe(1);
    trim.close();
  });

  it('gives none back at work, and not again and again', () => {
    const { clock, trim, givenBack } = begin();
    trim.touch();
    clock.leap(9_000);
    trim.touch();
    clock.leap(2_000);
    expect(givenBack()).toBe(0);
    clock.leap(10_000);
    expect(givenBack()).toBe(1);
    trim.touch();
    clock.leap(45_000);
    expect(givenBack()).toBe(1);
    clock.leap(20_000);
    expect(givenBack()).toBe(2);
    trim.close();
  });

  it('gives none back once it is closed', () => {
    for (const touches of [0, 1]) {
      const { clock, trim, givenBack } = begin();
      for (let n = 0; n < touches; n += 1) trim.touch();
      trim.close();
      trim.touch();
      clock.leap(3_600_000);
      expect(givenBack()).toBe(0);
    }
  });
});

describe('a watcher’s lifetime', () => {
  it('ends after an uninterrupted time without anything to keep', () => {
    const timers = new Set<() => void>();
    let busy = true;
    let ended = 0;
    const life = createLifetime({
      clock: {
        now: () => 0,
        after: (_, callback) => {
          timers.add(callback);
          return () => timers.delete(callback);
        },
      },
      idleMs: 10,
      busy: () => busy,
      end: () => {
        ended += 1;
      },
    });
    const ring = (): void => {
      for (const timer of [...timers]) {
        timers.delete(timer);
        timer();
      }
    };
    life.check();
    expect(timers.size).toBe(0);
    busy = false;
    life.check();
    life.check();
    expect(timers.size).toBe(1);
    busy = true;
    life.check();
    expect(timers.size).toBe(0);
    busy = false;
    life.check();
    busy = true;
    ring();
    expect(ended).toBe(0);
    busy = false;
    life.check();
    ring();
    expect(ended).toBe(1);
  });
});
